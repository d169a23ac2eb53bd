"""Mending: what damaged feeds do to XML, undone as far as it takes to find their entries."""

import re
from collections.abc import Iterator

TEXTS = "title|description|summary|content|content:encoded|content_encoded|excerpt:encoded|media:description"
"""Elements that hold text, and in damaged feeds raw HTML."""

_root = re.compile(r"<((?:[\w-]+:)?(?:rss|feed|rdf|channel|entry))(?=[\s>])([^<>]{0,65536})>", re.IGNORECASE)
_attribute = re.compile(r"""[\s"']([\w-]+(?::[\w-]+)?)\s*=\s*("[^"<]*"|'[^'<]*')""")
_bare = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)", re.DOTALL)
_entry = re.compile(r"<(?:rss:|atom:)?(?:item|entry)[\s>]", re.IGNORECASE)
_text_start = re.compile(rf"<((?:rss:|atom:)?(?:{TEXTS}))(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)


def mend(markup: str) -> str:
    """The same feed from its root on, with plain attributes on that, and with what its texts hold as text.

    >>> mend('junk<rss version=2.0 a="7"><title>AT&T <br>rises</title>')
    '<rss a="7"><title><![CDATA[AT&T <br>rises]]></title>'
    """
    root = _root.search(markup)
    if not root:
        return markup
    attributes = dict(_attribute.findall(root[2]))
    stated = "".join(f" {name}={value}" for name, value in attributes.items())
    return _bare.sub(_escaped, f"<{root[1]}{stated}>" + "".join(_with_texts(markup[root.end() :])))


def _escaped(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&amp;"
    return found[0] if found[0].endswith("]]>") else f"{found[0]}]]>"


def _with_texts(markup: str) -> Iterator[str]:
    """The markup, with CDATA round what its texts hold, where that is no CDATA and has tags in it."""
    position, entry_at = 0, 0
    ends: dict[str, int] = {}
    for start in _text_start.finditer(markup):
        if start.start() < position:
            continue
        # Each search begins where the last one of its kind found something: the whole stays linear.
        name, begin = start[1], start.end()
        if 0 <= ends.get(name, 0) < begin:
            ends[name] = markup.find(f"</{name}", begin)
        if entry_at < begin:
            found = _entry.search(markup, begin)
            entry_at = found.start() if found else len(markup)
        if not begin <= ends[name] <= entry_at:
            continue
        inner, end = markup[begin : ends[name]], ends[name]
        yield markup[position:begin]
        yield f"<![CDATA[{inner}]]>" if "<" in inner and "]]>" not in inner else inner
        position = end
    yield markup[position:]
