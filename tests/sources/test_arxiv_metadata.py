"""arXiv's metadata snapshot, as lines and as one array."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.types import Dump
from tests.sources.damage import DATA, DAY, cut_anywhere, flipped, parse, parse_file, survives

LINES = (DATA / "arxiv-metadata" / "snapshot.jsonl").read_bytes()
ARRAY = (DATA / "arxiv-metadata" / "array.json").read_bytes()
RECORD: dict[str, Any] = json.loads(LINES.splitlines()[0])


@pytest.mark.parametrize("name", ["arxiv-metadata/snapshot.jsonl", "arxiv-metadata/array.json"])
def test_every_field(name: str) -> None:
    parsed = parse_file(name)

    assert parsed.problems == ()
    assert (parsed.account.unit, parsed.account.entry, parsed.account.total) == ("records", 3, 3)
    cranes, kites, strings = parsed.entries
    assert cranes.title_raw == "Folding paper cranes at temperatures near zero"
    assert cranes.abstract_raw == 'We fold cranes. The wings hold $\\alpha_s^2$ of "air".'
    assert cranes.authors == ("Ada One", "B. Müller Jr")
    assert (cranes.published, cranes.published_precision) == (date(2007, 4, 2), "day")
    assert (cranes.updated, cranes.version) == (date(2008, 11, 26), 2)
    assert cranes.categories == ("hep-ph", "cs.LG")
    assert cranes.ids == {"arxiv": "0704.0001"}
    assert cranes.related == {"doi:10.9999/made.up.1": "published version"}
    assert cranes.links == {
        "abstract": "https://arxiv.org/abs/0704.0001",
        "pdf": "https://arxiv.org/pdf/0704.0001",
        "published": "https://doi.org/10.9999/made.up.1",
    }
    assert cranes.announce_type is None
    assert kites.ids == {"arxiv": "hep-th/9901001"}
    assert kites.authors == ("The KITE Collaboration", "C. Three", "D. Four")
    assert set(kites.related) == {"doi:10.9999/a", "doi:10.9999/b"}
    assert (strings.related, strings.abstract, strings.authors) == ({}, None, ("E. Five",))
    assert (strings.published, strings.updated, strings.version) == (None, date(2024, 1, 3), None)


def one(**changes: Any) -> bytes:
    return json.dumps({**RECORD, **changes}).encode() + b"\n"


@pytest.mark.parametrize(
    ("number", "expected"), [(704.0001, "0704.0001"), (2401.0123, "2401.01230"), (1412.123, "1412.1230")]
)
def test_an_id_that_was_written_as_a_number_is_the_id_again(number: float, expected: str) -> None:
    (entry,) = parse(one(id=number)).entries
    assert entry.ids == {"arxiv": expected}


@pytest.mark.parametrize("wrong", [None, 7, "no id", [], {}, True])
def test_what_is_no_id_is_left_out_and_told(wrong: object) -> None:
    parsed = parse(one(id=wrong), "arxiv-metadata")
    (entry,) = parsed.entries
    assert (entry.ids, entry.links.get("abstract")) == ({}, None)
    assert [problem.level for problem in parsed.problems] == ["warning"]


@pytest.mark.parametrize(
    "changes",
    [
        {"versions": None},
        {"versions": [None, 3, {"version": None}]},
        {"authors_parsed": "A. One"},
        {"authors_parsed": [["One", "Ada", ""], ["Müller", "B.", "Jr"], [None]]},
        {"authors_parsed": [["One", "Ada", ""], ["Müller", "B.", "Jr"], 3]},
        {"categories": ["hep-ph cs.LG"]},
        {"doi": []},
        {"update_date": 20081126},
    ],
)
def test_odd_types_cost_no_paper(changes: dict[str, Any]) -> None:
    (entry,) = parse(one(**changes), "arxiv-metadata").entries
    assert (entry.ids, entry.title[:7]) == ({"arxiv": "0704.0001"}, "Folding")
    assert entry.authors[:1] == ("A. One",) if changes.get("authors_parsed") == "A. One" else ("Ada One",)


@pytest.mark.parametrize("record", [b"null", b"[]", b'"text"', b"3", b'{"id": "0704.0002"}', b'{"title": null}'])
def test_what_is_no_paper_is_a_problem_with_its_text(record: bytes) -> None:
    parsed = parse(LINES + record + b"\n")
    (problem,) = parsed.problems
    assert (len(parsed.entries), problem.place, problem.text) == (3, (4, 4), record.decode())


def test_a_broken_line_is_one_problem_with_its_line_and_text() -> None:
    lines = LINES.splitlines(keepends=True)
    parsed = parse(lines[0] + b"\n" + lines[1][:200] + b"\n" + lines[2])

    assert [entry.ids["arxiv"] for entry in parsed.entries] == ["0704.0001", "2401.01234"]
    (problem,) = parsed.problems
    assert (problem.place, problem.text) == ((3, 3), lines[1][:200].decode())
    assert (parsed.account.total, parsed.account.problem) == (3, 1)


def test_records_are_handed_out_while_the_file_is_read() -> None:
    """Of an endless file."""

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, into: Any) -> int:
            line = LINES.splitlines(keepends=True)[0]
            into[: len(line)] = line
            return len(line)

    dump = Dump(source="", name="d", sha256="", modified=DAY, stream=lambda: io.BufferedReader(Endless(), 8192))
    _, entries = sources.stream(dump)
    assert [next(entries).ids["arxiv"] for _ in range(100)] == ["0704.0001"] * 100


@pytest.mark.parametrize("content", [LINES, ARRAY])
def test_cut_anywhere(content: bytes) -> None:
    cut_anywhere(content, "arxiv-metadata", step=7)
    cut_anywhere(content, "arxiv-metadata", step=11)


@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 7)), max_size=8), st.sampled_from([LINES, ARRAY]))
def test_flipped_bits(places: list[tuple[int, int]], content: bytes) -> None:
    survives(flipped(content, places), "arxiv-metadata")


def damaged() -> Iterator[bytes]:
    for place in range(0, len(LINES), 37):
        yield LINES[:place] + b"\x01\xff" + LINES[place + 9 :]


def test_holes_cost_the_lines_they_are_in_and_no_other() -> None:
    for content in damaged():
        parsed = parse(content, "arxiv-metadata")
        whole = parse(LINES).entries
        assert sum(entry in whole for entry in parsed.entries) >= (1 if content.count(b"\n") < 3 else 2)
