"""The format newsml-g2: every item of a message, kills and packages; plans and concepts are no articles."""

import base64
from pathlib import Path

import pytest

from presslog.handlers.formats.newsmlg2 import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Subject
from presslog.store.errors import Unreadable

SAMPLE = (Path(__file__).parents[1] / "samples" / "newsml-g2" / "message.xml").read_bytes()
NAMESPACE = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'


def item(
    meta: str = "", content: str = "<headline>Rain</headline>", holder: str = "", root: str = "newsItem"
) -> Article:
    inside = f"<itemMeta>{meta}</itemMeta><contentMeta>{content}</contentMeta><contentSet>{holder}</contentSet>"
    found = read(f'<{root} {NAMESPACE} guid="urn:a">{inside}</{root}>'.encode(), "a.xml")[0]
    assert isinstance(found, Article)
    return found


def test_a_news_item_fills_the_fields() -> None:
    article = read_articles(SAMPLE, "message.xml").articles[0]

    times = (article.published_at, article.updated_at, article.embargoed_until)

    assert (article.uri, article.version, article.status) == ("tag:wire.example,2022:ferry", 12, "usable")
    assert (article.title, article.subtitle) == ("The ferry to Holm returns", "Four crossings a day")
    assert times == ("2022-01-06T04:12:00+01:00", "2022-01-06T04:59:00Z", "2022-01-07T06:00:00Z")
    assert article.byline == "By Ana Silva and Bo Lee"
    assert article.authors == (Author("Ana Silva"), Author("Bo Lee"))
    assert (article.credit, article.source) == ("Harbour Wire", "Harbour Wire")
    assert (article.slugline, article.urgency, article.language) == ("HOLM-FERRY", 4, "en")
    assert article.subjects == (Subject("medtop:20001187", "transport"), Subject("", "Holm Ferry Company"))
    assert (article.located, article.dateline, article.keywords) == ("Ysel", "YSEL, Jan 6", ("ferries",))
    assert (article.description, article.ednote) == ("The ferry sails again.", "Adds fares.")
    assert (article.copyright, article.rule) == ("(c) 2022 Harbour Wire", "text")


def test_the_text_is_without_head_byline_and_what_is_behind_it() -> None:
    article = read_articles(SAMPLE, "message.xml").articles[0]

    paragraphs = article.text.split("\n\n")

    assert paragraphs == ["The ferry to Holm returns on Monday.", "It's cheap."]
    assert article.tail == ("(Editing by Vidar Wik)",)


def test_a_message_holds_stories_pictures_and_packages_and_the_rest_is_named() -> None:
    reading = read_articles(SAMPLE, "message.xml")

    _, picture, package = reading.articles

    assert (picture.title, picture.text) == ("The ferry in its dock", "The ferry, on Thursday.")
    assert (picture.rule, picture.authors) == ("picture", (Author("Pia Quist", "photographer"),))
    assert (package.title, package.rule) == ("Top stories", "package")
    assert package.text == "The ferry to Holm returns\n\nTram line 9 is back"
    assert [(each.place, each.code) for each in reading.unread] == [
        ("conceptItem 4", "no-article"),
        ("newsItem 5", "no-text"),
    ]


@pytest.mark.parametrize("root", ["conceptItem", "knowledgeItem", "planningItem", "catalogItem"])
def test_what_describes_things_is_refused_by_its_name(root: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(f"<{root} {NAMESPACE}/>".encode(), "a.xml")

    assert refusal.value.code == "no-article"
    assert root in str(refusal.value)


@pytest.mark.parametrize(
    ("meta", "status"),
    [
        ('<pubStatus qcode="stat:usable"/>', "usable"),
        ('<pubStatus qcode="stat:withheld"/>', "withheld"),
        ('<pubStatus qcode="stat:canceled"/>', "canceled"),
        ('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>', "canceled"),
        ('<pubStatus literal="Cancelled"/>', "canceled"),
        ('<pubStatus qcode="stat:usable"/><signal qcode="sig:kill"/>', "canceled"),
        ('<pubStatus qcode="stat:usable"/><signal qcode="sig:correction"/>', "usable"),
        ('<pubStatus qcode="stat:usable"/><edNote>KILL. Story is wrong</edNote>', "canceled"),
        ('<pubStatus qcode="stat:usable"/><edNote>Kill Bill review, adds quote</edNote>', "usable"),
        ("", "usable"),
    ],
)
def test_status_and_signals_say_what_is_withdrawn(meta: str, status: str) -> None:
    article = item(meta)

    stated = article.status

    assert stated == status


@pytest.mark.parametrize(("note", "title"), [("", "urn:a"), ("<edNote>Killed. It is wrong.</edNote>", "Killed.")])
def test_a_kill_without_a_word_for_readers_withdraws_all_the_same(note: str, title: str) -> None:
    article = item(f'<pubStatus qcode="stat:canceled"/>{note}', content="")

    killed = (article.uri, article.status, article.title)

    assert killed == ("urn:a", "canceled", title)


CODED = base64.b64encode(b"<p>Rain fell.</p>").decode()


@pytest.mark.parametrize(
    "holder",
    [
        "<inlineXML><nitf><body><body.content><p>Rain fell.</p></body.content></body></nitf></inlineXML>",
        "<inlineXML><html xmlns='http://www.w3.org/1999/xhtml'><body><p>Rain fell.</p></body></html></inlineXML>",
        "<inlineXML><div><p>Rain fell.</p></div></inlineXML>",
        "<inlineXML><story><part>Rain <i>fell</i>.</part></story></inlineXML>",
        "<inlineXML>&lt;p&gt;Rain fell.&lt;/p&gt;</inlineXML>",
        "<inlineData contenttype='text/plain'>Rain fell.</inlineData>",
        "<inlineData contenttype='text/plain'><![CDATA[<p>Rain fell.</p>]]></inlineData>",
        f"<inlineData contenttype='text/html' encoding='encd:base64'>{CODED}</inlineData>",
        "<inlineXML/><inlineData>Rain fell.</inlineData>",
        "<inlineXML><p>Rain fell.</p></inlineXML><inlineData>Rain fell.</inlineData>",
    ],
)
def test_a_text_is_read_in_whatever_form_it_is_enclosed(holder: str) -> None:
    article = item(holder=holder)

    text = article.text

    assert text == "Rain fell."


@pytest.mark.parametrize(
    "holder",
    ["", "<remoteContent href='a'/>", "<inlineData contenttype='image/png' encoding='encd:base64'>AAAA</inlineData>"],
)
def test_a_headline_without_a_text_is_an_article(holder: str) -> None:
    article = item(holder=holder)

    assert (article.title, article.text) == ("Rain", "")


@pytest.mark.parametrize(
    ("content", "field", "value"),
    [
        ("<headline/><headline>Rain</headline>", "title", "Rain"),
        ("<description>Rain fell. Then sun.</description>", "title", "Rain fell."),
        ("<headline>a</headline><dateline>2022-01-06 04:12:00 GMT+00:00</dateline>", "dateline", ""),
        ("<headline>a</headline><creator literal='Wire'/>", "authors", ()),
        ("<headline>a</headline><creator type='cpnat:person' literal='Ana Silva'/>", "authors", (Author("Ana Silva"),)),
        ("<headline>a</headline><infoSource qcode='src:AP'/>", "source", "AP"),
        ("<headline>a</headline><contentCreated>2022-01-06</contentCreated>", "published_at", "2022-01-06"),
        ("<headline>a</headline><slugline>S</slugline><description>S:a</description>", "description", ""),
        ("<headline>a</headline><urgency>x</urgency>", "urgency", 0),
    ],
)
def test_a_value_of_the_metadata_fills_its_field(content: str, field: str, value: object) -> None:
    article = item(content=content)

    stated = getattr(article, field)

    assert stated == value


def test_a_private_note_is_kept_where_it_is_the_only_one() -> None:
    article = item('<edNote role="note:private">ask Bo</edNote>')

    assert article.ednote == "ask Bo"


@pytest.mark.parametrize(
    ("content", "sure"),
    [
        (f"<newsItem {NAMESPACE}>".encode(), 0.95),
        (b"<n:newsMessage xmlns:n='http://iptc.org/std/nar/2006-10-01/'>", 0.95),
        (b"<newsItem guid='a' standard='NewsML-G2'>", 0.95),
        (b"<newsItem>", 0.6),
        (b"<NewsML>", 0.0),
        (b"<item>", 0.0),
    ],
)
def test_the_root_and_its_namespace_decide(content: bytes, sure: float) -> None:
    answer = recognise(content, "a.xml")

    assert answer == sure


def test_a_truncated_message_is_refused_with_a_reason() -> None:
    for length in range(0, len(SAMPLE) - 20, 61):
        with pytest.raises(Unreadable) as refusal:
            read(SAMPLE[:length], "message.xml")
        assert refusal.value.code == "malformed"


def test_a_message_of_many_items_gives_them_all() -> None:
    one = "<newsItem guid='urn:{}'><contentMeta><headline>Rain</headline></contentMeta></newsItem>"
    items = "".join(one.format(number) for number in range(3_000))

    found = read(f"<newsMessage {NAMESPACE}><itemSet>{items}</itemSet></newsMessage>".encode(), "many.xml")

    assert len({each.uri for each in found if isinstance(each, Article)}) == 3_000
