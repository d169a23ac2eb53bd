"""Licences: what presslog brings along may be passed on, and what may not is found."""

import sys
from pathlib import Path

import pytest

from .licences import is_allowed, judged


def install(folder: Path, name: str, *lines: str) -> None:
    """A package as pip leaves it, with these lines in its metadata."""
    place = folder / f"{name}-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines, ""]))


def refused(folder: Path) -> dict[str, str]:
    return {each.name: each.licence for each in judged("desk", [str(folder)]) if not each.is_allowed}


def test_what_is_installed_with_presslog_may_be_passed_on() -> None:
    packages = judged("presslog", sys.path)

    assert [each for each in packages if not each.is_allowed] == []
    assert {"presslog", "lxml", "pysqlite3", "pebble"} <= {each.name for each in packages}
    assert not {"pymerkle", "pytest", "pyarrow", "datasette"} & {each.name for each in packages}


@pytest.mark.parametrize(
    "line",
    [
        "License-Expression: AGPL-3.0-only",
        "License-Expression: MIT AND GPL-3.0-or-later",
        "License: GNU General Public License v3 (GPLv3)",
        "Classifier: License :: OSI Approved :: GNU Affero General Public License v3",
        "Summary: says nothing of it",
    ],
)
def test_a_forbidden_licence_is_found_also_behind_another_package(tmp_path: Path, line: str) -> None:
    install(tmp_path, "desk", "License-Expression: Apache-2.0", "Requires-Dist: pen")
    install(tmp_path, "pen", "License: MIT", "Requires-Dist: ink>=1")
    install(tmp_path, "ink", line)

    assert list(refused(tmp_path)) == ["ink"]


def test_what_only_tests_or_other_machines_need_is_not_judged(tmp_path: Path) -> None:
    install(
        tmp_path,
        "desk",
        "License-Expression: Apache-2.0",
        'Requires-Dist: oracle; extra == "dev"',
        'Requires-Dist: window; sys_platform == "win32"',
    )

    assert refused(tmp_path) == {}


def test_an_extra_that_is_asked_for_is_judged(tmp_path: Path) -> None:
    install(tmp_path, "desk", "License-Expression: Apache-2.0", "Requires-Dist: pen[colour]")
    install(tmp_path, "pen", "License: MIT", 'Requires-Dist: ink; extra == "colour"')
    install(tmp_path, "ink", "License-Expression: AGPL-3.0-only")

    assert refused(tmp_path) == {"ink": "AGPL-3.0-only"}


def test_a_package_that_is_not_there_cannot_be_judged(tmp_path: Path) -> None:
    install(tmp_path, "desk", "License-Expression: Apache-2.0", "Requires-Dist: pen")

    with pytest.raises(SystemExit, match="pen is required and not installed"):
        refused(tmp_path)


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT", True),
        ("MPL-2.0 AND MIT", True),
        ("GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("MIT AND GPL-2.0-only", False),
        ("(MIT OR GPL-2.0-only) AND GPL-2.0-only", False),
        ("", False),
    ],
)
def test_an_expression_is_allowed_where_one_may_choose_so(licence: str, expected: bool) -> None:
    assert is_allowed(licence) is expected
