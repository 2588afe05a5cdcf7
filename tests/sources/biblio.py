"""What the tests of bibliographies share: reading a file of tests/data, cutting it at every byte, flipping its bits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from broadsheet import sources
from broadsheet.errors import SourceError
from broadsheet.types import Dump, Parsed

DATA = Path(__file__).parents[1] / "data"
MODIFIED = datetime(2026, 7, 4, 12, tzinfo=UTC)


def dump(content: bytes | str) -> Dump:
    """A dump without a source."""
    whole = content.encode() if isinstance(content, str) else content
    return Dump(source="", name="made", sha256="0" * 64, modified=MODIFIED, content=whole)


def bytes_of(form: str, name: str) -> bytes:
    """A file of tests/data/<format>/."""
    return (DATA / form / name).read_bytes()


def parse(form: str, content: bytes | str) -> Parsed:
    """What the format makes of it; every record or line is accounted for."""
    parsed = sources.parse(dump(content), format=form)
    account = parsed.account
    assert account.total == account.entry + account.furniture + account.problem
    if account.unit == "lines":
        assert account.total == sum(1 for line in _text(content).split("\n") if line.strip(" \t\f\ufeff\xa0"))
    return parsed


def _text(content: bytes | str) -> str:
    text = content if isinstance(content, str) else content.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def recognised(content: bytes | str) -> str:
    """The name of the format that is surest of it."""
    return sources.recognise(dump(content)).name


def titles(parsed: Parsed) -> list[str]:
    """The titles in their order."""
    return [entry.title for entry in parsed.entries]


def assert_cuts_invent_nothing(form: str, content: bytes, *, step: int = 1) -> None:
    """Cut at any byte, a dump gives the first of its entries and no other, each as it is in the whole."""
    whole = parse(form, content).entries
    assert whole
    seen = set()
    for cut in range(0, len(content), step):
        try:
            parsed = sources.parse(dump(content[:cut]), format=form)
        except SourceError:
            continue
        assert parsed.entries == whole[: len(parsed.entries)], content[:cut][-60:]
        seen.add(len(parsed.entries))
    # It does hand out what stands before the cut.
    assert seen >= set(range(1, len(whole)))
