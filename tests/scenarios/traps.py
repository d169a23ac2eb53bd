"""A package that adds a format to presslog, as anybody may install one; this one misbehaves when a file tells it to."""

import os
from pathlib import Path

PACKAGE = """
import sys, time
from presslog.handlers.formats import Format
from presslog.store.article import Article


class Rage(BaseException):
    pass


def recognise(content, name):
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
