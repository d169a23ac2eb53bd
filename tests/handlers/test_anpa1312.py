"""The format anpa1312: the dialects of AP and CP, tables, alerts, leads and kills."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.anpa1312 import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Subject, Unread
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "anpa1312"


def sample(name: str) -> list[Article | Unread]:
    return read((SAMPLES / name).read_bytes(), name)


def story(slug: str = "BC-EU--Bridge Toll,90", *, heading: str = "", priority: str = "r") -> Article:
    """A bylined story from Tarn under a slug line, with more lines in its heading."""
    head = f"\x16\x16\x01W1646\x1fasian\r\n{priority} a\x13\x11 BC-EU--BridgeToll   06-29 0040\r\n"
    text = f"\x02^{slug}<\r\n^Bridge takes a toll<\r\n{heading}^By ANA SILVA=\r\n\t   TARN (AP) _ It does.\r\n"
    (article,) = read(f"{head}{text}\x03AP-WF-06-29-17 2355GMT<\r\n\x04".encode(), "wire.tst")
    assert isinstance(article, Article)
    return article


def test_a_writethru_of_ap_fills_the_fields() -> None:
    (article,) = sample("lighthouse.tst")

    assert isinstance(article, Article)
    written = (article.title, article.byline, article.credit, article.source, article.dateline, article.ednote)

    assert written == (
        "Last keepers leave Norland's lighthouse",
        "By ANA SILVA and BO LEE",
        "Associated Press",
        "AP",
        "TARN, Norland",
        "Updates with quotes. With AP Photos.",
    )
    assert article.authors == (Author("ANA SILVA"), Author("BO LEE"))
    assert (article.urgency, article.section, article.subjects) == (
        5,
        "International",
        (Subject("i", "International"),),
    )
    assert (article.slugline, article.version) == ("EU--Norland-Lighthous", 3)
    assert (article.published_at, article.updated_at) == ("2019-03-04T16:26Z", "2019-03-04T16:26Z")


def test_paragraphs_begin_with_tabs_and_typesetting_becomes_print() -> None:
    (article,) = sample("lighthouse.tst")

    assert isinstance(article, Article)
    paragraphs = article.text.split("\n\n")

    assert paragraphs == [
        "The last two keepers left the lighthouse at Tarn on Sunday — after 112 years.",
        "“It was quieter than home,” one of them said.",
        "The café below it stays open.",
    ]
    assert article.tail == ("AP Photo NOR101, NOR102", "AP-WF-03-04-19 1626GMT")


def test_a_table_keeps_its_lines() -> None:
    (article,) = sample("rowing.tst")

    assert isinstance(article, Article)
    paragraphs = article.text.split("\n\n")

    assert (article.title, article.authors) == ("Rowing Standings", ())
    assert paragraphs == [
        "NORTH",
        "W L GB\nPort Ayr 23 13 —\nHull 21 15 2½",
        "Sunday's Races",
        "Ayr 7, Hull 5\nTarn at Ysel, 1:05 p.m.",
    ]


def test_the_keys_of_cp_are_read_and_its_date_is_european() -> None:
    (article,) = sample("harvest.txt")

    assert isinstance(article, Article)
    written = (article.title, article.credit, article.ednote, article.version, article.keywords)

    assert written == (
        "Rye prices fall as the late harvest comes in from the north",
        "THE CANADIAN PRESS",
        "ADDS details",
        8,
        ("Economy", "Farming"),
    )
    assert (article.published_at, article.published_raw) == ("2014-10-31T16:35", "16:35ET 31-10-14")
    assert article.text.endswith("on news that the late harvest was the largest in 20 years.\n\nMillers were content.")


def test_several_messages_are_several_articles_and_an_empty_one_is_named() -> None:
    reading = read_articles((SAMPLES / "three.tst").read_bytes(), "three.tst")

    alert, kill = reading.articles

    assert (alert.title, alert.urgency, alert.uri) == ("The bridge at Tarn is closed.", 2, "")
    assert (kill.status, kill.uri) == ("canceled", "anpa1312:AP-WF:2017-06-29:bc-eu--bridge-toll")
    assert reading.unread == (Unread("message 3", "empty", "neither a headline nor a text is in it"),)


def test_the_leads_and_the_kill_of_a_story_share_its_identity() -> None:
    _, kill, _ = sample("three.tst")

    versions = [story(), story("BC-EU--Bridge Toll, 1st Ld-Writethru,90"), story("BC-EU--Bridge Toll, 2nd Ld,99")]

    assert isinstance(kill, Article)
    assert {version.uri for version in versions} == {kill.uri}
    assert [version.version for version in versions] == [1, 2, 3]


@pytest.mark.parametrize(
    ("slug", "priority"), [("BC-EU--Bridge Toll,90", "b"), ("BC-EU--Bridge Toll, 1st Add,90", "r")]
)
def test_alerts_and_pieces_are_versions_of_nothing(slug: str, priority: str) -> None:
    article = story(slug, priority=priority)

    assert article.uri == ""


@pytest.mark.parametrize("slug", ["BC-EU--Road-Kill Cafe,90", "BC-EU--Lead Paint,90", "BC-EU--Urgent Care,90"])
def test_words_of_a_slug_are_no_marks(slug: str) -> None:
    article = story(slug)

    assert (article.status, article.version) == ("usable", 1)
    assert article.uri.endswith(slug.lower().replace(" ", "-").removesuffix(",90"))


@pytest.mark.parametrize(
    ("heading", "until"),
    [
        ("^For release Sunday, Jan. 9, 2022, and thereafter<\r\n", "2022-01-09"),
        ("^ADV09<\r\n", ""),
        ("^HOLD FOR RELEASE 9 January 2022 0001 GMT<\r\n", "2022-01-09"),
    ],
)
def test_an_advance_is_held_until_a_day_that_it_states_in_full(heading: str, until: str) -> None:
    article = story(heading=heading)

    assert article.embargoed_until == until
    assert article.ednote == heading.strip("^<\r\n")


def test_a_withheld_story_is_withheld() -> None:
    article = story(heading="^WITHHOLD<\r\n")

    assert article.status == "withheld"


def test_a_trailer_before_the_end_of_text_is_read_too() -> None:
    content = b"\x01a0512\x1fbx---\nr w PM-Probe 06-01 0100\n\x02^PM-Probe,90<\n^Probe ends<\n"
    content += b"\t   It ended.\nAP-NY-01-05-06 1432EST<\n\x03\x04"

    (article,) = read(content, "wire.txt")

    assert isinstance(article, Article)
    assert (article.published_at, article.text) == ("2006-01-05T14:32-05:00", "It ended.")


def test_only_headers_of_this_format_are_recognised() -> None:
    contents = [
        (SAMPLES / "lighthouse.tst").read_bytes(),
        b"\x01eca0003 3 i 180  dpa 0045\r\n\x02",
        b"Rain\n\nIt rained.",
    ]

    answers = [recognise(content, "x") for content in contents]

    assert answers == [0.96, 0.0, 0.0]


def test_a_cut_file_is_read_or_refused_at_every_place() -> None:
    content = (SAMPLES / "three.tst").read_bytes()

    for end in range(1, len(content)):
        try:
            found = read(content[:end], "cut.txt")
        except Unreadable:
            continue
        assert found


@pytest.mark.parametrize(
    "noise", [b"\x01", b"\x01\x02", b"\x01a", b"\x02^", b"^", b";", b"\t", b"_ ", b"\x0c", b"Eds: (", b"`"]
)
def test_hostile_repetition_takes_no_time(noise: bytes) -> None:
    content = b"\x01W1\x1fa\nr a\x13\x12 BC-X   \n\x02" + noise * (400_000 // len(noise))
    started = time.process_time()

    with suppress(Unreadable):
        read(content, "x.txt")

    assert time.process_time() - started < 4


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x01W1\x1fa\nr a\x13\x12 BC-X   \n\x02"]))
def test_any_bytes_are_read_or_refused(noise: bytes, start: bytes) -> None:
    try:
        found = read(start + noise, "noise.txt")
    except Unreadable:
        return

    assert found


def test_a_kill_without_a_word_for_readers_withdraws_all_the_same() -> None:
    content = (
        b"\x01W1646\x1fasian\r\nr a\x13\x11 BC-EU--BridgeToll   06-29 0040\r\n\x02^BC-EU--Bridge Toll, KILL,0<\r\n"
    )

    (kill,) = read(content + b"\x03AP-WF-06-29-17 2355GMT<\r\n\x04", "kill.tst")

    assert isinstance(kill, Article)
    assert (kill.status, kill.title, kill.uri) == ("canceled", "BC-EU--Bridge Toll", story().uri)
