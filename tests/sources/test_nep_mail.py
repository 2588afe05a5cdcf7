"""The mails of RePEc's New Economics Papers, in both layouts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised, titles

OLD = bytes_of("nep-mail", "issue-of-the-2000s.txt")
LABELLED = bytes_of("nep-mail", "issue-with-labels.txt")


def test_the_layout_of_the_2000s() -> None:
    parsed = parse("nep-mail", OLD)
    boats, kites = parsed.entries

    assert boats.title == "Boats and Incentives"
    assert boats.authors == ("Jane Doe", "Richard Roe")
    # A numbered list in an abstract is no paper.
    assert boats.abstract == "We fold boats. There are three ways: 1. by hand, 2. by foot, and by mouth."
    assert (boats.published, boats.published_precision) == (date(2005, 8, 31), "day")
    assert boats.links == {"abstract": "http://d.repec.org/n?u=RePEc:boa:tspaper:2005039&r=gth"}
    assert boats.categories == ("C70",)
    assert (kites.published, kites.published_precision) == (date(2005, 8, 1), "month")
    assert (parsed.announced, parsed.taken, parsed.problems) == (2, datetime(2005, 10, 29, tzinfo=UTC), ())


def test_the_layout_with_labels() -> None:
    parsed = parse("nep-mail", LABELLED)
    boats, kites = parsed.entries

    assert boats.authors == ("Jane Doe", "Richard Roe")
    assert boats.abstract == "We fold boats and unfold them."
    assert (boats.published, boats.published_precision) == (date(2019, 2, 1), "month")
    assert boats.categories == ("C70", "D82")
    assert kites.title == "Kites of today"
    assert (parsed.announced, parsed.taken, parsed.problems) == (2, datetime(2019, 3, 11, tzinfo=UTC), ())


def test_mails_one_behind_the_other() -> None:
    parsed = parse("nep-mail", OLD + OLD)

    assert titles(parsed) == ["Boats and Incentives", "Kites"] * 2
    assert parsed.announced == 4


def test_a_paper_without_its_url_at_the_end_is_torn() -> None:
    parsed = parse("nep-mail", OLD[: OLD.rindex(b"URL:")])

    assert titles(parsed) == ["Boats and Incentives"]
    assert [problem.place for problem in parsed.problems] == [(45, 51)]


def test_a_mail_without_papers_is_empty() -> None:
    parsed = parse("nep-mail", OLD[: OLD.index(b"In this issue")])

    assert (parsed.entries, parsed.problems) == ((), ())


@pytest.mark.parametrize("content", [OLD, LABELLED])
def test_it_is_recognised(content: bytes) -> None:
    assert recognised(content) == "nep-mail"


@pytest.mark.parametrize("content", [OLD, LABELLED])
def test_cut_anywhere_it_invents_nothing(content: bytes) -> None:
    assert_cuts_invent_nothing("nep-mail", content)


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(OLD[:at] + junk + OLD[at + len(junk) :]), format="nep-mail")
    except SourceError:
        return
    assert len(parsed.entries) <= 3
