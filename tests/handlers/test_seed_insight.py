"""The article that the project was begun for, where it lies beside: whom it relies on, and who says what in it.

It is not ours to copy: here stand only its hash and places in its text.
"""

import hashlib
from functools import cache
from pathlib import Path

import pytest

from presslog.handlers.article import Article
from presslog.handlers.insight.attributions import attributions
from presslog.handlers.insight.facts import Span
from presslog.handlers.insight.quotes import quotes
from presslog.handlers.reading import read_articles

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
SHA256 = "40ef0fec5be5ac75a279c7bd1242ccf1f8bfa2b1890b49fb06ee4ed885f8562c"
"""Of the text of the article, in UTF-8."""

Place = tuple[int, int]

ATTRIBUTIONS: list[tuple[Place, Place, Place | None, str, list[Place]]] = [
    ((482, 489), (490, 496), (70, 91), "official", []),
    ((683, 694), (701, 705), None, "organisation", [(736, 744)]),
    ((736, 744), (745, 753), (736, 744), "outlet", []),
    ((849, 857), (858, 866), (736, 744), "outlet", []),
    ((885, 901), (868, 874), (885, 901), "official", [(849, 857)]),
    ((1027, 1039), (1040, 1044), (736, 744), "outlet", []),
    ((1094, 1098), (1099, 1107), (1094, 1098), "outlet", []),
    ((1235, 1244), (1222, 1234), (1235, 1244), "organisation", []),
    ((1615, 1624), (1592, 1604), None, "document", []),
    ((2791, 2804), (2786, 2790), (2791, 2804), "person", []),
    ((2992, 2994), (3000, 3004), (70, 91), "official", []),
    ((2992, 2994), (3076, 3083), (70, 91), "official", []),
    ((3331, 3342), (3343, 3347), None, "organisation", [(3402, 3406)]),
    ((3402, 3406), (3407, 3415), (1094, 1098), "outlet", []),
    ((3418, 3425), (3426, 3430), (70, 91), "official", []),
    ((3464, 3471), (3537, 3545), (1666, 1673), "organisation", []),
    ((3721, 3737), (3786, 3791), (3721, 3737), "person", []),
    ((3950, 3959), (3960, 3966), (3950, 3959), "official", []),
    ((3950, 3959), (4001, 4005), (3950, 3959), "official", []),
    ((4178, 4183), (4184, 4188), (3950, 3959), "official", []),
]
"""Source, cue, where its name stands in full, kind, and through whom it is known."""

QUOTES: list[tuple[Place, str, Place | None, Place | None]] = [
    ((497, 515), "partial", (482, 489), (70, 91)),
    ((706, 734), "indirect", (683, 694), None),
    ((756, 847), "indirect", (885, 901), (885, 901)),
    ((933, 960), "partial", (1027, 1039), (736, 744)),
    ((1110, 1220), "indirect", (1235, 1244), (1235, 1244)),
    ((1288, 1338), "partial", (1615, 1624), None),
    ((1360, 1398), "partial", (1615, 1624), None),
    ((1472, 1493), "partial", (1615, 1624), None),
    ((1500, 1591), "partial", (1615, 1624), None),
    ((2724, 2785), "direct", (2791, 2804), (2791, 2804)),
    ((3005, 3071), "indirect", (2992, 2994), (70, 91)),
    ((3107, 3126), "partial", (2992, 2994), (70, 91)),
    ((3351, 3377), "partial", (3331, 3342), None),
    ((3431, 3457), "indirect", (3418, 3425), (70, 91)),
    ((3579, 3598), "partial", (3464, 3471), (1666, 1673)),
    ((3643, 3720), "partial", (3721, 3737), (3721, 3737)),
    ((3805, 3921), "direct", (3721, 3737), (3721, 3737)),
    ((3980, 3996), "partial", (3950, 3959), (3950, 3959)),
    ((4006, 4050), "indirect", (3950, 3959), (3950, 3959)),
    ((4053, 4177), "direct", (4178, 4183), (3950, 3959)),
    ((4263, 4341), "direct", (4178, 4183), (3950, 3959)),
]
"""What is said, its kind, who says it, and where his name stands in full."""


@cache
def the_article() -> Article:
    for path in sorted(SEEDS.glob("*.txt")):
        for article in read_articles(path.read_bytes(), path.name).articles:
            if hashlib.sha256(article.text.encode()).hexdigest() == SHA256:
                return article
    pytest.skip("NOT TESTED: the article does not lie beside the repository")


def name_at(place: Place | None) -> str:
    return the_article().text[slice(*place)] if place else ""


def test_whom_the_article_relies_on_is_found_exactly() -> None:
    found = attributions(the_article())

    assert [(each.source, each.cue, each.name, each.kind, [via.span for via in each.via]) for each in found] == [
        (Span(*source), Span(*cue), name_at(name), kind, [Span(*via) for via in through])
        for source, cue, name, kind, through in ATTRIBUTIONS
    ]


def test_who_says_what_in_the_article_is_found_exactly() -> None:
    found = quotes(the_article(), attributions(the_article()))

    assert [(each.span, each.kind, each.speaker, each.speaker_name) for each in found] == [
        (Span(*span), kind, speaker and Span(*speaker), name_at(name)) for span, kind, speaker, name in QUOTES
    ]
