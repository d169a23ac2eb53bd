"""The vocabulary of the log: every type comes back as it went in, and tomorrow's are recognised."""

import hashlib
import json
from typing import Any

import msgspec
import pytest
from examples import a_stored, an_article
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.store.article import Article, Author, Origin, Subject, Unread
from presslog.store.engines.memory import MemoryBlobs
from presslog.store.errors import StoreUnsafe
from presslog.store.events import (
    SCHEMA,
    TYPES,
    ArticleRecorded,
    Fact,
    FileReceived,
    FileRemoved,
    Meta,
    encode,
    read_event,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(-(2**63), 2**63 - 1)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: WHOLE,
    float: FINITE,
    tuple[str, ...]: st.lists(TEXT, max_size=3).map(tuple),
    tuple[int, ...]: st.lists(WHOLE, max_size=3).map(tuple),
}


def facts(kind: type) -> st.SearchStrategy[Any]:
    """Values of one struct, with every field drawn."""
    hints = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return st.builds(kind, **{name: VALUES[hint] for name, hint in hints.items()})


for part in (Author, Subject, Unread):
    VALUES[tuple[part, ...]] = st.lists(facts(part), max_size=3).map(tuple)  # type: ignore[valid-type]
VALUES[Article] = facts(Article)
VALUES[Origin] = facts(Origin)

A_FACT = st.sampled_from(sorted(TYPES)).flatmap(lambda name: st.tuples(st.just(name), facts(TYPES[name])))
A_REMOVAL = encode(FileRemoved(feed="seeds", path="a.txt"))


@settings(max_examples=200, deadline=None)
@given(A_FACT)
def test_a_fact_comes_back_as_it_went_in(named: tuple[str, Fact]) -> None:
    name, fact = named

    event = read_event(a_stored(encode(fact), event_type=name, meta=encode(Meta(host="a", version="1"))))

    assert event.fact == fact
    assert type(event.fact) is TYPES[name]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_has_a_fact_that_comes_back(name: str) -> None:
    fact = least(TYPES[name])

    event = read_event(a_stored(encode(fact), event_type=name))

    assert event.fact == fact


def least(kind: type) -> Fact:
    """A fact with its required fields only."""
    article, origin = an_article(), Origin(feed="seeds", path="a.txt", digest="00", format="text")
    values = {str: "x", int: 1, float: 1.5, Article: article, Origin: origin}
    values |= {tuple[int, ...]: (1, 2), tuple[str, ...]: ("x",)}
    needed = [field for field in msgspec.structs.fields(kind) if field.required]
    return kind(**{field.name: values[field.type] for field in needed})


@settings(max_examples=100, deadline=None)
@given(A_FACT)
def test_facts_are_written_with_sorted_keys_and_no_white_space(named: tuple[str, Fact]) -> None:
    _, fact = named

    written = encode(fact)

    json.loads(written, object_pairs_hook=assert_sorted)
    assert msgspec.json.format(written, indent=-1) == written


def assert_sorted(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    assert names == sorted(names)


def test_defaults_are_left_out() -> None:
    fact = FileReceived(feed="seeds", path="a.txt", digest="00", size_bytes=3, modified_at=1.5)

    assert encode(fact) == b'{"digest":"00","feed":"seeds","modified_at":1.5,"path":"a.txt","size_bytes":3}'
    assert encode(an_article()) == b'{"text":"The water came at night.","title":"Rivers rise"}'
    assert encode(Meta()) == b"{}"


def test_the_envelope_is_kept() -> None:
    stored = a_stored(A_REMOVAL, event_type="file-removed")

    event = read_event(stored)

    for name in ("position", "id", "stream", "type", "recorded_at"):
        assert getattr(event, name) == getattr(stored, name)


def test_event_names_whoever_did_it() -> None:
    ours = a_stored(A_REMOVAL, event_type="file-removed", meta=encode(Meta(actor="operator:ana", host="a")))

    assert read_event(ours).actor == "operator:ana"
    assert read_event(a_stored(A_REMOVAL, event_type="file-removed")).actor == ""


def test_fields_of_tomorrow_are_passed_over() -> None:
    stored = a_stored(b'{"feed":"seeds","path":"a.txt","weather":"fair"}', event_type="file-removed")

    event = read_event(stored)

    assert event.fact == FileRemoved(feed="seeds", path="a.txt")


def test_a_type_of_tomorrow_has_no_fact() -> None:
    event = read_event(a_stored(b"\xff not even json", event_type="article-sung", meta=encode(Meta(schema=SCHEMA + 1))))

    assert event.fact is None
    assert event.type == "article-sung"


def test_a_schema_of_tomorrow_is_refused() -> None:
    stored = a_stored(A_REMOVAL, event_type="file-removed", meta=encode(Meta(schema=SCHEMA + 1)))

    with pytest.raises(StoreUnsafe, match="newer presslog"):
        read_event(stored)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"{}", b'{"feed":1,"path":"a"}', b'{"feed":"\xff","path":"a"}', A_REMOVAL + b"x"],
)
def test_bytes_that_break_the_promise_of_their_type_are_refused(data: bytes) -> None:
    stored = a_stored(data, event_type="file-removed")

    with pytest.raises(StoreUnsafe, match="file-removed"):
        read_event(stored)


@pytest.mark.parametrize("meta", [b"{", b'{"schema":"one"}', b"\xff"])
def test_a_broken_meta_is_refused(meta: bytes) -> None:
    stored = a_stored(A_REMOVAL, event_type="file-removed", meta=meta)

    with pytest.raises(StoreUnsafe):
        read_event(stored)


def test_a_text_too_large_for_its_event_is_fetched() -> None:
    blobs, text = MemoryBlobs(), "Die Flut kam in der Nacht.\n" * 9
    recorded = a_recording(text_digest=blobs.put(text.encode()))
    stored = a_stored(encode(recorded), event_type="article-recorded")

    event = read_event(stored, blobs)

    assert event.fact.article.text == text
    assert event.fact.article.title == recorded.article.title


def test_a_text_that_is_no_text_is_refused() -> None:
    blobs = MemoryBlobs()
    stored = a_stored(encode(a_recording(text_digest=blobs.put(b"\xff\xfe"))), event_type="article-recorded")

    with pytest.raises(StoreUnsafe):
        read_event(stored, blobs)


def test_a_text_whose_blob_is_missing_is_refused() -> None:
    digest = hashlib.sha256(b"lost").hexdigest()
    stored = a_stored(encode(a_recording(text_digest=digest)), event_type="article-recorded")

    with pytest.raises((KeyError, StoreUnsafe)):
        read_event(stored, MemoryBlobs())


def a_recording(text_digest: str) -> ArticleRecorded:
    origin = Origin(feed="seeds", path="a.txt", digest="00", format="text")
    return ArticleRecorded(
        uri="presslog:seeds/a.txt",
        revision=1,
        content_hash="00",
        article=an_article(text=""),
        origin=origin,
        text_digest=text_digest,
    )
