"""The yardsticks: floors that lie beside the repository and are read in place; none of their text is kept here."""

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "bench"


class Yardsticks(NamedTuple):
    """The modules of the yardsticks that only define things when they are imported."""

    common: ModuleType
    corpus: ModuleType
    read: ModuleType
    pipeline: ModuleType
    latency: ModuleType
    idle: ModuleType


def find(scratch: Path) -> Yardsticks | None:
    """Import the yardsticks, which then work in ``scratch``; None, after one line that says why, where they are absent.

    They are looked for in the folder named by BENCH_YARDSTICKS, else in ``../shared/bench`` beside the repository.
    """
    folder = Path(os.environ.get("BENCH_YARDSTICKS") or BESIDE)
    if not (folder / "limits_read.py").exists():
        print(f"no yardsticks in {folder}: articles of our own, no floors (name their folder with BENCH_YARDSTICKS)")
        return None
    # They read these two when they are imported.
    os.environ["BENCH_SCRATCH"], os.environ["BENCH_OUT"] = str(scratch / "scratch"), str(scratch / "out")
    sys.path.append(str(folder))
    sys.dont_write_bytecode = True  # that folder is not ours to write in
    names = ("common", "corpus", "limits_read", "limits_pipeline", "limits_latency", "limits_idle")
    try:
        return Yardsticks(*map(importlib.import_module, names))
    except ImportError as error:
        print(f"the yardsticks in {folder} need {error.name}, which is not installed: articles of our own, no floors")
        return None
