"""Logs on servers, inside the booted container: PostgreSQL as Debian starts it, NATS by the unit that ships.

What inside.py does after its own steps; test_servers.py judges what is said.
"""

import os
import shutil
from pathlib import Path

from nspawn.inside import (
    CONFIG,
    PROGRAM,
    SEEDS,
    STORE,
    UNITS,
    code,
    documented,
    drop,
    reaches,
    restart,
    say,
    sh,
    show,
    tell,
    until,
)

SHIPPED = Path("/opt/shipped")
"""What test_servers.py has put there: files of deploy/, and what it made for them."""
FOLLOWER = Path("/var/lib/private/follower")
PORT = 5433
PASSWORDS = {"presslog": "writes", "presslog_reader": "reads"}
POSTGRES = f"postgresql://127.0.0.1:{PORT}/presslog"
NATS = "nats://127.0.0.1:4222/presslog?replicas=1&sync=always&creds=/run/presslog/creds"
START_SECONDS = 40.0
"""A log that was away is asked again after 30 s at the latest."""
SAID = "select count(*) from articles where title like '%{}%'"


def psql(statement: str, database: str = "presslog") -> str:
    done = sh("runuser", "-u", "postgres", "--", "psql", "-XAtq", "-p", PORT, "-d", database, "-c", statement)
    return (done.stdout + done.stderr).strip()


def postgres_unit() -> str:
    """The unit of a cluster that Debian's own tools made, of the newest version."""
    version = max((path.name for path in Path("/usr/lib/postgresql").iterdir()), key=float)
    made = sh("pg_createcluster", version, "units", "-p", PORT)
    tell(made.stderr)
    return f"postgresql@{version}-units"


def begin_anew(engine: str) -> None:
    """An empty store and an empty folder, and the engine in the configuration."""
    sh("systemctl", "stop", "presslog", "follower")
    shutil.rmtree(STORE)
    shutil.rmtree(FOLLOWER, ignore_errors=True)
    for path in SEEDS.glob("*.*"):
        path.unlink()
    CONFIG.write_text(f'engine = "{engine}"\nstore = "/var/lib/presslog"\n[feeds.seeds]\nfolder = "{SEEDS}"\n')


def follower(engine: str) -> None:
    """The unit of a follower beside the daemon: the one that ships, with another name, store and user."""
    for name in ("presslog-follow.service", "presslog-follow.service.d/server-log.conf"):
        text = (UNITS / name).read_text().replace("Conflicts=presslog.service\n", "")
        for word in ("lib/presslog", "private/presslog", "=presslog", "%t/presslog", "/run/presslog"):
            text = text.replace(f"{word}\n", f"{word.replace('presslog', 'follower')}\n")
            text = text.replace(f"{word} ", f"{word.replace('presslog', 'follower')} ")
            text = text.replace(f"{word}/", f"{word.replace('presslog', 'follower')}/")
        target = UNITS / name.replace("presslog-follow.service", "follower.service")
        target.parent.mkdir(exist_ok=True)
        target.write_text(f"{text}\n[Service]\nEnvironment=PRESSLOG_ENGINE={engine.replace('%', '%%')}\n")
    sh("systemctl", "daemon-reload")
    say("follower_start", code("systemctl", "start", "follower"))


def told(words: str, unit: str = "presslog") -> bool:
    """Whether the unit says so, within the time that a start takes."""
    return until(lambda: words in show("StatusText", unit), START_SECONDS)


def found(name: str, *, store: Path = STORE) -> str:
    """How many articles have a title like that in a store, waited for until it is one."""
    return reaches(SAID.format(name), 1, START_SECONDS, store=store)


def postgres() -> None:
    if not Path("/usr/bin/pg_createcluster").exists():
        say("pg_missing", "yes")
        return
    unit = postgres_unit()
    say("pg_start", code("systemctl", "start", unit))
    for role, password in PASSWORDS.items():
        psql(f"create role {role} login password '{password}'", "postgres")
    psql("create database presslog owner presslog", "postgres")
    lines = [f"127.0.0.1:{PORT}:presslog:{role}:{password}\n" for role, password in PASSWORDS.items()]
    Path("/pgpass").write_text("".join(lines))
    begin_anew(f"{POSTGRES}?user=presslog")
    documented("a-log-on-a-server")
    say("pg_active", show("ActiveState"))
    rights = sh("psql", "-X", "-p", PORT, "-d", "presslog", "-f", SHIPPED / "postgres-roles.sql", user="postgres")
    say("pg_rights", rights.returncode)
    tell(rights.stderr)
    follower(f"{POSTGRES}?user=presslog_reader")
    drop("roles.txt")
    say("pg_read", found("roles"))
    say("pg_followed", found("roles", store=FOLLOWER))
    (SEEDS / "empty.txt").touch()
    reaches("select count(*) from failures", 1)
    say("pg_control", code(PROGRAM, "failures", "dismiss", "--all", "--reason", "a test", "--store", STORE))
    say("pg_copy_mode", oct(Path("/run/presslog/pgpass").stat().st_mode & 0o777))
    say("pg_credential_mode", oct(Path("/run/credentials/presslog.service/presslog.pgpass").stat().st_mode & 0o777))
    say("pg_owner", psql("select distinct tableowner from pg_tables where schemaname = 'presslog'"))
    postgres_goes_away(unit)
    os.environ |= {"PRESSLOG_NO_PIN": "1", "PGPASSFILE": "/etc/credstore/presslog.pgpass"}
    verified = sh(PROGRAM, "verify", "--store", STORE)
    say("pg_verify", verified.returncode)
    tell(verified.stdout + verified.stderr)
    say("server_exposure", code("systemd-analyze", "security", "--no-pager", "--threshold=10", "presslog"))


def postgres_goes_away(unit: str) -> None:
    sh("systemctl", "stop", unit)
    drop("away.txt")
    say("pg_away_said", told("storage unavailable"))
    say("pg_away_active", show("ActiveState"))
    say("pg_away_asked", found("roles"))
    sh("systemctl", "reset-failed", "presslog")
    sh("systemctl", "restart", "--no-block", "presslog")
    say("pg_waits", told("waiting for the log"))
    say("pg_waits_state", show("ActiveState"))
    sh("systemctl", "start", unit)
    say("pg_away_read", found("away"))
    say("pg_away_followed", found("away", store=FOLLOWER))
    say("pg_again_active", until(lambda: show("ActiveState") == "active"))
    say("pg_restarts", show("NRestarts", "follower"))


def nats() -> None:
    if not Path("/usr/local/bin/nats-server").exists():
        say("nats_missing", "yes")
        return
    begin_anew(NATS)
    for name, target in (
        ("nats-server.service", UNITS),
        ("nats-server.conf", "/etc/nats"),
        ("presslog.creds", "/etc/credstore"),
    ):
        sh("install", "-D", "-m", "644", "-t", target, SHIPPED / name)
    sh("systemctl", "daemon-reload")
    say("nats_start", code("systemctl", "start", "nats-server"))
    say("nats_exposure", code("systemd-analyze", "security", "--no-pager", "--threshold=11", "nats-server"))
    restart()
    say("nats_active", show("ActiveState"))
    drop("currents.txt")
    say("nats_read", found("currents"))
    say("nats_user", sh("ps", "-o", "user=", "-p", show("MainPID", "nats-server")).stdout)
    sh("systemctl", "restart", "nats-server")
    drop("later.txt")
    say("nats_read_later", found("later"))
    say("nats_restarts", show("NRestarts", "nats-server"))
    tell(sh("journalctl", "-u", "nats-server", "-u", "follower", "--no-pager", "-o", "cat").stdout)


STEPS = (postgres, nats)
