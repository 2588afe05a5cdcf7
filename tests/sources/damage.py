"""What every format is held to when its dumps are damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from broadsheet import sources
from broadsheet.errors import SourceError
from broadsheet.types import Dump, Parsed

DATA = Path(__file__).parents[1] / "data"
DAY = datetime(2026, 6, 1, tzinfo=UTC)


def parse(content: bytes, form: str | None = None) -> Parsed:
    """What is made of the content, and its account holds."""
    dump = Dump(source="", name="made-up", sha256="0" * 64, modified=DAY, content=content)
    parsed = sources.parse(dump, format=form)
    account = parsed.account
    assert account.total == account.entry + account.furniture + account.problem
    return parsed


def parse_file(name: str) -> Parsed:
    """The same for a file in tests/data, whose format is recognised."""
    content = (DATA / name).read_bytes()
    parsed = parse(content)
    assert parsed.format == name.partition("/")[0]
    return parsed


def cut_anywhere(content: bytes, form: str, *, step: int = 1) -> None:
    """Whatever is cut off, the entries are the first of the whole file's, and nothing is silent."""
    whole = parse(content, form).entries
    counts = set()
    for cut in range(1, len(content), step):
        try:
            parsed = parse(content[:cut], form)
        except SourceError:
            continue
        assert parsed.entries == whole[: len(parsed.entries)], content[max(0, cut - 80) : cut]
        counts.add(len(parsed.entries))
    assert {0, len(whole) - 1} <= counts


def survives(content: bytes, form: str) -> None:
    """No error but a SourceError; and what comes out can be written down."""
    try:
        parsed = parse(content, form)
    except SourceError:
        return
    for entry in parsed.entries:
        assert entry.title
        repr(entry).encode()


def flipped(content: bytes, places: list[tuple[int, int]]) -> bytes:
    """The content with some bits the other way round: (place, bit), each taken modulo what there is."""
    bytes_ = bytearray(content)
    for place, bit in places:
        bytes_[place % len(bytes_)] ^= 1 << bit % 8
    return bytes(bytes_)
