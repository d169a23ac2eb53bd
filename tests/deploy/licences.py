"""Whether everything that comes with presslog may: `python tests/deploy/licences.py` judges what is installed.

It follows what presslog requires of others at run time, and what those require; extras and what tests need are not
passed on to anybody.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, DistributionFinder, MetadataPathFinder, PackageMetadata
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Unlicense",
    ),
    "Zlib",
    # Of data, such as names of places: whoever passes them on says whose they are.
    "CC-BY-4.0",
    # Weak copyleft: it asks something of who changes that library, and nothing of who calls it.
    *("LGPL-2.1-or-later", "LGPL-3.0-or-later", "MPL-2.0"),
}
SPELT = {
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "gnu library or lesser general public license (lgpl)": "LGPL-3.0-or-later",
    "isc license (iscl)": "ISC",
    "lgpl": "LGPL-3.0-or-later",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the bsd 2-clause license": "BSD-2-Clause",
    "the unlicense (unlicense)": "Unlicense",
}
"""What packages say that name no SPDX expression -> what they mean."""

READ = {"click-default-group": "BSD-3-Clause", "pypdfium2": "BSD-3-Clause AND Apache-2.0", "pysqlite3": "Zlib"}
"""Packages that say it wrongly, or in no way a program understands: what their licence files say."""


class Judged(NamedTuple):
    """A package, the licence that it names, and whether that is allowed."""

    name: str
    licence: str
    is_allowed: bool


def judged(root: str, paths: Sequence[str]) -> list[Judged]:
    """Every package that ``root`` cannot run without, judged; ``paths`` are where packages are installed."""
    return [
        Judged(name, licence, is_allowed(licence))
        for name, metadata in sorted(needed(root, paths).items())
        for licence in [READ.get(name) or licence_of(metadata)]
    ]


def needed(root: str, paths: Sequence[str]) -> dict[str, PackageMetadata]:
    """The metadata of a package and of all that it requires here, also through others."""
    found: dict[str, PackageMetadata] = {}
    asked: set[Requirement] = set()
    waiting = [Requirement(root)]
    while waiting:
        requirement = waiting.pop()
        if requirement in asked:
            continue
        asked.add(requirement)
        distribution = installed(requirement.name, paths)
        found[canonicalize_name(requirement.name)] = distribution.metadata
        waiting += required(distribution, requirement.extras or {""})
    return found


def installed(name: str, paths: Sequence[str]) -> Distribution:
    context = DistributionFinder.Context(name=name, path=list(paths))
    distribution = next(iter(MetadataPathFinder.find_distributions(context)), None)
    if distribution is None:
        raise SystemExit(f"licences: {name} is required and not installed: what it allows cannot be known")
    return distribution


def required(distribution: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for requirement in map(Requirement, distribution.requires or []):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def licence_of(metadata: PackageMetadata) -> str:
    """The SPDX expression, else the short licence field, else what the classifiers say; empty where nothing does."""
    field = " ".join(str(metadata.get("License") or "").split())
    classifiers = [str(each) for each in metadata.get_all("Classifier") or [] if str(each).startswith("License ::")]
    said = [each.rpartition(" :: ")[2] for each in classifiers]
    candidates = [metadata.get("License-Expression") or "", field, *said]
    known = [SPELT.get(each.lower(), each) for each in candidates if each and len(each) <= 100]
    return next((each for each in known if is_allowed(each)), next(iter(known), ""))


def is_allowed(licence: str) -> bool:
    """Whether one side of each OR may be passed on, and both sides of each AND."""
    if "(" in licence:
        return False
    return any(all(part.strip() in ALLOWED for part in re.split(r" AND |, ", side)) for side in licence.split(" OR "))


def main() -> int:
    """Say what was found; 1 where a licence is not allowed."""
    packages = judged("presslog", sys.path)
    wrong = [each for each in packages if not each.is_allowed]
    for each in wrong:
        print(f"licences: {each.name}: {each.licence or 'names none'} is not allowed: {__file__}")
    print(f"licences: {len(packages)} packages, {len(wrong)} not allowed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
