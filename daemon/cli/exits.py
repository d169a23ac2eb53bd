"""Exit codes: the stable table, and which error ends with which."""

from typing import NamedTuple

from presslog.store.errors import (
    AmbiguousId,
    BadQuery,
    Behind,
    ConfigError,
    LogDiverged,
    LogUnavailable,
    NoSuchStore,
    NotFound,
    NotProven,
    PresslogError,
    StorageFailed,
    StoreLocked,
    StoreUnsafe,
    Unreadable,
)

OK, UNEXPECTED, USAGE, NOTHING, PARTLY, UNSAFE, AMBIGUOUS, LOCKED, NO_CONFIG, BEHIND = range(10)
INTERRUPTED = 130


class ExitCode(NamedTuple):
    """A code, what it says, and the errors that end with it."""

    code: int
    meaning: str
    errors: tuple[type[PresslogError], ...] = ()


# StorageFailed is a LogUnavailable: it stands before it.
EXIT_CODES = (
    ExitCode(OK, "ok"),
    ExitCode(UNEXPECTED, "unexpected error, or the disk failed", (StorageFailed,)),
    ExitCode(USAGE, "wrong usage, or a query that cannot be understood", (BadQuery,)),
    ExitCode(NOTHING, "not found; no match, where --exit-code asks for it", (NotFound,)),
    ExitCode(PARTLY, "partly failed: files were refused, checks failed, hits were not delivered", (Unreadable,)),
    ExitCode(UNSAFE, "the store is damaged, or is not the one it was", (StoreUnsafe, LogDiverged, NotProven)),
    ExitCode(AMBIGUOUS, "an id fits several articles", (AmbiguousId,)),
    ExitCode(
        LOCKED,
        "store or folder is locked by another process; the message says its pid; or a server does not answer",
        (StoreLocked, LogUnavailable),
    ),
    ExitCode(NO_CONFIG, "a setting is wrong, or there is no store", (ConfigError, NoSuchStore)),
    ExitCode(BEHIND, "the views are behind the log", (Behind,)),
    ExitCode(INTERRUPTED, "interrupted"),
)


def exit_code(error: PresslogError) -> int:
    """The code that an error ends with."""
    return next((each.code for each in EXIT_CODES if isinstance(error, each.errors)), UNEXPECTED)
