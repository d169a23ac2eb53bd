"""The source of an article: what its publisher names, its credit, its byline and its address are folded into one."""

import time

import pytest

from presslog.handlers.article import Article
from presslog.handlers.insight.sources import Source, known, source_of


def an_article(**fields: str) -> Article:
    return Article(**{"title": "Rivers rise", "text": "The water came at night.", **fields})


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Reuters", "Reuters"),
        ("(Reuters) -", "Reuters"),
        ("Reuters Staff", "Reuters"),
        ("By AP Staff", "Associated Press"),
        ("AP Photo", "Associated Press"),
        ("© dpa", "dpa"),
        ("/PRNewswire/", "PR Newswire"),
        ("Source: Xinhua News Agency", "Xinhua"),
        ("www.dw.com", "Deutsche Welle"),
        ("Washington Post - National", "The Washington Post"),
        ("NYT > World", "The New York Times"),
    ],
)
def test_what_stands_around_a_name_is_no_part_of_it(written: str, name: str) -> None:
    found = known(written)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Reuters/Bloomberg", "Reuters"),
        ("Bloomberg/Reuters", "Bloomberg"),
        ("AP, AFP", "Associated Press"),
        ("STT–AFP", "STT"),
        ("Tass and Interfax", "TASS"),
        ("Radio Free Europe/Radio Liberty", "Radio Free Europe/Radio Liberty"),
        ("Mail & Guardian", "Mail & Guardian"),
    ],
)
def test_of_those_credited_together_the_first_counts(written: str, name: str) -> None:
    found = known(written)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("written", ["Harbour Wire", "Acme/AP", "Staff", "the sun", "News Desk", "Ana Silva", "-"])
def test_a_name_that_is_not_known_stays_as_it_is(written: str) -> None:
    found = source_of(an_article(source=written, byline="By AP Staff", url="https://reuters.com/1"))

    assert (found.name, found.kind, found.rule) == (written, "", "named")


def test_a_domain_that_is_not_known_is_one_source_however_it_is_told() -> None:
    named = source_of(an_article(source="www.harbour-wire.example"))
    told = source_of(an_article(url="https://harbour-wire.example/1"))

    assert {named.id, told.id} == {"harbour-wire-example"}


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"credit": "Reuters", "byline": "AP Staff"}, Source("reuters", "Reuters", "agency", "credit")),
        ({"text": "LIMA (AP) - It rained."}, Source("associated-press", "Associated Press", "agency", "credit")),
        ({"byline": "By Ana Silva, Reuters"}, Source("reuters", "Reuters", "agency", "byline")),
        ({"byline": "ANA SILVA of The Guardian"}, Source("the-guardian", "The Guardian", "newspaper", "byline")),
        (
            {"byline": "Ana Silva | AFP", "url": "https://tass.ru"},
            Source("agence-france-presse", "Agence France-Presse", "agency", "byline"),
        ),
        ({"url": "https://uk.reuters.com/world/1"}, Source("reuters", "Reuters", "agency", "address")),
        (
            {"url": "https://www.harbour-wire.example/1"},
            Source("harbour-wire-example", "harbour-wire.example", "", "address"),
        ),
    ],
)
def test_where_no_source_is_named_credit_byline_and_address_tell(fields: dict[str, str], source: Source) -> None:
    assert source_of(an_article(**fields)) == source


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"credit": "Ana Silva"},
        {"text": "LIMA (Acme) - It rained."},
        {"byline": "By Ana Stern"},
        {"byline": "By Stern"},
        {"byline": "Metro Staff"},
        {"url": "https://news.google.com/rss/articles/1"},
        {"url": "https://news.yahoo.com/1"},
        {"url": "https://t.co/1"},
        {"url": "https://floods.blogspot.com/1"},
        {"url": "http://192.0.2.7/1"},
        {"url": "http://localhost/1"},
        {"url": "http://[::1"},
        {"url": "file:///reuters.com/1"},
    ],
)
def test_what_does_not_tell_makes_no_source(fields: dict[str, str]) -> None:
    assert source_of(an_article(**fields)) == Source()


@pytest.mark.parametrize("text", ["a", '"', "A", "A.", "(", "a-", ", ", " ", "© ", "by ", "staff "])
def test_a_million_letters_cost_nothing(text: str) -> None:
    long = text * 1_000_000
    began = time.perf_counter()

    source_of(an_article(source=long))
    source_of(an_article(text=long, credit=long, byline=long, url=f"https://{long}"))

    assert time.perf_counter() - began < 1
