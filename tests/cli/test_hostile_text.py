"""Whatever strangers write into articles and names acts in no command: every command, on a terminal and in a pipe."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from archives import Archive
from click.testing import CliRunner, Result
from desks import Desk
from terminals import on_terminal

from presslog.daemon.cli import COMMANDS, presslog
from presslog.store.article import Subject, Unread
from presslog.store.names import source_id

Words = list[str]
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
OURS = re.compile(r"\x1b\[\?25[hl]|\x1b\[\d?[AK]|\r")
"""What a progress bar of ours does with the cursor."""

NASTY = "Rise \x1b[31mred\x1b]8;;http://e\x07 \x9b31m\u202eback\u2066in\u200e\u2063 \x08\r\n<0>forged \u2028\ufeffend"
STORED = NASTY + " \x00 \U000e0041"
NAMES = (b"n\x1b[31m\n<0>\xe2\x80\xae\xff.json", b"b\x1b[31m\n<0>.bin", b"e\xc2\x9b31m\x1b.txt", b"=cmd|x.txt")

CALLS: dict[str, list[Words]] = {
    "init": [["{desk}/i\x1b[31m\n<0>"]],
    "run": [["{desk}", "--once"]],
    "follow": [["{desk}", "--once"]],
    "ingest": [["{file}"], ["{empty}"], [NASTY]],
    "preview": [["{file}"], ["{empty}"], [NASTY]],
    "search": [["water"], ["water", "--facet", "source", "--facet", "section", "-n", "0"], ["--saved", NASTY]],
    "first": [["water", "--all"], [NASTY]],
    "show": [["seeds/p.txt"], ["seeds/p.txt", "-o", "md"], [NASTY]],
    "history": [["seeds/p.txt"], ["seeds/p.txt", "-p"], [NASTY]],
    "diff": [["seeds/p.txt"], ["seeds/p.txt", "--stat"]],
    "changes": [["--since", "2000-01-01"], ["--since", "2000-01-01", "-p"]],
    "log": [[], ["-g", NASTY]],
    "events": [["-o", "table"], [NASTY]],
    "failures": [[], ["show", "{failure}"], ["retry", NASTY]],
    "searches": [[], ["show", "floods"], ["rm", NASTY]],
    "watch": [["water", "--once", "--from-start"], ["floods", "--once", "--from-start"]],
    "feed": [["water"], ["--diffs", "water"], ["water", "-o", "jsonfeed"]],
    "reread": [["--dry-run"]],
    "views": [["ls"], ["rebuild", NASTY]],
    "sources": [[source_id(STORED)], [], [NASTY], ["water"]],
    "authors": [[], ["water"], [NASTY]],
    "timeline": [[], ["water"], [NASTY]],
    "sql": [["select * from articles"], ["select 1 as 'a\x1b[31m'"], [NASTY]],
    "datasette": [["--write", "{desk}/metadata.json"]],
    "config": [[], ["--set", f"{NASTY}=1"]],
    "completion": [["bash"], [NASTY]],
    "help": [["query"], [NASTY]],
    "export": [[], ["-o", "md"], ["-o", NASTY]],
}
"""What is asked of each command; one that is not named here is asked without words."""

FORMED = {
    "search": ["water"],
    "first": ["water"],
    "history": ["seeds/p.txt"],
    "changes": ["--since", "2000-01-01"],
    "failures": [],
    "files": [],
    "sources": [],
    "authors": [],
    "timeline": [],
    "export": [],
    "sql": ["select * from articles"],
}
FORMS = ("table", "md", "id", "json", "ndjson")


def fields(number: int, **changes: Any) -> dict[str, Any]:
    """An article that is hostile in every field."""
    names = "subtitle byline source dateline section description ednote copyright credit slugline located url uri"
    hostile = dict.fromkeys([*names.split(), "published_raw", "parser", "rule", "inside"], STORED)
    said = {"title": f"{STORED}{number}", "text": f"{STORED} water {number}.\n\n{STORED} river", "tail": (STORED,)}
    listed = {"keywords": (STORED,), "authors": (STORED,), "subjects": (Subject(STORED, STORED),)}
    return hostile | said | listed | {"unread": (Unread(STORED, "damaged", STORED),), "version": number} | changes


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Hostile in every field and name: articles that were read, and those of a log that others wrote."""
    desk = Desk(tmp_path_factory.mktemp("hostile") / "desk")
    archive = Archive(desk.store)
    archive.keep("p.txt", **fields(1))
    archive.keep("p.txt", **fields(2))
    archive.keep("w.txt", **fields(1, uri="urn:w", status="withheld", embargoed_until="2099-01-01T00:00Z"))
    archive.keep("c.txt", **fields(1, uri="urn:c", status="canceled"))
    archive.copy(f"{STORED}c", "p.txt")
    archive.refuse(STORED, code=STORED, reason=STORED)
    archive.save("floods", NASTY.replace("\r\n", " "))
    archive.build().close()
    for name in NAMES:
        desk.drop(name, dropped())
    desk.drop(NAMES[1], b"\x00\xff" * 50)
    desk.drop(NAMES[2], b"")
    desk.drain()
    return desk


def dropped() -> bytes:
    """A file in which every field of an article is hostile, lone surrogates and all."""
    said = f"{NASTY}\ud800\u0000"
    names = "uri headline byline slugline located language ednote copyrightnotice edstatus profile"
    item = dict.fromkeys(names.split(), said) | {"type": "text", "body_text": f"{said} water\n\n{said}"}
    return json.dumps(item | {"keywords": [said], "subject": [{"name": said, "code": said}]}).encode()


@pytest.fixture
def whole(desk: Desk) -> Callable[[str, Words], Words]:
    """Makes the words of a call whole: the command, its words with what they name filled in, and the store."""

    def filled(command: str, words: Words) -> Words:
        failure = desk.rows("select max(id) from failures where resolved_at is null")[0][0]
        names = {"{desk}": str(desk.folder), "{file}": str(desk.path(NAMES[0])), "{empty}": str(desk.path(NAMES[2]))}
        for name, meaning in (names | {"{failure}": str(failure)}).items():
            words = [word.replace(name, meaning) for word in words]
        store = [] if command in ("run", "follow", "init", "completion") else ["--store", str(desk.folder)]
        return [command, *words, *store]

    return filled


def piped(words: Words) -> Result:
    return CliRunner(env={"PRESSLOG_STORE": None, "NO_COLOR": "1"}).invoke(presslog, words)


def assert_harmless(shown: str, what: object) -> None:
    found = ACTIVE.search(shown)
    assert found is None, f"{what}: {shown[max(0, found.start() - 80) : found.end() + 80]!r}"
    assert "Traceback" not in shown, what


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_acts_on_a_terminal(command: str, whole: Callable[[str, Words], Words]) -> None:
    words = CALLS.get(command, [[]])[0]

    shown = on_terminal(*whole(command, words), NO_COLOR="1", PRESSLOG_PAGER="")

    assert_harmless(OURS.sub("", shown.text), words)


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_acts_behind_a_pipe(command: str, whole: Callable[[str, Words], Words]) -> None:
    for words in CALLS.get(command, [[]]):
        ended = piped(whole(command, words))

        assert ended.exception is None or isinstance(ended.exception, SystemExit), (words, ended.exception)
        assert_harmless((ended.stdout_bytes + ended.stderr_bytes).decode(), words)


@pytest.mark.parametrize("command", FORMED)
@pytest.mark.parametrize("form", FORMS)
def test_no_form_for_people_or_of_json_holds_what_acts(
    command: str, form: str, whole: Callable[[str, Words], Words]
) -> None:
    forms = ("json", "ndjson", "md") if command == "export" else FORMS
    ended = piped(whole(command, [*FORMED[command], "-o", form if form in forms else "md"]))

    assert ended.exit_code == 0, ended.stderr
    assert_harmless(ended.stdout_bytes.decode(), form)


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_values_for_programs_are_exact_and_safe_on_a_terminal(
    form: str, desk: Desk, whole: Callable[[str, Words], Words]
) -> None:
    words = whole("export", ["-o", form])

    exact, shown = piped(words).stdout_bytes.decode(), on_terminal(*words, NO_COLOR="1", PRESSLOG_PAGER="").text

    assert_harmless(shown, form)
    if form == "csv":
        titles = {row["title"] for row in csv.DictReader(io.StringIO(exact, newline=""))}
        assert titles == {title for (title,) in desk.rows("select title from articles")}


def test_nothing_that_was_read_out_of_a_file_holds_a_control_character(desk: Desk) -> None:
    read = desk.rows("select * from revisions where path like '%.json' or path like '%cmd%'")

    assert read
    assert [value for row in read for value in row if isinstance(value, str) and CONTROL.search(value)] == []


def test_name_of_a_file_is_one_word_without_control_characters(desk: Desk) -> None:
    paths = [path for (path,) in desk.rows("select path from files where path <> ? and path not like 'Rise%'", STORED)]

    assert len(paths) >= len(NAMES)
    assert [path for path in paths if not path.isprintable()] == []
    assert {os.fsencode(path.name) for path in desk.seeds.iterdir()} == set(NAMES)


def test_forged_line_begins_none_of_the_journal(desk: Desk, whole: Callable[[str, Words], Words]) -> None:
    again = desk.drop(b"again\n<0>\x1b.json", dropped().replace(b"water", b"waters"))

    said = piped(whole("run", ["{desk}", "--once"]))

    again.unlink()
    assert "forged" in said.stderr + said.stdout
    assert [line for line in (said.stderr + said.stdout).splitlines() if line.startswith("<0>")] == []
