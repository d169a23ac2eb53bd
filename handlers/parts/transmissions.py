"""Transmissions: what news wires share, the control bytes round their messages, old character sets, paragraphs."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from presslog.store.errors import Unreadable

from .charset import clean, decode
from .dates import MONTHS, Moment, read_date
from .paragraphs import to_paragraphs

SOH, STX, ETX, EOT = "\x01", "\x02", "\x03", "\x04"

FOREIGN_SHARE = 5
"""One byte in so many above 127: more than any Latin script needs, so the character set has to be detected."""

NATIONAL: tuple[tuple[re.Pattern[str], dict[int, int]], ...] = tuple(
    (re.compile(words), str.maketrans("[\\]{|}~", letters))
    for words, letters in (
        (r"\b(?:der|die|und|nicht|ist)\b", "ÄÖÜäöüß"),
        (r"\b(?:och|att|det|inte|som)\b", "ÄÖÅäöå~"),
        (r"\b(?:og|ikke|det|som|til)\b", "ÆØÅæøå~"),
    )
)
"""Words that tell a language -> the letters that its variant of ISO 646 has for brackets; German's is DIN 66003."""

MOST_MESSAGES = 20_000
"""A busy agency sends some thousand a day."""

CENTURY = 70
"""A year of two digits from here on is of the 20th century: no wire was kept before 1970."""

_national_months = {"okt": 10, "dez": 12, "mai": 5, "mrz": 3, "mär": 3, "fev": 2, "fév": 2, "avr": 4, "juin": 6}
_national_months |= {"juil": 7, "aou": 8, "aoû": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12, "mei": 5}
_month_numbers = MONTHS | _national_months

_ascii = bytes(range(128))
_controls = bytes(code for code in range(32) if code not in b"\t\r\n")
_frame = re.compile(rb"\x01([^\x01\x02\x03\x04]+)(?:\x02([^\x01\x03\x04]*))?(?:\x03([^\x01\x02\x04]*))?")
_inner_letter = re.compile(r"(?<=[A-Za-z])[{|}~](?=[a-z])|\b[{|}](?=[a-z]{2})|(?<=[a-z])~(?=\W)")
_dos_letter = re.compile(rb"(?<=[A-Za-z])[\x80-\x91\x93-\x9a\xa0-\xa5](?=[a-z])")
_latin_letter = re.compile(rb"(?<=[A-Za-z])[\xc0-\xff](?=[a-z])")
_instruction = re.compile(r"\x0c[^\x0c\x0b\n]{1,80}\x0b")
# Fonts, rails, bells and quads say how to set a line; the thin and the em space are spaces, a form feed ends a line.
_typography = str.maketrans(
    {chr(code): None for code in (*range(9), 14, 15, *range(17, 28), 127)}
    | {chr(code): " " for code in (16, 28, 29, 30, 31)}
    | {"\x0b": "\n", "\x0c": "\n"}
)
_lone_underscores = re.compile(r"(?<![^\s;])_(?![^\s;])")
_cells = re.compile(r";(?=\S)")
_column_gap = re.compile(r"\S[ \xa0]{3,}\S|\S\t\s*\S")
_time_group = re.compile(
    r"(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d) ?(?P<zone>GMT|UTC|Z|CET|CEST|MEZ|MESZ)?[ -]"
    r"(?P<month>[^\W\d_]{3,9})\.? (?P<year>\d{4}|\d\d)\b",
    re.IGNORECASE,
)


class Transmission(NamedTuple):
    """One message: its header, its text and what follows the text, all with ``\\n`` line ends."""

    header: str
    text: str
    trailer: str


def transmissions(content: bytes) -> Iterator[Transmission]:
    """The messages between SOH and EOT, in order; a cut one ends where the next begins or the file does.

    Raises:
        Unreadable: ``too-many-messages``.

    >>> list(transmissions(b"\\x16\\x16\\x01abc1 3 i 2\\r\\n\\x02Rain =\\r\\n\\x03061023 GMT Jan 22\\r\\n\\x04"))
    [Transmission(header='abc1 3 i 2\\n', text='Rain =\\n', trailer='061023 GMT Jan 22\\n')]
    """
    for number, found in enumerate(_frame.finditer(content)):
        if number == MOST_MESSAGES:
            raise Unreadable("too-many-messages", f"more than {MOST_MESSAGES} messages in it: split the file")
        header, text, trailer = (part or b"" for part in found.groups())
        if not found[2]:
            # No STX: the header is its first line.
            header, _, text = header.partition(b"\n")
        yield Transmission(decode_wire(header), decode_wire(text), decode_wire(trailer))


def decode_wire(raw: bytes) -> str:
    """Decode a wire's bytes, whose character set nobody states; its control characters stay, line ends become ``\\n``.

    >>> decode_wire(b"Gr\\x81ne und K\\xe1"), decode_wire(b"Die Gr}nen und f}r"), decode_wire(b"Gr\\xfcne")
    ('Grüne und Kß', 'Die Grünen und für', 'Grüne')
    """
    text = _decoded(raw).replace("\r\n", "\n").replace("\r", "\n")
    if raw.isascii() and len(_inner_letter.findall(text)) > 1:
        return next((text.translate(letters) for words, letters in NATIONAL if words.search(text)), text)
    return text


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    if len(raw.translate(None, _ascii)) * FOREIGN_SHARE > len(raw):
        try:
            return decode(raw.translate(None, _controls))
        except Unreadable:
            pass
    is_dos = len(_dos_letter.findall(raw)) > len(_latin_letter.findall(raw))
    return raw.decode("cp850" if is_dos else "cp1252", "replace")


def plain(text: str) -> str:
    """The text without what was meant for typesetting machines; quotes and dashes become those of print.

    >>> plain("LIMA (AP) _ ``It rained,'' \\x11he said.\\x10A snake_case stays.")
    'LIMA (AP) — “It rained,” he said. A snake_case stays.'
    """
    text = _lone_underscores.sub("—", _instruction.sub("", text).translate(_typography))
    return clean(text.replace("``", "“").replace("''", "”").replace("`", "‘"))


def wire_paragraphs(lines: Iterable[str], *, is_tabular: bool = False) -> list[str]:
    """Lines to paragraphs: one begins at a blank line or an indent; rows of a table stay lines of one paragraph.

    >>> wire_paragraphs(["  It rained.", "  Then it", "", "stopped."]), wire_paragraphs(["Ayr;1;0", "Hull;0;1"])
    (['It rained.', 'Then it', 'stopped.'], ['Ayr 1 0\\nHull 0 1'])
    """
    parts: list[str] = []
    tables: list[list[str]] = []
    is_row_before = False
    for line in lines:
        stripped = line.strip()
        is_row = bool(stripped) and (is_tabular or _is_row(stripped))
        if is_row and not is_row_before:
            tables.append([])
            # A placeholder, which the unwrapping of the prose round it leaves alone.
            parts += ["", f"\0{len(tables) - 1}", ""]
        if is_row:
            tables[-1].append(" ".join(stripped.replace(";", " ").split()) if _is_row(stripped) else stripped)
        else:
            parts += ["", stripped] if line[:1] == "\t" or line[:2] == "  " else [stripped]
        is_row_before = is_row
    return ["\n".join(tables[int(part[1:])]) if part[0] == "\0" else part for part in to_paragraphs(parts)]


def _is_row(line: str) -> bool:
    return line[0] in "|;" or len(_cells.findall(line)) > 1 or bool(_column_gap.search(line))


def read_time_group(words: str) -> Moment | None:
    """Read a date-time group, such as ``061023Z JAN 22``: day, hour, minute, month, year; without its year it is none.

    >>> read_time_group("131137 GMT Nov 13").at, read_time_group("310001 JUL 97").at, read_time_group("061023Z JAN")
    ('2013-11-13T11:37Z', '1997-07-31T00:01', None)
    """
    found = _time_group.search(words)
    month = _month_numbers.get(found["month"].lower(), _month_numbers.get(found["month"][:3].lower())) if found else 0
    if not found or not month:
        return None
    zone = (found["zone"] or "").upper().replace("MESZ", "CEST").replace("MEZ", "CET")
    day = f"{full_year(found['year'])}-{month:02}-{found['day']}"
    moment = read_date(f"{day} {found['hour']}:{found['minute']} {zone}")
    return moment._replace(raw=found[0]) if moment else None


def full_year(year: str) -> str:
    """A year of four digits for one of two.

    >>> full_year("97"), full_year("22"), full_year("2022")
    ('1997', '2022', '2022')
    """
    return year if len(year) == 4 else f"{19 if int(year) >= CENTURY else 20}{year}"
