"""The format mail: newsletters, releases with attachments, forms and mboxes."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.mail import FORMAT, read, recognise
from presslog.handlers.parts.mail_parts import in_words
from presslog.handlers.reading import Reading, read_articles
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "mail"


def sample(name: str) -> Reading:
    return read_articles((SAMPLES / name).read_bytes(), name)


def letter(body: str, *, headers: str = "Content-Type: text/plain; charset=utf-8") -> Article:
    """A mail from a person, with a body and headers that say what it is."""
    head = f"From: Ana Silva <ana@wire.example>\nDate: Thu, 6 Jan 2022 04:12:00 +0000\nSubject: Rain\n{headers}\n\n"
    (article,) = read((head + body).encode(), "rain.eml")
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        ("Thu, 6 Jan 2022 04:12:00 -0700", "2022-01-06T04:12:00-07:00"),
        ("Thursday 6 January 22 4:12:00 +0000", "2022-01-06T04:12:00Z"),
        ("Thu Jan 6 04:12:00 2022", "2022-01-06T04:12:00"),
        ("Thu, 6 Jan 2022 25:12:00 +0000", ""),
        ("Thu, 99999999999 Jan 2022 04:12:00 +0000", ""),
    ],
)
def test_dates_of_every_writing_are_read(stated: str, at: str) -> None:
    (article,) = read(f"From: Ana Silva <a@b.example>\nDate: {stated}\nSubject: Rain\n\nIt fell.\n".encode(), "a.eml")

    assert isinstance(article, Article)
    assert (article.published_at, article.published_raw) == (at, stated)


def test_headers_of_a_newsletter_fill_the_fields() -> None:
    (article,) = sample("newsletter.eml").articles

    written = (article.title, article.uri, article.source, article.language, article.url)

    assert written == (
        "The café below the lighthouse",
        "mid:20220106.7%25x@tarn.example",
        "The Tarn Letter",
        "en-GB",
        "https://tarn.example/letters/7",
    )
    assert (article.published_at, article.published_precision) == ("2022-01-06T05:12:00+01:00", "second")
    assert (article.byline, article.authors) == ("By Ana Silva", (Author("Ana Silva"),))


def test_html_is_read_without_what_is_hidden_and_without_its_footer() -> None:
    (article,) = sample("newsletter.eml").articles

    paragraphs = article.text.split("\n\n")

    assert paragraphs == [
        "Coffee at Tarn",
        "By Ana Silva",
        "The café below the lighthouse opened on Wednesday, and the queue reached the pier.",
        "It closes at six.",
    ]
    assert article.tail == (
        "View this email in your browser",
        "You are receiving this because you asked for it.",
        "Unsubscribe | © 2022 Tarn Letters",
    )


def test_a_release_gives_its_text_and_its_attachments_are_read_or_named() -> None:
    reading = sample("release.eml")

    release, figures = reading.articles

    assert release.text == (
        "The harbour of Holm was dredged by Jørgen's two ships, the board said on Wednesday.\n\n"
        "Ships of nine metres can enter."
    )
    assert (release.byline, release.source, release.dateline) == ("Bo Lee", "HBH", "HOLM, Jan. 5")
    assert release.tail == ("Bo Lee", "Harbour Board")
    assert (reading.found[1].inside, figures.title) == ("figures.txt", "Figures of the harbour")
    assert [unread.place.partition("!")[0] for unread in reading.unread] == ["release.docx"]


def test_an_unknown_zone_stays_unknown() -> None:
    (release, _) = sample("release.eml").articles

    times = (release.published_at, release.published_raw)

    assert times == ("2022-01-05T09:30:00", "Wed, 05 Jan 2022 09:30:00 -0000")


def test_a_form_is_read_by_its_keys() -> None:
    (article,) = sample("form.eml").articles

    written = (article.title, article.slugline, article.urgency, article.section, article.dateline, article.byline)

    assert written == ("Tram line 7 to reopen", "Tram", 2, "CITY", "HOLM", "Pia Quist")
    assert (article.text, article.rule) == ("The tram runs again.\n\nIt stood for a year.", "form")


def test_every_mail_of_an_mbox_is_an_article_and_so_is_a_forwarded_one() -> None:
    reading = sample("letters.mbox")

    titles = [article.title for article in reading.articles]

    assert titles == ["[wire] Rain on Lima", "Snow on Tarn"]
    assert reading.articles[0].text == "It rained on Lima.\n\nFrom the hills came more."
    assert [(unread.place, unread.code) for unread in reading.unread] == [("message 2", "encrypted")]
    assert reading.found[1].inside == "3/part.eml"


@pytest.mark.parametrize(
    ("sender", "authors", "source"),
    [
        ("Ana Silva <ana@wire.example>", ["Ana Silva"], "wire.example"),
        ("Ana Silva <ana.silva@gmail.com>", ["Ana Silva"], ""),
        ("Ana Silva via The Wire <x@list.example>", ["Ana Silva"], "The Wire"),
        ('"Silva, Ana" <ana@wire.example>', [], "Silva, Ana"),
        ("Wire Newsletter <no-reply@wire.example>", [], "Wire Newsletter"),
        ("The Harbour Letter <ana@wire.example>", [], "The Harbour Letter"),
        ("Holm Press Office <press@holm.example>", [], "Holm Press Office"),
        ("no-reply@wire.example", [], "wire.example"),
        ("=?iso-8859-1?Q?J=F8rgen_Ulv?= <j@wire.example>", ["Jørgen Ulv"], "wire.example"),
    ],
)
def test_a_person_is_the_author_and_a_house_the_source(sender: str, authors: list[str], source: str) -> None:
    content = f"From: {sender}\nMessage-ID: <1@wire.example>\nSubject: Rain\n\nIt rained.\n".encode()

    (article,) = read(content, "rain.eml")

    assert isinstance(article, Article)
    assert ([author.name for author in article.authors], article.source) == (authors, source)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("=?utf-8?B?Um9zww==?= =?utf-8?B?qQ==?=", "Rosé"),
        ("=?utf-8?Q?Ros=C3?= =?utf-8?Q?=A9?=", "Rosé"),
        ("=?windows-1252?Q?It’s_rain?=", "It’s rain"),
        ("=?no-such-set?Q?Rain?= again", "Rain again"),
        ("=?utf-8?B?!!?=", ""),
        ("Rain =?utf-8?Q?", "Rain =?utf-8?Q?"),
        ("Ros\udce9", "Rosé"),
        ("Rain\r\n\ton Lima", "Rain on Lima"),
    ],
)
def test_words_of_a_header_are_decoded_whatever_is_wrong(raw: str, words: str) -> None:
    decoded = in_words(raw)

    assert decoded == words


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: text/plain; charset=no-such-set",
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: x-unknown",
        "Content-Type: multipart/mixed; boundary=missing",
        "Content-Type: text/plain; charset=punycode",
        "X-Nothing: 1",
    ],
)
def test_a_broken_description_of_the_body_leaves_its_text(headers: str) -> None:
    article = letter("It rained on Rosé.\n", headers=headers)

    assert article.text == "It rained on Rosé."


def test_a_saved_page_is_no_mail() -> None:
    pages = [
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/\r\nMIME-Version: 1.0\r\n\r\n",
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary=x\r\nSubject: Rain\r\n\r\n',
        b"Title: Rain\nDate: 2022-01-06\n\nIt rained.",
        b"From the hills came rain.\n\nIt rained.",
    ]

    answers = [recognise(page, "page.mht") for page in pages]

    assert answers == [0.0] * 4


def test_parts_without_end_are_refused() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(3000)
    )
    content = b"From: a@wire.example\nMessage-ID: <1@wire.example>\nMIME-Version: 1.0\n" + nested

    with pytest.raises(Unreadable) as refusal:
        read(content, "deep.eml")

    assert refusal.value.code == "too-deep"


def test_a_mail_without_a_word_is_refused_and_a_subject_alone_is_not() -> None:
    head = b"From: a@wire.example\nMessage-ID: <1@wire.example>\n"

    (article,) = read(head + b"Subject: Flash: rain\n\n", "x.eml")
    with pytest.raises(Unreadable) as refusal:
        read(head + b"\n", "x.eml")

    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Flash: rain", "")
    assert refusal.value.code == "empty"


@pytest.mark.parametrize("name", ["newsletter.eml", "release.eml", "letters.mbox"])
def test_a_cut_file_is_read_or_refused_at_every_place(name: str) -> None:
    content = (SAMPLES / name).read_bytes()

    for end in range(40, len(content), 7):
        with suppress(Unreadable):
            read_articles(content[:end], name)


@pytest.mark.parametrize(
    "noise",
    [b"=?u?q?", b"\nFrom a b\nA: b\n", b"<div style='display:none'>", b"-- \n", b" \n", b"--b\n", b"(", b"A: b\n"],
)
def test_hostile_repetition_takes_no_time(noise: bytes) -> None:
    head = b"Message-ID: <1@wire.example>\nContent-Type: multipart/alternative; boundary=b\nSubject: " + noise * 1000
    content = head + b"\n\n--b\nContent-Type: text/html\n\n" + noise * (200_000 // len(noise))
    started = time.process_time()

    with suppress(Unreadable):
        read(content, "x.eml")

    assert time.process_time() - started < 8


@given(st.binary(max_size=400), st.sampled_from([b"", b"From: a@b\nMessage-ID: <1@b>\nContent-Type: ", b"Subject: =?"]))
def test_any_bytes_are_read_or_refused(noise: bytes, start: bytes) -> None:
    content = start + noise

    with suppress(Unreadable):
        assert all(found for found in read(content, "noise.eml"))


def test_the_format_reads_and_unpacks() -> None:
    assert FORMAT.read
    assert FORMAT.unpack


def test_two_attached_files_of_one_name_are_two() -> None:
    part = "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nRain {0}\n\nIt rained.\n"
    head = "Message-ID: <1@wire.example>\nSubject: Two\nContent-Type: multipart/mixed; boundary=b\n\n"

    reading = read_articles((head + part.format(1) + part.format(2) + "--b--\n").encode(), "two.eml")

    assert [found.inside for found in reading.found] == ["1-a.txt", "2-a.txt"]
