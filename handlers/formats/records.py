"""The format ``records``: articles in JSON as crawlers, data sets and the APIs of publishers dump them."""

from collections.abc import Mapping
from typing import Any

from presslog.handlers.parts.entries import addressed, article_of, prose_of, summary_of
from presslog.handlers.parts.fields import ALIASES, key_name, named_values
from presslog.handlers.parts.json_values import Object, find_objects, keys_of, read_objects
from presslog.handlers.parts.markup import describe
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format

BODIES = (
    *("articlebody", "maintext", "contenthtml", "bodyhtml", "body", "content", "text", "bodytext", "contenttext"),
    *("fulltext", "articletext", "storytext", "article", "story", "plaintext", "cleanedtext", "rawtext", "html"),
)
"""Keys that hold a text, the one with paragraphs first."""

TITLES = frozenset(ALIASES["title"])
ADDRESSES = frozenset(ALIASES["url"])
TIMES = frozenset(ALIASES["published"])
SIGNS = ADDRESSES | TIMES | {alias for field in ("byline", "source", "uri") for alias in ALIASES[field]}


def recognise(content: bytes, _name: str) -> float:
    """Say how sure it is that the bytes are dumped articles, by the keys near their start and end."""
    keys = {key_name(key): letter for key, letter in keys_of(content).items()}
    if not any(keys.get(key, "0") in '"{' for key in TITLES):
        return 0.0
    letters = '"[{' if "rendered" in keys else '"['
    if any(keys.get(key, "0") in letters for key in BODIES):
        return 0.85 if keys.keys() & SIGNS else 0.5
    return 0.6 if keys.keys() & ADDRESSES and keys.keys() & TIMES else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read each object with a title and a text as an article, and one with a title, an address and a date.

    Raises:
        Unreadable: ``no-article`` where no object is one.
    """
    pieces: list[Article | Unread] = []
    for found in read_objects(content):
        if isinstance(found, Unread):
            pieces.append(found)
            continue
        for path, record in find_objects(found.value, _is_record):
            pieces.append(_article(named_values(record)) or Unread(f"line {found.line}{path}", "empty", EMPTY))
    if not pieces:
        raise Unreadable("no-article", f"{describe(content)}, and none with a title and a text: drop articles")
    return addressed(pieces)


EMPTY = "neither a title nor a text in it"


def _is_record(each: Object) -> bool:
    named = named_values(each)
    if not any(_is_text(named, key) for key in TITLES):
        return False
    if any(_is_text(named, key) for key in BODIES):
        return True
    return bool(named.keys() & ADDRESSES and any(isinstance(named.get(key), str) for key in TIMES))


def _is_text(named: Mapping[str, Any], key: str) -> bool:
    """Whether a text stands under a key, even one that is not known."""
    value = named.get(key, 0)
    return value is None or isinstance(value, str) or bool(prose_of(value)) or (key in TITLES and _has_main(value))


def _has_main(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("main"), str)


def _article(named: Mapping[str, Any]) -> Article | None:
    body = next((text for key in BODIES if (text := prose_of(named.get(key)))), "")
    values = {key: _without_keys(value) for key, value in named.items()}
    source = values.get("source")
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        values |= {"url": values.get("url") or source, "source": None}
    return article_of(values, body, summary_of(named), rule="record")


def _without_keys(value: object) -> object:
    """A list without its numbers, which are keys of categories and people in some database."""
    return [each for each in value if not isinstance(each, int)] if isinstance(value, list) else value


FORMAT: Format = Format("records", recognise, read)
