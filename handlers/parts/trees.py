"""Trees: hostile XML and HTML into elements, without entities, network or DTD. The home of lxml."""

import html.entities
import re
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html

from presslog.store.errors import Unreadable

from .charset import decode
from .markup import shortened

Element = etree._Element  # noqa: SLF001  the public name of its class

HEAD_BYTES = 32_768
BEFORE_MARKUP = b" \t\r\n\0" + b"\xef\xbb\xbf\xff\xfe"
"""What may stand before the first tag: white space, byte order marks, and the other half of letters in UTF-16."""
_entity = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_one_byte = re.compile(rb"""<\?xml\b[^>]*\sencoding\s*=\s*["'](?:iso-8859-|latin|windows-125|cp125)""", re.IGNORECASE)
_control_bytes = bytes(code for code in range(32) if code not in b"\t\n\r")
_prolog = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!doctype\b[^<>\[]*(?:\[[^\]]*\])?\s*>|\s+)*", re.IGNORECASE | re.DOTALL
)
_tag = re.compile(r"<(?:([A-Za-z_][\w.-]{0,60}):)?([A-Za-z_][\w.-]{0,60})((?:\s[^<>]*)?)/?>")


class Root(NamedTuple):
    """The first tag of a document: its local name, and its namespace where it states one."""

    name: str
    namespace: str


@lru_cache(maxsize=1)
def root_of(content: bytes) -> Root | None:
    """The first tag behind prolog, comments and DOCTYPE, found without parsing; None where there is none.

    The last answer is kept: every format of XML asks for it.

    >>> root_of(b'<?xml version="1.0"?><!-- a --><n:newsItem xmlns:n="urn:iptc">')
    Root(name='newsItem', namespace='urn:iptc')
    """
    if not _may_be_markup(content):
        return None
    start = _head(content)
    prolog = _prolog.match(start)
    tag = _tag.match(start, prolog.end() if prolog else 0)
    if not tag:
        return None
    attribute = f"xmlns:{tag[1]}" if tag[1] else "xmlns"
    stated = re.search(rf"""\s{re.escape(attribute)}\s*=\s*["']([^"']*)["']""", tag[3])
    return Root(tag[2], stated[1] if stated else "")


def _may_be_markup(content: bytes) -> bool:
    """A look at the first letter: nearly every file is decided by it."""
    return (
        content[:HEAD_BYTES].lstrip(BEFORE_MARKUP)[:1] == b"<" if content[:1] in BEFORE_MARKUP else content[:1] == b"<"
    )


def _head(content: bytes) -> str:
    start = content[:HEAD_BYTES]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", "ignore")
    if start[:4] in (b"<\0?\0", b"\0<\0?"):
        return start.decode("utf-16-le" if start[0] else "utf-16-be", "ignore")
    return start.decode("utf-8-sig", "ignore")


def parse_xml(content: bytes) -> Element:
    """Parse a document; its namespaces stay on its tags.

    Raises:
        Unreadable: ``malformed`` with the line, ``entities`` where it declares some of its own.
    """
    try:
        root = _parse(_plain(content), "utf-8" if _is_utf8_after_all(content) else None)
    except etree.XMLSyntaxError as error:
        try:
            root = _parse(_plain(decode(content).encode()), "utf-8")
        except (etree.XMLSyntaxError, Unreadable):
            raise _malformed(error) from error
    internal = root.getroottree().docinfo.internalDTD
    if internal is not None and any(True for _ in internal.iterentities()):
        raise Unreadable("entities", "it declares entities of its own, which are never expanded: write them out")
    return root


def _is_utf8_after_all(content: bytes) -> bool:
    """Whether it declares an alphabet of one byte a letter and is UTF-8: no other text with accents reads as such."""
    if content.isascii() or not _one_byte.match(content[:200].lstrip()):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _malformed(error: etree.XMLSyntaxError) -> Unreadable:
    what, _, _ = (error.msg or "").rpartition(", line ")
    return Unreadable(
        "malformed", f"no well-formed XML, line {error.lineno}: {shortened(what)}: get it anew from its sender"
    )


def recover_xml(markup: str) -> Element | None:
    """What can be read of a damaged document, undeclared prefixes as part of its names; None where it is nothing."""
    try:
        return _parse(_plain(markup.encode("utf-8", "replace")), "utf-8", recover=True)
    except (etree.XMLSyntaxError, Unreadable):
        return None


def _parse(content: bytes, encoding: str | None, *, recover: bool = False) -> Element:
    parser = etree.XMLParser(
        encoding=encoding,
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(content, parser)
    if root is None:
        raise Unreadable("malformed", "no element in it: get it anew from its sender")
    return root


def _plain(content: bytes) -> bytes:
    """The same XML, with HTML's names for characters as numbers and without the control bytes that XML forbids."""
    if b"\0" in content[:4]:
        return content
    return _entity.sub(_numbered, content.strip().translate(None, _control_bytes))


def _numbered(found: re.Match[bytes]) -> bytes:
    letters = html.entities.html5.get(f"{found[1].decode()};", "")
    return "".join(f"&#{ord(letter)};" for letter in letters).encode() or found[0]


def parse_html(text: str) -> Element | None:
    """Parse a page or a piece of one, whatever its faults; None where nothing is in it."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParserError:
        return None


def local_name(element: Element) -> str:
    """The name of an element without its namespace; empty for what is no element.

    >>> local_name(parse_xml(b'<a:b xmlns:a="urn:a"/>'))
    'b'
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: Element, path: str) -> Element | None:
    """The first element at a path of local names, whatever their namespaces; ``//`` before a name means at any depth.

    >>> find(parse_xml(b'<a xmlns="urn:a"><b><c>7</c></b></a>'), "b/c").text
    '7'
    """
    return next(iter(find_all(element, path)), None)


def find_all(element: Element, path: str) -> list[Element]:
    """All elements at a path, in document order."""
    steps = re.split(r"(//|/)", path)
    marked = "".join(step if step in ("/", "//", "") or step[0] in ".*" else f"{{*}}{step}" for step in steps)
    found: list[Element] = element.findall(f".{marked}" if marked.startswith("//") else marked)
    return found


def words_of(element: Element | None) -> str:
    """All text in an element on one line; empty for None.

    >>> words_of(parse_xml(b"<a>Rain <b>on</b>\\n Lima</a>"))
    'Rain on Lima'
    """
    return "" if element is None else " ".join("".join(element.itertext()).split())
