"""arXiv's mails and listing files."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.types import Parsed
from tests.sources.damage import DATA, cut_anywhere, flipped, parse, parse_file, survives

DAILY = (DATA / "arxiv-mail" / "daily.txt").read_bytes()
MONTHLY = (DATA / "arxiv-mail" / "monthly.txt").read_bytes()
RULE = b"-" * 78 + b"\n"


def ids(parsed: Parsed) -> list[str]:
    return [entry.ids.get("arxiv", "") for entry in parsed.entries]


def test_a_mail_about_several_subjects() -> None:
    parsed = parse_file("arxiv-mail/several-subjects.txt")

    assert (ids(parsed), parsed.problems) == (["2602.00001", "2503.00002"], ())
    assert [entry.announce_type for entry in parsed.entries] == ["cross", "replace"]
    assert parsed.taken == datetime(2026, 2, 12, 19, 0, tzinfo=UTC)
    # The subjects end with a rule, should the line behind them be lost; what stands there is told.
    text = (DATA / "arxiv-mail" / "several-subjects.txt").read_bytes()
    lost = b"".join(line for line in text.splitlines(keepends=True) if b"received from" not in line)
    assert [
        one.text
        for one in parse(lost.replace(RULE + RULE + b"\\", RULE + b"Lost\n" + RULE + b"\\"), "arxiv-mail").problems
    ] == ["Lost"]


def test_a_daily_mail() -> None:
    parsed = parse_file("arxiv-mail/daily.txt")

    assert parsed.problems == ()
    assert (parsed.account.unit, parsed.account.total, parsed.account.entry) == ("lines", 75, 53)
    assert parsed.taken == datetime(2023, 3, 17, 0, 31, 14, tzinfo=UTC)
    # The replaced papers are not counted in the subject.
    assert parsed.announced is None
    kinds = [entry.announce_type for entry in parsed.entries]
    assert kinds == ["new", "new", "cross", "replace", "replace-cross"]
    cranes, kites, boats, strings, wings = parsed.entries
    assert cranes.title_raw == "Cranes folded from banknotes: a study of square roots"
    assert cranes.abstract_raw == (
        "We fold cranes from banknotes. Results: this line looks like a field, and Title: so does this one. "
        "A second paragraph with {\\em i)} TeX and $x < y$."
    )
    assert cranes.authors == ("Ada One", "Björn García Jr.", "Lars Åstrand")
    assert (cranes.published, cranes.published_precision, cranes.updated) == (date(2023, 3, 15), "day", None)
    assert cranes.categories == ("q-fin.TR", "cond-mat.stat-mech")
    assert cranes.ids == {"arxiv": "2303.00001"}
    assert cranes.related == {"doi:10.9999/made.up.1": "published version"}
    assert cranes.links["published"] == "https://doi.org/10.9999/made.up.1"
    assert cranes.links["abstract"] == "https://arxiv.org/abs/2303.00001"
    assert (kites.authors, kites.author_count) == (("C. Three", "D. Four"), 40)
    assert (boats.published, boats.abstract) == (date(2023, 3, 15), "They float.")
    assert (strings.title, strings.abstract) == ("Strings attached to a kite", None)
    assert (strings.published, strings.updated) == (None, date(2023, 3, 16))
    assert wings.ids == {"arxiv": "math/0206005"}
    assert cranes.provenance is not None
    assert cranes.provenance.span == (13, 32)


def test_a_mail_with_its_header_lines_and_without_new_papers() -> None:
    parsed = parse_file("arxiv-mail/subject-class-without-new.txt")

    assert (ids(parsed), parsed.problems) == (["2306.00001"], ())
    assert parsed.entries[0].announce_type == "cross"
    assert parsed.taken == datetime(2023, 6, 9, 0, 44, 20, tzinfo=UTC)
    assert parsed.account.furniture == 23


def test_a_mail_with_nothing_in_it() -> None:
    parsed = parse_file("arxiv-mail/nothing-today.txt")

    assert (parsed.entries, parsed.problems, parsed.announced) == ((), (), 0)


def test_a_past_week_file() -> None:
    parsed = parse_file("arxiv-mail/pastweek.txt")

    assert ids(parsed) == ["2303.00001", "2302.00002"]
    assert (parsed.problems, parsed.account.furniture) == ((), 10)
    assert [entry.announce_type for entry in parsed.entries] == [None, "cross"]
    assert parsed.taken == datetime(2023, 3, 3, tzinfo=UTC)
    assert [entry.published for entry in parsed.entries] == [date(2023, 3, 2), date(2023, 2, 24)]


def test_a_monthly_listing() -> None:
    parsed = parse_file("arxiv-mail/monthly.txt")

    assert ids(parsed) == ["astro-ph/9301001", "hep-ph/9301239", "2006.00003"]
    assert parsed.problems == ()
    kites, boats, cranes = parsed.entries
    assert kites.authors == ("A. One", "J.W. Two", "M. V. Three")
    assert (kites.published, kites.updated, kites.version) == (date(1993, 1, 7), None, None)
    assert (boats.announce_type, boats.updated, boats.version) == ("cross", date(1993, 1, 15), None)
    assert (cranes.published, cranes.updated, cranes.version) == (date(2020, 5, 28), date(2021, 2, 27), 3)
    assert [entry.abstract for entry in parsed.entries] == [None] * 3


def test_a_mail_counts_its_papers_where_none_is_replaced() -> None:
    begin, end = DAILY.index(b"%%--%%"), DAILY.index(b"%%%---")
    assert parse(DAILY[:begin] + DAILY[end:]).announced == 3


def test_papers_that_the_subject_counts_and_that_are_not_there_are_told() -> None:
    begin, end = DAILY.index(b"\\\\\narXiv:2303.00002"), DAILY.index(b"%-%-")
    parsed = parse(DAILY[:begin] + DAILY[end:])

    assert [problem.reason for problem in parsed.problems] == ["the subject says 2 papers of kind 'new'; 1 were found"]


def test_a_mail_without_its_end_is_told() -> None:
    parsed = parse(DAILY[: DAILY.index(b"%%%---")])

    assert len(parsed.entries) == 5
    assert [problem.reason[:40] for problem in parsed.problems] == ["the mail ends before its closing line; t"]


def test_two_mails_in_one_file() -> None:
    parsed = parse(DAILY + DAILY.replace(b"2303.0000", b"2303.1000"))

    assert len(parsed.entries) == 10
    assert [entry.announce_type for entry in parsed.entries[:5]] == [one.announce_type for one in parsed.entries[5:]]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("lost", "instead", "reasons"),
    [
        # The mark that begins a record.
        (b"\\\\\narXiv:2303.00002", b"arXiv:2303.00002", []),
        # The one between fields and abstract: what follows belongs to no field.
        (
            b"Categories: q-fin.CP\n\\\\\n  A kite flies.\n",
            b"Categories: q-fin.CP\n  A kite flies.\nHigh.\n",
            ["lines in"],
        ),
        # The line that ends a record.
        (b"\\\\ ( https://arxiv.org/abs/2303.00002 ,  1742kb)\n", b"", ["the line that closes"]),
        # The first line.
        (b"arXiv:2303.00002\n", b"", ["its first line names no id of arXiv; taken from its last line"]),
        (
            b"arXiv:2303.00002\n",
            b"arXiv:23O3.OOOO2\n",
            ["its first line names no id of arXiv; taken from its last line"],
        ),
        (b"arXiv:2303.00002\n", b"arXiv:2303.00009\n", ["its first line says 2303.00009, its last line 2303.00002"]),
        (RULE + b"\\\\\narXiv:2303.00002", b"\\\\\narXiv:2303.00002", []),
    ],
)
def test_a_lost_line_costs_no_paper(lost: bytes, instead: bytes, reasons: list[str]) -> None:
    assert DAILY.count(lost) == 1
    parsed = parse(DAILY.replace(lost, instead))

    assert [entry.title for entry in parsed.entries] == [entry.title for entry in parse(DAILY).entries]
    assert [problem.reason[: len(reason)] for problem, reason in zip(parsed.problems, reasons, strict=True)] == reasons
    kites = parsed.entries[1]
    assert (kites.authors, kites.categories) == (("C. Three", "D. Four"), ("q-fin.CP",))


def test_what_is_left_of_a_rule_is_no_abstract() -> None:
    content = (DATA / "arxiv-mail" / "pastweek.txt").read_bytes()
    place = content.index(RULE, content.index(b"Cranes"))
    parsed = parse(content[:place] + b"?" * 50 + content[place + 50 :])

    assert [entry.abstract for entry in parsed.entries] == [None, None]
    (problem,) = parsed.problems
    assert problem.text == "?" * 50 + "-" * 28


def test_a_paper_without_a_title_is_a_problem_with_its_text() -> None:
    parsed = parse(DAILY.replace(b"Title: Kites for", b"Tilte: Kites for"))

    assert ids(parsed) == ["2303.00001", "2303.00003", "2204.00004", "math/0206005"]
    counted, problem = parsed.problems
    assert counted.reason.startswith("the subject says 2 papers")
    assert (problem.reason, problem.text.count("\n")) == ("a paper without a title", 8)
    assert "Tilte: Kites for the KITE Collaboration" in problem.text
    assert parsed.account.problem == 9


def test_text_outside_of_papers_is_told() -> None:
    parsed = parse(
        DAILY.replace(RULE + b"\\\\\narXiv:2303.00002", b"An advertisement\nof two lines\n\\\\\narXiv:2303.00002")
    )

    (problem,) = parsed.problems
    assert (problem.text, problem.place) == ("An advertisement\nof two lines", (33, 34))
    assert (parsed.account.problem, len(parsed.entries)) == (2, 5)


def test_lines_without_their_indentation_are_still_read() -> None:
    parsed = parse(re.sub(rb"(?m)^  ", b"", DAILY).replace(b"\n", b" \r\n"))

    assert [entry.title for entry in parsed.entries] == [entry.title for entry in parse(DAILY).entries]
    assert parsed.entries[0].authors == ("Ada One", "Björn García Jr.", "Lars Åstrand")


@pytest.mark.parametrize("content", [DAILY, MONTHLY])
def test_cut_anywhere(content: bytes) -> None:
    cut_anywhere(content, "arxiv-mail", step=1)


@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 7)), max_size=8), st.sampled_from([DAILY, MONTHLY]))
def test_flipped_bits(places: list[tuple[int, int]], content: bytes) -> None:
    survives(flipped(content, places), "arxiv-mail")


LINES = sorted(set(DAILY.splitlines(keepends=True)) | set(MONTHLY.splitlines(keepends=True)))


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_any_order_of_lines(lines: list[bytes]) -> None:
    survives(b"".join(lines), "arxiv-mail")


@given(st.binary(max_size=200) | st.text("\\\n arXiv:23.0(-%*)/", max_size=200).map(str.encode))
def test_any_bytes(content: bytes) -> None:
    survives(content, "arxiv-mail")


def test_hostile_files_cost_little() -> None:
    for line in (b"\\\\\n", b"\\\\\narXiv:2303.00001\n", RULE, b"%-" * 39 + b"\n", b"arXiv:2303.00001\nTitle: a\n"):
        survives(line * 20_000, "arxiv-mail")
