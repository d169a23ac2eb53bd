"""A daemon that runs as user 65534, who may read only what others let it read."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desks import Desk

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all")


def _lacks_nobody() -> str:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return "only root can be somebody else"
    tried = [*AS_NOBODY, sys.executable, "-c", "import presslog.daemon.cli"]
    failed = subprocess.run(tried, capture_output=True, check=False, cwd="/").returncode
    return "user 65534 cannot run this Python: it lies in a closed folder" if failed else ""


WITH_NOBODY = pytest.mark.skipif(bool(_lacks_nobody()), reason=f"SKIPPED LOUDLY: {_lacks_nobody()}")


@contextmanager
def nobodys_desk() -> Iterator[Desk]:
    """A desk that belongs to nobody, where nobody can get at it."""
    folder = Path(tempfile.mkdtemp(prefix="presslog-nobody-"))
    desk = Desk(folder / "desk", settle_seconds=1.0)
    for path in (folder, desk.folder, desk.seeds):
        os.chown(path, NOBODY, NOBODY)
    try:
        yield desk
    finally:
        shutil.rmtree(folder, ignore_errors=True)
