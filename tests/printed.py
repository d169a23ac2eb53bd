"""PDFs for tests, written by hand: lines of text at their places."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Printed(NamedTuple):
    """A line of text, its place in points from the left and from the bottom, and the size of its letters."""

    text: str
    left: float = 72
    bottom: float = 700
    size: float = 10


def pdf_of(pages: Sequence[Sequence[Printed]], stated: Mapping[str, str] | None = None, *, catalog: str = "") -> bytes:
    """A small whole PDF with one font."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        drawn = "\n".join(
            f"BT /F1 {line.size} Tf 1 0 0 1 {line.left} {line.bottom} Tm ({_quoted(line.text)}) Tj ET" for line in lines
        )
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append("<< " + " ".join(f"/{key} ({_quoted(value)})" for key, value in (stated or {}).items()) + " >>")
    return _written(objects)


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _written(objects: Sequence[str]) -> bytes:
    content, places = b"%PDF-1.7\n", []
    for number, words in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{words}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n"
    return content + f"{end}{trailer}startxref\n{len(content)}\n%%EOF\n".encode()
