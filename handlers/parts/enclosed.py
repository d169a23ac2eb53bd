"""The words that an IPTC envelope encloses: NITF, XHTML, other XML, escaped HTML or plain text, as paragraphs."""

import base64
import binascii
import re

from presslog.store.errors import Unreadable

from .blocks import BLOCKS, paragraphs_of, text_of_html
from .bylines import is_byline, merge_authors
from .charset import clean, decode
from .fields import Fields
from .iptc import people, words
from .paragraphs import to_paragraphs
from .tails import split_tail
from .trees import Element, find, local_name, parse_html, parse_xml, words_of

ASIDE = frozenset("aside figcaption figure footer header media media-caption media-metadata nav note".split())
"""What stands beside a body and not in it."""

WIRE_LINES = 2
"""So many lines at the left margin, below the first, show that text in one element is laid out with lines."""


ESCAPED_HEAD = 2000
"""How far into an escaped text its root stands."""

_escaped_twice = re.compile(r"</\w|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


def enclosed_paragraphs(holder: Element) -> list[str]:
    """The paragraphs of what an ``inlineXML``, ``inlineData``, ``DataContent`` or ``body.content`` holds.

    >>> from .trees import parse_xml
    >>> enclosed_paragraphs(parse_xml(b"<DataContent>&lt;p&gt;Rain.&lt;/p&gt;&lt;p&gt;Sun.&lt;/p&gt;</DataContent>"))
    ['Rain.', 'Sun.']
    """
    if not len(holder):
        return text_paragraphs(holder.text or "")
    body = find(holder, "//body.content")
    if body is None:
        body = find(holder, "//body")
    return _of_element(holder if body is None else body)


def text_paragraphs(text: str) -> list[str]:
    """The paragraphs of plain text, or of HTML in it."""
    if "</" in text or "/>" in text or "<br" in text.lower():
        root = parse_html(text)
        return [] if root is None else _of_element(root)
    return [clean(part) for part in _of_wire(text) or to_paragraphs([line.strip() for line in text.split("\n")])]


def enclosed_nitf(holder: Element) -> Element | None:
    """The NITF that an element holds, as elements or as escaped text."""
    if len(holder):
        return find(holder, "//nitf")
    text = (holder.text or "").strip()
    if "<nitf" not in text[:ESCAPED_HEAD]:
        return None
    try:
        root = parse_xml(text.encode())
    except Unreadable:
        return None
    return root if local_name(root) == "nitf" else find(root, "//nitf")


def decoded_paragraphs(text: str, media_type: str) -> list[str]:
    """The paragraphs of what is written as base64; none where it is no text or cannot be decoded."""
    if not media_type.startswith(("text/", "application/xhtml")):
        return []
    try:
        return text_paragraphs(decode(base64.b64decode(text)))
    except (binascii.Error, ValueError, Unreadable):
        return []


def prose(element: Element | None) -> str:
    """A note, a summary or a caption: its paragraphs where it has some, else one line."""
    if element is None or not len(element):
        return words(element)
    return "\n\n".join(enclosed_paragraphs(element))


def written(paragraphs: list[str], *, title: str = "", byline: str = "") -> Fields:
    """The text, and what its first and last lines say; a title and a byline that it repeats are left out.

    A byline on top is taken where none is stated.
    """
    paragraphs = [*paragraphs]
    if len(paragraphs) > 1 and paragraphs[0] == title:
        del paragraphs[0]
    if len(paragraphs) > 1 and is_byline(paragraphs[0]) and byline in ("", paragraphs[0]):
        byline = paragraphs.pop(0)
    body, tail, helpers, reporters, copyright_line, ednote = split_tail(paragraphs)
    return {
        "text": "\n\n".join(body),
        "byline": byline,
        "authors": merge_authors(people(byline) or reporters, helpers),
        "tail": tail,
        "copyright": copyright_line,
        "ednote": ednote,
    }


def _of_element(body: Element) -> list[str]:
    names = {local_name(each) for each in body.iter()}
    if len(body) and not names & BLOCKS and not (body.text or "").strip():
        return _of_records(body)
    paragraphs = paragraphs_of(body, without=ASIDE) or paragraphs_of(body)
    if len(paragraphs) <= 2 and "pre" not in names and (wire := _of_wire("".join(body.itertext()))):
        paragraphs = wire
    once = (text_of_html(part) if _escaped_twice.search(part) else clean(part) for part in paragraphs)
    return [part for part in once if part.strip()]


def _of_records(element: Element) -> list[str]:
    """One paragraph for each element that holds words: XML of a kind that has no paragraphs."""
    found: list[str] = []
    waiting = [element]
    while waiting:
        each = waiting.pop()
        if (each.text or "").strip():
            found.append(clean(words_of(each)))
        else:
            waiting.extend(reversed(each))
    return found


def _of_wire(text: str) -> list[str]:
    """Paragraphs of a text laid out with lines, as wires send it: they begin at a blank or an indented line.

    Empty where it is not laid out so, as in XML that was indented for its reader.
    """
    lines = text.expandtabs().strip().split("\n")
    flush = sum(line[:1].strip() != "" for line in lines[1:])
    begins = sum(not line[:1].strip() for line in lines[1:])
    if flush < WIRE_LINES or not begins:
        return []
    paragraphs = [""]
    for line in lines:
        if line[:1].strip():
            paragraphs[-1] += f" {line.strip()}"
        else:
            paragraphs.append(line.strip())
    return [" ".join(part.split()) for part in paragraphs if part.strip()]
