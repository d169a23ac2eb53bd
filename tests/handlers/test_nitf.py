"""The format nitf: what the head and the body of a document say, in its dialects; nothing for hostile ones."""

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.nitf import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Subject
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "nitf"


def sample(name: str) -> Article:
    return read_articles((SAMPLES / name).read_bytes(), name).articles[0]


def with_docdata(docdata: str, attributes: str = "") -> Article:
    content = f"<nitf><head><docdata {attributes}>{docdata}</docdata></head><body><body.content><p>It rained.</p>"
    return read(f"{content}</body.content></body></nitf>".encode(), "rain.xml")[0]


def with_head(head: str, body: str = "<p>It rained.</p>") -> Article:
    content = f"<nitf><body><body.head>{head}</body.head><body.content>{body}</body.content></body></nitf>"
    return read(content.encode(), "rain.xml")[0]


def test_the_head_and_the_body_fill_the_fields() -> None:
    article = sample("ferry.xml")

    times = (article.published_at, article.published_precision, article.updated_at, article.embargoed_until)

    assert (article.title, article.subtitle) == ("The ferry to Holm returns", "Four crossings a day, from Monday")
    assert (article.uri, article.version, article.urgency, article.status) == ("hw.2022.ferry.1", 3, 4, "usable")
    assert times == ("2022-01-06T04:12:00+01:00", "second", "2022-01-06T04:12:00+01:00", "")
    assert (article.byline, article.source) == ("By Ana Silva and Bo Press", "Harbour Wire")
    assert article.authors == (Author("Ana Silva"), Author("Bo Press"))
    assert (article.dateline, article.located) == ("Ysel, Larnow", "Ysel, Larnow")
    assert article.subjects == (Subject("04015000", "Transport"), Subject("HFC", "Holm Ferry Company"))
    assert (article.keywords, article.slugline) == (("ferries", "islands"), "Ferry Returns")
    assert (article.description, article.section) == ("After two years the ferry sails again.", "Business")
    assert article.ednote == "Corrects the fare in the second paragraph."
    assert (article.copyright, article.language, article.parser) == ("© 2022 Harbour Wire", "en-GB", "nitf")
    assert article.tail == ("Vidar Wik contributed to this article.",)


def test_the_text_has_crossheads_tables_and_set_lines_and_no_captions() -> None:
    article = sample("ferry.xml")

    paragraphs = article.text.split("\n\n")

    assert paragraphs == [
        "The ferry to Holm returns on Monday after two years in dock, its owner said.",
        "Fares",
        "A crossing costs £4, the company said.",
        "Adults 4",
        "Children 2",
        "Monday 6\nTuesday 7",
        "Sunday none",
    ]


def test_an_embargo_is_a_time_and_no_status() -> None:
    article = sample("catchline.xml")

    embargo = (article.status, article.embargoed_until)

    assert embargo == ("usable", "2022-01-07T00:01:00+01:00")
    assert (article.slugline, article.source) == ("POLITICS Orchard", "LN")
    assert (article.authors, article.tail) == ((Author("Tora Ulven"),), ("ends",))


@pytest.mark.parametrize(
    ("docdata", "attributes", "status"),
    [
        ("", 'management-status="canceled"', "canceled"),
        ("", 'management-status="killed"', "canceled"),
        ("", 'management-status="withheld"', "withheld"),
        ("", 'management-status="embargoed"', "usable"),
        ("", 'management-status="usable" management-doc-idref="a" management-idref-status="canceled"', "usable"),
        ('<doc-id id-string="a"/>', 'management-doc-idref="a" management-idref-status="canceled"', "canceled"),
        ('<ed-msg info="KILL this story: the quote is wrong"/>', 'management-status="usable"', "canceled"),
        ('<ed-msg info="EDITORS: Mandatory kill."/>', "", "canceled"),
        ('<ed-msg info="The story has been withdrawn by its source"/>', "", "canceled"),
        ('<ed-msg msg-type="withdrawal" info="Do not use"/>', "", "canceled"),
        ('<ed-msg info="CORRECTION: kills third paragraph"/>', "", "usable"),
        ('<ed-msg info="KILL, last graf"/>', "", "usable"),
        ('<ed-msg info="Retraction of the photo caption"/>', "", "usable"),
        ('<ed-msg info="Cancels previous, adds quote"/>', "", "usable"),
    ],
)
def test_a_kill_withdraws_and_a_correction_does_not(docdata: str, attributes: str, status: str) -> None:
    article = with_docdata(docdata, attributes)

    stated = article.status

    assert stated == status


def test_a_notice_withdraws_the_document_that_it_refers_to() -> None:
    attributes = 'management-doc-idref="wire:7" management-idref-status="canceled"'
    docdata = f'<docdata {attributes}><doc-id id-string="wire:8"/></docdata>'
    body = "<body><body.head><hedline><hl1>Notice</hl1></hedline></body.head></body>"

    notice, withdrawn = read(f"<nitf><head>{docdata}</head>{body}</nitf>".encode(), "a.xml")

    assert (notice.uri, notice.status) == ("wire:8", "usable")
    assert (withdrawn.uri, withdrawn.status, withdrawn.title) == ("wire:7", "canceled", "Notice")


@pytest.mark.parametrize(
    ("docdata", "field", "value"),
    [
        ('<doc-id regsrc="HW"/>', "uri", ""),
        ('<doc-id regsrc="HW"/>', "source", "HW"),
        ('<doc-id id-string=" a  b "/>', "uri", "a b"),
        ('<du-key generation="14"/>', "version", 14),
        ('<du-key version="99999999999999999999"/>', "version", 0),
        ('<urgency ed-urg="77"/>', "urgency", 0),
        ('<date.issue norm="20220106"/>', "published_at", "2022-01-06"),
        ('<date.issue norm="2022-01-06 04:12:21+00:00"/>', "published_at", "2022-01-06T04:12:21Z"),
        ('<date.issue norm="YYYYMMDD"/><date.release norm="20220106T0412"/>', "published_at", "2022-01-06T04:12"),
        (
            '<date.issue norm="20220106T100000Z"/><date.release norm="20220106T110000+0100"/>',
            "embargoed_until",
            "",
        ),
        ('<evloc city="Lima" state-prov="Lima"/>', "located", "Lima"),
        ('<key-list><keyword key="RAIN LIMA"/></key-list>', "slugline", "RAIN LIMA"),
        ('<doc.copyright holder="© Wire" year="2022"/>', "copyright", "© Wire"),
    ],
)
def test_a_value_of_docdata_fills_its_field(docdata: str, field: str, value: object) -> None:
    article = with_docdata(docdata)

    stated = getattr(article, field)

    assert stated == value


@pytest.mark.parametrize(
    ("head", "byline", "authors"),
    [
        ("<byline>By <person>Ana Silva</person><byttl>Writer</byttl></byline>", "By Ana Silva", ["Ana Silva"]),
        ("<byline><byttl>Sports Desk</byttl></byline>", "By Ana Silva", ["Ana Silva"]),
        ("<byline>gr/bp</byline>", "gr/bp", []),
        ("<byline>Ana Silva / silva.example</byline>", "Ana Silva / silva.example", ["Ana Silva"]),
        ("<byline>By Ana Silva</byline><byline>By Bo Lee</byline>", "By Ana Silva, By Bo Lee", ["Ana Silva", "Bo Lee"]),
        ("", "By Ana Silva", ["Ana Silva"]),
    ],
)
def test_a_byline_is_kept_as_written_and_its_people_are_found(head: str, byline: str, authors: list[str]) -> None:
    article = with_head(head, "<p>By Ana Silva</p><p>It rained.</p>")

    people = [author.name for author in article.authors]

    assert (article.byline, people) == (byline, authors)


def test_a_title_alone_in_a_byline_is_no_author() -> None:
    article = with_head("<byline><byttl>Sports Desk</byttl></byline>")

    credited = (article.byline, article.authors)

    assert credited == ("Sports Desk", ())


def test_lines_that_a_wire_sends_in_one_paragraph_become_paragraphs() -> None:
    wire = "    It rained on Lima\nand on the sea.\n    Then it stopped, and\nthe sun came\nback.\n"

    article = with_head("<hedline><hl1>Rain</hl1></hedline>", f"<p>{wire}</p>")

    assert article.text == "It rained on Lima and on the sea.\n\nThen it stopped, and the sun came back."


def test_xml_that_is_indented_for_its_reader_stays_one_paragraph() -> None:
    article = with_head("", "<p>It rained on\n      Lima and\n      on the sea.\n   </p>")

    paragraphs = article.text.split("\n\n")

    assert paragraphs == ["It rained on Lima and on the sea."]


def test_a_document_without_a_word_is_refused() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(b"<nitf><head><title/></head><body><body.content/></body></nitf>", "empty.xml")

    assert refusal.value.code == "no-article"


@pytest.mark.parametrize(
    ("content", "sure"),
    [
        (b"<nitf>", 0.95),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><nitf xmlns='urn:n' version='3.4'>", 0.95),
        ("<?xml version='1.0'?><nitf/>".encode("utf-16"), 0.95),
        (b"<nitfish>", 0.0),
        (b"<html><nitf>", 0.0),
        (b"nitf", 0.0),
        (b"", 0.0),
    ],
)
def test_the_root_decides(content: bytes, sure: float) -> None:
    answer = recognise(content, "a.nitf")

    assert answer == sure


@pytest.mark.parametrize("name", ["ferry.xml", "catchline.xml"])
def test_a_truncated_document_is_refused_with_a_reason(name: str) -> None:
    whole = (SAMPLES / name).read_bytes()

    for length in range(0, len(whole) - 10, 37):
        with pytest.raises(Unreadable) as refusal:
            read(whole[:length], name)
        assert refusal.value.code in ("malformed", "no-article")


def test_many_and_deep_elements_cost_little() -> None:
    topics = '<tobject.subject tobject.subject.refnum="04000000"/>' * 50_000
    deep = "<block>" * 200 + "<p>deep</p>" * 5_000 + "</block>" * 200
    content = f"<nitf><head>{topics}</head><body><body.content>{deep}</body.content></body></nitf>".encode()
    started = time.perf_counter()

    article = read(content, "many.xml")[0]

    assert (len(article.subjects), article.text.count("deep")) == (1, 5_000)
    assert time.perf_counter() - started < 5


PIECES = st.sampled_from(
    "<hl1> </hl1> <byline> </byline> <p> </p> <body.head> </body.head> <body.content> </body.content> <docdata>"
    ' <date.issue/> <ed-msg/> <date.issue\x20norm="99999999T999999"/> &amp;#0; By\x20Ana\x20Silva \u200b \x85'.split(
        " "
    )
)


@given(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=20))
def test_any_bytes_are_an_article_that_can_be_stored_or_are_unreadable(pieces: str, text: str) -> None:
    content = f"<nitf><head/><body>{pieces}<body.content><p>{pieces}{text}</p></body.content></body></nitf>"
    try:
        article = read(content.encode("utf-8", "replace"), "any.xml")[0]
    except Unreadable:
        return

    stored = msgspec.json.encode(article)

    assert msgspec.json.decode(stored, type=Article) == article
    assert article.title.strip()
    assert "\\u0000" not in stored.decode()
