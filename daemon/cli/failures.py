"""presslog failures: files that could not be read, and files that still wait, each with what to do."""

from typing import Any

import click

from .freshness import freshness
from .options import HELP, common, store_folder
from .output import Column, emit, emit_object, output, say
from .pager import paged
from .retry import dismiss, retry
from .text import one_line

COLUMNS = (
    Column("id", is_right=True),
    Column("state"),
    Column("path", gives_way=True),
    Column("code"),
    Column("reason", gives_way=True),
    Column("attempts", is_right=True),
    Column("failed_at", "since"),
)
HINTS = {
    "empty": "write the article first, then drop it again",
    "binary": "this is no text: export the article as text or HTML and drop that",
    "unknown-format": "presslog help formats lists what is read; drop the article in one of these, or add a format",
    "no-article": "check that the file holds an article, then drop it again",
    "front-matter": "mend the block on top of it, then drop it again",
    "malformed": "get it anew from its sender",
    "entities": "have it sent with its entities written out",
    "damaged": "copy it again, or pack it anew",
    "encrypted": "drop it without its password",
    "no-text-layer": "read its letters first (OCR), e.g. with ocrmypdf",
    "office-document": "save it as HTML or text, and drop that",
    "bomb": "unpack it, and drop what lies inside",
    "handler-failed": "a format failed on it: report the file, and drop it again after an upgrade",
    "handler-timeout": "raise reader_seconds, or split the file; then presslog failures retry",
    "handler-memory": "raise reader_memory_bytes, or split the file; then presslog failures retry",
    "handler-crashed": "a format failed on it: report the file, and drop it again after an upgrade",
    "reading": "wait: it is read in its turn",
    "no-reader": "raise TasksMax= or free memory: no process for reading can be started",
    "symlink": "drop the file itself: links are not followed",
    "special-file": "drop a regular file",
    "erased": "delete the file: its content was erased by order; a corrected one is read as a new revision",
    "too-large": "raise limit_bytes, or split the file",
    "permission-denied": "chmod or chown it so that presslog may read it",
    "hard-link": "copy it (cp) instead of linking it, or let everyone read it (chmod o+r)",
    "too-many-open-files": "raise LimitNOFILE or ulimit -n",
    "io-error": "check the disk: dmesg, smartctl",
    "open-for-writing": "the program that writes it must close it",
    "settling": "wait: it changed just now",
    "changing": "wait: it changed while it was read",
    "folder-lost": "create or mount the feed's folder again",
}
"""Code of a failure -> what the operator does about it."""

NEXT = """\
Next:  presslog failures show ID      what to do about it
       presslog failures retry ID     read it again now; PATH for one that waits, --all for all
       presslog failures dismiss ID   hear no more of it"""

NOTHING = "no failures: no file needs your attention"

_output = output(default="")
_all = click.option("--all", "with_resolved", is_flag=True, help="Also those that ended well.")


@click.group(invoke_without_command=True, context_settings=HELP)
@_all
@_output
@common
@click.pass_context
def failures(context: click.Context, with_resolved: bool, form: str | None) -> None:
    """List files that failed or wait.

    With the reason of each; `presslog failures show ID` says what to do, `retry` reads a file again now, `dismiss` says
    that it needs no more attention.

    \b
    Examples:
      presslog failures
      presslog failures show 3
      presslog failures retry --all
    """
    if context.invoked_subcommand is None:
        context.invoke(ls, with_resolved=with_resolved, form=form)


@failures.command()
@_all
@_output
@common
@paged
def ls(with_resolved: bool, form: str | None) -> None:
    """List them: the newest refusal first, then what waits.

    \b
    Example:
      presslog failures ls --all -o json
    """
    from presslog.store.queries import Answers, waiting

    folder = store_folder()
    with Answers(folder) as answers:
        rows = [_refused(row) for row in answers.failures(with_resolved=with_resolved)]
        fresh = freshness(answers, folder)
    rows += [_waits(row) for row in waiting(folder)]
    count = emit(rows, COLUMNS, form)
    say(f"{count} file{'s' if count != 1 else ''} · {fresh}\n{NEXT}" if count else f"{NOTHING} · {fresh}")


@failures.command()
@click.argument("number", metavar="ID", type=int)
@output("page", "json", default="page")
@common
def show(number: int, form: str) -> None:
    """Show one failure: what, when, why, and what to do.

    \b
    Example:
      presslog failures show 3
    """
    from presslog.store.queries import Answers

    with Answers(store_folder()) as answers:
        row = _refused(answers.failure(number))
    if form == "json":
        emit_object(row)
        return
    for key, value in row.items():
        if value not in (None, ""):
            click.echo(f"{key:<12} {one_line(str(value))}")


failures.add_command(retry)
failures.add_command(dismiss)


def _refused(row: dict[str, Any]) -> dict[str, Any]:
    """A failure with its path whole, and the remedy."""
    state = "open" if row["resolved_at"] is None else str(row["resolution"])
    return {
        "id": row["id"],
        "state": state,
        "path": f"{row['feed']}/{row['path']}",
        "code": row["code"],
        "reason": row["message"],
        "remedy": hint(row["code"]),
        "stage": row["stage"],
        "attempts": row["attempts"],
        "size_bytes": row["size_bytes"],
        "failed_at": row["failed_at"],
        "resolved_at": row["resolved_at"],
        "sha256": row["sha256"],
        "position": row["last_position"],
    }


def _waits(row: dict[str, Any]) -> dict[str, Any]:
    from presslog.store.times import utc_text

    named = dict.fromkeys(
        ("id", "state", "path", "code", "reason", "remedy", "stage", "attempts", "size_bytes", "failed_at")
    )
    known = {key: row[key] for key in ("path", "code", "reason", "attempts", "size_bytes")}
    return named | known | {"state": "waiting", "remedy": hint(row["code"]), "failed_at": utc_text(row["since_at"])}


def hint(code: str) -> str:
    """What to do about a failure."""
    return HINTS.get(code, "correct the file and drop it again: new bytes are read anew")
