"""OpenReview: notes of both versions of its API."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from tests.sources.answering import check_damage, check_every_cut, parse
from tests.sources.test_openalex import JSON

HERE = Path("openreview")


def test_notes_of_version_2_without_replies_and_deleted_ones() -> None:
    parsed = parse(HERE / "notes-v2.json")
    withdrawn, other = parsed.entries

    assert (parsed.format, parsed.announced, parsed.problems) == ("openreview", 2, ())
    assert parsed.account.furniture == 2
    assert (withdrawn.title, withdrawn.abstract) == ("Kites in wind", "Kites fly. Often.")
    assert withdrawn.authors == ("Ada Windley", "Bo Stringer")
    assert withdrawn.ids == {"openreview": "aBcD3fGh1j"}
    # One second before midnight, UTC.
    assert (withdrawn.published, withdrawn.updated) == (date(2023, 12, 31), date(2024, 1, 23))
    assert withdrawn.links == {
        "abstract": "https://openreview.net/forum?id=aBcD3fGh1j",
        "pdf": "https://openreview.net/pdf/aBcD3fGh1j.pdf",
    }
    assert (withdrawn.categories, withdrawn.announce_type) == (("aeronautics", "kites", "wind"), None)
    assert (other.published, other.updated) == (date(2024, 3, 5), None)


def test_notes_of_version_1() -> None:
    parsed = parse(HERE / "notes-v1.json")
    (old,) = parsed.entries

    assert (parsed.format, old.title, old.authors) == ("openreview", "Kites of old", ("Anonymous",))
    assert old.links["code"] == "https://code.example/kites"
    assert old.published == date(2019, 1, 1)


def test_answers_without_notes() -> None:
    assert parse(HERE / "empty.json").announced == 0
    assert parse(HERE / "error.json").refusal == "NotFoundError: The Note kites was not found"


def test_cut_and_damaged() -> None:
    check_every_cut("openreview/notes-v2.json", "openreview")
    check_damage("openreview/notes-v2.json", "openreview", "Official review", "Deleted")


KEYS = ["id", "forum", "cdate", "mdate", "pdate", "ddate", "replyto", "content"]
FIELDS = st.dictionaries(st.sampled_from(["title", "abstract", "authors", "keywords", "pdf", "code"]), JSON)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), FIELDS)
def test_values_of_any_type_raise_nothing(note: dict[str, Any], content: dict[str, Any]) -> None:
    wrapped = {key: {"value": value} for key, value in content.items()}
    for one in (note, {**note, "content": content}, {**note, "content": wrapped}):
        for shape in (one, [one], {"notes": [one], "count": 1}):
            try:
                parsed = parse(json.dumps(shape), "openreview")
            except SourceError:
                continue
            assert parsed.account.total == 1
