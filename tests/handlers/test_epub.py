"""EPUBs: issues with many articles, books in one piece, and what is refused."""

import uuid
import zipfile

import pytest
from captured import code_of, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.formats.epub import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Unread
from presslog.store.errors import Unreadable

ID = uuid.UUID(int=7)
LONG = "The ferry to Holm sailed for the last time on Thursday evening, after ninety years of service on the fjord."
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
METADATA = f"""<dc:title>The Holm Gazette</dc:title><dc:language>en-GB</dc:language><dc:creator>calibre</dc:creator>
<dc:identifier id="id">{ID}</dc:identifier><dc:date>2022-01-06T05:00:00+00:00</dc:date>
<dc:publisher>Gazette House</dc:publisher><dc:rights>© Gazette House</dc:rights><dc:subject>News</dc:subject>"""


def page(body: str, title: str = "The Holm Gazette", mark: str = "") -> str:
    return (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{title}</title></head><body{mark}>{body}</body></html>"
    )


def epub_of(pages: dict[str, str], metadata: str = METADATA, guide: str = "", **more: str) -> bytes:
    items = "".join(f'<item id="{n}" href="{path}" media-type="x"/>' for n, path in enumerate(pages))
    spine = "".join(f'<itemref idref="{n}"/>' for n in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' unique-identifier="id"><metadata>{metadata}</metadata><manifest>{items}</manifest>'
        f"<spine>{spine}</spine><guide>{guide}</guide></package>"
    )
    files: dict[str, str | bytes] = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    files |= {"OEBPS/content.opf": package} | {f"OEBPS/{path}": text for path, text in pages.items()}
    return zip_of(files | more)


def articles(content: bytes) -> list[Article]:
    return [piece for piece in read(content, "a.epub") if isinstance(piece, Article)]


ISSUE = {
    "feed_0/index.html": page("<h1>News</h1><ul><li><a href='a'>Last Ferry Leaves Holm</a></li></ul>"),
    "feed_0/a.html": page(
        "<div class='calibre_navbar'>| <a href='b'>Next</a> | Main Menu |</div>"
        f"<h1>Last Ferry Leaves Holm</h1><p>By Ana Silva</p><p>{LONG}</p>"
        "<p>This article was downloaded by calibre from"
        " <a rel='calibre-downloaded-from' href='https://holm.example/ferry'>https://holm.example/ferry</a></p>"
    ),
    "feed_0/a_split_1.html": page("<p>Few came to see it go.</p>"),
    "feed_0/b.html": page(f"<h2>Bell of Tarn Rings</h2><p>{LONG}</p>"),
}


def test_each_document_with_a_heading_is_an_article_and_one_without_goes_on() -> None:
    ferry, bell = articles(epub_of(ISSUE))

    texts = (ferry.text, bell.text)

    assert (ferry.title, bell.title) == ("Last Ferry Leaves Holm", "Bell of Tarn Rings")
    assert texts == (f"{LONG}\n\nFew came to see it go.", LONG)
    assert (ferry.byline, ferry.authors, bell.authors) == ("By Ana Silva", (Author("Ana Silva"),), ())
    assert (ferry.url, ferry.uri) == ("https://holm.example/ferry", f"urn:uuid:{ID}#OEBPS/feed_0/a.html")


def test_what_the_issue_states_is_true_of_its_articles() -> None:
    article = articles(epub_of(ISSUE))[0]

    stated = (article.language, article.source, article.copyright, article.published_at, article.published_precision)

    assert stated == ("en-GB", "Gazette House", "© Gazette House", "2022-01-06T05:00:00Z", "second")
    assert article.keywords == ()


def test_a_book_in_one_piece_is_one_article() -> None:
    metadata = (
        "<dc:title>Bell of Tarn Rings</dc:title><dc:creator>Bo Lee</dc:creator><dc:creator>Ana Silva</dc:creator>"
    )
    metadata += (
        "<dc:description>&lt;p>It rang.&lt;/p></dc:description><dc:subject>Tarn</dc:subject><dc:date>2022</dc:date>"
    )

    article = articles(epub_of({"a.xhtml": page(f"<h1>Bell of Tarn Rings</h1><p>{LONG}</p>")}, metadata))[0]

    assert (article.title, article.text, article.rule) == ("Bell of Tarn Rings", LONG, "book")
    assert article.authors == (Author("Bo Lee"), Author("Ana Silva"))
    assert (article.description, article.keywords, article.uri) == ("It rang.", ("Tarn",), "")
    assert (article.published_at, article.published_raw) == ("", "2022")


def test_documents_that_lead_through_the_book_are_passed_over() -> None:
    more = {
        "cover.xhtml": page(f"<h1>Cover</h1><p>{LONG}</p>"),
        "start.xhtml": page(f"<h1>Contents</h1><p>{LONG}</p>", mark=" epub:type='toc'"),
        "rights.xhtml": page(f"<h1>Rights</h1><p>{LONG}</p>"),
    }
    guide = "<reference type='copyright-page' href='rights.xhtml'/>"

    found = read(epub_of(more | ISSUE, guide=guide), "a.epub")

    assert [piece.title for piece in found if isinstance(piece, Article)] == [
        "Last Ferry Leaves Holm",
        "Bell of Tarn Rings",
    ]
    assert len(found) == 2


def test_what_hardly_has_a_text_is_said() -> None:
    content = epub_of(ISSUE | {"part.html": page("<h1>Part Two</h1><p>Winter</p>")})

    unread = [piece for piece in read(content, "a.epub") if isinstance(piece, Unread)]

    assert [(each.place, each.code) for each in unread] == [("OEBPS/part.html", "not-an-article")]


def test_a_page_that_is_no_xml_is_read_as_html() -> None:
    article = articles(epub_of({"a.html": f"<html><body><h1>Rain<p>{LONG} &copy; <br>"}))[0]

    assert article.text.startswith("Rain")


def test_a_book_with_drm_is_refused_and_one_with_scrambled_fonts_is_read() -> None:
    part = (
        "<encryption xmlns:e='urn:e'><e:EncryptedData><e:EncryptionMethod Algorithm='{}'/>"
        "<e:CipherData><e:CipherReference URI='OEBPS/feed_0/b.html'/></e:CipherData></e:EncryptedData></encryption>"
    )

    fonts = epub_of(ISSUE, **{"META-INF/encryption.xml": part.format("http://www.idpf.org/2008/embedding")})
    text = epub_of(ISSUE, **{"META-INF/encryption.xml": part.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")})

    assert len(articles(fonts)) == 2
    with pytest.raises(Unreadable, match="DRM") as refusal:
        read(text, "a.epub")
    assert refusal.value.code == "encrypted"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zip_of({"mimetype": "application/epub+zip"}), "damaged"),
        (zip_of({"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}), "damaged"),
        (epub_of({"a.xhtml": page("<img src='a.png'/>")}), "no-text"),
        (epub_of({"a.xhtml": " " * 40_000_000}), "bomb"),
    ],
    ids=["no container", "no package", "pictures", "bomb"],
)
def test_what_cannot_be_read_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content, "a.epub")

    assert refusal.value.code == code


def test_it_is_surer_of_an_epub_than_the_zip_is() -> None:
    content = epub_of(ISSUE)

    assert read_articles(content, "a.zip").format == "epub"
    assert recognise(zip_of({"mimetype": "application/epub+zip"}, zipfile.ZIP_STORED), "a.zip") > 0.95
    assert recognise(zip_of({"a.md": "x"}), "a.zip") == 0.0


def test_paths_that_lead_outside_open_nothing() -> None:
    content = epub_of({"../../../../etc/passwd": page(f"<h1>Rain</h1><p>{LONG}</p>")})

    found = read(content, "a.epub")

    assert [piece.code for piece in found if isinstance(piece, Unread)] == ["damaged"]


WHOLE = epub_of(ISSUE)


@settings(deadline=None)
@given(st.integers(58, len(WHOLE) - 1), st.binary(max_size=8))
def test_no_damage_is_more_than_a_refusal(place: int, written: bytes) -> None:
    damaged = WHOLE[:place] + written + WHOLE[place + len(written) :]

    codes = {code_of(lambda content: read_articles(content, "a.epub"), each) for each in (damaged, damaged[:place])}

    assert "handler-failed" not in codes
