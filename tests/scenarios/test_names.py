"""Names are bytes: whatever they are, they come back as they were, in the log and from commands."""

import os

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, asked, living

from presslog.store.names import unescape_path

pytestmark = pytest.mark.scenarios

NAMES = {
    "Latin-1 byte": b"caf\xe9.txt",
    "newline": b"two\nlines.txt",
    "255 bytes": b"n" * 251 + b".txt",
    "leading dash": b"-rf.txt",
    "emoji": "🗞️ 👩‍👩‍👧.txt".encode(),
    "RTL": "חדשות \u202e txt".encode() + b".txt",
    "NFC": "caf\u00e9.txt".encode(),
    "NFD": "cafe\u0301.txt".encode(),
    "percent": b"100%25.txt",
    "control": b"\x1b[31mred\x07.txt",
}


def test_27_names(desk: Desk, figure: Figure) -> None:
    names = [*NAMES.values(), *(os.path.join(b"b\xf6se\nfolder", name) for name in NAMES.values())]
    tally = Tally(desk)

    with living(desk):
        for name in names:
            desk.drop(name, a_story(f"Story {name!r}"))
        tally.wait_for_all(names, seconds=20)
        until(lambda: desk.rows("select count(*) from files") == [(len(names),)])
        files = asked(desk, "files")
        events = asked(desk, "events", "--type", "file-received")

    listed = {unescape_path(row["path"].removeprefix("seeds/")) for row in files}
    logged = {unescape_path(event["data"]["path"]) for event in events}
    journal = desk.journal()
    figure(f"{len(names)}/{len(names)} names byte-exact from files and events, none of them active in the journal")
    assert listed == set(names)
    assert logged == set(names)
    assert "\x1b" not in journal
    assert "\u202e" not in journal
