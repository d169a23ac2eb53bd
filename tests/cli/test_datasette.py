"""presslog datasette: what Datasette is told, and the real one asked by HTTP where it is installed."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from archives import Archive
from click.testing import Result
from processes import ENVIRONMENT, LIMIT_SECONDS

from presslog.daemon.exports.stored_queries import STORED_QUERIES

Ask = Callable[..., Result]
PARAMETERS = {"words": 'water "night', "phrase": 'came "at', "article_id": "art_x", "position": "2"}


def told(archive: Archive) -> Archive:
    archive.keep("a.txt", title="Rivers rise", source="Wire", published_at="2022-01-06", authors=("Ann Lee",))
    archive.keep("b.txt", title="Bridges hold", source="Paper", published_at="2022-01-07", text="Nothing came at all.")
    archive.clock += 60
    archive.keep("a.txt", title="Rivers fall", source="Wire", published_at="2022-01-06", authors=("Ann Lee",))
    archive.refuse("c.txt")
    return archive.build()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the real Datasette, started by the command on a port of its own choice."""
    command = [sys.executable, "-m", "presslog.daemon", "datasette", "--port", "0", "--store", str(folder)]
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        said = next(line for line in process.stderr if "running on" in line or not line)
        yield re.findall(r"http://127\.0\.0\.1:\d+", said)[0]
    finally:
        process.kill()
        process.communicate(timeout=LIMIT_SECONDS)


def get(address: str, **asked: str) -> Any:
    try:
        with urlopen(f"{address}?{urlencode(asked)}", timeout=LIMIT_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        return json.load(error)


def test_metadata_tells_of_every_table_with_its_comments(archive: Archive, ask: Ask, tmp_path: Path) -> None:
    told(archive)

    ended = ask("datasette", "--write", tmp_path / "metadata.json")
    database = json.loads((tmp_path / "metadata.json").read_text())["databases"]["views"]

    assert "--metadata" in ended.stderr
    assert len(database["queries"]) == 12
    assert database["tables"]["articles"]["description"] == "the current revision of every article"
    assert database["tables"]["articles"]["columns"]["head_position"] == "the rowid of its words in revisions_fts"
    assert database["tables"]["failures"]["columns"]["resolution"] == "read, dismissed, removed"
    assert database["tables"]["revisions_words"]["hidden"]
    shown = [name for name, table in database["tables"].items() if not table.get("hidden")]
    assert [name for name in shown if "description" not in database["tables"][name]] == ["revisions_fts"]


@pytest.mark.parametrize("name", [each.name for each in STORED_QUERIES if "escape_fts" not in each.sql])
def test_stored_query_is_one_that_our_own_sql_answers(archive: Archive, ask: Ask, name: str) -> None:
    told(archive)
    sql = next(each.sql for each in STORED_QUERIES if each.name == name)
    for key, value in PARAMETERS.items():
        sql = sql.replace(f":{key}", f"'{value}'")

    ended = ask("sql", sql)

    assert ended.exit_code == 0, ended.stderr


def test_missing_datasette_is_said_with_its_remedy(archive: Archive, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    told(archive)
    monkeypatch.setitem(sys.modules, "datasette", None)

    ended = ask("datasette")

    assert ended.exit_code == 2
    assert "pip install 'presslog[datasette]'" in ended.stderr


def test_real_datasette_searches_facets_and_answers_every_question(archive: Archive) -> None:
    pytest.importorskip("datasette", reason="NOT TESTED: datasette is missing")
    told(archive)

    with served(archive.folder) as address:
        found = get(f"{address}/views/articles.json", _search="rivers", _shape="objects")
        page = get(f"{address}/views/articles.json", _shape="objects")
        tables = {table["name"]: table for table in get(f"{address}/views.json")["tables"]}
        answers = {
            each.name: get(f"{address}/views/{each.name}.json", _shape="objects", **PARAMETERS)
            for each in STORED_QUERIES
        }
        written = get(f"{address}/views.json", sql="delete from revisions")

    assert [row["title"] for row in found["rows"]] == ["Rivers fall"]
    assert [row["title"] for row in page["rows"]] == ["Bridges hold", "Rivers fall"]
    assert [result["value"] for result in page["facet_results"]["source"]["results"]] == ["Paper", "Wire"]
    assert [result["value"] for result in page["facet_results"]["published_at"]["results"]] == [
        "2022-01-06",
        "2022-01-07",
    ]
    assert tables["revisions_words"]["hidden"]
    assert tables["revisions_fts"]["hidden"]
    assert {name: answer.get("error") for name, answer in answers.items() if not answer["ok"]} == {}
    assert [row["title"] for row in answers["as_of"]["rows"]] == ["Rivers rise"]
    assert len(answers["changes_ranked"]["rows"]) == 1
    assert not written["ok"]
