"""What an order to erase is about, and the receipt of it: for people, and as data."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .text import one_line

if TYPE_CHECKING:
    from presslog.config.settings import Settings
    from presslog.store.erase import Brought, Content
    from presslog.store.erase_finish import Proof
    from presslog.store.log import EventLog

MOST_LISTED = 10
BEYOND = (
    "exports, mails, feeds and webhooks that carried it; the journal, which names titles; backups and copies kept "
    "elsewhere; snapshots and unused blocks of the disk"
)
SERVERS = (
    "; the server that keeps the log: its vacuum takes the rows away, once no older transaction sees them; its WAL, "
    "WAL archives, the WAL of standbys and its backups hold the words until they are recycled"
)


def plan(content: "Content", what: "Brought") -> Iterator[str]:
    """What will go."""
    yield from _listed("erases", [f"{content.id}  {one_line(content.titles[0])}"])
    yield from _listed("titles", content.titles[1:])
    yield from _listed("sources", content.sources)
    yield from _listed("revisions", [_revisions(content.revisions)])
    yield from _listed("originals", what.files)
    yield from _listed(
        "others", what.others, "  keeps its words, and loses its original bytes: they are in the same file"
    )


def receipt(settings: "Settings", log: "EventLog", identifier: str, what: "Brought", proof: "Proof") -> dict[str, Any]:
    """The receipt as data: of the newest order to erase this article."""
    import msgspec

    from presslog.daemon.assemble import folders_of
    from presslog.daemon.lying import lying
    from presslog.daemon.places import Folder
    from presslog.store.erase import content_of
    from presslog.store.errors import StoreUnsafe
    from presslog.store.events import ArticleRedacted, Meta, read_event
    from presslog.store.opening import address_of
    from presslog.store.times import utc_text

    from .ingest import FEED

    content = content_of(log, identifier)
    [stored] = log.read(content.redactions[-1] - 1, 1) if content else []
    fact, meta = read_event(stored).fact, msgspec.json.decode(stored.meta, type=Meta)
    if not isinstance(fact, ArticleRedacted):
        raise StoreUnsafe(f"event {stored.position} is no order to erase {identifier}")
    folders = [*folders_of(settings), Folder(FEED, Path("/"))]
    return {
        "article_id": identifier,
        "position": stored.position,
        "event_id": stored.id,
        "erased_at": utc_text(stored.recorded_at),
        "actor": meta.actor,
        "reason": fact.reason,
        "revision": fact.revision,
        "positions": fact.positions,
        "digests": fact.digests,
        "others": what.others,
        "head": log.head(),
        "checkpoint": checkpoint(settings.store_folder),
        "scanned": proof._asdict(),
        "lying": sorted({str(path) for path in lying(folders, what.files, fact.digests)}),
        "backups": backups(settings.backup_folder, log.log_id, fact.positions[0], stored.position),
        "server": address_of(settings.store_folder),
        "beyond": BEYOND + (SERVERS if address_of(settings.store_folder) else ""),
    }


def checkpoint(folder: Path) -> str:
    """The newest signed note about the log; empty where there is none."""
    path = folder / "checkpoint"
    return path.read_text("utf-8", "replace") if path.exists() else ""


def backups(folder: str, log_id: str, first: int, erased: int) -> list[str]:
    """The backups of a log that may hold what stood there from its first position on until it was erased."""
    from presslog.store.shelf import backups as on_shelf

    known = [(each.path, each.manifest) for each in on_shelf(Path(folder))] if folder else []
    return [
        str(path) for path, held in known if held is None or (held.log_id == log_id and first <= held.position < erased)
    ]


def page(told: dict[str, Any]) -> Iterator[str]:
    """The receipt for people."""
    scanned = told["scanned"]
    yield from _listed("erased", [f"{told['article_id']} up to revision {told['revision']}"])
    yield from _listed("by", [f"{told['actor']}, {told['erased_at']}"])
    yield from _listed("reason", [told["reason"]])
    yield from _listed("event", [f"#{told['position']} {told['event_id']}, head #{told['head']}"])
    yield from _listed("events", [", ".join(f"#{position}" for position in told["positions"])])
    yield from _listed("bytes", told["digests"])
    yield from _listed("checkpoint", told["checkpoint"].splitlines()[:3])
    yield from _listed("proof", _proof(scanned, told["server"]))
    yield from _listed("also in", scanned["shared"], "  holds the same words, and was not erased")
    yield from _listed(
        "TRACES", scanned["left"], "  holds words of it: delete or mend it, then presslog erase --finish"
    )
    yield from _listed("on disk", told["lying"], "  holds its bytes: delete it yourself")
    yield from _listed("backups", told["backups"], "  may hold it")
    yield from _listed("beyond", [told["beyond"]])


def _proof(scanned: dict[str, Any], server: str) -> Iterator[str]:
    if server:
        yield f"the server of the log has emptied the events and deleted the bytes: {server}"
    if scanned["is_rewritten"]:
        yield "log.db was written anew from its rows"
    if scanned["files"]:
        yield "all views were made anew, and older files of them deleted"
    if scanned["samples"]:
        size = f"{scanned['size_bytes'] / 1e6:.1f} MB"
        yield f"{scanned['samples']} samples of it were looked for in {scanned['files']} files, {size}"


def _listed(name: str, values: Sequence[str] | Iterator[str], note: str = "") -> Iterator[str]:
    """Values under one heading, a line each, the first of them where there are many."""
    every = list(values)
    for number, value in enumerate(every[:MOST_LISTED]):
        yield f"{'' if number else name:<11}{one_line(value)}{note}"
    if len(every) > MOST_LISTED:
        yield f"{'':<11}and {len(every) - MOST_LISTED} more"


def _revisions(numbers: Sequence[int]) -> str:
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
