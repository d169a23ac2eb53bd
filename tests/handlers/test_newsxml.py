"""The format newsxml: an agency's own XML is read where its tags are a newsroom's, and no other XML ever is."""

from pathlib import Path

import pytest

from presslog.handlers.formats.newsxml import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Author
from presslog.store.errors import Unreadable

SAMPLE = (Path(__file__).parents[1] / "samples" / "newsxml" / "flash.xml").read_bytes()


def test_tags_fill_the_fields_that_they_name() -> None:
    reading = read_articles(SAMPLE, "flash.xml")

    article = reading.articles[0]

    assert (reading.format, article.uri, article.version) == ("newsxml", "0b7e1f7e-7d0c-4bb7-9a53-6f0f4d1c2a11", 2)
    assert article.title == "The ferry to Holm returns on Monday."
    assert article.text == "The ferry to Holm returns on Monday. It is cheap.\n\nIt sails & turns."
    assert (article.published_at, article.section) == ("2022-01-06T04:12:18", "Business")
    assert (article.byline, article.authors) == ("Ana Silva", (Author("Ana Silva"),))
    assert (article.slugline, article.source) == ("HOLM/FERRY", "Island News")


@pytest.mark.parametrize(
    "content",
    [
        b"<kml xmlns='http://www.opengis.net/kml/2.2'><Document><name>a</name></Document></kml>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><title>a</title><text>b</text></svg>",
        b"<svg><title>a</title><text>b</text><desc>c</desc></svg>",
        b"<article><info><title>a</title><date>2022-01-06</date><author>b</author></info><para>c</para></article>",
        b"<rss version='2.0'><channel><item><title>a</title><pubDate>b</pubDate></item></channel></rss>",
        b"<entry xmlns='http://www.w3.org/2005/Atom'><title>a</title><published>b</published><content>c</content></entry>",
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>a</loc></url></urlset>",
        b"<opml version='2.0'><head><title>a</title></head><body><outline text='b'/></body></opml>",
        b"<note><to>a</to><from>b</from><heading>c</heading><body>d</body><date>2022-01-06</date></note>",
        b"<html><body><headline/><byline/><date/></body></html>",
        b"<book><title>a</title><author>b</author><date>2022</date><text>c</text></book>",
        b"Rain <headline> <byline> <date> <body>",
    ],
)
def test_other_xml_is_not_recognised(content: bytes) -> None:
    answer = recognise(content, "a.xml")

    assert answer == 0


@pytest.mark.parametrize(
    "content",
    [
        b"<News><headline>a</headline><byline>b</byline><date>2022-01-06</date></News>",
        b"<News><item><headline>a</headline><byline>b</byline><date>2022-01-06</date><body>c</body></item></News>",
        b"<News><headline/><byline/><date>2022-01-06</date><body/></News>",
    ],
)
def test_what_is_laid_out_in_another_way_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content, "a.xml")

    assert refusal.value.code == "no-article"


def test_a_truncated_document_is_refused_with_a_reason() -> None:
    for length in range(0, len(SAMPLE) - 10, 29):
        with pytest.raises(Unreadable) as refusal:
            read(SAMPLE[:length], "flash.xml")
        assert refusal.value.code == "malformed"
