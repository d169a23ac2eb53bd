"""presslog check-proof: does a proof show what it says? Also as a script that needs no presslog."""

import sys
from pathlib import Path

import click

from .exits import PARTLY
from .options import HELP


@click.command("check-proof", context_settings=HELP)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--key", default="", metavar="VKEY", help="The log's key as you know it from elsewhere: `presslog key`.")
@click.option(
    "--original", type=click.Path(exists=True, dir_okay=False), help="The file that the article was read from."
)
@click.option("--script", "is_script", is_flag=True, help="Print the checker itself, one file for Python.")
def check_proof(file: str | None, key: str, original: str | None, is_script: bool) -> None:
    """Check a proof that `presslog prove` wrote.

    It needs no store and no network. Exit with 4 where the proof shows nothing.

    \b
    Examples:
      presslog check-proof rivers.proof --original rivers.txt
      presslog check-proof --script > check_proof.py
    """
    from presslog.store import check_proof as checker

    if is_script:
        sys.stdout.write(Path(checker.__file__).read_text("utf-8"))
        return
    if file is None:
        raise click.UsageError("name the file that `presslog prove` wrote, or --script")
    words = [file, *(["--key", key] if key else []), *(["--original", original] if original else [])]
    if checker.main(words):
        click.get_current_context().exit(PARTLY)
