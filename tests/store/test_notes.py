"""A note is good where a known key signed exactly this text, and refused in every other spelling."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from presslog.store.check_proof import Checkpoint, Refused, open_signed, read_vkey
from presslog.store.errors import NotProven
from presslog.store.notes import Signer, open_note, open_statement

# The order of the group (RFC 8032, section 5.1): a signature plus this one would verify where nobody looks.
ORDER = 2**252 + 27742317777372353535851937790883648493
LOG = "presslog/019a"
# The examples of golang.org/x/mod/sumdb/note, whose format signed-note writes down.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def a_signer(name: str = LOG, seed: bytes = b"1" * 32) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(seed))


def a_checkpoint(size: int = 7) -> Checkpoint:
    return Checkpoint(LOG, size, b"r" * 32)


def test_note_of_another_implementation_is_opened() -> None:
    assert open_signed(GO_NOTE, [GO_VKEY]).startswith("If you think cryptography")


def test_what_was_signed_is_opened() -> None:
    signer = a_signer()

    note = signer.sign(a_checkpoint())

    assert note.split("\n")[:4] == [LOG, "7", "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=", ""]
    assert open_note(note, [signer.vkey]) == a_checkpoint()


def test_signature_of_another_key_is_refused_also_under_the_same_name() -> None:
    note = a_signer().sign(a_checkpoint())

    for stranger in (a_signer(seed=b"2" * 32), a_signer(name="presslog/other")):
        with pytest.raises(NotProven):
            open_note(note, [stranger.vkey])
    with pytest.raises(NotProven):
        open_note(note, [])


def test_signatures_of_strangers_are_ignored_beside_a_good_one() -> None:
    signer, witness = a_signer(), a_signer(name="witness.example", seed=b"2" * 32)
    note = signer.sign(a_checkpoint())
    cosigned = note + witness.sign(a_checkpoint()).split("\n\n")[1]

    assert open_note(cosigned, [signer.vkey]) == a_checkpoint()
    with pytest.raises(NotProven):
        open_note(cosigned, [witness.vkey])


def test_bad_signature_of_a_known_key_is_refused_beside_a_good_one() -> None:
    signer = a_signer()
    good, other = signer.sign(a_checkpoint()), signer.sign(a_checkpoint(8))

    with pytest.raises(NotProven, match="altered"):
        open_note(good + other.split("\n\n")[1], [signer.vkey])


def test_signature_with_a_high_s_is_refused() -> None:
    signer = a_signer()
    signature = signer._private.sign(a_checkpoint_text(signer).encode())
    high = int.from_bytes(signature[32:], "little") + ORDER

    note = with_signature(signer, signature[:32] + high.to_bytes(32, "little"))

    with pytest.raises(NotProven, match="altered"):
        open_note(note, [signer.vkey])


def a_checkpoint_text(signer: Signer) -> str:
    return signer.sign(a_checkpoint()).split("\n\n")[0] + "\n"


def with_signature(signer: Signer, signature: bytes) -> str:
    import base64

    encoded = base64.b64encode(read_vkey(signer.vkey)[1] + signature).decode()
    return f"{a_checkpoint_text(signer)}\n— {signer.name} {encoded}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{LOG}\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\nextension\n",
        f"{LOG}\n07\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n",
        f"{LOG}\n+7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n",
        f"{LOG}\n٧\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n",
        f"{LOG}\n-7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n",
        f"{LOG}\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnJ=\n",
        f"{LOG}\n7\ncnI=\n",
        f"{LOG}\n7\n",
        f"{LOG}\nkey made\nx\n",
        "presslog/other\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n",
    ],
)
def test_signed_text_that_is_no_checkpoint_of_this_log_is_none(text: str) -> None:
    signer = a_signer()
    note = signer.sign_text(text)

    assert open_statement(note, [signer.vkey]) == text
    with pytest.raises(NotProven):
        open_note(note, [signer.vkey])


@pytest.mark.parametrize(
    "alter",
    [
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—  "),
        lambda note: note.replace("— ", " — "),
        lambda note: note[:-2] + "\n",
        lambda note: note + "nonsense\n",
        lambda note: note + "— name\n",
        lambda note: note + "— na+me AAAAAAAA\n",
        lambda note: note + "— name AAAAAAAB=\n",
        lambda note: note + "— name AAAAAAAA\x00\n",
        lambda note: note + "— name\ud800 AAAAAAAA\n",
        lambda note: note + "— name AAAAAAAA\n" * 64,
        lambda note: "\ufeff" + note,
        lambda note: "",
    ],
)
def test_malformed_note_is_refused(alter) -> None:
    signer = a_signer()
    note = signer.sign(a_checkpoint())

    with pytest.raises(NotProven):
        open_note(alter(note), [signer.vkey])


@pytest.mark.parametrize(
    "alter",
    [
        lambda vkey: "",
        lambda vkey: vkey.replace("+", "-", 1),
        lambda vkey: vkey[:-1],
        lambda vkey: vkey + "=",
        lambda vkey: vkey + "+",
        lambda vkey: "x" + vkey,
        lambda vkey: vkey.upper(),
        lambda vkey: "\ud800" + vkey,
        lambda vkey: " " + vkey,
    ],
)
def test_key_has_one_spelling(alter) -> None:
    with pytest.raises(Refused):
        read_vkey(alter(a_signer().vkey))
