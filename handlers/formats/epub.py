"""The format ``epub``: an issue of news or a book; what stands in it under a heading of its own is an article.

Source: EPUB 3.3, and OPF 2.0.1 for older ones; the marks of calibre, which makes issues out of news sites.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote
from zipfile import ZipFile, ZipInfo

import msgspec

from presslog.handlers.parts.blocks import paragraphs_of
from presslog.handlers.parts.budget import Budget
from presslog.handlers.parts.charset import clean, decode
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.packages import Package, read_package
from presslog.handlers.parts.paragraphs import first_sentence
from presslog.handlers.parts.trees import Element, find, find_all, local_name, parse_html, parse_xml, words_of
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format, Member
from .text import lacking, read_text
from .zipped import START, listing, member_of, name_of, open_zip

LEAST_LETTERS = 80
"""A heading with less below it is the page of a part or a picture."""
TOP_PARAGRAPHS = 3
"""So far down a chapter's heading stands."""
OF_ISSUE = ("language", "source", "copyright", "published_at", "published_precision", "published_raw")
"""What a book states of itself and is true of every article in it."""
CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
SCRAMBLED_FONTS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
NO_CHAPTERS = frozenset({"cover", "titlepage", "title-page", "copyright-page", "toc", "nav", "landmarks", "contents"})
"""Kinds and names of documents that lead through a book."""
HEADINGS = ("h1", "h2", "h3")
DOWNLOADED = "calibre-downloaded-from"
_kind = "{http://www.idpf.org/2007/ops}type"
_downloaded_by = re.compile(r"This article was downloaded by \S{1,40} from\b")


def recognise(content: bytes, name: str) -> float:
    """Sure of the type that an EPUB states in its first file, of the container in its list, and of its name."""
    if not content.startswith(START):
        return 0.0
    if b"application/epub+zip" in content[:256]:
        return 0.97
    is_listed = CONTAINER.encode() in listing(content)
    return 0.95 if is_listed or name.lower().endswith(".epub") else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """The articles in it, in the order of reading; a book without parts is one article.

    Raises:
        Unreadable: ``damaged``, ``malformed``, ``encrypted`` for one with DRM, ``no-text``, ``bomb``.
    """
    book = _Book(content)
    package = read_package(book.package_path, book.bytes_of(book.package_path))
    book.refuse_protection(package.spine)
    chapters, unread = [], []
    for path in package.spine:
        piece = book.chapter(path, package.fields.get("title", ""))
        if isinstance(piece, Unread):
            unread.append(piece)
        elif piece:
            chapters.append(piece)
    articles = list(_articles(_joined(chapters), package))
    if not any(isinstance(article, Article) for article in articles) and not unread:
        raise Unreadable("no-text", "there is no text in it, pictures at most: drop the text itself")
    return [*articles, *unread]


class _Chapter(NamedTuple):
    """A document of the book: its path, its own heading where it has one, and its text."""

    path: str
    title: str
    paragraphs: list[str]
    url: str = ""


class _Book:
    """The zip and what its documents are."""

    def __init__(self, content: bytes) -> None:
        self._budget = Budget(len(content))
        self._archive: ZipFile = open_zip(content, self._budget)
        self._entries: dict[str, ZipInfo] = {name_of(entry): entry for entry in self._archive.infolist()}
        self._last_page_title = ""

    @property
    def package_path(self) -> str:
        """Where the container says that the package document is."""
        if CONTAINER in self._entries:
            rootfile = find(parse_xml(self.bytes_of(CONTAINER)), "//rootfile")
            if rootfile is not None and (path := rootfile.get("full-path")):
                return path
        path = next((path for path in self._entries if path.lower().endswith(".opf")), "")
        if not path:
            raise Unreadable("damaged", f"there is no {CONTAINER} in it: export it again")
        return path

    def bytes_of(self, path: str) -> bytes:
        """The bytes of a file in it, as they were packed."""
        piece = self._take(path)
        if isinstance(piece, Unread):
            raise Unreadable(piece.code, f"{piece.place}: {piece.reason}")
        return piece.content

    def _take(self, path: str) -> Member | Unread:
        entry = self._entries.get(path)
        piece = member_of(self._archive, entry, self._budget) if entry else None
        return piece or Unread(clean(path), "damaged", "the book names it and it is not there: export it again")

    def refuse_protection(self, spine: tuple[str, ...]) -> None:
        """Refuse a book whose text is encrypted; scrambled fonts are no matter."""
        if ENCRYPTION not in self._entries:
            return
        for part in find_all(parse_xml(self.bytes_of(ENCRYPTION)), "//EncryptedData"):
            method, reference = find(part, "EncryptionMethod"), find(part, "//CipherReference")
            algorithm = method.get("Algorithm") if method is not None else ""
            path = unquote(reference.get("URI") or "") if reference is not None else ""
            if algorithm not in SCRAMBLED_FONTS and path in spine:
                raise Unreadable("encrypted", "its text is encrypted (DRM): drop a copy without protection")

    def chapter(self, path: str, book_title: str) -> _Chapter | Unread | None:
        """One document; None where it only leads to others, or has no text."""
        if posixpath.basename(path).partition(".")[0].lower() in NO_CHAPTERS:
            return None
        piece = self._take(path)
        if isinstance(piece, Unread):
            return piece
        try:
            root = _document(piece.content)
        except Unreadable as error:
            return Unread(piece.path, error.code, str(error))
        body = find(root, "//body") if root is not None else None
        if root is None or body is None or _is_guide(body):
            return None
        page_title = words_of(find(root, "//title"))
        own = "" if page_title in (book_title, self._last_page_title) else page_title
        self._last_page_title = page_title
        return _chapter(body, path, own)


def _document(content: bytes) -> Element | None:
    try:
        return parse_xml(content)
    except Unreadable:
        return parse_html(decode(content))


def _is_guide(body: Element) -> bool:
    parts = [body, *(part for part in body if local_name(part) in ("section", "div", "nav"))]
    kinds = {kind for part in parts[:2] for kind in (part.get(_kind) or part.get("epub:type") or "").split()}
    linked = sum(len(words_of(link)) for link in find_all(body, "//a"))
    return bool(kinds & NO_CHAPTERS) or 2 * linked > len(words_of(body))


def _chapter(body: Element, path: str, page_title: str) -> _Chapter | None:
    headings = [element for element in body.iter() if local_name(element) in HEADINGS]
    title = next((words for element in headings if (words := clean(words_of(element)))), "") or clean(page_title)
    links = [link for link in find_all(body, "//a") if DOWNLOADED in (link.get("rel") or "")]
    for part in find_all(body, "//div"):
        if "calibre_navbar" in (part.get("class") or ""):
            part.clear(keep_tail=True)
    paragraphs = [clean(words) for words in paragraphs_of(body, without=frozenset({"nav"}))]
    paragraphs = [words for words in paragraphs if words and not _downloaded_by.match(words)]
    if title in paragraphs[:TOP_PARAGRAPHS]:
        paragraphs.remove(title)
    return _Chapter(path, title, paragraphs, (links[0].get("href") or "") if links else "") if paragraphs else None


def _joined(chapters: list[_Chapter]) -> list[_Chapter]:
    """Chapters with headings; a document without one goes on with what the document before began."""
    joined: list[_Chapter] = []
    for chapter in chapters:
        if chapter.title or not joined:
            joined.append(chapter)
        else:
            joined[-1].paragraphs.extend(chapter.paragraphs)
    return joined


def _articles(chapters: list[_Chapter], package: Package) -> Iterator[Article | Unread]:
    if len(chapters) == 1:
        yield _whole(chapters[0], package)
        return
    issue = {"source": package.fields.get("title", "")} | package.fields
    for chapter in chapters:
        if sum(map(len, chapter.paragraphs)) < LEAST_LETTERS:
            yield Unread(clean(chapter.path), "not-an-article", "a heading and hardly a word below it")
            continue
        uri = f"{package.uri}#{chapter.path}" if package.uri else ""
        title = chapter.title or first_sentence(chapter.paragraphs[0])
        stated = {field: issue[field] for field in OF_ISSUE if field in issue}
        yield _article(title, chapter, stated | {"uri": uri, "rule": "chapter"})


def _whole(chapter: _Chapter, package: Package) -> Article:
    """A book in one piece; a heading that is not its title stays in its text."""
    title = package.fields.get("title") or chapter.title or first_sentence(chapter.paragraphs[0])
    if chapter.title and chapter.title != title:
        chapter.paragraphs.insert(0, chapter.title)
    return _article(title, chapter, package.fields | {"uri": package.uri, "rule": "book"})


def _article(title: str, chapter: _Chapter, stated: Fields) -> Article:
    """A chapter is a text with its title on top; what the book states fills what the text does not say."""
    article = read_text("\n\n".join([title, *chapter.paragraphs]))
    url = chapter.url if chapter.url.startswith(("http:", "https:")) else ""
    fields = lacking(article, stated) | {"title": title, "url": url, "parser": "", "confidence": 0.8}
    return msgspec.structs.replace(article, **fields | {"rule": stated["rule"]})


FORMAT: Format = Format("epub", recognise, read)
