"""Names of places all over the world, as GeoNames has them: countries, capitals, cities and towns."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("places.txt")


class Gazetteer(NamedTuple):
    """``large`` are countries, capitals and cities of 100,000 people, ``small`` the towns of 15,000."""

    large: frozenset[str]
    small: frozenset[str]


@cache
def gazetteer() -> Gazetteer:
    """The names, read when they are asked for first: in 10 ms."""
    large, small = LIST.read_text(encoding="utf-8").split("\n\n")
    return Gazetteer(frozenset(large.split("\n")), frozenset(small.split("\n")))
