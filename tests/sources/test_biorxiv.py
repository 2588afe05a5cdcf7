"""bioRxiv and medRxiv: their feeds, the answers of their API, the pages of their search."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import ParseFailed, SourceError
from broadsheet.sources.biorxiv_marks import mend
from broadsheet.types import Parsed

from .test_feed import dump

DATA = Path(__file__).parent.parent / "data" / "biorxiv"
FORMATS = {
    "subject-feed.xml": "biorxiv-rss",
    "details.json": "biorxiv-api",
    "pubs.json": "biorxiv-api",
    "search.html": "biorxiv-search",
}


def parse(name: str) -> Parsed:
    parsed = sources.parse(dump((DATA / name).read_bytes()))
    assert parsed.format == FORMATS[name]
    return parsed


def answer(**parts: Any) -> Parsed:
    return sources.parse(dump(json.dumps(parts).encode()))


def test_an_answer_that_lost_its_messages_and_servers() -> None:
    record = {"doi": "10.1101/2024.01.01.123456", "version": "3", "title": "Owls", "authors": "Doe, J.; Roe, R."}
    parsed = answer(collection=[{**record, "category": "genomics", "date": "2024-01-01"}])

    assert parsed.format == "biorxiv-api"
    assert [(entry.title, entry.version) for entry in parsed.entries] == [("Owls", 3)]


def test_a_feed_of_a_subject() -> None:
    parsed = parse("subject-feed.xml")
    first, third = parsed.entries

    assert first.title == "Made-up Collagen in 3-Dimensional Models"
    assert first.abstract == "Background As owls sleep, (~300 micron) models < mice grow."
    assert first.authors == ("A. Maker", "B. C. Tester", "D. Drafter")
    assert (first.ids, first.version) == ({"doi": "10.1101/900001"}, 1)
    assert (first.published, first.updated) == (date(2026, 7, 29), None)
    assert first.categories == ("Genomics & Made-up Things",)
    assert (third.ids, third.version) == ({"doi": "10.64898/2026.07.01.900002"}, 3)
    assert parsed.problems == ()


def test_each_version_is_an_entry() -> None:
    first, second, journal, fever = parse("details.json").entries

    assert first.ids == second.ids == {"doi": "10.64898/2026.07.01.900001"}
    assert (first.version, first.published, first.updated) == (1, date(2026, 7, 1), None)
    assert (second.version, second.published, second.updated) == (2, date(2026, 7, 1), date(2026, 7, 20))
    assert (journal.version, journal.published, journal.updated) == (2, None, date(2026, 7, 2))
    assert first.authors == ("A. Maker", "B. C. Tester", "C. van Drafter")
    assert first.abstract == "Background Owls were made up. Methods We made D-owls."
    assert first.categories == ("animal behavior and cognition",)
    assert first.links["pdf"] == "https://www.biorxiv.org/content/10.64898/2026.07.01.900001v1.full.pdf"
    assert fever.title == "Made-up fevers, in vivo"
    assert fever.links["abstract"] == "https://www.medrxiv.org/content/10.64898/2026.07.01.900004v1"


def test_the_journal_version_is_another_work() -> None:
    parsed = parse("details.json")
    journal = parsed.entries[2]

    assert journal.ids == {"doi": "10.1101/2020.01.01.900003"}
    assert journal.related == {"doi:10.1234/made.5": "published version"}
    assert journal.links["published"] == "https://doi.org/10.1234/made.5"
    assert not parsed.entries[0].related
    assert parsed.announced == 4


def test_an_answer_about_published_ones() -> None:
    (entry,) = parse("pubs.json").entries

    assert (entry.title, entry.ids) == ("Made-up owls", {"doi": "10.1101/2020.01.01.900003"})
    assert (entry.published, entry.related) == (date(2020, 1, 2), {"doi:10.1234/made.5": "published version"})


def test_no_posts_are_no_error_and_an_error_is_no_listing() -> None:
    empty = answer(messages=[{"status": "no posts found"}], collection=[])
    failed = answer(messages=[{"status": "rate limit exceeded"}])

    assert (empty.format, empty.entries, empty.problems, empty.refusal) == ("biorxiv-api", (), (), None)
    assert (failed.format, failed.entries, failed.refusal) == ("biorxiv-api", (), "rate limit exceeded")


def test_records_that_are_none_and_values_that_are_none() -> None:
    record = {"title": "T", "doi": "no doi", "date": 20260701, "version": True, "authors": None, "abstract": ["x"]}
    parsed = answer(messages=[{"status": "ok"}], collection=[record, None, {"doi": "10.1101/1"}, "x"])

    assert [entry.title for entry in parsed.entries] == ["T"]
    assert parsed.entries[0].ids == {}
    assert (parsed.account.total, parsed.account.problem) == (4, 3)


def test_a_bare_list_of_records() -> None:
    records = json.loads((DATA / "details.json").read_text())["collection"]
    parsed = sources.parse(dump(json.dumps(records).encode()))

    assert (parsed.format, len(parsed.entries)) == ("biorxiv-api", 4)


@pytest.mark.parametrize("value", ["{}", "[1]", '{"collection": {"a": 1}}', "3", '"x"'])
def test_other_json_raises_nothing_else(value: str) -> None:
    try:
        parsed = sources.parse(dump(value.encode()), format="biorxiv-api")
    except ParseFailed:
        return
    assert parsed.entries == ()


def test_a_page_of_results() -> None:
    parsed = parse("search.html")
    first, later = parsed.entries

    assert first.title == "Made-up Strix & owls"
    assert first.authors == ("Ada T. Maker", "Bo Tester")
    assert (first.ids, first.version) == ({"doi": "10.1101/2026.02.18.900001"}, 1)
    assert (first.published, first.updated) == (date(2026, 2, 19), None)
    assert (later.version, later.published, later.updated) == (4, None, date(2026, 2, 19))
    assert later.links["abstract"] == "https://www.biorxiv.org/content/10.1101/2026.02.18.900002v4"
    assert (parsed.account.total, parsed.problems) == (2, ())


def test_a_page_of_a_subject() -> None:
    page = (
        (DATA / "search.html").read_text().replace("search-result", "other").replace("highwire-others", "highwire-list")
    )
    parsed = sources.parse(dump(page.encode()))

    assert parsed.format == "biorxiv-search"
    assert parsed.entries == parse("search.html").entries


def test_a_page_without_results_is_empty_and_one_without_their_list_is_refused() -> None:
    page = "<!DOCTYPE html><html><body><a href='https://www.biorxiv.org/'>x</a>{}</body></html>"
    empty = sources.parse(dump(page.format("<div class='highwire-search-results'>No Results</div>").encode()))

    assert (empty.format, empty.account.total) == ("biorxiv-search", 0)
    with pytest.raises(ParseFailed, match="without a list"):
        sources.parse(dump(page.format("").encode()), format="biorxiv-search")


@pytest.mark.parametrize("name", FORMATS)
def test_cut_at_every_byte(name: str) -> None:
    content = (DATA / name).read_bytes()
    whole = sources.parse(dump(content)).entries

    step = 7 if name == "search.html" else 1
    for at in range(1, len(content), step):
        try:
            entries = sources.parse(dump(content[:at]), format=FORMATS[name]).entries
        except SourceError:
            continue
        if name == "details.json":
            # The first version dates the later ones, and stands before them.
            assert entries == whole[: len(entries)]
        assert [entry.title for entry in entries] == [entry.title for entry in whole[: len(entries)]]
        assert entries == whole[: len(entries)]


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(sorted(FORMATS)),
    where=st.floats(0, 1),
    removed=st.integers(0, 40),
    put=st.binary(max_size=4) | st.sampled_from([b"null", b"<li>", b"</li>", b"[[[[", b"\\ud800", b"1e999"]),
)
def test_spliced(name: str, where: float, removed: int, put: bytes) -> None:
    content = (DATA / name).read_bytes()
    at = int(where * len(content))
    try:
        parsed = sources.parse(dump(content[:at] + put + content[at + removed :]), format=FORMATS[name])
    except SourceError:
        return
    assert parsed.account.entry == len(parsed.entries)
    for entry in parsed.entries:
        entry.title.encode()


@pytest.mark.parametrize(
    ("flattened", "words"),
    [
        ("O_SCPCAPDC_SCPCAP-glucose and O_SCPLOWLC_SCPLOW-lysine", "D-glucose and L-lysine"),
        (
            "BackgroundAs owls sleep. MethodsWe watch.ResultsNone.",
            "Background As owls sleep. Methods We watch.Results None.",
        ),
        ("O_ST_ABSConclusionsC_ST_ABSOwls.", "Conclusions Owls."),
        ("We use ResultsDB and MethodsX.", "We use ResultsDB and MethodsX."),
        ("Owls. O_FIG O_LINKSMALLFIG WIDTH=200 M_FIG C_FIG More.", "Owls. More."),
        ("O_LIOne C_LIO_LITwo C_LI", "One Two"),
        ("TO_DO and H_O and CO_P stay", "TO_DO and H_O and CO_P stay"),
        ("O_FIG never closed", "O_FIG never closed"),
    ],
)
def test_marks_of_flattened_text(flattened: str, words: str) -> None:
    assert " ".join(mend(flattened).split()) == words
