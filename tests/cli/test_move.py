"""presslog move, as people use it: a desk whose log goes to a server and comes home, with all that is beside it."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from desks import Desk, a_story, running_daemon
from examples import an_append, until

from presslog.daemon.apart import TEXT_BYTES_INLINE
from presslog.daemon.cli import presslog
from presslog.daemon.erase import Erase, erase
from presslog.handlers.views import views
from presslog.store.engines import open_engine
from presslog.store.erase import content_of, mentions
from presslog.store.generation import Generation
from presslog.store.log import Stored
from presslog.store.names import article_id
from presslog.store.opening import open_log
from presslog.store.views import serving_path

Run = Callable[..., Result]
LAST = 1 << 62


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a revision, a text that stands apart, a file that was refused, and an erased article."""
    desk = Desk(tmp_path / "desk")
    desk.drop("a.txt", a_story())
    desk.drop("long.txt", a_story("A long one", "The water came. " * (TEXT_BYTES_INLINE // 12)))
    desk.drop("erased.txt", a_story("Nobody knows", "A secret."))
    desk.drop("bad.txt", b"\x00\x01\x02" * 100)
    desk.drain()
    desk.drop("a.txt", a_story(text="The water came at dawn."))
    desk.drain()
    with desk.assembled() as (parts, _):
        content = content_of(parts.log, article_id("presslog:seeds/erased.txt"))
        assert content
        found = mentions(parts.log, content, holds=lambda _: True)
        erase(parts, Erase(content.id, "by order", content.expected, found), "operator:ada")
    desk.drain()
    return desk


@pytest.fixture
def run(desk: Desk) -> Run:
    def run(*arguments: object) -> Result:
        words = [*map(str, arguments), "--store", str(desk.folder)]
        return CliRunner().invoke(presslog, words, catch_exceptions=False)

    return run


def stored(desk: Desk) -> list[Stored]:
    with closing(open_log(desk.store)) as log:
        return log.read(0, LAST)


def digests(desk: Desk) -> dict[str, str]:
    path = serving_path(desk.store)
    assert path
    with closing(open_log(desk.store)) as log, closing(Generation(path, views(), log)) as generation:
        return {view.name: generation.digest(view) for view in views()}


def beside(desk: Desk) -> dict[str, bytes]:
    """The files beside the log, which no move touches."""
    return {name: (desk.store / name).read_bytes() for name in ("notary.db", "checkpoint", "presslog.key")}


def test_log_goes_to_a_server_and_comes_home_and_nobody_notices(
    desk: Desk, run: Run, fresh_server: Callable[[], str], tmp_path: Path
) -> None:
    address, proof = fresh_server(), tmp_path / "proof"
    events, made, files = stored(desk), digests(desk), beside(desk)
    proof.write_text(run("prove", "seeds/a.txt").stdout)
    history = run("history", "seeds/a.txt", "-o", "json").stdout

    there = run("move", "--to", address)

    assert there.exit_code == 0, there.stderr
    assert f'engine = "{address}" in {desk.folder / "presslog.toml"}' in there.stderr
    assert "log.db.moved" in there.stderr
    assert (stored(desk), digests(desk), beside(desk)) == (events, made, files)
    assert run("history", "seeds/a.txt", "-o", "json").stdout == history
    refused = run("run", "--once")
    assert (refused.exit_code, address in refused.stderr) == (8, True)

    desk.configure(engine=address)
    desk.drop("b.txt", a_story("Bridges hold"))
    ended = run("run", "--once")

    assert ended.exit_code == 0, ended.stderr
    assert "1 recorded" in ended.stdout + ended.stderr
    assert len(stored(desk)) == len(events) + 2

    home = json.loads(run("move", "--to", desk.store, "-o", "json").stdout)
    desk.configure(engine="sqlite")
    desk.drop("c.txt", a_story("Towers stand"))

    assert (home["position"], home["engine"]) == (len(events) + 2, "sqlite")
    assert run("run", "--once").exit_code == 0
    assert stored(desk)[: len(events)] == events
    titles = [title for (title,) in desk.rows("select title from articles order by title")]
    assert titles == ["A long one", "Bridges hold", "Rivers rise", "Towers stand"]
    assert len(run("show", "seeds/long.txt", "-o", "json").stdout) > TEXT_BYTES_INLINE
    key = run("key").stdout.strip()
    assert CliRunner().invoke(presslog, ["check-proof", str(proof), "--key", key]).exit_code == 0
    verified = run("verify", "--views")
    assert verified.exit_code == 0, verified.stdout
    assert "named by none" not in verified.stdout


def test_move_beside_a_daemon_is_refused(desk: Desk, run: Run, tmp_path: Path) -> None:
    with running_daemon(desk) as daemon:
        until(desk.is_served)
        ended = run("move", "--to", tmp_path / "copy", "--copy")

    assert ended.exit_code == 7
    assert str(daemon.pid) in ended.stderr


def test_copy_is_a_store_that_verifies(desk: Desk, run: Run, tmp_path: Path) -> None:
    copied = json.loads(run("move", "--to", tmp_path / "copy", "--copy", "-o", "json").stdout)

    verified = CliRunner().invoke(presslog, ["verify", "--store", str(tmp_path / "copy")])

    assert (copied["position"], copied["is_copy"], copied["left"]) == (len(stored(desk)), True, None)
    assert verified.exit_code == 0, verified.stdout
    assert run("verify").exit_code == 0


def test_other_hosts_are_told_where_the_log_is_now(
    desk: Desk, run: Run, fresh_server: Callable[[], str], tmp_path: Path
) -> None:
    first, second = fresh_server(), fresh_server()
    run("move", "--to", first)
    with closing(open_engine(first, tmp_path / "host", readonly=False)) as other:
        other.append([an_append(b"{}")])

    assert run("move", "--to", second).exit_code == 0

    host = Desk(tmp_path / "host", engine=first)
    refused = CliRunner().invoke(presslog, ["run", "--once", "--store", str(host.folder)])
    assert refused.exit_code == 5
    assert f"was moved to {second}: set engine" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "--to"),
        (("--to", "nowhere://host"), 8, "no log can be moved"),
        (("--to", "elsewhere"), 2, "--copy"),
        (("--to", "postgresql://127.0.0.1:1/news"), 7, "does not answer"),
        (("--to", "postgresql://u:secret@127.0.0.1:1/news"), 8, "passfile"),
        (("--to", "nats://u:secret@127.0.0.1:1/news"), 8, "creds=FILE"),
    ],
)
def test_what_makes_no_sense_is_told(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = run("move", *arguments)

    assert (ended.exit_code, said in ended.stderr) == (code, True), ended.stderr
    assert "secret" not in ended.stderr
