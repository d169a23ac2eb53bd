"""Known holes in the locked versions, by pip-audit: `python tests/deploy/audit.py CONSTRAINTS`.

Where the service that knows them does not answer, it says so loudly and fails nothing; what it finds fails.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

FIRST = "cryptography"
"""Asked for alone at first: who does not know this one knows none, and is not asked for a hundred more."""

FIRST_SECONDS, ALL_SECONDS = 20.0, 120.0
ANSWER_SECONDS = 5


class Unknown(Exception):
    """The service did not answer, or not of these packages."""


class Hole(NamedTuple):
    """A known hole: package and version, what it is called, and which versions mend it."""

    package: str
    name: str
    mended_in: str


def holes(pins: Sequence[str], seconds: float) -> list[Hole]:
    """What is known of these ``name==version``.

    Raises:
        Unknown: the service says nothing of any of them, or not within so many seconds.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins) + "\n")
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "-r", file.name, "--no-deps", "--disable-pip", "-f", "json"]
        command += ["--progress-spinner", "off", "--timeout", str(ANSWER_SECONDS)]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired as error:
            raise Unknown(f"no answer within {seconds:g} s") from error
    if ended.returncode not in {0, 1}:
        raise SystemExit(f"audit: pip-audit ended with {ended.returncode}: {ended.stderr[-500:]}")
    if not ended.stdout.startswith("{"):
        raise Unknown((ended.stderr.strip().splitlines() or ["no answer"])[-1][:200])
    return found_in(json.loads(ended.stdout))


def found_in(answer: dict[str, Any]) -> list[Hole]:
    """The holes in an answer of pip-audit.

    Raises:
        Unknown: it skipped a package: no answer is not a good one.
    """
    skipped = [each["name"] for each in answer["dependencies"] if "skip_reason" in each]
    found = [
        Hole(f"{each['name']} {each['version']}", hole["id"], ", ".join(hole["fix_versions"]) or "no version yet")
        for each in answer["dependencies"]
        for hole in each.get("vulns", ())
    ]
    if skipped and not found:
        raise Unknown(f"it knows nothing of {', '.join(skipped[:5])}{' …' if len(skipped) > 5 else ''}")
    return found


def main(path: str, *, first_seconds: float = FIRST_SECONDS) -> int:
    """Say what was found; 1 where there is a hole."""
    pins = [line for line in Path(path).read_text().splitlines() if "==" in line and not line.startswith("#")]
    try:
        holes([pin for pin in pins if pin.startswith(f"{FIRST}==")] or pins[:1], first_seconds)
        found = holes(pins, ALL_SECONDS)
    except Unknown as reason:
        print(f"SKIPPED LOUDLY: audit: the vulnerability service did not tell: {reason}")
        return 0
    for hole in found:
        print(f"audit: {hole.package} has {hole.name}, mended in {hole.mended_in}")
    print(f"audit: {len(pins)} packages, {len(found)} known holes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
