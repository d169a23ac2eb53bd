"""The child process in which others' parsers run: its limits, and the one function that is called in it.

What comes out is JSON of an Answer and nothing else, so that even a child in a stranger's hand gives plain data.
"""

import ctypes
import logging
import math
import os
import resource
import signal
import time
from contextlib import suppress

import msgspec

from presslog.store.errors import Unreadable

from .reading import Reading, read_articles

LIMIT_FILES = 64
MOST_ANSWER_BYTES = 128 << 20
"""The text of a file, which handlers.reading bounds, takes up to two bytes a letter in most alphabets."""
NICENESS = 5
PR_SET_PDEATHSIG = 1


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was read; or, where there is no reading, the code and the reason of the refusal."""

    reading: Reading | None = None
    code: str = ""
    reason: str = ""


def fence(parent: int, memory_bytes: int) -> None:
    """Take from this process what reading does not need; it ends with the thread of ``parent`` that started it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Both reach the whole group of a terminal; the daemon alone answers them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_NOFILE, LIMIT_FILES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    # What a library thinks of a page is no news for the operator's journal.
    logging.disable()
    # A parser that prints must not write between the lines of a command.
    os.dup2(2, 1)
    with suppress(OSError):
        os.nice(NICENESS)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        # Where memory runs out in spite of all limits, the child goes and not the daemon.
        score.write("1000")


def read_encoded(content: bytes, name: str, seconds: int) -> bytes:
    """Read a file within so many seconds of computing; after that the kernel ends this process."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until if most == resource.RLIM_INFINITY else min(until, most), most))
    try:
        encoded = msgspec.json.encode(Answer(read_articles(content, name)))
    except Unreadable as error:
        code = "handler-memory" if isinstance(error.__cause__, MemoryError) else error.code
        return _refused(code, str(error))
    except MemoryError:
        return _refused("handler-memory", "the memory was not enough")
    except BaseException as error:  # noqa: BLE001  a plugin that cannot be loaded, or interrupts: the child lives on
        return _refused("handler-failed", f"no format could be asked: {type(error).__name__}: {error}"[:500])
    if len(encoded) > MOST_ANSWER_BYTES:
        return _refused("too-large", f"more than {MOST_ANSWER_BYTES >> 20} MiB of articles in it: split the file")
    return encoded


def _refused(code: str, reason: str) -> bytes:
    return msgspec.json.encode(Answer(code=code, reason=reason.encode("utf-8", "replace").decode()))


def _limit(kind: int, limit: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _, most = resource.getrlimit(kind)
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(kind, (limit, limit))
