"""Shingles: what of a text survives an edit, and what does not count at all."""

import time
from random import Random

import pytest
from processes import printed

from presslog.handlers.insight.shingles import LEAST_SHINGLES, fingerprint, shingles

WORDS = [
    f"{start}{end}" for start in "ba ke lo mi nu ra se ti vo zu".split() for end in "l m n r s t nd rt st ck".split()
]


def a_text(words: int = 450, *, seed: int = 1) -> str:
    chance = Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


def kept(before: str, after: str) -> float:
    """How much of the shorter sample is in the other."""
    one, other = set(shingles(before)), set(shingles(after))
    return len(one & other) / min(len(one), len(other))


def test_one_in_eight_stands_for_all() -> None:
    found = shingles(a_text(8000))

    assert 900 < len(found) < 1100
    assert list(found) == sorted(set(found))


def test_every_process_finds_the_same() -> None:
    code = (
        "from presslog.handlers.insight.shingles import shingles; print(hash(shingles('rain on lima ' + 'a b c ' * 9)))"
    )

    assert len({printed(code), printed(code)}) == 1


def test_case_marks_and_white_space_do_not_count() -> None:
    text = "“Don’t go,” said Élodie — the river's high. " * 12
    typed = text.replace("“", '"').replace("”", '"').replace("’", "'").replace(" — ", "\n\n-- ").upper()

    assert fingerprint("", text) == fingerprint("", typed)
    assert fingerprint("", text).shingles


def test_what_is_kept_of_a_text_is_kept_of_its_sample() -> None:
    text = a_text()

    assert kept(text, " ".join(text.split()[:270])) == 1.0
    assert kept(text, f"{a_text(60, seed=2)} {text}") == 1.0
    assert kept(text, a_text(seed=3)) < 0.1


def test_scripts_without_spaces_are_compared_by_pairs_of_letters() -> None:
    letters = [chr(0x4E00 + Random(number).randrange(3000)) for number in range(400)]
    text = "".join(letters)

    assert len(shingles(text)) > 30
    assert kept(text, f"{text[:300]}。") > 0.9


def test_a_short_text_is_like_no_other_with_another_title() -> None:
    brief = "Trading in the shares of the company was halted on Monday before the bell rang at noon."

    one, other = fingerprint("Halted", brief), fingerprint("HALTED!", brief.upper())

    assert len(one.shingles) == 1
    assert one == other
    assert fingerprint("Shut", brief).shingles != one.shingles
    assert fingerprint("Shut", brief).digest == one.digest


def test_a_few_words_are_no_text() -> None:
    assert fingerprint("More", "More follows.").shingles == ()
    assert fingerprint("", "").shingles == ()
    assert len(fingerprint("", a_text(200)).shingles) >= LEAST_SHINGLES


@pytest.mark.parametrize("text", ["a", '"', "A", "(", "a ", "“", "北", "á", "\u0300", "\ud800", "\n", "ﷺ"])
def test_a_megabyte_of_anything_is_read_at_once(text: str) -> None:
    began = time.process_time()

    fingerprint(text * 1_000_000, text * 1_000_000)

    assert time.process_time() - began < 2
