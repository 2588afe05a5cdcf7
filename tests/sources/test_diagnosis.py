from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from broadsheet import sources
from broadsheet.errors import ParseFailed, SourceError, UnknownFormat
from tests.sources.copies import PAPERS, Layout, dump, render

ERROR_PAGE = b"<!DOCTYPE html>\n<html><head><title>503 Service\n Unavailable</title></head><body>later</body></html>"
PROSE = b"It rained all morning. The kites stayed in their boxes, and so did we.\n\nIn the afternoon it rained again.\n"


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("papers.txt", "kites")
    return buffer.getvalue()


UNREADABLE = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \r\n\t\n\x0c\n", "nothing but white space"),
    "blank utf-16": ("\ufeff \n".encode("utf-16-le"), "nothing but white space"),
    "much blank": (b" \n" * 100_000, "nothing but white space"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    "gzip": (gzip.compress(b"kites"), "a gzip archive"),
    "zip": (_zip(), "a zip archive"),
    "elf": (b"\x7fELF\x02\x01\x01", "an ELF program"),
    "zeros": (b"\0" * 5000, "binary data"),
    "noise": (bytes(range(256)) * 20, "binary data"),
    "controls": (b"\x01\x02kites\x03\x04" * 50, "binary data"),
}
UNKNOWN = {
    "error page": (ERROR_PAGE, "an HTML page titled '503 Service Unavailable'"),
    "untitled page": (b"<div>kites</div>", "an HTML page, not"),
    "xhtml": (b'<?xml version="1.0"?><!-- kites --><html><body><h1>Login</h1></body></html>', "titled 'Login'"),
    "xml with a comment": (b'<?xml version="1.0"?>\n<!-- <x> -->\n<kites version="2.0"/>', "XML (root element kites)"),
    "xml": (b"<?xml version='1.0'?><Kites/>", "XML (root element Kites)"),
    "no xml": (b"<?xml version='1.0'?>", "XML, of which"),
    "json": (b'\xef\xbb\xbf{"papers": []}', "JSON"),
    "json list": (b"[{}]", "JSON"),
    "markdown": (b"# Kites\n\nThe [kite](https://huggingface.co/papers/2607.00001) is up.\n", "Markdown"),
    "one line": ("naïve kites ".encode() * 1000, "one line of 12000 characters"),
    "prose": (PROSE, "text (3 lines seen) in which no listing"),
    "long prose": (PROSE * 1000, "lines at its begin seen"),
    "angle": (b"< 1 kite\n> 2 kites\nall day long\n", "text (3 lines seen)"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_called_by_its_name(kind: str) -> None:
    content, words = UNREADABLE[kind]
    with pytest.raises(UnknownFormat) as caught:
        sources.parse(dump(content, name="odd.bin"))
    _check(caught.value, words)
    with pytest.raises(ParseFailed) as named:
        sources.parse(dump(content, name="odd.bin"), format="daily-papers")
    _check(named.value, words)


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_no_listing_is_called_by_its_name(kind: str) -> None:
    content, words = UNKNOWN[kind]
    with pytest.raises(UnknownFormat) as caught:
        sources.parse(dump(content, name="odd.bin"))
    _check(caught.value, words)


def _check(error: SourceError, words: str) -> None:
    text = str(error)
    assert text.startswith("odd.bin: ")
    assert words in text
    assert "\n" not in text
    assert "; " in text  # the remedy


def test_the_content_decides_and_not_the_name() -> None:
    parsed = sources.parse(dump(render(PAPERS, Layout()), name="papers.json"))
    assert (parsed.format, len(parsed.entries)) == ("daily-papers", len(PAPERS))
    with pytest.raises(UnknownFormat):
        sources.parse(dump(PROSE, name="daily-papers.txt"))


def test_an_unknown_format_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownFormat, match=r"copy\.txt: there is no format 'dailypapers'; the formats are: .*daily-papers"
    ):
        sources.parse(dump("kites"), format="dailypapers")


def test_every_format_is_registered_under_its_name() -> None:
    assert [known.name for known in sources.FORMATS.values()] == list(sources.FORMATS)
    assert all(known.title for known in sources.FORMATS.values())


def test_a_named_format_reads_what_its_sniffing_would_not() -> None:
    parsed = sources.parse(dump(b"Kites Over a Harbour\n\nThey fly all day long.\n"), format="daily-papers")
    assert [entry.title for entry in parsed.entries] == ["Kites Over a Harbour"]


def test_a_stray_nul_does_not_cost_a_dump() -> None:
    whole = render(PAPERS, Layout())
    damaged = sources.parse(dump(whole.replace(" ", "\0", 1)))
    assert [entry.title for entry in damaged.entries] == [paper.title for paper in PAPERS]
    with pytest.raises(SourceError, match="binary data"):
        sources.parse(dump("kites\0" * 200))
