"""Every file of every format, damaged: nothing but a SourceError may leave, and every record stays accounted for.

The few hundred of the quick suite are the first of the thousands of the slow one: each is named by its number alone.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.damage import DATA
from tests.sources.holding import file

FILES = sorted(path for path in DATA.glob("*/*") if path.is_file() and path.suffix != ".toml" and path.name[0] != ".")
#: A damaged file of some kilobytes takes milliseconds; one that takes so long grows with the square of its length.
MOST_SECONDS = 10

ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift_jis", "koi8-r", "gb18030", "utf-7")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content, cut, flipped, mixed or in another encoding than it says."""
    kind = chance.randrange(8)
    if kind == 0:
        return content[: chance.randrange(len(content) + 1)]
    if kind == 1:
        return content[chance.randrange(len(content) + 1) :]
    if kind == 2:
        text = content.decode("utf-8", "replace")
        return text.encode(chance.choice(ENCODINGS), "replace")
    if kind == 3:
        begin, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        return content[:begin] + content[end:]
    if kind == 4:
        begin, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        return content[:end] + content[begin:]
    changed = bytearray(content)
    for _ in range(1 + chance.randrange(20)):
        if not changed:
            break
        place = chance.randrange(len(changed))
        if kind == 5:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 6:
            changed[place] = chance.choice(b"\0\x1a\xff\xfe<>&\"'{}[]\\,:;\r\n\t@%$~")
        else:
            piece = chance.randbytes(1 + chance.randrange(8))
            changed[place:place] = piece
    return bytes(changed)


def survive(path: Path, number: int) -> None:
    """One damaged copy of a file, read as what it seems to be, and as the format that it was."""
    chance = random.Random(f"{path.parent.name}/{path.name} {number}")  # noqa: S311
    content = damaged(path.read_bytes(), chance)
    for form in (None, path.parent.name if path.parent.name in sources.FORMATS else None):
        began = time.perf_counter()
        try:
            parsed = sources.parse(file(content, "damaged"), format=form)
        except SourceError:
            continue
        finally:
            assert time.perf_counter() - began < MOST_SECONDS, number
        account = parsed.account
        assert account.total == account.entry + account.furniture + account.problem, number
        assert min(account.entry, account.furniture, account.problem) >= 0
        for entry in parsed.entries:
            assert entry.title.strip(), number
            assert all(url.startswith(("http://", "https://")) for url in entry.links.values()), number
        assert all("\n" not in problem.reason for problem in parsed.problems), number


def named(path: Path) -> str:
    """A file as its test is called."""
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_damaged_file_costs_at_most_itself(path: Path) -> None:
    for number in range(8 if path.stat().st_size < 30_000 else 2):
        survive(path, number)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=named)
def test_thousands_of_damaged_files_cost_at_most_themselves(path: Path) -> None:
    for number in range(8, 100):
        survive(path, number)


def test_the_damage_is_damage() -> None:
    content = b"".join(f"line {number}\n".encode() for number in range(50))
    changed = [damaged(content, random.Random(number)) != content for number in range(100)]  # noqa: S311
    assert sum(changed) > 90
