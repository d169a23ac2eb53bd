"""The format text: headers, credits and tails around a body that loses nothing."""

import re
import unicodedata
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from presslog.handlers.formats.text import read, read_text, recognise
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = Path(__file__).parents[3] / "shared" / "seeds" / "000_e76f3bfdaf866576.txt"
BODY = "Two piers were closed on Monday, a spokesman said.\n\nLorries queued for hours.\n\nRepairs take a month."


def sample(name: str) -> Article:
    return read((SAMPLES / name).read_bytes(), name)[0]


@pytest.mark.skipif(not SEED.exists(), reason="the shared seed is not here")
def test_the_seed_is_read_in_every_field() -> None:
    content = SEED.read_bytes()

    article = read(content, SEED.name)[0]

    assert article.title == "Russia-Led Bloc to Send Troops to Kazakhstan Amid Protests"
    assert (article.published_at, article.published_precision, article.published_raw) == (
        "2022-01-06",
        "day",
        "2022-01-06",
    )
    assert article.byline == "Nariman Gizitdinov and Ilya Arkhipov"
    assert article.authors == (Author("Nariman Gizitdinov"), Author("Ilya Arkhipov"))
    assert (article.source, article.read_minutes, article.dateline, article.tail) == ("Bloomberg", 4, "", ())
    assert article.text.startswith("Russia and its allies pledged")
    assert article.text.endswith("1.9 million barrels a day of oil in December.")
    assert article.text.count("\n\n") == 17
    assert recognise(content, SEED.name) >= 0.9


def test_the_shape_of_the_seed_gives_one_title_and_keeps_the_tail_apart() -> None:
    article = sample("harbour.txt")

    written = (article.title, article.byline, article.read_minutes, article.source, article.copyright)

    assert written == (
        "Larnow Harbour Shuts Two Piers After Divers Find Cracks",
        "Ana Silvert and Bo Leemans",
        3,
        "Bloomberg",
        "©2023 Bloomberg L.P.",
    )
    assert [author.role for author in article.authors] == ["byline", "byline", "with_assistance", "with_assistance"]
    assert article.text.startswith("The harbour authority")
    assert article.text.endswith("until May.")
    assert article.tail[0] == "Most Read from Bloomberg"
    assert len(article.tail) == 5
    assert (article.rule, article.confidence) == ("date-title-byline", 0.99)


def test_a_wire_story_gives_dateline_minute_note_and_editor() -> None:
    article = sample("quarry.txt")

    people = [(author.name, author.role) for author in article.authors]

    assert article.title == "UPDATE 2-Quarry at Velm floods, forty pumps on their way"
    assert (article.published_at, article.published_precision) == ("2023-03-14T16:12Z", "minute")
    assert (article.source, article.dateline, article.read_minutes) == ("Reuters", "VELM, March 14", 4)
    assert article.ednote == "(Adds owner's statement)"
    assert people == [("Edda Foxley", "byline"), ("Ines Jarrow", "editor")]
    assert article.text.startswith("Water rose")
    assert article.text.endswith("office said.")
    assert article.rule == "credit"


def test_a_keyed_header_fills_the_named_fields() -> None:
    article = sample("orchard.txt")

    times = (article.published_at, article.published_precision, article.updated_at)

    assert article.title == "Late frost: orchards of the Sorn valley count their losses"
    assert times == ("2023-04-02T06:30:00+02:00", "second", "2023-04-02T09:00+02:00")
    assert (article.source, article.url, article.language) == (
        "Sorn Valley Wire",
        "https://sorn.example/news/late-frost",
        "en",
    )
    assert article.keywords == ("orchards", "weather")
    assert article.copyright == "Copyright 2023 Sorn Valley Wire"
    assert article.rule == "keyed-header"


def test_hard_wrapped_lines_become_one_line_a_paragraph() -> None:
    article = sample("ferry.txt")

    paragraphs = article.text.split("\n\n")

    assert article.title == "Ferry to Osmund island runs again"
    assert len(paragraphs) == 2
    assert "\n" not in paragraphs[0]
    assert paragraphs[0].endswith("the island's new doctor on board.")
    assert article.rule == "title-paragraphs"


def test_one_paragraph_without_a_title_lends_its_first_sentence() -> None:
    paragraph = (
        "The harbour authority closed two of its five piers on Monday after divers had found long cracks in the wall."
    )

    article = read_text(paragraph)

    assert (
        article.title
        == "The harbour authority closed two of its five piers on Monday after divers had found long cracks in…"
    )
    assert article.text == paragraph
    assert (article.rule, article.confidence) == ("first-sentence", 0.25)


@pytest.mark.parametrize(
    ("credit", "source", "dateline"),
    [
        ("(Bloomberg) -- ", "Bloomberg", ""),
        ("(Reuters) - ", "Reuters", ""),
        ("(AP) — ", "AP", ""),
        ("LONDON (Reuters) - ", "Reuters", "LONDON"),
        ("NEW YORK (AP) — ", "AP", "NEW YORK"),
        ("ALMATY, Jan. 5 (Bloomberg) -- ", "Bloomberg", "ALMATY, Jan. 5"),
        ("Jan. 5 (Bloomberg) -- ", "Bloomberg", "Jan. 5"),
        ("PORTO, Portugal, 5 January (Reuters) – ", "Reuters", "PORTO, Portugal, 5 January"),
        ("MOSCOW, January 5. /TASS/. ", "TASS", "MOSCOW, January 5"),
        ("МОСКВА (Интерфакс) - ", "Интерфакс", "МОСКВА"),
    ],
)
def test_a_credit_is_taken_off_the_text(credit: str, source: str, dateline: str) -> None:
    text = f"Piers Close\n\n{credit}{BODY}"

    article = read_text(text)

    assert (article.source, article.dateline, article.text) == (source, dateline, BODY)
    assert article.published_at == ""


def test_a_dateline_with_its_year_gives_the_day() -> None:
    text = f"Piers Close\n\nPORTO, Jan. 5, 2022 (Reuters) - {BODY}"

    article = read_text(text)

    assert (article.published_at, article.published_raw) == ("2022-01-05", "Jan. 5, 2022")


@pytest.mark.parametrize(
    "start", ["Acme Corp. (once a shipyard) - and a good one - rose.", "He said (twice) that it rose."]
)
def test_a_parenthesis_in_the_first_sentence_is_no_credit(start: str) -> None:
    text = f"Piers Close\n\n{start}\n\n{BODY}"

    article = read_text(text)

    assert article.source == ""
    assert article.text == f"{start}\n\n{BODY}"


@pytest.mark.parametrize(
    "header",
    [
        "Piers Close\nBy Ana Silva and Bo Lee\nJanuary 6, 2022\n4 min read",
        "January 6, 2022\nPiers Close\nBy Ana Silva and Bo Lee\n· 4 minute read",
        "By Ana Silva and Bo Lee\nPiers Close\n\n6 January 2022\nReading time: 4 min",
        "Piers Close\nBY Ana Silva AND Bo Lee | Jan. 6, 2022 | 4 min read",
        "Title: Piers Close\nBy: Ana Silva, Bo Lee\nDate: 2022-01-06\nReading time: 4 minutes",
        "Piers Close\n\nAna Silva and Bo Lee\nPublished January 6, 2022\n4-min read",
    ],
)
def test_header_lines_stand_in_any_order(header: str) -> None:
    text = f"{header}\n\n{BODY}"

    article = read_text(text)

    assert article.title == "Piers Close"
    assert [author.name for author in article.authors] == ["Ana Silva", "Bo Lee"]
    assert (article.published_at, article.read_minutes, article.text) == ("2022-01-06", 4, BODY)


def test_a_line_between_title_and_byline_is_the_subtitle() -> None:
    text = f"Piers Close\nLorries queue as divers find cracks\nBy Ana Silva\n\n{BODY}"

    article = read_text(text)

    assert (article.subtitle, article.text) == ("Lorries queue as divers find cracks", BODY)


@pytest.mark.parametrize(
    "title", ["Source: Bank to Cut Rates", "By the Numbers: Five Piers", "PIERS CLOSE", "2022: A Year of Piers"]
)
def test_a_title_that_resembles_a_header_line_stays_a_title(title: str) -> None:
    text = f"{title}\n\n{BODY}"

    article = read_text(text)

    assert (article.title, article.text, article.source, article.byline) == (title, BODY, "", "")


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><p>a",
        b"<html><p>a",
        b"<?xml version='1.0'?><a/>",
        b'{"headline": "a"}',
        b"[1, 2]",
        b"{\\rtf1 a}",
        b"WARC/1.0\r\n",
        b"MIME-Version: 1.0\nSubject: a\n\nb",
        b"%PDF-1.7\n",
        b"\x01eca062 4 i 211 ccccb dpa\r\n\x02Rain on Lima\r\n\x03",
    ],
)
def test_what_is_surely_no_plain_text_is_left_to_others(content: bytes) -> None:
    name = "story.txt"

    sure = recognise(content, name)

    assert sure == 0.0


def test_a_text_without_a_word_is_refused_as_empty() -> None:
    content = b"\xef\xbb\xbf \r\n\x0c"

    with pytest.raises(Unreadable) as refusal:
        read(content, "empty.txt")

    assert refusal.value.code == "empty"


LINES = st.sampled_from(
    [
        " date 2022-01-06 Piers Close",
        "Piers Close",
        "By Ana Silva",
        "·4 min read",
        "(AP) — ",
        "",
        "Date: 2022-01-06",
        "Body one.",
        "©2022 X",
        "Most Read from X",
        "(Updates price)",
        "a | b",
        "\ufeff",
        "\x00",
        "Title: ",
        "(Reporting by A B; Editing by C D)",
        "- ",
        "x" * 300,
    ]
)


@given(
    st.one_of(
        st.binary(),
        st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.lists(LINES).map("\n".join).map(str.encode),
    )
)
@example(b"(AP) - ")
@example(b"\xff\xfe\x00\xd8")
def test_any_bytes_are_an_article_that_can_be_stored_or_are_unreadable(content: bytes) -> None:
    try:
        article = read(content, "any.txt")[0]
    except Unreadable:
        return

    stored = msgspec.json.encode(article)

    assert msgspec.json.decode(stored, type=Article) == article
    assert not [letter for letter in str(msgspec.structs.astuple(article)) if unicodedata.category(letter) == "Cs"]
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f]", article.title + article.text + article.byline + "".join(article.tail)
    )
    assert article.title.strip()
    assert 0 < article.confidence < 1


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,9}( [a-z]{2,9}){4,30}\.", fullmatch=True), min_size=2, max_size=8))
def test_no_body_paragraph_is_lost(paragraphs: list[str]) -> None:
    text = "Piers Close After Cracks\n\n" + "\n\n".join(paragraphs)

    article = read_text(text)

    assert article.text.split("\n\n") == paragraphs
