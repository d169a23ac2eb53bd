"""The format html: what a page states, what it shows, and which pages are no article."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.html import read, recognise
from presslog.handlers.parts.page_address import canonical
from presslog.handlers.parts.page_charset import decode_page
from presslog.handlers.parts.page_facts import read_moment
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "html"
BODY = (
    "<p>The ferry between Tarn and Holm made its first crossing without diesel on Saturday, the harbour said.</p>"
    "<p>The crossing takes forty minutes, and two hundred guests were on board when the ship left the quay.</p>"
    "<p>The old ferry is for sale, and the harbour hopes to find a buyer before winter closes the upper fjord.</p>"
)


def sample(name: str) -> Article:
    return read((SAMPLES / name).read_bytes(), name)[0]


def page(head: str = "", body: str = f"<h1>New ferry</h1>{BODY}") -> Article:
    return read(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "ferry.html")[0]


def linked(json: str) -> Article:
    return page(f'<script type="application/ld+json">{json}</script>')


def test_json_ld_in_a_graph_fills_the_fields() -> None:
    article = sample("ferry.html")

    times = (article.published_at, article.published_precision, article.updated_at)

    assert article.title == "New ferry to Holm sails on batteries alone"
    assert article.uri == article.url == "https://fjordpost.example/news/ferry-holm"
    assert article.authors == (Author("Pia Quist"), Author("Ruben Solberg"))
    assert times == ("2023-05-06T11:00+02:00", "minute", "2023-05-06T14:30:10+02:00")
    assert (article.source, article.section, article.keywords) == ("The Fjord Post", "Shipping", ("shipping", "Holm"))
    assert (article.language, article.read_minutes, article.copyright) == ("nb-NO", 3, "© Fjord Post AS")
    assert (article.rule, article.dateline) == ("json-ld", "HOLM")


def test_the_body_is_the_article_without_what_stands_around_it() -> None:
    article = sample("ferry.html")

    paragraphs = article.text.split("\n\n")

    assert paragraphs[0].startswith("The ferry between Tarn and Holm made its first crossing on batteries alone")
    assert paragraphs[2] == "What guests noticed"
    assert len(paragraphs) == 5


def test_a_page_that_states_little_is_read_as_it_is_shown() -> None:
    article = sample("library.html")

    names = [(author.name, author.role) for author in article.authors]

    assert article.title == "Library in Ysel opens on Sundays"
    assert names == [("Tora Ulven", "byline"), ("Vidar Wik", "byline"), ("Anna Lind", "editor")]
    assert (article.published_at, article.published_precision) == ("2021-11-20", "day")
    assert article.tail == ("(Reporting by Tora Ulven; editing by Anna Lind)",)


def test_a_single_file_page_has_its_address_and_the_day_it_was_published() -> None:
    article = sample("saved.html")

    assert article.uri == "https://tarn.example/2022/canal"
    assert (article.published_at, article.byline) == ("2022-11-21", "Anna Lind")
    assert article.text.startswith("Workers began")


@pytest.mark.parametrize(
    "note",
    [
        "<!-- saved from url=(0031)https://tarn.example/canal?id=7 -->",
        "<!-- Mirrored from tarn.example/canal?id=7 by HTTrack Website Copier/3.x [XR&CO'2014], Tue, 05 Mar 2024 -->",
        "<!-- Saved from https://tarn.example/canal?id=7 at 2024-03-05 using monolith v2.8.1 -->",
        '<html data-scrapbook-source="https://tarn.example/canal?id=7" data-scrapbook-create="20240305101112">',
        '<meta name="savepage-url" content="https://tarn.example/canal?id=7">',
    ],
)
def test_other_saved_pages_have_their_address(note: str) -> None:
    content = f"<!doctype html>{note}<h1>Canal</h1>{BODY}".encode()

    article = read(content, "canal.html")[0]

    assert article.url.endswith("://tarn.example/canal?id=7")


def test_pictures_of_megabytes_cost_nothing() -> None:
    picture = '<img src="data:image/png;base64,' + "iVBORw0K" * 1_000_000 + '">'

    started = time.process_time()
    article = page(body=f"<h1>New ferry</h1>{picture}{BODY}")

    assert time.process_time() - started < 3
    assert article.title == "New ferry"


@pytest.mark.parametrize(
    "json",
    [
        '{"@type":"NewsArticle","headline":"New ferry","author":"Ana Silva",}',
        '<!-- {"@type":"NewsArticle","headline":"New ferry","author":"Ana Silva"} -->',
        '/*<![CDATA[*/ [{"@type":"BlogPosting","headline":"New ferry","author":{"name":"Ana Silva"}}] /*]]>*/',
        '{"@type":"WebPage","mainEntity":{"@type":"Report","headline":"New ferry","author":["Ana Silva"]}};',
        '{"@type":"NewsArticle","headline":"New\tferry","author":{"givenName":"Ana","familyName":"Silva"}}',
        '{"@type":"Article","headline":"New ferry","author":["Ana Silva"]}'.replace('"', "&quot;"),
        '{"@type":"Person","@id":"#a","name":"Ana Silva"}{"@type":"Article","headline":"Ferry","author":{"@id":"#a"}}',
    ],
)
def test_json_ld_is_read_as_templates_write_it(json: str) -> None:
    article = linked(json)

    assert article.rule == "json-ld"
    assert [author.name for author in article.authors] == ["Ana Silva"]


@pytest.mark.parametrize(
    "json", ["", "null", "7", '"a"', "[[]]", '{"@type":[null,{}]}', '{"@type":"NewsArticle"', "{" * 9000]
)
def test_json_ld_that_says_nothing_is_passed_over(json: str) -> None:
    article = linked(json)

    assert (article.title, article.rule) == ("New ferry", "page")


def test_the_node_of_the_page_is_told_from_those_of_a_list() -> None:
    teasers = ",".join(
        f'{{"@type":"NewsArticle","headline":"Other {number}","author":"Bo Lee"}}' for number in range(5)
    )
    own = '{"@type":"NewsArticle","headline":"New ferry","author":"Ana Silva"}'

    article = linked(f"[{teasers},{own}]")

    assert article.byline == "Ana Silva"


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ('"By Ana Silva and Bo Lee"', ["Ana Silva", "Bo Lee"]),
        ('"Anna Lind und Lea Wagner, Holm"', ["Anna Lind", "Lea Wagner"]),
        ('"Pep Puig i Soler"', ["Pep Puig i Soler"]),
        ('[{"@type":"Person","name":"Ana Silva (asi)"},{"@type":"Person","name":"ana silva"}]', ["Ana Silva"]),
        ('{"@type":"Person","name":"Ana Silva / Reporter"}', ["Ana Silva"]),
        ('{"@type":"Person","name":"The Wire et AFP"}', ["The Wire et AFP"]),
        ('{"@type":"Person","name":"Di Maio"}', ["Di Maio"]),
        ('[{"@type":"Person","name":"https://a.example/ana"},{"@type":"Person","name":"松岡大地"}]', ["松岡大地"]),
        ('{"@type":"Organization","name":"Tarn Courier"}', ["Tarn Courier"]),
        ('["ana@tarn.example", "105092", "admin", {}, 7, null]', []),
    ],
)
def test_authors_are_names(stated: str, names: list[str]) -> None:
    article = linked(f'{{"@type":"NewsArticle","headline":"New ferry","author":{stated}}}')

    assert [author.name for author in article.authors] == names


def test_editors_below_a_chinese_text_are_named() -> None:
    text = "<p>新渡轮首次驶往小岛，港口星期六宣布，乘客二百人，航程四十分钟，没有用一滴柴油。</p>" * 3

    article = page(body=f"<h1>新渡轮首次驶往小岛</h1>{text}<div>(责编：林一、陈小二)</div>")

    assert article.authors == (Author("林一", "editor"), Author("陈小二", "editor"))


def test_a_byline_on_top_of_the_text_is_no_part_of_it() -> None:
    article = page('<meta name="author" content="Ana Silva">', f"<h1>New ferry</h1><p>By Ana Silva</p>{BODY}")

    assert article.text.startswith("The ferry between")


def test_a_site_that_signs_itself_gives_way_to_a_person() -> None:
    json = '{"@type":"NewsArticle","headline":"New ferry","author":{"@type":"Organization","name":"Tarn Courier"}}'
    head = f'<script type="application/ld+json">{json}</script><meta property="og:site_name" content="Tarn Courier">'

    article = page(head, f'<h1>New ferry</h1><span class="byline__name">Ana Silva</span>{BODY}')

    assert article.byline == "Ana Silva"


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>New ferry | Tarn Courier</title>", "New ferry to Holm", "New ferry"),
        ("<title>Tarn Courier - New ferry</title>", "", "New ferry"),
        ("<title>New ferry - Shipping - Tarn Courier News</title>", "", "New ferry - Shipping"),
        ("<title>New ferry – a risk</title>", "Shipping", "New ferry – a risk"),
        ("<title>New ferry to Holm - Shipping - Elsewhere</title>", "New ferry to Holm", "New ferry to Holm"),
        (
            '<meta property="og:title" content="You must see this"><title>New ferry</title>',
            "New ferry",
            "You must see this",
        ),
        (
            '<meta name="og:title" content="See!"><meta name="twitter:title" content="See!"><title>New ferry</title>',
            "New ferry",
            "New ferry",
        ),
    ],
)
def test_a_title_is_what_the_page_agrees_on_without_the_site(head: str, heading: str, title: str) -> None:
    site = '<meta property="og:site_name" content="Tarn Courier">'

    article = page(site + head, f"<h1>{heading}</h1>{BODY}")

    assert article.title == title


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        ("2023-05-06T11:00+0200", "2023-05-06T11:00+02:00"),
        ("2023-05-06 11:00", "2023-05-06T11:00"),
        ("2023-05-06", "2023-05-06"),
        ("1683363600", "2023-05-06T09:00:00Z"),
        ("Sat May 06 2023 11:00:00 GMT+0200 (Central European Summer Time)", "2023-05-06T11:00:00+02:00"),
    ],
)
def test_times_keep_what_they_state(stated: str, at: str) -> None:
    moment = read_moment(stated)

    assert moment
    assert (moment.at, moment.raw) == (at, stated)


@pytest.mark.parametrize("stated", ["", "soon", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "9" * 40])
def test_what_programs_write_for_no_time_is_none(stated: str) -> None:
    moment = read_moment(stated)

    assert moment is None


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        (["https://A.example/b?utm_source=x&id=7&fbclid=y#c"], "https://a.example/b?id=7"),
        (["/b", "https://a.example/"], "https://a.example/b"),
        (["//a.example/b"], "https://a.example/b"),
        (["https://me:secret@a.example/b"], "https://a.example/b"),
        (["https://a.example/"], ""),
        (
            [
                "javascript:alert(1)",
                "file:///etc/passwd",
                "https://a.example:x/b",
                "https://[a/b",
                "https://a.example/ b",
            ],
            "",
        ),
    ],
)
def test_an_address_names_one_page(addresses: list[str], url: str) -> None:
    found = canonical(*addresses)

    assert found == url


@pytest.mark.parametrize(
    ("charset", "stated", "words"),
    [
        ("cp1251", "windows-1251", "Паром между Тарном и Хольмом вышел в море без дизеля"),
        ("cp1251", "iso-8859-1", "Паром между Тарном и Хольмом вышел в море без дизеля, сообщил порт в субботу утром"),
        ("cp1251", "utf-8", "Паром между Тарном и Хольмом вышел в море без дизеля, сообщил порт в субботу утром"),
        ("shift_jis", "Shift_JIS", "新しいフェリーが島へ初めて出航した"),
        ("shift_jis", "iso-8859-1", "新しいフェリーが島へ初めて出航したと港が土曜日に発表した。乗客は二百人だった。"),
        ("gb18030", "gb2312", "新渡轮首次驶往小岛，乘客二百人㐀"),
        ("gb18030", "windows-1252", "新渡轮首次驶往小岛，港口星期六宣布，乘客二百人，航程四十分钟，没有用一滴柴油。"),
        ("utf-8", "windows-1251", "Der Fährverkehr über den Fjord – früher als geplant"),
        ("cp1252", "iso-8859-1", "Der Fährverkehr über den Fjord – “früher” als geplant"),
        ("euc_kr", "euc-kr", "새 페리가 처음으로 섬으로 출항했다"),
        ("utf-16", "windows-1252", "Der Fährverkehr über den Fjord"),
    ],
)
def test_a_page_is_decoded_by_its_bytes_where_its_meta_lies(charset: str, stated: str, words: str) -> None:
    markup = f'<html><head><meta charset="{stated}"><title>a</title></head><body>' + f"<p>{words}</p>" * 8

    text = decode_page(markup.encode(charset))

    assert f"<p>{words}</p>" in text


@pytest.mark.parametrize(
    "stated", ["hex", "zlib", "idna", "punycode", "unicode_escape", "x-user-defined", "utf-7", "\0"]
)
def test_a_charset_that_is_none_is_not_believed(stated: str) -> None:
    content = f'<meta charset="{stated}"><p>Fährverkehr und Brücken über den Fjord</p>'.encode("cp1252") * 4

    text = decode_page(content.replace(b"\0", b""))

    assert "Fährverkehr" in text


def test_a_stray_nul_is_dropped_as_browsers_do() -> None:
    content = f"<html><h1>New\0 ferry</h1>{BODY}".encode()

    article = read(content, "a.html")[0]

    assert article.title == "New ferry"


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"<html><title>404 Not Found</title><h1>Not Found</h1><p>nginx</p>", "error page"),
        (b"<html><title>Access Denied</title><body><h1>Access Denied</h1><p>Reference #18", "error page"),
        (b"<html><title>Just a moment...</title><body><p>Enable JavaScript and cookies to continue</p>", "consent"),
        (b"<html><title>Tarn</title><p>Before you continue, accept our cookies, please.</p>", "asks for"),
        (
            b'<html><title>Tarn Courier</title><link rel=canonical href="https://tarn.example/"><ul>'
            + b"<li><a href=/a>It rained on the valley for a week, and the river rose in Holm.</a>" * 9,
            "front page",
        ),
        (b"<html><head><title>Rain</title></head><body></body></html>", "no text"),
    ],
)
def test_what_is_no_article_is_refused_with_what_was_seen(content: bytes, seen: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content, "page.html")

    assert refusal.value.code in ("no-article", "empty")
    assert seen in str(refusal.value)


@pytest.mark.parametrize("title", ["500 people leave Holm", "Cookies: what your settings say", "Not found: a ferry"])
def test_an_article_about_errors_and_cookies_is_one(title: str) -> None:
    article = page(f"<title>{title}</title>", f"<h1>{title}</h1>{BODY}")

    assert article.title == title


def test_the_body_is_the_stated_one_where_that_is_whole() -> None:
    inner = BODY.replace("</p><p>", " ").removeprefix("<p>").removesuffix("</p>")
    json = f'{{"@type":"NewsArticle","headline":"New ferry","articleBody":"{inner}"}}'
    box = "<div class=box><p>Subscribe to the letter that eleven thousand people read each morning.</p></div>"

    article = page(f'<script type="application/ld+json">{json}</script>', f"<h1>New ferry</h1>{BODY}{box}")

    assert len(article.text.split("\n\n")) == 3
    assert "Subscribe" not in article.text


@pytest.mark.parametrize(
    ("content", "name", "sure"),
    [
        (b"<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>", "a.txt", 0.9),
        (b"\xef\xbb\xbf\n<!-- saved -->\n<html lang=en>", "a", 0.9),
        (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'>", "a.xml", 0.9),
        ("<html>".encode("utf-16"), "a", 0.9),
        (b"Warning: mysql in /var\n<html>", "a.html", 0.85),
        (b"<h1>Rain</h1><p>It rained.", "a.htm", 0.85),
        (b"<p>It rained.", "a", 0.5),
        (b"<?xml version='1.0'?><rss>", "a.html", 0.0),
        (b"<nitf><head></head>", "a.xml", 0.0),
        (b"It rained on Lima.", "a.html", 0.0),
        (b"a < b and <html> is a tag", "a.txt", 0.0),
        (b"<!--" + b"<!---->" * 2000, "a", 0.0),
        (b" " * 100_000, "a.html", 0.0),
    ],
)
def test_a_page_is_recognised_by_its_first_tags(content: bytes, name: str, sure: float) -> None:
    started = time.process_time()

    found = recognise(content, name)

    assert found == sure
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "piece",
    [
        "<p>x",
        "<div>",
        "<span>a ",
        "<a href=/x>abc</a> ",
        "<!-- ",
        "<",
        "<meta name=author content='Ana Silva'>",
        "a<br>",
        "<a b='",
    ],
)
def test_a_megabyte_of_anything_is_read_or_refused_in_seconds(piece: str) -> None:
    content = b"<html><body>" + (piece * (1_000_000 // len(piece))).encode()

    started = time.process_time()
    with pytest.raises(Unreadable):
        read(content, "a.html")

    assert time.process_time() - started < 10


def test_a_page_cut_anywhere_is_read_or_refused() -> None:
    content = (SAMPLES / "ferry.html").read_bytes()

    for end in range(0, len(content), 97):
        try:
            found = read_articles(content[:end], "ferry.html").articles
        except Unreadable as refusal:
            outcome = refusal.code
        else:
            outcome = found[0].title

        assert outcome in ("empty", "no-article", "unknown-format") or outcome.startswith("New ferry")


@given(st.text(alphabet="<>/=\"'&;#! -abphdivscript{}[]:@\n\t\xad\ufeff", max_size=400))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    content = f"<html><body>{markup}{BODY}".encode("utf-8", "replace")

    try:
        outcome = read(content, "a.html")[0].title
    except Unreadable as refusal:
        outcome = refusal.code

    assert outcome
