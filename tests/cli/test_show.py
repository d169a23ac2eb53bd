"""presslog show and presslog preview."""

import json
from collections.abc import Callable
from pathlib import Path

from archives import Archive
from click.testing import Result

from presslog.daemon.cli.preview import page, rows_of
from presslog.handlers.reading import Found, Reading
from presslog.store.article import Article, Subject, Unread

Ask = Callable[..., Result]


def test_show_is_a_page_to_read(archive: Archive, ask: Ask) -> None:
    archive.keep(
        title="Rivers rise",
        byline="Ann Lee",
        source="Reuters",
        published_at="2022-01-06",
        text="One.\n\nTwo.",
        tail=("More",),
    )
    archive.build()

    lines = ask("show", "seeds/a.txt").stdout.splitlines()

    assert lines[:3] == ["Rivers rise", "Ann Lee", "Reuters · 2022-01-06 · revision 1 of 1, 2 words"]
    assert lines[4:] == ["", "One.", "", "Two.", "", "--", "More"]


def test_show_of_a_revision_shows_that_text(archive: Archive, ask: Ask) -> None:
    identifier = archive.keep(text="Several were hurt.")
    archive.keep(text="Twelve were hurt.")
    archive.build()

    assert "Several" in ask("show", f"{identifier}@1").stdout
    assert "Twelve" in ask("show", identifier[:9]).stdout
    assert ask("show", f"{identifier}@7").exit_code == 3


def test_show_as_json_and_markdown(archive: Archive, ask: Ask) -> None:
    archive.keep(title="Rivers rise", authors=("Ann Lee",))
    archive.build()

    row = json.loads(ask("show", "seeds/a.txt", "-o", "json").stdout)

    assert (row["title"], row["authors"], row["revision"]) == ("Rivers rise", ["Ann Lee"], 1)
    assert ask("show", "seeds/a.txt", "-o", "md").stdout.startswith("# Rivers rise\n")


def test_page_tells_what_the_publisher_says_beside_the_words(archive: Archive, ask: Ask) -> None:
    subjects = (Subject("medtop:04000000", "Economy"), Subject(name="Floods"))
    said = {"slugline": "RIVERS-RISE", "urgency": 2, "located": "Brenna", "credit": "Nordic Desk", "ednote": "2nd take"}
    archive.keep("day.zip", inside="a.xml", language="en_US", subjects=subjects, keywords=("water", "night"), **said)
    archive.build()

    lines = ask("show", "seeds/day.zip!/a.xml").stdout.splitlines()

    assert "seeds/day.zip!/a.xml" in lines[2]
    assert lines[3:12] == [
        "slugline   RIVERS-RISE",
        "urgency    2",
        "located    Brenna",
        "subjects   medtop:04000000 Economy; Floods",
        "keywords   water; night",
        "credit     Nordic Desk",
        "language   en-US",
        "note       2nd take",
        "",
    ]


def test_language_that_is_only_detected_says_so(archive: Archive, ask: Ask) -> None:
    archive.keep(title="Der Fluss steigt", text="In der Nacht kam das Wasser, verletzt wurde niemand.")
    archive.build()

    assert "language   de (detected, " in ask("show", "seeds/a.txt").stdout


def test_withdrawn_article_says_so_before_anything_else_in_every_revision(archive: Archive, ask: Ask) -> None:
    archive.keep(text="Several were hurt.")
    archive.keep(text="Kill, kill, kill.", status="canceled")
    archive.build()

    assert ask("show", "seeds/a.txt").stdout.startswith("WITHDRAWN\nRivers rise\n")
    assert ask("show", "seeds/a.txt@1").stdout.startswith("WITHDRAWN\n")
    assert "**withdrawn**" in ask("show", "seeds/a.txt", "-o", "md").stdout
    rows = json.loads(ask("history", "seeds/a.txt", "-o", "json").stdout)
    assert [(row["change_kind"], row["status"]) for row in rows] == [("withdrawal", "withdrawn"), ("first", "usable")]


def test_embargo_is_told_while_it_lasts(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", embargoed_until="2999-01-01T06:00Z")
    archive.keep("b.txt", embargoed_until="2022-01-01T06:00Z")
    archive.build()

    assert ask("show", "seeds/a.txt").stdout.startswith("EMBARGOED UNTIL 2999-01-01T06:00Z\n")
    assert "EMBARGO" not in ask("show", "seeds/b.txt").stdout


def test_raw_is_every_byte_that_arrived(archive: Archive, ask: Ask) -> None:
    content = bytes(range(256)) * 3
    archive.keep(content=content)
    archive.keep(content=b"second")
    archive.build()

    assert ask("show", "seeds/a.txt@1", "--raw").stdout_bytes == content
    assert ask("show", "seeds/a.txt", "--raw").stdout_bytes == b"second"


def test_preview_shows_the_reading_and_records_nothing(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "a.txt").write_text("Rivers Rise\n\nThe water came at night.\n\nThen it went.\n")

    page, rows = ask("preview", tmp_path / "a.txt"), ask("preview", "-o", "json", tmp_path / "a.txt")

    assert "title                Rivers Rise\n" in page.stdout
    assert json.loads(rows.stdout)[0]["text"].startswith("The water came")
    assert not (tmp_path / "store").exists()


def test_preview_shows_members_by_their_path_and_what_was_left_unread() -> None:
    article = Article(title="Rivers rise", text="Water.", rule="headline", confidence=0.9, status="canceled")
    unread = (Unread("b.bin", "binary", "no text in it"),)

    rows = list(rows_of("day.zip", Reading("zip", (Found(article, "nitf", "a.xml"),), unread, 1)))

    assert list(rows[0].items())[:4] == [
        ("file", "day.zip!/a.xml"),
        ("format", "nitf"),
        ("rule", "headline"),
        ("confidence", 0.9),
    ]
    assert "status               canceled\n" in page(rows[0])
    assert page(rows[1]) == "left unread          b.bin: binary: no text in it\n"


def test_preview_of_some_files_that_cannot_be_read_ends_with_4(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "good.txt").write_text("Rivers Rise\n\nThe water came at night.\n")
    (tmp_path / "empty.txt").touch()

    ended = ask("preview", tmp_path / "good.txt", tmp_path / "empty.txt", tmp_path, tmp_path / "nothing")

    assert ended.exit_code == 4
    assert "Rivers Rise" in ended.stdout
    assert "empty: the file is empty" in ended.stderr
    assert "3 of 4 could not be read" in ended.stderr


def test_preview_refuses_what_the_daemon_would_refuse(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "a.txt").write_text("Rivers Rise\n\nThe water came at night.\n")

    ended = ask("preview", "--set", "limit_bytes=10", tmp_path / "a.txt")

    assert ended.exit_code == 4
    assert "too-large" in ended.stderr
