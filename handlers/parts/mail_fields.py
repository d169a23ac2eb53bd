"""Fields of a mail: what its headers, its text, or the form in it say of the article."""

import json
import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from .blocks import text_of_html
from .bylines import is_byline, is_names, merge_authors, read_authors
from .credits import take_credit
from .dates import read_date
from .fields import Fields, key_name, read_fields
from .mail_parts import Body, Mail, header, sender, text_of
from .newsletters import paragraphs_of_mail, split_footer, split_signature
from .paragraphs import to_paragraphs
from .tails import split_tail

MAILBOXES = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net"
    " web.de proton.me protonmail.com mail.ru yandex.ru qq.com 163.com".split()
)
"""Domains that say nothing of a sender's house."""

HTML_FACTOR = 3
"""Where the HTML says so many times more than the plain text, this only says that there is HTML."""

FORM_KEYS = {
    "text": ("body", "text", "story", "content"),
    "slugline": ("slugline", "slug"),
    "urgency": ("urgency", "newsvalue"),
}
"""Field -> the keys that fill it besides those of ``ALIASES``, as ``key_name`` folds them."""

BYLINE_LINES = 8
"""A byline stands on top of a text."""

_message_id = re.compile(r"<?([^\s<>@]{1,500}@[^\s<>@]{1,300})>?")
_list_name = re.compile(r'"?([^<>"]{2,100}?)"?\s*<')
_address = re.compile(r"<?(https?://[^\s<>]{1,2000})>?")
_language = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_through = re.compile(r"(.{3,80}?)\s(?:via|from|at|of|von|bei)\s(.{2,80})", re.IGNORECASE)
_robot = re.compile(r"(?:no|do-?not)-?reply|newsletters?\b|news\b|mailer|bounces?\b|alerts?\b", re.IGNORECASE)
_house = re.compile(
    r"^the\b|\b(?:newsletters?|news|press|presse|prensa|team|office|desk|daily|weekly|alerts?|support|redaktion|redaction|updates?"
    r"|digest|briefing|info|no-?reply|editors?|list|service|bulletin|media|communications?|times|post|journal|today)\b",
    re.IGNORECASE,
)


def read_headers(mail: Mail) -> Fields:
    """What the headers say; a time keeps the zone that it has, and ``-0000`` says that it is unknown."""
    fields: Fields = {"title": header(mail, "subject"), "uri": _read_uri(header(mail, "message-id"))}
    fields |= _read_date(header(mail, "date")) | _read_sender(mail)
    keywords = [word.strip() for word in header(mail, "keywords").split(",") if word.strip()]
    language = _language.match(header(mail, "content-language"))
    address = _address.match(header(mail, "archived-at"))
    return fields | {
        "keywords": tuple(dict.fromkeys(keywords)),
        "language": language[0] if language else "",
        "url": address[1] if address else "",
    }


def _read_uri(message_id: str) -> str:
    """The address of a message, RFC 2392: ``mid:`` and its identifier."""
    found = _message_id.fullmatch(message_id)
    return f"mid:{quote(found[1], safe='@!$&*+=~')}" if found else ""


def _read_date(words: str) -> Fields:
    stated = words.partition("(")[0].strip()
    is_zoneless = stated.endswith("-0000")
    moment = read_date(stated.removesuffix("-0000"))
    if moment:
        at, precision = moment.at, moment.precision
    else:
        try:
            read = parsedate_to_datetime(stated)
        except (ValueError, TypeError, IndexError, OverflowError):
            return {"published_raw": words} if words else {}
        zone = None if is_zoneless else read.tzinfo
        at, precision = read.replace(tzinfo=zone).isoformat(timespec="seconds"), "second"
    return {"published_at": at.replace("+00:00", "Z"), "published_precision": precision, "published_raw": words}


def _read_sender(mail: Mail) -> Fields:
    """A person who sends is the author, a house the source; a person's house is the list, or what follows the at."""
    name, address = sender(mail)
    listed = _list_name.match(header(mail, "list-id"))
    domain = address.rpartition("@")[2].lower()
    house = (listed[1].strip() if listed else "") or header(mail, "organization")
    house = house or ("" if domain in MAILBOXES else domain)
    person, through = name, ""
    if found := _through.fullmatch(name):
        person, through = found[1], found[2]
    if is_names(person) and not _house.search(person) and not _robot.match(address):
        return {"byline": name, "authors": read_authors(person), "source": through or house}
    return {"source": name or house}


def read_bodies(bodies: Sequence[Body]) -> Fields:
    """The text of a mail, with what stands above and below it told apart."""
    paragraphs: list[str] = []
    signature: list[str] = []
    for body in bodies:
        read, signed = _read_body(body)
        paragraphs += read
        signature += signed
    paragraphs, footer = split_footer(paragraphs)
    ending = split_tail(paragraphs)
    text, fields = take_credit(ending.body)
    tail = (*ending.tail, *(line for part in footer for line in part.split("\n")), *signature)
    told: Fields = {"copyright": ending.copyright, "ednote": ending.ednote, **fields}
    lines = "\n".join(text[:BYLINE_LINES]).split("\n")[:BYLINE_LINES]
    if byline := next(filter(is_byline, lines), ""):
        told |= {"byline": byline, "authors": merge_authors(read_authors(byline), ending.helpers)}
    return {field: value for field, value in told.items() if value} | {"text": "\n\n".join(text), "tail": tail}


def _read_body(body: Body) -> tuple[list[str], list[str]]:
    plain, signature = split_signature("\n".join(map(text_of, body.plain)))
    paragraphs = to_paragraphs([line.strip() for line in plain.split("\n")])
    shown = [paragraph for part in body.html for paragraph in paragraphs_of_mail(text_of(part))]
    if sum(map(len, shown)) > HTML_FACTOR * sum(map(len, paragraphs)):
        return shown, []
    return paragraphs, signature


def read_form(bodies: Sequence[Body]) -> Fields:
    """The fields of a form that was sent as JSON; none where the mail is something else."""
    plain = "\n".join(text_of(part) for body in bodies for part in body.plain).strip()
    if plain[:1] != "{":
        return {}
    try:
        values = json.loads(plain, strict=False)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, Mapping):
        return {}
    named = {key_name(str(key)): _first(value) for key, value in values.items()}
    stated = {field: next(filter(None, map(named.get, keys)), "") for field, keys in FORM_KEYS.items()}
    text, urgency = _paragraphs(str(stated["text"])), str(stated["urgency"]).strip()
    fields: Fields = {"text": text, "slugline": str(stated["slugline"]).strip()} | read_fields(values)
    fields |= {"urgency": int(urgency)} if urgency in tuple("123456789") else {}
    fields["located"] = fields.get("dateline", "")
    return fields if fields.get("title") or text else {}


def _first(value: object) -> object:
    """The first answer to a question of a form; what is nested says nothing here."""
    values = value if isinstance(value, list) else [value]
    return next((each for each in values if isinstance(each, str | int) and str(each).strip()), "")


def _paragraphs(words: str) -> str:
    if "</" in words:
        return text_of_html(words)
    return "\n\n".join(to_paragraphs([line.strip() for line in words.replace("\n", "\n\n").split("\n")]))
