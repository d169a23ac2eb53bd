"""The pager: an answer that is longer than the screen goes through the program that people read long texts with."""

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from .options import has_pager, is_terminal

if TYPE_CHECKING:
    import subprocess

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
DEFAULT = "less -FRX"
NO_PAGER = ("", "cat")
FOOT_LINES = 2
"""What is said below an answer, and the prompt of the shell, take these lines of the screen."""
OF_LESS = {"LESS": "FRX", "LV": "-c"}
"""Where nobody says otherwise: colour goes through and a short text stays on the screen, as git has it."""


def paged(function: _Decorated) -> _Decorated:
    """Let a command answer through the pager, where a person looks; what follows the log (-f) never does."""

    @wraps(function)
    def run(*arguments: Any, **options: Any) -> Any:
        with nullcontext() if options.get("is_following") else paging():
            return function(*arguments, **options)

    return run  # type: ignore[return-value]  # the same function for click, options and all


@contextmanager
def paging() -> Iterator[None]:
    """Stdout is a screen for the block; a pager that is left early ends the block quietly."""
    command = pager_command(os.environ) if is_terminal() and has_pager() and _screen() is None else []
    if not command:
        yield
        return
    terminal, screen = sys.stdout, Screen(command)
    writer = io.TextIOWrapper(io.BufferedWriter(screen), encoding=terminal.encoding, errors=terminal.errors)
    sys.stdout = writer
    try:
        yield
        writer.flush()
    except BrokenPipeError:
        if not screen.is_left:
            raise
    finally:
        with suppress(BrokenPipeError):
            writer.close()
        sys.stdout = terminal
        screen.end()


def said_later(text: str) -> bool:
    """Whether there is a screen that keeps a line of talk until its end, lest the pager be written over."""
    screen = _screen()
    if screen:
        screen.talk.append(text)
    return screen is not None


def pager_command(environment: Mapping[str, str]) -> list[str]:
    """The words of the pager's command: $PRESSLOG_PAGER, $PAGER or less; none where it is empty, cat, or not there.

    >>> pager_command({"TERM": "xterm", "PRESSLOG_PAGER": "cat", "PAGER": "less"})
    []
    """
    import shlex
    from shutil import which

    wish = environment.get("PRESSLOG_PAGER", environment.get("PAGER", DEFAULT)).strip()
    if wish in NO_PAGER or environment.get("TERM", "dumb") == "dumb":
        return []
    try:
        words = shlex.split(wish)
    except ValueError:
        return []
    return words if which(words[0], path=environment.get("PATH")) else []


class Screen(io.RawIOBase):
    """Keeps what is written while it fits the terminal; with the line that is too many a pager starts and gets it all.

    ``talk`` are lines for stderr, written at the end; ``is_left`` says that the reader left the pager before that.
    """

    def __init__(self, command: list[str]) -> None:
        from shutil import get_terminal_size

        super().__init__()
        size = get_terminal_size()
        self._command, self._columns, self._rows_left = command, size.columns, size.lines - FOOT_LINES
        self._kept: list[bytes] = []
        self._pager: subprocess.Popen[bytes] | None = None
        self.talk: list[str] = []
        self.is_left = False

    def writable(self) -> bool:
        """It is written to."""
        return True

    def isatty(self) -> bool:
        """A person looks at it."""
        return True

    def fileno(self) -> int:
        """The terminal, for who asks how wide it is."""
        return sys.__stdout__.fileno() if sys.__stdout__ else 1

    def write(self, content: Any) -> int:
        """Keep bytes, or give them to the pager.

        Raises:
            BrokenPipeError: its reader has left it.
        """
        content = bytes(content)
        if self._pager is None:
            self._kept.append(content)
            self._rows_left -= sum(1 + len(line) // (self._columns + 1) for line in content.split(b"\n")[:-1])
            if self._rows_left < 0:
                self._start()
        else:
            self._give(content)
        return len(content)

    def _start(self) -> None:
        import subprocess

        # The words are those of the person's own environment.
        self._pager = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=OF_LESS | os.environ)  # noqa: S603
        self._give(b"".join(self._kept))

    def _give(self, content: bytes) -> None:
        if self._pager is None or self._pager.stdin is None or self.is_left:
            return
        try:
            self._pager.stdin.write(content)
            self._pager.stdin.flush()
        except BrokenPipeError:
            self.is_left = True
            raise

    def end(self) -> None:
        """Wait for the pager, or write what was kept; then what was said meanwhile."""
        if self._pager is None:
            sys.stdout.buffer.write(b"".join(self._kept))
        else:
            _wait(self._pager)
        sys.stdout.flush()
        for text in self.talk:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()


def _wait(pager: "subprocess.Popen[bytes]") -> None:
    """Until the reader is done; Ctrl-C is the pager's meanwhile."""
    import signal

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager.communicate()
    finally:
        signal.signal(signal.SIGINT, before)


def _screen() -> Screen | None:
    screen = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return screen if isinstance(screen, Screen) else None
