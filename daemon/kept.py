"""Bytes that the log keeps, read once more: what today's handlers say of a version that older ones recorded."""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from presslog.handlers.article import Article, changed_fields, content_hash, identity
from presslog.handlers.reading import Reading
from presslog.store.article import Origin
from presslog.store.errors import Unreadable
from presslog.store.events import ArticleRecorded, ArticleReread, FileReceived
from presslog.store.log import BlobStore
from presslog.store.names import unescape_path

MOST_HELD_LETTERS = 16 << 20
"""Text of the readings that are held, beside the one that was asked for last: neighbours come from the same files."""
LETTERS_APART = 2_000
"""So much an article takes beside its text."""

Read = Callable[[bytes, str], Reading]
Versions = dict[str, list[tuple[Article, Origin]]]
"""Articles by their uri; several of one are its versions, in the order of the file."""


class Again(NamedTuple):
    """A version with what its bytes say today.

    ``fact`` is there where that is something else. Where the old reading must stay, ``code`` is ``unreadable`` or
    ``another`` (the bytes give no such article any more), and ``reason`` says why.
    """

    version: ArticleRecorded
    fact: ArticleReread | None = None
    code: str = ""
    reason: str = ""


def versions_in(reading: Reading, origin: Origin) -> Versions:
    """The articles of a reading, each with its origin; of ``origin`` feed, path and digest are taken."""
    found: Versions = {}
    for each in reading.found:
        place = msgspec.structs.replace(origin, format=each.format, inside=each.inside, member=each.member)
        found.setdefault(identity(each.article, place), []).append((each.article, place))
    return found


class Kept:
    """Reads versions again; a file that gave many of them is read once, as long as one asks for neighbours."""

    def __init__(self, blobs: BlobStore, read: Read, *, most_letters: int = MOST_HELD_LETTERS) -> None:
        self._blobs = blobs
        self._read = read
        self._held: OrderedDict[tuple[str, str, str], tuple[Versions | Unreadable, int]] = OrderedDict()
        self._held_letters = 0
        self._most_letters = most_letters

    def again(self, version: ArticleRecorded) -> Again:
        """Read the bytes of a version once more, and find its article in them."""
        found = self._versions(version.origin)
        if isinstance(found, Unreadable):
            return Again(version, code="unreadable", reason=f"{found.code}: {found}")
        article, origin = _same(version, found.get(version.uri, []))
        if article is None or origin is None:
            return Again(version, code="another", reason=_instead(version, found))
        said = content_hash(article)
        if said == version.content_hash:
            return Again(version)
        changed = changed_fields(version.article, article)
        fact = ArticleReread(
            uri=version.uri,
            revision=version.revision,
            content_hash=said,
            article=article,
            origin=origin,
            changed=changed,
        )
        return Again(version, fact)

    def holds(self, uri: str, file: FileReceived) -> bool:
        """Whether an article can be read out of the bytes of a file; not where the log has them no more."""
        found = self._versions(Origin(feed=file.feed, path=file.path, digest=file.digest, format=file.format))
        return not isinstance(found, Unreadable) and uri in found

    def forget(self) -> None:
        """Hold no reading any more."""
        self._held.clear()
        self._held_letters = 0

    def _versions(self, origin: Origin) -> Versions | Unreadable:
        key = (origin.feed, origin.path, origin.digest)
        if key in self._held:
            self._held.move_to_end(key)
        else:
            found = self._read_kept(origin)
            articles = [] if isinstance(found, Unreadable) else [each for some in found.values() for each in some]
            letters = sum(LETTERS_APART + len(article.text) for article, _ in articles)
            self._held[key] = found, letters
            self._held_letters += letters
            while len(self._held) > 1 and self._held_letters > self._most_letters:
                self._held_letters -= self._held.popitem(last=False)[1][1]
        return self._held[key][0]

    def _read_kept(self, origin: Origin) -> Versions | Unreadable:
        name = unescape_path(origin.path).rpartition(b"/")[2].decode("utf-8", "replace")
        try:
            return versions_in(self._read(self._blobs.get(origin.digest), name), origin)
        except KeyError:
            return Unreadable("no-bytes", f"the log holds {origin.digest} no more: erased by order")
        except Unreadable as error:
            return error


def _same(version: ArticleRecorded, found: list[tuple[Article, Origin]]) -> tuple[Article, Origin] | tuple[None, None]:
    """Of the articles with a version's uri the one that it is: of its publisher's version, else most like it."""
    was = version.article

    def likeness(each: tuple[Article, Origin]) -> tuple[bool, float]:
        before, now = _words(was), _words(each[0])
        is_stated = (each[0].version, each[0].updated_at) == (was.version, was.updated_at)
        return is_stated, len(before & now) / max(1, len(before | now))

    best = max(found, key=likeness) if len(found) > 1 else next(iter(found), None)
    return best if best and _is_alike(version, best[0]) else (None, None)


def _is_alike(version: ArticleRecorded, article: Article) -> bool:
    """Whether an article that only its number in a file names is the one of that number still, and no neighbour."""
    was = version.article
    if article.uri or not version.origin.member or was.title == article.title:
        return True
    before, now = _words(was), _words(article)
    return 2 * len(before & now) >= min(len(before), len(now))


def _words(article: Article) -> set[str]:
    return set(f"{article.title} {article.text}".split())


def _instead(version: ArticleRecorded, found: Versions) -> str:
    """What the bytes of a version give where they give its article no more."""
    at = (version.origin.inside, version.origin.member)
    here = [uri for uri, some in found.items() if any((o.inside, o.member) == at for _, o in some)]
    return f"would become another article: {', '.join((here or list(found))[:3])}"
