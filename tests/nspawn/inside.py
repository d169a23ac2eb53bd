"""Runs as a unit inside the booted container; every `key=value` that it says is judged by test_systemd.py.

Only the standard library, by the container's own Python.
"""

import base64
import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

OUT = Path("/e2e.out")
PROGRAM = "/opt/presslog/bin/presslog"
CONFIG = Path("/etc/presslog/presslog.toml")
SEEDS, WIRE = Path("/srv/presslog/seeds"), Path("/srv/presslog/wire")
STORE = Path("/var/lib/private/presslog")
UNITS = Path("/etc/systemd/system")
PATIENCE_SECONDS = 20.0
PROGRAM_LINES = ("ExecStart", "ExecReload", "Type", "NotifyAccess", "Watchdog", "Restart", "Environ")
"""How the lines of a unit begin that say what runs, and how."""


def tell(words: str) -> None:
    with OUT.open("a") as out:
        out.write(words)


def say(key: str, value: object) -> None:
    tell(f"{key}={str(value).strip()}\n")


def sh(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def code(*command: object) -> int:
    return sh(*command).returncode


def show(name: str, unit: str = "presslog") -> str:
    return sh("systemctl", "show", unit, "-p", name, "--value").stdout.strip()


def shown(*names: str) -> tuple[str, ...]:
    """Several properties of the unit at one moment."""
    told = sh("systemctl", "show", "presslog", *(f"-p{name}" for name in names)).stdout
    found = dict(line.split("=", 1) for line in told.splitlines())
    return tuple(found[name] for name in names)


def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def ask(query: str, store: Path = STORE) -> str:
    return sh(PROGRAM, "sql", query, "--store", store).stdout.strip()


def reaches(query: str, value: object, seconds: float = PATIENCE_SECONDS, *, store: Path = STORE) -> str:
    """The answer to a query, waited for until it is that value."""
    until(lambda: ask(query, store) == str(value), seconds)
    return ask(query, store)


def pid() -> int:
    """The service's process; a signal to 0 would go to this one."""
    found = int(show("MainPID"))
    assert found, "the service does not run"
    return found


def drop(name: str, text: str = "", folder: Path = SEEDS) -> None:
    """Put a story into a folder, as a program that renames does."""
    half = Path("/srv", f".{name}.part")
    half.write_text(text or f"Story {name}\n\nText of the story {name}.\n")
    half.rename(folder / name)


def files() -> str:
    """How many files were received, and how many different ones: a doubled one would show."""
    return ask("select count(*) || '/' || count(distinct sha256) from files")


def drop_in(unit: str, name: str, text: str) -> Path:
    folder = UNITS / f"{unit}.d"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.conf").write_text(text)
    sh("systemctl", "daemon-reload")
    return folder / f"{name}.conf"


def documented(name: str) -> None:
    """Run what a page tells to run."""
    ended = sh("bash", "-e", f"/opt/documented/{name}.sh")
    say(f"documented_{name}", ended.returncode)
    if ended.returncode:
        tell(ended.stdout + ended.stderr)


@contextlib.contextmanager
def configured(line: str) -> Iterator[None]:
    """One more line in the configuration, while the block lasts."""
    before = CONFIG.read_text()
    CONFIG.write_text(before + line)
    try:
        yield
    finally:
        CONFIG.write_text(before)


def restart() -> None:
    sh("systemctl", "reset-failed", "presslog")
    sh("systemctl", "restart", "presslog")


def started_in_vain(name: str) -> None:
    """Start what cannot run, give systemd the time to try again, and say what came of it."""
    sh("systemctl", "reset-failed", "presslog")
    say(f"{name}_start", code("systemctl", "start", "presslog"))
    time.sleep(5)
    say(f"{name}_status", show("ExecMainStatus"))
    say(f"{name}_restarts", show("NRestarts"))
    say(f"{name}_state", show("ActiveState"))


SIGN = """
import os, sys
from pathlib import Path
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.keys import read_key, signer_of
from presslog.store.notes import origin_of
store = Path("/var/lib/presslog")
log = SqliteLog(store, readonly=len(sys.argv) > 1)
if len(sys.argv) > 1:
    print(read_key(Path(sys.argv[1]), origin_of(log.log_id)).vkey)
else:
    print(signer_of(store, log, credentials=os.environ["CREDENTIALS_DIRECTORY"]).vkey)
"""


def signs_with_the_credential() -> bool:
    """Whether what runs as the service does signs with the key that root keeps."""
    Path("/opt/sign.py").write_text(SIGN)
    start = "Type=oneshot\nExecStart=/opt/presslog/bin/python3 -I /opt/sign.py\nStandardOutput=append:/opt/signer"
    (UNITS / "sign.service").write_text(f"{sandbox('presslog.service')}\n[Service]\n{start}\n")
    sh("systemctl", "stop", "presslog")
    sh("systemctl", "daemon-reload")
    sh("systemctl", "start", "sign")
    restart()
    kept = sh("/opt/presslog/bin/python3", "-I", "/opt/sign.py", "/etc/credstore/presslog.key")
    tell(kept.stderr)
    return bool(kept.stdout) and kept.stdout == Path("/opt/signer").read_text()


def sandbox(unit: str) -> str:
    """A unit without what it runs: a sandbox for something else."""
    return "\n".join(line for line in (UNITS / unit).read_text().splitlines() if not line.startswith(PROGRAM_LINES))


def installs() -> None:
    documented("install")
    say("active", show("ActiveState"))
    say("user", sh("ps", "-o", "user=", "-p", pid()).stdout)
    say("exposure", code("systemd-analyze", "security", "--no-pager", "--threshold=2", "presslog.service"))
    say("verify", code("systemd-analyze", "verify", "--man=no", "presslog.service", "presslog-watch@floods.service"))
    say("config_again", "was there, kept" in sh(PROGRAM, "init", "--systemd").stdout)


def reads() -> None:
    for number in range(6):
        drop(f"{number}.txt")
    say("articles", reaches("select count(*) from articles", 6))
    say("status", show("StatusText"))
    drop("said.txt", "A word\n\nThe water came. “We saw it,” said Ana Silva, a baker.\n")
    say("speaker", reaches("select speaker from quotes", "Ana Silva"))
    drop("long.txt", "Long read\n\n" + "The water came at night.\n" * 60_000)
    say("read_in_child", reaches("select count(*) from articles where title = 'Long read'", 1))
    say("children", sh("pgrep", "-c", "-P", pid(), "-f", "spawn_main").stdout)
    (SEEDS / "empty.txt").touch()
    reaches("select count(*) from failures", 1)
    say("retry", code(PROGRAM, "failures", "retry", "--all", "--store", STORE))
    say("dismiss", code(PROGRAM, "failures", "dismiss", "--all", "--reason", "a test", "--store", STORE))
    say("open_failures", ask("select count(*) from failures where resolved_at is null"))


def reloads() -> None:
    with configured('limit_bytes = "much"\n'):
        say("reload_wrong", code("systemctl", "reload", "presslog"))
        until(lambda: "reload refused" in sh("journalctl", "-u", "presslog", "-o", "cat").stdout)
        say("active_after_wrong_reload", show("ActiveState"))
    drop("after-wrong.txt")
    say("read_after_wrong_reload", reaches("select count(*) from articles where title like '%after-wrong%'", 1))
    WIRE.mkdir()
    CONFIG.write_text(CONFIG.read_text() + f'[feeds.wire]\nfolder = "{WIRE}"\n')
    before = pid()
    say("reload", code("systemctl", "reload", "presslog"))
    drop("after-reload.txt")
    say("read_after_reload", reaches("select count(*) from articles where title like '%after-reload%'", 1))
    drop("new-feed.txt", folder=WIRE)
    say("read_in_new_feed", reaches("select count(*) from articles where feed = 'wire'", 1))
    say("same_process", pid() == before)


def hangs() -> None:
    began, stopped = time.monotonic(), pid()
    os.kill(stopped, signal.SIGSTOP)
    until(lambda: show("NRestarts") == "1" and show("ActiveState") == "active")
    say("hang_seconds", round(time.monotonic() - began, 1))
    say("hang_restarts", show("NRestarts"))
    say("hang_result", "watchdog" in sh("journalctl", "-u", "presslog", "-o", "cat").stdout.lower())
    os.kill(pid(), signal.SIGKILL)
    until(lambda: show("NRestarts") == "2" and show("ActiveState") == "active")
    say("kill_restarts", show("NRestarts"))
    drop("after-kill.txt")
    say("read_after_kill", reaches("select count(*) from articles where title like '%after-kill%'", 1))
    say("files", files())


def recovers() -> None:
    """Leave a large WAL that nobody checkpointed by kill -9, and watch what systemd is told meanwhile."""
    reader = subprocess.Popen(
        ["/usr/bin/python3", "-c", READER, f"file:{STORE}/log.db?mode=ro"], stdout=subprocess.PIPE
    )
    assert reader.stdout
    reader.stdout.readline()
    for number in range(100):
        half = Path("/srv/.half")
        half.write_bytes(b"\0" + os.urandom(2_000_000))
        half.rename(WIRE / f"noise-{number:03}.bin")
    reaches("select count(*) from failures where path like 'noise%'", 100, 60)
    head = json.loads(sh(PROGRAM, "status", "-o", "json", "--store", STORE).stdout)["head"]
    say("wal_bytes", (STORE / "log.db-wal").stat().st_size)
    os.kill(pid(), signal.SIGKILL)
    reader.kill()
    seen: list[tuple[str, ...]] = []
    told = ("ActiveState", "SubState", "StatusText")

    def is_over() -> bool:
        seen.append(shown(*told))
        return seen[-1][0] == "active" and len(seen) > 1 and seen[-2][0] == "activating"

    until(is_over, 60)
    states = [f"{active}/{sub}" for active, sub, _ in seen]
    say(
        "recovery_states", " ".join(each for each, before in zip(states, ["", *states], strict=False) if each != before)
    )
    say("recovery_said", any(sub == "start" and text.startswith("opening the store") for _, sub, text in seen))
    at_ready = seen[-1][2]
    say("recovery_ready", at_ready)
    say("recovery_lacks", head - int(at_ready.rpartition("position ")[2].split(",")[0]))
    say("recovery_files", files())


def refuses() -> None:
    say("stop", code("systemctl", "stop", "presslog"))
    with configured("no_such_setting = 1\n"):
        started_in_vain("config")
    log, kept = STORE / "log.db", Path("/opt/log.kept")
    kept.write_bytes(log.read_bytes())
    with log.open("r+b") as file:
        file.write(os.urandom(4096))
    started_in_vain("damaged")
    with log.open("r+b") as file:
        file.write(kept.read_bytes()[:4096])
    other = ["systemd-run", "--unit=other", "-pDynamicUser=yes", "-pUser=presslog", "-pStateDirectory=presslog"]
    empty = Path("/srv/other")
    empty.mkdir()
    sh(
        *other,
        "-EPRESSLOG_STORE=/var/lib/presslog",
        f"-EPRESSLOG_FEED_OTHER={empty}",
        PROGRAM,
        "run",
        "--config=/dev/null",
    )
    until(lambda: (STORE / "writer.lock").read_text().strip() == show("MainPID", "other"))
    started_in_vain("locked")
    say("locked_message", "is being written by presslog" in sh("journalctl", "-u", "presslog", "-o", "cat").stdout)
    sh("systemctl", "stop", "other")
    restart()
    say("after_refusals", show("ActiveState"))


def stops() -> None:
    for number in range(300):
        drop(f"load-{number:03}.txt")
    began = time.monotonic()
    say("stop_loaded", code("systemctl", "stop", "presslog"))
    say("stop_seconds", round(time.monotonic() - began, 1))
    say("stop_result", show("Result"))
    # An administrator asks while the service is down.
    say("asked_as_root", code(PROGRAM, "search", "story", "--store", STORE))
    say("rebuilt_as_root", code(PROGRAM, "views", "rebuild", "--store", STORE))
    restart()
    say("read_after_stop", reaches("select count(*) from files where path like 'load-%'", 300, 60))
    say("files_after_stop", files())


def changes_user() -> None:
    before = STORE.stat().st_uid
    count = ask("select count(*) from files")
    sh("systemctl", "stop", "presslog")
    # Somebody else gets the number that the service had: systemd has to give it another one.
    sh("useradd", "--no-log-init", "--no-create-home", "--uid", before, "taker")
    restart()
    drop("other-user.txt")
    say("uid_changed", STORE.stat().st_uid != before)
    say("uid_owns_all", {path.stat().st_uid for path in STORE.rglob("*")} == {STORE.stat().st_uid})
    say("uid_read", reaches("select count(*) from files", int(count) + 1) == str(int(count) + 1))
    say("uid_doubles", files().split("/")[0] == files().split("/")[1])


def credentials() -> None:
    key = STORE / "presslog.key"
    say("no_key_active", show("ActiveState"))
    if not key.exists():
        key.write_text(base64.b64encode(os.urandom(32)).decode() + "\n")
        key.chmod(0o600)
    documented("the-key")
    say("key_left_in_store", key.exists())
    say("key_active", show("ActiveState"))
    say("key_signs", signs_with_the_credential())
    handed = Path("/run/credentials/presslog.service/presslog.key")
    say("key_handed", handed.exists() and handed.read_bytes() == Path("/etc/credstore/presslog.key").read_bytes())
    for name, user in (("unit", "-pDynamicUser=yes"), ("user", "-pUser=ann"), ("namesake", "-pUser=nobody")):
        for place, path in (("credential", handed), ("file", "/etc/credstore/presslog.key")):
            say(f"key_{place}_for_other_{name}", code("systemd-run", "--wait", "--quiet", user, "cat", path) != 0)


def probes() -> None:
    """The probe in the sandbox of each unit, and in none."""
    folder = Path("/srv/presslog/open")
    folder.mkdir()
    folder.chmod(0o1777)
    for path in (folder / "program", Path("/tmp/secret"), Path("/home/ann/secret")):
        path.write_bytes(Path("/usr/bin/true").read_bytes())
        path.chmod(0o755)
    for prefix, unit in (("denied", "presslog.service"), ("watch", "presslog-watch@.service"), ("plain", "")):
        state = "presslog" if unit else "presslog-plain"
        command = f"/opt/presslog/bin/python3 -I /opt/probe.py /var/lib/{state} {folder} {os.getpid()}"
        text = sandbox(unit) if unit else f"[Service]\nStateDirectory={state}\n"
        text += f"\n[Service]\nType=oneshot\nExecStart={command}\nStandardOutput=append:/opt/{prefix}\n"
        (UNITS / f"probe-{prefix}.service").write_text(text)
        sh("systemctl", "daemon-reload")
        say(f"probe_{prefix}", code("systemctl", "start", f"probe-{prefix}"))
        for line in Path("/opt", prefix).read_text().splitlines():
            say(f"{prefix}_{line.partition('=')[0]}", line.partition("=")[2])


def rights() -> None:
    documented("rights")
    say("rights_of_folder", oct(SEEDS.stat().st_mode & 0o7777))
    drop("for-the-group.txt")
    (SEEDS / "for-the-group.txt").chmod(0o640)
    sh("chgrp", "newsroom", SEEDS / "for-the-group.txt")
    say("read_by_group", reaches("select count(*) from articles where title like '%for-the-group%'", 1))
    documented("a-folder-for-backups")
    say("active_with_backups", show("ActiveState"))
    added = (UNITS / "presslog.service.d/backup.conf").read_text()
    text = (
        f"{sandbox('presslog.service')}\n{added}Type=oneshot\nExecStart=/usr/bin/cp /usr/bin/true /srv/backup/program\n"
    )
    (UNITS / "backup.service").write_text(text)
    (UNITS / "exec-backup.service").write_text(f"{text}ExecStart=/srv/backup/program\n")
    sh("systemctl", "daemon-reload")
    say("backup_folder", code("systemctl", "start", "backup"))
    say("backup_exec", code("systemctl", "start", "exec-backup"))
    say("backup_exec_status", show("ExecMainStatus", "exec-backup"))


def watches() -> None:
    sh("systemctl", "start", "presslog")
    sh(PROGRAM, "search", "flood", "--save", "floods", "--store", STORE)
    documented("alerts")
    say("watch_active", show("ActiveState", "presslog-watch@floods"))
    deliver = Path("/usr/local/bin/deliver")
    deliver.write_text("#!/bin/sh\ncat >> /srv/www/lines\n")
    deliver.chmod(0o755)
    Path("/etc/presslog/watch-valleys.env").write_text("WATCH=--exec /usr/local/bin/deliver\n")
    sh(PROGRAM, "search", "valley", "--save", "valleys", "--store", STORE)
    drop_in(
        "presslog-watch@valleys.service", "www", "[Service]\nReadWritePaths=/srv/www\nSupplementaryGroups=newsroom\n"
    )
    say("watch_command", code("systemctl", "start", "presslog-watch@valleys"))
    drop("flood.txt", "Flood in the valley\n\nThe flood came at night.\n")
    until(lambda: "Flood in the valley" in sh("cat", "/srv/www/floods.json").stdout)
    with contextlib.suppress(OSError, ValueError):
        say("watch_delivered", json.loads(Path("/srv/www/floods.json").read_text())["items"][0]["title"])
    until(lambda: Path("/srv/www/lines").exists() and Path("/srv/www/lines").stat().st_size)
    with contextlib.suppress(OSError, ValueError):
        say("watch_lines", [json.loads(line)["title"] for line in Path("/srv/www/lines").read_text().splitlines()])
    say(
        "watch_exposure",
        code("systemd-analyze", "security", "--no-pager", "--threshold=16", "presslog-watch@floods.service"),
    )
    say("watch_stop", code("systemctl", "stop", "presslog-watch@floods"))


def user_unit() -> None:
    """The service of a user who has no root rights, in a desk with an odd name."""
    sh("useradd", "-m", "-s", "/bin/sh", "bob")
    uid = sh("id", "-u", "bob").stdout.strip()
    say("user_manager", code("systemctl", "start", f"user@{uid}.service"))

    def as_bob(*command: object) -> subprocess.CompletedProcess[str]:
        environment = ("env", f"XDG_RUNTIME_DIR=/run/user/{uid}", "HOME=/home/bob", "LANG=C.UTF-8")
        return sh("runuser", "-u", "bob", "--", *environment, *command, cwd="/home/bob")

    desk = Path('/home/bob/my "desk" 100% $HOME')
    made = as_bob(PROGRAM, "init", "--systemd", desk, "--sample")
    say("user_next", made.stdout.splitlines()[-1] if made.stdout else made.stderr)
    say("user_enable", as_bob("sh", "-c", made.stdout.rpartition("Next:")[2]).returncode)
    say("user_active", as_bob("systemctl", "--user", "is-active", "presslog").stdout)
    found = lambda: as_bob(PROGRAM, "search", "ferry", "--store", desk).stdout  # noqa: E731
    say("user_read", until(lambda: "Harbour Town" in found()))
    say("user_sandbox", as_bob("systemctl", "--user", "show", "presslog", "-p", "NoNewPrivileges", "--value").stdout)
    say("user_stop", as_bob("systemctl", "--user", "stop", "presslog").returncode)
    tell(as_bob("journalctl", "--user", "-u", "presslog", "-n", "20", "--no-pager").stdout)


READER = """
import sqlite3, sys, time
log = sqlite3.connect(sys.argv[1], uri=True, isolation_level=None)
log.execute("begin")
print(log.execute("select count(*) from events").fetchone(), flush=True)
time.sleep(600)
"""
"""Reads from before on: as long as it does, nothing after that leaves the WAL."""

STEPS = (
    installs,
    reads,
    reloads,
    hangs,
    recovers,
    refuses,
    stops,
    changes_user,
    credentials,
    rights,
    probes,
    watches,
    user_unit,
)


def main() -> None:
    OUT.write_text("")  # below the container lies a machine that may have a file of this name
    from nspawn import servers  # beside this file, and it wants what is defined here

    for step in (*STEPS, *servers.STEPS):
        began = time.monotonic()
        try:
            step()
        except Exception as error:  # noqa: BLE001  the next step is judged as well
            say(f"error_in_{step.__name__}", repr(error))
        say(f"seconds_of_{step.__name__}", round(time.monotonic() - began, 1))
    tell(sh("journalctl", "-u", "presslog*", "-u", "probe*", "-u", "sign", "--no-pager", "-o", "short-precise").stdout)
    tell("E2E-DONE\n")
    sh("systemctl", "poweroff", "--no-block")


if __name__ == "__main__":
    main()
