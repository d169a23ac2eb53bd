"""Reading anew: a better handler changes what an article says here, and never looks like a newspaper's correction."""

from collections.abc import Callable

import msgspec
import pytest
from desks import Desk, a_story
from examples import an_article

from presslog.daemon.assemble import Parts
from presslog.daemon.compose import Composer
from presslog.daemon.kept import LETTERS_APART, Kept, Read
from presslog.daemon.places import Place
from presslog.daemon.readers import ReaderLimits, Readers
from presslog.daemon.reread import Reread, Rereading, reread
from presslog.handlers.article import Article
from presslog.handlers.reading import Found, Reading, read_articles
from presslog.store.errors import Unreadable
from presslog.store.events import Meta

WHO = "operator:ada"


def better(content: bytes, name: str) -> Reading:
    """A handler of tomorrow: it writes titles in capitals."""
    return _with(read_articles(content, name), lambda article: {"title": article.title.upper()})


def _with(reading: Reading, changes: Callable[[Article], dict[str, object]]) -> Reading:
    found = [
        msgspec.structs.replace(each, article=msgspec.structs.replace(each.article, **changes(each.article)))
        for each in reading.found
    ]
    return Reading(reading.format, tuple(found))


def many(content: bytes, name: str) -> Reading:
    """A handler of lists: each paragraph `uri title` is an article."""
    lines = content.decode().split("\n\n")
    articles = [an_article(uri=uri, title=title) for uri, _, title in (line.partition(" ") for line in lines)]
    found = [Found(each, "list", "", number) for number, each in enumerate(articles, 1)]
    return Reading("list", tuple(found))


class ReadersOfTomorrow(Readers):
    """Readers that need no child for anything."""

    def __init__(self, read: Read) -> None:
        super().__init__(ReaderLimits(1, 10, 1 << 30))
        self.read_here = read


def reading_with(parts: Parts, read: Read, version: str = "9.9") -> Parts:
    """The same parts after an upgrade to a presslog that reads so."""
    composer = Composer(parts.log, Meta(version=version), Kept(parts.log.blobs, read))
    parts.intake._composer = composer
    parts.intake._readers = ReadersOfTomorrow(read)
    return parts._replace(composer=composer)


def ids(desk: Desk) -> tuple[str, ...]:
    return tuple(row[0] for row in desk.rows("select id from articles order by head_position"))


def anew(desk: Desk, read: Read, *, is_dry: bool = False) -> list[Rereading]:
    """Read all articles of a desk anew."""
    with desk.assembled() as (parts, _):
        answers = reread(reading_with(parts, read), Reread(ids(desk), is_dry), WHO)
        parts.views.open()
        parts.views.catch_up()
    return answers


def test_article_that_reads_otherwise_is_told_with_its_differences(desk: Desk) -> None:
    desk.drop("a.txt", a_story("Rivers rise"))
    desk.drain()

    answers = anew(desk, better)

    assert [(each.state, each.title, each.revisions) for each in answers] == [("reread", "Rivers rise", (1,))]
    assert [(each.field, each.before, each.after) for each in answers[0].differences] == [
        ("title", "Rivers rise", "RIVERS RISE")
    ]
    assert desk.rows("select title, revision, revision_count from articles") == [("RIVERS RISE", 1, 1)]
    fact = desk.events("article-reread")[0].fact
    assert (fact.revision, fact.changed) == (1, ("title",))
    assert desk.actors()[-1] == WHO


def test_article_that_reads_the_same_adds_nothing(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    answers = anew(desk, read_articles)

    assert [each.state for each in answers] == ["same"]
    assert desk.events("article-reread") == []


def test_reading_anew_twice_tells_it_once(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    first, second = anew(desk, better), anew(desk, better)

    assert [first[0].state, second[0].state] == ["reread", "same"]
    assert len(desk.events("article-reread")) == 1


def test_dry_run_tells_the_same_and_records_nothing(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    dry, real = anew(desk, better, is_dry=True), anew(desk, better)

    assert msgspec.structs.replace(real[0], position=0) == dry[0]
    assert len(desk.events("article-reread")) == 1


def test_every_revision_is_read_from_its_own_bytes(desk: Desk) -> None:
    for text in ("Three boats left.", "Four boats left."):
        desk.drop("a.txt", a_story(text=text))
        desk.drain()

    answers = anew(desk, better)

    assert answers[0].revisions == (1, 2)
    assert [(event.fact.revision, event.fact.article.text) for event in desk.events("article-reread")] == [
        (1, "Three boats left."),
        (2, "Four boats left."),
    ]
    assert desk.rows("select revision, change_kind, title from revisions order by position") == [
        (1, "first", "Rivers rise"),
        (2, "update", "Rivers rise"),
        (1, "reread", "RIVERS RISE"),
        (2, "reread", "RIVERS RISE"),
    ]


def test_next_revision_follows_the_newest_reading(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="Three boats left."))
    desk.drain()
    anew(desk, better)

    desk.drop("a.txt", a_story(text="Four boats left."))
    with desk.assembled() as (parts, _):
        reading_with(parts, better).intake.process([Place("seeds", b"a.txt")])

    revised = desk.events("article-revised")[0].fact
    assert (revised.revision, revised.changed) == (2, ("text",))


@pytest.mark.parametrize("error", [Unreadable("no-article", "none in it"), None])
def test_what_cannot_be_read_today_keeps_its_old_reading(desk: Desk, error: Unreadable | None) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    def worse(content: bytes, name: str) -> Reading:
        if error:
            raise error
        return _with(read_articles(content, name), lambda _: {"uri": "urn:wire:7"})

    answers = anew(desk, worse)

    state, reason = ("unreadable", "no-article: none in it") if error else ("another", "urn:wire:7")
    assert answers[0].state == answers[0].code == state
    assert reason in answers[0].reason
    assert [event.type for event in desk.events()] == ["article-recorded", "file-received"]


def test_file_with_many_articles_is_read_once(desk: Desk) -> None:
    desk.drop("list.txt", "\n\n".join(f"urn:{number} Title {number}" for number in range(40)))
    times: list[str] = []
    with desk.assembled() as (parts, _):
        reading_with(parts, many, version="1").intake.process([Place("seeds", b"list.txt")])
        parts.views.open()
        parts.views.catch_up()

    def counted(content: bytes, name: str) -> Reading:
        times.append(name)
        return many(content, name)

    answers = anew(desk, counted)

    assert len(answers) == 40
    assert {each.state for each in answers} == {"same"}
    assert times == ["list.txt"]


def test_article_known_by_its_number_alone_never_takes_its_neighbours_words(desk: Desk) -> None:
    titles = ("Rivers rise", "Bridges hold", "Lakes fall")
    desk.drop("list.txt", "\n\n".join(f" {title}" for title in titles))

    def unlike(content: bytes, name: str) -> Reading:
        reading = many(content, name)
        found = [
            Found(msgspec.structs.replace(each.article, text=f"On {each.article.title}."), "list", "", each.member)
            for each in reading.found
        ]
        return Reading("list", tuple(found))

    def one_less(content: bytes, name: str) -> Reading:
        found = [Found(each.article, "list", "", n) for n, each in enumerate(unlike(content, name).found[1:], 1)]
        return Reading("list", tuple(found))

    with desk.assembled() as (parts, _):
        reading_with(parts, unlike, version="1").intake.process([Place("seeds", b"list.txt")])
        parts.views.open()
        parts.views.catch_up()
    answers = anew(desk, one_less)

    assert [each.state for each in answers] == ["another"] * 3
    assert desk.events("article-reread") == []


def test_article_nobody_knows_is_the_same(desk: Desk) -> None:
    with desk.assembled() as (parts, _):
        assert [each.state for each in reread(parts, Reread(("art_none",)), WHO)] == ["same"]
        assert reread(parts, Reread(()), WHO) == []


def test_revision_after_an_upgrade_follows_the_old_bytes_read_anew(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="Three boats left."))
    desk.drain()

    desk.drop("a.txt", a_story(text="Four boats left."))
    with desk.assembled() as (parts, _):
        outcomes = reading_with(parts, better).intake.process([Place("seeds", b"a.txt")])

    assert [(outcome.kind, outcome.revision) for outcome in outcomes] == [("revised", 2)]
    assert [event.type for event in desk.events()][2:] == ["article-reread", "article-revised", "file-received"]
    assert desk.events("article-revised")[0].fact.changed == ("text",), "the title is the handler's work"


def test_new_bytes_that_say_the_same_to_the_new_handler_are_no_revision(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    desk.drop("a.txt", a_story() + b"\n\n")
    with desk.assembled() as (parts, _):
        outcomes = reading_with(parts, better).intake.process([Place("seeds", b"a.txt")])

    assert [(outcome.kind, outcome.revision) for outcome in outcomes] == [("unchanged", 1)]
    assert [event.type for event in desk.events()][2:] == ["article-reread", "file-received"]
    desk.drain()
    assert desk.rows("select title, revision, revision_count from articles") == [("RIVERS RISE", 1, 1)]


def test_without_an_upgrade_nothing_is_read_twice(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="Three boats left."))
    desk.drain()

    def unwanted(content: bytes, name: str) -> Reading:
        raise AssertionError(name)

    desk.drop("a.txt", a_story(text="Four boats left."))
    with desk.assembled() as (parts, _):
        parts.composer.kept._read = unwanted
        parts.intake.process([Place("seeds", b"a.txt")])

    assert [event.type for event in desk.events()][2:] == ["article-revised", "file-received"]


def test_wire_version_that_comes_once_more_after_an_upgrade_is_known(desk: Desk) -> None:
    def wire(content: bytes, name: str) -> Reading:
        return _with(read_articles(content, name), lambda a: {"uri": "urn:1", "version": int(a.title.split()[1])})

    def better_wire(content: bytes, name: str) -> Reading:
        return _with(wire(content, name), lambda article: {"title": article.title.upper()})

    for number in (1, 2):
        desk.drop(f"{number}.txt", a_story(f"Take {number}"))
        with desk.assembled() as (parts, _):
            reading_with(parts, wire, version="1").intake.process([Place("seeds", b"%d.txt" % number)])

    desk.drop("again.txt", a_story("Take 1") + b"\n")
    with desk.assembled() as (parts, _):
        outcomes = reading_with(parts, better_wire, version="2").intake.process([Place("seeds", b"again.txt")])

    assert [outcome.kind for outcome in outcomes] == ["unchanged"]
    assert [event.fact.revision for event in desk.events("article-reread")] == [1, 2]


def test_text_too_long_for_an_event_is_reread_whole(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="word " * 150_000))
    desk.drain()

    anew(desk, better)

    event = desk.events("article-reread")[0]
    assert event.fact.text_digest
    assert event.fact.changed == ("title",)
    assert anew(desk, better)[0].state == "same"


def test_readings_that_are_held_are_bounded_and_forgotten(desk: Desk) -> None:
    for number in range(5):
        desk.drop(f"{number}.txt", a_story(f"Title {number}"))
    desk.drain()

    with desk.assembled() as (parts, _):
        kept = Kept(parts.log.blobs, read_articles, most_letters=3 * (LETTERS_APART + 30))
        bounded = parts._replace(composer=Composer(parts.log, Meta(), kept))
        reread(bounded, Reread(ids(desk)), WHO)
        held = len(kept._held)
        reread(bounded, Reread(()), WHO)

    assert (held, len(kept._held)) == (3, 0)


def test_versions_of_one_article_in_one_file_are_told_apart(desk: Desk) -> None:
    desk.drop("list.txt", "urn:1 Take one of rivers\n\nurn:1 Take two of lakes\n\nurn:1 Take three of seas")

    def louder(content: bytes, name: str) -> Reading:
        reading = many(b"urn:0 News\n\n" + content, name)
        return _with(reading, lambda article: {"title": f"{article.title}!"})

    with desk.assembled() as (parts, _):
        reading_with(parts, many, version="1").intake.process([Place("seeds", b"list.txt")])
        parts.views.open()
        parts.views.catch_up()
    anew(desk, louder)

    told = [(event.fact.revision, event.fact.article.title) for event in desk.events("article-reread")]
    assert told == [(1, "Take one of rivers!"), (2, "Take two of lakes!"), (3, "Take three of seas!")]
