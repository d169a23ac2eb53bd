"""The stand-alone checker says what is proved, what is not, and refuses everything else."""

import base64
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from desks import History
from examples import an_article
from notaries import a_notary, caught_up

from presslog.store import check_proof
from presslog.store.article import Origin
from presslog.store.check_proof import Refused, check, main
from presslog.store.engines.memory import MemoryLog
from presslog.store.events import ArticleRecorded, Meta, encode, salted
from presslog.store.leaf import erased_meta
from presslog.store.log import Append, NewEvent
from presslog.store.notes import Signer
from presslog.store.proofs import prove

ORIGINAL = b"Rivers rise\n\nThe water came at night.\n"
RAISED = "Rivers \x1b[31mrise\u202e"


class Told:
    """A log of some events, of which the second is an article out of a file, and the proof of that."""

    def __init__(self, folder: Path, *, title: str = "Rivers rise", is_erased: bool = False) -> None:
        log = MemoryLog(now=lambda: 1_700_000_000.25)
        with closing(a_notary(folder, log)) as notary:
            self.position = record(log, title)
            if is_erased:
                event = log._events[self.position - 1]
                log._events[self.position - 1] = event._replace(data=b"", meta=erased_meta(event))
            History(log).removed()
            caught_up(notary)
            self.content = prove(log, notary, self.position).encode()
            self.vkey = check(self.content).vkey
        self.path = folder / "x.proof"
        self.path.write_bytes(self.content)
        self.original = folder / "a.txt"
        self.original.write_bytes(ORIGINAL)


def record(log: MemoryLog, title: str) -> int:
    origin = Origin(feed="seeds", path="a.txt", digest=hashlib.sha256(ORIGINAL).hexdigest(), format="text")
    article = an_article(title=title, source="Harbour Wire", published_at="2022-01-06")
    fact = ArticleRecorded(uri="presslog:seeds/a.txt", revision=1, content_hash="h", article=article, origin=origin)
    event = NewEvent("id", "article-recorded", encode(fact), salted(Meta(host="desk")))
    return log.append([Append("article/art_1", [event], 0, "k")])[0].last


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*arguments: object) -> tuple[int, str]:
        return main([str(each) for each in arguments]), capsys.readouterr().out

    return run


def test_what_is_proved_is_said_in_words(told: Told, say: Say) -> None:
    code, words = say(told.path, "--key", told.vkey, "--original", told.original)

    assert code == 0
    for part in (
        "PROVED",
        "article-recorded #2 of article/art_1",
        "title     Rivers rise",
        "source    Harbour Wire",
        "published 2022-01-06",
        "recorded  2023-11-14T22:13:20Z",
        f"sha256 {hashlib.sha256(ORIGINAL).hexdigest()}, which is the file given",
        "3 events",
        told.vkey,
        "NOT PROVED",
        "what it says is true",
        "the times",
        "shown another log",
    ):
        assert part in words
    assert "the key came inside" not in words


def test_without_a_key_nothing_says_whose_log_it_is(told: Told, say: Say) -> None:
    code, words = say(told.path)

    assert code == 0
    assert "the key came inside, and is only as good as where the proof came from" in words
    assert "compare it with --original" in words


def test_another_key_is_refused(told: Told, say: Say) -> None:
    stranger = Signer(told.vkey.split("+")[0], Ed25519PrivateKey.generate()).vkey

    for vkey in (stranger, "nonsense", "\udcff"):
        assert say(told.path, "--key", vkey)[0] == 1


def test_another_original_is_refused(told: Told, say: Say) -> None:
    told.original.write_bytes(ORIGINAL + b" ")

    code, words = say(told.path, "--original", told.original)

    assert code == 1
    assert "is not the file that this event was read from" in words
    assert "PROVED" not in words


def test_erased_event_is_proved_to_have_been_there(tmp_path: Path, say: Say) -> None:
    told = Told(tmp_path, is_erased=True)

    code, words = say(told.path)

    assert code == 0
    assert "content   erased" in words
    assert "Rivers" not in words


def test_title_does_nothing_to_a_terminal(tmp_path: Path, say: Say) -> None:
    told = Told(tmp_path, title=RAISED)

    code, words = say(told.path)

    assert code == 0
    assert r"Rivers \x1b[31mrise\u202e" in words
    assert not any(ord(letter) < 32 and letter != "\n" for letter in words)


@pytest.mark.parametrize("name", ["nothing", "."])
def test_file_that_cannot_be_read_is_refused(told: Told, say: Say, name: str) -> None:
    assert say(told.path.parent / name)[0] == 1


def test_file_stands_alone(told: Told, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    script = shutil.copy(check_proof.__file__, alone)

    command = [sys.executable, "-I", str(script), str(told.path), "--key", told.vkey]
    done = subprocess.run(command, cwd=alone, env={"LANG": "C"}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("PROVED")


def altered(content: bytes, **changes: object) -> bytes:
    """A proof with other parts; ``extra`` is given as its four parts."""
    lines = content.decode().split("\n")
    for name, place in (("form", 0), ("index", 2)):
        lines[place] = str(changes.get(name, lines[place]))
    parts = base64.b64decode(lines[1].removeprefix("extra ")).split(b"\n", 3)
    for place, name in enumerate(("vkey", "entry", "meta", "data")):
        parts[place] = bytes(changes.get(name, parts[place]))
    lines[1] = "extra " + base64.b64encode(b"\n".join(parts)).decode()
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "c2sp.org/tlog-proof@v2"},
        {"index": "index 2"},
        {"index": "index 3"},
        {"index": "index 01"},
        {"index": "index -1"},
        {"index": "index +1"},
        {"index": "index ١"},
        {"index": "index"},
        {"index": "index 1 "},
        {"entry": b"[]"},
        {"meta": b"{}"},
        {"data": b"{}"},
        {"data": b""},
        {"meta": b'{"erased":"' + b"0" * 64 + b'"}', "data": b""},
        {"vkey": b""},
    ],
)
def test_proof_with_another_part_is_refused(told: Told, changes: dict[str, object]) -> None:
    assert altered(told.content) == told.content

    with pytest.raises(Refused):
        check(altered(told.content, **changes))


def test_words_of_an_erased_event_cannot_be_put_back_or_taken_away(tmp_path: Path) -> None:
    there, gone = Told(tmp_path / "there"), Told(tmp_path / "gone", is_erased=True)
    payload = check(there.content).entry.payload.encode()

    assert check(altered(there.content, meta=b'{"erased":"%s"}' % payload, data=b"")).data is None
    with pytest.raises(Refused):
        check(altered(gone.content, data=b"{}"))
    with pytest.raises(Refused):
        check(altered(gone.content, meta=check_erased(gone) + b" "))


def check_erased(told: Told) -> bytes:
    return b'{"erased":"%s"}' % check(told.content).entry.payload.encode()


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text + "\n",
        lambda text: "\n" + text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text.replace("\n\n", "\n\n\n", 1),
        lambda text: text.replace("extra ", "extra  "),
        lambda text: text.replace("extra ", "Extra "),
        lambda text: text.replace("index 1\n", "index 1\nAAAA\n"),
        lambda text: text.replace("=\n", "\n", 1),
        lambda text: text.replace("=\n", "==\n", 1),
        lambda text: text.replace("extra ", "extra =", 1),
        lambda text: text + "— witness\udcff AAAAAAAA\n",
        lambda text: "",
        lambda text: "\n\n",
        lambda text: check_proof.FORMAT,
    ],
)
def test_proof_in_another_spelling_is_refused(told: Told, alter: Callable[[str], str]) -> None:
    with pytest.raises(Refused):
        check(alter(told.content.decode()).encode(errors="surrogateescape"))


@pytest.mark.parametrize("entry", [b"{}", b"1", b'"abcdefgh"', b"[" * 100_000, b"[1,2,3,4,5,6,7,8]", b"\xff", b""])
def test_entry_that_is_none_is_refused_also_where_its_log_signs_it(entry: bytes) -> None:
    signer = Signer("presslog/forger", Ed25519PrivateKey.generate())

    with pytest.raises(Refused):
        check(forged(signer, entry))


@pytest.mark.parametrize("seconds", [b"1e308", b"-1e308", b"NaN", b"Infinity", b"-1.0"])
def test_number_of_a_forger_that_is_no_time_is_refused(seconds: bytes) -> None:
    signer = Signer("presslog/forger", Ed25519PrivateKey.generate())
    entry = b'[1,"s","k",0,%s,"id","t","' + hashlib.sha256(bytes(8)).hexdigest().encode() + b'"]'

    assert check(forged(signer, entry % b"1.5")).entry.recorded_at == 1.5
    with pytest.raises(Refused, match="no time"):
        check(forged(signer, entry % seconds))


def test_entry_at_another_place_than_it_says_is_refused_also_where_its_log_signs_it() -> None:
    signer = Signer("presslog/forger", Ed25519PrivateKey.generate())
    entry = b'[%d,"s","k",0,1.5,"id","t","' + hashlib.sha256(bytes(8)).hexdigest().encode() + b'"]'

    assert check(forged(signer, entry % 1)).entry.position == 1
    with pytest.raises(Refused, match="another place"):
        check(forged(signer, entry % 2))


def forged(signer: Signer, entry: bytes) -> bytes:
    root = hashlib.sha256(b"\0" + entry).digest()
    note = signer.sign(check_proof.Checkpoint(signer.name, 1, root))
    extra = base64.b64encode(b"\n".join((signer.vkey.encode(), entry, b"", b""))).decode()
    return f"{check_proof.FORMAT}\nextra {extra}\nindex 0\n\n{note}".encode()
