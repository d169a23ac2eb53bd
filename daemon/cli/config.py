"""presslog config: the settings that count, and where each comes from."""

import sys
from typing import Any

import click

from .options import common, loaded
from .output import Column, emit, output, say
from .text import visible

COLUMNS = (Column("key"), Column("value", gives_way=True), Column("origin", gives_way=True))


@click.command()
@click.option("--origin", "with_origin", is_flag=True, help="Say where each value comes from.")
@click.option("--changed", "only_changed", is_flag=True, help="Only what differs from the defaults.")
@output("toml", "table", "json", "ndjson", "csv", "tsv", "md", default="toml")
@common
def config(with_origin: bool, only_changed: bool, form: str) -> None:
    """Show the settings that count.

    Flags win over PRESSLOG_* variables, those over presslog.toml, and that over the defaults.

    \b
    Examples:
      presslog config --changed --origin
      presslog config --store ~/desk -o json
    """
    found = loaded()
    rows = [row for row in _rows(found.settings, found.origins) if not only_changed or row["origin"] != "default"]
    if form == "toml":
        for row in rows:
            comment = f"  # {row['origin']}" if with_origin else ""
            sys.stdout.write(visible(f"{row['key']} = {_toml(row['value'])}{comment}") + "\n")
    else:
        emit(rows, COLUMNS, form, id_key="key")
    if not rows:
        say("every setting has its default\nNext:  `presslog init DIR` writes a presslog.toml to change them in")
    say(f"read from {found.path}" if found.path else "no presslog.toml was found; `presslog init DIR` makes one")


def _rows(settings: Any, origins: dict[str, str]) -> list[dict[str, Any]]:
    import msgspec

    values = msgspec.to_builtins(settings)
    feeds = values.pop("feeds")
    for name, feed in feeds.items():
        values |= {f"feeds.{name}.{key}": value for key, value in feed.items() if value is not None}
    return [{"key": key, "value": value, "origin": origins.get(key, "default")} for key, value in values.items()]


def _toml(value: Any) -> str:
    """A value as TOML: its strings and lists of strings are those of JSON."""
    import json

    return json.dumps(value, ensure_ascii=False)
