from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.store.bodies import (
    moment,
    pack,
    pack_entry,
    pack_fields,
    pack_paper,
    storable,
    time_of,
    unpack,
    unpack_fields,
    unpack_paper,
)
from broadsheet.store.failures import Damaged
from broadsheet.types import Entry, FieldChange, Guid, Paper, Provenance

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
WORDS = st.dictionaries(TEXT, TEXT, max_size=2)
TIMES = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ENTRIES = st.builds(
    Entry,
    title=TEXT,
    title_raw=TEXT,
    abstract=st.none() | TEXT,
    abstract_raw=st.none() | TEXT,
    authors=st.lists(TEXT, max_size=2).map(tuple),
    comments=st.none() | st.integers(0, 9),
    categories=st.lists(TEXT, max_size=2).map(tuple),
    published=st.none() | st.dates(),
    ids=WORDS,
    links=WORDS,
    provenance=st.none()
    | st.builds(
        Provenance, source=TEXT, dump=TEXT, sha256=TEXT, position=st.integers(1, 9), span=st.tuples(*[st.just(1)] * 2)
    ),
)
PAPERS = st.builds(
    Paper,
    guid=TEXT.map(Guid),
    best=ENTRIES,
    first_seen=TIMES,
    last_seen=TIMES,
    version=st.integers(1, 3),
    stamps=st.dictionaries(TEXT, st.tuples(st.integers(0, 3), TIMES), max_size=2),
    said=st.dictionaries(TEXT, TEXT, max_size=2),
)


@given(PAPERS)
def test_a_paper_reads_back_equal_with_its_provenance(paper: Paper) -> None:
    back = unpack_paper(pack_paper(paper))
    assert back == paper
    assert back.best.provenance == paper.best.provenance


def test_every_field_of_an_entry_is_kept() -> None:
    plain: dict[object, object] = {str: "x", int: 7, date: date(2026, 6, 1)}
    full = {}
    for field in fields(Entry):
        kind = str(get_type_hints(Entry)[field.name])
        for part, value in (("Mapping", {"a": "b"}), ("tuple", ("x",)), ("date", plain[date]), ("int", 7)):
            if part in kind:
                full[field.name] = value
                break
        else:
            full[field.name] = {"published_precision": "day"}.get(field.name, "x")
    full["provenance"] = Provenance(source="s", dump="d", sha256="0", position=1, span=(1, 2))
    entry = msgspec.convert(full, Entry)
    paper = Paper(guid=Guid("g"), best=entry, first_seen=NOW, last_seen=NOW)
    assert unpack_paper(pack_paper(paper)).best == entry
    assert set(msgspec.json.decode(pack_entry(replace(entry, title_raw="y", abstract_raw="y")))) == set(full)


NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)


def test_what_is_unknown_or_said_twice_takes_no_room() -> None:
    entry = Entry(title="A Title", title_raw="A Title", abstract="We do.", abstract_raw="We do.", comments=0)
    assert pack_entry(entry) == '{"abstract":"We do.","comments":0,"title":"A Title"}'


def test_a_body_written_before_a_field_was_added_is_read() -> None:
    body = '{"best":{"title":"A"},"first_seen":"2026-06-01T06:00:00Z","guid":"g","last_seen":"2026-06-01T06:00:00Z"}'
    best = Entry(title="A", title_raw="A")
    assert unpack_paper(body) == Paper(guid=Guid("g"), best=best, first_seen=NOW, last_seen=NOW)


def test_the_order_of_a_mapping_does_not_show() -> None:
    one, other = {"pdf": "p", "code": "c"}, {"code": "c", "pdf": "p"}
    assert pack_entry(Entry(title="A", title_raw="A", links=one)) == pack_entry(
        Entry(title="A", title_raw="A", links=other)
    )


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"x"', "{}", '{"best":{}}', '{"best":7}', "\0\0\0", '{"best":{"title":1}}']
)
def test_a_damaged_paper_is_named(body: str) -> None:
    with pytest.raises(Damaged, match="a paper: "):
        unpack_paper(body)


def test_damaged_values_are_named() -> None:
    with pytest.raises(Damaged, match="a time: '2026-99'"):
        time_of("2026-99")
    with pytest.raises(Damaged, match="a tuple"):
        unpack_fields('[{"field":1}]')
    with pytest.raises(Damaged, match="a FieldChange"):
        unpack("nonsense", FieldChange)


def test_a_lone_surrogate_does_not_stop_anything() -> None:
    entry = Entry(title="caf\udce9", title_raw="caf\udce9", links={"pdf": "\ud800"}, authors=("\udfff",))
    assert '"caf?"' in pack_entry(entry)
    assert unpack(pack([entry]), list[Entry])[0].authors == ("?",)
    assert storable("caf\udce9\0") == "caf?\ufffd"


def test_changed_fields_read_back() -> None:
    for changed in (
        (),
        (FieldChange(field="title", old=None, new="é"), FieldChange(field="version", old="1", new="2")),
    ):
        assert unpack_fields(pack_fields(changed)) == changed


def test_times_sort_as_text_and_read_back() -> None:
    east = datetime(2026, 6, 1, 8, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    assert moment(east) == "2026-06-01T06:00:00.000005+00:00"
    assert time_of(moment(east)) == east
    assert moment(NOW) < moment(east) < moment(NOW + timedelta(seconds=1))
