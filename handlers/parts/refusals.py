"""Pages that are no article: errors, walls for consent or payment, and lists of links, each said in its own words."""

import re
from collections.abc import Sequence

from presslog.store.errors import Unreadable

FEW_WORDS = 80
"""Pages that only turn readers away are shorter; an article about cookies is longer."""

_errors = re.compile(
    r"(?:(?:http|error)\s){0,2}(?:40[0134]|410|429|50[0234])\s?"
    r"(?:$|[:|–—-]|(?:not found|error|forbidden|unauthorized|bad|internal|service|gateway|too many|gone|page)\b)"
    r"|(?:page |file )?not found$|forbidden$|bad gateway$|service unavailable$|internal server error$"
    r"|(?:the |this )?page (?:cannot be|could not be|was not|you requested (?:was )?not) found|page introuvable"
    r"|seite nicht gefunden|página no encontrada|pagina non trovata|страница не найдена"
    r"|access (?:to this page has been )?denied$",
    re.IGNORECASE,
)
_walls = re.compile(
    r"just a moment\b|attention required\b|are you a (?:robot|human)|verify(?:ing)? you are (?:a )?human"
    r"|checking your browser|before you continue\b|(?:your )?(?:privacy|cookie) (?:choices|settings|preferences)$"
    r"|cookie[- ]?(?:einstellungen|hinweis|consent)|(?:please )?(?:enable|turn on) (?:javascript|cookies)"
    r"|(?:please )?(?:subscribe|sign in|log in|register) to (?:continue|read)",
    re.IGNORECASE,
)
"""Both match at the start of a title; a wall says so in its first line as well."""


def refuse_no_article(title: str, body: Sequence[str], *, is_stated: bool, is_front: bool) -> None:
    """Refuse what surely is no article; ``is_stated`` says that the page calls itself one.

    Raises:
        Unreadable: ``no-article`` with what was seen.
    """
    words = sum(len(paragraph.split()) for paragraph in body)
    if is_stated and words:
        return
    shown = f"“{title[:80]}”" if title else "a page without a title"
    if words < FEW_WORDS and _errors.match(title):
        raise _no_article(f"{shown} is an error page: save the article anew")
    if words < FEW_WORDS and any(_walls.match(line) for line in (title, *body[:1])):
        raise _no_article(f"{shown} asks for consent, a login or a proof: save the article when it is shown")
    if is_front:
        raise _no_article(f"{shown} is a front page or a list of links: drop the articles themselves")
    if not words and not is_stated:
        raise _no_article(f"{shown} has no text that reads as an article: save the page when all of it is shown")


def _no_article(message: str) -> Unreadable:
    return Unreadable("no-article", message)
