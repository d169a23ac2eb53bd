"""The format mhtml: the page in a file that a browser saved whole, and what is left of damaged ones."""

from pathlib import Path

import pytest

from presslog.handlers.formats.mhtml import recognise, unpack
from presslog.handlers.parts.budget import Budget
from presslog.handlers.reading import Found, read_articles
from presslog.store.errors import Unreadable

HARBOUR = (Path(__file__).parents[1] / "samples" / "mhtml" / "harbour.mhtml").read_bytes()
PAGE = (
    "<html><title>Canal at Ysel drained - Tarn Courier</title><h1>Canal at Ysel drained</h1>"
    "<p>Workers began to drain the canal at Ysel on Monday, and by noon the first bicycles came to light.</p>"
    "<p>Boats that winter in the canal were moved to the lake, where they stay until the ice is gone in March.</p>"
)


def read(content: bytes, name: str = "page.mhtml") -> Found:
    return read_articles(content, name).found[0]


def test_the_page_of_a_saved_file_is_its_article() -> None:
    found = read(HARBOUR)

    assert (found.format, found.inside) == ("html", "page.html")
    assert found.article.title == "Harbour of Tarn frozen for the first time in forty years"
    assert found.article.uri == found.article.url == "https://tarn.example/2021/harbour-frozen"
    assert "Ruben Sølberg, who sells coffee on the quay" in found.article.text
    assert "ice skates" not in found.article.text


def test_start_names_the_page_where_it_is_not_the_first() -> None:
    content = (
        'From: "Saved by Windows Internet Explorer 8"\nMIME-Version: 1.0\n'
        'Content-Type: multipart/related; type="text/html"; start="<b>"; boundary=x\n\n'
        "--x\nContent-Type: text/html\nContent-ID: <a>\n\n<p>Buy ice skates today.</p>\n"
        f"--x\nContent-Type: text/html; charset=cp1252\nContent-ID: <b>\n\n{PAGE}<p>Über die Brücke.</p>\n--x--\n"
    )

    article = read(content.encode("cp1252")).article

    assert article.title == "Canal at Ysel drained"
    assert article.text.endswith("Über die Brücke.")


def test_a_page_without_pictures_is_one_part() -> None:
    head = b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
    location = b"Content-Location: https://tarn.example/canal\r\n\r\n"

    article = read(head + location + PAGE.encode()).article

    assert article.url == "https://tarn.example/canal"


def test_a_head_with_a_broken_title_is_read() -> None:
    content = HARBOUR.replace(b"Subject:", b"X-Title: =?utf-8?Q?This is on two\r\nlines\r\nSubject:")

    article = read(content).article

    assert article.title.startswith("Harbour of Tarn")


@pytest.mark.parametrize(
    ("content", "code", "seen"),
    [
        (HARBOUR[:300], "malformed", "the parts that it announces"),
        (HARBOUR.replace(b"\tboundary", b"\tx"), "malformed", "boundary"),
        (HARBOUR.replace(b"text/html", b"text/css"), "malformed", "a page in it"),
        (HARBOUR[:700], "no-article", "page.html"),
    ],
)
def test_a_damaged_file_is_refused_with_the_reason(content: bytes, code: str, seen: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)

    assert refusal.value.code == code
    assert seen in str(refusal.value)


def test_a_file_cut_anywhere_is_read_as_far_as_it_goes() -> None:
    for end in range(50, len(HARBOUR), 53):
        try:
            found = read(HARBOUR[:end])
        except Unreadable as refusal:
            outcome = refusal.code
        else:
            outcome = found.article.title

        assert outcome in ("malformed", "no-article", "unknown-format") or outcome.startswith("Harbour")


@pytest.mark.parametrize(
    ("content", "name", "sure"),
    [
        (HARBOUR, "a.txt", 0.95),
        (
            b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\nContent-Location: https://a.example/b\n",
            "a",
            0.9,
        ),
        (b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Location: b\n", "a.eml", 0.9),
        (
            b"To: a@b.example\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Location: b\n",
            "a",
            0.0,
        ),
        (b"From: Ana Silva <ana@a.example>\nSubject: Rain\nContent-Type: text/html\n\n<p>Rain", "a.eml", 0.0),
        (b"Received: from a.example\nMIME-Version: 1.0\nContent-Type: multipart/alternative\n", "a.mht", 0.0),
        (b"Saved by the bell\n\nContent-Type: text/html\n", "a.txt", 0.0),
    ],
)
def test_a_saved_page_is_told_from_a_mail(content: bytes, name: str, sure: float) -> None:
    found = recognise(content, name)

    assert found == sure


def test_parts_that_nest_too_deep_are_refused() -> None:
    nested = "".join(f"--a{depth}\nContent-Type: multipart/related; boundary=a{depth + 1}\n\n" for depth in range(3000))
    content = (
        f"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=a0\n\n{nested}".encode()
    )

    with pytest.raises(Unreadable) as refusal:
        list(unpack(content, "a.mhtml", Budget(len(content))))

    assert refusal.value.code == "malformed"
