"""The SQLite engine on storage that fails or is not ours: full disks, damaged files, folders of other users."""

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import an_append
from processes import printed

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StorageFailed, StorageFull, StoreUnsafe
from presslog.store.lock import owner
from presslog.store.sqlite import PAGE_BYTES, sqlite3, translated

NOISE = random.Random(4).randbytes(64 * PAGE_BYTES)

AS_NOBODY = """
    import os, sys
    from pathlib import Path
    from presslog.store.engines.sqlite import SqliteLog

    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    assert not os.access(sys.argv[1], os.W_OK)
    log = SqliteLog(Path(sys.argv[1]), readonly=True)
    print(log.head(), log.read(0, 10)[0].data.decode())
"""

UNTIL_FULL = """
    import os, resource, sys
    from pathlib import Path
    from examples import an_append
    from presslog.store.engines.sqlite import SqliteLog
    from presslog.store.errors import StorageFailed

    folder, is_limited, is_about_blobs = Path(sys.argv[1]), sys.argv[2] == "limit", sys.argv[3] == "blob"
    log = SqliteLog(folder / "store")
    if is_limited:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    else:
        (folder / "ballast").write_bytes(bytes(2_000_000))

    def is_refused(action):
        try:
            action()
        except StorageFailed as error:
            return "check disk space" in str(error)
        return False

    stored = []
    while not is_refused(lambda: stored.extend(log.append([an_append(os.urandom(200_000))]))):
        assert len(stored) < 100
    print("stored", len(stored) > 0)
    if is_about_blobs:
        print("blob refused", is_refused(lambda: log.blobs.put(os.urandom(3_000_000))))
    else:
        print("batch refused", is_refused(lambda: log.append([an_append(), an_append(os.urandom(1_000_000))])))
    print("readable", [event.position for event in log.read(0, 1000)] == [each.first for each in stored])
    print("head", log.head() == stored[-1].last)

    if is_limited:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        (folder / "ballast").unlink()
    print("written again", log.append([an_append()])[0].first == stored[-1].last + 1)
    log.close()
    print("reopened", SqliteLog(folder / "store").head() == stored[-1].last + 1)
"""

REFUSALS = pytest.mark.parametrize("what", ["batch", "blob"])
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED without root: this needs a mount or another user")


@REFUSALS
def test_a_file_size_limit_refuses_and_loses_nothing(tmp_path: Path, what: str) -> None:
    lines = printed(UNTIL_FULL, tmp_path, "limit", what).splitlines()

    assert lines == promised(what)


@AS_ROOT
@REFUSALS
def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path, what: str) -> None:
    around = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=4m none "$0" && exec "$@"', str(tmp_path))
    if subprocess.run([*around, "true"], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: this machine lets not even root mount a tmpfs")

    lines = printed(UNTIL_FULL, tmp_path, "full", what, around=around).splitlines()

    assert lines == promised(what)


def promised(what: str) -> list[str]:
    promises = ("stored", f"{what} refused", "readable", "head", "written again", "reopened")
    return [f"{promise} True" for promise in promises]


@AS_ROOT
@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "beside a writer"])
def test_a_log_is_read_by_who_may_not_write_it(open_folder: Path, is_closed: bool) -> None:
    log = SqliteLog(open_folder)
    log.append([an_append(b"public")])
    if is_closed:
        log.close()

    seen = printed(AS_NOBODY, open_folder)

    assert seen == "1 public"
    log.close()


@pytest.mark.parametrize("readonly", [False, True], ids=["writer", "reader"])
@pytest.mark.parametrize("start", [0, 16, 100, PAGE_BYTES], ids=["all", "header", "schema", "tables"])
def test_a_damaged_file_is_refused(folder: Path, start: int, readonly: bool) -> None:
    spoil(a_closed_log(folder), start)

    with pytest.raises(StoreUnsafe, match=r"damaged|not a presslog log"):
        read_all(folder, readonly=readonly)

    assert owner(folder) is None


@pytest.mark.parametrize("readonly", [False, True], ids=["writer", "reader"])
def test_damage_below_the_events_is_found_by_reading(folder: Path, readonly: bool) -> None:
    path = a_closed_log(folder)
    page = path.read_bytes().index(b"marked") // PAGE_BYTES

    spoil(path, page * PAGE_BYTES, PAGE_BYTES)

    with pytest.raises(StoreUnsafe, match="damaged"):
        read_all(folder, readonly=readonly)


def test_what_the_disk_refused_for_a_moment_is_no_damage(folder: Path) -> None:
    path = a_closed_log(folder)
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorname = "SQLITE_CORRUPT"

    with pytest.raises(StorageFailed, match="cannot be read"), translated(path):
        raise error

    spoil(path, 2 * PAGE_BYTES)
    with pytest.raises(StoreUnsafe, match="damaged"), translated(path):
        raise error


def test_a_full_disk_is_named_also_by_what_has_no_name_for_it(folder: Path) -> None:
    with pytest.raises(StorageFull, match="check disk space"), translated(folder / "views-0002.db"):
        raise sqlite3.OperationalError("database or disk is full")


def test_a_file_that_was_cut_is_refused(folder: Path) -> None:
    path = a_closed_log(folder)

    os.truncate(path, path.stat().st_size // 2)

    with pytest.raises(StoreUnsafe, match="damaged"):
        read_all(folder, readonly=True)


@pytest.mark.parametrize("stands_there", ["nothing", "another log"])
def test_a_log_that_was_taken_away_takes_nothing_until_it_is_back(folder: Path, stands_there: str) -> None:
    log = SqliteLog(folder)
    log.append([an_append()])
    away = folder / "away.db"
    log.path.rename(away)
    if stands_there == "another log":
        shutil.copy(away, log.path)

    with pytest.raises(StorageFailed, match="put it back"):
        log.append([an_append(b"lost")])
    away.replace(log.path)
    [receipt] = log.append([an_append(b"kept")])

    assert receipt.first == 2
    assert [event.data for event in log.read(0, 10)] == [b"{}", b"kept"]
    log.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, as an operator can open it; those of pytest and of presslog are private."""
    folder = Path(tempfile.mkdtemp(prefix="presslog-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def a_closed_log(folder: Path) -> Path:
    log = SqliteLog(folder)
    log.append([an_append(b"marked " * 100) for _ in range(200)], blobs=[NOISE])
    log.close()
    return log.path


def spoil(path: Path, start: int, length: int = len(NOISE)) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(NOISE[:length])


def read_all(folder: Path, *, readonly: bool) -> None:
    log = SqliteLog(folder, readonly=readonly)
    try:
        log.read(0, 1000)
    finally:
        log.close()
