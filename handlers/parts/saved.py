"""Saved pages: where a browser, SingleFile, HTTrack and their like note the address, and what they embed."""

import re

NOTES = (
    re.compile(r"Page saved with SingleFile\s+url:\s{0,9}(\S{1,2000})"),
    re.compile(r"<!--\s{0,9}saved from url=\(\d{1,9}\)\s{0,9}(\S{1,2000}?)\s{0,9}-->"),
    re.compile(r"<!--\s{0,9}Saved from\s{1,9}(\S{1,2000}) at\s[^<>]{0,80}using monolith"),
    re.compile(r"<!--\s{0,9}Mirrored from\s{1,9}(\S{1,2000}) by HTTrack"),
    re.compile(r"""\sdata-scrapbook-source=["']([^"'<>\s]{1,2000})"""),
    re.compile(r"""<meta\s{1,9}name=["']?savepage-url["']?\s{1,9}content=["']?([^"'<>\s]{1,2000})"""),
)
"""SingleFile, browsers, monolith, HTTrack, WebScrapBook and Save Page WE, as each writes its first lines."""

HEADER_LETTERS = 16_384
EMBEDDED_LETTERS = 1_000
"""Shorter data does no harm."""

_embedded = re.compile(
    rf"data:[a-z]{{2,20}}/[\w.+-]{{1,60}}(?:;[\w=-]{{1,40}}){{0,4}},[^\s\"'<>()]{{{EMBEDDED_LETTERS},}}", re.IGNORECASE
)


def saved_from(markup: str) -> str:
    """The address that a saved page was taken from; empty where it says none.

    >>> saved_from("<!DOCTYPE html> <html><!--\\n Page saved with SingleFile \\n url: https://wire.example/a \\n")
    'https://wire.example/a'
    """
    start = markup[:HEADER_LETTERS]
    address = next((found[1] for note in NOTES if (found := note.search(start))), "")
    return address if not address or "://" in address else f"http://{address}"


def without_embedded(markup: str) -> str:
    """The page without the images and fonts that are written into it; they are megabytes, and no text.

    >>> len(without_embedded('<img src="data:image/png;base64,' + "A" * 5000 + '">'))
    12
    """
    return _embedded.sub("", markup) if "data:" in markup else markup
