"""presslog verify: is the archive what was written, all of it and nothing else?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .exits import UNSAFE
from .options import common, has_colour, loaded
from .output import emit_object, output, say
from .progress import progress
from .text import one_line

if TYPE_CHECKING:
    from presslog.store.verify import Kept, Report

MOST_NOTE_BYTES = 65_536


@click.command()
@click.option(
    "--since", "since", default="", metavar="POSITION|FILE", help="Trust what was signed up to there, or in this note."
)
@click.option(
    "--against", multiple=True, metavar="FILE", help="A checkpoint kept elsewhere, which the log must go on from."
)
@click.option("--views", "with_views", is_flag=True, help="Also build the views anew and compare every row.")
@output("text", "json", default="text")
@common
def verify(since: str, against: tuple[str, ...], with_views: bool, form: str) -> None:
    """Verify the store: files, events, signed checkpoints, originals, views.

    Each event is hashed and compared with what was signed, each original with its digest. Exit with 5 where anything is
    not as it was written; the first bad position comes first. `-` reads a checkpoint from stdin.

    \b
    Examples:
      presslog verify
      presslog verify --against /media/usb/checkpoint
      presslog verify --since 90000
    """
    from presslog.handlers.views import insights, views
    from presslog.store.verify import Wanted
    from presslog.store.verify import verify as verified

    wanted = Wanted(
        int(since) if since.isdecimal() else _kept(since) if since else 0, [_kept(each) for each in against]
    )
    with progress("verify") as tell:
        settings = loaded().settings
        rows = {"views": views(), "insights": insights(settings.mentions_by)} if with_views else {}
        report = verified(settings.store_folder, wanted, **rows, progress=tell)
    if form == "json":
        emit_object(_row(report))
    else:
        _write(report)
    if report.findings:
        say(_meaning(report))
        click.get_current_context().exit(UNSAFE)


def _kept(name: str) -> "Kept":
    from presslog.store.verify import Kept

    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{name} cannot be read: {error.strerror}") from error
    return Kept("stdin" if name == "-" else name, content[:MOST_NOTE_BYTES].decode("utf-8", "replace"))


def _write(report: "Report") -> None:
    for finding in report.findings:
        where = f"#{finding.position}" if finding.position else "-"
        sys.stdout.write(_line("bad", finding.check, f"{where} {finding.what}"))
    left = report.finding_count - len(report.findings)
    if left:
        sys.stdout.write(_line("bad", "", f"and {left:,} more"))
    for checked in report.checked:
        if checked.is_good and checked.what:
            sys.stdout.write(_line("ok", checked.check, checked.what))


def _line(state: str, check: str, what: str) -> str:
    sign = click.style(f"{state:<4}", fg="green" if state == "ok" else "red") if has_colour() else f"{state:<4}"
    return f"{sign} {check:<6} {one_line(what)}\n"


def _meaning(report: "Report") -> str:
    first = next((finding.position for finding in report.findings if finding.position), 0)
    begins = f"the archive is not what was written, from event #{first} on" if first else "the archive is not sound"
    return (
        f"{begins}: {report.finding_count} findings\n"
        "Next:  put this store aside as it is, and restore a backup elsewhere: `presslog restore`; then compare the two"
    )


def _row(report: "Report") -> dict[str, Any]:
    return {
        "is_good": not report.findings,
        "first_bad_position": next((each.position for each in report.findings if each.position), None),
        "findings": [each._asdict() for each in report.findings],
        "finding_count": report.finding_count,
        "checks": [each._asdict() for each in report.checked],
    }
