"""The request to read articles anew: what today's handlers say of their bytes is told apart from what newsrooms do."""

import time
from collections.abc import Sequence

import msgspec

from presslog.store.errors import LogUnavailable
from presslog.store.log import Conflict
from presslog.store.names import unescape_path

from .assemble import Parts
from .compose import ReadAgain
from .differences import Difference, differences
from .kept import Again
from .outcome import Outcome
from .places import Place

PORTION_SECONDS = 0.5
"""After so long the answer goes back, and files that arrived meanwhile have their turn; the rest is asked for again."""


class Reread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read these articles anew, as far as half a second goes; none at all: no more will be asked for.

    Where it ``is_dry`` nothing is recorded.
    """

    ids: tuple[str, ...]
    is_dry: bool = False


class Rereading(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one article.

    ``state`` is ``reread`` (in these ``revisions``, the newest of them with these ``differences``), ``same``,
    ``unreadable`` or ``another``; a ``code`` and a ``reason`` may also tell of single revisions that were left.
    """

    id: str
    state: str
    title: str = ""
    revisions: tuple[int, ...] = ()
    differences: tuple[Difference, ...] = ()
    code: str = ""
    reason: str = ""
    position: int = 0


def reread(parts: Parts, asked: Reread, actor: str) -> list[Rereading]:
    """Read articles anew and record where that says something else; answers for the first of those asked, in order."""
    if not asked.ids:
        parts.composer.kept.forget()
        return []
    deadline = time.monotonic() + PORTION_SECONDS
    done: dict[str, ReadAgain] = {}
    for identifier in dict.fromkeys(asked.ids):
        parts.drain.pulse.beat()
        done[identifier] = parts.composer.reread(identifier, actor=actor)
        if time.monotonic() > deadline:
            break
    told = {identifier: _told(identifier, again) for identifier, again in done.items()}
    return list(told.values()) if asked.is_dry else _recorded(parts, done, told)


def _recorded(parts: Parts, done: dict[str, ReadAgain], told: dict[str, Rereading]) -> list[Rereading]:
    """The same answers, once what is read otherwise stands in the log."""
    appends = {identifier: again.append for identifier, again in done.items() if again.append}
    blobs = [blob for again in done.values() for blob in again.blobs]
    answers = parts.log.append(list(appends.values()), blobs=blobs) if appends else []
    for identifier, answer in zip(appends, answers, strict=True):
        if isinstance(answer, Conflict):
            raise LogUnavailable(f"something happened to {identifier} just now: ask again")
        told[identifier] = msgspec.structs.replace(told[identifier], position=answer.last)
    parts.tell([_outcome(told[identifier], done[identifier]) for identifier in appends])
    return list(told.values())


def _outcome(told: Rereading, again: ReadAgain) -> Outcome:
    origin, revision = again.versions[-1].version.origin, told.revisions[-1]
    place = Place(origin.feed, unescape_path(origin.path))
    return Outcome(place, "reread", ids=(told.id,), title=told.title, revision=revision, position=told.position)


def _told(identifier: str, again: ReadAgain) -> Rereading:
    differing = [each for each in again.versions if each.fact]
    left = [each for each in again.versions if each.code]
    newest = differing[-1] if differing else None
    return Rereading(
        id=identifier,
        state="reread" if newest else left[-1].code if left else "same",
        title=again.versions[-1].version.article.title if again.versions else "",
        revisions=tuple(each.version.revision for each in differing),
        differences=differences(newest.version.article, newest.fact.article) if newest and newest.fact else (),
        code=left[-1].code if left else "",
        reason=_reason(left),
    )


def _reason(left: Sequence[Again]) -> str:
    """Why old readings stay: of the newest of them, and how many there are."""
    if not left:
        return ""
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    return f"revision {left[-1].version.revision}: {left[-1].reason}{more}"
