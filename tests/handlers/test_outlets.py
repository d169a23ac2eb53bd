"""The list of outlets: whom a name, an alias or a domain means, and that no two lines claim the same one."""

import time

import pytest
from processes import printed

from presslog.handlers.insight.outlets import (
    LIST,
    aliases,
    domains,
    outlet_of,
    outlet_of_domain,
    plain_words,
)
from presslog.store.names import source_id

KINDS = {"agency", "newspaper", "magazine", "broadcaster", "site", "aggregator"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Reuters", "Reuters"),
        ("REUTERS", "Reuters"),
        ("Tass", "TASS"),
        ("ITAR-TASS", "TASS"),
        ("Tass news agency", "TASS"),
        ("RIA", "RIA Novosti"),
        ("РИА Новости", "RIA Novosti"),
        ("AP", "Associated Press"),
        ("the Associated  Press", "Associated Press"),
        ("A.F.P.", "Agence France-Presse"),
        ("New York Times", "The New York Times"),
        ("l'équipe", "L'Équipe"),
        ("Estadao", "O Estado de S. Paulo"),
        ("The Sun", "The Sun"),
        ("TIME", "Time"),
    ],
)
def test_an_outlet_is_known_by_its_names(written: str, name: str) -> None:
    found = outlet_of(written)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "written", ["", "the", "sun", "the sun", "SUN", "time", "metro", "Acme Daily", "news agency", "-"]
)
def test_a_plain_word_and_a_stranger_are_no_outlet(written: str) -> None:
    assert outlet_of(written) is None


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("reuters.com", "Reuters"),
        ("www.Reuters.com.", "Reuters"),
        ("uk.reuters.com", "Reuters"),
        ("news.yahoo.com", "Yahoo News"),
        ("finance.yahoo.com", "Yahoo Finance"),
        ("www.folha.uol.com.br", "Folha de S.Paulo"),
        ("economia.uol.com.br", "UOL"),
    ],
)
def test_a_domain_and_those_below_it_are_one_outlet(domain: str, name: str) -> None:
    found = outlet_of_domain(domain)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("domain", ["", "com", "notreuters.com", "reuters.com.evil.example", "localhost"])
def test_another_domain_is_no_outlet(domain: str) -> None:
    assert outlet_of_domain(domain) is None


def test_no_spelling_and_no_domain_is_claimed_by_two_lines() -> None:
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    fields = [[field.strip().split("; ") for field in line.split("|")] for line in lines]

    names = [(outlet_of(name.lstrip("=")), name, line[0][0]) for line in fields for name in line[0] + line[3] if name]
    hosts = [(outlet_of_domain(f"www.{host}"), host, line[0][0]) for line in fields for host in line[4] if host]

    assert len(names) > 1000
    assert [each for each in names + hosts if not each[0] or each[0].name != each[2].lstrip("=")] == []


def test_every_line_is_whole() -> None:
    outlets = set(aliases().values())

    assert len(outlets) == len({outlet.id for outlet in outlets}) > 300
    assert {outlet.kind for outlet in outlets} == KINDS
    assert [outlet for outlet in outlets if len(outlet.country) != 2 or not outlet.country.isupper()] == []
    assert [outlet for outlet in outlets if outlet.id != source_id(outlet.name)] == []
    assert set(domains()) == {outlet.id for outlet in outlets}
    assert {"Time", "The Sun"} < plain_words() < set(aliases())


@pytest.mark.parametrize("text", ["a", '"', "A", "A.", "(", "a-", "the ", "É", " "])
def test_a_million_letters_are_no_outlet_and_cost_nothing(text: str) -> None:
    began = time.perf_counter()

    found = (outlet_of(text * 1_000_000), outlet_of_domain(text * 1_000_000))

    assert found == (None, None)
    assert time.perf_counter() - began < 0.5


def test_nothing_is_read_before_it_is_asked_for() -> None:
    script = "from presslog.handlers.insight import outlets; print(outlets._lines.cache_info().currsize)"

    assert printed(script).strip() == "0"
