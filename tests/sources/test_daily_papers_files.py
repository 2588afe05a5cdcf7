"""Copies with one defect each, as files: what is found in each of them stands beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet import sources
from broadsheet.types import Parsed
from tests.sources.copies import dump, found

DATA = Path(__file__).parents[1] / "data" / "daily-papers"


def _summary(parsed: Parsed) -> dict[str, object]:
    entries = []
    for entry in parsed.entries:
        assert entry.provenance is not None
        facts = found(entry)
        facts["published"] = entry.published.isoformat() if entry.published else None
        entries.append({**facts, "span": list(entry.provenance.span)})
    account = parsed.account
    return {
        "taken": f"{parsed.taken:%Y-%m-%d}",
        "taken_from": parsed.taken_from,
        "account": [account.entry, account.furniture, account.problem],
        "entries": entries,
        "problems": [
            {"level": problem.level, "place": list(problem.place) if problem.place else None, "reason": problem.reason}
            for problem in parsed.problems
        ],
    }


@pytest.mark.parametrize("file", sorted(DATA.glob("*.txt")), ids=lambda file: file.stem)
def test_a_copy_says_what_stands_beside_it(file: Path) -> None:
    parsed = sources.parse(dump(file.read_bytes(), name=file.name))
    assert _summary(parsed) == json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert parsed.account.total == parsed.account.entry + parsed.account.furniture + parsed.account.problem


def test_every_copy_has_its_expectation() -> None:
    assert {file.stem for file in DATA.glob("*.txt")} == {file.stem for file in DATA.glob("*.json")} != set()
