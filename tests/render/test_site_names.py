"""Names of the site's files: safe, stable, short, and different for what is different."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.site.names import day_page, paper_page, profile_folder, profile_page, source_page
from broadsheet.types import Guid

SAFE = re.compile(r"[a-z0-9][a-z0-9._-]*")
ANY = st.text(st.characters())  # lone surrogates, too
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


def parts(path: str) -> list[str]:
    found = path.split("/")
    for part in found:
        assert SAFE.fullmatch(part), part
        assert len(part) <= 100
        assert ".." not in part
        assert not part.endswith(".")
        assert part.partition(".")[0] not in RESERVED, part
    return found


@given(ANY)
def test_a_paper_has_a_safe_name(guid: str) -> None:
    folder, shard, name = parts(paper_page(Guid(guid)))
    assert (folder, len(shard)) == ("papers", 2)
    assert name.endswith(".html")


@given(ANY, ANY)
def test_different_guids_have_different_names_even_where_case_does_not_count(one: str, other: str) -> None:
    same = paper_page(Guid(one)).lower() == paper_page(Guid(other)).lower()
    assert same == (one == other)


def test_names_never_change() -> None:
    # Readers have kept these addresses.
    assert paper_page(Guid("arxiv:2401.01234")) == "papers/qy/arxiv-2401.01234-qyximwbpbjchubzoyiv6.html"
    assert profile_folder("AI") == "ai-ch5wqk7auart2x5ytfzb"
    assert source_page("index") == "sources/index-dpaewuuryjvenwiycoit.html"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("doi:10.1000/a", "doi:10.1000_a"),
        ("doi:10.1000/A", "doi:10.1000/a"),
        ("arxiv:math/0211159", "arxiv:math-0211159"),
        ("title:" + "a" * 300, "title:" + "a" * 301),
        ("", " "),
        ("x:\ud800", "x:\ud801"),
    ],
)
def test_guids_that_look_alike_stay_two(one: str, other: str) -> None:
    assert paper_page(Guid(one)) != paper_page(Guid(other))


def test_a_plain_profile_keeps_its_name() -> None:
    assert profile_page("efficient-serving") == "efficient-serving/index.html"
    assert day_page("efficient-serving", date(2026, 6, 1)) == "efficient-serving/2026-06-01/index.html"


@pytest.mark.parametrize(
    "name", ["papers", "sources", "search", "feeds", "con", "com1", "AI", "-x", "_x", "a" * 64, ""]
)
def test_a_profile_never_takes_the_place_of_something_else(name: str) -> None:
    folder = profile_folder(name)
    assert folder != name
    parts(folder)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", fullmatch=True), st.data())
def test_profiles_share_no_folder(name: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from([name.upper(), name.lower(), name.swapcase(), name + "-", profile_folder(name)]))
    parts(profile_folder(name))
    assert (profile_folder(name) == profile_folder(other)) == (name == other) or profile_folder(name) == name == other


def test_the_name_that_was_made_for_another_profile_is_not_free() -> None:
    made = profile_folder("AI")
    assert profile_folder(made) != made


@pytest.mark.parametrize("name", ["", "index", "daily-papers", "arXiv", "../x", "a/b"])
def test_a_source_has_a_page_beside_the_index(name: str) -> None:
    folder, file = parts(source_page(name))
    assert folder == "sources"
    assert file != "index.html"
    assert file.endswith(".html")
