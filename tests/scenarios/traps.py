"""A package that adds a format to presslog, as anybody may install one; this one misbehaves when a file tells it to."""

import os
from pathlib import Path

PACKAGE = """
import ctypes, gc, json, os, pickle, resource, signal, sys, time
from presslog.handlers.formats import Format
from presslog.store.article import Article, Unread

kept = []


class Rage(BaseException):
    pass


class Call:
    # What a pickle can do to who reads it.
    def __reduce__(self):
        return os.mkdir, (self.path,)


def pipe():
    # The pipe to the daemon, into which code can write that has taken the process over.
    from pebble.pool.channel import WorkerChannel

    return next(each for each in gc.get_objects() if isinstance(each, WorkerChannel)).writer


def a_lie(number):
    from pebble.common.types import Result, ResultStatus
    from pebble.pool.process import TaskResult

    return pickle.dumps(TaskResult(number, Result(ResultStatus.FAILURE, 7)))


def recognise(content, name):
    if name.startswith("trap-recognise"):
        time.sleep(1000)
    return 1.0 if name.startswith("trap-") else 0.0


def read(content, name):
    match name.split("-")[1].split(".")[0]:
        case "raise":
            raise RuntimeError("a bug in a plugin")
        case "base":
            raise Rage("a bug in a plugin")
        case "exit":
            sys.exit(3)
        case "interrupt":
            raise KeyboardInterrupt
        case "recursion":
            return read(content, name) + [0]
        case "memory":
            raise MemoryError
        case "bomb":
            while True:
                kept.append(bytearray(16 << 20))
        case "leak":
            kept.append(bytearray(200 << 20))
        case "loop":
            while True:
                pass
        case "vanish":
            os._exit(0)
        case "status":
            os._exit(3)
        case "signal":
            os.kill(os.getpid(), signal.SIGRTMIN + 5)
        case "segfault":
            ctypes.string_at(0)
        case "terminated":
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        case "pickle":
            call = Call()
            call.path = os.fsdecode(content.strip())
            pipe().send_bytes(pickle.dumps(call))
            time.sleep(10)
        case "lie":
            for number in range(100):
                pipe().send_bytes(a_lie(number))
            time.sleep(10)
        case "half":
            os.write(pipe().fileno(), bytes([0, 0, 1, 0, 1]))
            os._exit(1)
        case "huge":
            return [Article(title=f"Part {number}", text="x" * (1 << 20)) for number in range(100)]
        case "title":
            return [Article(title="x" * (1 << 20), text="A title without an end.")]
        case "nothing":
            return [Unread("line 1", "odd", "it is odd")]
        case "gate":
            while not os.path.exists(content.strip()):
                time.sleep(0.01)
        case "meet":
            place = os.fsdecode(content.strip())
            os.mkdir(os.path.join(place, str(os.getpid())))
            while len(os.listdir(place)) < 2:
                time.sleep(0.01)
        case "fence":
            limits = [resource.getrlimit(getattr(resource, "RLIMIT_" + kind))[1] for kind in ("AS", "FSIZE", "CORE")]
            return [Article(title="Fence", text=json.dumps([limits, os.getpid()]))]
        case "nonsense":
            return 7
        case "hang":
            while True:
                time.sleep(0.1)
        case "slow":
            time.sleep(3)
    return [Article(title="Trap", text="Nothing was caught.")]


FORMAT = Format("trap", recognise, read)
"""
METADATA = "Metadata-Version: 2.1\nName: presslog-trap\nVersion: 1.0\n"
ENTRY_POINTS = "[presslog.formats]\ntrap = presslog_trap:FORMAT\n"


def installed(folder: Path) -> dict[str, str]:
    """Put the package into a folder; the variables that make a daemon find it."""
    described = folder / "presslog_trap-1.0.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text(METADATA)
    (described / "entry_points.txt").write_text(ENTRY_POINTS)
    (folder / "presslog_trap.py").write_text(PACKAGE)
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))}
