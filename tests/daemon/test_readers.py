"""Readers: what others wrote runs in real child processes, and whatever it does costs one file."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from examples import until
from processes import ENVIRONMENT, heard, printed, running
from scenarios.traps import installed

from presslog.daemon.readers import NoReader, ReaderLimits, Readers
from presslog.handlers.reading import read_articles
from presslog.store.errors import Unreadable

MEMORY_BYTES = 512 << 20
PATIENT = ReaderLimits(processes=2, seconds=30, memory_bytes=MEMORY_BYTES)
HASTY = PATIENT._replace(processes=3, seconds=1)
STORY = b"Rivers rise\n\nThe water came at night.\n"

Made = Callable[..., Readers]


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A package with a format full of traps; the variables that make another process find it as well."""
    folder = tmp_path_factory.mktemp("plugins")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder / "package"))
        yield installed(folder / "package")


@pytest.fixture(scope="module")
def trapped(plugin: dict[str, str]) -> Iterator[Readers]:
    """Readers that know the traps, for all tests that do not count children."""
    readers = Readers(PATIENT)
    yield readers
    readers.close()


@pytest.fixture
def made() -> Iterator[Made]:
    """A function that makes readers, which are closed in the end."""
    everything: list[Readers] = []

    def make(limits: ReaderLimits = PATIENT, **settings: float) -> Readers:
        everything.append(Readers(limits, **settings))
        return everything[-1]

    yield make
    for readers in everything:
        readers.close()


def children() -> set[int]:
    """The processes that this one has started and that read."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        pids = (task / "children").read_text().split()
        found |= {int(pid) for pid in pids if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def refusal(readers: Readers, name: str, content: bytes = STORY) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        readers.read(content, name)
    return refused.value


def test_child_gives_the_very_articles(made: Made) -> None:
    readers = made()
    samples = [path for path in (Path(__file__).parents[1] / "samples").iterdir() if path.is_file()]

    readings = [readers.submit(path.read_bytes(), path.name).result() for path in samples]

    assert readings == [read_articles(path.read_bytes(), path.name) for path in samples]


def test_small_text_is_read_without_a_child(made: Made) -> None:
    reading = made().read(STORY, "rivers.txt")

    assert reading.articles[0].title == "Rivers rise"
    assert children() == set()


def test_who_needs_no_child_does_not_even_import_what_starts_one() -> None:
    imported = printed("""
        import sys
        from presslog.daemon.readers import ReaderLimits, Readers

        Readers(ReaderLimits(1, 1, 1 << 30)).read(b"Rivers rise\\n\\nThe water came.", "a.txt")
        print(sorted({"pebble", "multiprocessing", "asyncio"} & set(sys.modules)))
    """)

    assert imported == "[]"


def test_large_text_is_read_in_a_child(made: Made) -> None:
    reading = made().read(STORY * 40_000, "rivers.txt")

    assert reading.articles[0].title == "Rivers rise"
    assert len(children()) == 1


def test_children_end_when_there_is_no_work_and_begin_anew(made: Made) -> None:
    readers = made(idle_seconds=0.2)
    readers.submit(STORY, "rivers.txt").result()
    pids = children()

    until(lambda: not any(map(is_alive, pids)))
    again = readers.submit(STORY, "rivers.txt").result()

    assert len(pids) == 1
    assert again.articles[0].title == "Rivers rise"


def test_child_does_not_run_the_script_that_has_started_presslog(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from presslog.daemon.readers import ReaderLimits, Readers\n"
        "readers = Readers(ReaderLimits(1, 10, 1 << 30))\n"
        "print(readers.submit(b'Rivers rise\\n\\nThe water came.', 'a.txt').result().format)\n"
    )

    ended = subprocess.run(
        [sys.executable, script], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )

    assert (ended.returncode, ended.stdout) == (0, "text\n"), ended.stderr


@pytest.mark.parametrize(
    ("trap", "code", "said"),
    [
        ("raise", "handler-failed", "RuntimeError"),
        ("base", "handler-failed", "Rage"),
        ("exit", "handler-failed", "SystemExit"),
        ("interrupt", "handler-failed", "KeyboardInterrupt"),
        ("recursion", "handler-failed", "RecursionError"),
        ("nonsense", "handler-failed", "TypeError"),
        ("nothing", "no-article", "it is odd"),
        ("huge", "too-large", "split the file"),
        ("memory", "handler-memory", "raise reader_memory_bytes"),
        ("bomb", "handler-memory", "raise reader_memory_bytes"),
        ("vanish", "handler-crashed", "report the file"),
        ("status", "handler-crashed", "status 3"),
        ("signal", "handler-crashed", "Real-time signal"),
        ("segfault", "handler-crashed", "Segmentation fault"),
        ("half", "handler-crashed", "report the file"),
        ("lie", "handler-crashed", "report the file"),
    ],
)
def test_trap_costs_its_own_file(trapped: Readers, trap: str, code: str, said: str) -> None:
    refused = refusal(trapped, f"trap-{trap}.txt")
    after = trapped.read(STORY, "rivers.txt")

    assert refused.code == code
    assert said in str(refused)
    assert after.articles[0].title == "Rivers rise"


def test_whoever_hangs_is_given_up(plugin: dict[str, str], made: Made) -> None:
    readers = made(HASTY)

    hung = [readers.submit(STORY, f"trap-{trap}.txt") for trap in ("hang", "loop", "recognise")]
    errors = [future.exception(60) for future in hung]
    after = readers.read(STORY, "rivers.txt")

    assert [getattr(error, "code", error) for error in errors] == ["handler-timeout"] * 3
    assert all("raise reader_seconds" in str(error) for error in errors)
    assert after.articles[0].title == "Rivers rise"


def test_what_a_child_says_is_never_run(trapped: Readers, tmp_path: Path) -> None:
    refused = refusal(trapped, "trap-pickle.txt", os.fsencode(tmp_path / "made"))

    assert refused.code == "handler-crashed"
    assert list(tmp_path.iterdir()) == []


def test_file_is_not_blamed_for_what_others_have_left_in_the_child(trapped: Readers) -> None:
    titles = [trapped.read(STORY, "trap-leak.txt").articles[0].title for _ in range(4)]

    assert titles == ["Trap"] * 4, "not all of it fits into one child"


def test_file_is_not_blamed_where_somebody_ends_the_child(trapped: Readers) -> None:
    with pytest.raises(NoReader):
        trapped.read(STORY, "trap-terminated.txt")

    assert trapped.read(STORY, "rivers.txt").articles


def test_as_many_children_read_at_once_as_there_may_be(trapped: Readers, tmp_path: Path) -> None:
    both = [trapped.submit(os.fsencode(tmp_path), f"trap-meet{number}.txt") for number in range(2)]

    assert [future.result(30).format for future in both] == ["trap", "trap"]


def test_whoever_waits_for_a_child_counts_as_alive(trapped: Readers, tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    reading = trapped.read(os.fsencode(gate), "trap-gate.txt", beat=gate.touch)

    assert reading.format == "trap", "the gate is opened by the first beat"


def test_child_has_what_reading_needs_and_no_more(trapped: Readers) -> None:
    limits, pid = json.loads(trapped.read(STORY, "trap-fence.txt").articles[0].text)

    assert limits == [MEMORY_BYTES, 0, 0]
    assert pid != os.getpid()


def test_close_ends_children_at_work_at_once(plugin: dict[str, str], made: Made) -> None:
    readers = made()
    before = children()
    readers.read(STORY, "rivers.txt")
    future = readers.submit(STORY, "trap-hang.txt")
    pids, began = children() - before, time.monotonic()

    readers.close()
    seconds = time.monotonic() - began

    assert seconds < 2
    assert pids
    assert not any(map(is_alive, pids))
    assert isinstance(future.exception(0), NoReader)


def test_no_child_outlives_a_daemon_that_is_killed(plugin: dict[str, str]) -> None:
    code = """
        import multiprocessing, time
        from presslog.daemon.readers import ReaderLimits, Readers

        readers = Readers(ReaderLimits(2, 30, 1 << 30))
        for name in ("trap-loop.txt", "trap-hang.txt"):
            readers.read(b"words", "warm-up.txt")
            readers.submit(b"words", name)
        while len(multiprocessing.active_children()) < 2:
            time.sleep(0.01)
        print(*[child.pid for child in multiprocessing.active_children()])
        time.sleep(60)
    """

    with running(code, **plugin) as process:
        pids = [int(pid) for pid in heard(process).split()]
        were_alive = all(map(is_alive, pids))
        process.send_signal(signal.SIGKILL)

        until(lambda: not any(map(is_alive, pids)), seconds=5)

    assert len(pids) == 2
    assert were_alive
