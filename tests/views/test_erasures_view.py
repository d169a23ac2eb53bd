"""Erasures in the views: no row, word, name or count of an erased article is left, and others stand as they stood."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desks import History

from presslog.handlers.article import Author
from presslog.store.errors import AmbiguousId, NotFound
from presslog.store.events import ArticleRecorded
from presslog.store.log import EventLog, Stored
from presslog.store.names import article_id
from presslog.store.pages import next_page
from presslog.store.queries import Answers
from presslog.store.views import Views

Rows = Callable[..., list[tuple[Any, ...]]]
A, B = article_id("presslog:seeds/a.txt"), article_id("presslog:seeds/b.txt")


def test_all_versions_of_an_article_go_and_others_stay(history: History, rows: Rows) -> None:
    history.article("a.txt")
    history.article("a.txt", text="The water fell.")
    history.reread(text="The water fell at noon.")
    history.article("b.txt")
    assert len(rows("select * from revisions")) == 4

    position = history.erased(reason="by order")

    assert rows("select article_id, position from revisions") == [(B, 4)]
    assert rows("select position, article_id, revision, reason from erasures") == [(position, A, 2, "by order")]


@pytest.mark.parametrize("index", ["revisions_fts", "revisions_grams"])
def test_its_words_are_in_no_index(history: History, rows: Rows, index: str) -> None:
    history.article("a.txt", title="Zanzibar 北京市", text="Quagga and 東京 stand here.")
    history.article("b.txt", title="Rivers 北京", text="Rivers stand here.")
    rows("select 1")

    history.erased()

    vocabulary = {"revisions_fts": "revisions_words", "revisions_grams": "revisions_gram_words"}[index]
    terms = {term for (term,) in rows(f"select term from {vocabulary}")}
    assert not {"zanzibar", "quagga", "京市", "東京"} & terms
    assert "river" in terms
    assert rows(f"select rowid from {index} where {index} match 'here'") == [(2,)]
    assert rows(f"select count(*) from {index}_docsize") == [(1,)]


def test_an_author_is_called_as_elsewhere_and_one_who_is_nowhere_goes(history: History, rows: Rows) -> None:
    history.article("a.txt", authors=(Author("ANA SÍLVA"), Author("Jo Li", role="editor")))
    history.article("b.txt", authors=(Author("Ana Silva"),))
    assert [name for (name,) in rows("select name from authors order by id")] == ["ANA SÍLVA", "Jo Li"]

    history.erased()

    assert rows("select id, name, first_position from authors") == [("ana silva", "Ana Silva", 2)]
    assert rows("select position, number, name, role from revision_authors") == [(2, 1, "Ana Silva", "byline")]


def test_a_source_is_called_as_elsewhere_and_one_without_articles_goes(history: History, rows: Rows) -> None:
    history.article("a.txt", source="REUTERS")
    history.article("b.txt", source="Reuters")
    history.article("a.txt", source="Tass")
    rows("select 1")

    history.erased()

    assert rows("select id, name, first_position, article_count from sources") == [("reuters", "Reuters", 2, 1)]
    assert rows("select source_id, name, first_position from source_names") == [("reuters", "Reuters", 2)]
    assert rows("select id from outlets") == [("reuters",)]


def test_files_stay_with_their_paths_and_digests(history: History, rows: Rows) -> None:
    history.article("a.txt")
    history.received("a.txt", content="x", articles=(A,))
    history.refused("broken.txt")
    before = rows("select * from files"), rows("select * from failures")

    history.erased()

    assert (rows("select * from files"), rows("select * from failures")) == before


def test_a_later_version_is_the_first_that_there_is(history: History, rows: Rows) -> None:
    history.article("a.txt", text="The minister lied.")
    history.article("a.txt", text="The minister lied twice.")
    erased = history.erased()

    later = history.article("a.txt", text="The minister was there.")

    columns = "revision, from_revision, change_kind, first_position, valid_to_position"
    assert rows(f"select {columns} from revisions") == [(3, None, "update", later, None)]
    assert rows("select revision, revision_count from articles") == [(3, 3)]
    assert rows("select position from erasures") == [(erased,)]


def test_views_that_come_later_never_see_it(history: History, rows: Rows) -> None:
    history.article("a.txt", title="Zanzibar")
    history.erased()

    assert rows("select count(*) from revisions") == [(0,)]
    assert rows("select count(*) from revisions_words") == [(0,)]
    assert rows("select state, count(*) from checkpoints group by 1") == [("live", 6)]


class JustErased:
    """A log of which a page was read just before an event on it was erased."""

    def __init__(self, log: EventLog, page: list[Stored]) -> None:
        self._log = log
        self._page = page
        self.blobs = log.blobs

    def read(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        page, self._page = self._page, []
        return page or self._log.read(after, limit, stream)


def test_long_text_that_is_erased_while_a_view_reads_it_is_no_event(history: History) -> None:
    digest = history.log.blobs.put(b"a long text")
    history.article("a.txt")
    [stored] = history.log.read(0, 1)
    page = [stored._replace(data=stored.data.replace(b'"uri":', b'"text_digest":"%s","uri":' % digest.encode()))]
    before = next_page(JustErased(history.log, page), 0, 10)
    history.erased()
    history.log.blobs.drop([digest])

    after = next_page(JustErased(history.log, page), 0, 10)

    assert [type(event.fact) for event in before] == [ArticleRecorded]
    assert before[0].fact.article.text == "a long text"
    assert [event.fact for event in after] == [None]


def test_who_asks_for_it_by_any_name_hears_of_the_order(history: History, followed: Views, folder: Path) -> None:
    history.article("a.txt")
    history.received("a.txt", content="x", articles=(A,))
    history.received("copy.txt", content="x", copy_of="a.txt")
    history.article("b.txt")
    history.erased(reason="by order of a court")
    followed.catch_up()

    with Answers(folder) as answers:
        for name in (A, A[:12], A[4:12].upper(), "presslog:seeds/a.txt", "seeds/a.txt", "seeds/copy.txt"):
            with pytest.raises(NotFound, match=r"erased by order on 20..-..-.. \(#5\): by order of a court"):
                answers.resolve(name)
        with pytest.raises(NotFound, match="no article answers to"):
            answers.resolve("seeds/c.txt")
        assert answers.resolve("seeds/b.txt") == B


def test_beginning_of_two_erased_ids_is_ambiguous(history: History, followed: Views, folder: Path) -> None:
    for number in range(33):  # of 32 letters that an id can begin with, one comes twice
        history.article(f"{number}.txt")
        history.erased(f"presslog:seeds/{number}.txt")
    followed.catch_up()
    letters = Counter(article_id(f"presslog:seeds/{number}.txt")[4] for number in range(33))
    shared, _ = letters.most_common(1)[0]

    with Answers(folder) as answers, pytest.raises(AmbiguousId, match=f"art_{shared}.* erased on "):
        answers.resolve(shared)
