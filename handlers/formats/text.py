"""The format ``text``: an article as plain text, with any header that newsrooms put on top of one."""

from presslog.handlers.parts.bylines import merge_authors
from presslog.handlers.parts.charset import decode
from presslog.handlers.parts.credits import dated, read_credit
from presslog.handlers.parts.dates import read_date
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.heads import is_dated_title, read_head
from presslog.handlers.parts.markup import is_wire, markup_of
from presslog.handlers.parts.paragraphs import first_sentence, to_paragraphs
from presslog.handlers.parts.tails import is_ednote, split_tail
from presslog.store.article import Article
from presslog.store.errors import Unreadable

from . import Format

WEIGHTS = {"date-title": 0.35, "keyed": 0.3, "title": 0.2, "repeated-title": 0.15, "parts": 0.2}
WEIGHTS |= {"byline": 0.12, "minutes": 0.12, "date": 0.12, "credit": 0.12, "subtitle": 0.0}
"""What each kind of line adds to the confidence that the header was understood, on top of ``PROSE``."""

PROSE = 0.25
"""Confidence in a text of which nothing is known but that it is one."""


def recognise(content: bytes, name: str) -> float:
    """Say how sure it is that the bytes are an article in plain text: any text may be, some surely are."""
    try:
        text = decode(content)
    except Unreadable:
        return 0.0
    if is_dated_title(text):
        return 0.95
    if markup_of(text) or is_wire(content):
        return 0.0
    return 0.4 if name.lower().endswith(".txt") else 0.3


def read(content: bytes, _name: str) -> list[Article]:
    """Read one article out of plain text.

    Raises:
        Unreadable: ``binary`` for what is no text, ``empty`` for a text without a word.
    """
    return [read_text(decode(content))]


def read_text(text: str) -> Article:
    """Read an article out of clean text with ``\\n`` line ends.

    >>> read_text(" date 2022-01-06 Rain Falls\\n\\nRain Falls\\nAna Silva\\n·1 min read\\n(Wire) -- It rained.").source
    'Wire'
    """
    lines = [line.strip() for line in text.split("\n")]
    head = read_head(lines)
    fields, kinds = dict(head.fields), set(head.kinds)
    body, tail, helpers, reporters, copyright_line, ednote = split_tail(to_paragraphs(lines[head.end :]))
    body, opening = _read_opening(body)
    kinds |= {"credit"} if "source" in opening else set()
    authors = merge_authors(fields.pop("authors", ()) or reporters, helpers)
    closing = {"copyright": copyright_line, "ednote": ednote, "tail": tail, "authors": authors}
    fields = opening | fields | {field: value for field, value in closing.items() if value and not fields.get(field)}
    if "title" not in fields:
        fields["title"] = _make_title(body or list(tail))
    return Article(**fields, text="\n\n".join(body), parser="text", confidence=_confidence(kinds), rule=_rule(kinds))


def lacking(article: Article, stated: Fields) -> Fields:
    """Of what is stated beside a text, that which the text does not say itself; a date comes from one of the two.

    >>> lacking(Article(title="Rain", text="", source="Wire"), {"source": "Book", "language": "en"})
    {'language': 'en'}
    """
    fields = {field: value for field, value in stated.items() if not getattr(article, field)}
    is_dated = bool(article.published_at)
    return {field: value for field, value in fields.items() if not (is_dated and field.startswith("published_"))}


def _read_opening(body: list[str]) -> tuple[list[str], Fields]:
    """Take the agency's credit and the desk's note off the first paragraphs."""
    fields: Fields = {}
    while body and len(fields) < 8:
        if is_ednote(body[0]) and len(body) > 1 and "ednote" not in fields:
            fields["ednote"] = body[0]
            body = body[1:]
        elif "source" not in fields and (credit := read_credit(body[0])):
            fields |= {"source": credit.source} | ({"dateline": credit.dateline} if credit.dateline else {})
            fields |= _date_of(credit.dateline)
            rest = body[0][credit.length :]
            body = [rest, *body[1:]] if rest else body[1:]
        else:
            break
    return body, fields


def _date_of(dateline: str) -> Fields:
    moment = read_date(dated(dateline)) if dateline else None
    return moment.published if moment else {}


def _make_title(body: list[str]) -> str:
    if not body:
        raise Unreadable("empty", "there is no word in it: drop the article itself")
    return first_sentence(body[0])


def _rule(kinds: set[str]) -> str:
    if "date-title" in kinds:
        return "date-title-byline" if "byline" in kinds else "date-title"
    if "keyed" in kinds:
        return "keyed-header"
    if "credit" in kinds:
        return "credit"
    if "title" not in kinds:
        return "first-sentence"
    return "title-byline" if kinds & {"byline", "parts"} else "title-paragraphs"


def _confidence(kinds: set[str]) -> float:
    return round(min(0.99, PROSE + sum(WEIGHTS[kind] for kind in kinds)), 2)


FORMAT: Format = Format("text", recognise, read, is_light=True)
