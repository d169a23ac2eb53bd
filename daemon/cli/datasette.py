"""presslog datasette: the views in Datasette, a browser for databases, with searches, facets and questions ready."""

import sys
from typing import TYPE_CHECKING

import click

from .options import common, store_folder
from .output import say

if TYPE_CHECKING:
    from pathlib import Path

HOST, PORT = "127.0.0.1", 8001
SETTINGS = {"sql_time_limit_ms": 3000, "facet_time_limit_ms": 500, "suggest_facets": "off"}
"""Measured with 100,000 articles: Datasette grants a query 1 s and a facet 0.2 s, which is short for such an archive,
and takes 6 s to look for more facets than those we name."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--write", metavar="FILE", help="Only write the metadata there, for a Datasette that you start yourself.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="The port it listens on.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[DATASETTE OPTIONS…]")
@common
def datasette(write: str | None, port: int, options: tuple[str, ...]) -> None:
    """Show the views in Datasette.

    It needs `pip install 'presslog[datasette]'`, reads views.db and insight.db, and writes nothing. Options that are
    not ours go to `datasette serve`.

    Whoever reaches the port may ask any SQL and read everything, without a login; it answers under any host name, so
    that a web page open in a browser on this machine may reach it too. It listens on 127.0.0.1: put what asks for a
    login in front before others shall see it.

    Run it as the user of the daemon. It goes on with the tables that it has opened: start it again after `presslog
    views rebuild`.

    \b
    Examples:
      presslog datasette
      presslog datasette --port 9000 --setting default_page_size 50
      presslog datasette --write metadata.json && datasette desk/store/views.db --metadata metadata.json
    """
    folder = store_folder()
    metadata = _metadata(folder)
    if write is None:
        _serve(folder, metadata, ["--host", HOST, "--port", str(port), *_settings(), *options])
        return
    from pathlib import Path

    from presslog.store.whole import whole

    with whole(Path(write)) as file:
        file.write(metadata)
    say(f"written: {write}\nNext:  datasette {folder / 'views.db'} --metadata {write}")


def _settings() -> list[str]:
    return [word for name, value in SETTINGS.items() for word in ("--setting", name, str(value))]


def _metadata(folder: "Path") -> bytes:
    import msgspec

    from presslog.daemon.exports.datasette_metadata import datasette_metadata
    from presslog.store.insight import insight_link
    from presslog.store.queries import Answers

    has_insight = insight_link(folder).exists()
    with Answers(folder, with_insight=has_insight) as answers:
        told = datasette_metadata(answers.schema(), answers.schema("insight") if has_insight else ())
        return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _serve(folder: "Path", metadata: bytes, options: list[str]) -> None:
    """Become Datasette."""
    import os
    from importlib.util import find_spec

    if find_spec("datasette") is None:
        raise click.UsageError("Datasette is not installed: pip install 'presslog[datasette]'")
    told = _in_memory(metadata)
    say("articles are at /views/articles, questions at /views; Ctrl-C ends it")
    sys.stdout.flush()
    files = [str(path) for path in (folder / "views.db", folder / "insight.db") if path.exists()]
    command = [sys.executable, "-m", "datasette", "serve", *files, "--metadata", told, *options]
    os.execv(sys.executable, command)  # noqa: S606  no shell has a part in it


def _in_memory(content: bytes) -> str:
    """A file that the next program of this process can open, and that leaves nothing behind."""
    import os

    handle = os.memfd_create("metadata.json", flags=0)
    os.write(handle, content)
    os.lseek(handle, 0, os.SEEK_SET)
    return f"/proc/self/fd/{handle}"
