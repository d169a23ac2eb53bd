"""presslog authors."""

import json
from collections.abc import Callable

from archives import Archive
from click.testing import Result

Ask = Callable[..., Result]


def test_authors_are_listed_as_articles_are_asked_for(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", source="AP", authors=("Ana Silva",), published_at="2022-01-05T09:30:00Z")
    archive.keep("b.txt", source="Wire", authors=("Bo Lee",))
    archive.keep("b.txt", source="Wire", text="It fell.")
    archive.build()

    now, then = ask("authors"), ask("authors", "--at", "3", "-n", "1")

    assert now.stdout == "Ana Silva\t1\t2022-01-05\t2022-01-05\tAssociated Press\n"
    assert now.stderr.startswith("1 author · as of #")
    assert then.stderr.startswith("1 author: more with -n · as of #3, in the past")
    assert [row["name"] for row in json.loads(ask("authors", "--at", "3", "-o", "json").stdout)] == [
        "Ana Silva",
        "Bo Lee",
    ]
    assert ask("authors", "source:AP", "--since", "2022-01-06").stdout == ""


def test_where_nobody_is_credited_it_says_how_to_go_on(archive: Archive, ask: Ask) -> None:
    archive.keep(source="Wire")
    archive.build()

    ended = ask("authors", "source:Wire")

    assert ended.stdout == ""
    assert "0 authors" in ended.stderr
    assert "Next:" in ended.stderr
