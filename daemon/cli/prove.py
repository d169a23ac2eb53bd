"""presslog prove: what shows to anybody, without the log, that an article stood in it at its place."""

import sys
from typing import TYPE_CHECKING

import click

from .options import common, store_folder
from .output import say

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("name", metavar="ID[@REVISION]|#POSITION")
@common
def prove(name: str) -> None:
    """Prove that an article stands in the log.

    Writes a proof (c2sp.org/tlog-proof) on stdout: the event, its path in the tree, and a signed checkpoint. Whoever
    checks it needs neither the log nor presslog: `presslog check-proof --script` prints what they need.

    \b
    Examples:
      presslog prove art_4toohzf3 > rivers.proof
      presslog prove wires/rivers.txt@1 > first.proof
      presslog prove '#5000' > event.proof
    """
    from contextlib import closing

    from presslog.store.notary import notarised
    from presslog.store.opening import open_log
    from presslog.store.proofs import prove as proof_of

    folder = store_folder()
    position = int(name[1:]) if name.startswith("#") and name[1:].isdecimal() else _position(folder, name)
    with closing(open_log(folder)) as log, closing(notarised(folder)) as notarised_:
        proof = proof_of(log, notarised_, position)
    sys.stdout.write(proof)
    say(f"event #{position}, {len(proof):,} bytes\nNext:  presslog check-proof FILE --original THE-FILE-ITSELF")


def _position(folder: "Path", name: str) -> int:
    """The position of the event that recorded a revision, before anybody read its bytes again."""
    from presslog.store.queries import Answers

    from .revision import find, number

    with Answers(folder) as answers:
        identifier, word = find(answers, name)
        history = answers.history(identifier)
        revision = number(word, history)
    return min(int(row["position"]) for row in history if row["revision"] == revision)
