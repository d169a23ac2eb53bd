"""presslog backup: the whole log in a folder of its own, made beside a daemon, verified, listed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .exits import UNSAFE
from .options import HELP, common, loaded, store_folder
from .output import Column, emit, emit_object, output, say
from .progress import progress

if TYPE_CHECKING:
    from presslog.store.manifest import Manifest
    from presslog.store.shelf import Backup

COLUMNS = (
    Column("name"),
    Column("position", is_right=True),
    Column("blobs", "originals", is_right=True),
    Column("size_bytes", "bytes", is_right=True),
    Column("created_at", "created"),
    Column("state", gives_way=True),
)
CHECKED = (Column("name"), Column("position", is_right=True), Column("state"), Column("log"), Column("problem"))
RELATIONS = {
    "prefix": "goes on from it",
    "ahead": "LACKS EVENTS that the backup has: it was put back, or its end is gone",
    "before-restore": "was restored to an earlier position since",
    "diverged": "HOLDS OTHER EVENTS than the backup, and was not restored",
    "other-log": "is another one",
    "": "is not there",
}
"""How the log stands to a backup, for people."""


class _Backups(click.Group):
    """Where no subcommand is named, a backup is made: `presslog backup FOLDER`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not any(arg in self.commands or arg in HELP["help_option_names"] for arg in args):
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Backups, context_settings=HELP, subcommand_metavar="[FOLDER] | COMMAND [ARGS]...")
@common
def backup() -> None:
    """Back up the log, beside a daemon that goes on writing.

    Into a new folder in FOLDER, or in that of the setting backup_folder: log.db with every event and original,
    notary.db with what was signed, and a manifest. It gets its name once it is verified: read back, its events against
    the log, its originals against their digests. The private key is never in it: keep that elsewhere. Views are made
    anew. A log that a server keeps is backed up by the server's own tools.

    \b
    Examples:
      presslog backup /mnt/backup
      presslog backup ls
      presslog backup verify --all
    """


@backup.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@output("page", "json", default="page")
@common
def make(folder: str | None, form: str) -> None:
    """Make a backup now; `make` may be left out.

    \b
    Example:
      presslog backup make /mnt/backup
    """
    from presslog.config.overlap import backup_mistake
    from presslog.daemon.assemble import maker
    from presslog.store.backup import back_up
    from presslog.store.opening import refuse_kept_elsewhere

    refuse_kept_elsewhere(store_folder(), "no backup is made")
    place = _folder(folder)
    mistake = backup_mistake(loaded().settings, str(place), "FOLDER" if folder else "backup_folder")
    if mistake:
        raise mistake
    with progress("backup") as tell:
        made = back_up(store_folder(), place, maker(), tell)
    row = _row(made)
    if form == "json":
        emit_object(row)
        return
    click.echo(made.path)
    say(f"as of #{row['position']} · {row['blobs']} originals · {row['size_bytes']} bytes · verified")
    say(f"Next:  presslog restore {made.path} --to POSITION, where you need it; presslog backup ls")


@backup.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, exists=True))
@output(default="")
@common
def ls(folder: str | None, form: str | None) -> None:
    """List the backups in a folder, the oldest first.

    \b
    Example:
      presslog backup ls /mnt/backup -o json
    """
    from presslog.store.shelf import backups

    place = _folder(folder)
    if not emit(map(_row, backups(place)), COLUMNS, form, id_key="name"):
        say(f"no backups in {place}\nNext:  presslog backup {folder or ''}".rstrip())


@backup.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "is_all", is_flag=True, help="All in the folder.")
@click.option("--in", "folder", metavar="FOLDER", type=click.Path(file_okay=False), help="Not in backup_folder.")
@output(default="")
@common
def verify(names: tuple[str, ...], is_all: bool, folder: str | None, form: str | None) -> None:
    """Read backups whole, and compare them with the log.

    NAME is a backup of the folder, or the path of one. Exit with 5 if one is damaged, or if the log does not hold what
    a backup holds although it was not restored.

    \b
    Examples:
      presslog backup verify presslog-20220106T041431.204Z-5000
      presslog backup verify --all --in /mnt/backup -o json
    """
    from presslog.store.shelf import backups, find_backup

    if bool(names) == is_all:
        raise click.UsageError("name backups, or say --all")
    if is_all:
        paths = [each.path for each in backups(_folder(folder))]
    else:
        place = folder or loaded().settings.backup_folder
        paths = [find_backup(name, Path(place) if place else None) for name in names]
    rows = [_verified(path) for path in paths]
    emit(rows, CHECKED, form, id_key="name")
    bad = [row["name"] for row in rows if row["state"] != "good" or row["relation"] in ("ahead", "diverged")]
    say(f"{len(rows) - len(bad)} of {len(rows)} are good" if rows else "no backups")
    if bad:
        click.get_current_context().exit(UNSAFE)


def _folder(given: str | None) -> Path:
    folder = given or loaded().settings.backup_folder
    if not folder:
        raise click.UsageError("name a folder, or set backup_folder in presslog.toml: where do backups go?")
    return Path(folder).absolute()


def _verified(path: Path) -> dict[str, Any]:
    from presslog.store.backup_check import check_backup, relation
    from presslog.store.errors import NoSuchStore, StoreUnsafe

    row: dict[str, Any] = {
        "name": path.name,
        "path": str(path),
        "position": None,
        "state": "good",
        "relation": "",
        "problem": "",
    }
    try:
        with progress(f"verify {path.name}") as tell:
            manifest, tree = check_backup(path, tell)
        row["position"] = manifest.position
        row["relation"] = relation(path, tree, loaded().settings.store_folder)
    except NoSuchStore:
        pass
    except StoreUnsafe as error:
        row |= {"state": "DAMAGED", "problem": str(error)}
        return row | {"log": ""}
    return row | {"log": RELATIONS[row["relation"]]}


def _row(each: "Backup") -> dict[str, Any]:
    """A backup as it is listed."""
    fields = _fields(each.manifest) if each.manifest else {}
    named = ("position", "blobs", "size_bytes", "created_at", "log_id", "root", "checkpoint", "version")
    return {"name": each.path.name, "path": str(each.path), **dict.fromkeys(named), **fields} | {
        "state": each.problem or "whole"
    }


def _fields(manifest: "Manifest") -> dict[str, Any]:
    from presslog.store.times import utc_text

    return {
        "position": manifest.position,
        "blobs": manifest.blobs,
        "size_bytes": manifest.size_bytes,
        "created_at": utc_text(manifest.created_at),
        "log_id": manifest.log_id,
        "root": manifest.root,
        "checkpoint": manifest.checkpoint,
        "version": manifest.version,
    }
