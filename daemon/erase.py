"""The request to erase an article by order: its versions, the bytes that they were read from, and nothing else."""

import msgspec

from presslog.store.erase import Content, Mentions, brought, content_of, mentions
from presslog.store.errors import LogUnavailable, NotFound
from presslog.store.events import FileReceived
from presslog.store.log import Conflict, Erasure
from presslog.store.names import unescape_path

from .assemble import Parts
from .outcome import Outcome
from .places import Place


class Erase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Erase an article that ends at ``expected``; where the log tells of its files was read up to ``found.head``."""

    id: str
    reason: str
    expected: int
    found: Mentions = Mentions()


class LetGo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Go on with the views that serve now, and keep no older file of them open."""


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """The content of an article was erased by the event at this position; 0 where nothing of it was left to erase."""

    id: str
    position: int


def erase(parts: Parts, asked: Erase, actor: str) -> Erased:
    """Erase all versions that there are, in one step with the event that says who ordered it and why.

    Raises:
        NotFound: the log knows no such article.
        LogUnavailable: it is not as it was shown to whoever gave the order.
    """
    content = content_of(parts.log, asked.id)
    if content is None:
        raise NotFound(f"the log holds no article {asked.id}")
    if not content.positions:
        _forbid(parts, content)
        return Erased(id=content.id, position=0)
    if content.expected != asked.expected:
        raise LogUnavailable(f"something happened to {content.id} just now: look at it, then ask again")
    digests = _digests(parts, content, asked.found)
    append = parts.composer.redacted(content, digests, asked.reason, actor=actor)
    answer = parts.log.erase(Erasure(append, content.positions, digests))
    if isinstance(answer, Conflict):
        raise LogUnavailable(f"something happened to {content.id} just now: look at it, then ask again")
    parts.registry.forbid(digests)
    parts.composer.kept.forget()
    feed, _, path = content.place.partition("/")
    outcome = Outcome(Place(feed, unescape_path(path)), "erased", ids=(content.id,), position=answer.last)
    parts.tell([outcome._replace(reason=asked.reason)])
    parts.follower.ring()
    return Erased(id=content.id, position=answer.last)


def let_go(parts: Parts, asked: LetGo, actor: str) -> None:  # noqa: ARG001  it is nobody's doing
    """Have the follower look up: it notices that the views were switched."""
    parts.follower.ring()


def _digests(parts: Parts, content: Content, found: Mentions) -> tuple[str, ...]:
    """The bytes that go; of what came since the log was read for it, the daemon reads what it must."""

    def holds(file: FileReceived) -> bool:
        parts.drain.pulse.beat()
        return parts.composer.kept.holds(content.uri, file)

    return brought(parts.log, content, mentions(parts.log, content, before=found, holds=holds)).digests


def _forbid(parts: Parts, content: Content) -> None:
    """Learn once more which bytes may not come back: whoever asks again may do so because that failed."""
    for position in content.redactions:
        parts.registry.learn(parts.log.read(position - 1, 1))
