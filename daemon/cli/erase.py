"""presslog erase: an article goes by order, with a receipt that says what went and that no trace of it was found."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from .erased import resolved
from .exits import PARTLY
from .options import common, loaded
from .output import emit_object, output, say
from .progress import progress

if TYPE_CHECKING:
    from presslog.config.settings import Settings
    from presslog.store.erase import Brought, Content, Mentions
    from presslog.store.erase_finish import Proof
    from presslog.store.erase_traces import Samples
    from presslog.store.log import EventLog

FINISH = "Next:  presslog erase --finish   goes on with it"


@click.command()
@click.argument("name", metavar="[ID]", default="")
@click.option("--reason", default="", metavar="TEXT", help="On whose order, and why; it stays in the log.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask: for scripts.")
@click.option("--finish", "is_finishing", is_flag=True, help="Go on with what was interrupted.")
@output("page", "json", default="page")
@common
def erase(name: str, reason: str, form: str, *, is_sure: bool, is_finishing: bool) -> None:
    """Erase an article by order.

    All versions of it go: their words, the original bytes of the files that brought it, and every trace of both in the
    store. That it was erased stays, with who, when and why; so do positions and digests, and the log can be verified
    as before. Bytes that were erased are never taken again; a corrected file is read as the next revision.

    It is shown and asked for first; the receipt says what was done, and what else there may be. Killed anywhere, the
    same command again, or --finish, goes on. Exit status 4 says that traces were found in other files.

    \b
    Examples:
      presslog erase art_4toohzf3 --reason "court order 12 O 345/26"
      presslog erase 4too --reason "withdrawn by its author" --yes -o json > receipt.json
      presslog erase --finish
    """
    from presslog.store.erase_finish import lock

    if is_finishing == bool(name) or (name and not reason.strip()):
        raise click.UsageError("name one article and say why with --reason, or finish what was begun with --finish")
    settings = loaded().settings
    with lock(settings.store_folder):
        receipts = _finish(settings) if is_finishing else [_erase(settings, name, reason, is_sure=is_sure)]
    if form == "json":
        emit_object(receipts if is_finishing else receipts[0])
    else:
        from .erase_page import page

        for receipt in receipts:
            sys.stdout.write("\n".join(page(receipt)) + "\n")
    if any(receipt["scanned"]["left"] for receipt in receipts):
        sys.exit(PARTLY)


def _erase(settings: "Settings", name: str, reason: str, *, is_sure: bool) -> dict[str, Any]:
    from presslog.store.erase import brought, content_of
    from presslog.store.erase_traces import samples_of
    from presslog.store.errors import NotFound
    from presslog.store.opening import open_log
    from presslog.store.queries import Answers

    from .erase_page import receipt

    log = open_log(settings.store_folder)
    try:
        with Answers(settings.store_folder) as answers:
            content = content_of(log, resolved(answers, name))
        if content is None:
            raise NotFound(f"the log holds no article that answers to {name!r}")
        found = _mentions(settings, log, content)
        what = brought(log, content, found)
        if not content.positions:
            say(f"{content.id} was erased before")
            _order(settings, log, content, found, reason)
            return receipt(settings, log, content.id, what, _prove_again(settings, log, content))
        _confirm(content, what, is_sure=is_sure)
        samples = samples_of(settings.store_folder, log, content, what.digests)
        _order(settings, log, content, found, reason)
        return receipt(settings, log, content.id, what, _prove(settings, log, samples))
    finally:
        log.close()


def _mentions(settings: "Settings", log: "EventLog", content: "Content") -> "Mentions":
    """Where the log tells of files with the article in them; those that name too few of theirs are read once more."""
    from presslog.daemon.kept import Kept
    from presslog.store.erase import mentions

    from .preview import readers

    with closing(readers(settings)) as reader, progress("reading the log") as tell:
        kept = Kept(log.blobs, reader.read)
        return mentions(log, content, holds=lambda file: kept.holds(content.uri, file), told=tell)


def _confirm(content: "Content", what: "Brought", *, is_sure: bool) -> None:
    from .erase_page import plan

    say("\n".join(plan(content, what)))
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here, and nothing was erased: add --yes where you are sure")
    click.confirm("Erase it for good?", abort=True, err=True)


def _order(settings: "Settings", log: "EventLog", content: "Content", found: "Mentions", reason: str) -> None:
    """Give the order to the daemon, or do it; where nothing came of it, nothing is left to finish."""
    from presslog.daemon.erase import Erase
    from presslog.store.erase import content_of
    from presslog.store.erase_finish import begin, note, unproved
    from presslog.store.errors import PresslogError

    from .ask import asking

    folder = settings.store_folder
    before = unproved(folder)
    if content.positions:
        begin(folder, content.id)
    reason = reason.encode("utf-8", "replace").decode()
    try:
        with asking(settings) as ask:
            ask("erase", Erase(content.id, reason, content.expected, found))
    except PresslogError:
        now = content_of(log, content.id)
        if now and now.redactions == content.redactions:
            note(folder, before)
        raise


def _finish(settings: "Settings") -> list[dict[str, Any]]:
    from presslog.store.erase import brought, content_of
    from presslog.store.erase_finish import Erasing, note, unproved
    from presslog.store.erase_traces import NO_SAMPLES
    from presslog.store.opening import open_log

    from .erase_page import receipt

    log = open_log(settings.store_folder)
    try:
        begun = [content for each in unproved(settings.store_folder).articles if (content := content_of(log, each))]
        for each in begun:
            if each.positions:
                say(f"{each.id} holds versions that no order has erased: presslog erase {each.id}")
        erased = [each for each in begun if each.redactions]
        if not erased:
            note(settings.store_folder, Erasing())
            say("nothing is left to finish")
            return []
        proof = _prove(settings, log, NO_SAMPLES)
        whats = [brought(log, each, _mentions(settings, log, each)) for each in erased]
        return [receipt(settings, log, each.id, what, proof) for each, what in zip(erased, whats, strict=True)]
    finally:
        log.close()


def _prove_again(settings: "Settings", log: "EventLog", content: "Content") -> "Proof":
    """Go on with an erasure whose words are gone, where it was not brought to its end."""
    from presslog.store.erase_finish import NO_PROOF, unproved
    from presslog.store.erase_traces import NO_SAMPLES

    is_unproved = content.id in unproved(settings.store_folder).articles
    return _prove(settings, log, NO_SAMPLES) if is_unproved else NO_PROOF


def _prove(settings: "Settings", log: "EventLog", samples: "Samples") -> "Proof":
    """Bring the erasures that were begun to their end."""
    from contextlib import suppress

    from presslog.daemon.control import call
    from presslog.daemon.erase import LetGo
    from presslog.handlers.views import insights, views
    from presslog.store.candidate import Watch
    from presslog.store.erase_finish import Erasing, finish, note
    from presslog.store.errors import PresslogError

    folder = settings.store_folder
    try:
        with progress("views") as tell:
            found = insights(settings.mentions_by)
            proof = finish(folder, views(), log, samples, Watch(tell, say), insights=found)
    except PresslogError:
        say(f"it is erased, but traces may be left in the files of the store\n{FINISH}")
        raise
    if not proof.left:
        note(folder, Erasing())
    with suppress(OSError, PresslogError):
        call(folder, "let-go", LetGo())
    return proof
