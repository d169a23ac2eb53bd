"""presslog feed: what it writes is read by the formats of feeds, and by XML itself."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from archives import NOON, Archive
from click.testing import Result

from presslog.handlers.reading import read_articles
from presslog.store.article import Article

Ask = Callable[..., Result]
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "Rivers <b>rise</b> & fall \x1b[31m\x0b\u202e ]]> \ufffe"


def texts(ended: Result, path: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(ended.stdout).iterfind(path.replace("a:", ATOM))]


@pytest.fixture
def revised(archive: Archive) -> Archive:
    """An archive with an article about rivers that was revised, and another one."""
    archive.keep("a.txt", title="Rivers rise", text="The water came. Nine people were hurt.", source="Wire")
    archive.clock = NOON + 60
    archive.keep("b.txt", title="Rivers fall", text="Dry.", published_at="2022-01-06", url="https://example.org/b")
    archive.clock = NOON + 120
    archive.keep("a.txt", title="Rivers rise", text="The water came. Twelve people were hurt.", source="Wire")
    return archive.build()


@pytest.mark.parametrize(
    ("stated", "told"),
    [("2022-01-06T09:30:00+06:00", ["2022-01-06T09:30:00+06:00"]), ("2022-01-06", []), ("2022-01-06T09:30:00", [])],
)
def test_no_hour_and_no_zone_of_a_publication_is_invented(
    archive: Archive, ask: Ask, stated: str, told: list[str]
) -> None:
    archive.keep(published_at=stated)
    archive.build()

    assert texts(ask("feed", "rivers"), "a:entry/a:published") == told


def test_atom_has_an_entry_an_article_the_last_change_first(revised: Archive, ask: Ask) -> None:
    ended = ask("feed", "rivers")

    assert texts(ended, "a:entry/a:title") == ["Rivers rise", "Rivers fall"]
    assert texts(ended, "a:entry/a:updated") == ["2022-01-06T12:02:00.000Z", "2022-01-06T12:01:00.000Z"]
    assert texts(ended, "a:updated") == ["2022-01-06T12:02:00.000Z"]
    assert texts(ended, "a:title") == ["rivers"]
    assert "2 entries · as of #" in ended.stderr


def test_feed_of_nothing_new_is_the_same_to_the_byte(revised: Archive, ask: Ask) -> None:
    assert ask("feed", "rivers").stdout == ask("feed", "rivers").stdout


def test_entry_keeps_its_id_when_the_article_is_revised(revised: Archive, ask: Ask) -> None:
    before = texts(ask("feed", "rivers", "--at", "1"), "a:entry/a:id")

    assert before == texts(ask("feed", "rivers", "-n", "1"), "a:entry/a:id")


def test_feed_of_differences_has_an_entry_a_change(revised: Archive, ask: Ask) -> None:
    ended = ask("feed", "rivers", "--diffs")

    assert texts(ended, "a:entry/a:title") == ["Rivers rise (revision 2: 1 number: Nine → Twelve)"]
    assert [each.split(":")[-1] for each in texts(ended, "a:entry/a:id")] == ["2"]
    content = "<p>¶1 <del>Nine</del><ins>Twelve</ins> people were hurt.</p>"
    assert texts(ended, "a:entry/a:content") == [content]
    item = json.loads(ask("feed", "rivers", "--diffs", "-o", "jsonfeed").stdout)["items"][0]
    assert (item["content_html"], item["content_text"]) == (content, "¶1 [-Nine-]{+Twelve+} people were hurt.")


def test_change_by_which_an_article_matches_no_longer_is_told(revised: Archive, ask: Ask) -> None:
    ended = ask("feed", "nine", "--diffs")

    assert texts(ended, "a:entry/a:title") == ["Rivers rise (revision 2: 1 number: Nine → Twelve, no longer matches)"]


@pytest.mark.parametrize("form", ["atom", "jsonfeed"])
def test_what_is_written_is_read_again(archive: Archive, ask: Ask, form: str) -> None:
    archive.keep(
        title="Rivers < rise & fall",
        text="The water came.\n\n“It <rose>,” she said & left.",
        source="Harbour Wire",
        authors=("Ana Silva", "Jo Li"),
        published_at="2022-01-06T09:30:00+06:00",
        language="en",
        keywords=("water", "floods"),
        url="https://example.org/rivers?a=1&b=2",
        description="What the water did.",
    )
    archive.build()

    content = ask("feed", "rivers", "-o", form, "--title", "Harbour Wire").stdout.encode()
    article = read_articles(content, f"feed.{form}").articles[0]

    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Rivers < rise & fall", "The water came.\n\n“It <rose>,” she said & left.")
    assert (article.source, article.language, article.url) == (
        "Harbour Wire",
        "en",
        "https://example.org/rivers?a=1&b=2",
    )
    assert [author.name for author in article.authors] == ["Ana Silva", "Jo Li"]
    assert (article.published_at, article.keywords) == ("2022-01-06T09:30:00+06:00", ("water", "floods"))
    assert article.uri.startswith("urn:presslog:art_")


@pytest.mark.parametrize("form", ["atom", "jsonfeed"])
@pytest.mark.parametrize("options", [[], ["--diffs"]])
def test_hostile_words_stay_words(archive: Archive, ask: Ask, form: str, options: list[str]) -> None:
    for text in (HOSTILE, f"{HOSTILE} again"):
        archive.keep(title=HOSTILE, text=text, url="javascript:alert(1)", authors=(HOSTILE,), keywords=(HOSTILE,))
    archive.build()

    content = ask("feed", "rivers", "-o", form, *options).stdout

    if form == "atom":
        root = ET.fromstring(content)
        assert "<b>" in root.findtext(f"{ATOM}entry/{ATOM}title", "")
        markup = root.findtext(f"{ATOM}entry/{ATOM}content", "")
        assert root.find(f"{ATOM}entry/{ATOM}link") is None
    else:
        item = json.loads(content)["items"][0]
        markup = item["content_html"]
        assert "url" not in item
    assert "<b>" not in markup
    assert "&lt;b&gt;" in markup


def test_file_is_replaced_whole_in_the_form_of_its_name(revised: Archive, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "floods.json").write_text("old")

    ended = ask("feed", "rivers", "--to", tmp_path / "floods.json")
    ask("feed", "rivers", "--to", tmp_path / "floods.xml")

    assert ended.stdout == ""
    assert json.loads((tmp_path / "floods.json").read_text())["version"] == "https://jsonfeed.org/version/1.1"
    assert ET.parse(tmp_path / "floods.xml").getroot().tag == f"{ATOM}feed"
    assert ask("feed", "rivers", "--to", tmp_path / "nowhere" / "a.xml").exit_code == 1


def test_feed_of_the_past_is_as_it_was_then(revised: Archive, ask: Ask) -> None:
    assert texts(ask("feed", "rivers", "--at", "1"), "a:entry/a:title") == ["Rivers rise"]
    assert texts(ask("feed", "rivers", "--diffs", "--as-of", "2022-01-06T12:01:30Z"), "a:entry/a:title") == []


@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        ({"status": "canceled"}, "withdrawn"),
        ({"status": "withheld"}, "withheld"),
        ({"embargoed_until": "2999-01-01"}, "embargoed until 2999-01-01"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--diffs"]])
def test_what_must_not_be_used_is_marked_and_its_text_left_out(
    archive: Archive, ask: Ask, fields: dict[str, str], mark: str, options: list[str]
) -> None:
    archive.keep()
    archive.keep(text="The water came at dawn.", **fields)
    archive.build()

    ended = ask("feed", "rivers", *options)

    assert [title.split("] ")[0] for title in texts(ended, "a:entry/a:title")] == [f"[{mark}"]
    assert texts(ended, "a:entry/a:content") == [f"<p>{mark}</p>"]
    assert "water" not in ended.stdout + ask("feed", "rivers", "-o", "jsonfeed", *options).stdout


def test_empty_feed_is_a_feed(archive: Archive, ask: Ask) -> None:
    archive.build()

    ended = ask("feed", "rivers", "--link", "https://example.org/")

    assert texts(ended, "a:updated") == ["1970-01-01T00:00:00Z"]
    assert "0 entries" in ended.stderr
    assert ask("feed", "rivers", "--link", "javascript:alert(1)").exit_code == 2
    assert ask("feed").exit_code == 2
