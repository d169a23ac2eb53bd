"""Mutants: files of every format, damaged as transports, disks and enemies do it; one seed, always the same files."""

import gzip
import json
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
CORPUS = Path(os.environ.get("ACCURACY_CORPUS") or HERE.parents[1] / "shared" / "corpus")
MOST_BYTES = 300_000
"""A larger file shows nothing that a smaller one of its format does not."""

WORDS = (
    *(b"\0", b"\xff\xfe", b"<", b">", b"]]>", b"<!--", b"&#0;", b"&x;", b'"', b"{", b"[", b"\r", b"\x01", b"--"),
    *(b"\xed\xa0\x80", b"A" * 5_000, b"<p>" * 2_000, b"[" * 3_000, b"9" * 20, b"Content-Type: x", b"PK\x03\x04"),
)


class Specimen(NamedTuple):
    """A whole file, by the name it had."""

    name: str
    content: bytes


def specimens() -> dict[str, list[Specimen]]:
    """Files by their format: the samples, and the private corpus where it is."""
    found: dict[str, list[Specimen]] = defaultdict(list)
    for path in sorted((HERE / "samples").rglob("*")):
        if path.is_file():
            found[path.parent.name].append(Specimen(path.name, path.read_bytes()))
    if (CORPUS / "manifest.json").exists():
        for item in json.loads((CORPUS / "manifest.json").read_text())["items"]:
            path = CORPUS / item["file"]
            found[item["format"]] += _variants(path.name, path.read_bytes())
    return {
        name: kept for name, some in found.items() if (kept := [one for one in some if len(one.content) <= MOST_BYTES])
    }


def _variants(name: str, content: bytes) -> list[Specimen]:
    if not name.endswith((".html.gz", ".xml.gz")):
        return [Specimen(name, content)]
    return [Specimen(name, content), Specimen(name.removesuffix(".gz"), gzip.decompress(content))]


def mutants(seed: int, count: int) -> Iterator[Specimen]:
    """So many damaged files, formats in turn."""
    chance, sources = random.Random(seed), specimens()
    kinds = sorted(sources)
    for number in range(count):
        of_kind = sources[kinds[number % len(kinds)]]
        specimen = chance.choice(of_kind)
        content = mutated(specimen.content, chance, other=chance.choice(of_kind).content)
        yield Specimen(f"{number:05}-{specimen.name[-60:]}", content)


def mutated(content: bytes, chance: random.Random, *, other: bytes = b"") -> bytes:
    """The same bytes after one to four accidents."""
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(ACCIDENTS)(content, chance, other)[: 2 * MOST_BYTES]
    return content


def _flip(content: bytes, chance: random.Random, _: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 20) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random, _: bytes) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:start] if chance.random() < 0.5 else content[:start] + content[end:]


def _repeat(content: bytes, chance: random.Random, _: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    piece = content[start : start + chance.choice((1, 20, 400, 5_000))]
    return content[:start] + piece * chance.choice((2, 10, 200)) + content[start:]


def _insert(content: bytes, chance: random.Random, _: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + chance.choice(WORDS) + content[start:]


def _splice(content: bytes, chance: random.Random, other: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _zero(content: bytes, chance: random.Random, _: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    size = chance.choice((1, 512, 4096))
    return content[:start] + bytes(min(size, len(content) - start)) + content[start + size :]


ACCIDENTS: tuple[Callable[[bytes, random.Random, bytes], bytes], ...] = (_flip, _cut, _repeat, _insert, _splice, _zero)
