"""Pipes from a process that is not trusted: envelopes of plain data come out of them, and nothing that calls."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from pebble.common.types import Result, ResultStatus
from pebble.pool.process import Acknowledgement, TaskResult

from presslog.daemon.pipes import OneProcess

MOST_BYTES = 1000


class Call:
    """What is pickled as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> Any:
        return self._call


def came_through(said: bytes) -> Any:
    """What a reader makes of bytes that the other side has written."""
    reader, writer = OneProcess(MOST_BYTES).Pipe(duplex=False)
    with reader, writer:
        writer.send_bytes(said)
        return reader.recv()


@pytest.mark.parametrize(
    "message", [Acknowledgement(7, 1), TaskResult(1, Result(ResultStatus.SUCCESS, b"{}")), [1, "a", None]]
)
def test_envelopes_and_plain_values_come_through(message: Any) -> None:
    assert came_through(pickle.dumps(message)) == message


def test_member_of_an_enum_comes_through_as_every_python_pickles_it() -> None:
    assert came_through(pickle.dumps(Call(getattr, ResultStatus, "SUCCESS"))) is ResultStatus.SUCCESS


@pytest.mark.parametrize(
    "call",
    [
        Call(getattr, Result, "__init__"),
        Call(getattr, ResultStatus, "__class__"),
        Call(eval, "1 + 1"),
        Call(print, "called"),
        OSError("an error"),
    ],
    ids=["method", "class", "eval", "print", "exception"],
)
def test_what_calls_or_is_unknown_does_not(call: Any) -> None:
    with pytest.raises(OSError, match="no message of a pool"):
        came_through(pickle.dumps(call))


def test_call_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no plain data"):
        came_through(pickle.dumps(Call(os.mkdir, str(tmp_path / "made"))))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", [b"", b"\x80", b"words"])
def test_what_is_no_message_is_an_error_of_the_pipe(said: bytes) -> None:
    with pytest.raises(OSError, match="no message of a pool"):
        came_through(said)


def test_what_is_too_long_is_not_taken() -> None:
    with pytest.raises(OSError, match="bad message length"):
        came_through(bytes(MOST_BYTES + 1))


def test_a_second_process_is_refused() -> None:
    context = OneProcess(MOST_BYTES)
    context.Process(target=print)

    with pytest.raises(ChildProcessError):
        context.Process(target=print)
