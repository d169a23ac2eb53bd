"""Words of scripts that unicode61 cannot cut: folded, and written as pairs of letters, which an index can hold.

Chinese, Japanese and Thai have no spaces; Korean, Arabic and Hebrew glue small words to large ones. A run of such
letters becomes its pairs in order and its last letter alone: any piece of it is then a phrase of pairs, and a single
letter the beginning of a pair. Scripts whose vowels are marks, Devanagari and its kin, keep their words whole.
"""

import re
import unicodedata
from operator import add

SPREAD = (
    "\u05d0-\u05ea\u05ef-\u05f2"  # Hebrew
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06e5\u06e6\u06ee\u06ef\u06fa-\u06fc\u06ff"  # Arabic
    "\u0750-\u077f\u0870-\u0887\u0889-\u088e\u08a0-\u08c9"
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u103f\u1050-\u108f\u109a-\u109d\u1780-\u17d3\u17d7\u17dc\u17dd"  # Burmese, Khmer
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u3099\u309a\u309d-\u309f"  # Chinese, Japanese
    "\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua000-\ua48c\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"  # Yi, Korean, rare Chinese
)
WHOLE = "\u0710-\u074f\u0780-\u07f5\u0900-\u0963\u0966-\u0dff\u0f00\u0f18-\u0f39\u0f3e-\u0fbc"
"""Syriac, Thaana, N'Ko, the scripts of India, Tibetan: letters, and the marks that unicode61 takes for spaces."""
WORD = f"(?:[^\\W_{SPREAD}]|[{WHOLE}])"
"""A pattern: a letter or digit of a word that stays whole."""

# Compiled where they are first used: 8 ms that a search for plain words does not pay.
_HELD = f"[{SPREAD}{WHOLE}]"
_RUN = f"[{SPREAD}]+"
_LAST_RUN = f"[{SPREAD}]+(?=[\\W_]*\\Z)"
_PIECE = f"[{SPREAD}]+|{WORD}+"
# Measured: 10 us for an English article, a sixth of what a search for such a letter takes.
_PLAIN_BYTES = bytes(range(0xD6)) + b"\xe2"
"""UTF-8 of Latin, Greek, Cyrillic and of punctuation."""

_UNWRITTEN = (
    *range(0x0591, 0x05BE),  # Hebrew points
    *(0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7),
    *range(0x0610, 0x061B),  # Arabic vowels and tatweel
    *(0x061C, 0x0640, 0x0670),
    *range(0x064B, 0x0660),
    *range(0x06D6, 0x06DD),
    *range(0x06DF, 0x06E5),
    *(0x06E7, 0x06E8, 0x06EA, 0x06EB, 0x06EC, 0x06ED),
    *range(0x08CA, 0x08E2),
    *range(0x08E3, 0x0900),
    *range(0x200B, 0x2010),  # what joins and parts letters, or turns their direction
    *(0x2060, 0xFEFF),
    *range(0xFE00, 0xFE10),  # variants of a letter's look
    *range(0xE0100, 0xE01F0),
)
_ALIKE = {
    **dict.fromkeys((0x0622, 0x0623, 0x0625, 0x0671), 0x0627),  # alef
    **dict.fromkeys((0x0649, 0x06CC), 0x064A),  # yeh
    **dict.fromkeys((0x0629, 0x06BE, 0x06C0, 0x06C1), 0x0647),  # teh marbuta, heh
    0x06A9: 0x0643,  # kaf
    **{0x0660 + digit: 0x30 + digit for digit in range(10)},
    **{0x06F0 + digit: 0x30 + digit for digit in range(10)},
}
_FOLDED: dict[int, int | None] = {**dict.fromkeys(_UNWRITTEN), **_ALIKE}


def fold(text: str) -> str:
    """Text as it is compared: no case, no width, no vowel points, one alef and one yeh.

    >>> fold("ＡＢＣ ｶﾞｽ الأُمّة")
    'abc ガス الامه'
    """
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)


def has_grams(text: str) -> bool:
    """Whether a text holds letters that only the index of pairs can find.

    >>> has_grams("Beijing"), has_grams("“北京”")
    (False, True)
    """
    if text.isascii() or not text.encode("utf-8", "surrogatepass").translate(None, _PLAIN_BYTES):
        return False
    return bool(re.search(_HELD, fold(text)))


def grams(text: str) -> str:
    """A text as the index of pairs takes it.

    >>> grams("In 北京市 today").split()
    ['in', '北京', '京市', '市', 'today']
    """
    return re.sub(_RUN, _spread, fold(text))


def phrase(text: str, *, is_prefix: bool = False) -> str:
    """Words in order as an FTS5 expression for that index; its last run may go on in the article.

    >>> phrase("北京市"), phrase("北"), phrase("A股 上海")
    ('"北京 京市"', '"北" *', '"a 股 上海"')
    """
    folded = fold(text)
    last = re.search(_LAST_RUN, folded)
    words = grams(folded) if last is None else f"{grams(folded[: last.start()])} {_pairs(last[0]) or last[0]}"
    is_open = is_prefix if last is None else len(last[0]) == 1
    return '"' + " ".join(words.replace('"', '""').split()) + '"' + (" *" if is_open else "")


def pieces(text: str) -> list[str]:
    """The runs and words of a folded text, in order.

    >>> pieces("A股 上海!")
    ['a', '股', '上海']
    """
    return re.findall(_PIECE, fold(text))


def is_spread(piece: str) -> bool:
    """Whether a piece is a run of letters that stand in the index as pairs."""
    return bool(re.match(_RUN, piece))


def _spread(run: re.Match[str]) -> str:
    return f" {_pairs(run[0])} {run[0][-1]} "


def _pairs(run: str) -> str:
    return " ".join(map(add, run, run[1:]))
