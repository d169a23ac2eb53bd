"""presslog status: is it running, how far are the views, what became of the files."""

import shutil
import stat
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .backup_age import last_backup
from .exits import BEHIND, LOCKED
from .log_state import log_state, replica_line
from .options import common, loaded, store_folder
from .output import emit_object, is_utf8, output
from .signed import signed, signed_line
from .text import lasting, one_line, size

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.config.settings import Settings


@click.command()
@click.option(
    "--check", "is_check", is_flag=True, help="For monitors: exit with 0 (current), 9 (behind) or 5 (damaged)."
)
@output("table", "json", default="table")
@common
def status(is_check: bool, form: str) -> None:
    """Show what runs and how far it is.

    The daemon, the log and its other copies, how far the views are behind it, in events and in time, what became of the
    files, and the room on the disk. Where the log is on a server that does not answer, all that is here is shown, and
    the exit status is 7.

    \b
    Examples:
      presslog status
      presslog status --check || systemctl restart presslog
    """
    found = _status(store_folder(), loaded().settings)
    if form == "json":
        emit_object(found)
    else:
        sys.stdout.write("\n".join(f"{name:<9} {one_line(line)}" for name, line in _lines(found)) + "\n")
    if found["log"]["error"]:
        click.get_current_context().exit(LOCKED)
    if is_check and not _is_current(found["views"]):
        click.get_current_context().exit(BEHIND)


def _is_current(views: list[dict[str, Any]]) -> bool:
    """Whether questions are answered as of now; what articles say may follow in its own time, but not be paused."""
    answering = [view for view in views if view["file"] == "views"]
    is_behind = any(view["behind"] for view in answering)
    return bool(answering) and not is_behind and all(view["state"] == "live" for view in views)


def _status(folder: "Path", settings: "Settings") -> dict[str, Any]:
    """Everything, as it is written with -o json; ``views`` is empty where they are not built yet."""
    from importlib.metadata import version

    from presslog.daemon.state import read_state
    from presslog.store.insight import insight_folder
    from presslog.store.queries import waiting

    state = read_state(folder)
    about, head, last_at, views = log_state(folder)
    return {
        "version": version("presslog"),
        "store": str(folder),
        "size_bytes": sum(map(_bytes, folder.rglob("*"))),
        "daemon": state,
        "log": about,
        "head": head,
        "last_append_at": last_at,
        "signed": signed(folder, head or 0),
        "views": views,
        "rebuild": _rebuild(folder),
        "insight_rebuild": _rebuild(insight_folder(folder)),
        "waiting": len(waiting(folder)),
        "backup": last_backup(settings),
        "disk_free_bytes": shutil.disk_usage(folder).free,
    } | _counts(folder, views)


def _bytes(path: "Path") -> int:
    """What a file takes; nothing of what is gone by now, or is no file."""
    try:
        found = path.lstat()
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _rebuild(folder: "Path") -> dict[str, int] | None:
    """The rebuild that runs now: its pid, and the position it has reached."""
    from presslog.store.rebuild import running

    found = running(folder)
    return {"pid": found.pid, "position": found.position} if found and found.pid else None


def _counts(folder: "Path", views: list[dict[str, Any]]) -> dict[str, Any]:
    if not views:
        return {"articles": 0, "files": {}, "unread": 0, "failures": 0}
    from presslog.store.queries import Answers

    with Answers(folder) as answers:
        return {
            "articles": answers.article_count(),
            "files": answers.file_counts(),
            "unread": answers.unread_file_count(),
            "failures": len(answers.failures()),
        }


def _lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    state = found["daemon"]
    doing = {"run": "running", "follow": "following"}[state.role] if state else ""
    running = f"{doing}, pid {state.pid}, for {_since(state.started_at)}" if state else "not running: presslog run"
    counts = sorted(found["files"].items(), key=lambda pair: -pair[1])
    files = [f"{count} {outcome}" for outcome, count in counts] or ["none yet: drop one into a watched folder"]
    files += [f"{found['unread']} with parts left unread"] if found["unread"] else []
    lines = [
        ("presslog", f"{found['version']} · {running} · {found['store']} · {size(found['size_bytes'])}"),
        *_log(found),
        ("signed", signed_line(found["signed"])),
        ("views", _views(_of(found, "views")) + _rebuilding(found["rebuild"], found["head"])),
        *_insight(found),
        ("articles", str(found["articles"])),
        ("files", " · ".join([*files, f"{found['waiting']} waiting", f"{found['failures']} failed"])),
        ("backup", _backup(found["backup"])),
        ("disk", f"{size(found['disk_free_bytes'])} free"),
    ]
    return [*lines, ("storage", state.storage)] if state and state.storage else lines


def _log(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from presslog.store.log import Replica

    about = found["log"]
    if about["error"]:
        yield "log", f"unavailable: {about['error']}"
        return
    end = f"#{found['head']} · last append {_since(found['last_append_at'])} ago" if found["head"] else "nothing yet"
    where = "" if found["log"]["place"].startswith(found["store"]) else f" at {about['place']}"
    yield "log", f"{end} · {about['engine']}{where}"
    for each in about["replicas"]:
        yield "replica", replica_line(Replica(**each))
    for warning in about["warnings"]:
        yield "warning", warning


def _backup(backup: dict[str, Any]) -> str:
    if backup["by_server"]:
        return "none of ours: the server's own tools make them"
    if not backup["folder"]:
        return "none: set backup_folder, or presslog backup FOLDER"
    if not backup["name"]:
        return f"none yet in {backup['folder']}: presslog backup"
    return f"#{backup['position']} · {_since(backup['created_at'])} ago · {backup['folder']}"


def _insight(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    views, rebuild = _of(found, "insight"), found["insight_rebuild"]
    if views or rebuild:
        yield "insight", (_views(views) if views else "derived first") + _rebuilding(rebuild, found["head"])


def _of(found: dict[str, Any], file: str) -> list[dict[str, Any]]:
    return [view for view in found["views"] if view["file"] == file]


def _views(views: list[dict[str, Any]]) -> str:
    if views and all(view["state"] == "live" and view["behind"] == 0 for view in views):
        return f"all {len(views)} {'●' if is_utf8() else '*'} current"
    return " · ".join(map(_view, views)) or "not built yet: presslog views rebuild"


def _rebuilding(rebuild: dict[str, int] | None, head: int | None) -> str:
    if not rebuild:
        return ""
    done = f"#{rebuild['position']}" if head is None else f"{100 * rebuild['position'] // max(head, 1)} %"
    return f" · rebuilt by pid {rebuild['pid']}: {done}"


def _view(view: dict[str, Any]) -> str:
    if view["state"] != "live":
        return f"{view['view']} {'✗' if is_utf8() else '!'} {view['state']} at #{view['position']}: {view['error']}"
    if view["behind"] is None:
        return f"{view['view']} at #{view['position']}"
    if view["behind"]:
        age = lasting(view["behind_seconds"])
        return f"{view['view']} {'◐' if is_utf8() else '~'} {view['behind']} behind for {age}"
    return f"{view['view']} {'●' if is_utf8() else '*'} current"


def _since(text: str) -> str:
    """How long ago a time was, in its largest unit."""
    from datetime import datetime

    seconds = max(0.0, time.time() - datetime.fromisoformat(text).timestamp())
    return lasting(seconds)
