"""presslog consistency: the proof that one checkpoint is the beginning of another."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import common, loaded
from .output import emit_object, output, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presslog.store.check_proof import Checkpoint
    from presslog.store.keys import LogKey
    from presslog.store.notary import Notarised

MOST_LETTERS = 65_536


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", default="")
@output("text", "json", default="text")
@common
def consistency(old: str, new: str, form: str) -> None:
    """Prove that the log of one checkpoint begins with that of another.

    OLD and NEW are files with checkpoints, or numbers of events; NEW is the newest. What is printed is what
    c2sp.org/tlog-witness takes: the old size, the hashes of the proof in base64, and the new checkpoint. Exit with 5
    where OLD is not the beginning.

    \b
    Examples:
      presslog consistency /media/usb/checkpoint
      presslog consistency 1000 > newest.consistency
    """
    from base64 import b64encode
    from contextlib import closing

    from presslog.store.check_proof import verify_consistency
    from presslog.store.keys import checkpoint_of, keys_of
    from presslog.store.notary import notarised
    from presslog.store.notes import judging
    from presslog.store.opening import open_log

    folder = loaded().settings.store_folder
    with closing(open_log(folder)) as log, closing(notarised(folder)) as opened:
        keys = keys_of(log)
        note = _note(new, opened)
        later = checkpoint_of(note, keys)
        earlier = _earlier(old, later, keys, opened)
        with judging():
            path = opened.tree.consistency(earlier.size, later.size)
            verify_consistency(earlier, later, path)
    hashes = [b64encode(each).decode() for each in path]
    if form == "json":
        emit_object({"old": earlier.size, "new": later.size, "hashes": hashes, "checkpoint": note})
    else:
        sys.stdout.write("\n".join([f"old {earlier.size}", *hashes, "", note]))
    say(f"the log of {later.size} events begins with that of {earlier.size}")


def _note(name: str, opened: "Notarised") -> str:
    """The note that is meant by a file, or by a number of events, or by nothing: the newest."""
    from presslog.store.errors import NotFound

    if name == "-":
        return sys.stdin.read(MOST_LETTERS)
    if name and not name.isdecimal():
        try:
            return Path(name).read_bytes()[:MOST_LETTERS].decode("utf-8", "replace")
        except OSError as error:
            raise click.BadParameter(f"{name} cannot be read: {error.strerror}") from error
    note = next(opened.checkpoints(int(name) - 1), None) if name else opened.latest()
    if note is None:
        raise NotFound("nothing of that size is signed yet: `presslog checkpoint --all` lists what is")
    return note


def _earlier(name: str, later: "Checkpoint", keys: "Sequence[LogKey]", opened: "Notarised") -> "Checkpoint":
    """What is to be the beginning; of a mere number, what the tree itself says."""
    from presslog.store.check_proof import Checkpoint
    from presslog.store.keys import checkpoint_of

    if not name.isdecimal():
        return checkpoint_of(_note(name, opened), keys)
    size = min(int(name), later.size)
    return Checkpoint(later.origin, size, opened.tree.root(size))
