"""Large texts and large batches: kept whole, whatever an event may hold."""

from pathlib import Path

from desks import Desk, a_story

from presslog.daemon.apart import TEXT_BYTES_INLINE

PARAGRAPH = "The river rose by another hand over night, and the bridge at the mill was closed again."


def a_long_story(paragraphs: int, word: str = "night") -> bytes:
    return a_story("Long reads", "\n\n".join(f"{number} {word} {PARAGRAPH}" for number in range(paragraphs)))


def test_text_over_the_limit_of_an_event_comes_back_whole(desk: Desk) -> None:
    paragraphs = TEXT_BYTES_INLINE // len(PARAGRAPH) + 1
    desk.drop("long.txt", a_long_story(paragraphs))

    desk.drain()

    text = desk.rows("select text from articles")[0][0]
    assert len(text) > TEXT_BYTES_INLINE
    assert text.startswith(f"0 night {PARAGRAPH}")
    assert text.endswith(PARAGRAPH)
    assert text.count(PARAGRAPH) == paragraphs
    assert desk.events("article-recorded")[0].fact.text_digest


def test_second_version_of_a_long_text_is_a_revision(desk: Desk) -> None:
    paragraphs = TEXT_BYTES_INLINE // len(PARAGRAPH) + 1
    desk.drop("long.txt", a_long_story(paragraphs))
    desk.drain()

    desk.drop("long.txt", a_long_story(paragraphs, word="day"))
    desk.drain()

    assert desk.events("article-revised")[0].fact.changed == ("text",)
    assert [length > TEXT_BYTES_INLINE for (length,) in desk.rows("select length(text) from revisions")] == [True, True]


def test_more_files_than_a_batch_holds_are_all_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", batch_files=7)
    for number in range(50):
        desk.drop(f"{number}.txt", a_story(f"Title {number}"))

    desk.drain()

    assert desk.rows("select count(*) from articles") == [(50,)]
