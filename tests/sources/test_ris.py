"""RIS: its dialects, what is odd in real files, and what damage costs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError, UnknownFormat
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised, titles

FILES = ("dialects.ris", "mark-and-blank-lines.ris", "carriage-returns.ris", "text-around-records.ris")


def test_records_of_all_dialects_are_read() -> None:
    parsed = parse("ris", bytes_of("ris", "dialects.ris"))
    boats, kites, conference = parsed.entries

    assert boats.title == "Folding <paper> boats in O(n) time"
    assert boats.authors == ("Jane Doe", "Richard Roe Jr")
    assert (boats.published, boats.published_precision) == (date(2016, 12, 1), "month")
    assert boats.ids == {"doi": "10.1234/boats.5"}
    assert boats.links == {
        "abstract": "https://journal.example/boats/5;jsessionid=1",
        "pdf": "https://journal.example/boats/5.pdf",
    }
    assert kites.abstract == "Kites are flown with lines that wrap and are indented."
    assert (kites.ids, kites.version) == ({"arxiv": "2401.01234"}, 2)
    assert (kites.published, kites.published_precision) == (date(2024, 1, 3), "day")
    assert (conference.title, conference.published, conference.ids) == ("One title", None, {"doi": "10.1234/conf.9"})
    assert [(problem.level, problem.text) for problem in parsed.problems] == [("note", "One title\nAnother title")]
    # The whole journal.
    assert parsed.account.furniture == 3


def test_a_mark_blank_lines_and_wrapped_lines_belong_to_the_record() -> None:
    (entry,) = parse("ris", bytes_of("ris", "mark-and-blank-lines.ris")).entries

    assert (entry.title, entry.authors) == ("A title that is wrapped without a tag", ("Jane Doe",))
    assert entry.provenance
    assert entry.provenance.span == (1, 8)


def test_lines_that_end_with_carriage_returns() -> None:
    (entry,) = parse("ris", bytes_of("ris", "carriage-returns.ris")).entries

    assert (entry.title, entry.published) == ("Old line ends", date(2001, 9, 1))


def test_text_between_records_is_furniture_or_told_and_a_lost_begin_is_told() -> None:
    parsed = parse("ris", bytes_of("ris", "text-around-records.ris"))

    assert titles(parsed) == ["First of two", "Second has lost its begin"]
    assert parsed.account.furniture == 4
    assert [(problem.place, problem.reason) for problem in parsed.problems] == [
        ((9, 9), "text outside of any record"),
        ((10, 10), "a record without its begin (TY)"),
        ((14, 14), "the end of a record (ER) that has no begin"),
    ]


def test_what_ovid_puts_behind_the_end_of_a_record_is_furniture() -> None:
    parsed = parse("ris", bytes_of("ris", "ovid-names-the-journal-behind-the-end.ris"))

    assert titles(parsed) == ["Boats of paper and their crews", "Kites of paper and their strings"]
    assert (parsed.account.total, parsed.account.furniture, parsed.problems) == (17, 6, ())


def test_records_without_ends_are_read_where_no_record_has_one() -> None:
    parsed = parse("ris", bytes_of("ris", "ends-missing.ris"))

    assert titles(parsed) == ["First without end", "Second without end", "Third without end"]
    assert parsed.problems[-1].reason.startswith("the last record may be cut")


def test_a_record_without_its_end_is_torn_where_others_have_theirs() -> None:
    parsed = parse("ris", "TY  - JOUR\nTI  - Whole\nER  - \nTY  - JOUR\nTI  - Torn\nAU  - Doe, J")

    assert titles(parsed) == ["Whole"]
    assert (parsed.account.problem, parsed.problems[0].place) == (3, (4, 6))
    assert "TI  - Torn" in parsed.problems[0].text


def test_blanks_around_the_hyphen_may_be_missing() -> None:
    parsed = parse("ris", "TY  -JOUR\nTI - Boats - a survey\nAI - is no tag\nAU  -Doe, Jane\nER  -\n")

    assert [(entry.title, entry.authors) for entry in parsed.entries] == [
        ("Boats - a survey AI - is no tag", ("Jane Doe",))
    ]


def test_a_record_without_a_title_is_told() -> None:
    parsed = parse("ris", "TY  - JOUR\nT1  - \nAB  - Text\nER  - \n")

    assert (parsed.entries, parsed.account.problem) == ((), 4)


def test_a_journal_record_that_names_its_preprint_is_not_the_preprint() -> None:
    record = (
        "TY  - JOUR\nTI  - Boats\nJO  - Journal of Boats\nDO  - 10.1234/b\nUR  - https://arxiv.org/abs/2401.01234\n"
    )
    (entry,) = parse("ris", record + "ER  - \n").entries

    assert entry.ids == {"doi": "10.1234/b"}
    assert entry.related == {"arxiv:2401.01234": "preprint"}


@pytest.mark.parametrize("name", [*FILES, "ends-missing.ris"])
def test_it_is_recognised(name: str) -> None:
    assert recognised(bytes_of("ris", name)) == "ris"


@pytest.mark.parametrize(
    "text",
    ["PMID- 1\nTI  - A title\nAU  - Doe J\n", "Notes\n- one\n- two\n", "THE  - END\n", '{"TY": "TY  - JOUR"}'],
)
def test_other_text_is_not(text: str) -> None:
    try:
        name = recognised(text)
    except UnknownFormat:
        name = ""
    assert name != "ris"


@pytest.mark.parametrize("name", FILES)
def test_cut_anywhere_it_invents_nothing(name: str) -> None:
    assert_cuts_invent_nothing("ris", bytes_of("ris", name))


LINES = st.sampled_from(
    [
        "TY  - JOUR",
        "ER  - ",
        "ER",
        "TI  - A title",
        "T1 - B",
        "UK  - x",
        "ZZ  - y",
        "AU  - ,",
        "PY  - 9999/99/99",
        "wrap",
    ]
)


@given(st.lists(LINES | st.text(max_size=12), max_size=30), st.sampled_from(["\n", "\r", "\r\n", "\n\n"]))
def test_any_lines_are_accounted_for(lines: list[str], end: str) -> None:
    try:
        sources.parse(dump(end.join(lines)), format="ris")
    except SourceError:
        return
    text = "".join(char for char in end.join(lines) if char.isprintable() or char in "\r\n")
    if text.strip():
        parse("ris", text)


@given(st.integers(0, 300), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    content = bytes_of("ris", "dialects.ris")
    at %= len(content)
    try:
        parsed = sources.parse(dump(content[:at] + junk + content[at + len(junk) :]), format="ris")
    except SourceError:
        return
    assert len(parsed.entries) <= 4
