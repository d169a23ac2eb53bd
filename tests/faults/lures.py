"""Files of strangers who want more than to be read: what is read elsewhere, unpacked without end, or never finished."""

import bz2
import gzip
import io
import json
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import zstandard
from printed import Printed, pdf_of

SAMPLES = Path(__file__).parents[1] / "samples"
MIB = 1 << 20
XML = ("nitf/ferry.xml", "newsml/revision.xml", "newsml-g2/message.xml", "newsxml/flash.xml")
XML += ("feed/rss2.xml", "feed/atom.xml", "feed/rdf.xml", "feed/wordpress.xml")
_before_root = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>\s*)*", re.DOTALL)
_root = re.compile(r"<([\w:.-]+)[^>]*>")
_words = re.compile(r">(?=[A-Z][a-z]+ [^<>&]{10,}<)")

ARTICLE = "<nitf><head><title>Rivers rise</title></head><body><body.content><p>The water came at night.</p>"
ARTICLE += "</body.content></body></nitf>"
PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Rivers rise</title></head><body><h1>Rivers rise</h1>'
PAGE += "<p>The water came at night, and nobody slept in the town.</p>" * 5 + "</body></html>"
CONTAINER = '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>'
PACKAGE = '<package xmlns="http://www.idpf.org/2007/opf"><metadata><title>Rivers rise</title></metadata>'
PACKAGE += '<manifest><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>'


def subsets(canary: Path, address: str) -> dict[str, tuple[str, str]]:
    """Ways to ask a parser for what lies elsewhere: what follows the name in a DOCTYPE, and a use of it."""
    file, far = canary.as_uri(), f"{address}/canary"
    return {
        "entity-file": (f'[<!ENTITY lure SYSTEM "{file}">]', "&lure;"),
        "entity-http": (f'[<!ENTITY lure SYSTEM "{far}">]', "&lure;"),
        "entity-public": (f'[<!ENTITY lure PUBLIC "-//x" "{far}">]', "&lure;"),
        "entity-ftp": (f'[<!ENTITY lure SYSTEM "{far.replace("http", "ftp")}">]', "&lure;"),
        "parameter-file": (f'[<!ENTITY % p SYSTEM "{file}.dtd"> %p;]', "&lure;"),
        "parameter-http": (f'[<!ENTITY % p SYSTEM "{far}.dtd"> %p;]', "&lure;"),
        "dtd-file": (f'SYSTEM "{file}.dtd"', "&lure;"),
        "dtd-http": (f'PUBLIC "-//x" "{far}.dtd"', "&lure;"),
        "include-file": ("", f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>'),
        "include-http": ("", f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{far}"/>'),
        "stylesheet": ("", f'<?xml-stylesheet type="text/xsl" href="{far}.xsl"?>'),
        "schema": ("", f'<a xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="u {far}.xsd"/>'),
    }


def lured(markup: str, subset: str, use: str) -> str:
    """A document with a DOCTYPE of its own, that uses what is declared there in its first words."""
    markup = markup[_before_root.match(markup).end() :]
    name = _root.match(markup)[1]
    doctype = f"<!DOCTYPE {name} {subset}>" if subset else ""
    body = _words.sub(lambda found: found[0] + use, markup, count=3)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{doctype}\n{body}'


def lures(canary: Path, address: str) -> Iterator[tuple[str, bytes]]:
    """Files that ask for a canary, by every way, in every format that holds markup; others fetch or run things."""
    documents = {name: (SAMPLES / name).read_text("utf-8") for name in XML}
    for way, (subset, use) in subsets(canary, address).items():
        for name, markup in documents.items():
            yield f"{way}-{name.replace('/', '-')}", lured(markup, subset, use).encode()
        wide = lured(documents["nitf/ferry.xml"], subset, use).replace("utf-8", "utf-16", 1)
        yield f"{way}-utf16.xml", wide.encode("utf-16")
        page = lured(PAGE, subset, use)
        yield f"{way}.xhtml", page.encode()
        yield f"{way}.html", page.partition("\n")[2].encode()
        yield f"{way}.zip", zip_of({"a.xml": lured(ARTICLE, subset, use), "b.html": page})
        for place in ("META-INF/container.xml", "c.opf", "a.xhtml"):
            parts = {"META-INF/container.xml": CONTAINER, "c.opf": PACKAGE, "a.xhtml": PAGE}
            parts[place] = lured(parts[place], subset, use)
            yield f"{way}-{place.rpartition('/')[2]}.epub", zip_of({"mimetype": "application/epub+zip"} | parts)
        yield f"{way}.mhtml", mhtml_of(page)
        yield f"{way}.eml", f"From: a@b.c\nSubject: Rivers\nContent-Type: text/html\n\n{page}".encode()
        yield f"{way}.warc", warc_of(page.encode(), kind="application/xhtml+xml")
        yield f"{way}.json", json.dumps({"uri": way, "type": "text", "headline": "Rivers", "body_html": page}).encode()
    yield from fetching(canary, address)


def fetching(canary: Path, address: str) -> Iterator[tuple[str, bytes]]:
    """What a browser would fetch, and what a careless reader would run."""
    file = canary.as_uri()
    tags = f'<base href="{address}/"><link rel="stylesheet" href="{address}/a.css"><img src="{address}/a.png">'
    tags += (
        f'<iframe src="{file}"></iframe><meta http-equiv="refresh" content="0;url={address}/"><object data="{file}">'
    )
    yield "fetch.html", PAGE.replace("<body>", f"<body>{tags}").encode()
    yield "fetch.md", f"# Rivers rise\n\n![a]({address}/a.png)\n\n![b]({file})\n\nThe water came.".encode()
    yield "run.md", f"---\ntitle: !!python/object/apply:os.system ['cat {canary}']\n---\n\nThe water came.".encode()
    yield "include.md", f"---\ntitle: !include {canary}\n---\n\nThe water came.".encode()
    open_action = f"/OpenAction << /S /URI /URI ({address}/) >> /AA << /WC << /S /Launch /F ({canary}) >> >>"
    yield (
        "open.pdf",
        pdf_of([[Printed("Rivers rise", size=20), Printed("The water came.", bottom=600)]], catalog=open_action),
    )
    links = tarfile.TarInfo("a.txt")
    links.type, links.linkname = tarfile.SYMTYPE, str(canary)
    yield "link.tar", links.tobuf() + bytes(1024)
    entry = zipfile.ZipInfo("a.txt")
    entry.external_attr = 0o120777 << 16
    yield "link.zip", zip_of({entry: str(canary)})
    yield "up.zip", zip_of({f"{'../' * 20}{str(canary)[1:]}": "x", "/etc/passwd.txt": "Rivers\n\nThe water came."})


def zip_of(members: "dict[str | zipfile.ZipInfo, str | bytes]") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def mhtml_of(page: str) -> bytes:
    head = "From: <Saved by Blink>\nSnapshot-Content-Location: http://a.example/\nSubject: Rivers\nMIME-Version: 1.0\n"
    head += 'Content-Type: multipart/related; boundary="b"; type="text/html"\n\n'
    part = "--b\nContent-Type: text/html\nContent-Location: http://a.example/\n\n"
    return f"{head}{part}{page}\n--b--\n".encode()


def warc_of(content: bytes, *, kind: str = "text/html", encoding: str = "", count: int = 1) -> bytes:
    coded = f"Content-Encoding: {encoding}\r\n" if encoding else ""
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{coded}\r\n".encode() + content
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2022-01-01T00:00:00Z\r\n"
    head += "WARC-Target-URI: http://a.example/\r\nContent-Type: application/http; msgtype=response\r\n"
    return (f"{head}Content-Length: {len(answer)}\r\n\r\n".encode() + answer + b"\r\n\r\n") * count


def entity_bombs() -> Iterator[tuple[str, bytes]]:
    """XML that grows, or is deeper or wider than anything that was written to be read."""
    nested = "".join(f'<!ENTITY l{each} "{f"&l{each - 1};" * 10}">' for each in range(1, 10))
    yield "laughs.xml", lured(ARTICLE, f'[<!ENTITY l0 "lol">{nested}]', "&l9;").encode()
    yield "quadratic.xml", lured(ARTICLE, f'[<!ENTITY a "{"a" * 100_000}">]', "&a;" * 100_000).encode()
    grown = '<!ENTITY % a "x"><!ENTITY % b "%a;%a;">' + "%b;" * 1_000
    yield "parameters.xml", lured(ARTICLE, f"[{grown}]", "").encode()
    yield "deep.xml", ARTICLE.replace("<p>", "<p>" * 100_000).encode()
    for name, size in (("attribute.xml", 8 * MIB), ("attribute-huge.xml", 50 * MIB)):
        yield name, ARTICLE.replace("<nitf>", f'<nitf a="{"x" * size}">').encode()
    yield "attributes.xml", ARTICLE.replace("<p>", "<p " + " ".join(f'a{n}="1"' for n in range(300_000)) + ">").encode()
    yield (
        "namespaces.xml",
        ARTICLE.replace("<p>", "<p " + " ".join(f'xmlns:a{n}="u"' for n in range(50_000)) + ">").encode(),
    )
    yield "rss-deep.xml", b"<rss><channel><item><title>x</title><description>" + b"<a>" * 100_000
    feed = "<rss><channel><item><title>&l9;</title><description>&l9;</description></item></channel></rss>"
    yield "rss-laughs.xml", f'<!DOCTYPE rss [<!ENTITY l0 "lol">{nested}]>{feed}'.encode()
    parts = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "a.xhtml": PAGE}
    package = lured(PACKAGE, f'[<!ENTITY l0 "lol">{nested}]', "&l9;")
    yield "laughs.epub", zip_of(parts | {"c.opf": package})
    yield "doctypes.xml", b"<!DOCTYPE " * 100_000


def packed_bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that unpack to very large ones, in each other and upon each other."""
    zeros = bytes(100 * MIB)
    yield "one.zip", zip_of({"a.txt": bytes(60 * MIB), "b.txt": bytes(60 * MIB), "c.txt": zeros})
    inner = zip_of({f"{each}.txt": bytes(10 * MIB) for each in range(5)})
    yield "inside.zip", zip_of({f"{each}.zip": inner for each in range(16)})
    yield "upon.zip", overlapping_zip(5_000, 10 * MIB)
    yield "many.zip", zip_of({f"{each}.txt": "" for each in range(50_500)})
    yield "deep.zip", _in_each_other(inner, 40)
    yield "quine.gz", gzip.compress(gzip.compress(zeros))
    yield "a.gz", gzip.compress(zeros)
    yield "a.bz2", bz2.compress(zeros)
    yield "a.xz", lzma.compress(zeros, preset=0)
    yield "a.zst", zstandard.compress(zeros)
    yield "window.zst", bytes.fromhex("28b52ffd00a8010000")
    yield "a.tgz", gzip.compress(_tar_of(20, 10 * MIB))
    yield "sparse.tar", _sparse_tar(1 << 40)
    book = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "c.opf": PACKAGE}
    yield "a.epub", zip_of(book | {"a.xhtml": b" " * (60 * MIB)})
    yield "a.warc.gz", gzip.compress(warc_of(zeros))
    yield "gzip.warc", warc_of(gzip.compress(gzip.compress(zeros)), encoding="gzip, gzip")
    yield "brotli.warc", warc_of(brotli.compress(zeros, quality=3), encoding="br")
    yield "a.wacz", zip_of({"datapackage.json": b" " * (60 * MIB), "archive/a.warc": warc_of(zeros[: 40 * MIB])})
    yield "list.wacz", zip_of({"datapackage.json": "[" * 100_000, "archive/a.warc.gz": gzip.compress(warc_of(zeros))})


def overlapping_zip(count: int, size: int) -> bytes:
    """A zip whose files are all the same packed bytes: 42.zip without another zip in it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(bytes(size)) + packer.flush()
    about = (zlib.crc32(bytes(size)), len(kernel), size)
    body = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, *about, 1, 0) + b"a" + kernel
    listed = b""
    for name in (b"%d.txt" % each for each in range(count)):
        listed += (
            struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, *about, len(name), 0, 0, 0, 0, 0, 0)
            + name
        )
    return body + listed + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(listed), len(body), 0)


def _in_each_other(content: bytes, depth: int) -> bytes:
    for _ in range(depth):
        content = zip_of({"a.zip": content})
    return content


def _tar_of(count: int, size: int) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for each in range(count):
            entry = tarfile.TarInfo(f"{each}.txt")
            entry.size = size
            archive.addfile(entry, io.BytesIO(bytes(size)))
    return held.getvalue()


def _sparse_tar(size: int) -> bytes:
    entry = tarfile.TarInfo("a.txt")
    entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(size)}
    return entry.tobuf(tarfile.PAX_FORMAT) + bytes(1024)


def slow_pages() -> Iterator[tuple[str, bytes]]:
    """What parsers take very long for; the two first are never finished within the limits that a test sets."""
    yield "paragraphs.html", b"<html><body>" + b"<p>x" * 250_000
    yield "parameters.eml", b"From: a@b\nSubject: T\nContent-Type: text/plain; " + b'a*0="x"; ' * 60_000 + b"\n\nwater"
    yield "deep.html", b"<html><body>" + b"<div>" * 100_000 + b"water " * 100
    yield "bold.html", b"<html><body><p>" + b"<b>" * 300_000
    yield "tables.html", b"<html><body>" + b"<table><tr><td>x" * 20_000
    yield "links.html", b"<html><body>" + b"<a href=x>water " * 60_000
    yield "line.html", b"<html><body><p>" + b"water " * 170_000
    yield "line.txt", b"a" * MIB
    yield "blanks.txt", b"T" + b" " * (MIB // 5) + b"x"
    yield (
        "headers.eml",
        b"From: a@b\n" + b"".join(b"X-%d: y\n" % each for each in range(100_000)) + b"Subject: T\n\nwater",
    )
    yield "parts.eml", mail_in_each_other(3_000)
    yield "comments.eml", b"From: " + b"(" * 300_000 + b"\nSubject: T\n\nwater"
    yield "brackets.json", b"[" * MIB
    yield "objects.json", b'{"a":' * 200_000
    yield "number.json", b'{"uri":"x","headline":"T","body_text":"w","version":' + b"9" * MIB + b"}"
    yield "aliases.md", b"---\n" + b"".join(_aliases()) + b"title: *b8\n---\n\nThe water came."
    yield "frames.wire", b"\x01eca0003 3 i 180  dpa 0045\r\n\x02" + b"\x01a\x02" * 60_000


def _aliases() -> Iterator[bytes]:
    yield b"b0: &b0 [x, x, x, x, x, x, x, x, x]\n"
    for each in range(1, 9):
        yield b"b%d: &b%d [%s]\n" % (each, each, b", ".join([b"*b%d" % (each - 1)] * 9))


def mail_in_each_other(depth: int) -> bytes:
    opened = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (each, each) for each in range(depth))
    return b"From: a@b\nSubject: T\nMIME-Version: 1.0\n" + b"".join(opened) + b"Content-Type: text/plain\n\nwater\n"


def odd_letters() -> Iterator[tuple[str, bytes]]:
    """Letters that are none, in formats that have their own ways to write them."""
    mail = b"From: a@b\nSubject: %s\nContent-Type: text/plain; charset=%s\n\n%s"
    yield "utf7.eml", mail % (b"=?utf-7?q?+ADw-script+AD4-?=", b"utf-7", b"+ADw-script+AD4- The water came.")
    yield "nocharset.eml", mail % (b"=?nosuch?b?////?=", b'"../../etc/passwd"', b"The water\x00 came \xff.")
    yield "codec.eml", mail % (b"=?zlib?b?eJw=?=", b"zip", b"The water came.")
    yield "idna.eml", mail % (b"=?punycode?q?" + b"a-" * 5_000 + b"?=", b"punycode", b"a-" * 20_000)
    said = "Rise \ud800\udfff \x00\x1b[31m\u202e\u2066\u200b\u200d\ue000 Рутин"
    item = {"uri": said, "type": "text", "headline": said, "body_text": f"{said}\n\n{said}", "byline": said}
    yield "surrogates.json", json.dumps(item).encode()
    yield "raw.json", b'{"uri":"u","type":"text","headline":"\xed\xa0\x80T","body_text":"The water \xed\xbf\xbf came."}'
    yield "nan.json", b'{"uri":"x","type":"text","headline":"T","body_text":"w","urgency":NaN,"version":1e999}'
    yield (
        "references.html",
        b"<html><title>Rise &#0;&#xd800;&#x202e;&#27;[31m</title><body><p>" + b"The water came. " * 20,
    )
    yield "references.xml", ARTICLE.replace("Rivers", "&#x202e;&#xe000;&#x85;").encode()
    yield "bidi.txt", "Rivers \u202eesir\u202c \u2067x\n\nThe water \u200b\u2060came \u061c.\n".encode()
    yield "c1.txt", "Rivers \x9b31m rise\n\nThe \x85 water.\n".encode()


PIECES = (
    "a",
    "A",
    " ",
    "\n",
    "\t",
    "\r\n",
    "\xa0",
    "\x1f",
    "\x0c",
    "-",
    "_",
    "*",
    "`",
    "[",
    "](",
    "{",
    "<",
    ">",
    "#",
    "=",
    "|",
    "\\",
    ":",
    ";",
)
PIECES += (
    ",",
    ".",
    '"',
    "'",
    "&",
    "@",
    "~",
    "0",
    "a ",
    "A. ",
    "A.B.",
    "a-",
    "a: b\n",
    "a\n\n",
    "\n-",
    "\n--\n",
    "a  \n",
    "**",
    "a*",
    "~~",
    "`a`",
)
PIECES += (
    "[a](b",
    "[a][",
    "![](",
    "[^a]:",
    "<a ",
    "<a b=",
    "<!--",
    "<?",
    "<![CDATA[",
    "&a;",
    "(a",
    "(Reuters) ",
    "By Ann Lee and ",
    "with ",
)
PIECES += (
    "LIMA, ",
    "LIMA/",
    "Jan 1 ",
    "2022-01-01 ",
    "10 min ",
    "© 2022 ",
    "http://",
    "a@b ",
    "\x01",
    "\x01a\x02",
    "“",
    "—",
    "…",
    "北",
    "א",
    '{"a":',
)
PIECES += (
    "---\n",
    "- a\n",
    "&a ",
    "> ",
    "```\n",
    "    ",
    "\\\n",
    "{:",
    "From a\n",
    "Subject: ",
    "=?utf-8?q?a?= ",
    "WARC/1.0\r\n",
    "AM-",
    "Eds: ",
)
BEGINNINGS = (
    "",
    "T\n\n",
    "T\n\nBy ",
    "---\n",
    "<",
    "<html",
    "{",
    "From: ",
    "# T\n\n",
    "<?xml version='1.0'?>",
    "T\n\nLIMA, ",
)
BEGINNINGS += (
    "\x01eca0003 3 i 180  dpa 0045\r\n\x02",
    "\x16\x16\x01s0284\x1f_-----\r\nr s\x12\x14 BC-ROW--Standings     08-18 \r\n\x02",
)


def repeated(size: int) -> list[bytes]:
    """A piece again and again behind a beginning, so that what tries every way to read it tries very many."""
    ends = ("", "!", "\n\nx")
    return [
        f"{begin}{piece * (size // len(piece))}{end}".encode()
        for begin in BEGINNINGS
        for piece in PIECES
        for end in ends
    ]
