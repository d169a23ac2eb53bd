"""Deliveries: batches of hits, and the commands that take them; a batch arrives whole, or not at all."""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from presslog.store.errors import PresslogError

MOST_REASON_LETTERS = 200


class Batch(NamedTuple):
    """Hits of a search after one position of the log up to another; ``search`` is empty where it has no name."""

    search: str
    query: str
    after: int
    position: int
    hits: Sequence[dict[str, Any]]

    @property
    def key(self) -> str:
        """What names this batch: a repetition has the same."""
        return f"{self.search or digest_of(self.query)}:{self.after}-{self.position}"


Deliver = Callable[[Batch], None]
"""Delivers a batch and returns once it has arrived, or raises Undelivered."""


class Undelivered(PresslogError):
    """A batch did not arrive.

    ``is_refused`` says that the other side will not take it; ``wait_seconds`` is how long it wants to be left alone.
    """

    def __init__(self, message: str, *, is_refused: bool = False, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.is_refused = is_refused
        self.wait_seconds = wait_seconds


def digest_of(query: str) -> str:
    """A short name for a query that has none."""
    import hashlib

    return "query-" + hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:12]


def by_command(words: Sequence[str], store: Path, *, timeout_seconds: float) -> Deliver:
    """Give batches to a command: hits as lines of JSON on its input, the rest in its environment.

    It is not run by a shell. It has taken a batch when it ends with 0.
    """

    def deliver(batch: Batch) -> None:
        environment = {
            "PRESSLOG_STORE": str(store),
            "PRESSLOG_SEARCH": batch.search,
            "PRESSLOG_COUNT": str(len(batch.hits)),
            "PRESSLOG_AFTER": str(batch.after),
            "PRESSLOG_POSITION": str(batch.position),
        }
        lines = b"".join(msgspec.json.encode(hit) + b"\n" for hit in batch.hits)
        try:
            ended = subprocess.run(  # noqa: S603  the operator's own command
                words, input=lines, env=os.environ | environment, timeout=timeout_seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Undelivered(f"{words[0]} did not end within {timeout_seconds:g} s and was killed") from error
        except OSError as error:
            raise Undelivered(f"{words[0]} cannot be started: {error.strerror}") from error
        if ended.returncode:
            how = f"status {ended.returncode}" if ended.returncode > 0 else f"signal {-ended.returncode}"
            raise Undelivered(f"{words[0]} ended with {how}")

    return deliver
