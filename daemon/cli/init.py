"""presslog init: a desk to start with: settings, a folder to drop articles into, a place for the store; or units."""

import os
import sys
from pathlib import Path

import click

from .options import HELP
from .output import is_utf8
from .text import visible

TEMPLATE = """\
# A desk of presslog. Everything that is not set here has its default: `presslog config` shows all settings.
# Paths count from this file. Variables (PRESSLOG_STORE=...) and flags (--set key=value) win over it.

# The folder of the log and its views. The log is the one thing to back up.
store = "{store}"

# A file must stand still for so long where the file system cannot say that nobody writes to it any more.
# settle_seconds = 1.0

# Say so in the log when nothing arrives for so long; 0 means never.
# quiet_seconds = 0.0

# Folders to watch, one table each. The name of a feed is part of what an article is called: seeds/FILE.
[feeds.seeds]
folder = "{folder}"
"""
SAMPLE_NAME = "sample.txt"
SAMPLE = """\
 date 2024-03-14 Harbour Town Votes to Keep Its Last Ferry

Harbour Town Votes to Keep Its Last Ferry
Mara Lindqvist and Tomas Okafor
·2 min read
(Harbour Wire) -- The council of Ostrand voted nine to four on Thursday to keep the town's last ferry running for \
another five years, after a winter in which residents collected more than 6,000 signatures.

The boat carries 310 people a day to the islands of Vell and Little Vell. The council's treasurer, Ines Marchetti, \
said the line would cost 1.2 million crowns a year, a third less than a bridge study that was set aside in January.

“We were told nobody would miss it,” said Pelle Strand, who has sold tickets at the quay since 1998. “Then the ice \
came, and for eleven days everybody did.”

A new timetable begins on April 2. The council will look at passenger numbers again in the autumn.
"""


@click.command(context_settings=HELP)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--sample", "with_sample", is_flag=True, help=f"Also write an invented article, {SAMPLE_NAME}, to try things with."
)
@click.option("--systemd", "is_unit", is_flag=True, help="Write units of systemd: of the machine for root, else yours.")
@click.option("--user", "is_user", is_flag=True, help="With --systemd: the unit of DIR for your own systemd.")
@click.option(
    "--prefix",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --systemd: write what belongs to a machine below DIR, to look at or to pack.",
)
def init(folder: Path | None, with_sample: bool, is_unit: bool, is_user: bool, prefix: Path | None) -> None:
    """Make a desk to start with.

    In DIR: presslog.toml, a folder to watch, and a folder for the store. Nothing is overwritten.
    With --systemd root gets a service of the machine: units, /etc/presslog/presslog.toml and /srv/presslog/seeds.

    \b
    Example:
      presslog init ~/desk --sample && presslog run ~/desk
      presslog init ~/desk --systemd && systemctl --user enable --now presslog
    """
    from presslog.store.errors import StorageFailed

    if ((is_user or prefix) and not is_unit) or (is_user and prefix):
        raise click.UsageError("--user and --prefix say which units --systemd writes: name --systemd, and one of them")
    is_machine = is_unit and not is_user and (prefix is not None or os.geteuid() == 0)
    if is_machine and (folder or with_sample):
        raise click.UsageError("a machine's folders stand in /etc/presslog/presslog.toml: leave DIR out, or add --user")
    try:
        _init_machine(prefix) if is_machine else _init(folder or Path(), with_sample=with_sample, with_unit=is_unit)
    except OSError as error:
        raise StorageFailed(
            f"{error.filename or folder or prefix} cannot be made: {error.strerror}; name another folder"
        ) from error


def _init_machine(prefix: Path | None) -> None:
    from .units import machine

    machine(prefix)
    if prefix is None:
        sys.stdout.write("Next:  systemctl daemon-reload && systemctl enable --now presslog\n")


def _init(folder: Path, *, with_sample: bool, with_unit: bool) -> None:
    from presslog.config.load import load

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "presslog.toml"
    tell("config", path, "every setting is explained in it", is_new=write_new(path, template()))
    settings = load({}, config=str(path)).settings
    store = settings.store_folder
    tell("store", store, "the log and its views", is_new=make(store, mode=0o700))
    feeds = [Path(feed.folder) for feed in settings.feeds.values()]
    for name, feed in zip(settings.feeds, feeds, strict=True):
        tell(name, feed, "drop articles here", is_new=make(feed, mode=0o755))
    if with_sample and feeds:
        tell("sample", feeds[0] / SAMPLE_NAME, "an invented article", is_new=write_new(feeds[0] / SAMPLE_NAME, SAMPLE))
    here = "" if folder.absolute() == Path.cwd() else f" {_quoted(folder)}"
    following = f"presslog run{here}"
    if with_unit:
        from .units import user

        user(folder, os.environ)
        following = "systemctl --user daemon-reload && systemctl --user enable --now presslog"
    sys.stdout.write(visible(f"Next:  {following}\n"))


def template(*, store: str = "store", folder: str = "seeds") -> str:
    """The text of a presslog.toml to begin with."""
    return TEMPLATE.format(store=store, folder=folder)


def make(folder: Path, *, mode: int) -> bool:
    """Make a folder; False where it was there."""
    if folder.is_dir():
        return False
    folder.mkdir(parents=True, mode=mode)
    return True


def write_new(path: Path, text: str) -> bool:
    """Write a file that is not there yet; a folder that is being watched sees it complete."""
    if path.exists():
        return False
    half = path.with_name(f".{path.name}.part")
    half.write_text(text, "utf-8")
    os.link(half, path)
    half.unlink()
    return True


def tell(what: str, path: Path, meaning: str, *, is_new: bool) -> None:
    """Say of a path what it is for, and whether it was made or kept."""
    sign = ("✓" if is_utf8() else "+") if is_new else "="
    shown = str(path) if is_new else f"{path} (was there, kept)"
    sys.stdout.write(visible(f"{sign} {what:<9} {shown:<40} {meaning}\n"))


def _quoted(folder: Path) -> str:
    import shlex

    return shlex.quote(str(folder))
