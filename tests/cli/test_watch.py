"""presslog watch: real processes, a real web server, and a daemon beside."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from archives import Archive
from click.testing import Result
from desks import Desk, a_story, running_daemon
from examples import until

from presslog.store.cursors import CursorFile

Ask = Callable[..., Result]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}
LIMIT_SECONDS = 30
TAKER = """
import json, os, sys
told = {name: value for name, value in os.environ.items() if name.startswith("PRESSLOG_")}
with open(sys.argv[1], "a") as file:
    print(json.dumps([told, [json.loads(line) for line in sys.stdin], sys.argv[2:]]), file=file)
sys.exit(os.path.exists(sys.argv[1] + ".broken"))
"""


class Watching:
    """A running watch, with the lines that it has written."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self.said: list[str] = []
        for pipe, into in ((process.stdout, self.lines), (process.stderr, self.said)):
            threading.Thread(target=self._read, args=(pipe, into), daemon=True).start()
        until(lambda: bool(self.said), seconds=LIMIT_SECONDS)

    @staticmethod
    def _read(pipe: Any, into: list[str]) -> None:
        for line in pipe:
            into.append(line.rstrip("\n"))  # noqa: PERF401  each line as it comes

    def ends(self, number: int | None = None) -> int:
        """The exit code, after a signal where one is named."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(LIMIT_SECONDS)


@contextmanager
def watching(folder: Path, *arguments: object) -> Iterator[Watching]:
    command = [sys.executable, "-m", "presslog.daemon", "watch", *map(str, arguments), "--store", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=ENVIRONMENT, text=True, **pipes) as process:
        try:
            yield Watching(process)
        finally:
            process.kill()


class Hook:
    """A web server that takes what is posted to it; ``answers`` are its next ones, after them it says 204."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posted.append((dict(self.headers), json.loads(content)))
                code, headers = hook.answers.pop(0) if hook.answers else (204, {})
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def do_GET(self) -> None:
                hook.posted.append(({}, {"method": "GET"}))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook?secret=1"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture
def saved(archive: Archive) -> Archive:
    """An archive in which `floods` is saved, and after it an article that matches came."""
    archive.keep("old.txt")
    archive.save("floods", "rivers")
    archive.keep("a.txt", title="Rivers rise", source="Wire")
    return archive.build()


def taker(path: Path, *words: str) -> str:
    """A command that writes down what it is given, and fails while FILE.broken is there."""
    script = path.with_suffix(".py")
    script.write_text(TAKER)
    return shlex.join([sys.executable, str(script), str(path), *words])


def taken(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def titles(ended: Result) -> list[str]:
    return [json.loads(line)["title"] for line in ended.stdout.splitlines()]


def test_each_hit_is_told_once_and_none_from_before_it_was_saved(saved: Archive, ask: Ask) -> None:
    first, again = ask("watch", "floods", "--once"), ask("watch", "floods", "--once")
    saved.keep("b.txt", title="Rivers fall")
    saved.build()

    then = ask("watch", "floods", "--once")

    assert first.stdout.startswith("2022-01-06 12:00:00Z  + Wire  Rivers rise  art_")
    assert first.stdout.endswith("  #4\n")
    assert "1 hit of the search floods · as of #5" in first.stderr
    assert again.stdout == ""
    assert "Rivers fall" in then.stdout


def test_each_way_of_delivery_has_its_own_place(saved: Archive, ask: Ask, tmp_path: Path) -> None:
    ask("watch", "floods", "--once")

    ask("watch", "floods", "--once", "--exec", taker(tmp_path / "taken"))

    assert len(taken(tmp_path / "taken")) == 1
    places = json.loads(ask("searches", "show", "floods", "-o", "json").stdout)["delivered"]
    assert places == [{"kind": "exec", "position": 5}, {"kind": "print", "position": 5}]


def test_later_revisions_are_told_only_where_changes_are_asked_for(saved: Archive, ask: Ask) -> None:
    saved.keep("a.txt", title="Rivers rise", text="Nothing.")
    saved.keep("a.txt", title="Lakes", text="Nothing.")
    saved.build()

    hits = [
        json.loads(line)
        for line in ask("watch", "rivers", "--from-start", "--once", "-o", "ndjson").stdout.splitlines()
    ]
    changes = ask("watch", "rivers", "--after", "5", "--once", "--changes").stdout.splitlines()

    assert [(hit["path"], hit["is_new"]) for hit in hits] == [("old.txt", True), ("a.txt", True)]
    assert [line.split("  ")[1][0] for line in changes] == ["~", "-"]
    assert "no longer matches" in changes[1]


def test_forms_are_lines_of_json_or_an_array(saved: Archive, ask: Ask) -> None:
    lines = ask("watch", "rivers", "--from-start", "--once", "-o", "ndjson")
    array = ask("watch", "rivers", "--from-start", "--once", "-o", "json")
    nothing = ask("watch", "drought", "--from-start", "--once", "-o", "json")

    assert titles(lines) == ["Rivers rise", "Rivers rise"]
    assert [hit["snippet"] for hit in json.loads(array.stdout)] == ["The water came at night."] * 2
    assert json.loads(nothing.stdout) == []


def test_command_gets_hits_on_its_input_and_is_run_by_no_shell(saved: Archive, ask: Ask, tmp_path: Path) -> None:
    ended = ask("watch", "floods", "--once", "--exec", taker(tmp_path / "taken", "$HOME; ls", "*"))

    assert ended.exit_code == 0
    [[told, hits, words]] = taken(tmp_path / "taken")
    assert told == {
        "PRESSLOG_STORE": str(saved.folder),
        "PRESSLOG_SEARCH": "floods",
        "PRESSLOG_COUNT": "1",
        "PRESSLOG_AFTER": "3",
        "PRESSLOG_POSITION": "5",
    }
    assert [hit["title"] for hit in hits] == ["Rivers rise"]
    assert words == ["$HOME; ls", "*"]


def test_command_may_ask_presslog(saved: Archive, ask: Ask, tmp_path: Path) -> None:
    script = tmp_path / "ask.sh"
    script.write_text(f'"{sys.executable}" -m presslog.daemon search --saved "$PRESSLOG_SEARCH" > "$1"\n')

    ended = ask("watch", "floods", "--once", "--exec", f"sh {script} {tmp_path / 'said'}")

    assert ended.exit_code == 0
    assert "Rivers rise" in (tmp_path / "said").read_text()


def test_hits_that_a_command_did_not_take_come_again(saved: Archive, ask: Ask, tmp_path: Path) -> None:
    command, broken = taker(tmp_path / "taken"), tmp_path / "taken.broken"
    broken.touch()
    failed = ask("watch", "floods", "--once", "--exec", command)
    broken.unlink()

    ask("watch", "floods", "--once", "--exec", command)
    ask("watch", "floods", "--once", "--exec", command)

    assert failed.exit_code == 4
    assert "ended with status 1" in failed.stderr
    assert [[hit["path"] for hit in hits] for _, hits, _ in taken(tmp_path / "taken")] == [["a.txt"], ["a.txt"]]


def test_command_that_hangs_is_killed(saved: Archive, ask: Ask) -> None:
    ended = ask("watch", "floods", "--once", "--exec", "sleep 60", "--timeout", "0.3")

    assert ended.exit_code == 4
    assert "did not end within 0.3 s" in ended.stderr


def test_hits_are_posted_with_a_key(saved: Archive, ask: Ask, hook: Hook) -> None:
    ended = ask("watch", "floods", "--once", "--webhook", hook.url)

    assert ended.exit_code == 0
    [(headers, body)] = hook.posted
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == '"floods:3-5"'
    assert (body["search"], body["query"], body["after"], body["position"]) == ("floods", "rivers", 3, 5)
    assert [hit["title"] for hit in body["hits"]] == ["Rivers rise"]


@pytest.mark.parametrize("code", [301, 307, 400, 404, 500, 503])
def test_address_that_does_not_take_hits_gets_them_again(saved: Archive, ask: Ask, hook: Hook, code: int) -> None:
    hook.answers = [(code, {"Location": "/elsewhere"})]

    failed, then = (ask("watch", "floods", "--once", "--webhook", hook.url) for _ in range(2))

    assert (failed.exit_code, then.exit_code) == (4, 0)
    assert f"127.0.0.1 answered {code}" in failed.stderr
    assert "secret" not in failed.stderr
    assert [headers["Idempotency-Key"] for headers, _ in hook.posted] == ['"floods:3-5"'] * 2


def test_failing_address_is_tried_again_with_the_same_key(saved: Archive, hook: Hook) -> None:
    hook.answers = [(503, {})]

    with watching(saved.folder, "floods", "--webhook", hook.url) as watch:
        until(lambda: len(hook.posted) == 2, seconds=LIMIT_SECONDS)
        until(lambda: CursorFile(saved.folder, "floods", "webhook").read() is not None)

        assert watch.ends(signal.SIGTERM) == 0
    assert hook.posted[0][0]["Idempotency-Key"] == hook.posted[1][0]["Idempotency-Key"]
    assert "127.0.0.1 answered 503; again in 1 s" in "\n".join(watch.said)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "example.org", "http://", "http://a:b@c/"])
def test_address_of_another_kind_is_refused(saved: Archive, ask: Ask, url: str) -> None:
    ended = ask("watch", "floods", "--once", "--webhook", url)

    assert ended.exit_code == 2
    assert "https://example.org/hook" in ended.stderr


def test_address_where_nobody_listens_ends_with_4(saved: Archive, ask: Ask, hook: Hook) -> None:
    hook.close()

    ended = ask("watch", "floods", "--once", "--webhook", hook.url)

    assert ended.exit_code == 4
    assert "127.0.0.1 cannot be reached" in ended.stderr


def test_feed_file_is_there_at_once_and_kept_current(saved: Archive, tmp_path: Path) -> None:
    path = tmp_path / "floods.json"

    def shown() -> list[str]:
        return [item["title"] for item in json.loads(path.read_text())["items"]]

    with watching(saved.folder, "floods", "--feed", path) as watch:
        until(path.exists, seconds=LIMIT_SECONDS)
        assert shown() == ["Rivers rise", "Rivers rise"]
        saved.keep("a.txt", title="Lakes")
        saved.build()
        until(lambda: len(shown()) == 1, seconds=LIMIT_SECONDS)
        saved.keep("b.txt", title="Rivers fall")
        saved.build()
        until(lambda: "Rivers fall" in shown(), seconds=LIMIT_SECONDS)

        assert watch.ends(signal.SIGTERM) == 0


def test_second_watch_of_one_kind_is_refused_and_told_of_the_first(saved: Archive, ask: Ask) -> None:
    with watching(saved.folder, "floods") as watch:
        second = ask("watch", "floods", "--once")
        other = ask("watch", "floods", "--once", "--exec", "true")

    assert second.exit_code == 7
    assert f"by pid {watch.process.pid}" in second.stderr
    assert other.exit_code == 0


def test_watch_goes_on_over_a_rebuild_a_new_query_and_ends_with_the_search(saved: Archive, ask: Ask) -> None:
    with watching(saved.folder, "floods") as watch:
        until(lambda: len(watch.lines) == 1, seconds=LIMIT_SECONDS)
        assert ask("views", "rebuild").exit_code == 0
        saved.keep("b.txt", title="Rivers fall")
        saved.build()
        until(lambda: len(watch.lines) == 2, seconds=LIMIT_SECONDS)
        saved.save("floods", "drought")
        saved.keep("c.txt", title="Drought")
        saved.keep("d.txt", title="Rivers again")
        saved.build()
        until(lambda: len(watch.lines) == 3, seconds=LIMIT_SECONDS)
        saved.unsave("floods")
        saved.build()

        code = watch.ends()

    assert ["Rivers rise" in watch.lines[0], "Rivers fall" in watch.lines[1], "Drought" in watch.lines[2]] == [True] * 3
    assert code == 3
    assert "no search is saved as 'floods'" in watch.said[-1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_watch_beside_a_daemon_tells_of_what_is_dropped_and_ends_well(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drop("old.txt", a_story("Rivers of old"))
    desk.drain()

    with running_daemon(desk), watching(desk.folder, "rivers") as watch:
        until(desk.is_served, seconds=LIMIT_SECONDS)
        desk.drop("new.txt", a_story("Rivers rise"))
        until(lambda: bool(watch.lines), seconds=LIMIT_SECONDS)

        assert watch.ends(number) == code
    assert ["Rivers rise" in line for line in watch.lines] == [True]
    assert "Traceback" not in "\n".join(watch.said)


def test_hostile_words_do_nothing_on_the_screen(archive: Archive, ask: Ask) -> None:
    archive.keep(title="Rise \x1b[31mred \u202e\nback", source="W\x07ire")
    archive.build()

    ended = ask("watch", "rise", "--from-start", "--once")

    assert len(ended.stdout.splitlines()) == 1
    assert "\\x1b[31mred \\u202e back" in ended.stdout
    assert "W\\x07ire" in ended.stdout
    assert "\u202e" not in ask("watch", "rise", "--from-start", "--once", "-o", "ndjson").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["rivers", "--once"],
        ["--once"],
        ["floods", "--exec", "true", "--webhook", "http://localhost/"],
        ["floods", "--exec", "no-such-command"],
        ["floods", "--exec", "'"],
        ["floods", "--exec", "true", "-o", "json"],
        ["floods", "--digest", "soon"],
        ["floods", "--digest", "0m"],
        ["rivers OR", "--from-start"],
    ],
)
def test_what_makes_no_sense_is_refused(saved: Archive, ask: Ask, arguments: Sequence[str]) -> None:
    assert ask("watch", *arguments).exit_code == 2


def test_unknown_name_lists_the_known(saved: Archive, ask: Ask) -> None:
    assert "there are floods" in ask("watch", "--saved", "flood").stderr
    assert "there are: floods" in ask("watch", "flood", "--once").stderr


def test_place_in_another_log_is_not_gone_on_from(saved: Archive, ask: Ask, tmp_path: Path) -> None:
    ask("watch", "floods", "--once")
    other = Archive(tmp_path / "other")
    other.save("floods", "rivers")
    other.build().close()
    (other.folder / "watches").mkdir()
    (other.folder / "watches" / "floods.print.json").write_bytes(
        CursorFile(saved.folder, "floods", "print").path.read_bytes()
    )

    assert ask("watch", "floods", "--once", store=other.folder).exit_code == 5
    assert ask("watch", "floods", "--once", "--after", "0", store=other.folder).exit_code == 0
    assert ask("watch", "floods", "--once", store=other.folder).exit_code == 0


def test_place_beyond_the_end_of_a_restored_log_is_not_waited_for(saved: Archive, ask: Ask) -> None:
    file = CursorFile(saved.folder, "floods", "print")
    ask("watch", "floods", "--once")
    file.write(msgspec.structs.replace(file.read(), position=1000))

    ended = ask("watch", "floods", "--once")

    assert ended.exit_code == 5
    assert "restored from a backup" in ended.stderr


def test_search_that_is_saved_anew_does_not_tell_what_was_before(saved: Archive, ask: Ask) -> None:
    ask("watch", "floods", "--once")
    saved.unsave("floods")
    saved.keep("b.txt", title="Rivers fall")
    saved.save("floods", "rivers")
    saved.build()

    assert ask("watch", "floods", "--once").stdout == ""
