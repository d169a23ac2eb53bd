"""Front matter: the block of YAML, TOML or JSON on top of a Markdown file, read without trusting it."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from presslog.store.errors import Unreadable

LARGEST = 65_536
"""Characters of front matter that are read; real blocks have some hundred, larger ones are attacks or mistakes."""

DEEPEST = 40
"""Levels of nesting that are read; the fields we take stand on the first two."""


class FrontMatter(NamedTuple):
    """The named values on top of a file, and the text below them."""

    values: Mapping[str, object]
    body: str


_fence = re.compile(r"(---|\+\+\+)[ \t]*\n")
_fence_end = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_mapping = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:[\"']?[\w$][^\n:=\"']{0,80}[\"']?[ \t]*[:=](?:[ \t]|\n)|\[+[\w.]+\]+[ \t]*\n)"
)
_toml_place = re.compile(r"line (\d+)")


def sureness(text: str) -> float:
    """Say how sure it is that a text starts with front matter: 0 for none, 0.6 where the block is no mapping."""
    if fence := _fence.match(text):
        if _mapping.match(text, fence.end(), fence.end() + LARGEST):
            return 0.95
        return 0.6 if _fence_end[fence[1]].search(text, fence.end(), fence.end() + LARGEST) else 0.0
    return 0.95 if text.startswith("{") and _json_end(text) else 0.0


def split_front_matter(text: str) -> FrontMatter:
    """Part a text into the values of its front matter and the rest; no front matter gives no values.

    Raises:
        Unreadable: ``front-matter``, with the line where the block is open, broken, too large or too deep.

    >>> split_front_matter("---\\ntitle: Rain\\ndate: 2022-01-06\\n---\\nIt rained.").values
    {'title': 'Rain', 'date': '2022-01-06'}
    """
    fence = _fence.match(text)
    if not fence:
        return _split_json(text)
    if not _mapping.match(text, fence.end(), fence.end() + LARGEST):
        # A rule on top, or a letter between two of them.
        return FrontMatter({}, text[fence.end() :])
    end = _fence_end[fence[1]].search(text, fence.end())
    if end is None:
        raise _broken(1, f"the front matter that {fence[1]} opens never ends", f"close it with a line {fence[1]}")
    block = text[fence.end() : end.start()]
    if len(block) > LARGEST:
        raise _broken(1, f"the front matter has {len(block)} characters", f"keep it under {LARGEST}")
    values = _read_yaml(block) if fence[1] == "---" else _read_toml(block)
    return FrontMatter(values, text[end.end() :])


def _split_json(text: str) -> FrontMatter:
    if not text.startswith("{"):
        return FrontMatter({}, text)
    try:
        values, end = json.JSONDecoder().raw_decode(text[:LARGEST])
    except json.JSONDecodeError as error:
        if _json_end(text):
            raise _broken(error.lineno, f"broken JSON: {error.msg}", "correct the line") from error
        return FrontMatter({}, text)
    except RecursionError as error:
        raise _broken(1, "the front matter is nested too deep", "keep it flat") from error
    return FrontMatter(values, text[end:])


def _json_end(text: str) -> bool:
    """Whether an object stands on top and a line of something else follows its closing brace."""
    if not re.match(r"\{\s*\"", text):
        return False
    closing = re.compile(r"^\}[ \t]*\n", re.MULTILINE).search(text, 0, LARGEST)
    return closing is not None and bool(text[closing.end() : closing.end() + 4096].strip(" \t\n{}[],"))


def _read_toml(block: str) -> dict[str, Any]:
    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        place = _toml_place.search(str(error))
        raise _broken(int(place[1]) + 1 if place else 1, f"broken TOML: {error}", "correct the line") from error
    except RecursionError as error:
        raise _broken(1, "the front matter is nested too deep", "keep it flat") from error


def _read_yaml(block: str) -> dict[str, object]:
    # 25 ms to import, and most files are no Markdown.
    import yaml

    try:
        return _build(yaml.parse(block, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else error
        line = mark.line + 2 if mark else 1
        if "nesting depth" in str(problem):
            # libyaml reads ahead, and since 0.2.6 it has a limit of its own.
            raise _too_deep(line) from error
        raise _broken(line, f"broken YAML: {problem}", "correct it, or quote the value") from error


def _build(events: Iterator[Any]) -> dict[str, object]:
    """Build the values from YAML's events, every scalar as the text that stands there.

    A loader would turn dates into times of its own, lose their zone, recurse as deep as the file asks, and expand
    aliases of aliases; here an alias stands for a text or for nothing.
    """
    from yaml import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent
    from yaml.events import CollectionEndEvent

    builder = _Builder()
    for event in events:
        if isinstance(event, ScalarEvent):
            is_nothing = event.style is None and event.value.lower() in {"", "~", "null"}
            builder.put(None if is_nothing else event.value, event.anchor)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            builder.enter(
                {} if isinstance(event, MappingStartEvent) else [], event.start_mark.line + 2 if event.start_mark else 1
            )
        elif isinstance(event, CollectionEndEvent):
            builder.leave()
        elif isinstance(event, AliasEvent):
            builder.put(builder.anchors.get(event.anchor or ""), None)
    return builder.root if isinstance(builder.root, dict) else {}


class _Builder:
    """The collections that are open while events pass; in a mapping, key and value take turns."""

    def __init__(self) -> None:
        self.root: object = None
        self.anchors: dict[str, object] = {}
        self.open: list[dict[str, object] | list[object]] = []
        self.keys: list[str | None] = []

    def put(self, value: object, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = value
        if not self.open:
            self.root = value
            return
        inner = self.open[-1]
        if isinstance(inner, list):
            inner.append(value)
        elif self.keys[-1] is None:
            self.keys[-1] = value if isinstance(value, str) else ""
        else:
            inner[self.keys[-1]] = value
            self.keys[-1] = None

    def enter(self, collection: dict[str, object] | list[object], line: int) -> None:
        if len(self.open) >= DEEPEST:
            raise _too_deep(line)
        self.put(collection, None)
        self.open.append(collection)
        self.keys.append(None)

    def leave(self) -> None:
        self.open.pop()
        self.keys.pop()


def _too_deep(line: int) -> Unreadable:
    return _broken(line, f"the front matter is nested more than {DEEPEST} levels deep", "keep it flat")


def _broken(line: int, what: str, remedy: str) -> Unreadable:
    return Unreadable("front-matter", f"line {line}: {what}: {remedy}")
