"""presslog events and presslog log."""

import json
from collections.abc import Callable

import pytest
from archives import Archive
from click.testing import Result

Ask = Callable[..., Result]


def positions(ended: Result) -> list[int]:
    return [json.loads(line)["position"] for line in ended.stdout.splitlines()]


def test_events_are_listed_in_order(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt")
    archive.refuse("b.txt")

    assert positions(ask("events", "-o", "ndjson")) == [1, 2, 3]
    assert ask("events").stdout.splitlines()[2] == "3\t2022-01-06T12:00:00.000Z\tfile-refused\tfile/seeds/b.txt"
    assert json.loads(ask("events", "-o", "json").stdout)[0]["type"] == "article-recorded"


def test_events_are_chosen_by_position_type_and_number(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt")
    archive.refuse("b.txt")
    archive.keep("a.txt", text="Dry.")

    assert positions(ask("events", "-o", "ndjson", "--after", "2")) == [3, 4, 5]
    assert positions(ask("events", "-o", "ndjson", "--after", "2", "-n", "1")) == [3]
    assert positions(ask("events", "-o", "ndjson", "-n", "2")) == [4, 5]
    assert positions(ask("events", "-o", "ndjson", "--type", "article.*")) == [1, 4]
    assert positions(ask("events", "-o", "ndjson", "--type", "file-refused")) == [3]


def test_events_of_one_article_and_of_one_stream(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt")
    archive.keep("b.txt")
    archive.build()

    assert positions(ask("events", "seeds/b.txt", "-o", "ndjson")) == [3]
    assert positions(ask("events", "file/seeds/a.txt", "-o", "ndjson")) == [2]


def test_event_is_a_cloudevent(archive: Archive, ask: Ask) -> None:
    identifier = archive.keep(title="Rivers rise")

    event = json.loads(ask("events", "-o", "cloudevents", "-n", "2").stdout.splitlines()[0])

    assert event.pop("data")["article"]["title"] == "Rivers rise"
    assert len(event.pop("id")) == 36
    assert event == {
        "specversion": "1.0",
        "source": "presslog://desk.example",
        "type": "org.presslog.article.recorded.v1",
        "subject": f"article/{identifier}",
        "time": "2022-01-06T12:00:00.000Z",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000001",
    }


def test_library_of_cloudevents_reads_every_kind_of_event(archive: Archive, ask: Ask) -> None:
    library = pytest.importorskip("cloudevents.core.formats.json", reason="NOT TESTED: cloudevents is missing")
    archive.keep("a.txt", title="Rivers \u2028 rise")
    archive.keep("a.txt", status="canceled")
    archive.copy("b.txt", of="a.txt")
    archive.refuse("c.txt")

    lines = ask("events", "-o", "cloudevents").stdout.splitlines()
    events = [library.JSONFormat().read(None, line) for line in lines]

    assert [event.get_extension("sequence") for event in events] == [f"{number:020d}" for number in range(1, 7)]
    assert [event.get_type() for event in events][-1] == "org.presslog.file.refused.v1"
    assert events[0].get_data()["article"]["title"] == "Rivers \u2028 rise"


def test_log_tells_each_event_in_a_line(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", title="Rivers\nrise", source="Reuters")
    archive.keep("a.txt", title="Rivers fall", source="Reuters")
    archive.copy("b.txt", of="a.txt")
    archive.refuse("c.txt", "binary", "no text in it")

    lines = [line.split("  ", 1)[1] for line in ask("log").stdout.splitlines()]

    assert [line[0] for line in lines] == ["+", ".", "~", ".", "=", "!"]
    assert lines[0].startswith("+ Reuters  Rivers rise  5 w  art_")
    assert lines[4] == "= seeds/b.txt  same bytes as  seeds/a.txt  #5"
    assert lines[5] == "! seeds/c.txt  binary  no text in it  #6"
    assert len(ask("log", "-n", "2").stdout.splitlines()) == 2


def test_empty_log_says_what_to_do_next(archive: Archive, ask: Ask) -> None:
    archive.build()

    assert "presslog run" in ask("log").stderr
    assert "Next:" in ask("events").stderr


def test_newest_come_first_where_asked(archive: Archive, ask: Ask) -> None:
    for number in range(3):
        archive.keep(f"{number}.txt")

    assert positions(ask("events", "-o", "ndjson", "-r")) == [6, 5, 4, 3, 2, 1]
    assert positions(ask("events", "-o", "ndjson", "-r", "-n", "2", "--type", "article.*")) == [5, 3]
    assert positions(ask("events", "-o", "ndjson", "-r", "--after", "4")) == [6, 5]
    assert positions(ask("events", "-o", "ndjson", "-n", "2", "--after", "0")) == [1, 2]


def test_events_are_chosen_by_when_they_were_recorded(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt")
    archive.clock += 3600
    archive.keep("b.txt")
    archive.clock -= 7200
    archive.keep("c.txt")

    assert positions(ask("events", "-o", "ndjson", "--since", "2022-01-06T12:30Z")) == [3, 4]
    assert positions(ask("events", "-o", "ndjson", "--until", "2022-01-06T12:00Z")) == [1, 2, 5, 6]
    assert positions(ask("events", "-o", "ndjson", "--since", "2022-01-06", "--until", "2022-01-06")) == [*range(1, 7)]
    assert ask("events", "--since", "2022-01-07").stdout == ""


def test_what_is_followed_has_neither_an_end_nor_a_reverse(archive: Archive, ask: Ask) -> None:
    assert ask("events", "-f", "-r").exit_code == 2
    assert ask("events", "-f", "--until", "today").exit_code == 2
