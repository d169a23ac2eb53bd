"""The format iptc7901: framed messages and captured ones, in English, German and French."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.iptc7901 import read, recognise
from presslog.handlers.parts.transmissions import decode_wire
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Subject, Unread
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "iptc7901"
HEAD = b"\x01eca0003 3 i 180  dpa 0045\r\n\r\n"


def sample(name: str) -> list[Article | Unread]:
    return read((SAMPLES / name).read_bytes(), name)


def only(content: bytes) -> Article:
    (article,) = read(content, "wire.txt")
    assert isinstance(article, Article)
    return article


def test_header_slug_and_heading_fill_the_fields() -> None:
    (article,) = sample("vineyard.txt")

    assert isinstance(article, Article)
    written = (article.title, article.slugline, article.byline, article.source, article.dateline, article.located)

    assert written == (
        "Frost takes half of Norland's early harvest",
        "Norland/farming/weather",
        "By Ana Silva, dpa",
        "dpa",
        "Tarn",
        "Tarn",
    )
    assert article.authors == (Author("Ana Silva"),)
    assert article.keywords == ("Norland", "farming", "weather")
    assert (article.urgency, article.section, article.subjects) == (
        3,
        "International",
        (Subject("i", "International"),),
    )


def test_a_lead_is_the_second_version_and_its_time_is_that_of_the_message() -> None:
    (article,) = sample("vineyard.txt")

    assert isinstance(article, Article)
    times = (article.published_at, article.published_precision, article.updated_at, article.published_raw)

    assert times == ("2018-11-21T23:22Z", "minute", "2018-11-21T23:22Z", "212322 GMT Nov 18")
    assert (article.version, article.uri) == (2, "")
    assert article.ednote == "REFILE\n1ST LEAD\nadds ministry in first and second grafs"


def test_wrapped_lines_are_joined_and_the_notebook_stays_out_of_the_text() -> None:
    (article,) = sample("vineyard.txt")

    assert isinstance(article, Article)
    paragraphs = article.text.split("\n\n")

    assert len(paragraphs) == 2
    assert paragraphs[0].startswith("Half of the early harvest in the south of Norland was lost to frost on Wednesday")
    assert (article.tail[0], article.tail[-1]) == ("# Notebook", "dpa asi ble")


def test_a_message_without_control_bytes_is_read_and_a_withdrawal_cancels_what_it_names() -> None:
    (article,) = sample("schleuse.iptc")

    assert isinstance(article, Article)
    decided = (article.status, article.uri, article.published_at, article.source)

    assert decided == (
        "canceled",
        "urn:newsml:dpa.example:20240923:240923-930-1111",
        "2024-09-24T12:05",
        "dpa/lno",
    )
    assert article.title == "Schleuse bei Holm offen"
    assert [author.name for author in article.authors] == ["Tora Ulven", "Vidar Wik"]


def test_a_day_of_messages_gives_an_article_each_and_keeps_tables_line_by_line() -> None:
    first, second = sample("jour.txt")

    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.version, first.published_at) == (
        "Il perd sa voiture et la recette du match",
        2,
        "1997-07-31T01:00",
    )
    assert first.text.split("\n\n")[1:] == [
        "Il a retrouvé la voiture dans l'après-midi.",
        "Aller",
        "Ayr (Nld) - Rocheval 0-1 0-3",
    ]
    assert (second.title, second.dateline, second.located) == (
        "Régate annulée faute d'eau",
        "HOLM 31/07",
        "HOLM",
    )
    assert (second.source, second.urgency, second.status) == ("AFP-BELGA", 2, "usable")


@pytest.mark.parametrize(
    ("group", "at"),
    [
        (b"061023Z JAN 22", "2022-01-06T10:23Z"),
        (b"071341 GMT Okt 15", "2015-10-07T13:41Z"),
        (b"071341 MEZ Dez 2015", "2015-12-07T13:41+01:00"),
        (b"211259 Nov 98", "1998-11-21T12:59"),
        (b"061023Z JAN", ""),
        (b"991023Z JAN 22", ""),
    ],
)
def test_times_keep_their_zone_and_a_missing_year_is_not_invented(group: bytes, at: str) -> None:
    content = HEAD + b"\x02Rain falls =\r\n\r\nIt rained on Tarn.\r\n\x03" + group + b"\r\n\x04"

    article = only(content)

    assert article.published_at == at


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Die Grünen und für".encode("cp1252"), "Die Grünen und für"),
        ("Die Grünen und für".encode("cp850"), "Die Grünen und für"),
        ("Die Grünen und für".encode(), "Die Grünen und für"),
        (b"Die Gr}nen und f}r Stra~en", "Die Grünen und für Straßen"),
        (b"det b{sta och st|rsta", "det bästa och största"),
        (b"Half a game, 2{ and {not} more", "Half a game, 2{ and {not} more"),
    ],
)
def test_old_character_sets_are_told_apart(raw: bytes, text: str) -> None:
    decoded = decode_wire(raw)

    assert decoded == text


def test_an_imprint_and_a_headline_about_deleting_withdraw_nothing() -> None:
    content = (
        HEAD
        + b"\x02(Achtung)\r\nTempolimit gestrichen =\r\n\r\nTarn (dpa) - So ist es.\r\n\x03242200 GMT Jun 17\r\n\x04"
    )

    article = only(content)

    assert (article.status, article.title, article.ednote) == ("usable", "Tempolimit gestrichen", "Achtung")


def test_an_empty_message_beside_others_is_named_as_unread() -> None:
    content = HEAD + b"\x02Rain =\r\n\r\nIt rained.\r\n\x03\x04" + HEAD + b"\x02\r\n\x03\x04"

    article, unread = read(content, "wire.txt")

    assert isinstance(article, Article)
    assert unread == Unread("message 2", "empty", "neither a headline nor a text is in it")


def test_without_any_message_the_file_is_refused() -> None:
    content = HEAD + b"\x02\x03\x04"

    with pytest.raises(Unreadable) as refusal:
        read(content, "wire.txt")

    assert refusal.value.code == "no-article"


def test_a_wire_of_an_unknown_service_is_read_as_far_as_it_goes() -> None:
    content = b"\x01ZCZC 17\r\n\x02\r\nRain falls on Tarn\r\n\r\nTARN, Jan. 5 (Wire) - It rained.\r\n\x03\r\n\x04"

    reading = read_articles(content, "17.wire")

    assert (reading.format, reading.articles[0].title, reading.articles[0].text) == (
        "iptc7901",
        "Rain falls on Tarn",
        "It rained.",
    )


def test_other_files_are_not_taken_for_wires() -> None:
    others = [b"Rain\n\nIt rained.", b"\x01\x00\x00\x00binary", b"abc1 3 i 20 dpa 1\nNo time group below", b""]

    answers = [recognise(content, "x.txt") for content in others]

    assert answers == [0.0] * len(others)


def test_a_cut_file_is_read_or_refused_at_every_place() -> None:
    content = (SAMPLES / "vineyard.txt").read_bytes()

    for end in range(1, len(content)):
        try:
            found = read(content[:end], "cut.txt")
        except Unreadable:
            continue
        assert found


@given(st.binary(max_size=300), st.sampled_from([b"", HEAD + b"\x02", b"bdt0107 3 vm 61  dpa 0210\n\n"]))
def test_any_bytes_are_read_or_refused(noise: bytes, start: bytes) -> None:
    try:
        found = read(start + noise, "noise.txt")
    except Unreadable:
        return

    assert found


def test_a_withdrawal_without_a_text_withdraws_all_the_same() -> None:
    content = (
        HEAD + b"\x02(Achtung: Die Meldung urn:newsml:dpa.example:20240923:1-2 bitte nicht verwenden) =\r\n\x03\x04"
    )

    article = only(content)

    assert (article.status, article.uri) == ("canceled", "urn:newsml:dpa.example:20240923:1-2")
    assert article.title.startswith("Achtung: Die Meldung")


@pytest.mark.parametrize("gap", [" ", "\t", "\x1f", "\xa0"])
def test_title_of_blanks_is_read_in_a_time_that_grows_with_it_only(gap: str) -> None:
    began = time.monotonic()

    read(f"<{gap * 100_000}!".encode(), "a")

    assert time.monotonic() - began < 20
