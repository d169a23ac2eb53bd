"""The writer lock: one writer at a time, and the second is told who is the first."""

import os
import signal
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes import heard, running

from presslog.store.errors import StorageFailed, StoreLocked
from presslog.store.lock import WriterLock, owner, refuse_owned

HOLD = """
    import sys
    from pathlib import Path
    from presslog.store.lock import WriterLock

    with WriterLock(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
"""


def test_a_lock_makes_its_folder_and_names_its_owner(folder: Path) -> None:
    with WriterLock(folder) as lock:
        assert owner(folder) == os.getpid()
        assert lock.path.read_text() == f"{os.getpid()}\n"


def test_a_lock_and_the_folder_made_for_it_belong_to_their_owner_alone(folder: Path) -> None:
    with WriterLock(folder) as lock:
        assert stat.S_IMODE(lock.path.stat().st_mode) & 0o137 == 0
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_lock_that_is_held_is_refused_with_the_pid(folder: Path) -> None:
    with WriterLock(folder), pytest.raises(StoreLocked, match=f"pid {os.getpid()}:"):
        WriterLock(folder)


def test_a_lock_of_another_process_is_refused_with_its_pid(folder: Path) -> None:
    with running(HOLD, folder) as holder:
        assert heard(holder) == "held"

        for ask in (WriterLock, refuse_owned):
            with pytest.raises(StoreLocked, match=f"pid {holder.pid}:"):
                ask(folder)

        assert owner(folder) == holder.pid


def test_a_refused_lock_leaves_the_pid_of_its_holder(folder: Path) -> None:
    with WriterLock(folder) as lock:
        with pytest.raises(StoreLocked):
            WriterLock(folder)

        assert lock.path.read_text() == f"{os.getpid()}\n"


def test_a_released_lock_is_free(folder: Path) -> None:
    lock = WriterLock(folder)

    lock.release()
    lock.release()

    assert owner(folder) is None
    WriterLock(folder).release()


def test_the_lock_of_a_killed_process_is_free(folder: Path) -> None:
    with running(HOLD, folder) as holder:
        heard(holder)
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)

        assert owner(folder) is None
        WriterLock(folder).release()


def test_two_names_are_two_locks(folder: Path) -> None:
    with WriterLock(folder), WriterLock(folder, "rebuild.lock"):
        assert owner(folder, "rebuild.lock") == os.getpid()


def test_a_folder_without_lock_has_no_owner(folder: Path) -> None:
    refuse_owned(folder)

    assert owner(folder) is None


def test_a_shorter_pid_leaves_nothing_of_a_longer_one(folder: Path) -> None:
    folder.mkdir()
    (folder / "writer.lock").write_text("99999999999999\n")

    with WriterLock(folder):
        assert owner(folder) == os.getpid()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(StorageFailed, match=r"writer\.lock"):
        WriterLock(tmp_path / "file" / "store")


def test_asking_who_owns_a_lock_never_keeps_it_from_a_writer(folder: Path) -> None:
    WriterLock(folder).release()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            owner(folder)

    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask)
        try:
            for _ in range(2000):
                WriterLock(folder).release()
        finally:
            done.set()
        asking.result()
