"""Reading: bytes to articles, by the surest format, and every failure of a handler turned into one refusal."""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from presslog.store.errors import Unreadable
from presslog.store.events import Article

from .formats import Format, formats
from .formats.charset import clean, decode
from .formats.markup import is_wire, markup_of


class Reading(NamedTuple):
    """What a file holds: the format that read it, and its articles in their order in the file."""

    format: str
    articles: list[Article]


def read_articles(content: bytes, name: str) -> Reading:
    """Read the articles in a file's bytes with the format that is surest of them; ``name`` is a hint only.

    Raises:
        Unreadable: ``empty``, ``binary``, ``unknown-format``, ``no-article``, ``handler-failed`` or a format's own.

    >>> read_articles(b"Rain Falls\\n\\nIt rained on Lima.\\n\\nThen it stopped.", "rain.txt").articles[0].title
    'Rain Falls'
    """
    return read_with(formats(), content, name)


def read_with(known: Sequence[Format], content: bytes, name: str) -> Reading:
    """Read as ``read_articles`` does, with the formats that are given."""
    if not content or content.isspace():
        raise Unreadable(
            "empty", f"the file is empty ({len(content)} bytes, white space at most): write the article first"
        )
    chosen = _surest(known, content, name)
    articles = _guarded(chosen, content, name)
    if not articles:
        raise Unreadable("no-article", f"{chosen.name} found no article in it: drop the article itself")
    return Reading(
        chosen.name,
        [article if article.parser else msgspec.structs.replace(article, parser=chosen.name) for article in articles],
    )


def _surest(known: Sequence[Format], content: bytes, name: str) -> Format:
    surest, confidence = None, 0.0
    for candidate in known:
        sure = _sureness(candidate, content, name)
        if sure > confidence:
            surest, confidence = candidate, sure
    if surest is None:
        raise _unknown(known, content)
    return surest


def _sureness(candidate: Format, content: bytes, name: str) -> float:
    try:
        return float(candidate.recognise(content, name))
    except Unreadable:
        return 0.0
    except BaseException as error:
        raise _failed(candidate, error) from error


def _guarded(chosen: Format, content: bytes, name: str) -> list[Article]:
    try:
        articles = chosen.read(content, name)
        # What cannot be written as JSON would stop the log later, far from the handler that made it.
        _encoder.encode(articles)
        return list(articles)
    except Unreadable:
        raise
    except BaseException as error:
        raise _failed(chosen, error) from error


def _failed(culprit: Format, error: BaseException) -> Unreadable:
    """A handler may raise what it likes, SystemExit too; only who sits at the keyboard interrupts."""
    if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
        raise error
    return Unreadable(
        "handler-failed", f"{culprit.name} handler failed: {type(error).__name__}: {clean(str(error))[:500]}"
    )


def _unknown(known: Sequence[Format], content: bytes) -> Unreadable:
    seen = markup_of(decode(content)) or ("an IPTC 7901 or ANPA 1312 wire" if is_wire(content) else "nothing known")
    names = ", ".join(sorted(candidate.name for candidate in known))
    return Unreadable("unknown-format", f"looks like {seen}; this presslog reads: {names}")


_encoder = msgspec.json.Encoder()
