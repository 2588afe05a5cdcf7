from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources.decode import decode, encoding_of, head_of
from broadsheet.sources.lines import lines_of

TEXT = "A tail · 3 authors • naïve – “quoted”\r\n" * 3


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32-be"),
    ],
)
def test_every_unicode_encoding_is_read_without_remark(content: bytes, encoding: str) -> None:
    decoded = decode(content)
    assert (decoded.text, decoded.encoding, decoded.remarks) == (TEXT, encoding, ())
    assert head_of(content) == TEXT


def test_bytes_that_are_not_utf8_read_as_windows_1252_with_a_note() -> None:
    decoded = decode(TEXT.encode("cp1252"))
    assert decoded.text == TEXT
    assert [(remark.level, "Windows-1252" in remark.reason) for remark in decoded.remarks] == [("note", True)]


def test_one_stray_byte_does_not_spoil_the_rest() -> None:
    decoded = decode("naïve ".encode() + b"\x93x\x94 \x81 " + "naïve".encode())
    assert decoded.text == "naïve “x” \ufffd naïve"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_character_cut_at_the_end_of_the_file_is_left_out_with_a_warning(encoding: str) -> None:
    content = ("Kites and more kites 🪁").encode(encoding)[:-1]
    decoded = decode(content)
    assert decoded.text == "Kites and more kites "
    assert [(remark.level, remark.reason) for remark in decoded.remarks] == [
        ("warning", "the file ends in the middle of a character")
    ]


def test_broken_utf16_is_read_with_a_warning() -> None:
    decoded = decode(codecs.BOM_UTF16_LE + "kites ".encode("utf-16-le") + b"\x00\xdc" + "kites".encode("utf-16-le"))
    assert decoded.text == "kites \ufffdkites"
    assert [remark.level for remark in decoded.remarks] == ["warning"]


def test_the_head_may_end_in_the_middle_of_a_character() -> None:
    assert head_of("ab·".encode(), size=3).startswith("ab")
    assert head_of("abc".encode("utf-16"), size=3) == "a\ufffd"


@given(st.binary())
def test_any_bytes_are_read_and_hold_no_surrogate(content: bytes) -> None:
    decode(content).text.encode()
    head_of(content).encode()
    assert encoding_of(content)[1] <= len(content)


def test_lines_break_at_crlf_lf_and_cr_only() -> None:
    lines = lines_of("a\r\nb\n\n\x0b\rc\x0cd\u2028e\x85f\u00a0 g")
    assert [(line.number, line.text) for line in lines] == [(1, "a"), (2, "b"), (5, "c d e f g")]
