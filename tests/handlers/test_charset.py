"""Bytes to text: every encoding that newsrooms use, and a plain no to what is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.parts.charset import clean, decode
from presslog.handlers.parts.markup import markup_of
from presslog.store.errors import Unreadable

RUSSIAN = (
    "Власти порта закрыли два причала из пяти: водолазы нашли трещины в бетоне, сообщил представитель ведомства. " * 3
)
POLISH = "Zarząd portu zamknął w poniedziałek dwa z pięciu nabrzeży, bo nurkowie znaleźli pęknięcia w betonie. " * 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251", "koi8_r", "cp866"])
def test_russian_is_read_in_every_encoding_it_comes_in(encoding: str) -> None:
    content = RUSSIAN.encode(encoding)

    text = decode(content)

    assert text == RUSSIAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLISH, "cp1250"),
        ("Según fuentes del puerto, dos muelles cerraron.", "cp1252"),
        ("The minister’s “plan” – no more.", "cp1252"),
        ("Plain words in two bytes each.", "utf-16-le"),
        ("Plain words in two bytes each.", "utf-16-be"),
        (
            "港湾局は月曜日に五つの桟橋のうち二つを閉鎖した。ダイバーがひび割れを発見したためだと広報担当者は述べた。",
            "shift_jis",
        ),
    ],
)
def test_other_encodings_are_found_without_a_mark(text: str, encoding: str) -> None:
    content = text.encode(encoding)

    decoded = decode(content)

    assert decoded == text


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7\n%words", "PDF document"),
        (b"PK\x03\x04words", "ZIP archive"),
        (b"\x1f\x8b\x08words", "gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"\xff\xd8\xff\xe0", "JPEG image"),
        (b"\x7fELF\x02", "ELF program"),
        (b"SQLite format 3\x00", "SQLite database"),
        (b"words\x00words", "NUL bytes"),
        (b"words" + bytes(range(1, 8)) * 9, "control characters"),
        (b"\xff\xfe" + b"\x00\xd8" * 99, "byte order mark"),
    ],
)
def test_a_binary_is_refused_by_its_kind(start: bytes, kind: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(start)

    assert refusal.value.code == "binary"
    assert kind in str(refusal.value)


def test_line_ends_of_every_system_become_one() -> None:
    content = "one\r\ntwo\rthree\u2028four\u2029five\x85six\nseven".encode()

    text = decode(content)

    assert text.split("\n") == ["one", "two", "three", "four", "five", "six", "seven"]


def test_stray_control_characters_go_and_tabs_stay() -> None:
    content = ("a long line of plain words\tand more of them\x07 with\x1b a bell\ufeff" + "." * 60).encode()

    text = decode(content)

    assert text == "a long line of plain words\tand more of them with a bell" + "." * 60


def test_one_damaged_byte_does_not_turn_utf8_into_something_else() -> None:
    content = RUSSIAN.encode() + b"\xd0\x20end"

    text = decode(content)

    assert text == RUSSIAN + "\ufffd end"


@given(st.text(alphabet=st.characters(codec=None)))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)

    twice = clean(once)

    assert twice == once
    assert not set(once) & {"\r", "\0", "\u2028"}
    assert once.encode().decode() == once


@given(st.binary())
def test_any_bytes_are_clean_text_or_binary(content: bytes) -> None:
    try:
        text = decode(content)
    except Unreadable as refusal:
        text = refusal.code

    cleaned = clean(text)

    assert cleaned == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\n<!DOCTYPE html>", "HTML"),
        ("<html lang=en>", "HTML"),
        ("<?xml version='1.0'?>", "XML"),
        ("<nitf>", "XML"),
        ('{"headline": "cut in the mid', "JSON"),
        ('[{"a": 1}]', "JSON"),
        ("[1, 2]", "JSON"),
        ("{\\rtf1\\ansi", "RTF"),
        ("WARC/1.1", "a WARC archive"),
        ("BEGIN:VCALENDAR", "a calendar or card"),
        ("From: a@b.example\nSubject: x\nMIME-Version: 1.0\n", "a mail message"),
        ("<div class='a'>", "HTML or XML"),
        ("Rain: it fell\nSource: Wire", ""),
        ("[Rain] fell", ""),
        ("{Rain} fell", ""),
        ("<3 million> people", ""),
        ("[" * 100_000, ""),
    ],
)
def test_markup_is_told_from_prose(text: str, name: str) -> None:
    seen = text

    answer = markup_of(seen)

    assert answer == name
