"""What is cut, torn, too long or not there: kept as far as it goes, and said."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import ParseFailed, SourceError
from broadsheet.sources.daily_papers import entries
from broadsheet.sources.daily_papers.sniffing import sniff
from broadsheet.types import Parsed
from tests.sources.copies import (
    BELLS,
    HEADER,
    LANTERN,
    ORCHARD,
    PAPERS,
    TIDEGATE,
    Layout,
    Made,
    dump,
    expected,
    found,
    render,
)

WHOLE = render(PAPERS, Layout())


def _said(parsed: Parsed) -> list[tuple[str, tuple[int, int] | None, str]]:
    return [(problem.level, problem.place, problem.reason) for problem in parsed.problems if problem.level != "note"]


def _balanced(parsed: Parsed) -> bool:
    account = parsed.account
    return account.total == account.entry + account.furniture + account.problem


@pytest.mark.parametrize("layout", [Layout(), Layout(blanks=False), Layout(width=72), Layout(tail="line")])
def test_wherever_a_copy_is_cut_no_paper_is_invented_and_the_loss_is_said(layout: Layout) -> None:
    text = render(PAPERS, layout)
    titles = [paper.title for paper in PAPERS]
    for end in range(text.index("Lantern"), len(text) - 1, 7):
        parsed = sources.parse(dump(text[:end]))
        assert [entry.title for entry in parsed.entries] == titles[: len(parsed.entries)]
        assert _balanced(parsed)
        facts = [found(entry) for entry in parsed.entries]
        assert facts[:-1] == [expected(paper) for paper in PAPERS][: max(0, len(facts) - 1)]


def test_a_character_cut_at_the_end_is_a_warning_beside_the_cut_abstract() -> None:
    content = WHOLE.encode()
    parsed = sources.parse(dump(content[: content.index("•".encode()) + 1]))
    assert [reason for _, _, reason in _said(parsed)] == [
        "the file ends in the middle of a character",
    ]
    assert [found(entry)["abstract"] for entry in parsed.entries] == [" ".join(LANTERN.abstract)]


@pytest.mark.parametrize("ending", ["", "harbour master’s quay", "at https://bells"])
def test_a_cut_abstract_is_told_by_its_end_even_without_tails(ending: str) -> None:
    papers = [replace(paper, published=None) for paper in (LANTERN, TIDEGATE, BELLS)]
    text = f"{render(papers, Layout()).rstrip()} {ending}".rstrip()
    warned = [reason for _, _, reason in _said(sources.parse(dump(text)))]
    assert warned == (["the file ends in the middle of an abstract; copy the page again"] if ending else [])


def test_a_last_abstract_that_ends_in_an_address_is_not_thought_cut() -> None:
    papers = [replace(paper, published=None) for paper in PAPERS]
    assert PAPERS[-1].abstract[-1].endswith("/tapes")
    assert _said(sources.parse(dump(render(papers, Layout())))) == []


def test_a_last_paper_without_the_tail_that_the_others_have_may_be_cut() -> None:
    parsed = sources.parse(dump(render([*PAPERS, BELLS], Layout())))
    (problem,) = parsed.problems
    assert (problem.level, problem.reason) == ("note", "the file may be cut: its last paper has no authors and date")


def test_a_page_cut_by_the_next_page_is_said() -> None:
    cut = WHOLE[: WHOLE.index("What Do Orchards") + 10]
    parsed = sources.parse(dump(cut + "\n" + WHOLE))
    assert [(level, reason.split(",")[0]) for level, _, reason in _said(parsed)] == [
        ("error", "the page ends in the middle of a title")
    ]
    assert len(parsed.entries) == 3 + 4


def test_a_line_too_long_to_be_read_is_a_problem_with_its_text() -> None:
    long = "kites " * 4000
    text = render([replace(LANTERN, published=None), TIDEGATE], Layout()).replace(LANTERN.abstract[0], long)
    parsed = sources.parse(dump(text))
    assert [entry.title for entry in parsed.entries] == [LANTERN.title, TIDEGATE.title]
    assert parsed.entries[0].abstract is None
    errors = [problem for problem in parsed.problems if problem.level == "error"]
    assert [(problem.place, problem.text) for problem in errors] == [((17, 17), long.strip())]
    assert parsed.account.problem == 1
    assert _balanced(parsed)


def test_an_abstract_of_far_too_many_lines_is_a_problem_and_the_paper_is_kept() -> None:
    paragraphs = tuple(f"kites of number {number} go up " * 100 for number in range(9))
    parsed = sources.parse(dump(render([replace(LANTERN, abstract=paragraphs), TIDEGATE], Layout(blanks=False))))
    assert parsed.entries[-1].title == TIDEGATE.title
    assert any("characters; the paper is kept without it" in reason for _, _, reason in _said(parsed))
    assert _balanced(parsed)


def test_text_below_the_last_tail_takes_nothing_from_the_paper_above() -> None:
    text = "We are " + "out of wind, " * 60
    parsed = sources.parse(dump(f"{WHOLE}\n{text}"))
    assert [found(entry) for entry in parsed.entries] == [expected(paper) for paper in PAPERS]
    assert [(level, reason) for level, _, reason in _said(parsed)] == [("error", "text without a title above it")]
    assert _balanced(parsed)


def test_text_above_the_first_title_is_a_problem() -> None:
    text = "and so it went on, kite after kite, " * 30 + "until the wind fell."
    parsed = sources.parse(dump(f"{text}\n\n" + render(PAPERS, Layout(header=()))))
    assert [said[:2] for said in _said(parsed)] == [("error", (1, 1))]
    assert parsed.problems[0].text == text
    assert [entry.title for entry in parsed.entries] == [paper.title for paper in PAPERS]


def test_an_organisation_below_text_without_a_title_is_a_problem_with_it() -> None:
    text = "we are " + "out of wind, " * 60 + "and done."
    parsed = sources.parse(dump(f"{HEADER[2]}\n\n{text}\n\nkites KITES\n\n·\n\nMay 2, 2025\n"))
    assert [place for _, place, _ in _said(parsed)] == [(3, 5), (7, 9)]
    assert _balanced(parsed)


def test_authors_below_no_title_are_a_problem() -> None:
    text = "and so it went on, kite after kite, " * 30 + "until the wind fell."
    torn = f"{text}\n\n  • 3 authors\n\n·\n\nMay 2, 2025\n\n"
    parsed = sources.parse(dump(torn + render(PAPERS, Layout(header=()))))
    assert [(level, place) for level, place, _ in _said(parsed)] == [("error", (1, 1)), ("warning", (3, 7))]
    assert len(parsed.entries) == len(PAPERS)


def test_users_above_the_titles_are_furniture() -> None:
    text = WHOLE
    for user, paper in zip(("keeper", "ring.er", "ferry_man", "old-tree"), PAPERS, strict=True):
        text = text.replace(paper.title, f"Submitted by\n\n{user}\n\n{paper.title}")
    parsed = sources.parse(dump(text.replace("Submitted by\n\nring.er", "Submitted by ring.er")))
    assert [found(entry) for entry in parsed.entries] == [expected(paper) for paper in PAPERS]
    assert parsed.account.furniture == len(HEADER) + 7


def test_a_date_in_the_midst_of_a_wrapped_abstract_is_text() -> None:
    abstract = (
        "The harbour kept its books until the night of the long storm, and the last entry was made on\nMay 2\n"
        "of that year by a clerk who had never seen the sea. We read the books that were saved and say what is lost\n"
        "from them, page by page, with the likeliest words for each of the gaps that the water left behind."
    )
    text = f"{HEADER[2]}\nSubscribe\nBooks Under Water\n{abstract}\n  • 2 authors\n·\nJun 14\n"
    parsed = sources.parse(dump(text))
    assert [entry.abstract for entry in parsed.entries] == [abstract.replace("\n", " ")]
    assert parsed.entries[0].author_count == 2


@pytest.mark.parametrize(
    ("paper", "abstract"),
    [
        (replace(LANTERN, abstract=("Kites fly. They do.",)), "Kites fly. They do."),
        (replace(TIDEGATE, abstract=(TIDEGATE.abstract[0].rstrip("."),)), TIDEGATE.abstract[0].rstrip(".")),
    ],
)
def test_short_and_unended_abstracts_are_abstracts(paper: Made, abstract: str) -> None:
    for blanks in (True, False):
        parsed = sources.parse(dump(render([BELLS, paper, ORCHARD], Layout(blanks=blanks))))
        assert [entry.abstract for entry in parsed.entries][1] == abstract


def test_a_copy_without_header_and_tails_is_known_by_its_shape_and_says_so() -> None:
    papers = [replace(paper, published=None) for paper in (LANTERN, TIDEGATE, BELLS)]
    long = [replace(paper, abstract=(paper.abstract[0] * 2,)) for paper in papers]
    parsed = sources.parse(dump(render(long, Layout(header=()))))
    assert [entry.title for entry in parsed.entries] == [paper.title for paper in papers]
    assert [(problem.level, "taken for a copy" in problem.reason) for problem in parsed.problems] == [("note", True)]


def test_sniffing_is_surer_the_more_of_a_page_it_sees() -> None:
    tails_only = render(PAPERS, Layout(header=()))
    users = "Submitted by\nkeeper\nSubmitted by\nferryman\n"
    dated = "Jul 3\nKites\nThey fly.\n"
    sure = [sniff(text) for text in (WHOLE, tails_only, users, dated, "Kites\nThey fly.\n", "", "<p>" + WHOLE)]
    assert sure == [0.95, 0.8, 0.7, 0.6, 0.0, 0.0, 0.0]


def test_a_dump_of_a_million_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "_MOST_LINES", 10)
    with pytest.raises(ParseFailed, match=r"copy\.txt: has over 10 lines, more than any copied page; split the file"):
        sources.parse(dump(WHOLE))


_PIECES = st.sampled_from(
    [
        *(
            *HEADER,
            "• 3 authors",
            "·",
            "May 2",
            "Dec 6, 2025 2",
            "May 296",
            "kites KITES",
            "Submitted by",
            "keeper",
            "12",
        ),
        *(
            "A Title of Some Kind",
            "a line in the midst of a sentence that goes on",
            "A sentence that ends here.",
            "x" * 400,
        ),
        *(
            "We say: " + "kites " * 70,
            "new" + HEADER[2],
            "Subscribe" + BELLS.title,
            "•",
            "https://kites.example/",
            "word-",
        ),
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES | st.text(max_size=60), max_size=40), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_every_line_below_a_header_is_entry_furniture_or_problem(pieces: list[str], separator: str) -> None:
    content = separator.join([HEADER[2], "Subscribe", *pieces]).encode("utf-8", "replace")
    parsed = _parsed(content)
    if isinstance(parsed, SourceError):
        assert "binary data" in str(parsed)
        return
    assert _balanced(parsed)
    assert 0 <= parsed.account.coverage <= 100
    spans = [entry.provenance.span for entry in parsed.entries if entry.provenance]
    assert all(first <= last for first, last in spans)
    assert all(above[1] < below[0] for above, below in pairwise(spans))


@settings(deadline=None)
@given(st.binary() | st.lists(_PIECES).map(lambda pieces: "\n".join(pieces).encode()), st.booleans())
def test_any_bytes_are_parsed_or_refused_with_a_source_error(content: bytes, named: bool) -> None:
    parsed = _parsed(content, format_name="daily-papers" if named else None)
    if isinstance(parsed, SourceError):
        assert "\n" not in str(parsed)
        return
    assert _balanced(parsed)
    assert parsed == _parsed(content, format_name="daily-papers")


def _parsed(content: bytes, format_name: str | None = None) -> Parsed | SourceError:
    try:
        return sources.parse(dump(content), format=format_name)
    except SourceError as error:
        return error
