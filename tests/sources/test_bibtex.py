"""BibTeX: dialects, encodings, what damage costs, and that hostile files cost little."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from broadsheet.sources.bibtex_values import Macros, authors, plain
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised, titles


def test_entries_of_all_dialects_are_read() -> None:
    parsed = parse("bibtex", bytes_of("bibtex", "dialects.bib"))
    boats, kites, first, second, thesis = parsed.entries

    assert boats.title_raw == r"Folding the BERT of Boats: {\'E}tude in $O(n_{i})$ time"
    assert boats.authors[:3] == ("Jane Doe", "Richard van der Roe", "The Boat Group")
    assert len(boats.authors) == 4
    # Of "3~" and the macro mar, which nobody defines and which is its name.
    assert (boats.published, boats.published_precision) == (date(2016, 3, 3), "day")
    assert (boats.ids, boats.related) == ({"doi": "10.1234/boats.5"}, {"arxiv:1603.01234": "preprint"})
    assert boats.links["abstract"] == "https://journal.example/5"
    assert kites.title == 'Kites of "several" strings'
    assert (kites.ids, kites.version, kites.categories) == ({"arxiv": "2401.01234"}, 2, ("cs.KT",))
    assert kites.related == {"doi:10.1234/kites.1": "published version"}
    assert (kites.published, kites.published_precision) == (date(2024, 1, 1), "month")
    assert kites.abstract == "Kites @ home are flown."
    assert (first.title, first.published, first.published_precision) == ("Two in one line", date(2011, 12, 1), "month")
    assert (second.title, second.links) == ("The second", {"abstract": "https://kites.example/2"})
    # A missing comma costs nothing, and the first of two titles counts.
    assert (thesis.title, thesis.authors, thesis.ids) == (
        "A comma is missing",
        ("Richard Roe",),
        {"arxiv": "2401.05678"},
    )
    # Comments, macros, the preamble, and the proceedings as a whole.
    assert parsed.account.furniture == 6
    assert [problem.reason for problem in parsed.problems] == ["its key is that of line 25 too"]


def test_a_broken_entry_costs_no_other() -> None:
    parsed = parse("bibtex", bytes_of("bibtex", "broken-entries.bib"))

    assert titles(parsed) == ["Before the damage", "After the damage"]
    assert [problem.place for problem in parsed.problems] == [(3, 4), (9, 11), (13, 13), (15, 15)]
    assert all(problem.text for problem in parsed.problems)
    assert parsed.account.problem == 7


@pytest.mark.parametrize(
    ("name", "title"),
    [("utf-16.bib", "Zoë’s boat"), ("says-its-encoding.bib", "Лодки"), ("false-encoding.bib", "Café")],
)
def test_encodings_false_ones_too(name: str, title: str) -> None:
    content = bytes_of("bibtex", name)
    parsed = sources.parse(dump(content))

    assert (parsed.format, titles(parsed)) == ("bibtex", [title])


def test_a_macro_made_of_macros_does_not_grow_without_bound() -> None:
    macros = "".join(f"@string{{a{one} = a{one - 1} # a{one - 1}}}\n" for one in range(1, 200))
    parsed = parse("bibtex", "@string{a0 = {boats }}\n" + macros + "@misc{k, title = {T}, journal = a199}\n")

    assert titles(parsed) == ["T"]


@pytest.mark.parametrize(
    "text",
    [
        "@misc{a, title = {" + "{" * 400_000 + "}" * 400_000 + "}}",
        " " * 400_000 + "@ " * 200_000,
        "@a{" * 40_000,
        "@misc{k, title={T}, author={" + "A and " * 60_000 + "}}",
        "@misc{k," + " a=b" * 100_000 + "}",
        "x = {" * 100_000,
    ],
)
def test_hostile_text_costs_little(text: str) -> None:
    begin = time.process_time()
    parse("bibtex", text)

    assert time.process_time() - begin < 5


def test_an_entry_without_bounds_is_told() -> None:
    parsed = parse("bibtex", "@misc{a, title={T}, note={" + "n" * 2_100_000 + "}}\n@misc{b, title={Next}}\n")

    assert titles(parsed) == ["Next"]
    assert "2,000,000 characters" in parsed.problems[0].reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{BERT} in {Boats}", "BERT in Boats"),
        (r"{\'E}cole \emph{of {Kites}} x^{2}", r"{\'E}cole \emph{of Kites} x^{2}"),
        (r"\frac{a}{b} {A}{B} \{x\}", r"\frac{a}{b} AB \{x\}"),
        ("}{}} {", " "),
        ("$a_{i}$ and {$b_{i}$}", "$a_{i}$ and $b_{i}$"),
    ],
)
def test_braces_that_only_keep_capitals_are_taken_away(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_names_in_all_their_orders() -> None:
    text = "Donald E. Knuth and van Beethoven, Ludwig and King, Jr, Martin and {Barnes and Noble} and others"

    assert authors(text) == ["Donald E. Knuth", "Ludwig van Beethoven", "Martin King Jr", "Barnes and Noble"]


def test_values_joined_and_unfinished() -> None:
    macros = Macros()
    macros.define("Boats", '"Journal of " # {Boats}')

    assert macros.text('BOATS # ", " # 12') == ("Journal of Boats, 12", "")
    assert macros.text("{a} b = {c}") == ("a", "b = {c}")
    assert macros.text('"unfinished') == ("unfinished", "")


def test_it_is_recognised() -> None:
    assert recognised(bytes_of("bibtex", "dialects.bib")) == "bibtex"
    assert recognised("@article{,\n author = {A},\n}") == "bibtex"


@pytest.mark.parametrize("name", ["dialects.bib", "broken-entries.bib"])
def test_cut_anywhere_it_invents_nothing(name: str) -> None:
    assert_cuts_invent_nothing("bibtex", bytes_of("bibtex", name))


PIECES = st.sampled_from(
    ["@misc{a,", "@string{b=", "@comment{", "title", "=", "{", "}", '"', ",", "#", "\n", "@", "(", ")", "\\", " ", "%"]
)


@given(st.lists(PIECES | st.characters(categories=["L", "N"]), max_size=60))
def test_any_pieces_are_accounted_for(pieces: list[str]) -> None:
    text = "".join(pieces)
    if text.strip():
        parse("bibtex", text)


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    content = bytes_of("bibtex", "dialects.bib")
    at %= len(content)
    try:
        parsed = sources.parse(dump(content[:at] + junk + content[at + len(junk) :]), format="bibtex")
    except SourceError:
        return
    assert len(parsed.entries) <= 6


def test_nothing_is_said_but_through_problems(caplog: pytest.LogCaptureFixture) -> None:
    parse("bibtex", bytes_of("bibtex", "broken-entries.bib"))

    assert caplog.records == []
