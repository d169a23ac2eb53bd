"""The control socket: who may ask, what is understood, and that nothing said there hurts the daemon."""

import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from desks import Desk, running_daemon
from examples import until
from processes import printed

from presslog.daemon.assemble import Parts
from presslog.daemon.control import LISTEN_SECONDS, MOST_REQUEST_BYTES, NAME, Control, call, operator
from presslog.daemon.refusals import Dismiss, Retry
from presslog.store.errors import BadQuery

NOBODY = 65534


@pytest.fixture
def parts(desk: Desk) -> Iterator[Parts]:
    """Parts whose drain runs and whose control socket is served."""
    with desk.assembled() as (parts, _):
        stop, control = threading.Event(), Control(parts)
        assert control.open()
        threads = [threading.Thread(target=control.run), threading.Thread(target=parts.drain.run, args=[stop])]
        for thread in threads:
            thread.start()
        yield parts
        control.close()
        stop.set()
        parts.bell.wake()
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def daemon(desk: Desk, parts: Parts) -> Desk:
    """A desk at which a daemon can be asked."""
    return desk


def said(desk: Desk, line: bytes) -> dict[str, str]:
    """What is answered to these bytes."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(30)
        client.connect(os.fspath(desk.store / NAME))
        client.sendall(line)
        answer = client.makefile("rb").readline()
    return msgspec.json.decode(answer)


def test_socket_belongs_to_its_owner_alone(daemon: Desk) -> None:
    mode = (daemon.store / NAME).stat().st_mode

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{\n",
        b"\xff\xfe\n",
        b"[]\n",
        b'{"request": 7}\n',
        b'{"request": "fly"}\n',
        b'{"request": "retry", "fields": {"paths": "seeds/a.txt"}}\n',
        b'{"request": "retry", "fields": {"paths": [], "all": true}}\n',
        b'{"request": "retry", "fields": ' + b"[" * 60_000 + b"\n",
        b"x" * (2 * MOST_REQUEST_BYTES) + b"\n",
    ],
    ids=lambda line: repr(line[:40]),
)
def test_bad_request_is_answered_with_an_error_and_the_next_one_is_served(daemon: Desk, line: bytes) -> None:
    answer = said(daemon, line)

    assert answer["kind"] == "BadQuery"
    assert answer["error"]
    assert daemon.is_served()


def test_unknown_request_is_told_what_is_known(daemon: Desk) -> None:
    with pytest.raises(BadQuery, match="'fly', only retry, dismiss"):
        call(daemon.store, "fly", Retry(()))


def test_request_that_is_too_long_is_not_even_sent(daemon: Desk) -> None:
    with pytest.raises(BadQuery, match="ask for less"):
        call(daemon.store, "retry", Retry(("seeds/" + "x" * MOST_REQUEST_BYTES,)))


def test_silent_client_holds_up_the_next_one_for_a_moment_only(daemon: Desk) -> None:
    began = time.monotonic()

    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(os.fspath(daemon.store / NAME))

        assert daemon.is_served()
    assert time.monotonic() - began < LISTEN_SECONDS + 5


def test_client_that_goes_away_hurts_nobody(daemon: Desk) -> None:
    with socket.socket(socket.AF_UNIX) as hasty:
        hasty.connect(os.fspath(daemon.store / NAME))
        hasty.sendall(b'{"request": "retry", "fields": {"paths": []}}\n')

    assert daemon.is_served()


def test_paths_that_lead_out_of_their_folder_are_not_followed(daemon: Desk) -> None:
    (daemon.folder / "secret.txt").write_text("Secret\n\nNot for the archive.\n")
    paths = (
        "seeds/" + "d/" * 30_000,
        "seeds/../secret.txt",
        "seeds//etc/passwd",
        "seeds/",
        "seeds/%00",
        "etc/passwd",
        "seeds/" + "x" * 256,
        "seeds/.hidden",
    )

    answers = call(daemon.store, "retry", Retry(paths))

    assert [answer["state"] for answer in answers] == ["outside"] * 7 + ["ignored"]
    assert daemon.events() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can become another user")
def test_another_user_who_got_to_the_socket_is_told_who_may_ask(daemon: Desk) -> None:
    code = f"""
        import os, socket, sys
        # Who connects is whom the kernel knows at that moment; the rights of the path were checked as root.
        here = os.open(os.path.dirname(sys.argv[1]), os.O_PATH)
        os.chmod(sys.argv[1], 0o666)
        os.setuid({NOBODY})
        with socket.socket(socket.AF_UNIX) as client:
            os.fchdir(here)
            client.connect("control.sock")
            client.sendall(b'{{"request": "retry"}}\\n')
            print(client.makefile().readline())
    """

    daemon.store.chmod(0o755)
    answer = printed(code, daemon.store / NAME)

    assert "only root and the daemon's own user may ask" in answer


def test_store_may_lie_deeper_than_the_address_of_a_socket_is_long(tmp_path: Path) -> None:
    desk = Desk(tmp_path / ("d" * 100) / ("e" * 100))

    with running_daemon(desk):
        until(desk.is_served, seconds=20)


def test_socket_that_a_killed_daemon_left_is_replaced(desk: Desk) -> None:
    with running_daemon(desk):
        until(desk.is_served, seconds=20)
    assert (desk.store / NAME).exists(), "it was killed, and could not clear up"

    with desk.assembled() as (parts, _):
        control = Control(parts)
        opened = control.open()
        control.close()

    assert opened
    assert not (desk.store / NAME).exists()


def test_operator_is_whom_the_kernel_knows(daemon: Desk, desk: Desk) -> None:
    desk.drop("a.txt", "")
    call(desk.store, "retry", Retry(("seeds/a.txt",)))

    call(desk.store, "dismiss", Dismiss(("seeds/a.txt",)))

    assert daemon.actors() == ["presslog", operator(os.geteuid())]
    assert operator(3_000_000_000) == "operator:3000000000"


def test_daemon_answers_after_a_reload_and_takes_its_socket_with_it_at_the_end(desk: Desk) -> None:
    with running_daemon(desk) as process:
        until(desk.is_served, seconds=20)
        process.send_signal(signal.SIGHUP)
        until(lambda: desk.journal().count("watching feed=seeds") == 2)
        until(desk.is_served)

        process.send_signal(signal.SIGTERM)
        code = process.wait(10)

    assert code == 0
    assert not (desk.store / NAME).exists()
