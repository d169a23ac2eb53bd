"""What a crawler keeps, for tests: records, answers, a page, and zips to lay them in."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from presslog.handlers.formats import Format
from presslog.handlers.parts.charset import decode
from presslog.store.article import Article
from presslog.store.errors import Unreadable

PAGE = "<!doctype html><html><title>Bell of Tarn Rings</title><p>It rang on Monday in façades of Tarn.</p></html>"
URL = "https://tarn.example/news/bell"


def is_page(content: bytes, _name: str) -> float:
    return 0.99 if decode(content).startswith("<!doctype html>") else 0.0


def read_page(content: bytes, _name: str) -> list[Article]:
    found = re.search("<title>(.*?)</title>.*?<p>(.*?)</p>", decode(content))
    return [Article(title=found[1], text=found[2])] if found else []


PAGES = Format("page", is_page, read_page)
"""A format that reads such a page and no other."""


def record(kind: str, block: bytes, url: str = URL, **named: str) -> bytes:
    headers = {"WARC-Type": kind, "WARC-Target-URI": url, "Content-Length": str(len(block))}
    headers |= {name.replace("_", "-"): value for name, value in named.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def answer(body: bytes, kind: str = "text/html", status: str = "200 OK", **headers: str) -> bytes:
    named = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def response(body: bytes = PAGE.encode(), **headers: Any) -> bytes:
    return record("response", answer(body, **headers), Content_Type="application/http; msgtype=response")


def code_of(read: Callable[[bytes], object], content: bytes) -> str:
    """The code that bytes are refused with, empty where they are read."""
    try:
        read(content)
    except Unreadable as error:
        return error.code
    return ""


def zip_of(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()
