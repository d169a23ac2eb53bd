"""PDFs: printed lines into paragraphs, what the file says of itself, and what is refused."""

import zlib

import pytest
from captured import code_of
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import Printed, pdf_of

from presslog.handlers.formats.pdf import read, read_stamp, recognise
from presslog.handlers.parts.layout import Line, lay_out
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

FIRST = ("The ferry to Holm sailed for the last time on Thurs-", "day evening, after ninety years of service on the")
FIRST += ("fjord. Few came to see it.",)
SECOND = ("The council has bought a smaller boat, which will take", "over in spring.")


def column(lines: tuple[str, ...], bottom: float, left: float = 72, size: float = 10) -> list[Printed]:
    return [Printed(text, left, bottom - 12 * number, size) for number, text in enumerate(lines)]


PAGES = [
    [
        Printed("The Holm Gazette, page 12", 72, 800, 9),
        Printed("Last Ferry Leaves", 72, 720, 20),
        Printed("Holm for Good", 72, 698, 20),
        Printed("By Ana Silva", 72, 670),
        *column(FIRST, 640),
        *column(SECOND, 590),
    ],
    [
        Printed("The Holm Gazette, page 13", 72, 800, 9),
        Printed("Nobody knows what becomes of the old one.", 72, 700),
        Printed("- 13 -", 300, 30),
    ],
]
TEXT = (
    "The ferry to Holm sailed for the last time on Thursday evening, after ninety years of service on the fjord."
    " Few came to see it.\n\nThe council has bought a smaller boat, which will take over in spring.\n\n"
    "Nobody knows what becomes of the old one."
)


def article_of(content: bytes) -> Article:
    article = read(content, "ferry.pdf")[0]
    assert isinstance(article, Article)
    return article


def test_lines_become_paragraphs_without_running_heads_and_parted_words() -> None:
    article = article_of(pdf_of(PAGES))

    assert article.text == TEXT
    assert (article.title, article.rule) == ("Last Ferry Leaves Holm for Good", "largest-line")
    assert (article.byline, article.authors) == ("By Ana Silva", (Author("Ana Silva"),))


def test_what_the_file_states_fills_what_is_not_printed() -> None:
    stated = {"Title": "Last Ferry Leaves Holm for Good", "Author": "Bo Lee", "Subject": "A boat"}
    stated |= {"Keywords": "ferry, fjord; ferry", "CreationDate": "D:20220106101500+01'00'", "ModDate": "D:20220107"}

    article = article_of(pdf_of(PAGES, stated, catalog="/Lang (en-GB)"))

    assert (article.rule, article.text) == ("stated-title", TEXT)
    assert (article.byline, article.description, article.language) == ("By Ana Silva", "A boat", "en-GB")
    assert (article.published_at, article.published_precision) == ("2022-01-06T10:15:00+01:00", "second")
    assert (article.keywords, article.updated_at) == (("ferry", "fjord"), "2022-01-07")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - ferry.doc", "ferry.indd", "Untitled", "untitled-1", "Document1", ""]
)
def test_the_name_of_a_file_is_no_title(title: str) -> None:
    assert article_of(pdf_of(PAGES, {"Title": title})).title == "Last Ferry Leaves Holm for Good"


@pytest.mark.parametrize(
    ("stamp", "at", "precision"),
    [
        ("D:20220106101500Z", "2022-01-06T10:15:00Z", "second"),
        ("D:20220106101500-05'00'", "2022-01-06T10:15:00-05:00", "second"),
        ("D:20220106101500", "2022-01-06T10:15:00", "second"),
        ("D:202201061015+01", "2022-01-06T10:15+01:00", "minute"),
        ("20220106", "2022-01-06", "day"),
    ],
)
def test_a_stamp_keeps_its_precision_and_its_zone(stamp: str, at: str, precision: str) -> None:
    moment = read_stamp(stamp)

    assert moment == (at, precision, stamp)


@pytest.mark.parametrize("stamp", ["", "D:2022", "D:202201", "D:20221306", "yesterday"])
def test_what_has_no_day_is_no_stamp(stamp: str) -> None:
    assert read_stamp(stamp) is None


def test_a_paragraph_goes_on_in_the_next_column_and_begins_at_an_indent() -> None:
    left = (
        "The bell of Tarn rang on Monday for",
        "the first time in forty years, and the",
        "town stood still to hear it, as it",
    )
    right = ("had stood still when it fell silent.",)
    page = [Printed("Bell of Tarn", 72, 760, 18), *column(left, 700), *column(right, 700, 320)]
    page += [Printed("Then it was Tuesday.", 335, 688), *column(("Nobody rang it.",), 676, 320)]

    article = article_of(pdf_of([page]))

    assert article.text == (
        "The bell of Tarn rang on Monday for the first time in forty years, and the town stood still to hear it, as it"
        " had stood still when it fell silent.\n\nThen it was Tuesday. Nobody rang it."
    )


def test_a_page_of_one_size_is_titled_by_its_first_line() -> None:
    article = article_of(pdf_of([column(("Bell of Tarn Rings Again", *FIRST), 700)]))

    assert article.title == "Bell of Tarn Rings Again"


def test_a_scan_is_refused_with_its_remedy() -> None:
    with pytest.raises(Unreadable, match=r"no text layer.*ocrmypdf") as refusal:
        read(pdf_of([[], []]), "scan.pdf")

    assert refusal.value.code == "no-text-layer"


def test_a_file_with_a_password_is_refused() -> None:
    locked = "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ({}) /U ({}) >> /ID [(a)(b)]"
    content = pdf_of(PAGES).replace(b"/Root 1 0 R", b"/Root 1 0 R " + locked.format("o" * 32, "u" * 32).encode())

    with pytest.raises(Unreadable, match="password") as refusal:
        read(content, "locked.pdf")

    assert refusal.value.code == "encrypted"


def test_too_many_pages_are_refused_unread() -> None:
    with pytest.raises(Unreadable, match="pages") as refusal:
        read(pdf_of([[]] * 1001), "book.pdf")

    assert refusal.value.code == "too-large"


def test_it_is_known_by_its_first_bytes_and_behind_some_by_its_name() -> None:
    content = pdf_of(PAGES)

    sure = [recognise(content, "a"), recognise(b"\n\n" + content, "a.PDF"), recognise(b"On %PDF-", "a.txt")]

    assert sure == [0.97, 0.9, 0.0]


def test_a_garbled_page_is_not_the_end_of_the_file() -> None:
    packed = zlib.compress(b"BT /F1 10 Tf 72 700 Td (lost) Tj ET")[:-8]
    content = pdf_of(PAGES).replace(b"Nobody knows", packed[:12])

    assert "Few came to see it." in article_of(content).text


WHOLE = pdf_of(PAGES, {"Title": "Rain"})


@settings(deadline=None, max_examples=60)
@given(st.integers(5, len(WHOLE) - 1), st.binary(max_size=12))
def test_no_damage_is_more_than_a_refusal(place: int, written: bytes) -> None:
    damaged = WHOLE[:place] + written + WHOLE[place + len(written) :]

    codes = {code_of(lambda content: read_articles(content, "a.pdf"), each) for each in (damaged, damaged[:place])}

    assert "handler-failed" not in codes


boxes = st.builds(Line, st.text(min_size=1, max_size=30), *[st.floats(-1e6, 1e6)] * 4)


@given(st.lists(st.lists(boxes, max_size=8), min_size=1, max_size=4))
def test_lines_anywhere_are_laid_out_somehow(pages: list[list[Line]]) -> None:
    title, paragraphs = lay_out(pages)

    assert isinstance(title, str)
    assert all(paragraphs)
