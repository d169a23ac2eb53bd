"""A morning of five newsrooms: thirty revisions of which every fact is known, for tests that ask about them."""

from pathlib import Path
from typing import Any, NamedTuple

from archives import NOON, Archive
from desks import History

from presslog.handlers.article import Author
from presslog.store.names import article_id

NINE = NOON - 3 * 3600
"""2022-01-06 09:00 UTC: when the first story came in."""

WIRE, AGENCY, QUAY, LEDGER, RADIO = "Harbour Wire", "Northern Press Agency", "The Quay", "Morning Ledger", "Radio Fjord"
SCRAPING = "“We heard a long scraping noise,” said Ana Silva, a passenger from Lund."
NOISE = "“There was a long scraping noise and then silence,” said Ana Silva, a passenger from Lund."
GROUNDED = "A ferry ran aground off Stone Point on Thursday, and {} passengers were hurt."


class Step(NamedTuple):
    """What came in, so many minutes after nine; ``reread`` says that old bytes were read anew instead."""

    minutes: int
    path: str
    fields: dict[str, Any]
    is_reread: bool = False


def _wire(hurt: str, title: str, **fields: Any) -> dict[str, Any]:
    text = f"{GROUNDED.format(hurt)} The harbour office closed the strait.\n\n{SCRAPING} Tugs were on their way."
    return {"title": title, "text": text, "source": WIRE, "authors": (Author("Jo Li"),), "language": "en", **fields}


def _agency(version: int, *sentences: str, **fields: Any) -> dict[str, Any]:
    known = {"uri": "urn:npa:ferry", "version": version, "updated_at": f"2022-01-06T09:{version * 20:02}:00Z"}
    text = "\n\n".join(["The strait off Stone Point is closed to all ships.", *sentences])
    return {
        "title": "Ferry Aground, Strait Closed",
        "text": text,
        "source": AGENCY,
        "language": "en",
        **known,
        **fields,
    }


def _quay(*sentences: str) -> dict[str, Any]:
    text = " ".join(["The evening ferry lies on the rocks.", *sentences])
    return {"title": "Ferry on the Rocks", "text": text, "source": QUAY, "language": "en"}


def _editorial(minister: str, end: str = ".") -> dict[str, Any]:
    text = f"For ten years minister {minister} has promised a bridge. The strait cannot wait another winter{end}"
    return {
        "title": "The Strait Needs a Bridge",
        "text": text,
        "source": LEDGER,
        "section": "Opinion",
        "language": "en",
    }


def _tides(count: int) -> dict[str, Any]:
    lines = [
        f"At {9 + number // 2}:{30 * (number % 2):02} the water stood {40 + number} cm high." for number in range(count)
    ]
    return {"title": "The Tide at Stone Point, Live", "text": " ".join(lines), "source": LEDGER, "language": "en"}


def _radio(**fields: Any) -> dict[str, Any]:
    text = "Die Brücke am Steinkap ist nach dem Unfall der Fähre gesperrt. Die Polizei sucht Zeugen."
    return {"title": "Brücke gesperrt", "text": text, "source": RADIO, "language": "de", **fields}


STORY = (
    Step(0, "wire/ferry.txt", _wire("several", "Ferry Runs Aground off Stone Point")),
    Step(5, "npa/ferry.xml", _agency(1)),
    Step(10, "ledger/bridge.txt", _editorial("Olga Berg")),
    Step(15, "quay/ferry.txt", _quay("Several passengers were hurt.", "Tugs pull at her bow.")),
    Step(20, "wire/ferry.txt", _wire("12", "Ferry Runs Aground off Stone Point", updated_at="2022-01-06T09:20:00Z")),
    Step(25, "radio/bruecke.txt", _radio()),
    Step(30, "npa/ferry.xml", _agency(2, SCRAPING, ednote="1st Ld-Writethru: adds a quote")),
    Step(
        35,
        "wire/harbour-zh.txt",
        {"title": "北京港口恢复通航", "text": "渡轮事故之后，北京港口今天恢复通航。", "source": WIRE},
    ),
    Step(
        40,
        "radio/mina.txt",
        {"title": "الميناء يفتح أبوابه", "text": "قالت الحكومة إن الميناء مفتوح.", "source": RADIO},
    ),
    Step(45, "quay/ferry.txt", _quay("Several passengers were hurt.", "Tugs are pulling hard at her bow.")),
    Step(
        50,
        "wire/ferry.txt",
        _wire("12", "Ferry Runs Aground off Stone Point, 12 Hurt", updated_at="2022-01-06T09:50:00Z"),
    ),
    Step(55, "radio/bruecke.txt", _radio(status="canceled", ednote="Bitte nicht verwenden")),
    Step(60, "npa/ferry.xml", _agency(3, NOISE)),
    Step(65, "npa/ferry-old.xml", _agency(1, "This version comes late.")),
    Step(70, "ledger/bridge.txt", _editorial("Ola Berg")),
    Step(
        75,
        "wire/harbour-zh.txt",
        {"title": "北京港口恢复通航", "text": "渡轮事故之后，港口今天恢复通航。", "source": WIRE},
    ),
    Step(
        80,
        "wire/ferry.txt",
        _wire(
            "nine",
            "Ferry Runs Aground off Stone Point, Nine Hurt",
            updated_at="2022-01-06T10:20:00Z",
            ednote="Correction: an earlier version misstated the number of the hurt.",
        ),
    ),
    *(Step(90 + 2 * count, "ledger/tide.txt", _tides(count)) for count in range(1, 12)),
    Step(115, "quay/ferry.txt", _quay("Tugs are pulling hard at her bow.")),
    Step(120, "ledger/bridge.txt", _editorial("Ola Berg", "!")),
    Step(
        125, "wire/ferry.txt", {"revision": 1, **_wire("several", "Ferry Runs Aground Off Stone Point")}, is_reread=True
    ),
)
"""Thirty revisions, of which one never counted, and one reading anew."""

FERRY = article_id("presslog:seeds/wire/ferry.txt")
QUAYS = article_id("presslog:seeds/quay/ferry.txt")
AGENCYS = article_id("urn:npa:ferry")
BRIDGE = article_id("presslog:seeds/ledger/bridge.txt")
CLOSED = article_id("presslog:seeds/radio/bruecke.txt")


def a_morning(folder: Path) -> Archive:
    """A store in which all of it has happened, its views at the head."""
    archive = Archive(folder)
    history = History(archive.log)
    for step in STORY:
        archive.clock = NINE + 60 * step.minutes
        if step.is_reread:
            history.reread(f"presslog:seeds/{step.path}", **step.fields)
        else:
            history.article(step.path, **step.fields)
    archive.build()
    return archive
