"""Attributions: whom an article relies on, by which words, and through whom; what is doubtful is left out or open."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insight_labels import samples

from presslog.handlers.article import Article
from presslog.handlers.insight.attributions import attributions
from presslog.handlers.insight.facts import Attribution, Span
from presslog.handlers.reading import read_articles

MEGABYTE = 1_000_000


def an_article(text: str, language: str = "") -> Article:
    return Article(title="", text=text, language=language)


def found_in(text: str) -> list[Attribution]:
    return attributions(an_article(text))


def told(text: str) -> list[tuple[str, str, str]]:
    """Source and cue as they are written, and the name."""
    return [(text[slice(*each.source)], text[slice(*each.cue)], each.name) for each in attributions(an_article(text))]


@pytest.mark.parametrize(
    ("text", "source", "cue"),
    [
        ("The dam held, Ana Silva said.", "Ana Silva", "said"),
        ("“The dam held,” said Ana Silva.", "Ana Silva", "said"),
        ("‘The dam held,’ Ana Silva told reporters.", "Ana Silva", "told"),
        ('"Did it hold?" Ana Silva asked.', "Ana Silva", "asked"),
        ("Ana Silva said the dam held.", "Ana Silva", "said"),
        ("Ana Silva warned that it might not hold.", "Ana Silva", "warned"),
        ("Ana Silva on Monday also said it held.", "Ana Silva", "said"),
        ("Ana Silva called it “a bad dam”.", "Ana Silva", "called"),
        ("Ana Silva vowed to fight “to the last stone”.", "Ana Silva", "vowed"),
        ("Ana Silva: “It held.”", "Ana Silva", ":"),
        ("The dam held, according to Ana Silva.", "Ana Silva", "according to"),
        ("According to Ana Silva, the dam held.", "Ana Silva", "According to"),
        ("Ana Silva, who lives below it, said it held.", "Ana Silva", "said"),
        ("Ana Silva (41), a baker, said it held.", "Ana Silva", "said"),
        ("Ana Silva, 41, a baker from Lima, who saw it, said it held.", "Ana Silva", "said"),
        ("A baker, Ana Silva, said it held.", "Ana Silva", "said"),
        ("The dam held, said the baker, Ana Silva, in Lima.", "Ana Silva", "said"),
        ("The dam held, explained Ana Silva, a baker.", "Ana Silva", "explained"),
        ("The Ministry of Water said it held.", "Ministry of Water", "said"),
        ("The Bakers' Union of Lima said it held.", "Bakers' Union of Lima", "said"),
        ("Ana Silva of the Water Board told them that it held.", "Ana Silva", "told"),
        ("In March, Ana Silva said in a letter that it held.", "Ana Silva", "said"),
        ("The board refused to pay, arguing that it held.", "board", "arguing"),
        ("Reuters quoted Ana Silva as saying it held.", "Ana Silva", "quoted"),
        ("Ana Silva was quoted by Reuters as saying it held.", "Ana Silva", "quoted"),
        ("Ana Silva denied that it held.", "Ana Silva", "denied"),
        ("Ana Silva believes the dam will hold.", "Ana Silva", "believes"),
        ("“It held,” said Det. Ana Silva.", "Ana Silva", "said"),
        ("Employee Ana Silva said it held.", "Ana Silva", "said"),
        ("Bakers' Local 9 said it held.", "Bakers' Local 9", "said"),
        ("The Centre for Dam Care and Repair said it held.", "Centre for Dam Care and Repair", "said"),
        ("Ana Silva said", "Ana Silva", "said"),
        ("15:48: The dam held, the Water Board says.", "Water Board", "says"),
        ("LIMA, March 9 (Reuters) - Ana Silva said it held.", "Ana Silva", "said"),
    ],
)
def test_somebody_is_found_with_the_words_that_say_so(text: str, source: str, cue: str) -> None:
    assert [each[:2] for each in told(text)] == [(source, cue)]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Silva did not say that it held.",
        "Ana Silva would say that it held.",
        "Ana Silva declined to say whether it held.",
        "It is said that it held.",
        "Ana Silva had thought that it held.",
        "Ana Silva was told that it held.",
        "Ana Silva denied reports that it held.",
        "Ana Silva called for a review.",
        "“Ana Silva said it held.”",
        "The critical reports that it depicted came late.",
        "A start in the United States “is hard”.",
        "It went according to plan.",
        "Nobody said that it held.",
        "",
        "said",
        "according to",
        "The 9 declined, , said it held.",
        "Dams, for Lima: “a”.",
        "“",
    ],
)
def test_nobody_is_relied_on_where_nobody_says_it(text: str) -> None:
    assert found_in(text) == []


def test_a_role_beside_the_name_is_kept_without_its_article() -> None:
    before = found_in("State Department spokesman Lee Tan said it held.")
    behind = found_in("“It held,” said Lee Tan, the dam’s keeper in Lima, who saw it.")
    title = found_in("Foreign Minister Lee Tan said it held.")

    assert [each[0].role for each in (before, behind, title)] == [
        "State Department spokesman",
        "dam’s keeper in Lima",
        "Foreign Minister",
    ]
    assert [each[0].name for each in (before, behind, title)] == ["Lee Tan"] * 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Reuters reported that it held.", "outlet"),
        ("The Lima Herald reported that it held.", "outlet"),
        ("The Water Board said it held.", "organisation"),
        ("A spokeswoman said it held.", "official"),
        ("Spokeswoman Ana Silva said it held.", "official"),
        ("Ana Silva, a baker, said it held.", "person"),
        ("The report said it held.", "document"),
        ("According to NetDam, a monitoring agency, it held.", "organisation"),
    ],
)
def test_the_kind_of_a_source_comes_from_its_name_role_or_noun(text: str, kind: str) -> None:
    assert [each.kind for each in found_in(text)] == [kind]


def test_a_source_that_an_outlet_cites_is_known_through_it() -> None:
    text = "The dam held, Interfax reported, citing spokesman Lee Tan."

    outlet, source = found_in(text)

    assert (outlet.name, outlet.via) == ("Interfax", ())
    assert (source.name, source.role, text[slice(*source.cue)]) == ("Lee Tan", "spokesman", "citing")
    assert [(via.name, via.kind) for via in source.via] == [("Interfax", "outlet")]
    assert text[slice(*source.span)] == "citing spokesman Lee Tan"


@pytest.mark.parametrize(
    "text",
    [
        "Ana Silva told Reuters that it held.",
        "Ana Silva said in an interview with Reuters that it held.",
        "In an interview with Reuters, Ana Silva said it held.",
        "“It held,” Ana Silva said in comments carried by Reuters.",
        "It held, according to Ana Silva, quoted by Reuters.",
        "Ana Silva said it held, Reuters reported.",
        "It held, Reuters quoted Ana Silva as saying.",
        "It held, Ana Silva said, according to Reuters.",
        "The dam held, explained Ana Silva, a baker, on Reuters.",
    ],
)
def test_an_outlet_that_was_told_or_carries_it_stands_between(text: str) -> None:
    found = next(each for each in found_in(text) if each.name == "Ana Silva")

    assert [via.name for via in found.via] == ["Reuters"]


def test_who_is_told_and_is_no_outlet_stands_nowhere() -> None:
    (found,) = found_in("Ana Silva told the council that it held.")

    assert found.via == ()


def test_a_surname_or_a_courtesy_name_is_the_person_named_in_full() -> None:
    text = "Lee Tan is a baker. Mayor Ana Silva came late. Silva said it held. Mr Tan said it did not."

    assert [each[2] for each in told(text)] == ["Ana Silva", "Lee Tan"]


def test_a_name_that_is_told_in_full_later_is_not_known_before() -> None:
    text = "Halva said it held. Camp Halva is in Lima."

    assert [each[2] for each in told(text)] == ["Halva"]


def test_the_one_of_two_with_a_surname_is_meant_who_was_named_last() -> None:
    text = "Ana Silva said it held. Silva said it was old.\n\nLuis Silva said it broke. Silva said it had cracks."

    assert [each[2] for each in told(text)] == ["Ana Silva", "Ana Silva", "Luis Silva", "Luis Silva"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ana Silva said it held. It was old, she said.", "Ana Silva"),
        ("The keeper, Lee Tan, does not swim. “I drove,” he said.", "Lee Tan"),
        ("Sir Lee Tan said it held. It was old, she said.", ""),
        ("Ana Silva said it held.\n\nThe keeper left early. It was old, he said.", ""),
        ("Reuters said it held. It was old, the news agency said.", "Reuters"),
        ("The Water Ministry said it held. It was old, the ministry added.", "Water Ministry"),
        ("Halva Dams, the largest builder in Peru, earned less, the company said.", "Halva Dams"),
        ("The Harbour Trust rejects it. The dam held, it says.", "Harbour Trust"),
        ("Council spokesman Lee Tan said it held. It was old, the spokesman said.", "Lee Tan"),
        ("It was old, the spokesman said.", ""),
        ("It was old, she said.", ""),
        ("It was old, the agency said.", ""),
        (
            "Lee Tan came. Ana Silva said it held.\n\nSeeking calm, Tan, who knew it, left. He said it was old.",
            "Lee Tan",
        ),
        ("Boris Silva said it held. It was old, she said.", ""),
    ],
)
def test_a_noun_or_pronoun_is_the_last_one_that_fits_or_stays_open(text: str, name: str) -> None:
    last = found_in(text)[-1]

    assert (last.name, last.is_named) == (name, False)


def test_a_language_without_cues_has_no_attributions() -> None:
    text = "The dam held, Ana Silva said."

    assert attributions(an_article(text, "de-AT")) == []
    assert [len(attributions(an_article(text, tag))) for tag in ("en_GB", "eng", "und", "")] == [1, 1, 1, 1]


@pytest.mark.parametrize("unit", ["a", "(", "of the ", "Lee, ", "citing Lee, "])
def test_a_megabyte_of_anything_is_read_to_its_end(unit: str) -> None:
    text = unit * (MEGABYTE // len(unit))

    found = found_in(text)

    assert all(each.span.end <= len(text) and len(each.via) <= 1 for each in found)


WORDS = st.sampled_from(
    "Ana Silva Reuters The said told citing according to the a spokesman of he it that who and 9 ß "
    '“ ” ‘ ’ " , . : ( ) \n\n'.split(" ")
)


@settings(max_examples=50)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
def test_facts_of_any_text_stand_in_it_and_in_order(text: str) -> None:
    found = found_in(text)

    assert [each.cue for each in found] == sorted(each.cue for each in found)
    assert all(is_inside(text, span) for each in found for span in (each.source, each.cue, each.span))
    assert all(is_inside(text, via.span) for each in found for via in each.via)
    assert all(each.span.start <= each.cue.start < each.cue.end <= each.span.end for each in found)


def is_inside(text: str, span: Span) -> bool:
    return 0 <= span.start < span.end <= len(text)


def test_named_sources_of_the_labelled_articles_are_found_and_no_others() -> None:
    found, labelled = set(), set()
    for sample in samples():
        (article,) = read_articles(sample.path.read_bytes(), sample.path.name).articles
        found |= {(sample.path, each.cue.start, each.name) for each in attributions(article) if each.is_named}
        labelled |= {(sample.path, each.cue.start, each.name) for each in sample.labels.attributions if each.named}

    right = len(found & labelled)

    assert right / len(found) >= 0.98
    assert right / len(labelled) >= 0.95
