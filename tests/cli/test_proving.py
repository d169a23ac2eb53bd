"""verify, checkpoint, consistency, prove, check-proof, key, anchor, pins: what they say, and how they end."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from desks import Desk, a_story, in_company

from presslog.daemon.cli import presslog
from presslog.store.sqlite import connect

Ask = Callable[..., Result]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that has read an article, and its correction."""
    desk = Desk(tmp_path / "desk")
    desk.drop("a.txt", a_story())
    desk.drain()
    desk.drop("a.txt", a_story(text="The water came at dawn."))
    desk.drain()
    return desk


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """A function that runs a command of presslog on the desk."""

    def run(*words: object) -> Result:
        return CliRunner().invoke(presslog, [*map(str, words), "--store", str(desk.store)], catch_exceptions=False)

    return run


def changed(desk: Desk, statement: str) -> None:
    """Let somebody change the log who knows SQL."""
    with closing(connect(desk.store / "log.db")) as log:
        triggers = log.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            log.execute(f"drop trigger {name}")
        log.execute(statement)
        for _, sql in triggers:
            log.execute(sql)


def test_verify_says_a_line_for_each_check(ask: Ask) -> None:
    ended = ask("verify")

    assert ended.exit_code == 0
    assert [line.split()[:2] for line in ended.stdout.splitlines()] == [
        ["ok", check] for check in ("files", "log", "tree", "notes", "blobs", "views")
    ]


def test_verify_names_the_first_bad_position_and_ends_with_5(desk: Desk, ask: Ask) -> None:
    changed(desk, "update events set data = cast(replace(data, 'night', 'dusk!') as blob) where position in (2, 3)")

    ended, as_json = ask("verify"), ask("verify", "-o", "json")

    assert ended.exit_code == as_json.exit_code == 5
    assert ended.stdout.startswith("bad  log    #2 event 2 is not what was signed at its place\n")
    assert "from event #2 on" in ended.stderr
    assert json.loads(as_json.stdout)["first_bad_position"] == 2


def test_verify_against_a_checkpoint_of_before_is_good(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(ask("checkpoint").stdout)
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()

    assert ask("verify", "--against", kept, "--since", kept).exit_code == 0
    assert ask("verify", "--since", 3, "--views").exit_code == 0


@pytest.mark.parametrize("option", ["--against", "--since"])
def test_verify_refuses_a_file_that_is_no_checkpoint(ask: Ask, desk: Desk, option: str) -> None:
    nonsense = ask("verify", option, desk.folder / "presslog.toml")
    missing = ask("verify", option, desk.folder / "nothing")

    assert (nonsense.exit_code, missing.exit_code) == (5, 2)
    assert "no checkpoint of presslog" in nonsense.stderr


def test_checkpoint_is_the_note_that_stands_in_the_store(desk: Desk, ask: Ask) -> None:
    newest, every = ask("checkpoint").stdout, json.loads(ask("checkpoint", "--all", "-o", "json").stdout)

    assert newest == (desk.store / "checkpoint").read_text()
    assert [each["size"] for each in every] == [3, 5]
    assert every[-1]["note"] == newest
    assert len(json.loads(ask("checkpoint", "--after", 3, "-o", "json").stdout)) == 1


def test_consistency_of_two_checkpoints_is_proved(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text(json.loads(ask("checkpoint", "--all", "-o", "json").stdout)[0]["note"])

    by_file, by_number = ask("consistency", old), ask("consistency", 3, 5)

    assert by_file.exit_code == 0
    assert by_file.stdout == by_number.stdout
    assert by_file.stdout.startswith("old 3\n")
    assert by_file.stdout.endswith((desk.store / "checkpoint").read_text())
    assert "the log of 5 events begins with that of 3" in by_file.stderr


def test_consistency_with_another_history_is_refused(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(desk.folder, other)
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    elsewhere = Desk(other)
    elsewhere.drop("c.txt", a_story("Lakes fall"))
    elsewhere.drain()

    ended = ask("consistency", other / "store" / "checkpoint")

    assert ended.exit_code == 5
    assert "there are two logs of 7 events" in ended.stderr


def test_article_is_proved_to_whoever_has_its_file(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    proof, script, original = tmp_path / "a.proof", tmp_path / "check_proof.py", desk.seeds / "a.txt"
    proof.write_text(ask("prove", "seeds/a.txt").stdout)
    key = ask("key").stdout.strip()
    script.write_text(CliRunner().invoke(presslog, ["check-proof", "--script"]).stdout)

    here = CliRunner().invoke(presslog, ["check-proof", str(proof), "--key", key, "--original", str(original)])
    alone = subprocess.run(
        [sys.executable, script, proof, "--key", key, "--original", original],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )

    assert (here.exit_code, alone.returncode) == (0, 0)
    assert "Rivers rise" in here.stdout
    assert alone.stdout == here.stdout


def test_proof_of_an_older_revision_is_of_its_own_event(ask: Ask) -> None:
    assert "event #2" in ask("prove", "seeds/a.txt@1").stderr
    assert "event #4" in ask("prove", "seeds/a.txt").stderr
    assert "event #5" in ask("prove", "#5").stderr
    assert ask("prove", "#99").exit_code == 3


def test_proof_with_another_file_shows_nothing(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    proof = tmp_path / "a.proof"
    proof.write_text(ask("prove", "seeds/a.txt@1").stdout)

    ended = CliRunner().invoke(presslog, ["check-proof", str(proof), "--original", str(desk.seeds / "a.txt")])
    nothing = CliRunner().invoke(presslog, ["check-proof"])

    assert (ended.exit_code, nothing.exit_code) == (4, 2)
    assert ended.stdout.startswith("REFUSED")


def test_key_is_shown_with_the_place_of_its_other_half(desk: Desk, ask: Ask) -> None:
    ended = ask("key")

    assert ended.stdout.startswith("presslog/")
    assert str(desk.store / "presslog.key") in ended.stderr
    assert len(ended.stdout.splitlines()) == 1


def test_key_is_rotated_alone_and_beside_a_daemon(company: str, desk: Desk, ask: Ask) -> None:
    with in_company(desk, company):
        ended = ask("key", "rotate")
    rows = json.loads(ask("key", "history", "-o", "json").stdout)

    assert ended.exit_code == 0
    assert [(row["position"], row["how"]) for row in rows] == [(1, "made"), (6, "rotated")]
    assert rows[-1]["verifier"] == ended.stdout.strip()
    assert ask("verify").exit_code == 0


def test_key_that_is_a_credential_is_rotated_by_its_files(
    desk: Desk, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.key", tmp_path / "new.key"
    (desk.store / "presslog.key").rename(old)
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", new], check=True)
    for path in (old, new):
        path.chmod(0o600)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    shutil.copy(old, credentials / "presslog.key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))

    refused = ask("key", "rotate")
    rotated = ask("key", "rotate", "--old", old, "--new", new)
    shutil.copy(new, credentials / "presslog.key")
    desk.drain()

    assert refused.exit_code == 2
    assert "--old FILE --new FILE" in refused.stderr
    assert rotated.exit_code == 0
    assert "it is a credential" in ask("key").stderr
    assert ask("verify").exit_code == 0


def test_key_that_is_lost_is_replaced_and_said_to_be(desk: Desk, ask: Ask) -> None:
    (desk.store / "presslog.key").unlink()

    assert ask("key", "rotate").exit_code == 5
    replaced = ask("key", "replace")
    desk.drain()

    assert replaced.exit_code == 0
    assert "without the one before: ask who did it" in ask("verify").stdout
    assert json.loads(ask("key", "history", "-o", "json").stdout)[-1]["how"] == "replaced"


def test_anchor_gives_the_checkpoint_by_hand(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    none = ask("anchor")
    given = CliRunner().invoke(
        presslog, ["anchor", "--store", str(desk.store), "--", "sh", "-c", f"cat > {tmp_path}/kept"]
    )
    failed = CliRunner().invoke(presslog, ["anchor", "--again", "--store", str(desk.store), "--", "false"])

    assert (none.exit_code, given.exit_code, failed.exit_code) == (2, 0, 4)
    assert (tmp_path / "kept").read_text() == (desk.store / "checkpoint").read_text()
    assert json.loads(ask("status", "-o", "json").stdout)["signed"]["anchored"]["size"] == 5


@pytest.mark.parametrize(
    "command",
    [
        ("search", "water"),
        ("show", "seeds/a.txt"),
        ("history", "seeds/a.txt"),
        ("diff", "seeds/a.txt"),
        ("changes",),
        ("log",),
        ("events",),
        ("files",),
        ("failures",),
        ("sources",),
        ("searches",),
        ("export", "-o", "ndjson"),
        ("first", "water"),
        ("feed", "water"),
        ("sql", "select 1"),
        ("status",),
        ("views",),
        ("reread", "--dry-run"),
        ("prove", "seeds/a.txt"),
    ],
)
def test_every_command_that_reads_refuses_a_log_that_is_older(desk: Desk, ask: Ask, command: tuple[str, ...]) -> None:
    older = desk.folder / "older"
    shutil.copytree(desk.store, older)
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    assert ask(*command).exit_code == 0
    shutil.rmtree(desk.store)
    older.rename(desk.store)

    refused, wanted = ask(*command), ask(*command, "--no-pin")

    assert refused.exit_code == 5
    assert "presslog pins accept" in refused.stderr
    assert wanted.exit_code == 0


def test_pins_are_listed_and_accepted(desk: Desk, ask: Ask) -> None:
    assert "no log was seen yet" in ask("pins").stderr
    ask("status")
    (pin,) = json.loads(ask("pins", "ls", "-o", "json").stdout)
    (desk.store / "checkpoint").write_text("")
    refused = ask("status")

    accepted = ask("pins", "accept")

    assert (pin["size"], pin["stores"]) == (5, [str(desk.store)])
    assert (refused.exit_code, accepted.exit_code, ask("status").exit_code) == (5, 0, 0)


def test_desk_that_is_made_anew_is_nobody_elses(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    ask("status")
    shutil.rmtree(desk.store)

    CliRunner().invoke(presslog, ["init", str(desk.folder)])
    desk.drain()

    assert ask("status").exit_code == 0


def test_archive_of_which_an_article_was_erased_verifies(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    kept, proof = tmp_path / "kept", tmp_path / "a.proof"
    kept.write_text(ask("checkpoint").stdout)
    proof.write_text(ask("prove", "seeds/a.txt").stdout)
    assert ask("erase", "seeds/a.txt", "--reason", "court order", "--yes").exit_code == 0
    desk.drop("again.txt", a_story(text="The water came at dawn."))
    assert desk.kinds() == ["refused"]

    verified = ask("verify", "--against", kept, "--views")

    assert verified.exit_code == 0, verified.stdout
    assert CliRunner().invoke(presslog, ["check-proof", str(proof)]).exit_code == 0
    assert "erased" in CliRunner().invoke(presslog, ["check-proof", str(prove_again(ask, proof))]).stdout


def prove_again(ask: Ask, path: Path) -> Path:
    """The proof of the event that held the words, now that they are gone."""
    path.write_text(ask("prove", "#2").stdout)
    return path


def test_restored_archive_verifies_and_others_have_to_accept_it(
    desk: Desk, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask("backup", tmp_path / "backup").exit_code == 0
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    for state in ("another", "mine"):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / state))
        assert ask("status").exit_code == 0
    made = next(path for path in (tmp_path / "backup").iterdir() if path.is_dir())
    restored = CliRunner().invoke(presslog, ["restore", str(made), "--store", str(desk.store), "--replace"])
    assert restored.exit_code == 0, restored.stderr

    mine, verified = ask("status"), ask("verify")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    refused, accepted, then = ask("status"), ask("pins", "accept"), ask("status")

    assert "presslog pins accept" in restored.stderr
    assert (mine.exit_code, verified.exit_code) == (0, 0), verified.stdout
    assert (refused.exit_code, accepted.exit_code, then.exit_code) == (5, 0, 0)


def test_doctor_and_status_say_what_is_signed(desk: Desk, ask: Ask) -> None:
    assert "5 events" in ask("status").stdout
    assert "never anchored" in ask("status").stdout
    assert "signs since #1" in ask("doctor").stdout
    desk.configure(anchor=["true"])
    assert "anchored: never, by true" in CliRunner().invoke(presslog, ["doctor", "--store", str(desk.folder)]).stdout
