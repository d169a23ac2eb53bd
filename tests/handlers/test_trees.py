"""Trees and blocks: hostile XML is refused or harmless, paragraphs come out as people see them."""

import pytest

from presslog.handlers.parts.blocks import paragraphs_of, text_of_html
from presslog.handlers.parts.trees import find, find_all, parse_xml, root_of, words_of
from presslog.store.errors import Unreadable

LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE])
def test_a_document_with_entities_of_its_own_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        parse_xml(content)

    assert refusal.value.code == "entities"


@pytest.mark.parametrize("content", [b"<a><b></a>", b"<a>", b"no xml", b"<" * 100_000, b"<a>" * 100_000])
def test_broken_xml_is_refused_with_the_line(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        parse_xml(content)

    assert refusal.value.code == "malformed"
    assert "line 1" in str(refusal.value)


def test_names_of_html_and_control_bytes_in_xml_are_read() -> None:
    root = parse_xml(b"<!DOCTYPE nitf SYSTEM 'nitf.dtd'><p>caf&eacute;&nbsp;&amp;\x0b bar</p>")

    assert words_of(root) == "café & bar"


def test_xml_that_lies_about_its_charset_is_read() -> None:
    root = parse_xml(
        '<?xml version="1.0" encoding="utf-8"?><p>Die Stürme über dem Süden, ähnlich früher</p>'.encode("cp1252")
    )

    assert words_of(root) == "Die Stürme über dem Süden, ähnlich früher"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_xml_that_declares_latin_letters_and_is_utf8_is_read(charset: str) -> None:
    root = parse_xml('<?xml version="1.0" encoding="ISO-8859-1"?><p>Stürme über Ærø</p>'.encode(charset))

    assert words_of(root) == "Stürme über Ærø"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- > -->\n<!DOCTYPE nitf SYSTEM 'x' [ <!ENTITY a 'b'> ]>\n<nitf>",
            "nitf",
        ),
        ("<?xml version='1.0'?><rss version='2.0'>".encode("utf-16"), "rss"),
        (b"<rdf:RDF xmlns:rdf='urn:r' xmlns='urn:d'>", "RDF"),
        (b"<br/>", "br"),
    ],
)
def test_the_root_is_found_without_parsing(content: bytes, name: str) -> None:
    root = root_of(content)

    assert root
    assert root.name == name


@pytest.mark.parametrize("content", [b"", b"plain", b"< a", b"<!-- never closed", b"<?xml" + b" " * 40_000])
def test_what_has_no_root_has_none(content: bytes) -> None:
    assert root_of(content) is None


def test_elements_are_found_whatever_their_namespace() -> None:
    root = parse_xml(b"<a xmlns='urn:a'><b k='1'/><c><b k='2'/></c></a>")

    assert [each.get("k") for each in find_all(root, "//b")] == ["1", "2"]
    assert [each.get("k") for each in find_all(root, "c/b")] == ["2"]
    assert find(root, "c/d") is None


def test_html_becomes_paragraphs() -> None:
    markup = "<h2>Rain</h2>It fell.<script>x</script><p>On Li\u00adma.<br>For  days&nbsp;.</p><ul><li>One<li>Two</ul>"

    assert text_of_html(markup) == "Rain\n\nIt fell.\n\nOn Lima.\nFor days .\n\nOne\n\nTwo"


def test_a_deep_page_is_walked_without_recursion() -> None:
    root = parse_xml(b"<a>" * 200 + b"x" + b"</a>" * 200)

    assert paragraphs_of(root) == ["x"]
    assert isinstance(text_of_html("<div>" * 20_000 + "deep"), str)
