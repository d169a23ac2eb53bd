"""The law of the views: however events come in, live is what a rebuild makes of the whole log."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
from desks import History
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.article import Author
from presslog.handlers.views import insights, views
from presslog.store.engines.memory import MemoryLog
from presslog.store.events import Event
from presslog.store.generation import Generation, View
from presslog.store.sqlite import Connection, connect_readonly
from presslog.store.views import Views

Step = Callable[[History], int]
ALL = (*views(), *insights("rules"))
SAID = "The ferry from Lund lay on the rocks off Stone Point. “We heard a noise,” said Ana Silva of Radio Fjord."

TOLD = (SAID, f"{SAID} Four were hurt, Tass reported.")

PATHS = st.sampled_from(["a.txt", "b.txt", "wires/caf%E9.txt"])
KNOWN = st.sampled_from(["presslog:seeds/a.txt", "presslog:seeds/b.txt", "urn:newsml:1", "urn:newsml:2"])
URIS = st.sampled_from(["", "", "urn:newsml:1", "urn:newsml:2"])
SEARCHES = st.sampled_from(["floods", "lakes"])
AUTHORS = st.lists(st.builds(Author, name=st.sampled_from(["Ana Silva", "ANA SÍLVA", "Jo Li"])), max_size=2)
FIELDS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Rivers rise", "Bridges hold", ""]),
        "text": st.one_of(
            st.text(max_size=20),
            st.sampled_from(["北京市 today", "The water came. 東京", *TOLD]),
        ),
        "uri": URIS,
        "source": st.sampled_from(["", "Wire", "wire", "Agence France-Presse", "AFP", "AFP/Reuters"]),
        "version": st.integers(0, 4),
        "updated_at": st.sampled_from(["", "2022-01-06T04:00:00Z", "2022-01-06T05:00:00Z"]),
        "authors": AUTHORS.map(tuple),
        "status": st.sampled_from(["usable", "usable", "canceled"]),
        "language": st.sampled_from(["", "en", "de_AT"]),
    }
)


def an_article(path: str, fields: dict[str, object]) -> Step:
    return lambda history: history.article(path, **fields)


def a_reread(uri: str, revision: int, fields: dict[str, object]) -> Step:
    return lambda history: history.reread(uri, revision=revision, **fields)


def an_erasure(uri: str) -> Step:
    return lambda history: history.erased(uri)


def a_copy(path: str, first: str, content: str) -> Step:
    return lambda history: history.received(path, content=content, copy_of=first)


def a_file(path: str, content: str) -> Step:
    return lambda history: history.received(path, content=content, articles=("art_1",))


STEPS = st.one_of(
    st.builds(an_article, PATHS, FIELDS),
    st.builds(a_reread, KNOWN, st.integers(0, 3), FIELDS),
    st.builds(an_erasure, KNOWN),
    st.builds(a_file, PATHS, st.text(max_size=3)),
    st.builds(a_copy, PATHS, PATHS, st.text(max_size=3)),
    st.builds(lambda path, code: lambda history: history.refused(path, code=code), PATHS, st.text(max_size=5)),
    st.builds(lambda path: lambda history: history.dismissed(path), PATHS),
    st.builds(lambda path: lambda history: history.removed(path), PATHS),
    st.just(lambda history: history.folder_lost()),
    st.builds(lambda name, query: lambda history: history.search_saved(name, query), SEARCHES, st.text(max_size=5)),
    st.builds(lambda name: lambda history: history.search_removed(name), SEARCHES),
    st.just(lambda history: history.merged("Ana Silva", "Silva")),
    st.just(lambda history: history.of_tomorrow()),
)
BATCHES = st.lists(st.lists(STEPS, max_size=6), max_size=6)


@settings(max_examples=40, deadline=None)
@given(batches=BATCHES)
def test_live_is_what_a_rebuild_makes(tmp_path_factory: pytest.TempPathFactory, batches: list[list[Step]]) -> None:
    folder = tmp_path_factory.mktemp("law")
    history = History(MemoryLog())
    with closing(Generation(folder / "live.db", ALL, history.log)) as live:
        for batch in batches:
            for step in batch:
                step(history)
            while live.advance():
                pass

        with closing(Views(folder, ALL, history.log)) as rebuilt:
            rebuilt.rebuild()

            assert digests(live) == digests(rebuilt.serving)
        assert {checkpoint.state for checkpoint in live.checkpoints()} == {"live"}
        assert live.position() == history.log.head()


@settings(max_examples=30, deadline=None)
@given(
    batches=BATCHES,
    names=st.sets(st.sampled_from([view.name for view in ALL]), max_size=3),
    kills=st.lists(st.integers(0, 12), max_size=4),
    size=st.integers(1, 5),
)
def test_however_often_it_is_killed_a_rebuild_makes_what_the_log_makes(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Step]], names: set[str], kills: list[int], size: int
) -> None:
    folder = tmp_path_factory.mktemp("law")
    history = History(MemoryLog())
    with closing(Views(folder, ALL, history.log)) as live:
        live.open()
        for number, batch in enumerate(batches):
            for step in batch:
                step(history)
            live.catch_up()
            if number < len(kills):
                end(folder, history, sorted(names), after=kills[number], size=size)
                live.catch_up()

        with closing(Views(folder, ALL, history.log, batch_events=size)) as rebuilt:
            done = rebuilt.rebuild(names=sorted(names))

            assert {each.is_equal for each in done.compared} == {True}
            assert digests(rebuilt.serving) == digests_from_nothing(folder / "nothing.db", history)


class Killed(BaseException):
    """The end of a process, as far as a test can have it without one."""


def end(folder: Path, history: History, names: list[str], *, after: int, size: int) -> None:
    """Rebuild until some view has been given events so many times; then nothing more is done, not even by the view."""
    calls = count()

    def mortal(view: View) -> View:
        def apply(db: Connection, events: Sequence[Event]) -> None:
            if next(calls) >= after:
                raise Killed
            view.apply(db, events)

        return view._replace(apply=apply)

    mortals = [mortal(view) for view in ALL]
    with closing(Views(folder, mortals, history.log, batch_events=size)) as dying, suppress(Killed):
        dying.rebuild(names=names)


def digests_from_nothing(path: Path, history: History) -> dict[str, str]:
    with closing(Generation(path, ALL, history.log)) as generation:
        while generation.advance():
            pass
        return digests(generation)


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_one_event_at_a_time_gives_the_same_rows_as_all_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    history = History(MemoryLog())
    with (
        closing(Generation(folder / "single.db", ALL, history.log)) as single,
        closing(Generation(folder / "whole.db", ALL, history.log)) as whole,
    ):
        for step in steps:
            step(history)
            single.advance()

        whole.advance()

        assert digests(single) == digests(whole)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_head_of_an_article_is_its_current_revision_in_both_views(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    history = History(MemoryLog())
    with closing(Generation(folder / "views.db", views(), history.log)) as generation:
        for step in steps:
            step(history)
        while generation.advance():
            pass

    with closing(connect_readonly(folder / "views.db")) as connection:
        heads = connection.execute("select head_position, revision, status, text from articles order by 1").fetchall()
        current = "select position, revision, status, text from revisions where valid_to_position is null order by 1"
        assert heads == connection.execute(current).fetchall()


def digests(generation: Generation) -> dict[str, str]:
    return {view.name: generation.digest(view) for view in ALL}


@pytest.mark.parametrize("view", ALL, ids=lambda view: view.name)
def test_digest_of_a_view_tells_different_rows_apart(tmp_path_factory: pytest.TempPathFactory, view: View) -> None:
    folder = tmp_path_factory.mktemp("digest")
    history = History(MemoryLog())
    with closing(Generation(folder / "views.db", ALL, history.log)) as generation:
        empty = generation.digest(view)
        history.article(source="Wire", text=SAID, authors=(Author("Ana Silva"),))
        history.refused("b.txt")
        history.received()
        history.search_saved()
        history.merged("Ana Silva", "Silva")

        generation.advance()

        assert generation.digest(view) != empty
