"""The form ``markdown``: an article as a document with front matter in YAML, which our format markdown reads back."""

import re

from presslog.store.names import normalized
from presslog.store.tables import Row

STATUSES = {"withdrawn": "canceled", "usable": ""}
"""Our word for a status -> that of the front matter; a usable article says nothing."""

LONGEST_SLUG = 60
"""Letters of a title in a name: with day and id at most 210 bytes, and a name may have 255."""

# A reference stands for its letter everywhere; a backslash does not before a tag, in code, or at the end of a line.
_ACTIVE = str.maketrans({letter: f"&#{ord(letter)};" for letter in "\\`*_{}[]<>|~"} | {"&": "&amp;"})
_block = re.compile(r"(?m)^([ \t]*)([#=:+-]|\d{1,9}(?=[.)]))")
_day = re.compile(r"\d{4}-\d{2}-\d{2}")


def document(article: Row) -> str:
    """An article as Markdown: front matter, then its paragraphs, in which nothing is markup."""
    import yaml

    told = {key: value for key, value in _front_matter(article).items() if value}
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    front = yaml.dump(told, Dumper=dumper, allow_unicode=True, sort_keys=False, width=1 << 30)
    return f"---\n{front}---\n\n{_paragraphs(article['text'])}\n"


def file_name(article: Row, *, with_revision: bool = False) -> str:
    """A name for the document that no title can make unsafe: day, words of the title, id and perhaps the revision.

    >>> row = {"published_at": "2022-01-06T09:30Z", "title": "../Río: 5 dead!", "id": "art_7f3k9q", "revision": 2}
    >>> file_name(row, with_revision=True)
    '2022-01-06-rio-5-dead-art_7f3k9q-r2.md'
    """
    day = _day.match(article["published_at"]) or _day.match(article["first_seen_at"])
    slug = re.sub(r"[\W_]+", "-", normalized(article["title"])).strip("-")[:LONGEST_SLUG].strip("-")
    revision = f"r{article['revision']}" if with_revision else ""
    return "-".join(filter(None, (day and day[0], slug, article["id"], revision))) + ".md"


def _front_matter(article: Row) -> Row:
    return {
        "title": article["title"],
        "subtitle": article["subtitle"],
        "byline": article["byline"],
        "authors": [] if article["byline"] else article["authors"],
        "date": article["published_at"],
        "updated": article["updated_at"],
        "source": article["source"],
        "dateline": article["dateline"],
        "language": article["language"],
        "section": article["section"],
        "keywords": article["keywords"],
        "description": article["description"],
        "url": article["url"],
        "uri": article["uri"],
        "version": article["version"],
        "status": STATUSES.get(article["status"], article["status"]),
        "ednote": article["ednote"],
        "copyright": article["copyright"],
        "credit": article["credit"],
        "slugline": article["slugline"],
        "located": article["located"],
        "urgency": article["urgency"],
        "subjects": article["subjects"],
        "embargoed_until": article["embargoed_until"],
        "presslog": {key: article[key] for key in ("id", "revision", "first_seen_at", "feed", "path")},
    }


def _paragraphs(text: str) -> str:
    """Plain text as Markdown: nothing in it is a mark, and lines that were broken stay so."""
    plain = _block.sub(lambda found: f"{found[1]}&#{ord(found[2][0])};{found[2][1:]}", text.translate(_ACTIVE))
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", plain)
