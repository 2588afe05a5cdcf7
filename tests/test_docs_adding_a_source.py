"""The example of docs/adding-a-source.md is a format that works."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, ModuleType

import pytest

from broadsheet import sources
from broadsheet.types import Dump

PAGE = (Path(__file__).parents[1] / "docs" / "adding-a-source.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture
def kite_letters(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("broadsheet.sources.kite_letters")
    module.__package__ = "broadsheet.sources"
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(block("module"), "kite_letters.py", "exec"), module.__dict__)  # noqa: S102  (our own page)
    added = sources.Format(name=module.NAME, title=module.TITLE, sniff=module.sniff, read=module.read)
    monkeypatch.setattr(sources, "FORMATS", MappingProxyType({**sources.FORMATS, module.NAME: added}))
    return module


def dump(text: str) -> Dump:
    when = datetime(2026, 6, 9, tzinfo=UTC)
    return Dump(source="", name="letters.txt", sha256="0" * 64, modified=when, content=text.encode())


@pytest.mark.usefixtures("kite_letters")
def test_the_example_reads_its_listing() -> None:
    parsed = sources.parse(dump(block("listing")))
    assert (parsed.format, parsed.taken.date().isoformat(), parsed.taken_from) == (
        "kite-letters",
        "2026-06-01",
        "page date",
    )
    assert [(entry.title, entry.authors, dict(entry.ids)) for entry in parsed.entries] == [
        ("Kites That Listen", ("Ada Reel", "Bo Spool"), {"doi": "10.1000/kites.7"}),
        ("A Knot for Every Wind", ("Cy Line",), {}),
    ]
    assert (parsed.account.total, parsed.account.entry, parsed.account.furniture, parsed.account.problem) == (
        6,
        5,
        1,
        0,
    )
    assert not parsed.problems


@pytest.mark.usefixtures("kite_letters")
def test_the_example_accounts_for_what_it_does_not_know() -> None:
    parsed = sources.parse(dump("Kite Letters, 2026-06-01\nDear readers\n* A Title\n  soon to come\n"))
    assert [problem.text for problem in parsed.problems] == ["Dear readers", "soon to come"]
    assert parsed.account.total == 4


def test_the_page_names_only_modules_that_exist() -> None:
    folder = Path(sources.__file__).parent
    named = set(re.findall(r"`(\w+\.py|\w+/)`", PAGE)) | set(re.findall(r"`(broadsheet/\w+\.py)`", PAGE))
    there = {name for name in named if (folder / name).exists() or (folder.parents[1] / name).exists()}
    assert named == there
