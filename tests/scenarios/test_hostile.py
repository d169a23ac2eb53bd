"""Files that are no articles: broken, empty, huge, not files at all, or links to what nobody dropped."""

import os
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, living, titles

pytestmark = pytest.mark.scenarios

HUGE_BYTES, LEGAL_BYTES = 5 << 30, 31 << 20
DELAY_SECONDS, GROWTH_MEGABYTES = 1.0, 20.0
LEGAL_DELAY_SECONDS, LEGAL_FOUND_SECONDS, LEGAL_GROWTH_MEGABYTES = 2.0, 5.0, 400.0
"""Measured 0.4 s, 1.3 s and 340 MB: the last two are the full-text index, which takes the text in one piece."""


def sparse(path: Path) -> None:
    """Five gigabytes of zeros, which take no room."""
    with path.open("wb") as file:
        file.truncate(HUGE_BYTES)


def zip_bomb(path: Path) -> None:
    """A small archive of 300 MB of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.txt", "w") as member:
        for _ in range(300):
            member.write(bytes(1 << 20))


POISONS: dict[str, Callable[[Path], object]] = {
    "malformed.xml": lambda path: path.write_bytes(b'<?xml version="1.0"?>\n<nitf><head><title>Rivers</head><body>\n'),
    "malformed.json": lambda path: path.write_bytes(b'{"uri": "urn:a", "headline": "Rivers rise", "body_text": [1, 2'),
    "empty.txt": lambda path: path.write_bytes(b""),
    "huge.txt": sparse,
    "bomb.zip": zip_bomb,
    "lines.txt": lambda path: path.write_bytes(b"Lines\n\n" + b"a b\n" * (LEGAL_BYTES // 4)),
    "binary.txt": lambda path: path.write_bytes(os.urandom(100_000)),
}


def seconds_until_found(desk: Desk, title: str) -> float:
    """Drop an ordinary article; the seconds until it can be queried."""
    began = time.monotonic()
    desk.drop(f"{title}.txt", a_story(title))
    until(lambda: title in titles(desk), seconds=60)
    return time.monotonic() - began


def test_21_poison_file(desk: Desk, figure: Figure) -> None:
    tally, delays = Tally(desk), {}
    outside = desk.folder / "poison"

    with living(desk) as daemon:
        seconds_until_found(desk, "warm-up")
        for name, make in POISONS.items():
            make(outside)
            outside.rename(desk.path(name))
            delays[name] = seconds_until_found(desk, f"after-{name}")
        until(lambda: len(tally.look().refused) == len(POISONS), seconds=60)
        assert daemon.is_alive()

    codes = ", ".join(f"{name.decode()} {fact['code']}" for name, fact in tally.refused.items())
    figure(f"{codes}; the next after {max(delays.values()):.2f} s at most")
    assert all(len(fact["reason"]) > 10 for fact in tally.refused.values())
    assert tally.types["file-refused"] == len(POISONS)
    assert {name: seconds for name, seconds in delays.items() if seconds >= DELAY_SECONDS} == {}


def test_39_huge_file(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk) as daemon:
        seconds_until_found(desk, "warm-up")
        before = daemon.resident_megabytes()
        sparse(desk.path("huge.txt"))
        delay = seconds_until_found(desk, "next")
        until(lambda: b"huge.txt" in tally.look().refused)
        growth = daemon.resident_megabytes(most=True) - before

    figure(f"{HUGE_BYTES >> 30} GB: {tally.refused[b'huge.txt']['code']}, {growth:.0f} MB more, next in {delay:.2f} s")
    assert tally.refused[b"huge.txt"]["code"] == "too-large"
    assert growth < GROWTH_MEGABYTES
    assert delay < DELAY_SECONDS


def test_39_huge_legal_file(desk: Desk, figure: Figure) -> None:
    paragraph = ("The water came at night and went in the morning. " * 20 + "\n\n").encode()
    tally, delays, found = Tally(desk), [0.0], [0.0]

    with living(desk) as daemon:
        seconds_until_found(desk, "warm-up")
        before = daemon.resident_megabytes()
        desk.drop("legal.txt", b"Long read\n\n" + paragraph * (LEGAL_BYTES // len(paragraph)))
        began = time.monotonic()
        while not tally.holds("legal.txt") and time.monotonic() - began < 100:
            name = f"meanwhile-{len(delays)}"
            dropped = time.monotonic()
            desk.drop(f"{name}.txt", a_story(name))
            delays.append(tally.wait_for(f"{name}.txt"))
            until(lambda: name in titles(desk), seconds=60)  # noqa: B023  it is called at once
            found.append(time.monotonic() - dropped)
        seconds = time.monotonic() - began
        until(lambda: "Long read" in titles(desk), seconds=60)
        grown = daemon.resident_megabytes(most=True) - before

    figure(
        f"{LEGAL_BYTES >> 20} MB read in {seconds:.1f} s, {grown:.0f} MB more, {len(delays)} others in the log within "
        f"{max(delays):.1f} s and found within {max(found):.1f} s"
    )
    assert tally.received[b"legal.txt"] == 1
    assert max(delays) < LEGAL_DELAY_SECONDS
    assert max(found) < LEGAL_FOUND_SECONDS
    assert grown < LEGAL_GROWTH_MEGABYTES


@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: a device needs root")
def test_26_special_files(desk: Desk, figure: Figure) -> None:
    desk.configure(after_read="delete", settle_seconds=1.0)
    secret, linked, folder = desk.folder / "secret.txt", desk.folder / "linked.txt", desk.folder / "folder"
    secret.write_bytes(a_story("Secret"))
    linked.write_bytes(a_story("Linked"))
    folder.mkdir()
    (folder / "inside.txt").write_bytes(a_story("Inside"))
    tally = Tally(desk)

    with living(desk) as daemon, socket.socket(socket.AF_UNIX) as channel:
        os.mkfifo(desk.path("fifo.txt"))
        channel.bind(os.fsencode(desk.path("socket.txt")))
        os.mknod(desk.path("device.txt"), 0o600 | 0o020000, os.makedev(1, 5))
        desk.path("dangling.txt").symlink_to("nowhere")
        desk.path("loop.txt").symlink_to("loop.txt")
        desk.path("out.txt").symlink_to(secret)
        desk.path("folder").symlink_to(folder)
        os.link(linked, desk.path("hard.txt"))
        delay = seconds_until_found(desk, "next")
        until(lambda: len(tally.look().refused) >= 6)
        until(lambda: tally.holds("hard.txt") or b"hard.txt" in tally.refused)
        until(lambda: not desk.path("next.txt").exists())
        assert daemon.is_alive()

    codes = {os.fsdecode(name): fact["code"] for name, fact in tally.refused.items()}
    hard = codes.get("hard.txt", "read")
    figure(
        f"{', '.join(f'{name} {code}' for name, code in sorted(codes.items()))}; hard.txt {hard}; next {delay:.2f} s"
    )
    specials = {"fifo.txt", "socket.txt", "device.txt"}
    assert {name for name, code in codes.items() if code == "special-file"} == specials
    assert {"dangling.txt", "loop.txt", "out.txt"} <= {name for name, code in codes.items() if code == "symlink"}
    assert secret.read_bytes() == a_story("Secret")
    assert linked.read_bytes() == a_story("Linked")
    assert (folder / "inside.txt").exists()
    assert titles(desk) <= {"next", "Linked"}
    assert all(os.path.lexists(desk.path(name)) for name in codes), "what was not read was taken away"
    assert delay < DELAY_SECONDS
