"""Article: what every format yields, with the two questions asked of it: which article is it, and is it the same?"""

import hashlib
from datetime import UTC, datetime

import msgspec

from presslog.store.article import Article, Author, Origin, Subject

__all__ = ["Article", "Author", "Subject", "changed_fields", "content_hash", "identity", "supersedes", "word_count"]

OUR_OWN = frozenset({"parser", "confidence", "rule"})
"""Fields that say how we read, not what the newsroom wrote."""

_encoder = msgspec.json.Encoder(order="sorted")


def identity(article: Article, origin: Origin) -> str:
    """The uri that makes two readings versions of one article: the publisher's own, else feed and path.

    >>> identity(Article(title="t", text="x"), Origin(feed="seeds", path="a.txt", digest="d", format="text"))
    'presslog:seeds/a.txt'
    >>> identity(Article(title="t", text="x"), Origin(feed="s", path="a.zip", digest="d", format="", inside="b.txt"))
    'presslog:s/a.zip!/b.txt'
    """
    if article.uri:
        return article.uri
    inside = f"!/{origin.inside}" if origin.inside else ""
    member = f"#{origin.member}" if origin.member else ""
    return f"presslog:{origin.feed}/{origin.path}{inside}{member}"


def content_hash(article: Article) -> str:
    """SHA-256 (hex) over what the newsroom wrote: every field but parser, confidence and rule."""
    written = {name: value for name, value in msgspec.structs.asdict(article).items() if name not in OUR_OWN and value}
    return hashlib.sha256(_encoder.encode(written)).hexdigest()


def changed_fields(before: Article, after: Article) -> tuple[str, ...]:
    """Names of the fields in which two readings differ, in the order of ``Article``."""
    return tuple(
        name
        for name in Article.__struct_fields__
        if name not in OUR_OWN and getattr(before, name) != getattr(after, name)
    )


def supersedes(article: Article, *, version: int, updated_at: str, is_withdrawn: bool = False) -> bool:
    """Whether a reading replaces the current one, of that publisher's version and time of update.

    A publisher's own versions may arrive in any order: the highest version leads, then the newest update; where
    neither decides, what withdraws the article does. Without a publisher's identifier the folder is the truth, and what
    arrives last leads.
    """
    if not article.uri:
        return True
    if article.version and version and article.version != version:
        return article.version > version
    later, earlier = (_instant(article.updated_at), _instant(updated_at))
    if later and earlier and later != earlier:
        return later > earlier
    return article.status == "canceled" or not is_withdrawn


def _instant(at: str) -> str:
    """A time as text that sorts; one without a zone is taken for UTC."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M:%S.%f")


def word_count(text: str) -> int:
    r"""How many words a text has, as formats write it: single spaces, paragraphs with one blank line between.

    Counting the gaps takes 2 µs for 5 KB, splitting takes 40.

    >>> word_count("The water came.\n\nIt stayed.")
    5
    """
    return text.count(" ") + text.count("\n") - text.count("\n\n") + 1 if text else 0
