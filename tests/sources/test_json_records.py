"""JSON that is torn, damaged, hostile or only unusual: what is kept of it, and what is told."""

from __future__ import annotations

import codecs
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import ParseFailed
from broadsheet.sources.json_records import Lost, documents, load
from broadsheet.sources.reading import Reading
from broadsheet.types import Dump

RECORDS = [{"id": f"k{n}", "title": f"Kite {n}", "authors": [{"id": "a", "name": "Ada"}]} for n in range(4)]
ANSWER = {"meta": {"count": 4}, "results": RECORDS, "group_by": []}


def reading(content: bytes | str) -> Reading:
    content = content.encode() if isinstance(content, str) else content
    taken = datetime(2026, 6, 1, tzinfo=UTC)
    return Reading(Dump(source="s", name="made", sha256="0" * 64, modified=taken, content=content), "made")


def loaded(content: bytes | str) -> tuple[Any, list[str]]:
    one = reading(content)
    value = load(one)
    assert len([problem for problem in one.problems if problem.level == "error"]) == one.total
    return value, [problem.text for problem in one.problems if problem.level == "error"]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: b" \r\n" + text.encode() + b"\n\0\0",
    ],
)
def test_a_sound_document_in_any_encoding(encode: Any, indent: int | None) -> None:
    assert loaded(encode(json.dumps(ANSWER, indent=indent))) == (ANSWER, [])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("9" * 5000, None),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ('"\\ud83d"', "?"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\nb\tc"', "a\nb\tc"),
        ('"a\x01"', "a\x01"),
    ],
)
def test_values_that_strict_readers_refuse(written: str, value: object) -> None:
    assert loaded('{"a": 1, "a": ' + written + "}") == ({"a": value}, [])


def test_bytes_that_are_not_utf8_cost_nothing_but_a_note() -> None:
    one = reading(b'{"results": [{"title": "na\xefve"}]}')
    assert load(one) == {"results": [{"title": "naïve"}]}
    assert [problem.level for problem in one.problems] == ["note"]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrapped", [RECORDS, ANSWER, {"message": {"total": 4, "items": RECORDS, "size": 20}}])
def test_cut_anywhere_the_whole_records_are_kept_and_the_torn_one_is_one_problem(wrapped: Any, indent: Any) -> None:
    text = json.dumps(wrapped, indent=indent)
    seen = set()
    for cut in range(1, len(text)):
        try:
            value, lost = loaded(text[:cut])
        except ParseFailed:
            assert '"k0"' not in text[:cut] or isinstance(wrapped, dict)
            continue
        kept = value if isinstance(value, list) else value.get("results", value.get("message", {}).get("items", []))
        assert kept == RECORDS[: len(kept)]
        assert len(lost) <= 1
        if lost:
            assert text[:cut].rstrip(", \n").endswith(lost[0])
        seen.add(len(kept))
    assert seen == {0, 1, 2, 3, 4}


def test_a_single_record_that_is_torn_is_no_shorter_record() -> None:
    text = json.dumps({"title": "Kite", "authors": [{"name": "Ada"}, {"name": "Bo"}], "year": 2024})
    for cut in range(len(text)):
        with pytest.raises(ParseFailed):
            load(reading(text[:cut]))


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        ('", "title"', '" "title"'),
        ('"title": "Kite', '"title": Kite'),
        ('", "authors"', ', "authors"'),
        ("[{", "[["),
        ("}]", "]]"),
        ("}]", "}}"),
    ],
)
def test_behind_damage_the_next_whole_record_is_found(number: int, sound: str, damaged: str) -> None:
    records = [json.dumps(record) for record in RECORDS]
    assert sound in records[number]
    records[number] = records[number].replace(sound, damaged)
    value, lost = loaded('{"meta": {}, "results": [' + ", ".join(records) + '], "group_by": []}')
    assert value["results"] == [record for index, record in enumerate(RECORDS) if index != number]
    assert len(lost) == 1
    assert f'"k{number}"' in lost[0]


def test_a_lost_record_stands_in_its_place() -> None:
    text = json.dumps(RECORDS).replace('"title": "Kite 1"', '"title": Kite 1')
    (found,) = documents(reading(text), accept=lambda record: "title" in record)
    assert [type(one) for one in found] == [dict, Lost, dict, dict]


@pytest.mark.parametrize("between", ["\n", "", "\r\n\r\n", ",\n"])
def test_values_one_behind_the_other_are_all_read(between: str) -> None:
    assert loaded(between.join(map(json.dumps, [ANSWER, ANSWER]))) == ([ANSWER, ANSWER], [])


def test_of_json_lines_a_damaged_line_costs_itself() -> None:
    lines = [json.dumps(record) for record in RECORDS]
    lines[1] = lines[1].replace(":", ";", 1)
    lines[3] = lines[3][:-9]
    value, lost = loaded("\n".join(lines))
    assert (value, lost) == ([RECORDS[0], RECORDS[2]], [lines[1], lines[3]])


@pytest.mark.parametrize("text", ["", " \n", "no JSON", "<html>", "{", "[", '{"results"', "]", '"', "{" * 9, "[" * 9])
def test_what_is_no_json_at_all_says_so_or_holds_nothing(text: str) -> None:
    with suppress(ParseFailed):
        assert not load(reading(text))


@pytest.mark.parametrize("sign", ["[", '{"a":', '[{"a":', '{"results":['])
def test_endless_nesting_is_no_listing(sign: str) -> None:
    with suppress(ParseFailed):
        assert loaded(sign * 100_000)[1]


def test_a_record_that_is_nested_too_deeply_costs_itself() -> None:
    deep = '{"id": "k", "title": ' + "[" * 3000 + "]" * 3000 + "}"
    value, lost = loaded(f'{{"results": [{json.dumps(RECORDS[0])}, {deep}, {json.dumps(RECORDS[1])}]}}')
    assert (value["results"], lost) == (RECORDS[:2], [deep])


@pytest.mark.parametrize(
    "piece",
    ['{"a": {', '{"id": 1, "title": x}, ', '{"id": 1}, {x ', '"{', "[{},", '{"id": 1, "title": 2}, {"id": [', "{x, "],
)
def test_hostile_repetition_takes_no_more_than_its_length(piece: str) -> None:
    text = '{"results": [' + piece * (200_000 // len(piece))
    begin = time.process_time()
    with suppress(ParseFailed):
        load(reading(text))
    assert time.process_time() - begin < 8


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:\\ue1 \n', max_size=80).map(str.encode))
def test_nothing_but_parse_failed_is_raised(content: bytes) -> None:
    with suppress(ParseFailed):
        load(reading(content))
