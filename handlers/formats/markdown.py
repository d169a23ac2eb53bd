"""The format ``markdown``: an article in Markdown, with front matter in YAML, TOML or JSON or with none."""

from collections.abc import Collection

from presslog.handlers.parts.charset import clean, decode
from presslog.handlers.parts.fields import read_fields
from presslog.handlers.parts.frontmatter import split_front_matter, sureness
from presslog.handlers.parts.markup import markup_of
from presslog.handlers.parts.paragraphs import first_sentence
from presslog.handlers.parts.prose import take_heading, to_prose
from presslog.store.article import Article
from presslog.store.errors import Unreadable

from . import Format

ENDINGS = (".md", ".markdown", ".mdown", ".mkd")

NO_PROSE = frozenset({"HTML", "XML", "RTF", "JSON", "a WARC archive", "a calendar or card", "a mail message"})
"""What a file is not made Markdown by its name; a stray tag on top is."""


def recognise(content: bytes, name: str) -> float:
    """Say how sure it is that the bytes are Markdown: by front matter, then by the file's name, then by a heading."""
    try:
        text = decode(content)
    except Unreadable:
        return 0.0
    if text[:1] in "-+{" and (sure := sureness(text)):
        return sure
    if name.lower().endswith(ENDINGS):
        return 0.0 if markup_of(text) in NO_PROSE else 0.7
    return 0.5 if text.startswith("# ") else 0.0


def read(content: bytes, _name: str) -> list[Article]:
    """Read one article out of Markdown.

    Raises:
        Unreadable: ``binary`` for what is no text, ``front-matter`` for a block that is broken, too large or too deep,
            ``empty`` for a file without a word.
    """
    values, markdown = split_front_matter(decode(content).lstrip("\n"))
    fields = read_fields(values)
    rule = "front-matter" if values else "heading"
    heading, below = take_heading(markdown)
    if "title" not in fields and heading:
        fields["title"], markdown = heading, below
    elif heading and heading == fields.get("title"):
        markdown = below
    text = clean(to_prose(markdown))
    if "title" not in fields:
        fields["title"] = _first_words(text)
        rule = "front-matter" if values else "first-sentence"
    return [Article(**fields, text=text, parser="markdown", confidence=_confidence(rule, fields), rule=rule)]


def _first_words(text: str) -> str:
    if not text.strip():
        raise Unreadable("empty", "there is no word in it: write a title and a text")
    return first_sentence(text.partition("\n\n")[0])


def _confidence(rule: str, found: Collection[str]) -> float:
    if rule != "front-matter":
        return 0.6 if rule == "heading" else 0.35
    return round(0.7 + 0.1 * sum(field in found for field in ("title", "published_at", "authors")) - 0.01, 2)


FORMAT: Format = Format("markdown", recognise, read, is_light=True)
