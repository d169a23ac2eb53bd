"""The format ``pdf``: a printed article that still has its letters. The home of pypdfium2."""

import ctypes
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from presslog.handlers.parts.bylines import is_names, read_authors
from presslog.handlers.parts.charset import clean
from presslog.handlers.parts.dates import Moment, read_date
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.layout import Line, lay_out
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format
from .text import lacking, read_text

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

START = b"%PDF-"
HEAD_BYTES = 1024
"""So far down readers look for the start of a PDF; source: implementation note 13 of PDF 1.7."""
MOST_PAGES = 1000
MOST_LETTERS = 4 << 20
LEAST_LETTERS = 20
"""A scanned page has none, or the few of a stamp."""

_no_title = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation|untitled|layout \d|slide \d)"
    r"|(?:document\d*|pdf|\(.*\))$"
    r"|.*\.(?:docx?|odt|rtf|txt|indd|qx[dp]|pdf|html?|pages|tex|dvi|ps|pptx?|xlsx?)$",
    re.IGNORECASE,
)
_line = re.compile(r"[^\s\ufffe](?:[^\r\n\ufffe]*[^\s\ufffe])?\ufffe?")
"""PDFium ends a line by CR and LF, and one that parts a word by U+FFFE alone."""
_date = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")


def recognise(content: bytes, name: str) -> float:
    """Sure of the first bytes; with some before them, of a file of this name only."""
    if content.startswith(START):
        return 0.97
    return 0.9 if name.lower().endswith(".pdf") and START in content[:HEAD_BYTES] else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """The one article that a PDF is, and the pages that could not be read.

    Raises:
        Unreadable: ``encrypted``, ``damaged``, ``too-large``, ``no-text-layer`` for one that holds only pictures.
    """
    document = _open(content)
    try:
        pages: list[list[Line]] = []
        unread: list[Unread] = []
        for page in _pages(document):
            if isinstance(page, Unread):
                unread.append(page)
            else:
                pages.append(page)
        fields = _stated(document)
    finally:
        document.close()
    if sum(len(line.text) for page in pages for line in page) < LEAST_LETTERS:
        raise _no_text(unread)
    return [_article(pages, fields), *unread]


def _open(content: bytes) -> "PdfDocument":
    # 60 ms to import, and most files are no PDF.
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("encrypted", "it opens with a password only: save it without one") from error
        raise Unreadable("damaged", f"no whole PDF: {error}: save or copy it again") from error
    if len(document) > MOST_PAGES:
        raise Unreadable("too-large", f"{len(document)} pages, {MOST_PAGES} at most: split it into articles")
    return document


def _pages(document: "PdfDocument") -> Iterator[list[Line] | Unread]:
    from pypdfium2 import PdfiumError

    letters = 0
    for number in range(len(document)):
        try:
            lines = list(_lines(document[number]))
        except PdfiumError as error:
            yield Unread(f"page {number + 1}", "damaged", f"{error}: save or copy the file again")
            continue
        letters += sum(len(line.text) for line in lines)
        if letters > MOST_LETTERS:
            raise Unreadable("too-large", f"more than {MOST_LETTERS} letters: split it into articles")
        yield lines


def _lines(page: "PdfPage") -> Iterator[Line]:
    from pypdfium2 import raw

    letters = page.get_textpage()
    for words in _line.finditer(letters.get_text_range()):
        first = raw.FPDFText_GetCharIndexFromTextIndex(letters, words.start())
        last = raw.FPDFText_GetCharIndexFromTextIndex(letters, words.end() - 1)
        left, bottom, _, top = letters.get_charbox(max(first, 0), loose=True)
        _, _, right, _ = letters.get_charbox(max(last, 0), loose=True)
        yield Line(words[0], left, right, bottom, top)


def _no_text(unread: list[Unread]) -> Unreadable:
    if unread:
        return Unreadable("damaged", f"none of its pages can be read: {unread[0].reason}")
    return Unreadable("no-text-layer", "a scan, it has no text layer: read its letters (OCR), e.g. with ocrmypdf")


def _article(pages: list[list[Line]], stated: Fields) -> Article:
    """What is printed goes before what the file says of itself, but for the title."""
    printed_title, paragraphs = lay_out(pages)
    title = stated.get("title") or printed_title
    # With the title on top it is a text like any other.
    article = read_text("\n\n".join([title, *(words for words in paragraphs if words.lower() != title.lower())]))
    rule = "stated-title" if "title" in stated else "largest-line"
    changes = lacking(article, stated) | {"title": title, "parser": "", "rule": rule, "confidence": 0.7}
    return msgspec.structs.replace(article, **changes)


def _stated(document: "PdfDocument") -> Fields:
    """What the document information says; a writer program's name of a file is no title."""
    said = {key: " ".join(clean(document.get_metadata_value(key)).split()) for key in document.METADATA_KEYS}
    fields: Fields = {"description": said["Subject"], "language": _language(document)}
    if not _no_title.match(said["Title"]):
        fields["title"] = said["Title"]
    if is_names(said["Author"]):
        fields |= {"byline": said["Author"], "authors": read_authors(said["Author"])}
    words = [word.strip() for word in re.split("[,;]", said["Keywords"])]
    fields["keywords"] = tuple(dict.fromkeys(word for word in words if word))
    created, changed = read_stamp(said["CreationDate"]), read_stamp(said["ModDate"])
    if created:
        fields |= created.published
    if changed and created and changed.at != created.at:
        fields["updated_at"] = changed.at
    return {field: value for field, value in fields.items() if value}


def read_stamp(words: str) -> Moment | None:
    """Read a date as PDF writes it; None for one without a day.

    >>> read_stamp("D:20220106101500+01'00'").at, read_stamp("D:20220106").at
    ('2022-01-06T10:15:00+01:00', '2022-01-06')
    """
    found = _date.match(words)
    if not found:
        return None
    year, month, day, hour, minute, second, utc, offset, offset_minute = found.groups()
    clock = f"T{hour}:{minute}" + (f":{second}" if second else "") if hour else ""
    zone = utc or (f"{offset}:{offset_minute or '00'}" if offset else "")
    moment = read_date(f"{year}-{month}-{day}{clock}{zone if clock else ''}")
    return moment._replace(raw=words) if moment else None


def _language(document: "PdfDocument") -> str:
    from pypdfium2 import raw

    units = (ctypes.c_ushort * 32)()
    size = raw.FPDFCatalog_GetLanguage(document, units, ctypes.sizeof(units))
    return clean(bytes(units).decode("utf-16-le", "ignore")[: max(size // 2 - 1, 0)]) if size <= 64 else ""


FORMAT: Format = Format("pdf", recognise, read)
