"""Pins: the newest checkpoint of a log that somebody has seen, kept at home, so that an older or other log is noticed.

``<state>/<log_id>`` holds the signed note as it was seen last, at the time of the file; ``<state>/at/<folder>`` is a
link to the note of the log that stood in a folder. As long as nothing has changed that is two short reads.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .errors import LogDiverged, PresslogError

CHECKPOINT = "checkpoint"
MOST_BYTES = 65_536
_head = re.compile(rb"presslog/([0-9A-Za-z][0-9A-Za-z-]{0,99})\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n")


class Seen(NamedTuple):
    """What the first three lines of a note say: of which log, how many events, and their root in base64."""

    log_id: str
    size: int
    root: str


class Pin(NamedTuple):
    """What was seen of a log, when (seconds since 1970), and in which folders."""

    seen: Seen
    seen_at: float
    folders: tuple[str, ...]


def pins_of(env: Mapping[str, str]) -> "Pins | None":
    """The pins of whoever has this environment; None where they have no home, or want none (PRESSLOG_NO_PIN)."""
    state, home = env.get("XDG_STATE_HOME", ""), env.get("HOME", "")
    if env.get("PRESSLOG_NO_PIN"):
        return None
    # Paths that are not absolute are to be ignored: XDG Base Directory Specification.
    if state.startswith("/"):
        return Pins(Path(state, "presslog/pins"))
    return Pins(Path(home, ".local/state/presslog/pins")) if home.startswith("/") else None


class Pins:
    """The pins of one person; where their folder cannot be written, what was seen before still counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self, store: Path) -> None:
        """Compare the newest checkpoint of a store with what was seen last, and remember it.

        Raises:
            LogDiverged: this is not the log that was seen, or not all of it.
        """
        place = self._place(store)
        # Pins are read first: a checkpoint that is read later can only be larger.
        pinned = bytes_of(place)
        note = bytes_of(store / CHECKPOINT)
        if note == pinned:
            return
        here, seen = seen_in(pinned), seen_in(note)
        if not here and not note:
            return
        if not seen or (here and here.log_id != seen.log_id):
            raise _diverged(store, place, here, note)
        path = self.folder / seen.log_id
        known, note = seen_in(bytes_of(path)), bytes_of(store / CHECKPOINT)
        if known and not _goes_on(store, known, seen_in(note)):
            raise _diverged(store, path, known, note)
        self._pin(place, seen.log_id, note)

    def accept(self, store: Path) -> Seen | None:
        """Take what stands in a store for right, whatever was seen before; None where it has no checkpoint."""
        place, note = self._place(store), bytes_of(store / CHECKPOINT)
        seen = seen_in(note)
        if seen:
            self._pin(place, seen.log_id, note)
            return seen
        self.forget(store)
        return None

    def forget(self, store: Path) -> None:
        """Know nothing any more of what stood in a folder: somebody begins anew there."""
        with suppress(OSError):
            self._place(store).unlink()

    def __iter__(self) -> Iterator[Pin]:
        """All that was seen, by the id of the log."""
        folders: dict[str, list[str]] = {}
        for place in sorted(_listed(self.folder / "at")):
            folders.setdefault(os.readlink(place).removeprefix("../"), []).append(_folder_of(place.name))
        for path in sorted(_listed(self.folder)):
            seen = seen_in(bytes_of(path))
            if seen and seen.log_id == path.name:
                yield Pin(seen, path.stat().st_mtime, tuple(folders.get(path.name, ())))

    def _place(self, store: Path) -> Path:
        return self.folder / "at" / os.path.realpath(store).replace("%", "%25").replace("/", "%2F")

    def _pin(self, place: Path, log_id: str, note: bytes) -> None:
        from .whole import whole

        with suppress(OSError, PresslogError):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with whole(self.folder / log_id, is_durable=False) as file:
                file.write(note)
            if not place.is_symlink() or os.readlink(place) != f"../{log_id}":
                place.unlink(missing_ok=True)
                place.symlink_to(f"../{log_id}")


def _folder_of(name: str) -> str:
    return name.replace("%2F", "/").replace("%25", "%")


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def bytes_of(path: Path) -> bytes:
    """What a file holds; nothing where it is missing, cannot be read, or is a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(handle, MOST_BYTES)
    except OSError:
        return b""
    finally:
        os.close(handle)


def seen_in(note: bytes) -> Seen | None:
    """What a note says; None where it is none of ours."""
    found = _head.match(note)
    return Seen(found[1].decode(), int(found[2]), found[3].decode()) if found else None


def _goes_on(store: Path, known: Seen, seen: Seen | None) -> bool:
    """Whether the log that is there begins with what was seen of it."""
    if not seen or seen.log_id != known.log_id or seen.size < known.size:
        return False
    return seen.root == known.root if seen.size == known.size else _root_at(store, known.size) == known.root


def _root_at(store: Path, size: int) -> str:
    """The root of a log when it had so many events, in base64; empty where nothing can tell."""
    from base64 import b64encode

    from .notary import notarised

    with suppress(PresslogError):
        opened = notarised(store)
        try:
            return b64encode(opened.tree.root(size)).decode() if opened.size >= size else ""
        finally:
            opened.close()
    return ""


def _diverged(store: Path, path: Path, known: Seen | None, note: bytes) -> LogDiverged:
    from .times import utc_text

    seen = seen_in(note)
    before = f"{known.size} events of log {known.log_id}" if known else "nothing"
    now = f"{seen.size} events of log {seen.log_id}" if seen else "a checkpoint that is none" if note else "none"
    with suppress(OSError):
        before += f" at {utc_text(path.stat().st_mtime)}"
    return LogDiverged(
        f"{store} is not the log that was seen: signed were {before}, and now it has {now}"
        f"{', which do not begin with those' if known and seen and seen.size >= known.size else ''}. "
        "Was it restored from a backup, or begun anew? Then `presslog pins accept`; to look at an old copy, --no-pin. "
        "If nobody did that, take it for tampering: `presslog verify --against` a checkpoint that is kept elsewhere"
    )
