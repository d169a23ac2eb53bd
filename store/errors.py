"""The errors of presslog: one root, few children, each message with its remedy."""


class PresslogError(Exception):
    """The root of every error that presslog raises on purpose."""


class ConfigError(PresslogError):
    """A setting is missing, unknown or wrong; the message names the key, the value and the remedy."""


class LogUnavailable(PresslogError):
    """Nothing is known about the outcome: call again with the same key."""


class Overtaken(LogUnavailable):
    """Another writer was faster: learn from the log what it holds, then call again."""


class StorageFailed(LogUnavailable):
    """The disk under the store refused to take or give bytes: full, read-only or broken."""


class StorageFull(StorageFailed):
    """The disk under the store has no room."""


class StoreLocked(PresslogError):
    """Another process writes to this store; the message names its pid."""


class KeyReused(PresslogError):
    """The same stream and idempotency key came with different events."""


class EventTooLarge(PresslogError):
    """An event is larger than the engine takes: put the content into the blob store and append a reference."""


class LogDiverged(PresslogError):
    """The log at this position is not the one that the reader followed: rebuild the views."""


class StoreUnsafe(PresslogError):
    """The store cannot keep its promise on this machine or file: wrong settings, wrong version, damage."""


class NotProven(PresslogError):
    """A checkpoint or a proof does not show what it should: it was altered, or another key has signed it."""


class NoSuchStore(PresslogError):
    """There is no store where one was looked for."""


class NotFound(PresslogError):
    """Nothing in the store answers to this id."""


class AmbiguousId(PresslogError):
    """A shortened id fits several articles; the message lists them."""


class BadQuery(PresslogError):
    """A search or SQL text cannot be understood or was refused."""


class Unreadable(PresslogError):
    """A file cannot be read as an article; ``code`` is a stable word, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Behind(PresslogError):
    """The views did not reach the asked position in time."""
