"""What holds for every format of arXiv's XML, whatever is done to a file: asked of each by its own tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from broadsheet.types import Dump, Parsed

DATA = Path(__file__).parents[1] / "data"


def dump(content: bytes) -> Dump:
    digest = hashlib.sha256(content).hexdigest()
    return Dump(source="", name="feed.xml", sha256=digest, modified=datetime(2026, 6, 1, tzinfo=UTC), content=content)


def content(form: str, name: str) -> bytes:
    return (DATA / form / f"{name}.xml").read_bytes()


def parse(form: str, name: str) -> Parsed:
    """What is read, by the format that the content is recognised as, which has to be this one."""
    given_dump = dump(content(form, name))
    assert sources.recognise(given_dump).name == form
    return checked(sources.parse(given_dump))


def checked(parsed: Parsed) -> Parsed:
    account = parsed.account
    assert account.total == account.entry + account.furniture + account.problem
    assert account.entry == len(parsed.entries)
    return parsed


def a_cut_file_gives_the_first_entries(form: str, name: str) -> None:
    """Cut behind every byte: only whole entries, those of the whole file, and a problem wherever one is missing."""
    raw = content(form, name)
    whole = sources.parse(dump(raw), format=form).entries
    assert whole
    for end in range(1, len(raw.rstrip())):
        try:
            parsed = checked(sources.parse(dump(raw[:end]), format=form))
        except SourceError:
            continue
        assert parsed.entries == whole[: len(parsed.entries)], end
        assert parsed.problems, end


def damage_raises_no_other_error(form: str, name: str) -> None:
    """Bytes exchanged, put in and taken out anywhere, or any bytes at all: entries and problems, or a SourceError."""
    raw = content(form, name)
    edits = st.lists(
        st.tuples(st.integers(0, len(raw)), st.integers(0, 6), st.binary(max_size=6) | st.sampled_from(_HOSTILE)),
        max_size=4,
    )

    @settings(max_examples=120, deadline=None, database=None, derandomize=True)
    @given(edits, st.binary(max_size=60), st.booleans())
    def tried(edits: list[tuple[int, int, bytes]], noise: bytes, only_noise: bool) -> None:
        damaged = bytearray(b"" if only_noise else raw)
        for place, length, put in edits:
            damaged[place : place + length] = put
        try:
            checked(sources.parse(dump(bytes(damaged) + (noise if only_noise else b"")), format=form))
        except SourceError:
            return

    tried()


_HOSTILE = [b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml ", b"<item>", b"</item>", b"<entry ", b"</record>", b"&#0;"]
_HOSTILE += [b"<a:b>", b"&bogus;", b"<", b"&", b"\xff\xfe", b"'", b'"', b"<!DOCTYPE x [<!ENTITY y 'z'>]>", b"\x00"]
