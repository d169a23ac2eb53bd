"""Markdown to readable paragraphs: the words stay, links, images, marks and macros go."""

import html
import re
from collections.abc import Iterator

MACROS: tuple[tuple[str, str], ...] = (
    *(("<!--", "-->"), ("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{{", "}}")),
    *(("<script", "</script>"), ("<style", "</style>")),
)
"""What opens and closes text that is no prose: comments, short codes, templates, scripts."""

# Every pattern is linear on hostile input: its classes exclude what starts it, or give nothing back (possessive).
_TARGET = r"\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)"
_image = re.compile(rf"!\[[^\[\]\n]*+\](?:{_TARGET}|\[[^\[\]\n]*+\])")
_link = re.compile(rf"(?<!\\)\[([^\[\]\n]*+)\](?:{_TARGET}|\[[^\[\]\n]*+\])")
_footnote = re.compile(r"\[\^[^\[\]\n]{1,40}\]:?")
_address = re.compile(r"<((?:https?|mailto|ftp):[^<>\s]{1,2000})>")
_break = re.compile(
    r"<(?:br|/?p|/?div|/?li|/?ul|/?ol|/?tr|/?h[1-6]|/?blockquote|/?table|hr)\b[^<>\n]*+>", re.IGNORECASE
)
_tag = re.compile(r"</?[a-zA-Z][^<>]*+>")
_attributes = re.compile(r"\{[:#.][^{}\n]*+\}")
_code = re.compile(r"(`{1,3})([^`\n]++)\1")
_strong = re.compile(r"(?<!\\)(?:\*{2,3}|~~)(?=[^\s*])|(?<=[^\s*\\])(?:\*{2,3}|~~)")
_star = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]*+)(?<!\s)\*(?![\w*])")
_underscore = re.compile(r"(?<![\w\\])_{1,3}(?=[^\s_])|(?<=[^\s_\\])_{1,3}(?!\w)")
_escape = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~$-])")
_fence = re.compile(r" {0,3}(`{3,}|~{3,})")
_heading = re.compile(r"#{1,6}(?:\s+|$)")
_item = re.compile(r"(?:[-*+•]|\d{1,9}[.)])\s+")
_definition = re.compile(r"\[[^\[\]^][^\[\]]{0,200}\]:\s*\S")


def to_prose(markdown: str) -> str:
    """Render Markdown as paragraphs of plain words, separated by one blank line; code stays as it is.

    >>> to_prose("# Rain\\n\\nIt *rained* on [Lima](https://lima.example).\\n\\n- one\\n- two")
    'Rain\\n\\nIt rained on Lima.\\n\\n- one\\n- two'
    """
    parts = [text.strip("\n") if is_code else _prose(text) for is_code, text in _segments(markdown)]
    return "\n\n".join(part for part in parts if part.strip())


def take_heading(markdown: str) -> tuple[str, str]:
    """Return the title that stands on top as a heading and the text below it, or no title and the whole text.

    >>> take_heading("# Rain on *Lima*\\n\\nIt rained.")
    ('Rain on Lima', 'It rained.')
    """
    start = markdown.lstrip()
    line, _, below = start.partition("\n")
    if _heading.match(line):
        return _inline(_heading_words(line)), below.lstrip("\n")
    under, _, rest = below.partition("\n")
    if line.strip() and under[:1] in "=-" and len(under.strip()) > 1 and not under.strip(under[:1] + " "):
        return _inline(line.strip()), rest.lstrip("\n")
    return "", markdown


def _segments(markdown: str) -> Iterator[tuple[bool, str]]:
    """Yield runs of prose and of fenced code in turn, the code without its fences."""
    if "```" not in markdown and "~~~" not in markdown:
        yield False, markdown
        return
    run: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        mark = _fence.match(line)
        if mark and (not fence or (mark[1].startswith(fence) and not line.strip("`~ "))):
            yield bool(fence), "\n".join(run)
            run, fence = [], "" if fence else mark[1]
        else:
            run.append(line)
    yield bool(fence), "\n".join(run)


def _prose(text: str) -> str:
    for opening, closing in MACROS:
        if opening in text:
            text = _cut(text, opening, closing)
    text = "\n\n".join(_blocks(_break.sub("\n\n", text) if "<" in text else text))
    paragraphs = (paragraph.strip() for paragraph in _inline(text).split("\n\n"))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _cut(text: str, opening: str, closing: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join((*kept, text[at:]))


def _blocks(text: str) -> Iterator[str]:
    """Yield paragraphs, headings and lists: wrapped lines joined, one line an item."""
    block: list[str] = []
    is_broken = False
    for line in text.split("\n"):
        words = line.strip().lstrip("> \t") if line.lstrip()[:1] == ">" else line.strip()
        heading = _heading.match(words)
        if not words or heading or _is_mark(words):
            yield "".join(block)
            yield _heading_words(words) if heading else ""
            block = []
            continue
        if block:
            block.append("\n" if is_broken or words[0] == "|" or _item.match(words) else " ")
        is_broken = line.endswith(("  ", "\\"))
        block.append(_cells(words) if words[0] == "|" else words.removesuffix("\\"))
    yield "".join(block)


def _heading_words(line: str) -> str:
    words = line.lstrip("#").strip()
    before, _, closing = words.rpartition(" ")
    return before.rstrip() if closing and not closing.strip("#") else words


def _is_mark(line: str) -> bool:
    """Whether a line holds no words: a rule, the line under a heading, a table's rule, a link's definition."""
    if line[0] in "-*_=" and len(line) > 1 and not line.strip(f"{line[0]} \t"):
        return True
    if line[0] == "[":
        return _definition.match(line) is not None
    return line[0] in "|:-" and "-" in line and not line.strip("|:- \t")


def _cells(line: str) -> str:
    return " | ".join(cell.strip() for cell in line.strip("|").split("|"))


def _inline(text: str) -> str:
    """Take the marks off running text."""
    if "[" in text:
        text = _footnote.sub("", _link.sub(r"\1", _link.sub(r"\1", _image.sub("", text))))
    if "<" in text:
        text = _tag.sub("", _address.sub(r"\1", text))
    if "{" in text:
        text = _attributes.sub("", text)
    if "*" in text or "~~" in text:
        text = _star.sub(r"\1", _strong.sub("", text))
    if "_" in text:
        text = _underscore.sub("", text)
    if "`" in text:
        text = _code.sub(r"\2", text)
    if "\\" in text:
        text = _escape.sub(r"\1", text)
    return html.unescape(text) if "&" in text else text
