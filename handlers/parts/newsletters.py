"""Newsletters: the text of a mail's HTML without what is hidden in it, and the footers below."""

import re
from collections.abc import Sequence

from .blocks import paragraphs_of
from .charset import clean
from .trees import parse_html

FOOTER_PARAGRAPHS = 14
"""A footer has an address, a reason, links and a copyright line; further up, the same words belong to the text."""

FOOTER_LENGTH = 400
SIGNATURE_LINES = 15

_hidden = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:max-height|opacity)\s*:\s*0(?:px)?\s*"
    r"(?:!important\s*)?(?:;|$))",
    re.IGNORECASE,
)
_footer = re.compile(
    r"unsubscrib|opt[ -]out\b|(?:manage|update|change) (?:your |my )?(?:e-?mail |newsletter )?"
    r"(?:preferences|profile|subscriptions?|settings)|you(?:['’]re|\s(?:are|have)) receiv|you received this"
    r"|no longer (?:wish|want) to receive|add us to your address book|privacy policy|abbestellen|abmelden|abzumelden"
    r"|désabonner|désinscri|darse de baja|cancelar (?:la |tu )?suscripción|afmelden|uitschrijven",
    re.IGNORECASE,
)
_online = re.compile(
    r"(?:view|read|open|see)\b.{0,40}\b(?:in (?:your |a |the )?(?:web )?browser|online)\b"
    r"|having trouble (?:viewing|reading)|(?:im|in ihrem) browser (?:ansehen|anzeigen|öffnen)"
    r"|dans (?:votre|le) navigateur",
    re.IGNORECASE,
)
_copyright = re.compile(r"©|\(c\)\s?\d{4}|copyright\s", re.IGNORECASE)


def paragraphs_of_mail(markup: str) -> list[str]:
    """The paragraphs that a reader of an HTML mail sees.

    >>> paragraphs_of_mail('<div style="display:none">Rain &zwnj;</div><p>It rained.</p><img src="x">')
    ['It rained.']
    """
    root = parse_html(markup)
    if root is None:
        return []
    for element in root.iter():
        if "hidden" in element.attrib or _hidden.search(element.get("style", "")[:1000]):
            # The text of a template is for no reader.
            element.tag = "template"
    return [paragraph for each in paragraphs_of(root) if _has_word(paragraph := clean(each))]


def _has_word(paragraph: str) -> bool:
    return any(letter.isalnum() for letter in paragraph)


def split_footer(paragraphs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the text from links to the browser above it, and from the footer below it.

    >>> split_footer(["View in your browser", "It rained.", "Unsubscribe | © 2022 Wire"])
    (['It rained.'], ['View in your browser', 'Unsubscribe | © 2022 Wire'])
    """
    start = 0
    while start < min(3, len(paragraphs) - 1) and len(paragraphs[start]) < 200 and _online.search(paragraphs[start]):
        start += 1
    end = len(paragraphs)
    for at in range(len(paragraphs) - 1, max(start, len(paragraphs) - FOOTER_PARAGRAPHS), -1):
        paragraph = paragraphs[at]
        if len(paragraph) > FOOTER_LENGTH:
            break
        if any(mark.search(paragraph) for mark in (_footer, _online, _copyright)):
            end = at
    return list(paragraphs[start:end]), [*paragraphs[:start], *paragraphs[end:]]


def split_signature(text: str) -> tuple[str, list[str]]:
    """Part a plain text from the signature behind a line with two dashes.

    >>> split_signature("It rained.\\n-- \\nAna Silva\\nThe Wire")
    ('It rained.', ['Ana Silva', 'The Wire'])
    """
    lines = text.rstrip().split("\n")
    for at in range(len(lines) - 1, max(-1, len(lines) - SIGNATURE_LINES - 1), -1):
        if lines[at].rstrip() == "--":
            return "\n".join(lines[:at]).rstrip(), [line.strip() for line in lines[at + 1 :] if line.strip()]
    return text, []
