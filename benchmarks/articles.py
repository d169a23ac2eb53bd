"""Invented articles for a machine without the yardsticks: the same seed and number, the same bytes."""

from collections.abc import Iterator
from random import Random

STARTS = "ba be bo da de do fa fi ka ke la le lo ma mi mo na ne no pa po ra re ri sa so ta te ti va vo za".split()
ENDS = "l m n r s t nd rt st ck".split()
WORDS = 20_000
COPY_EVERY = 20


def articles(count: int, *, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of so many articles of about 5 KB; every 20th is a copy of the one before."""
    chance = Random(seed)
    words = [_word(chance) for _ in range(WORDS)]
    before = b""
    for number in range(count):
        is_copy = number % COPY_EVERY == COPY_EVERY - 1
        before = before if is_copy else _article(chance, words)
        yield f"{number:07d}.txt", before


def _word(chance: Random) -> str:
    return "".join(chance.choice(STARTS) for _ in range(chance.randrange(1, 4))) + chance.choice(ENDS)


def _article(chance: Random, words: list[str]) -> bytes:
    title = " ".join(word.capitalize() for word in chance.choices(words, k=8))
    author = " ".join(word.capitalize() for word in chance.choices(words[:500], k=2))
    day = f"20{chance.randrange(10, 26)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    text = "\n\n".join(_paragraph(chance, words) for _ in range(chance.randrange(8, 20)))
    return f" date {day} {title}\n\n{title}\n{author}\n·4 min read\n(Wire) -- {text}\n".encode()


def _paragraph(chance: Random, words: list[str]) -> str:
    # Of two draws the lower counts twice, so that some words are common and most are rare.
    picks = (min(chance.random(), chance.random()) ** 3 for _ in range(chance.randrange(30, 90)))
    return " ".join(words[int(pick * len(words))] for pick in picks).capitalize() + "."
