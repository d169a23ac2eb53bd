"""What the newsroom says of a new version: correction, write-through, update, or nothing."""

from typing import Any

import pytest
from examples import an_article

from presslog.handlers.comparison.kind import change_kind, is_silent

TEXT = "The water came at night.\n\nTwo people were hurt."


def kind(**after: Any) -> str:
    return change_kind(an_article(text=TEXT), an_article(**{"text": TEXT, **after}))


def silent(**after: Any) -> bool:
    return is_silent(an_article(text=TEXT), an_article(**{"text": TEXT, **after}))


@pytest.mark.parametrize(
    "sentence",
    [
        "Correction: two people were hurt, not three.",
        "CORRECTION (Jan. 7): Two people were hurt.",
        "(Corrects number of people in second paragraph)",
        "An earlier version of this article misstated the number of people.",
        "A previous headline on this story named another river.",
        "This article has been corrected.",
        "This story was amended on Friday to remove a name.",
        "Editor’s note: the article misstated the number of people.",
        "Korrektur: Es waren zwei.",
        "In einer früheren Version hieß es, drei seien verletzt.",
        "Corrección: fueron dos.",
    ],
)
def test_a_new_sentence_that_says_so_is_a_correction(sentence: str) -> None:
    assert kind(text=f"{TEXT}\n\n{sentence}") == "correction"
    assert not silent(text=f"{TEXT}\n\n{sentence}")


@pytest.mark.parametrize(
    "sentence",
    [
        "Police said an earlier report was wrong.",
        "Corrections officers came.",
        "Correct answers were given.",
        "The company corrected its forecast.",
        "An earlier version of the bill failed.",
    ],
)
def test_a_sentence_about_something_else_is_an_update(sentence: str) -> None:
    assert kind(text=f"{TEXT}\n\n{sentence}") == "update"
    assert silent(text=f"{TEXT}\n\n{sentence}")


def test_a_correction_that_was_there_before_is_an_update() -> None:
    before = an_article(text=f"{TEXT}\n\nCorrection: it was night.")

    assert change_kind(before, an_article(text=f"Late news.\n\n{before.text}")) == "update"


@pytest.mark.parametrize("ednote", ["CORRECTS spelling", "Eds: Corrects style.", "Clarifies lead", "Fixes typo"])
def test_a_note_can_say_correction(ednote: str) -> None:
    assert kind(ednote=ednote) == "correction"


@pytest.mark.parametrize("ednote", ["UPDATES with quotes", "ADDS minister", "Eds: Updates throughout.", "RECASTS lead"])
def test_a_note_can_say_write_through(ednote: str) -> None:
    assert kind(ednote=ednote) == "writethru"


def test_a_slugline_can_say_write_through() -> None:
    before = an_article(slugline="BC-Rivers, 1st Ld-Writethru")

    assert kind(slugline="BC-Rivers, 1st Ld-Writethru") == "writethru"
    assert change_kind(before, an_article(slugline="BC-Rivers, 2nd Ld-Writethru")) == "writethru"
    assert change_kind(before, an_article(slugline="BC-Rivers, 1st Ld-Writethru", text=TEXT)) == "update"


def test_a_first_line_can_say_write_through() -> None:
    assert kind(text=f"(Adds quote from mayor)\n\n{TEXT}") == "writethru"


def test_a_correction_in_a_write_through_is_a_correction() -> None:
    assert kind(slugline="BC-Rivers, 1st Ld-Writethru", ednote="CORRECTS number") == "correction"


def test_other_words_that_nothing_tells_of_are_silent() -> None:
    assert silent(text=TEXT.replace("Two", "Three"))
    assert silent(title="Rivers fall")


def test_what_tells_of_a_change_is_not_silent() -> None:
    other = TEXT.replace("Two", "Three")

    assert not silent(text=other, updated_at="2022-01-06T10:00:00Z")
    assert not silent(text=other, version=2)
    assert not silent(text=other, ednote="Minor")
    assert not silent(text=f"{other}\n\nUpdated at 10:00.")
    assert not silent(text=f"{other}\n\nThis story has been updated.")


def test_white_space_is_nothing_to_tell_of() -> None:
    assert not silent(text=TEXT.replace(" ", "\n").replace("\n\n", "  "))
    assert not silent()
