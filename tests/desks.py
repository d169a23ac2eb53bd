"""A desk for tests: a feed's folder, a store and a configuration, with the real parts between them; and histories."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from examples import an_article, until

from presslog.config.load import load
from presslog.config.settings import Settings
from presslog.daemon.assemble import Parts, assemble
from presslog.daemon.control import call
from presslog.daemon.drain import Watched
from presslog.daemon.outcome import Outcome
from presslog.daemon.places import Folder
from presslog.daemon.refusals import Retry
from presslog.handlers.article import changed_fields, content_hash, identity
from presslog.handlers.views import views
from presslog.store.article import Origin, Unread
from presslog.store.entity_facts import ENTITIES, EntityIgnored, EntityMerged, EntitySplit, EntityUndone
from presslog.store.events import (
    ARTICLE_TYPES,
    ArticleRecorded,
    ArticleRedacted,
    ArticleReread,
    ArticleRevised,
    ArticleWithdrawn,
    Event,
    Fact,
    FileDismissed,
    FileReceived,
    FileRefused,
    FileRemoved,
    FolderChanged,
    Meta,
    SearchRemoved,
    SearchSaved,
    encode,
    read_event,
)
from presslog.store.generation import Generation
from presslog.store.log import Append, Erasure, EventLog, NewEvent, Receipt
from presslog.store.names import article_id, article_stream, event_id, file_stream, folder_stream, search_stream
from presslog.store.opening import open_log
from presslog.store.sqlite import connect_readonly
from presslog.store.views import serving_path

DRAIN_SECONDS = 60.0
LAST = 1 << 62
KEYS = "notary"
"""The stream of the events that say who signs the log; the first event of every log is one."""


def a_story(title: str = "Rivers rise", text: str = "The water came at night.") -> bytes:
    """The bytes of a file that reads as one article of this title and text."""
    return f"{title}\n\n{text}\n".encode()


class Desk:
    """A folder with ``presslog.toml``, ``seeds`` and ``store``; ``settings`` go into the file as they are.

    ``storage`` and ``happenings`` keep what the drain told of the store and of the folders.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.seeds = folder / "seeds"
        self.store = folder / "store"
        self.storage: list[str] = []
        self.happenings: list[tuple[str, str]] = []
        self.seeds.mkdir(parents=True, exist_ok=True)
        self.configure(**settings)

    def configure(self, *, feeds: tuple[str, ...] = ("seeds",), **settings: Any) -> None:
        """Write presslog.toml; unless the test says otherwise files settle at once, and no insight is derived."""
        chosen = {"settle_seconds": 0, "insight": False, **settings}
        lines = [f"{key} = {json.dumps(value)}" for key, value in chosen.items()]
        lines += [f'[feeds.{feed}]\nfolder = "{feed}"' for feed in feeds]
        (self.folder / "presslog.toml").write_text("\n".join(lines) + "\n")

    @property
    def settings(self) -> Settings:
        return load({}, store=str(self.folder), folder=self.folder).settings

    def path(self, name: str | bytes) -> Path:
        """Where a file of this name lies; any bytes can be a name."""
        return Path(os.fsdecode(os.fsencode(self.seeds) + b"/" + os.fsencode(name)))

    def drop(self, name: str | bytes, content: str | bytes, mtime_ns: int | None = None) -> Path:
        """Write a file into the feed's folder, over the one that stands there."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if mtime_ns is not None:
            os.utime(path, ns=(mtime_ns, mtime_ns))
        return path

    @contextmanager
    def assembled(self) -> Iterator[tuple[Parts, list[Outcome]]]:
        """The real parts, with the list of outcomes that they will tell."""
        outcomes: list[Outcome] = []

        def happened(folder: Folder, kind: str, reason: str, files: int) -> None:
            self.happenings.append((folder.feed, kind))

        parts = assemble(self.settings, Watched(outcomes.extend, self.storage.append, folder=happened), "drain")
        try:
            yield parts, outcomes
        finally:
            parts.close()

    def drain(self, seconds: float = DRAIN_SECONDS) -> list[Outcome]:
        """Bring in what lies in the folders and the views to the head, as ``presslog run --once`` does."""
        stop = threading.Event()
        guard = threading.Timer(seconds, stop.set)
        guard.start()
        try:
            with self.assembled() as (parts, outcomes):
                parts.drain.once(stop)
                parts.views.open()
                parts.views.catch_up()
        finally:
            guard.cancel()
        assert not stop.is_set(), f"not drained within {seconds} s"
        return outcomes

    def kinds(self) -> list[str]:
        """What a drain makes of each file, in the order of their names, without what was known."""
        found = sorted(self.drain(), key=lambda outcome: outcome.place.path)
        return [outcome.kind for outcome in found if outcome.kind != "known"]

    def events(self, event_type: str | None = None) -> list[Event]:
        """All events of the log but those of its keys, or those of one type, in order."""
        with closing(open_log(self.store)) as log:
            return [
                read_event(stored, log.blobs)
                for stored in log.read(0, LAST)
                if (stored.stream != KEYS if event_type is None else stored.type == event_type)
            ]

    def actors(self) -> list[str]:
        """Who did what the log holds, in order, but for its keys."""
        with closing(open_log(self.store)) as log:
            kept = [stored for stored in log.read(0, LAST) if stored.stream != KEYS]
            return [msgspec.json.decode(stored.meta, type=Meta).actor for stored in kept]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that the views give."""
        with closing(connect_readonly(self.store / "views.db")) as connection:
            return list(connection.execute(sql, values))

    def digests(self) -> dict[str, str]:
        """The digest of each view of the serving generation."""
        path = serving_path(self.store)
        assert path, "no generation of the views serves"
        with (
            closing(open_log(self.store)) as log,
            closing(Generation(path, views(), log)) as generation,
        ):
            return {view.name: generation.digest(view) for view in views()}

    def journal(self) -> str:
        """What the daemons of this desk have written so far."""
        return (self.folder / "journal").read_text("utf-8")

    def is_served(self) -> bool:
        """Whether a daemon answers on its control socket."""
        try:
            return call(self.store, "retry", Retry(())) == []
        except OSError:
            return False

    def forget_intake(self) -> None:
        """Lose what this host has seen of its folders."""
        for path in self.store.glob("intake.db*"):
            path.unlink()


@contextmanager
def running_daemon(
    desk: Desk, *, around: tuple[str, ...] = (), **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A real daemon at this desk, killed at the end of the block; its journal goes on in ``<desk>/journal``.

    ``around`` is a command that becomes the daemon in the end, such as ``setpriv``.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PRESSLOG_", "NOTIFY_"))}
    with (desk.folder / "journal").open("ab") as journal:
        process = subprocess.Popen(
            [*around, sys.executable, "-m", "presslog.daemon", "run", str(desk.folder)],
            env=inherited | environment,
            stdout=journal,
            stderr=journal,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(DRAIN_SECONDS)


@contextmanager
def in_company(desk: Desk, company: str) -> Iterator[Desk]:
    """The desk ``alone``, or ``beside a daemon`` that answers."""
    if company == "alone":
        yield desk
        return
    with running_daemon(desk):
        until(desk.is_served, seconds=20)
        yield desk


class History:
    """Facts appended to a log one by one, as an intake would; every method gives the position of its event."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._versions: dict[str, ArticleRecorded] = {}
        self._erased: dict[str, int] = {}

    def article(self, path: str = "a.txt", *, feed: str = "seeds", **fields: Any) -> int:
        """A first version, or the next one of an article that has one already."""
        article = an_article(**fields)
        origin = Origin(feed=feed, path=path, digest=digest_of(repr(article)), format="text")
        uri = identity(article, origin)
        before = self._versions.get(uri)
        said = {"uri": uri, "content_hash": content_hash(article), "article": article, "origin": origin}
        said["revision"] = before.revision + 1 if before else self._erased.get(uri, 0) + 1
        changed = changed_fields(before.article, article) if before else ()
        if article.status == "canceled":
            kind, fact = "article-withdrawn", ArticleWithdrawn(changed=changed, **said)
        elif said["revision"] == 1:
            kind, fact = "article-recorded", ArticleRecorded(**said)
        else:
            kind, fact = "article-revised", ArticleRevised(changed=changed, **said)
        self._versions[uri] = fact
        return self._tell(article_stream(article_id(uri)), kind, fact)

    def reread(self, of: str = "presslog:seeds/a.txt", *, revision: int = 0, **fields: Any) -> int:
        """The bytes of a revision, the newest where none is named, read as these fields; nothing of an unknown one."""
        newest = self._versions.get(of)
        if newest is None or revision > newest.revision:
            return self.log.head()
        article = an_article(**{**fields, "uri": newest.article.uri})
        fact = ArticleReread(
            uri=of,
            revision=revision or newest.revision,
            content_hash=content_hash(article),
            article=article,
            origin=newest.origin,
            changed=changed_fields(newest.article, article),
        )
        return self._tell(article_stream(article_id(of)), "article-reread", fact)

    def erased(self, of: str = "presslog:seeds/a.txt", *, reason: str = "by order of a court") -> int:
        """Erase all versions of an article; nothing of an unknown one."""
        newest = self._versions.pop(of, None)
        if newest is None:
            return self.log.head()
        self._erased[of] = newest.revision
        stream = article_stream(article_id(of))
        held = [event for event in self.log.read(0, LAST, stream) if event.type in ARTICLE_TYPES and event.data]
        positions = tuple(event.position for event in held)
        fact = ArticleRedacted(reason=reason, revision=newest.revision, positions=positions)
        said = Append(stream, [NewEvent(event_id(), "article-redacted", encode(fact))], None, event_id())
        answer = self.log.erase(Erasure(said, positions))
        assert isinstance(answer, Receipt)
        return answer.last

    def received(
        self,
        path: str = "a.txt",
        *,
        content: str = "",
        copy_of: str = "",
        articles: tuple[str, ...] = (),
        unread: tuple[Unread, ...] = (),
    ) -> int:
        """Bytes that arrived; ``copy_of`` is the path that brought them first."""
        fact = FileReceived(
            feed="seeds",
            path=path,
            digest=digest_of(content),
            size_bytes=len(content),
            modified_at=1641442471.5,
            articles=articles,
            unread=unread,
            unread_count=len(unread),
            copy_of=copy_of and file_stream("seeds", copy_of),
        )
        return self._tell(file_stream("seeds", path), "file-received", fact)

    def refused(self, path: str = "a.txt", *, code: str = "empty") -> int:
        fact = FileRefused(feed="seeds", path=path, code=code, reason=f"it is {code}", stage="read")
        return self._tell(file_stream("seeds", path), "file-refused", fact)

    def dismissed(self, path: str = "a.txt") -> int:
        return self._tell(file_stream("seeds", path), "file-dismissed", FileDismissed(feed="seeds", path=path))

    def removed(self, path: str = "a.txt") -> int:
        return self._tell(file_stream("seeds", path), "file-removed", FileRemoved(feed="seeds", path=path))

    def folder_lost(self) -> int:
        return self._tell(folder_stream("seeds"), "folder-lost", FolderChanged(feed="seeds", folder="/srv/seeds"))

    def search_saved(self, name: str = "floods", query: str = "rivers") -> int:
        return self._tell(search_stream(name), "search-saved", SearchSaved(name=name, query=query))

    def search_removed(self, name: str = "floods") -> int:
        return self._tell(search_stream(name), "search-removed", SearchRemoved(name=name))

    def merged(self, *names: str, entity: str = "ent_1", kind: str = "person", name: str = "") -> int:
        fact = EntityMerged(entity=entity, kind=kind, name=name or names[0], names=names)
        return self._tell(ENTITIES, "entity-merged", fact)

    def parted(self, *names: str, entity: str = "ent_1", kind: str = "person", name: str = "") -> int:
        fact = EntitySplit(entity=entity, kind=kind, name=name or names[0], names=names)
        return self._tell(ENTITIES, "entity-split", fact)

    def ignored(self, name: str, *, entity: str = "ent_1", kind: str = "person") -> int:
        fact = EntityIgnored(entity=entity, kind=kind, name=name, names=(name,))
        return self._tell(ENTITIES, "entity-ignored", fact)

    def undone(self, position: int) -> int:
        return self._tell(ENTITIES, "entity-undone", EntityUndone(position=position))

    def of_tomorrow(self) -> int:
        """An event of a type that this program does not know."""
        return self._append("moon/1", NewEvent(event_id(), "moon-landed", b"{}"))

    def _tell(self, stream: str, kind: str, fact: Fact) -> int:
        return self._append(stream, NewEvent(event_id(), kind, encode(fact)))

    def _append(self, stream: str, event: NewEvent) -> int:
        answer = self.log.append([Append(stream, [event], None, event.id)])[0]
        assert isinstance(answer, Receipt)
        return answer.last


def digest_of(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
