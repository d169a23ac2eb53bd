"""The form ``ninjs``: IPTC's News in JSON 2.1, which our own format of that name reads back.

Source: https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json
"""

from html import escape
from typing import Any

from presslog.store.tables import Row

STANDARD = {"name": "ninjs", "version": "2.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"}
STATUSES = {"withdrawn": "canceled"}
"""Our word for a status -> that of ninjs, where they differ."""


def ninjs_item(article: Row) -> Row:
    """An article as an item of ninjs; what it does not say is left out, times are as precise as its publisher says.

    ``uri`` is the publisher's identifier, else the name that the article has in this archive.
    """
    item = {
        "standard": STANDARD,
        "uri": article["uri"],
        "type": "text",
        "representationtype": "full",
        "version": str(article["version"] or ""),
        "firstcreated": article["published_at"],
        "versioncreated": article["updated_at"] or article["published_at"] or article["last_seen_at"],
        "embargoed": article["embargoed_until"],
        "pubstatus": STATUSES.get(article["status"], article["status"]),
        "urgency": article["urgency"],
        "copyrightnotice": article["copyright"],
        "ednote": article["ednote"],
        "language": article["language"],
        "slugline": article["slugline"],
        "located": article["located"],
        "by": article["byline"] or ", ".join(article["authors"]),
        "infosources": _named([article["source"]]),
        "headlines": _valued(main=article["title"], subtitle=article["subtitle"]),
        "descriptions": _valued(summary=article["description"], creditline=article["credit"]),
        "bodies": _bodies(article["text"], article["word_count"]),
        "subjects": _subjects(article),
        "renditions": _renditions(article["url"]),
        "altids": _valued(**{"presslog-id": article["id"], "presslog-revision": str(article["revision"])}),
    }
    return {key: value for key, value in item.items() if value}


def _valued(**values: str) -> list[Row]:
    return [{"role": role, "value": value} for role, value in values.items() if value]


def _named(names: list[str]) -> list[Row]:
    return [{"name": name} for name in names if name]


def _bodies(text: str, word_count: int) -> list[Row]:
    """The text as HTML: a plain one has no paragraphs that every reader of ninjs would find."""
    if not text:
        return []
    paragraphs = (escape(paragraph, quote=False).replace("\n", "<br/>") for paragraph in text.split("\n\n"))
    markup = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return [{"role": "main", "contenttype": "text/html", "wordcount": word_count, "value": markup}]


def _subjects(article: Row) -> list[Row]:
    told = [_subject(each) for each in article["subjects"]]
    return told + [{"name": word, "rel": "keyword"} for word in article["keywords"]]


def _subject(each: Any) -> Row:
    said = {"name": each.get("name"), "literal": each.get("code")}
    return {key: value for key, value in said.items() if value}


def _renditions(url: str) -> list[Row]:
    return [{"name": "web", "href": url, "contenttype": "text/html"}] if url else []
