"""What an operator does about files that were not read: have them read again now, or hear no more of them."""

import msgspec

from presslog.store.errors import LogUnavailable
from presslog.store.events import FileReceived, read_event
from presslog.store.log import Append, Conflict
from presslog.store.names import unescape_path

from .assemble import Parts
from .errands import Later
from .outcome import Outcome
from .places import Place

STATES = {
    **dict.fromkeys(("recorded", "revised", "withdrawn", "reread", "unchanged"), "read"),
    **dict.fromkeys(("removed", "vanished"), "gone"),
}
"""Kind of an outcome -> the state that people are told, where it is another word."""

NOT_REFUSED = {
    "": "presslog knows no such file",
    "file-received": "it was read",
    "file-removed": "it is gone from its folder",
    "file-dismissed": "it is dismissed already",
}
"""Type of a file's last event -> why nothing is left to dismiss."""

NOWHERE = (b"", b".", b"..")
NAME_MAX, PATH_MAX = 255, 4096
"""Bytes of a name and of a path, at most (limits.h): what cannot exist would wait for ever."""


class Retry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Look at these files again, whatever is known of them; ``paths`` are feed/path, escaped."""

    paths: tuple[str, ...]


class Dismiss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """These refused files need no more attention."""

    paths: tuple[str, ...]
    reason: str = ""


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file.

    ``state`` is ``read``, ``copy``, ``refused``, ``waiting``, ``gone``, ``dismissed``, or ``not-refused`` (nothing to
    dismiss), ``ignored`` or ``outside`` (nothing to read): then ``reason`` says why.
    """

    path: str
    state: str
    article_id: str = ""
    copy_of: str = ""
    code: str = ""
    reason: str = ""
    position: int = 0


def retry(parts: Parts, asked: Retry, actor: str) -> list[Fate] | Later:  # noqa: ARG001  reading is its own doing
    """Read files now, though nothing about them has changed; answers in the order asked.

    Later, where readers are at some of them.
    """
    places = [_place(path) for path in asked.paths]
    hindered = {place: fate for place in places if (fate := _hindrance(parts, place))}
    parts.registry.catch_up(parts.log)
    outcomes = parts.intake.process([place for place in places if place not in hindered], parts.drain.pulse.beat)
    parts.tell(outcomes)
    told = {outcome.place: outcome for outcome in outcomes if not outcome.is_being_read}

    def fates() -> list[Fate]:
        return [hindered.get(place) or _fate(parts, place, told.get(place)) for place in places]

    pending = parts.intake.pending
    if not any(place in pending for place in places):
        return fates()
    return Later(lambda: not any(place in pending for place in places), fates)


def dismiss(parts: Parts, asked: Dismiss, actor: str) -> list[Fate]:
    """Record of each file that is refused now that it needs no more attention; ``actor`` says so."""
    fates: dict[Place, Fate] = {}
    appends: dict[Place, Append] = {}
    for place in dict.fromkeys(map(_place, asked.paths)):
        last = parts.log.last(place.stream)
        if last and last.type == "file-refused":
            appends[place] = parts.composer.dismissed(place, asked.reason, actor=actor, after=last.position)
        else:
            reason = NOT_REFUSED.get(last.type if last else "", "it is not refused now")
            fates[place] = Fate(path=_shown(place), state="not-refused", reason=reason)
    answers = parts.log.append(list(appends.values())) if appends else []
    for place, answer in zip(appends, answers, strict=True):
        if isinstance(answer, Conflict):
            raise LogUnavailable(f"something happened to {_shown(place)} just now: ask again")
        fates[place] = Fate(path=_shown(place), state="dismissed", reason=asked.reason, position=answer.last)
    parts.tell([Outcome(place, "dismissed", reason=asked.reason, position=fates[place].position) for place in appends])
    return [fates[_place(path)] for path in asked.paths]


def _place(path: str) -> Place:
    feed, _, below = path.partition("/")
    return Place(feed, unescape_path(below))


def _shown(place: Place) -> str:
    return f"{place.feed}/{place.shown}"


def _hindrance(parts: Parts, place: Place) -> Fate | None:
    """Why a file is not even looked at; a path from elsewhere must not lead out of its folder."""
    if place.feed not in {folder.feed for folder in parts.folders}:
        reason = f"{place.feed} is no watched folder; presslog ingest reads a file from anywhere"
    elif not _is_below(place.path):
        reason = "this is no path of a file below its folder"
    elif parts.ignored.holds(place.path):
        return Fate(path=_shown(place), state="ignored", reason="its name is one of `ignore`: presslog config")
    else:
        return None
    return Fate(path=_shown(place), state="outside", reason=reason)


def _is_below(path: bytes) -> bool:
    is_name = b"\0" not in path and len(path) < PATH_MAX
    return is_name and not any(part in NOWHERE or len(part) > NAME_MAX for part in path.split(b"/"))


def _fate(parts: Parts, place: Place, outcome: Outcome | None) -> Fate:
    """What people are told; an outcome that is no news says nothing, and then the registry knows."""
    path = _shown(place)
    if outcome is None or (outcome.kind == "known" and not outcome.code):
        entry = parts.registry.entry(place.feed, place.folder, place.name)
        if entry is None:
            return Fate(path=path, state="gone")
        fate = Fate(path=path, state=entry.state, code=entry.code, reason=entry.reason)
        return _with_articles(parts, place, fate)
    state = "refused" if outcome.kind == "known" else STATES.get(outcome.kind, outcome.kind)
    return Fate(
        path=path,
        state=state,
        article_id="".join(outcome.ids[:1]),
        copy_of=outcome.copy_of.removeprefix("file/"),
        code=outcome.code,
        reason=outcome.reason,
        position=outcome.position,
    )


def _with_articles(parts: Parts, place: Place, fate: Fate) -> Fate:
    """The same with what the log says of a file that was read before."""
    last = parts.log.last(place.stream)
    fact = read_event(last).fact if last else None
    if fate.state not in ("read", "copy") or not isinstance(fact, FileReceived):
        return fate
    copy_of = fact.copy_of.removeprefix("file/") if fate.state == "copy" else ""
    return msgspec.structs.replace(fate, article_id="".join(fact.articles[:1]), copy_of=copy_of)
