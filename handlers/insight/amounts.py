"""Money and numbers, in figures and in words: how far one reaches, and its value."""

import re
from decimal import Decimal

from .facts import Mention, Span

SIGNS = dict(
    pair.split(":")
    for pair in (
        "US$:USD C$:CAD CA$:CAD A$:AUD AU$:AUD NZ$:NZD HK$:HKD S$:SGD R$:BRL $:USD €:EUR £:GBP ¥:JPY ₹:INR ₽:RUB ₩:KRW "
        "₺:TRY ₴:UAH ₪:ILS ₸:KZT ₦:NGN"
    ).split()
)
"""Signs of currencies; a dollar without more is taken for that of the United States."""
CURRENCIES = dict(
    pair.split(":")
    for pair in (
        "dollar:USD euro:EUR yen:JPY yuan:CNY renminbi:CNY ruble:RUB rouble:RUB tenge:KZT zloty:PLN forint:HUF "
        "koruna:CZK hryvnia:UAH baht:THB lira:TRY rand:ZAR shekel:ILS ringgit:MYR rupiah:IDR naira:NGN krona:SEK "
        "kronor:SEK reais:BRL shilling: cedi:GHS birr:ETB dong:VND taka:BDT kyat:MMK lari:GEL dram:AMD manat: som: "
        "kroner: krone: crown: franc: rupee: peso: lei: leu: dirham: riyal: dinar: cent: pence:"
    ).split()
)
"""Names of currencies; without a code where more than one country has it, or where it is a part of another."""
CODES = frozenset({*SIGNS.values(), *CURRENCIES.values(), "CHF", "NOK", "DKK", "MXN", "PKR"} - {""})
SCALES = {"thousand": 3, "k": 3} | dict.fromkeys(("million", "mln", "mn", "m"), 6)
SCALES |= dict.fromkeys(("billion", "bn", "b"), 9) | dict.fromkeys(("trillion", "trn", "tn"), 12)
WORDS = {
    word: number
    for number, word in enumerate(
        "a one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
} | {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
NAMING = frozenset(
    "no nos row item page chapter article section flight room gate route bus line platform district channel highway "
    "unit block formula apollo boeing airbus windows version number level grade type phase stage game hole act "
    "paragraph clause figure case local table group resolution".split()
)
"""A number after one of these says which, not how many."""
MOST_DIGITS = 15
"""More of them name something: an account, a parcel."""

# A class at the beginning makes the search fast.
FIGURE = re.compile(r"[\d]\d*+(?:,\d{3}(?!\d))*+(?:\.\d++)?+")
_units = "two|three|four|five|six|seven|eight|nine"
_tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
SPELLED = rf"(?:{_tens})(?:-(?:one|{_units}))?|(?:{_units}|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)"
BEGINNINGS = "[Tt](?:w|hr|hir|en)|[Ff](?:ou|ort|if|iv)|[Ss](?:ix|ev)|[Ee](?:ig|le)|[Nn]in|[Oo]ne"
"""With what SPELLED begins."""
_large = "thousand|million|billion|trillion"
_names = "|".join(sorted(CURRENCIES, key=len, reverse=True))
_codes = "|".join(sorted(CODES))
_score = re.compile(r"[-–]\d{1,3}(?:\.\d)?(?![\w%])")
_percent = re.compile(r" ?%|[ -](?:per ?cent|pct|percentage points?)\b")
_scale = re.compile(rf"[ -]({_large})\b|(k|m|mn|mln|bn|b|tn|trn)\b| (mn|mln|bn|trn)\b")
_hundred = re.compile(r"[ -]hundred\b")
_currency = re.compile(
    rf"[ -](?:(?:US|Canadian|Australian|Singapore|Swiss) )?(?:({_names})s?|({_codes}))\b| ?([€£¥])| (pounds)\b(?! of)"
)
_ordinal = re.compile(r"(?:st|nd|rd|th)\b|[:/]\d|[A-Z]\b|-quarters|[ -](?:thirds?|fifths|sixths|eighths|tenths)\b")


def figure(text: str, start: int, end: int) -> Mention | None:
    """What the figures that stand there are part of; None where they name something.

    >>> [figure(text, text.index("1"), len(text.rstrip("bnmilo% ")))[2] for text in ("US$ 1.9bn", "12 million", "1.7%")]
    ['USD 1900000000', '12000000', '1.7 %']
    """
    sign = _sign(text, start)
    written = text[start:end].replace(",", "")
    if len(written) > MOST_DIGITS or (not sign and _is_a_name(text, start)) or _ordinal.match(text, end):
        return None
    score = None if sign else _score.match(text, end)
    if score:
        return Mention(Span(start, score.end()), "number", text[start : score.end()].replace("–", "-"), 0.8, "score")
    return _amount(text, Span(start, end), Decimal(written), sign)


def spelled(text: str, start: int, end: int) -> Mention | None:
    """What a number in words is part of; None where it is part of a name: ``Radio Four``."""
    is_capital_inside = text[start].isupper() and (
        text[start - 2 : start - 1].isalnum() or text[start - 2 : start] == ", "
    )
    if (is_capital_inside and start) or _is_a_name(text, start) or _ordinal.match(text, end):
        return None
    value = Decimal(sum(WORDS[word] for word in text[start:end].lower().split("-")))
    hundred = _hundred.match(text, end)
    if hundred:
        value, end = value * 100, hundred.end()
    return _amount(text, Span(start, end), value, "")


def _amount(text: str, span: Span, value: Decimal, sign: str) -> Mention | None:
    """The amount of so much with its scale and its unit, where that is a currency or per cent."""
    start, end = span.start - len(sign), span.end
    if not sign and (percent := _percent.match(text, end)):
        return Mention(Span(start, percent.end()), "number", f"{_plain(value)} %", 0.95, "percent")
    scale = _scale.match(text, end)
    currency = _currency.match(text, scale.end() if scale else end)
    if scale and scale[2] and not sign and not currency and scale[2] in {"m", "b", "k"}:
        scale = None  # metres, more often than millions
    if scale:
        value, end = value.scaleb(SCALES[scale[scale.lastindex or 0]]), scale.end()
    if sign or currency:
        end = currency.end() if currency and not sign else end
        code = SIGNS.get(sign.strip(), sign.strip()) if sign else _code(currency)
        return Mention(Span(start, end), "money", f"{code} {_plain(value)}" if code else "", 0.95, "currency")
    return Mention(Span(start, end), "number", _plain(value), 0.9, "figure")


def _code(currency: re.Match[str] | None) -> str:
    if currency is None or currency[4]:
        return "GBP" if currency else ""
    return CURRENCIES.get(currency[1] or "", "") or currency[2] or SIGNS.get(currency[3] or "", "")


def _sign(text: str, start: int) -> str:
    """The sign or code of a currency directly before, with a space that parts them."""
    before = text[max(0, start - 4) : start]
    plain = before.rstrip(" ")
    if len(before) - len(plain) > 1:
        return ""
    for length in (3, 2, 1):
        sign = plain[-length:]
        if len(sign) == length and (sign in SIGNS or sign in CODES):
            return sign + before[len(plain) :]
    return ""


def _is_a_name(text: str, start: int) -> bool:
    """Whether what stands before makes a number a name: ``No. 88``, ``G7``, ``Covid-19``, ``#1``."""
    before = text[max(0, start - 12) : start]
    if not before or before[-1] in "([“‘\"'—–\n$€£":
        return False
    if not before[-1].isspace():
        return before[-1] != "," and not (before[-1] in "-−+" and (len(before) < 2 or before[-2].isspace()))
    words = before.split()
    return bool(words) and words[-1].strip("“‘\"'(.").lower() in NAMING


def _plain(value: Decimal) -> str:
    """A value without what says nothing: ``1.50`` is ``1.5``, and no exponent.

    >>> _plain(Decimal("1.90").scaleb(6)), _plain(Decimal("2.80"))
    ('1900000', '2.8')
    """
    return f"{value.normalize():f}"
