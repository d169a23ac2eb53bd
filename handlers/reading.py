"""Reading: bytes to articles, by the surest format, and every failure of a handler turned into one refusal."""

import threading
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from .formats import Format, Member, formats
from .parts.budget import FATAL, Budget
from .parts.charset import clean
from .parts.markup import describe

MOST_UNREAD = 100
"""So many parts that gave no article are named; the others are counted."""
MOST_TEXT_BYTES = 64 << 20
"""Of all articles of a file together, as JSON: they are in memory at once, and in one transaction."""

ALL_THE_SAME = ({"damaged"}, {"encrypted"})
"""What is said of a file where it is true of every part."""


class Found(msgspec.Struct, frozen=True):
    """An article, the format that read it, and where in the file it stands: see ``store.article.Origin``."""

    article: Article
    format: str
    inside: str = ""
    member: int = 0


class Reading(msgspec.Struct, frozen=True):
    """What a file holds: the format that recognised it, its articles in their order, and what gave none."""

    format: str
    found: tuple[Found, ...]
    unread: tuple[Unread, ...] = ()
    unread_count: int = 0

    @property
    def articles(self) -> list[Article]:
        """The articles alone."""
        return [each.article for each in self.found]


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
    return read_as(surest(known, content, name), known, content, name)


def read_as(chosen: Format, known: Sequence[Format], content: bytes, name: str) -> Reading:
    """Read with the format that was chosen; ``known`` are those of what lies in a bundle."""
    return _gathered(chosen.name, _Reader(known, Budget(len(content))).pieces(chosen, content, name))


def surest(known: Sequence[Format], content: bytes, name: str) -> Format:
    """The format that is surest of some bytes.

    Raises:
        Unreadable: ``empty``; ``unknown-format`` where none has any idea of them; ``handler-failed``.
    """
    if not content or content.isspace():
        raise Unreadable(
            "empty", f"the file is empty ({len(content)} bytes, white space at most): write the article first"
        )
    best, confidence = None, 0.0
    for candidate in known:
        try:
            sure = float(candidate.recognise(content, name))
        except Unreadable:
            continue
        except BaseException as error:
            raise _failed(candidate, error) from error
        if sure > confidence:
            best, confidence = candidate, sure
    if best is None:
        raise Unreadable("unknown-format", f"looks like {describe(content)}, which holds no article that is known here")
    return best


class _Reader:
    """Reads a file and the bundles in it, one in the other."""

    def __init__(self, known: Sequence[Format], budget: Budget) -> None:
        self._known = known
        self._budget = budget

    def pieces(self, chosen: Format, content: bytes, name: str, inside: str = "") -> Iterator[Found | Unread]:
        try:
            if chosen.read:
                yield from _read(chosen, chosen.read(content, name), inside)
            if chosen.unpack:
                with self._budget.deeper():
                    for member in chosen.unpack(content, name, self._budget):
                        yield from self._member(member, inside)
        except Unreadable:
            raise
        except BaseException as error:
            raise _failed(chosen, error) from error

    def _member(self, member: Member | Unread, inside: str) -> Iterator[Found | Unread]:
        if isinstance(member, Unread):
            yield _beneath(inside, member)
            return
        path = _joined(inside, member.path)
        try:
            name = member.path.rpartition("/")[2]
            chosen = surest(self._known, member.content, name)
            for piece in self.pieces(chosen, member.content, name, path):
                yield _addressed(piece, member.url) if isinstance(piece, Found) else piece
        except Unreadable as error:
            if error.code in FATAL:
                raise
            yield Unread(path, error.code, str(error))


def _joined(inside: str, path: str) -> str:
    return f"{inside}!/{path}" if inside else path


def _beneath(inside: str, unread: Unread) -> Unread:
    return msgspec.structs.replace(unread, place=_joined(inside, unread.place)) if inside else unread


def _addressed(found: Found, url: str) -> Found:
    """Give an article that names no address the one it was fetched from: two captures of it are versions."""
    if not url or found.article.url:
        return found
    uri = found.article.uri or ("" if found.member else url)
    return msgspec.structs.replace(found, article=msgspec.structs.replace(found.article, url=url, uri=uri))


def _read(chosen: Format, pieces: Sequence[Article | Unread], inside: str) -> Iterator[Found | Unread]:
    articles = sum(not isinstance(piece, Unread) for piece in pieces)
    number = 0
    for piece in pieces:
        if isinstance(piece, Unread):
            yield _beneath(inside, piece)
            continue
        number += 1
        article = piece if piece.parser else msgspec.structs.replace(piece, parser=chosen.name)
        # What cannot be written as JSON would stop the log later, far from the handler that made it.
        _encoder.encode(article)
        yield Found(article, chosen.name, inside, number if articles > 1 else 0)


def _gathered(format_name: str, pieces: Iterator[Found | Unread]) -> Reading:
    found: list[Found] = []
    unread: list[Unread] = []
    unread_count, size_bytes = 0, 0
    for piece in pieces:
        if isinstance(piece, Unread):
            unread_count += 1
            unread += [piece] if unread_count <= MOST_UNREAD else []
            continue
        size_bytes += len(piece.article.text)
        if size_bytes > MOST_TEXT_BYTES:
            raise Unreadable("too-large", f"more than {MOST_TEXT_BYTES >> 20} MiB of text in it: split the file")
        found.append(piece)
    if not found:
        raise _no_article(format_name, unread, unread_count)
    return Reading(format_name, tuple(found), tuple(unread), unread_count)


def _no_article(format_name: str, unread: Sequence[Unread], count: int) -> Unreadable:
    if not unread:
        return Unreadable("no-article", f"{format_name} found no article in it: drop the article itself")
    shown = "; ".join(f"{each.place}: {each.reason}" for each in islice(unread, 3))
    more = f"; and {count - 3} more" if count > 3 else ""
    codes = {each.code for each in unread}
    code = codes.pop() if codes in ALL_THE_SAME else "no-article"
    return Unreadable(code, f"{format_name} found no article in it: {shown}{more}")


def _failed(culprit: Format, error: BaseException) -> Unreadable:
    """A handler may raise what it likes, SystemExit too; only who sits at the keyboard interrupts."""
    if isinstance(error, GeneratorExit) or (
        isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()
    ):
        raise error
    return Unreadable(
        "handler-failed", f"{culprit.name} handler failed: {type(error).__name__}: {clean(str(error))[:500]}"
    )


_encoder = msgspec.json.Encoder()
