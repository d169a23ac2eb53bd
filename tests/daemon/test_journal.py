"""The journal: one line per thing that happened, whatever the names and titles hold."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger
from processes import printed

from presslog.daemon.journal import LINES_PER_BATCH, line, quoted, tell
from presslog.daemon.outcome import Outcome
from presslog.daemon.places import Place

NASTY = ["two\nlines", "\x1b[31mred", "\r\n<0>panic", "\u2028", "\x00", "\x85", "{braces} {0}", "%s", "\ud800"]
JOURNALD_BYTES = 48 << 10
"""What follows in a line is another line to journald: LineMax= in journald.conf(5)."""
JOURNAL = """
    import os, sys
    os.dup2(1, 2)
    os.environ.pop("JOURNAL_STREAM", None)
    if sys.argv[1]:
        os.environ["JOURNAL_STREAM"] = sys.argv[1]
    import logging, warnings
    from loguru import logger
    from presslog.daemon.journal import set_up

    set_up("INFO")
    logger.debug("hidden")
    logger.info("noon")
    logger.error("night")
    logging.getLogger("watchdog").warning("Inotify queue overflowed " + "x" * 10_000)
    warnings.warn("old")
"""


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the journal writes, with its levels."""
    lines: list[str] = []
    number = logger.add(lambda text: lines.append(text.rstrip("\n")), format="{level} {message}", level="DEBUG")
    yield lines
    logger.remove(number)


def an_outcome(kind: str = "recorded", path: bytes = b"a.txt", **fields: object) -> Outcome:
    return Outcome(Place("seeds", path), kind, **fields)


@pytest.mark.parametrize("text", NASTY)
def test_outcome_is_one_printable_line_whatever_its_title_holds(text: str) -> None:
    said = line(an_outcome(title=text, source=text, reason=text, path=text.encode("utf-8", "surrogatepass")))

    assert said.isprintable()


@given(text=st.text(), path=st.binary(min_size=1))
def test_outcome_is_one_printable_line_whatever_comes(text: str, path: bytes) -> None:
    said = line(an_outcome(title=text, path=path))

    assert said.isprintable()


def test_line_says_what_happened_in_its_order() -> None:
    outcome = an_outcome(
        "revised", ids=("art_1", "art_2"), position=7, title="Rivers rise", source="Wire", words=12, revision=3
    )

    said = line(outcome)

    assert said == (
        "~ revised article=art_1 articles=2 revision=3 source=Wire "
        'title="Rivers rise" words=12 feed=seeds path=a.txt position=7'
    )


def test_plain_words_stay_as_they_are() -> None:
    said = [quoted("word"), quoted("two words"), quoted("")]

    assert said == ["word", '"two words"', '""']


def test_each_file_of_a_small_batch_has_its_line(lines: list[str]) -> None:
    tell([an_outcome(), an_outcome("copy"), an_outcome("known")])

    assert [said.split()[:3] for said in lines] == [["INFO", "+", "recorded"], ["INFO", "=", "copy"]]


def test_one_line_speaks_for_a_crowd_and_trouble_is_told_beside_it(lines: list[str]) -> None:
    crowd = [an_outcome(position=number) for number in range(LINES_PER_BATCH)]

    tell([*crowd, an_outcome("refused", code="empty", position=99)])

    shown = [said for said in lines if not said.startswith("DEBUG")]
    assert [said.split()[:3] for said in shown] == [["WARNING", "!", "refused"], ["INFO", "+", "files=21"]]
    assert "recorded=20 refused=1 position=99" in shown[1]


@pytest.mark.parametrize(
    ("outcome", "level"),
    [
        (an_outcome("waiting", code="open-for-writing", attempts=1), "DEBUG"),
        (an_outcome("waiting", code="open-for-writing", attempts=2), "INFO"),
        (an_outcome("waiting", code="permission-denied", attempts=1), "WARNING"),
        (an_outcome("refused", code="binary"), "WARNING"),
        (an_outcome("removed"), "INFO"),
    ],
)
def test_level_says_who_should_care(lines: list[str], outcome: Outcome, level: str) -> None:
    tell([outcome])

    assert lines[0].split()[0] == level


def test_systemd_gets_priorities_and_no_clock() -> None:
    said = printed(JOURNAL, "1:2").splitlines()

    assert said[:2] == ["<6>noon", "<3>night"]
    assert said[2].startswith("<4>watchdog: Inotify queue overflowed")
    assert len(said[2]) < 600
    assert any("old" in text for text in said[3:])


def test_people_get_a_clock_and_no_priorities() -> None:
    said = printed(JOURNAL, "").splitlines()

    assert re.fullmatch(r"\d\d:\d\d:\d\d  noon", said[0])
    assert re.fullmatch(r"\d\d:\d\d:\d\d  night", said[1])


def test_no_message_is_more_than_its_line_whatever_it_quotes() -> None:
    said = printed(
        """
        import os
        os.dup2(1, 2)
        os.environ["JOURNAL_STREAM"] = "1:2"
        from loguru import logger
        from presslog.daemon.journal import set_up

        set_up("INFO")
        logger.warning("files stay: {}", FileExistsError("a\\n<0>\\x1b[31m\\u202eb is left"))
        logger.info("{}", "x" * 60_000 + "<0>")
        try:
            raise ValueError("two\\n<0>lines \\x1b]8;;")
        except ValueError:
            logger.exception("failed")
        """
    ).splitlines()

    assert said[0] == "<4>files stay: a\\n<0>\\x1b[31m\\u202eb is left"
    assert len(said[1].encode()) < JOURNALD_BYTES
    assert [text[:3] for text in said[2:]] == ["<3>"] * len(said[2:])
    assert "<3><0>lines \\x1b]8;;" in said
    assert all(text.isprintable() for text in said)


def test_long_title_hides_neither_place_nor_position() -> None:
    said = line(an_outcome(title="<0>" * 20_000, source="x" * 50_000, path=b"p" * 255, position=7))

    assert said.endswith(f"path={'p' * 255} position=7")
    assert len(said) < 2_000
