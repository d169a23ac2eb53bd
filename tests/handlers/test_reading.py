"""Reading: the surest format reads, and whatever goes wrong is one refusal with a code."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats import Format
from presslog.handlers.reading import Reading, read_articles, read_with
from presslog.store.article import Article
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples"


def format_that(name: str, sure: float, outcome: object) -> Format:
    """A small format: as sure as told, and it returns or raises the outcome."""

    def read(content: bytes, name: str) -> list[Article]:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome  # type: ignore[return-value]

    return Format(name, lambda content, name: sure, read)


@pytest.mark.parametrize("path", sorted(filter(Path.is_file, SAMPLES.iterdir())), ids=lambda path: path.name)
def test_every_sample_is_read_by_the_format_of_its_name(path: Path) -> None:
    content = path.read_bytes()

    reading = read_articles(content, path.name)

    assert reading.format == {".txt": "text", ".md": "markdown"}[path.suffix]
    assert reading.articles[0].title
    assert reading.articles[0].text
    assert reading.articles[0].parser == reading.format


def test_the_surest_format_reads_and_the_first_wins_a_tie() -> None:
    formats = [
        format_that(name, sure, [Article(title=name, text="")]) for name, sure in (("a", 0.2), ("b", 0.8), ("c", 0.8))
    ]

    reading = read_with(formats, b"words", "name")

    assert reading.format == "b"
    assert reading.articles == [Article(title="b", text="", parser="b")]


def test_front_matter_beats_the_name_of_a_text_file() -> None:
    content = b"---\ntitle: Rain\n---\nIt rained on Lima.\n"

    reading = read_articles(content, "rain.txt")

    assert (reading.format, reading.articles[0].title) == ("markdown", "Rain")


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf\n"])
def test_nothing_is_refused_as_empty(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_articles(content, "a.txt")

    assert refusal.value.code == "empty"


def test_what_no_format_knows_is_named() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_articles(b"<?xml version='1.0'?><kml><name>Rain</name></kml>", "rain.kml")

    assert refusal.value.code == "unknown-format"
    assert str(refusal.value).startswith("looks like XML with the root <kml>, which ")


def test_a_binary_is_refused_as_such() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_articles(b"%!PS-Adobe-3.0\n", "rain.ps")

    assert refusal.value.code == "binary"
    assert "PostScript document" in str(refusal.value)


@pytest.mark.parametrize(
    "error",
    [ValueError("bad \ud800 byte"), RecursionError("too deep"), MemoryError(), KeyError("title"), SystemExit(3)],
)
def test_any_failure_of_a_handler_is_one_refusal(error: BaseException) -> None:
    broken = format_that("broken", 1.0, error)

    with pytest.raises(Unreadable) as refusal:
        read_with([broken], b"words", "a")

    assert refusal.value.code == "handler-failed"
    assert str(refusal.value).startswith(f"broken handler failed: {type(error).__name__}: ")
    assert refusal.value.__cause__ is error
    assert msgspec.json.encode(str(refusal.value))


def test_handler_that_interrupts_is_refused_where_nobody_sits_at_the_keyboard() -> None:
    broken = format_that("broken", 1.0, KeyboardInterrupt())

    with ThreadPoolExecutor(1) as pool, pytest.raises(Unreadable) as refusal:
        pool.submit(read_with, [broken], b"words", "a").result()
    with pytest.raises(KeyboardInterrupt):
        read_with([broken], b"words", "a")

    assert refusal.value.code == "handler-failed"


def test_a_refusal_of_a_handler_passes_unchanged() -> None:
    own = Unreadable("front-matter", "line 2: broken")

    with pytest.raises(Unreadable) as refusal:
        read_with([format_that("strict", 1.0, own)], b"words", "a")

    assert refusal.value is own


@pytest.mark.parametrize("outcome", [[Article(title="\ud800", text="")], 7])
def test_what_the_log_could_not_hold_is_the_handlers_failure(outcome: object) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_with([format_that("wild", 1.0, outcome)], b"words", "a")

    assert refusal.value.code == "handler-failed"


def test_no_articles_is_a_refusal() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_with([format_that("bare", 1.0, [])], b"words", "a")

    assert refusal.value.code == "no-article"


def test_a_handler_that_fails_to_recognise_is_named() -> None:
    def recognise(content: bytes, name: str) -> float:
        raise ZeroDivisionError("by zero")

    blind = format_that("blind", 1.0, [])._replace(recognise=recognise)

    with pytest.raises(Unreadable) as refusal:
        read_with([blind], b"words", "a")

    assert str(refusal.value) == "blind handler failed: ZeroDivisionError: by zero"


@given(st.binary(), st.sampled_from(["a.txt", "a.md", "a", "a.html"]))
def test_any_bytes_give_articles_or_a_refusal(content: bytes, name: str) -> None:
    try:
        reading = read_articles(content, name)
    except Unreadable as refusal:
        reading = Reading(refusal.code, ())

    stored = msgspec.json.encode(reading.articles)

    assert reading.format != "handler-failed"
    assert msgspec.json.decode(stored, type=list[Article]) == reading.articles
