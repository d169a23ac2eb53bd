"""The format markdown: front matter in three dialects, and prose without its marks."""

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from presslog.handlers.formats.markdown import read, recognise
from presslog.handlers.parts.prose import to_prose
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str) -> Article:
    return read((SAMPLES / name).read_bytes(), name)[0]


def with_front_matter(block: str) -> Article:
    return read(f"---\n{block}\n---\nIt rained.\n".encode(), "rain.md")[0]


def test_yaml_front_matter_fills_the_fields() -> None:
    article = sample("observatory.md")

    times = (article.published_at, article.published_precision, article.updated_at)

    assert article.title == "Observatory on Mount Tarn opens its *second* dome"
    assert times == ("2023-05-06T15:56:00-05:00", "second", "2023-05-07")
    assert article.authors == (Author("Pia Quist"), Author("Ruben Solberg"))
    assert article.keywords == ("astronomy", "tourism")
    assert article.description == "A dome for visitors, and one for the astronomers."
    assert (article.url, article.uri, article.rule) == ("https://tarn.example/second-dome", "", "front-matter")


def test_the_body_is_readable_prose_and_code_is_kept() -> None:
    article = sample("observatory.md")

    paragraphs = article.text.split("\n\n")

    assert paragraphs == [
        "The observatory on Mount Tarn opened its second dome on Saturday.",
        "What visitors see",
        "- the moon, in daylight\n- the old telescope, polished",
        "“It is quieter than the first one,” said Pia Quist’s guide.",
        'dome = open("second")  # *kept*',
    ]


def test_toml_front_matter_keeps_a_day_a_day() -> None:
    article = sample("bakery.md")

    published = (article.published_at, article.published_precision, article.published_raw)

    assert published == ("2023-06-01", "day", "2023-06-01")
    assert [author.name for author in article.authors] == ["Tora Ulven", "Vidar Wik"]
    assert (article.keywords, article.text) == (("bread",), "The bakery in Holm closed on Thursday after 112 years.")


def test_json_front_matter_is_read_and_a_draft_is_withheld() -> None:
    article = sample("canal.md")

    written = (article.title, article.published_at, article.published_precision, article.byline, article.status)

    assert written == (
        "Canal at Ysel drained for the winter",
        "2023-11-20T08:15Z",
        "minute",
        "By Xenia Yarrow",
        "withheld",
    )
    assert article.text == "Workers began to drain the canal at Ysel on Monday."


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    article = sample("tram.md")

    written = (article.title, article.rule)

    assert written == ("Tram line 9 returns to old Larnow", "heading")
    assert article.text.startswith("The first tram")
    assert article.text.endswith("Fares stay the same.")


def test_a_heading_that_repeats_the_title_is_taken_off_the_body() -> None:
    content = b"---\ntitle: Rain on Lima\n---\n# Rain on Lima\n\nIt rained.\n"

    article = read(content, "rain.md")[0]

    assert (article.title, article.text) == ("Rain on Lima", "It rained.")


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("Title: Rain", "title", "Rain"),
        ("title: 2022", "title", "2022"),
        ("title: 'What&#8217;s New'", "title", "What’s New"),
        ("date: 2022-01-06", "published_at", "2022-01-06"),
        ("date: 2022-01-06T04:12Z", "published_at", "2022-01-06T04:12Z"),
        ("publishDate: 2014-02-18 9:50:07 -0400", "published_at", "2014-02-18T09:50:07-04:00"),
        ("date: soon", "published_raw", "soon"),
        ("id: urn:wire:7", "uri", "urn:wire:7"),
        ("guid: 0b7e1f7e-7d0c-4bb7-9a53-6f0f4d1c2a11", "uri", "0b7e1f7e-7d0c-4bb7-9a53-6f0f4d1c2a11"),
        ("id: 7", "uri", ""),
        ("url: /2022/rain/", "url", ""),
        ("link: https://wire.example/rain", "url", "https://wire.example/rain"),
        ("agency: Rain Wire", "source", "Rain Wire"),
        ("deck: It poured", "subtitle", "It poured"),
        ("dek: It poured", "description", "It poured"),
        ("tags: rain, Lima\ncategories: [rain, weather]", "keywords", ("rain", "Lima", "weather")),
        ("category: Weather", "section", "Weather"),
        ("lang: es", "language", "es"),
        ("status: cancelled", "status", "canceled"),
        ("draft: false", "status", "usable"),
        ("by: [Ana Silva, Bo Lee]", "byline", "Ana Silva, Bo Lee"),
        ("author: {name: Ana Silva}", "authors", (Author("Ana Silva"),)),
        ("params:\n  author: Ana Silva", "authors", (Author("Ana Silva"),)),
        ("a: &name Ana Silva\nauthor: *name", "authors", (Author("Ana Silva"),)),
    ],
)
def test_a_key_of_front_matter_fills_its_field(block: str, field: str, value: object) -> None:
    article = with_front_matter(block)

    read_value = getattr(article, field)

    assert read_value == value


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("---\ntitle: Rain\ndate: [2022\n---\nIt rained.", "line "),
        ("---\ntitle: Rain: on Lima\n---\nIt rained.", "line 2: broken YAML"),
        ("+++\ntitle = Rain\n+++\nIt rained.", "line 2: broken TOML"),
        ('{\n"title": "Rain",\n"date": \n}\nIt rained on Lima.', "line 4: broken JSON"),
        ("---\ntitle: Rain\n\nIt rained.", "line 1: the front matter that --- opens never ends"),
        ("---\ntitle: " + "[" * 5000 + "\n---\nIt rained.", "line 2: the front matter is nested more than"),
        ("---\ntags:\n  " + "- " * 5000 + "x\n---\nIt rained.", "nested more than"),
        ("+++\na = " + "[" * 20000 + "\n+++\nIt rained.", "line 1: the front matter is nested too deep"),
        ("---\ntitle: " + "x" * 70000 + "\n---\nIt rained.", "line 1: the front matter has"),
    ],
)
def test_broken_front_matter_is_refused_with_its_line(content: str, place: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content.encode(), "rain.md")

    assert refusal.value.code == "front-matter"
    assert place in str(refusal.value)


def test_aliases_of_aliases_cost_nothing() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 60))
    block = f"l0: &l0 [rain, rain]\n{levels}\ntitle: Rain\ntags: *l59"
    started = time.perf_counter()

    article = with_front_matter(block)

    assert (article.title, article.keywords) == ("Rain", ())
    assert time.perf_counter() - started < 2


def test_a_rule_on_top_is_no_front_matter() -> None:
    content = b"---\n\n# Rain on Lima\n\nIt rained.\n"

    article = read(content, "rain.md")[0]

    assert (article.title, article.text) == ("Rain on Lima", "It rained.")


@pytest.mark.parametrize(
    ("markdown", "prose"),
    [
        ("a [link](https://x.example/a_(b) 'title') b", "a link b"),
        ("a [link][ref] b\n\n[ref]: https://x.example", "a link b"),
        ("[![alt](a.png)](https://x.example)text", "text"),
        ("**bold**, *thin*, ***both***, __bold__, _thin_ and ~~gone~~", "bold, thin, both, bold, thin and gone"),
        ("snake_case, 2 * 3 * 4 and f*ck stay", "snake_case, 2 * 3 * 4 and f*ck stay"),
        ("# One #\n\nTwo\n---\nThree", "One\n\nTwo\n\nThree"),
        ("a<br>b <span class='x'>c</span> <https://x.example>", "a\n\nb c https://x.example"),
        ("a {{% note %}}b{{% /note %}} {% include x %}c <!-- d\n\ne -->f", "a b c f"),
        ("> quoted\n> on\n\n1. one\n2. two\n   lines", "quoted on\n\n1. one\n2. two lines"),
        ("| a | b |\n|---|---|\n| c | d |", "a | b\n\nc | d"),
        ("line one  \nline two\\\nline three", "line one\nline two\nline three"),
        (r"\*kept\* and `a_b`", "*kept* and a_b"),
        ("a[^1] b\n\n[^1]: note", "a b\n\nnote"),
        ("~~~\n<!-- kept -->\n\n  x\n~~~\nend", "<!-- kept -->\n\n  x\n\nend"),
        ("Fish &amp; chips &#8212; again", "Fish & chips — again"),
    ],
)
def test_markdown_becomes_plain_paragraphs(markdown: str, prose: str) -> None:
    source = markdown

    rendered = to_prose(source)

    assert rendered == prose


@pytest.mark.parametrize(
    ("content", "name", "sure"),
    [
        (b"---\ntitle: a\n---\nb", "a.txt", 0.95),
        (b"+++\ntitle = 'a'\n+++\nb", "a", 0.95),
        (b'{\n"title": "a"\n}\nwords', "a", 0.95),
        (b"---\nwords only\n---\nb", "a", 0.6),
        (b"words", "a.MD", 0.7),
        (b"# words", "a.txt", 0.5),
        (b"words", "a.txt", 0.0),
        (b'{"title": "a"}', "a.md", 0.0),
        (b"<!doctype html>", "a.md", 0.0),
        (b"\x89PNG\r\n\x1a\n", "a.md", 0.0),
    ],
)
def test_sureness_follows_front_matter_name_and_heading(content: bytes, name: str, sure: float) -> None:
    file = (content, name)

    answer = recognise(*file)

    assert answer == sure


MARKS = st.lists(
    st.sampled_from(
        [*"*_`~[]()!<>#-|{}%&\\\n :", "---\n", "+++\n", "```", "a", "title: ", "{{<", "<!--", "&#0;", "\\ud800"]
    )
)


@example(b"```\n \n!")
@example(b"```\n \n \n```")
@given(
    st.one_of(
        st.binary(),
        MARKS.map("".join).map(str.encode),
        MARKS.map(lambda marks: b"---\n" + "".join(marks).encode() + b"\n---\nx"),
    )
)
def test_any_bytes_are_an_article_that_can_be_stored_or_are_unreadable(content: bytes) -> None:
    try:
        article = read(content, "any.md")[0]
    except Unreadable:
        return

    stored = msgspec.json.encode(article)

    assert msgspec.json.decode(stored, type=Article) == article
    assert "\0" not in stored.decode()
    assert "\\u0000" not in stored.decode()
    assert article.title.strip()


@pytest.mark.parametrize("escape", ['"\\ud800 Rain \\u0000"', '"Rain\\u0007"'])
def test_escapes_in_front_matter_bring_no_control_character_or_surrogate(escape: str) -> None:
    content = f'{{\n"title": {escape}\n}}\nIt rained on Lima.'.encode()

    article = read(content, "rain.md")[0]

    assert article.title == "Rain"
