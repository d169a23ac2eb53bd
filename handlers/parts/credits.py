"""The agency's credit that opens a wire story: ``LONDON, Jan. 5 (Reuters) -``, and the dateline in it."""

import re
from typing import NamedTuple

from .dates import MONTHS

AGENCIES = frozenset(
    "aap afp ana anp ansa ap apa ats belga bloomberg bna bta cnn cna cp ctk dow efe dpa interfax irna itar-tass"
    " kyodo lusa mti novosti ntb pa pap pti reuters ria ritzau rtr tass tt uni upi ukrinform wafa xinhua yonhap".split()
)


class Credit(NamedTuple):
    """What a credit says, and how many characters of the paragraph it takes."""

    source: str
    dateline: str
    length: int


_parenthesis = re.compile(
    r"(?P<dateline>[^\W_][^()\n]{0,70}?)??[,.]?\s*\((?P<source>[^()\n]{2,40})\)\s?(?P<dash>--+|[—–-])\s*"
)
_slashes = re.compile(r"(?P<dateline>[^\W\d_][^/\n]{1,70}?)[.,]?\s*/(?P<source>[A-Z][A-Za-z-]{1,20})/\.?\s*(?P<dash>)")
_word_end = re.compile(r"[\s,]")
_compound = re.compile(r"[/-]")
_between_words = re.compile(r"[\s,/.-]+")
_month_day = re.compile(r"([A-Z][a-z]{2,8})\.?\s\d{1,2}(?:,?\s\d{4})?|\d{1,2}\s([A-Z][a-z]{2,8})\.?(?:\s\d{4})?")
_european_day = re.compile(r",?\s\d{1,2}(?:/\d{1,2}|\.\s[^\W\d_]{3,9})$")
_full_date = re.compile(r"(?:[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4}|\d{1,2}\s[A-Z][a-z]{2,8}\.?\s\d{4})$")


def read_credit(paragraph: str) -> Credit | None:
    """Read the credit at the start of a paragraph, or None where it starts with plain words.

    >>> read_credit("ALMATY, Jan. 5 (Bloomberg) -- Prices rose.")
    Credit(source='Bloomberg', dateline='ALMATY, Jan. 5', length=30)
    >>> read_credit("Acme Corp. (listed in Oslo) - once a shipyard - rose.") is None
    True
    """
    if "(" not in paragraph[:74] and "/" not in paragraph[:74]:
        return None
    found = _parenthesis.match(paragraph) or _slashes.match(paragraph)
    if not found or not _is_credit(found):
        return None
    return Credit(" ".join(found["source"].split()), (found["dateline"] or "").strip(), found.end())


def take_credit(paragraphs: list[str]) -> tuple[list[str], dict[str, str]]:
    """Take the credit off the first paragraph that has one, a lead may stand above it; and the fields that it fills.

    >>> take_credit(["LIMA (AP) - It rained."])
    (['It rained.'], {'source': 'AP', 'dateline': 'LIMA', 'located': 'LIMA'})
    """
    for at, paragraph in enumerate(paragraphs[:3]):
        # Belga and ATS write an equals sign for the dash.
        if credit := read_credit(paragraph[:100].replace(") = ", ") - ") + paragraph[100:]):
            rest = paragraph[credit.length :]
            found = {"source": credit.source, "dateline": credit.dateline, "located": place_of(credit.dateline)}
            return [*paragraphs[:at], *([rest] if rest else []), *paragraphs[at + 1 :]], found
    return paragraphs, {}


def dated(dateline: str) -> str:
    """Return the full date that closes a dateline, or the empty string where it has none or lacks the year."""
    found = _full_date.search(dateline[-40:])
    return found[0] if found else ""


def place_of(dateline: str) -> str:
    """The place in a dateline, without its day.

    >>> place_of("ALMATY, Jan. 5"), place_of("BRUXELLES 15/06"), place_of("BERLIN, 5. Januar")
    ('ALMATY', 'BRUXELLES', 'BERLIN')
    """
    return _european_day.sub("", _month_day.sub(_blank_month, dateline)).strip(" ,.")


def _is_credit(found: re.Match[str]) -> bool:
    source, dateline, dash = found["source"], found["dateline"], found["dash"]
    is_agency = not AGENCIES.isdisjoint(_compound.split(_word_end.split(source.lower(), maxsplit=1)[0]))
    if not dateline:
        return is_agency or (source[0].isupper() and dash != "-" and len(source.split()) <= 4)
    if not _is_dateline(dateline):
        return False
    return is_agency or (dateline.split(",")[0].isupper() and source[0].isupper() and len(source.split()) <= 4)


def _is_dateline(dateline: str) -> bool:
    place = _month_day.sub(_blank_month, dateline)
    words = _between_words.split(place.strip(" ,."))
    return len(words) <= 8 and all(not word or word[0].isupper() or len(word) <= 3 for word in words)


def _blank_month(found: re.Match[str]) -> str:
    month = found[1] or found[2] or ""
    return "" if month.lower() in MONTHS else found[0]
