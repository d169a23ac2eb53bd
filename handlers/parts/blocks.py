"""Blocks: the body of an XHTML, HTML or NITF element as paragraphs of plain text."""

import re
from collections.abc import Iterator

from .charset import clean
from .trees import Element, local_name, parse_html

BLOCKS = frozenset(
    "address article aside blockquote body body.content body.head body.end block center dd details dialog div dl dt"
    " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hl1 hl2 hr html li main nav nitf-table ol p pre"
    " section summary table tbody td tfoot th thead tr ul".split()
)
"""Elements that end a line of text before and after them; HTML's and NITF's."""

SILENT = frozenset("script style template noscript iframe svg object embed head title select button".split())
"""Elements whose text is for no reader."""


_blank_line = re.compile(r"\n[ \t]*\n\s*")
_paragraph = re.compile(r"<p[\s>]", re.IGNORECASE)


def paragraphs_of(element: Element, *, without: frozenset[str] = frozenset()) -> list[str]:
    """The paragraphs in an element, in order; cells of a table's row share one; ``without`` are local names left out.

    >>> from .trees import parse_xml
    >>> paragraphs_of(parse_xml(b"<d><p>One <b>and</b> two.</p>three<br/>four<tr><td>5</td><td>6</td></tr></d>"))
    ['One and two.', 'three\\nfour', '5 6']
    >>> paragraphs_of(parse_xml(b"<d><pre>Lima 2\\nOslo 1\\n\\nRain <b>\\nstopped</b> play.</pre></d>"))
    ['Lima 2\\nOslo 1', 'Rain\\nstopped play.']
    """
    return [words for part in "".join(_pieces(element, SILENT | without)).split("\0") if (words := _set(part))]


def text_of_html(markup: str) -> str:
    """The text of a piece of HTML, paragraphs with one blank line between; plain text stays what it is.

    Where no ``<p>`` parts the paragraphs, blank lines do, as blogs and wires write them.

    >>> text_of_html("<p>Rain &amp; wind.</p><p>Then sun.</p>"), text_of_html("7 < 8")
    ('Rain & wind.\\n\\nThen sun.', '7 < 8')
    >>> text_of_html("Rain in <b>Lima</b>.\\n\\nThen sun.")
    'Rain in Lima.\\n\\nThen sun.'
    """
    markup = clean(markup)
    if "<" not in markup and "&" not in markup:
        return "\n\n".join(filter(None, map(_set, _blank_line.split(markup))))
    root = parse_html(markup if _paragraph.search(markup) else _blank_line.sub("<p>", markup))
    return "" if root is None else clean("\n\n".join(paragraphs_of(root)))


def _pieces(element: Element, silent: frozenset[str]) -> Iterator[str]:
    """Text, with NUL where a paragraph ends and a line feed where a line is broken on purpose.

    Walks without recursion: hostile pages nest as deep as they like.
    """
    kept = local_name(element) == "pre"
    yield _laid(element.text, kept)
    open_elements = [(element, iter(element), False)]
    while open_elements:
        child = next(open_elements[-1][1], None)
        if child is None:
            done, _, kept = open_elements.pop()
            if open_elements:
                yield _edge(local_name(done))
                yield _laid(done.tail, kept)
            continue
        name = local_name(child)
        if not name or name in silent:
            yield _laid(child.tail, kept)
        elif name == "br":
            yield f"\v{_laid(child.tail, kept)}"
        else:
            yield _edge(name)
            open_elements.append((child, iter(child), kept))
            kept = kept or name == "pre"
            yield _laid(child.text, kept)


def _laid(text: str | None, kept: bool) -> str:
    """Text as it stands, or, in a ``pre``, with its line breaks kept; an empty line ends a paragraph there."""
    return (
        _line_end.sub(lambda found: "\0" if found[0].count("\n") > 1 else "\v", text) if text and kept else text or ""
    )


_line_end = re.compile(r"\n[ \t\r]*(?:\n\s*)?")


def _edge(name: str) -> str:
    if name in ("td", "th"):
        return " "
    return "\0" if name in BLOCKS else ""


def _set(part: str) -> str:
    """One paragraph with single spaces; its own line breaks stay, two of them part nothing here."""
    return "\n".join(line for line in (" ".join(line.split()) for line in _broken(part)) if line)


def _broken(part: str) -> list[str]:
    return part.split("\v")
