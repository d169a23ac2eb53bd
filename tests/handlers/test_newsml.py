"""The format newsml: an article for each news item of NewsML 1, whatever its components hold."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.newsml import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Subject, Unread
from presslog.store.errors import Unreadable

SAMPLE = (Path(__file__).parents[1] / "samples" / "newsml" / "revision.xml").read_bytes()


def items(*contents: str) -> list[Article | Unread]:
    return read(f"<NewsML>{''.join(f'<NewsItem>{each}</NewsItem>' for each in contents)}</NewsML>".encode(), "a.xml")


def item(content: str) -> Article:
    found = items(content)[0]
    assert isinstance(found, Article)
    return found


def component(content: str, *, role: str = "Main", medium: str = "Text", lines: str = "") -> str:
    medium = f'<MediaType FormalName="{medium}"/>'
    return (
        f'<NewsComponent><Role FormalName="{role}"/>{lines}'
        f"<ContentItem>{medium}<DataContent>{content}</DataContent></ContentItem></NewsComponent>"
    )


def identified(revision: str, public: str) -> str:
    parts = "<ProviderId>w.example</ProviderId><DateId>20220106</DateId><NewsItemId>7</NewsItemId>"
    written = f"<PublicIdentifier>{public}</PublicIdentifier>"
    return f"<Identification><NewsIdentifier>{parts}{revision}{written}</NewsIdentifier></Identification>"


def will_be(status: str) -> str:
    when = "<DateAndTime>20220107T060000Z</DateAndTime>"
    return f'<StatusWillChange><FutureStatus FormalName="{status}"/>{when}</StatusWillChange>'


NITF = "<nitf><body><body.content><p>Rain &amp; wind.</p><p>Then sun.</p></body.content></body></nitf>"
HEADLINE = "<NewsComponent><NewsLines><HeadLine>Rain</HeadLine></NewsLines></NewsComponent>"


def test_a_news_item_fills_the_fields() -> None:
    article = read_articles(SAMPLE, "revision.xml").articles[0]

    times = (article.published_at, article.published_precision, article.updated_at)

    assert (article.uri, article.version) == ("urn:newsml:wire.example:20220106:TX-HOLM-1", 2)
    assert (article.title, article.subtitle) == ("The ferry to Holm returns", "Four crossings a day")
    assert times == ("2022-01-06T04:12:00Z", "second", "2022-01-06T04:59:00Z")
    assert (article.byline, article.authors) == ("By Ana Silva", (Author("Ana Silva"),))
    assert (article.dateline, article.located) == ("YSEL, Jan 6, 2022 (Wire) -", "Ysel")
    assert (article.credit, article.source, article.copyright) == ("Harbour Wire", "HW", "© 2022 Harbour Wire")
    assert (article.slugline, article.keywords) == ("Larnow-ferry", ("ferries", "islands"))
    assert article.subjects == (Subject("04000000"), Subject("04015000", "Transport"))
    assert (article.urgency, article.language, article.ednote) == (4, "en", "Adds fares.")
    assert (article.status, article.parser) == ("usable", "newsml")


def test_the_text_is_that_of_the_story_and_not_of_its_pictures() -> None:
    article = read_articles(SAMPLE, "revision.xml").articles[0]

    paragraphs = article.text.split("\n\n")

    assert paragraphs == ["The ferry to Holm returns on Monday.", "A crossing costs 4."]


@pytest.mark.parametrize(
    "content",
    [
        "<p>Rain &amp; wind.</p><p>Then sun.</p>",
        NITF,
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Rain &amp; wind.</p><p>Then sun.</p></body></html>",
        "<![CDATA[<P>Rain &amp; wind.</P><P>Then sun.</P>]]>",
        f"<![CDATA[<?xml version='1.0' encoding='iso-8859-1'?>{NITF}]]>",
        "Rain &amp; wind.\n\nThen sun.",
        "<pre>Rain &amp; wind.\n\nThen sun.</pre>",
    ],
)
def test_a_text_is_read_in_whatever_form_it_is_enclosed(content: str) -> None:
    article = item(component(content))

    text = article.text

    assert text == "Rain & wind.\n\nThen sun."


def test_base64_is_decoded() -> None:
    coded = '<Encoding Notation="Base64"><DataContent>UmFpbiBmZWxsLg==</DataContent></Encoding>'

    article = item(f"<NewsComponent><ContentItem>{coded}</ContentItem></NewsComponent>")

    assert article.text == "Rain fell."


def test_roles_tell_title_lead_and_body_apart() -> None:
    article = item(component("Rain", role="Title") + component("It rained.", role="Lead") + component("It fell."))

    read_as = (article.title, article.description, article.text)

    assert read_as == ("Rain", "It rained.", "It fell.")


def test_of_equivalents_one_is_read() -> None:
    both = component("<p>Rain fell.</p>") + component("Rain fell!")

    article = item(f'<NewsComponent EquivalentsList="yes">{both}</NewsComponent>')

    assert article.text == "Rain fell."


def test_a_caption_that_stands_alone_is_the_text() -> None:
    lines = "<NewsLines><HeadLine>Rain</HeadLine></NewsLines>"

    article = item(component("A wet street.", role="Caption", lines=lines))

    assert (article.title, article.text) == ("Rain", "A wet street.")


def test_news_items_are_articles_and_what_has_no_words_is_named() -> None:
    picture = '<NewsComponent><ContentItem Href="a.jpg"><MediaType FormalName="Photo"/></ContentItem></NewsComponent>'

    found = items(component("Rain fell."), picture, "<Update/>", component("The sun came."))

    assert [each.title for each in found if isinstance(each, Article)] == ["Rain fell.", "The sun came."]
    unread = [(each.place, each.code) for each in found if isinstance(each, Unread)]
    assert unread == [("NewsItem 2", "no-text"), ("NewsItem 3", "partial-update")]


@pytest.mark.parametrize(
    ("revision", "public", "uri"),
    [
        ("<RevisionId>2</RevisionId>", "urn:newsml:w.example:20220106:7:2", "urn:newsml:w.example:20220106:7"),
        (
            '<RevisionId Update="U">2</RevisionId>',
            "urn:newsml:w.example:20220106:7:2U",
            "urn:newsml:w.example:20220106:7",
        ),
        ("<RevisionId>2</RevisionId>", "urn:newsml:w.example:20220106:7", "urn:newsml:w.example:20220106:7"),
        ("<RevisionId>2</RevisionId>", "", "urn:newsml:w.example:20220106:7"),
        ("<RevisionId>7</RevisionId>", "urn:x:42", "urn:x:42"),
    ],
)
def test_revisions_of_one_item_share_a_uri(revision: str, public: str, uri: str) -> None:
    article = item(identified(revision, public) + HEADLINE)

    stated = article.uri

    assert stated == uri


@pytest.mark.parametrize(
    ("management", "status", "embargo"),
    [
        ('<Status FormalName="Usable"/>', "usable", ""),
        ('<Status FormalName="Canceled"/>', "canceled", ""),
        ('<Status FormalName="Withheld"/>', "withheld", ""),
        ('<Status FormalName="Usable"/><Instruction FormalName="Kill"/>', "canceled", ""),
        ('<Status FormalName="Usable"/><Instruction FormalName="Correction"/>', "usable", ""),
        ('<Status FormalName="Embargoed"/>' + will_be("Usable"), "usable", "2022-01-07T06:00:00Z"),
        ('<Status FormalName="Usable"/>' + will_be("Canceled"), "usable", ""),
    ],
)
def test_the_status_is_what_management_states(management: str, status: str, embargo: str) -> None:
    article = item(f"<NewsManagement>{management}</NewsManagement>{HEADLINE}")

    managed = (article.status, article.embargoed_until)

    assert managed == (status, embargo)


def test_a_document_without_news_items_is_refused() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(b"<NewsML><TopicSet/></NewsML>", "topics.xml")

    assert refusal.value.code == "no-article"


@pytest.mark.parametrize(
    ("content", "sure"),
    [(b"<NewsML>", 0.95), (b"<NewsML Version='1.2'>", 0.95), (b"<newsMessage>", 0.0), (b"<html>", 0.0), (b"Rain", 0.0)],
)
def test_the_root_decides(content: bytes, sure: float) -> None:
    answer = recognise(content, "a.xml")

    assert answer == sure


def test_a_truncated_document_is_refused_with_a_reason() -> None:
    for length in range(0, len(SAMPLE) - 10, 53):
        with pytest.raises(Unreadable) as refusal:
            read(SAMPLE[:length], "revision.xml")
        assert refusal.value.code == "malformed"


def test_components_as_deep_as_xml_may_be_are_read() -> None:
    deep = "<NewsComponent>" * 240 + component("Rain fell.") + "</NewsComponent>" * 240

    article = item(deep)

    assert article.text == "Rain fell."


TAGS = st.sampled_from(
    ["NewsItem", "NewsComponent", "NewsLines", "HeadLine", "ContentItem", "DataContent", "Role", "p"]
)


@given(
    st.recursive(
        st.text("aB<&\0 \u200b\n", max_size=6).map(str),
        lambda inner: st.tuples(TAGS, inner, inner).map(
            lambda parts: f"<{parts[0]} FormalName='Photo'>{parts[1]}{parts[2]}</{parts[0]}>"
        ),
        max_leaves=20,
    )
)
def test_any_nesting_is_articles_or_unread(content: str) -> None:
    try:
        found = items(content)
    except Unreadable:
        return

    stored = msgspec.json.encode(found)

    assert found
    assert b"\\u0000" not in stored
