"""Text for terminals: what an article must not do there is made visible, and what is too long ends in an ellipsis."""

import re

SHORT_ID = 12
"""So much of an id is shown where nobody takes it for the whole: enough to name it in all but huge archives."""
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
SIZES = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))
_BEYOND_C1 = "\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
"""Marks that turn the direction of text, separators that some programs obey, and letters that nobody sees."""
_CONTROL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BEYOND_C1}]")
_BEYOND_JSON = re.compile(f"[\x7f-\x9f{_BEYOND_C1}]")


def visible(text: str) -> str:
    r"""Write control, escape and bidi characters as ``\x1b`` or ``\u202e``; tabs and line ends stay.

    >>> visible("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text: str) -> str:
    r"""The same on one line, with single spaces.

    >>> one_line("two\n lines\r")
    'two lines\\r'
    """
    return " ".join(visible(text).split())


def json_safe(json: str) -> str:
    """JSON in which also those characters are escaped that JSON itself lets through."""
    return _BEYOND_JSON.sub(lambda found: _escaped(found[0]), json)


def xml_safe(xml: str) -> str:
    """XML in which the same characters are written as their numbers."""
    return _BEYOND_JSON.sub(lambda found: f"&#{ord(found[0])};", xml.replace("\r", "&#13;"))


def _escaped(letter: str) -> str:
    units = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def shorten(text: str, width: int) -> str:
    """Cut a line to so many columns of a terminal.

    >>> shorten("Rivers rise", 8)
    'Rivers …'
    """
    if text.isascii():
        return text if len(text) <= width else text[: max(width - 1, 0)] + "…"
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def width_of(text: str) -> int:
    """How many columns of a terminal a line takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def lasting(seconds: float) -> str:
    """How long something lasts, in its largest unit.

    >>> lasting(45), lasting(7200)
    ('45 s', '2 h')
    """
    return next((f"{seconds / unit:.0f} {name}" for unit, name in UNITS if seconds >= unit), f"{seconds:.0f} s")


def size(size_bytes: int) -> str:
    """How much something is, in its largest unit.

    >>> size(12), size(1536)
    ('12 bytes', '1.5 kB')
    """
    return next(
        (f"{size_bytes / unit:.1f} {name}" for unit, name in SIZES if size_bytes >= unit), f"{size_bytes} bytes"
    )
