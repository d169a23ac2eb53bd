"""A terminal for tests: a command in a process of its own that believes a person looks at it."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from typing import NamedTuple

from processes import ENVIRONMENT, LIMIT_SECONDS

PLAIN = {"TERM": "xterm", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
UNSET = ("NO_COLOR", "FORCE_COLOR", "PAGER", "PRESSLOG_PAGER", "LESS", "COLUMNS", "LINES", "LC_ALL")


class Shown(NamedTuple):
    """What stood on the terminal, stdout and stderr together as they came, and how the command ended."""

    text: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def on_terminal(
    *arguments: object, columns: int = 80, rows: int = 24, keys: bytes = b"", after: str = "", **environment: str
) -> Shown:
    """Run presslog on a terminal of this size; ``keys`` are pressed when ``after`` has been shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    inherited = {name: value for name, value in ENVIRONMENT.items() if name not in UNSET}
    process = subprocess.Popen(
        # The terminal is its own: keys and Ctrl-C reach the command and its pager, and nobody else.
        ["setsid", "--ctty", sys.executable, "-m", "presslog.daemon", *map(str, arguments)],
        env=inherited | PLAIN | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        text = _read(ours, keys, after)
        return Shown(text.replace("\r\n", "\n"), process.wait(LIMIT_SECONDS))
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int, keys: bytes, after: str) -> str:
    """Everything until the last process has left the terminal."""
    shown, deadline = b"", time.monotonic() + LIMIT_SECONDS
    while select.select([terminal], [], [], deadline - time.monotonic())[0]:
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            return shown.decode("utf-8", "replace")
        if keys and after.encode() in shown:
            os.write(terminal, keys)
            keys = b""
    raise AssertionError(f"not ended within {LIMIT_SECONDS} s: {shown!r}")
