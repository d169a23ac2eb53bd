"""Entries: the named values of a feed's entry or a dump's record into an article; feeds and JSON share this."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from presslog.store.article import Article, Unread

from .blocks import text_of_html
from .charset import clean
from .fields import ALIASES, Fields, read_fields, unescaped
from .paragraphs import first_sentence, to_paragraphs

_tag = re.compile(r"</?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE)
_closing = re.compile(r"</[a-z][a-z0-9]{0,15}\s*>|<[a-z][^<>]{0,2000}/>|<(?:br|img|hr|p)\b", re.IGNORECASE)

CONFIDENCE = 0.9


def article_of(values: Mapping[str, object], body: str, summary: str, *, rule: str, **given: str) -> Article | None:
    """An article of the values in ``fields.ALIASES``; its text is the body, or else the summary.

    ``given`` fields are as they shall be. None where there is neither a title nor a text, and no withdrawal.

    >>> article_of({"date": "2022-01-06"}, "", "Rain fell on Lima. It stopped.", rule="entry").title
    'Rain fell on Lima.'
    """
    fields: Fields = read_fields(values)
    for field in ("title", "subtitle", "copyright", "ednote"):
        if field in fields:
            fields[field] = plain(fields[field])
    text = body or summary
    fields["description"] = " ".join(summary.split()) if summary != text else ""
    fields |= given
    if not fields.get("title"):
        fields["title"] = first_sentence(text.partition("\n\n")[0]) if text else ""
    is_withdrawal = fields.get("status") == "canceled" and "uri" in fields
    if not fields["title"] and not is_withdrawal:
        return None
    return Article(**fields, text=text, confidence=CONFIDENCE, rule=rule)


def plain(markup: str) -> str:
    """A line of text out of what may be HTML, or HTML escaped once too often; a lone tag is a word about tags.

    >>> plain("AT&amp;amp;T <b>rises</b>"), plain("How <table> works")
    ('AT&T rises', 'How <table> works')
    """
    line = unescaped(unescaped(markup))
    if _closing.search(line):
        line = text_of_html(line)
    return " ".join(line.split())


def prose_of(value: object) -> str:
    """The text in a JSON value: HTML, plain lines, a list of paragraphs, or a table with one of them in it.

    >>> prose_of(["Rain.", "Sun."]), prose_of({"rendered": "<p>Rain.</p><p>Sun.</p>"}), prose_of("5 < 7 & more")
    ('Rain.\\n\\nSun.', 'Rain.\\n\\nSun.', '5 < 7 & more')
    """
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("rendered", "processed", "value", "text", "html") if key in value), "")
    if isinstance(value, list):
        value = "\n\n".join(each for each in value if isinstance(each, str))
    if not isinstance(value, str):
        return ""
    if _tag.search(value):
        return text_of_html(value)
    return "\n\n".join(to_paragraphs([line.strip() for line in clean(unescaped(value)).split("\n")]))


def summary_of(named: Mapping[str, object]) -> str:
    """The first summary among values under keys of ``ALIASES``."""
    return next((text for key in ALIASES["description"] if (text := prose_of(named.get(key)))), "")


def addressed(pieces: Sequence[Article | Unread]) -> list[Article | Unread]:
    """The same pieces; an article without an identifier takes its address for one, where no other has that address."""
    addresses = Counter(piece.url for piece in pieces if isinstance(piece, Article))
    return [
        msgspec.structs.replace(piece, uri=piece.url)
        if isinstance(piece, Article) and not piece.uri and addresses[piece.url] == 1
        else piece
        for piece in pieces
    ]
