"""Damaged files of every format are read or refused, never more than that."""

import random

import pytest
from mutants import Specimen, mutated, specimens

from presslog.handlers.reading import read_articles
from presslog.store.errors import Unreadable

SOURCES = specimens()


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_a_damaged_file_is_read_or_refused(kind: str) -> None:
    chance = random.Random(kind)
    some = [specimen for specimen in SOURCES[kind] if len(specimen.content) < 60_000] or SOURCES[kind]

    for specimen in (chance.choice(some) for _ in range(25)):
        code = outcome(specimen, mutated(specimen.content, chance, other=chance.choice(some).content))

        # A handler that fails is a fault of ours, however well the daemon bears it.
        assert code != "handler-failed", specimen.name


def outcome(specimen: Specimen, content: bytes) -> str:
    try:
        return read_articles(content, specimen.name).format
    except Unreadable as error:
        return error.code
