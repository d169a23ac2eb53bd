"""presslog init --systemd: units where systemd looks for them, for a machine or for one desk of a user."""

import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner, Result

from presslog.config.load import load
from presslog.daemon.cli import presslog
from presslog.daemon.cli.units import SHIPPED, fitted
from presslog.store.errors import ConfigError


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(presslog, [*map(str, arguments)], env=environment, catch_exceptions=False)


def test_a_machine_gets_the_units_that_ship_a_configuration_and_a_folder(tmp_path: Path) -> None:
    ended = run("init", "--systemd", "--prefix", tmp_path)

    assert ended.exit_code == 0
    written = {path.name: path.read_text() for path in (tmp_path / "etc/systemd/system").iterdir()}
    assert written == {
        path.name: path.read_text() for path in SHIPPED.glob("presslog*") if path.suffix in {".service", ".timer"}
    }
    settings = load({}, config=str(tmp_path / "etc/presslog/presslog.toml")).settings
    assert (settings.store, settings.feeds["seeds"].folder) == ("/var/lib/presslog", "/srv/presslog/seeds")
    assert (tmp_path / "srv/presslog/seeds").is_dir()


def test_the_service_can_read_what_root_made_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        run("init", "--systemd", "--prefix", tmp_path / "machine")
    finally:
        os.umask(before)

    closed = [path for path in (tmp_path / "machine").rglob("*") if not path.stat().st_mode & 0o004]
    assert closed == []


def test_nothing_is_overwritten_and_another_unit_is_told_of(tmp_path: Path) -> None:
    run("init", "--systemd", "--prefix", tmp_path)
    unit = tmp_path / "etc/systemd/system/presslog.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n")

    again = run("init", "--systemd", "--prefix", tmp_path)

    assert again.exit_code == 0
    assert unit.read_text() == "[Service]\nExecStart=/bin/true\n"
    assert again.stdout.count("was there, kept") == 2 + len(list(unit.parent.iterdir()))
    assert f"{unit} is not the one of this presslog" in again.stderr
    assert again.stderr.count("\n") == 1


def test_units_reach_a_log_on_a_server_where_the_configuration_names_one(tmp_path: Path) -> None:
    run("init", "--systemd", "--prefix", tmp_path)
    units, config = tmp_path / "etc/systemd/system", tmp_path / "etc/presslog/presslog.toml"
    assert not list(units.glob("*.d"))
    config.write_text(f'engine = "nats://a.example/presslog"\n{config.read_text()}')

    run("init", "--systemd", "--prefix", tmp_path)

    shipped = (SHIPPED / "server-log.conf").read_text()
    assert {each.parent.name: each.read_text() for each in units.glob("*.d/server-log.conf")} == {
        "presslog.service.d": shipped,
        "presslog-follow.service.d": shipped,
    }


def test_a_configuration_that_is_wrong_is_told_of(tmp_path: Path) -> None:
    run("init", "--systemd", "--prefix", tmp_path)
    (tmp_path / "etc/presslog/presslog.toml").write_text('engine = "fax"\n')

    assert run("init", "--systemd", "--prefix", tmp_path).exit_code == 8


@pytest.mark.parametrize("name", ["desk", 'my "desk" 100% $HOME \\ back'])
def test_a_user_gets_a_desk_and_a_unit_that_runs_it(tmp_path: Path, name: str) -> None:
    desk = tmp_path / name

    ended = run("init", desk, "--systemd", "--user", XDG_CONFIG_HOME=str(tmp_path / "settings"))

    assert ended.exit_code == 0
    assert "Next:  systemctl --user daemon-reload && systemctl --user enable --now presslog\n" in ended.stdout
    assert (desk / "presslog.toml").is_file()
    unit = tmp_path / "settings/systemd/user/presslog.service"
    assert "/opt/presslog" not in unit.read_text()
    if shutil.which("systemd-analyze"):
        verified = subprocess.run(
            ["systemd-analyze", "--user", "verify", "--man=no", unit],
            env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (verified.returncode, unit.name in verified.stderr) == (0, False), verified.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ("--user",),
        ("--prefix", "machine"),
        ("--systemd", "--user", "--prefix", "machine"),
        ("desk", "--systemd", "--prefix", "machine"),
        ("--sample", "--systemd", "--prefix", "machine"),
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = run("init", *wrong)

    assert ended.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_presslog_elsewhere_may_run_from_there() -> None:
    unit = (SHIPPED / "presslog.service").read_text()

    moved = fitted(unit, PurePosixPath("/usr/local/lib/news"), PurePosixPath("/var/python"))

    assert "ExecStart=/usr/local/lib/news/bin/presslog run" in moved
    assert "ExecPaths=/usr /lib -/lib64 /bin /usr/local/lib/news /var/python\n" in moved
    assert "/opt/presslog" not in moved


@pytest.mark.parametrize("place", ["/home/ann/venv", "/root/venv", "/tmp/venv", "/run/user/1000/venv"])
def test_a_presslog_that_the_unit_would_hide_is_refused(place: str) -> None:
    unit = (SHIPPED / "presslog.service").read_text()

    for installed, base in ((place, "/usr"), ("/opt/presslog", place)):
        with pytest.raises(ConfigError, match="hidden from services"):
            fitted(unit, PurePosixPath(installed), PurePosixPath(base))
