"""Units of systemd, written where systemd looks for them: for the machine, or for one desk of a user."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from presslog.config.load import load
from presslog.store.errors import ConfigError

from .init import make, tell, template, write_new
from .text import one_line

SHIPPED = Path(__file__).parents[2] / "deploy"
PREFIX = "/opt/presslog"
"""Where presslog is installed as far as the shipped units know."""

STORE, FEED = "/var/lib/presslog", "/srv/presslog/seeds"
HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108  named because the unit hides them
EXECUTABLE = ("/usr", "/lib", "/lib64", "/bin")
MEANINGS = {
    "presslog.service": "watches, keeps and answers, as a user of its own",
    "presslog-follow.service": "instead, on a host that only asks",
    "presslog-watch@.service": "alerts of one saved search",
    "presslog-anchor.service": "gives the newest checkpoint to a command",
    "presslog-anchor.timer": "does so every hour",
}
SERVER_LOG = "server-log.conf"
"""The drop-in of units that need a network for their log."""
WITH_LOG = ("presslog.service", "presslog-follow.service")
DESK = f"{PREFIX}/bin/presslog run %h/desk"


def machine(below: Path | None) -> None:
    """Write units, configuration and feed folder of the machine, or of one that lies ``below``.

    Raises:
        ConfigError: this presslog is installed where the units hide it, or the configuration that is there is wrong.
    """
    # The service is another user: what root makes here must be readable whatever root's umask is.
    os.umask(0o022)
    installed, base = (PREFIX, PREFIX) if below else (sys.prefix, sys.base_prefix)
    root = below or Path("/")
    for unit in sorted([*SHIPPED.glob("presslog*.service"), *SHIPPED.glob("presslog*.timer")]):
        text = fitted(unit.read_text("utf-8"), PurePosixPath(installed), PurePosixPath(base))
        _unit(root / "etc/systemd/system" / unit.name, text, MEANINGS.get(unit.name, ""))
    config = root / "etc/presslog/presslog.toml"
    make(config.parent, mode=0o755)
    is_new = write_new(config, template(store=STORE, folder=FEED))
    tell("config", config, "every setting is explained in it", is_new=is_new)
    feed = root / FEED.lstrip("/")
    tell("seeds", feed, "drop articles here", is_new=make(feed, mode=0o755))
    if "://" in load({}, config=str(config)).settings.engine:
        _let_reach_a_server(root / "etc/systemd/system")


def _let_reach_a_server(units: Path) -> None:
    text = (SHIPPED / SERVER_LOG).read_text("utf-8")
    for unit in WITH_LOG:
        _unit(units / f"{unit}.d" / SERVER_LOG, text, "a network, for a log on a server")


def user(desk: Path, env: Mapping[str, str]) -> None:
    """Write the unit of a desk for the systemd of the user who asks."""
    program = Path(sys.executable).with_name("presslog")
    if not program.is_file():
        raise ConfigError(f"there is no {program}: install presslog into a virtual environment, and call it there")
    text = (SHIPPED / "user" / "presslog.service").read_text("utf-8")
    text = text.replace(DESK, f"{unit_word(str(program))} run {unit_word(str(desk.absolute()))}")
    settings = Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    _unit(settings / "systemd/user/presslog.service", text, "runs this desk whenever you are logged in")


def fitted(unit: str, installed: PurePosixPath, base: PurePosixPath) -> str:
    """A shipped unit for a presslog that is installed elsewhere, and whose Python is at ``base``.

    Raises:
        ConfigError: the unit would hide one of them.
    """
    for place in (installed, base):
        if any(place.is_relative_to(hidden) for hidden in HIDDEN):
            raise ConfigError(
                f"{place} is hidden from services: install presslog with the system's Python into {PREFIX} "
                "(docs/systemd.md), or run it as yourself: presslog init --systemd --user"
            )
    places = [str(installed)] + [str(base)] * (not any(base.is_relative_to(each) for each in EXECUTABLE))
    unit = unit.replace(f" {PREFIX}\n", f" {' '.join(dict.fromkeys(places))}\n")
    return unit.replace(f"{PREFIX}/", f"{installed}/")


def unit_word(text: str) -> str:
    r"""One argument of an ExecStart line, whatever letters it has.

    >>> print(unit_word('/srv/my "desk" 100%'))
    "/srv/my \"desk\" 100%%"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%")
    return f'"{escaped.replace("$", "$$")}"'


def _unit(path: Path, text: str, meaning: str) -> None:
    make(path.parent, mode=0o755)
    is_new = write_new(path, text)
    tell("unit", path, meaning, is_new=is_new)
    if not is_new and path.read_bytes() != os.fsencode(text):
        sys.stderr.write(
            f"presslog: {one_line(str(path))} is not the one of this presslog; "
            "`presslog init --systemd --prefix DIR` writes that one below DIR, to compare\n"
        )
