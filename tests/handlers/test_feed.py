"""The format feed: every entry of RSS, RDF, Atom and WordPress exports, however damaged the file is."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.feed import read, recognise
from presslog.handlers.parts.mending import mend
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Unread
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "feed"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def sample(name: str) -> list[Article | Unread]:
    return read((SAMPLES / name).read_bytes(), name)


def rss(items: str, *, head: str = HEAD) -> bytes:
    return f'{head}<rss version="2.0"><channel><title>Wind</title>{items}</channel></rss>'.encode()


def only(content: bytes) -> Article:
    (article,) = read(content, "feed.xml")
    assert isinstance(article, Article)
    return article


def titles(content: bytes) -> list[str]:
    return [article.title for article in read_articles(content, "feed.xml").articles]


def test_an_rss_item_is_an_article_with_all_it_says() -> None:
    article = sample("rss2.xml")[0]

    assert isinstance(article, Article)
    assert article.title == "Ferry & bus share a ticket"
    assert article.text == "One ticket now does for ferry & bus.\n\nIt costs 7 crowns."
    assert article.description == "One ticket for both."
    assert (article.uri, article.url) == ("tag:tarn.example,2024:ferry", "https://tarn.example/ferry?a=1&copy=2")
    assert article.authors == (Author("Pia Quist"), Author("Ruben Solberg"))
    assert (article.published_at, article.published_precision) == ("2024-06-06T04:12:00+02:00", "second")
    assert (article.keywords, article.language) == (("Transport", "Tickets"), "en-GB")
    assert (article.source, article.copyright) == ("The Tarn Courier", "© 2024 Tarn Courier")


def test_an_item_without_a_title_or_a_global_guid_has_its_first_sentence_and_its_link() -> None:
    article = sample("rss2.xml")[1]

    assert isinstance(article, Article)
    assert (article.title, article.uri) == ("The bakery closed.", "https://tarn.example/bakery")
    assert (article.byline, article.published_at) == ("Bo Lee", "2024-06-06T04:12-05:00")


def test_an_entry_with_nothing_in_it_is_named() -> None:
    unread = sample("rss2.xml")[2]

    assert unread == Unread("entry 3", "empty", "neither a title nor a text in it")


def test_an_atom_entry_inherits_from_its_feed_and_addresses_are_resolved() -> None:
    first, second, _ = sample("atom.xml")

    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.text) == ("How <canal> became a tag", "The canal is drained.\n\nUntil April.")
    assert (first.url, first.authors) == ("https://ysel.example/news/canal.html", (Author("Smith & Daughters"),))
    assert (first.published_at, first.updated_at) == ("2024-03-01T08:15:00+01:00", "2024-03-02T09:00:00+01:00")
    assert (first.keywords, first.language, first.source) == (("Canals",), "nb", "Ysel & Omegn")
    assert (second.source, second.language, second.byline) == ("Lock Gazette", "en", "Desk of Ysel")
    assert (second.uri, second.published_at) == ("https://ysel.example/news/lock.html", "2024-03-02T10:00:00Z")


def test_a_tombstone_withdraws_its_entry() -> None:
    article = sample("atom.xml")[2]

    assert isinstance(article, Article)
    assert (article.uri, article.status, article.updated_at) == ("urn:ysel:rumour", "canceled", "2024-03-02T11:00:00Z")


def test_an_rdf_item_is_identified_by_what_it_is_about() -> None:
    (article,) = sample("rdf.xml")

    assert isinstance(article, Article)
    assert (article.uri, article.published_at) == ("https://orchard.example/pears", "2003-09-01T10:00+02:00")
    assert (article.published_precision, article.keywords) == ("minute", ("Fruit",))


def test_a_wordpress_export_gives_its_posts_and_withholds_its_drafts() -> None:
    published, draft, gone, product = sample("wordpress.xml")

    assert isinstance(published, Article)
    assert isinstance(draft, Article)
    assert isinstance(gone, Article)
    assert (published.uri, published.byline) == ("https://quarry.example/?p=216", "Xenia Yarrow")
    assert published.text == "The quarry reopened.\n\nIt employs twelve."
    assert (draft.status, draft.published_at) == ("withheld", "2013-08-01T09:00:00Z")
    assert (gone.status, gone.title) == ("canceled", "Gone")
    assert product == Unread("entry 5", "no-article", "WordPress keeps a “product” in it")


def test_a_single_atom_entry_is_a_feed() -> None:
    content = b'<entry xmlns="http://www.w3.org/2005/Atom"><title>Rain</title><id>urn:r:1</id></entry>'

    article = only(content)

    assert (recognise(content, ""), article.uri) == (0.95, "urn:r:1")


def test_a_damaged_feed_gives_every_entry() -> None:
    found = read_articles((SAMPLES / "damaged.xml").read_bytes(), "damaged.xml").articles

    assert [article.title for article in found] == ["AT&T mast falls — “storm”", "Second", "Third"]
    assert [article.text for article in found] == [
        "It fell.\nNobody was hurt.\n\nIt is gone.",
        "",
        "Cut in the mid",
    ]
    assert (found[0].url, found[0].byline) == ("https://wind.example/?a=1&b=2", "Ana Silva")


@pytest.mark.parametrize(
    "content",
    [
        rss("<item><title>Café</title></item>").decode().encode("utf-16"),
        rss("<item><title>Café</title></item>").decode().encode("latin-1"),
        rss("<item><title>Café</title></item>", head='<?xml version="1.0" encoding="utf-16"?>'),
        rss("<item><title>Café</title></item>", head='<?xml version="1.0" encoding="nonsense"?>'),
        rss("<item><title>Caf&amp;eacute;</title></item>"),
        rss("<item><title>Caf&eacute;</title></item>"),
        rss("<item><title>CafÃ©</title></item>"),
        rss("<item><title>Café\x0b</title></item>"),
        rss("<item><rss:title>Café</rss:title></item>"),
        rss("<item><media:title>Café</media:title></item>"),
        b"\n\n junk " + rss("<item><title>Café</title></item>"),
        rss("<item><title>Café</title></item>")[:-16],
        rss("<item><title>Café</title></item>") + b"<script>x</script>",
    ],
)
def test_an_entry_is_found_in_any_encoding_and_behind_any_damage(content: bytes) -> None:
    assert titles(content) == ["Café"]


def test_items_that_share_one_link_are_not_versions_of_one_article() -> None:
    content = rss(
        "<item><title>A</title><link>http://w.x/</link></item><item><title>B</title><link>http://w.x/</link></item>"
    )

    found = read_articles(content, "feed.xml").articles

    assert [(article.uri, article.url) for article in found] == [("", "http://w.x/")] * 2


@pytest.mark.parametrize("guid", ["1042", "a-slug", "post:1042"])
def test_a_guid_that_is_not_unique_in_the_world_is_no_identifier(guid: str) -> None:
    article = only(rss(f"<item><title>A</title><guid isPermaLink='false'>{guid}</guid></item>"))

    assert article.uri == ""


def test_the_fuller_of_content_and_summary_is_the_text() -> None:
    content = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><summary>It rained on Lima.</summary>'

    article = only(f"{content}<content>More</content></entry></feed>".encode())

    assert (article.text, article.description) == ("It rained on Lima.", "More")


def test_an_empty_feed_is_refused_by_its_title() -> None:
    with pytest.raises(Unreadable, match="the feed “Wind” has no entries") as refused:
        read(rss(""), "feed.xml")

    assert refused.value.code == "no-article"


def test_entities_of_its_own_are_refused() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    with pytest.raises(Unreadable, match="entities of its own"):
        read(rss("<item><title>&b;</title></item>", head=bomb), "feed.xml")


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body>&lt;rss&gt; <rss></body></html>",
        b"<!doctype html><p><feed>",
        b"Rain fell.\n\nIt stopped.",
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/></rdf:RDF>',
        b"<nitf><head/></nitf>",
        b"",
        b"\x00\xff" * 40,
    ],
)
def test_what_is_no_feed_is_not_recognised(content: bytes) -> None:
    assert recognise(content, "feed.xml") == 0.0


@pytest.mark.parametrize("name", ["rss2.xml", "atom.xml", "rdf.xml", "wordpress.xml", "damaged.xml"])
def test_a_feed_cut_anywhere_is_read_or_refused(name: str) -> None:
    whole = (SAMPLES / name).read_bytes()
    most = len(sample(name))

    for end in range(0, len(whole), 41):
        try:
            found = read(whole[:end], name)
        except Unreadable:
            continue
        assert len(found) <= most


@pytest.mark.parametrize(
    "hostile",
    [
        "<item>" * 50_000,
        "<title>" * 50_000,
        "<title>" * 50_000 + "<item></title>",
        "<item><title>a</title>" * 20_000,
        "<![CDATA[" * 50_000,
        "&" * 200_000,
        "<!--" * 50_000,
        '<item a="' * 20_000,
    ],
)
def test_hostile_markup_is_done_with_soon(hostile: str) -> None:
    content = rss("<item><title>x & y</title></item>" + hostile)
    began = time.monotonic()

    with suppress(Unreadable):
        read(content, "feed.xml")

    assert time.monotonic() - began < 5


def test_a_look_at_any_file_is_quick() -> None:
    content = b"<!--" * 4_000 + b"<rss>" + b" " * 1_000_000
    began = time.perf_counter()

    recognise(content, "")

    assert time.perf_counter() - began < 0.05


@given(st.text(" !#$%&'()*+,-./<=>?@[]abcXYZ019;", min_size=1, max_size=80))
def test_any_words_stand_in_a_plain_title_as_they_are(words: str) -> None:
    title = f"T{words}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    entry = f'<entry xmlns="http://www.w3.org/2005/Atom"><title type="text">{title}</title></entry>'

    article = only(entry.encode())

    assert article.title == " ".join(f"T{words}".split())


@given(st.text("<>&;/=\"' abitem[]!-", max_size=300))
def test_mending_never_fails(noise: str) -> None:
    mended = mend(f"<rss {noise}><item><title>a</title>{noise}</item></rss>")

    assert "title" in mended
