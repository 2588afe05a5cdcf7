"""What the tests of APIs share: reading one file, and reading it in every state of damage."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from broadsheet import sources
from broadsheet.errors import SourceError
from broadsheet.types import Dump, Parsed

DATA = Path(__file__).parents[1] / "data"


def parse(content: bytes | str | Path, form: str | None = None) -> Parsed:
    """A dump as `sources.parse` reads it; a path is one below tests/data."""
    if isinstance(content, Path):
        content = (DATA / content).read_bytes()
    elif isinstance(content, str):
        content = content.encode()
    taken = datetime(2026, 6, 1, tzinfo=UTC)
    parsed = sources.parse(Dump(source="", name="made", sha256="0" * 64, modified=taken, content=content), format=form)
    account = parsed.account
    assert account.total == account.entry + account.furniture + account.problem
    return parsed


def check_every_cut(path: str, form: str, *, told: bool = True) -> None:
    """Cut anywhere, a file gives the first of its entries, whole ones, and what is torn is told.

    told: whether it always shows where a file ends early; between two lines, say, it does not.
    """
    content = (DATA / path).read_bytes()
    whole = parse(content, form)
    assert whole.entries
    most = 0
    for cut in range(len(content)):
        try:
            parsed = parse(content[:cut], form)
        except SourceError:
            continue
        assert parsed.entries == whole.entries[: len(parsed.entries)], cut
        assert len(parsed.entries) >= most, "more of a file cannot hold fewer entries"
        if parsed.account.unit == "records":
            assert parsed.account.problem <= whole.account.problem + 1, "what is torn is one record"
        most = len(parsed.entries)
        if len(parsed.entries) < len(whole.entries) and told:
            assert parsed.problems, cut
    assert most == len(whole.entries)


def damaged(path: str, *, times: int, seed: int = 1) -> Iterator[bytes]:
    """The file with a few bytes turned into others, in many ways that are always the same."""
    content = (DATA / path).read_bytes()
    chance = random.Random(seed)  # noqa: S311
    for _ in range(times):
        copy = bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 8))):
            at = chance.randrange(len(copy))
            copy[at] = chance.choice((copy[at] ^ (1 << chance.randrange(8)), chance.randrange(256)))
        yield bytes(copy)


def check_damage(path: str, form: str, *others: str, times: int = 150, kept: float = 0.5) -> None:
    """Damaged anywhere, a file gives no entry that it does not hold, and nothing but a SourceError is raised.

    others: titles that damage may bring up, of what is no paper as long as it is whole. kept: how many of the damaged
    files, at least, must still give an entry.
    """
    whole = {title_of(title) for title in others} | {
        title_of(entry.title) for entry in parse((DATA / path).read_bytes(), form).entries
    }
    count = 0
    for content in damaged(path, times=times):
        try:
            parsed = parse(content, form)
        except SourceError:
            continue
        near = [entry for entry in parsed.entries if any(alike(title_of(entry.title), one) for one in whole)]
        assert len(near) == len(parsed.entries), [entry.title for entry in parsed.entries]
        count += bool(parsed.entries)
    assert count > kept * times, "most damage must not cost everything"


def title_of(text: str) -> str:
    """A title without what tells its pieces apart."""
    return "".join(char for char in text.casefold() if char.isalnum())


def alike(one: str, other: str) -> bool:
    """Whether two texts share most of their characters in order."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio() > 0.5
