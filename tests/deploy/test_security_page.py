"""docs/SECURITY.md: every claim names a test, and the test is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "SECURITY.md").read_text()
SOURCES = {path: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE))))
def test_a_test_that_the_page_names_is_there(named: str) -> None:
    path, _, name = named.partition("::")

    assert f"def {name}(" in SOURCES[ROOT / path] if name else ROOT / path in SOURCES


def test_a_fault_that_the_page_names_is_staged() -> None:
    named = {number for list_ in re.findall(r"faults (\d\d(?:, \d\d)*)", PAGE) for number in list_.split(", ")}
    staged = {
        number
        for path, source in SOURCES.items()
        if path.is_relative_to(ROOT / "tests" / "faults")
        for number in re.findall(r"^def test_(\d\d)_", source, re.MULTILINE)
    }

    assert {"26", "43"} <= named
    assert named - staged == set()


def test_bounds_of_the_page_are_the_defaults() -> None:
    defaults = (ROOT / "config" / "defaults.toml").read_text()
    unit = (ROOT / "deploy" / "presslog.service").read_text()
    sandbox = (ROOT / "store" / "sandbox.py").read_text()

    assert "limit_bytes = 33_554_432" in defaults
    assert "reader_seconds = 10\n" in defaults
    assert "reader_memory_bytes = 1_073_741_824" in defaults
    assert "MemoryMax=3G\nMemorySwapMax=0\nTasksMax=128\nLimitNOFILE=4096\n" in unit
    assert "SECONDS = 10.0\nLIMIT_ROWS = 10_000\n" in sandbox
    assert "MEMORY_BYTES = 512 << 20" in sandbox
