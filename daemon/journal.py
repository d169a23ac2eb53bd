"""The journal: loguru set up once, stdlib logging caught into it, one line per thing that happened."""

import logging
import os
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, TextIO

from loguru import logger

from presslog.store.times import utc_text

from .outcome import PASSING, Outcome
from .waits import Wait

if TYPE_CHECKING:
    import loguru

_MARKS = frozenset(' "=\\')
"""What would end a value, or begin another one."""

LINES_PER_BATCH = 20
"""Above so many files in a batch one line speaks for all; each file has its own at DEBUG."""

MOST_LETTERS = 12_000
"""journald reads what is behind 48 KiB as a line of its own, with a priority of its own."""
MOST_VALUE_LETTERS = 500
"""Of a title, a source or a reason, which strangers write; where and what must stand behind it all the same."""

_SYMBOLS = {
    "recorded": "+",
    "revised": "~",
    "unchanged": "=",
    "reread": "^",
    "copy": "=",
    "refused": "!",
    "dismissed": "x",
    "erased": "x",
    "withdrawn": "x",
    "waiting": "…",
    "removed": "-",
    "vanished": "-",
    "known": "=",
}


class _Caught(logging.Handler):
    """Hands what libraries log to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on, shortened: watchdog can print every watch it holds in one line."""
        level = record.levelname if record.levelname in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL") else "INFO"
        logger.opt(exception=record.exc_info).log(level, "{}: {}", record.name, record.getMessage()[:500])


def set_up(level: str) -> None:
    """Send lines of at least ``level`` to stderr: with a clock for people, with a priority for the systemd journal."""
    logger.remove()
    is_journal = "JOURNAL_STREAM" in os.environ and not sys.stderr.isatty()
    pattern = "{extra[priority]}{message}" if is_journal else "{time:HH:mm:ss}  {message}"
    logger.configure(patcher=_harmless)
    sink = partial(_write, sys.stderr, is_journal=is_journal)
    logger.add(sink, level=level, format=pattern, colorize=False, backtrace=False, diagnose=False)
    logging.basicConfig(handlers=[_Caught()], level=max(logging.INFO, logging.getLevelName(level)), force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _harmless(record: "loguru.Record") -> None:
    """Make one line of a message, whatever it quotes; a line of its own could pretend to be another's."""
    record["extra"]["priority"] = _PRIORITIES.get(record["level"].name, "<6>")
    record["message"] = _cut(_printable(record["message"]), MOST_LETTERS)


def _write(stream: TextIO, message: "loguru.Message", *, is_journal: bool) -> None:
    """Write a message; the lines of an error below it have its priority, and what it quotes begins none of them."""
    first, *below = str(message).rstrip("\n").split("\n")
    start = message.record["extra"]["priority"] if is_journal else ""
    lines = [first, *(start + _cut(_printable(text), MOST_LETTERS) for text in below)]
    stream.write("\n".join(lines) + "\n")
    stream.flush()


_PRIORITIES = {"DEBUG": "<7>", "INFO": "<6>", "WARNING": "<4>", "ERROR": "<3>", "CRITICAL": "<2>"}


def tell(outcomes: Sequence[Outcome]) -> None:
    """Write what became of some files."""
    news = (outcome for outcome in outcomes if not outcome.is_being_read)
    worth = [outcome for outcome in news if outcome.kind != "known" or outcome.retired]
    is_crowd = len(worth) > LINES_PER_BATCH
    for outcome in worth:
        logger.opt(lazy=True).log(_level(outcome, is_crowd=is_crowd), "{}", partial(line, outcome))
    if is_crowd:
        kinds = Counter(outcome.kind for outcome in worth)
        said = " ".join(f"{kind}={count}" for kind, count in kinds.items())
        logger.info("+ files={} {} position={}", len(worth), said, max(outcome.position for outcome in worth))


def tell_overdue(waits: Sequence[Wait]) -> None:
    """Warn of files that wait long; of a crowd the first few speak for all."""
    for wait in waits[:LINES_PER_BATCH]:
        place, waiting = wait.place, wait.waiting
        said = "… waiting long feed={} path={} since={} code={} reason={}"
        path, since = quoted(place.shown), utc_text(wait.since_at)
        logger.warning(said, place.feed, path, since, waiting.code, quoted(waiting.reason))
    if len(waits) > LINES_PER_BATCH:
        logger.warning("… waiting long files={}: presslog files --state waiting", len(waits))


def warn_of(warnings: Sequence[str]) -> None:
    """Say what an operator should know of the log from the beginning."""
    for warning in warnings:
        logger.warning("log: {}", warning)


def _level(outcome: Outcome, *, is_crowd: bool) -> str:
    if outcome.kind == "refused" or (outcome.kind == "waiting" and outcome.code not in PASSING):
        return "WARNING"
    return "DEBUG" if is_crowd or outcome.is_passing else "INFO"


def line(outcome: Outcome) -> str:
    """One outcome as one line: a sign, a word in the past tense, key=value.

    >>> from presslog.daemon.places import Place
    >>> line(Outcome(Place("seeds", b"a.txt"), "copy", position=7, copy_of="file/seeds/b.txt"))
    '= copy feed=seeds path=a.txt position=7 copy_of=file/seeds/b.txt'
    """
    fields = {
        "article": " ".join(outcome.ids[:1]),
        "articles": len(outcome.ids) if len(outcome.ids) > 1 else "",
        "revision": outcome.revision if outcome.kind in ("revised", "reread") else "",
        "source": _cut(outcome.source, MOST_VALUE_LETTERS),
        "title": _cut(outcome.title, MOST_VALUE_LETTERS),
        "words": outcome.words or "",
        "feed": outcome.place.feed,
        "path": outcome.place.shown,
        "position": outcome.position or "",
        "copy_of": outcome.copy_of,
        "code": outcome.code,
        "reason": _cut(outcome.reason, MOST_VALUE_LETTERS),
        "retired": outcome.retired,
    }
    said = " ".join(f"{name}={quoted(str(value))}" for name, value in fields.items() if value != "")
    return f"{_SYMBOLS.get(outcome.kind, '+')} {outcome.kind} {said}"


def quoted(value: str) -> str:
    r"""A value that stays one word and one line whatever it holds.

    >>> print(quoted("two words\n<0>"))
    "two words\n<0>"
    """
    if value and value.isprintable() and not _MARKS.intersection(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _printable(escaped) + '"'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()
