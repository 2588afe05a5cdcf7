"""JSON lines and huge arrays, one record after the other."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources import json_lines
from broadsheet.sources.reading import Reading
from broadsheet.types import Dump

DAY = datetime(2026, 6, 1, tzinfo=UTC)
PAPERS: list[Any] = [
    {"id": "0704.0001", "title": 'A "quoted" [title] {with} \\brackets', "versions": [{"v": 1}, {"v": 2}]},
    {"id": "hep-th/9901001", "title": "Grüße, ö and 漢字", "versions": []},
    {"id": "2401.00003", "title": "One more", "versions": [{"id": "v1"}, {"id": "v2"}]},
]


def read(content: bytes) -> tuple[list[tuple[int, Any]], Reading]:
    dump = Dump(source="s", name="d", sha256="0" * 64, modified=DAY, stream=lambda: io.BytesIO(content))
    reading = Reading(dump, "made-up")
    return list(json_lines.values(reading)), reading


def lines(papers: list[Any]) -> bytes:
    return b"".join(json.dumps(paper).encode() + b"\n" for paper in papers)


NUMBERED = list(enumerate(PAPERS, start=1))


@pytest.mark.parametrize(
    "content",
    [
        lines(PAPERS),
        lines(PAPERS).rstrip(),
        lines(PAPERS).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + lines(PAPERS),
        lines(PAPERS).replace(b"}\n", b"},\n"),
        lines(PAPERS).decode().encode("utf-16"),
        json.dumps(PAPERS).encode(),
        json.dumps(PAPERS, ensure_ascii=False, indent=4).encode(),
        json.dumps(PAPERS, separators=(",", ":")).encode() + b"\n",
        b"[\n" + b",\n".join(lines(PAPERS).splitlines()) + b"\n]",
        b"[" + json.dumps(PAPERS[0]).encode() + b"]\n[" + json.dumps(PAPERS[1:]).encode()[1:],
        b"\n".join(json.dumps(paper, indent=1).encode() for paper in PAPERS),
        json.dumps(PAPERS, indent=1, ensure_ascii=False).encode("utf-16-le"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_every_layout_gives_the_same_values(content: bytes, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_CHUNK", chunk)
    values, reading = read(content)

    assert values == NUMBERED
    assert (reading.problems, reading.total) == ([], 0)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]", b" [ ] \n", b"[\n]"])
def test_nothing_is_nothing(content: bytes) -> None:
    values, reading = read(content)

    assert (values, reading.problems, reading.total) == ([], [], 0)


def test_blank_lines_count_for_the_place_only() -> None:
    values, _ = read(b"\n" + lines(PAPERS[:1]) + b"  \n\n" + lines(PAPERS[1:2]))

    assert values == [(2, PAPERS[0]), (5, PAPERS[1])]


def test_a_broken_line_is_one_problem_with_its_place_and_text() -> None:
    values, reading = read(lines(PAPERS[:1]) + b'{"id": "1", "title": broken}\n' + lines(PAPERS[1:2]))

    assert values == [(1, PAPERS[0]), (3, PAPERS[1])]
    (problem,) = reading.problems
    assert (problem.place, problem.text) == ((2, 2), '{"id": "1", "title": broken}')
    assert reading.total == 1


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (b'{"title": "caf\xe9"}', "café"),
        (b'{"title": "a\tb"}', "a\tb"),
        (b'{"title": "half \\ud835 pair"}', "half ? pair"),
        (b'{"title": "x", "score": NaN}', "x"),
        (b'\x1e{"title": "sequence"}', "sequence"),
    ],
)
def test_what_strict_readers_refuse_is_read(line: bytes, title: str) -> None:
    values, reading = read(line + b"\n" + lines(PAPERS[:1]))

    assert [value["title"] for _, value in values] == [title, PAPERS[0]["title"]]
    assert reading.problems == []


@pytest.mark.parametrize("content", [lines(PAPERS), json.dumps(PAPERS).encode(), json.dumps(PAPERS, indent=2).encode()])
def test_cut_anywhere_what_is_whole_stays(content: bytes) -> None:
    for cut in range(1, len(content)):
        values, reading = read(content[:cut])

        assert values == NUMBERED[: len(values)]
        whole = cut >= content.rindex(b"}") + 1
        assert len(values) == 3 if whole else reading.problems or content[:cut].endswith((b"\n", b"}"))


@pytest.mark.parametrize("chunk", [1, 64, 1 << 20])
@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b'"2401.00003", "title"', b'"2401.00003, "title"'),  # all quotes behind it change sides
        (b'"versions": [{"id": "v1"}, ', b'"versions": {{"id": "v1"}, '),
        (b'"One more"', b'"One more\\"'),
        (b'"One more"', b"One more"),
        (b'"One more",', b'"One more",}]'),
        (b'"One more",', b'"One more",]}'),
    ],
)
def test_a_damaged_element_costs_itself_only(
    found: bytes, instead: bytes, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_CHUNK", chunk)
    papers = [*PAPERS, {"id": "2401.00004", "title": "After it"}, PAPERS[0]]
    content = json.dumps(papers).encode()
    assert content.count(found) == 1
    values, reading = read(content.replace(found, instead))

    assert [value for _, value in values] == [*PAPERS[:2], *papers[3:]]
    (problem,) = reading.problems
    assert problem.text.startswith('{"id": "2401.00003')
    assert problem.text.endswith("}")
    assert problem.place == (3, 3)


def test_a_damaged_first_element_costs_itself_only() -> None:
    content = json.dumps([*PAPERS, PAPERS[0]]).encode()
    values, reading = read(content.replace(b'"title": "A', b'"ti\x01\x01\x01 "A', 1))

    assert [value for _, value in values if "title" in value] == [*PAPERS[1:], PAPERS[0]]
    assert reading.problems[0].text.startswith('{"id": "0704.0001", "ti')


def test_an_endless_record_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_RECORD", 2_000)
    monkeypatch.setattr(json_lines, "_CHUNK", 100)
    endless = b'{"id": "' + b"x" * 9_000 + b'"}'
    one = json.dumps(PAPERS[0]).encode()
    for content in (one + b"\n" + endless + b"\n" + one, b"[" + one + b"," + endless + b"," + one + b"]"):
        values, reading = read(content)

        assert [value for _, value in values] == [PAPERS[0], PAPERS[0]]
        assert len(reading.problems) == 1


def test_a_deep_nest_is_a_problem() -> None:
    for content in (b'{"a":' * 200_000 + b"\n", b"[" * 200_000):
        values, reading = read(content + lines(PAPERS))

        assert (2, PAPERS[0]) in values or content.startswith(b"[")
        assert reading.problems


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=5), st.booleans(), st.sampled_from([None, 1]))
def test_any_array_is_its_elements(elements: list[Any], ascii_only: bool, indent: int | None) -> None:
    values, reading = read(json.dumps(elements, ensure_ascii=ascii_only, indent=indent).encode())

    assert [value for _, value in values] == elements
    assert reading.problems == []


@given(st.binary(max_size=60) | st.text('[]{}",:\\1n \n', max_size=60).map(str.encode))
def test_any_bytes_are_survived(content: bytes) -> None:
    values, reading = read(content)

    assert all(place > 0 for place, _ in values)
    assert reading.total == len(reading.problems) or {one.level for one in reading.problems} & {"warning"}
