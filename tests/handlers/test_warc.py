"""Web archives: pages as the server meant them, and what is broken left out by name."""

import base64
import gzip
import hashlib
import zlib

import brotli
import pytest
from captured import PAGE, PAGES, URL, answer, code_of, record, response
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.formats import FORMATS
from presslog.handlers.reading import Reading, read_with
from presslog.store.errors import Unreadable

KNOWN = (*(each for each in FORMATS if each.name in ("warc", "gzip", "markdown")), PAGES)


def read(content: bytes, name: str = "crawl.warc") -> Reading:
    return read_with(KNOWN, content, name)


INFO = record("warcinfo", b"software: test\r\n", url="", Content_Type="application/warc-fields")
REQUEST = record("request", b"GET / HTTP/1.1\r\n\r\n", Content_Type="application/http; msgtype=request")
META = record("metadata", b"fetchTimeMs: 3\r\n", Content_Type="application/warc-fields")


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 30] for at in range(0, len(body), 30)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_an_answer_gives_a_page_with_its_address() -> None:
    reading = read(INFO + REQUEST + response() + META)

    found = reading.found[0]

    assert (reading.format, found.format, found.inside) == ("warc", "page", URL)
    assert (found.article.title, found.article.url) == ("Bell of Tarn Rings", URL)
    assert reading.unread == ()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(INFO) + gzip.compress(response()),
        gzip.compress(INFO + response()),
        record("resource", PAGE.encode(), Content_Type="text/html"),
        response(kind=""),
        response(chunked(PAGE.encode()), Transfer_Encoding="chunked"),
        response(gzip.compress(PAGE.encode()), Content_Encoding="gzip"),
        response(chunked(gzip.compress(PAGE.encode())), Content_Encoding="gzip", Transfer_Encoding="chunked"),
        response(zlib.compress(PAGE.encode()), Content_Encoding="deflate"),
        response(zlib.compress(PAGE.encode())[2:-4], Content_Encoding="deflate"),
        response(brotli.compress(PAGE.encode()), Content_Encoding="br"),
        response(PAGE.encode(), Content_Encoding="gzip"),
        response(PAGE.encode(), Transfer_Encoding="chunked"),
    ],
    ids=[
        "a member each",
        "one member",
        "resource",
        "no type",
        "chunked",
        "gzip",
        "both",
        "zlib",
        "deflate",
        "brotli",
        "stored decoded",
        "stored whole",
    ],
)
def test_an_answer_is_decoded_as_a_browser_would(content: bytes) -> None:
    reading = read(content)

    assert reading.format == "warc"
    assert reading.articles[0].text == "It rang on Monday in façades of Tarn."
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        (PAGE.encode("latin-1"), "ISO-8859-1"),
        (PAGE.encode("utf-16"), "utf-8"),
        (PAGE.encode(), "UTF-8"),
        (PAGE.encode(), "klingon"),
        (PAGE.encode(), "unicode_escape"),
        (PAGE.replace("<title>", "<meta charset=latin-1><title>").encode(), "utf-8"),
    ],
)
def test_the_charset_of_the_header_is_heard(page: bytes, charset: str) -> None:
    reading = read(response(page, kind=f'text/html; charset="{charset}"'))

    assert reading.articles[0].text == "It rang on Monday in façades of Tarn."


def test_what_is_no_article_is_said_with_its_reason() -> None:
    content = response() + response(b"x", status="404 Not Found") + response(b"\x89PNG", kind="image/png")
    content += response(b"p {}", kind="text/css") + response(b"\0\1", kind="application/octet-stream")
    content += record("revisit", b"", WARC_Refers_To_Date="2022-01-06T00:00:00Z") + record("continuation", b"x")

    reading = read(content)

    assert [(part.code, part.reason) for part in reading.unread] == [
        ("not-an-article", "HTTP status 404"),
        ("not-an-article", "image/png is no article"),
        ("not-an-article", "text/css is no article"),
        ("not-an-article", "bytes of no stated type"),
        ("copy", "revisit of 2022-01-06T00:00:00Z"),
        ("unsupported", "an answer in several records: crawl it again with a larger limit"),
    ]


def test_a_text_for_robots_is_no_article() -> None:
    robots = record("response", answer(b"User-agent: *", kind="text/plain"), url="https://tarn.example/robots.txt")

    with pytest.raises(Unreadable, match=r"robots\.txt is no article"):
        read(robots)


@pytest.mark.parametrize("name", ["WARC-Payload-Digest", "WARC-Block-Digest"])
def test_a_wrong_digest_is_damage_and_a_right_one_is_none(name: str) -> None:
    block = answer(PAGE.encode())
    whole = PAGE.encode() if "Payload" in name else block
    right = base64.b32encode(hashlib.sha1(whole).digest()).decode()
    wrong = base64.b32encode(hashlib.sha1(b"x").digest()).decode()

    good = read(record("response", block, **{name: f"sha1:{right}"}))
    with pytest.raises(Unreadable) as refusal:
        read(record("response", block, **{name: f"sha1:{wrong}"}))

    assert len(good.found) == 1
    assert refusal.value.code == "damaged"


def test_a_digest_counted_before_or_after_decoding_is_right() -> None:
    digest = f"sha256:{hashlib.sha256(PAGE.encode()).hexdigest()}"
    block = answer(chunked(gzip.compress(PAGE.encode())), Content_Encoding="gzip", Transfer_Encoding="chunked")

    assert read(record("response", block, WARC_Payload_Digest=digest)).unread == ()


BROKEN = record("response", answer(PAGE.encode()), Content_Length="20")


@pytest.mark.parametrize(
    "content",
    [
        response() + BROKEN + response(),
        gzip.compress(response()) + gzip.compress(BROKEN) + gzip.compress(response()),
        gzip.compress(response()) + gzip.compress(response())[:-30] + gzip.compress(response()),
        response() + b"WARC/1.0\r\nContent-Length: 9" + response() + response(),
    ],
    ids=["plain", "packed", "cut", "no header"],
)
def test_behind_a_broken_record_the_next_ones_are_read(content: bytes) -> None:
    reading = read(content)

    assert len(reading.found) == 2
    assert {part.code for part in reading.unread} == {"damaged"}


def test_an_archive_that_is_cut_gives_its_whole_records() -> None:
    whole = response() + response()

    for size in range(len(response()), len(whole) - 30, 7):
        assert len(read(whole[:size]).found) == 1


def test_an_arc_is_read_too() -> None:
    body = answer(PAGE.encode())
    head = b"filedesc://a.arc 0.0.0.0 20220106000000 text/plain 76\n1 0 Test\n"
    head += b"URL IP-address Archive-date Content-type Archive-length\n\n"
    head = head.replace(b" 76\n", b" %d\n" % (len(head) - head.index(b"\n") - 2))
    content = head + f"{URL} 1.2.3.4 20220106000000 text/html {len(body)}\n".encode() + body + b"\n"

    reading = read(content, "a.arc")

    assert [each.article.url for each in reading.found] == [URL]


def test_a_bomb_in_a_packed_archive_is_left_alone() -> None:
    lines = gzip.compress(b"WARC/1.0\r\nX: " + bytes(40_000_000))
    body = record("response", answer(brotli.compress(bytes(30_000_000), quality=1), Content_Encoding="br"))

    with pytest.raises(Unreadable) as of_lines:
        read(lines)
    with pytest.raises(Unreadable) as of_body:
        read(body)

    assert of_lines.value.code in ("damaged", "bomb")
    assert of_body.value.code == "bomb"


def test_an_archive_broken_everywhere_is_given_up() -> None:
    content = b"WARC/1.0\r\nContent-Length: 999999\r\n\r\n\n" * 20_000

    with pytest.raises(Unreadable) as refusal:
        read(content)

    assert refusal.value.code == "damaged"


WHOLE = INFO + response() + REQUEST + response(chunked(PAGE.encode()), Transfer_Encoding="chunked")


@settings(deadline=None)
@given(st.integers(6, len(WHOLE) - 1), st.binary(max_size=12), st.booleans())
def test_no_damage_is_more_than_a_refusal(place: int, written: bytes, is_packed: bool) -> None:
    whole = gzip.compress(WHOLE) if is_packed else WHOLE
    damaged = whole[:place] + written + whole[place + len(written) :]

    codes = {code_of(read, content) for content in (damaged, damaged[:place])}

    assert "handler-failed" not in codes
