"""presslog doctor: is this host fit to keep the archive? One line a check, each with its fix."""

import click

from .exits import PARTLY
from .options import common, has_colour, is_terminal, loaded
from .output import Column, emit, output, say
from .text import one_line

COLUMNS = (Column("state"), Column("check"), Column("found", gives_way=True), Column("fix", gives_way=True))
COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@output(default="")
@common
def doctor(form: str | None) -> None:
    """Check host, settings and store.

    Each line says what was found, and how to mend it where something is wrong. Exit with 4 if a check fails.

    \b
    Example:
      presslog doctor
    """
    from .checks import findings

    found = [each._asdict() for each in findings(loaded().settings)]
    if form is None and is_terminal():
        for row in found:
            sign = click.style(f"{row['state']:<4}", fg=COLOURS[row["state"]]) if has_colour() else f"{row['state']:<4}"
            fix = f"\n                      fix: {one_line(row['fix'])}" if row["fix"] else ""
            click.echo(f"{sign}  {row['check']:<14}  {one_line(row['found'])}{fix}", color=has_colour())
    else:
        emit(found, COLUMNS, form, id_key="check")
    failed = sum(row["state"] == "fail" for row in found)
    if failed:
        say(f"{failed} of {len(found)} checks failed: each line ends with its fix")
        click.get_current_context().exit(PARTLY)
