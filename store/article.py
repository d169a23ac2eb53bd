"""The parts of an event that formats fill: the article, its people and subjects, and what was left unread."""

import msgspec


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person credited in a byline; ``role`` is ``byline``, ``with_assistance``, ``editor`` or ``photographer``."""

    name: str
    role: str = "byline"


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an article is about: a code as its publisher writes it (``medtop:04000000``, ``04000000``), and its name."""

    code: str = ""
    name: str = ""


class Article(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a format reads out of bytes: one article, complete in itself.

    ``uri`` is the publisher's own identifier and empty where the file has none; ``version`` counts its versions.
    Times are ISO 8601 text cut to their precision (``2022-01-06`` for ``day``), with a zone only where the file states
    one. ``text`` holds paragraphs separated by one blank line. ``tail`` holds lines that follow the body and do not
    belong to it. ``status`` is ``usable``, ``withheld`` or ``canceled``, which withdraws the article. ``urgency`` is 1
    (flash) to 9, 0 where it is not stated. ``rule`` names the rule of the parser that decided, ``confidence`` is
    between 0 and 1.

    Source: the properties of IPTC NewsML-G2 and ninjs.
    """

    title: str
    text: str
    uri: str = ""
    url: str = ""
    subtitle: str = ""
    byline: str = ""
    authors: tuple[Author, ...] = ()
    published_at: str = ""
    published_precision: str = ""
    published_raw: str = ""
    updated_at: str = ""
    source: str = ""
    dateline: str = ""
    language: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    description: str = ""
    read_minutes: int = 0
    version: int = 0
    status: str = "usable"
    ednote: str = ""
    copyright: str = ""
    credit: str = ""
    slugline: str = ""
    located: str = ""
    urgency: int = 0
    subjects: tuple[Subject, ...] = ()
    embargoed_until: str = ""
    tail: tuple[str, ...] = ()
    parser: str = ""
    confidence: float = 0
    rule: str = ""


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an article was read: feed, escaped path, SHA-256 of the file's bytes, and the format that read it.

    ``inside`` is the path inside a bundle, ``!/`` between one bundle and the next; ``member`` is the number among
    several articles of one file or one member.
    """

    feed: str
    path: str
    digest: str
    format: str
    inside: str = ""
    member: int = 0


class Unread(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a file that gave no article: where it stands in the file, a stable code, and a reason for people."""

    place: str
    code: str
    reason: str
