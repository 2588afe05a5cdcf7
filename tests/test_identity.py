from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.identity import aliases_of, identify, resolve, title_key
from broadsheet.types import Entry, Guid


def listed(title: str = "A Made-up Title", **ids: str) -> Entry:
    return Entry(title=title, title_raw=title, ids=ids)


def remembered(*entries: Entry, known: Mapping[str, Guid] | None = None) -> dict[str, Guid]:
    """The aliases that history has after these entries, which came in dumps of their own."""
    aliases = dict(known or {})
    for entry in entries:
        aliases |= identify([entry], aliases).aliases
    return aliases


@pytest.mark.parametrize(
    "other",
    [
        "shelves  me,\u00a0if you CAN",
        "Shelves-Me: If You Can!",
        "Shelvés Me If You Can",
        "Shelves Me If You Can",
        "ShelvesMe If You\u200b Can",
    ],
)
def test_white_space_case_punctuation_and_accents_never_decide_a_title(other: str) -> None:
    assert title_key("Shelves Me If You Can") == title_key(other)


@pytest.mark.parametrize(
    "pair",
    [
        ("Learning to Rank", "Learning to Bank"),
        ("Part 1", "Part 2"),
        ("???", "!!!"),
        ("Über α", "Über β"),
        ("कि", "की"),
        ("ab", "a b c"),
    ],
)
def test_titles_that_read_differently_have_different_keys(pair: tuple[str, str]) -> None:
    assert title_key(pair[0]) != title_key(pair[1])


def test_a_title_key_is_a_scheme_and_twenty_hex_digits() -> None:
    assert title_key("A Made-up Title") == f"title:{hashlib.sha256(b'amadeuptitle').hexdigest()[:20]}"


@given(st.text())
def test_every_text_has_a_title_key(title: str) -> None:
    assert len(title_key(title)) == 26
    assert title_key(f" {title}\t") == title_key(title)


def test_a_title_with_a_lone_surrogate_has_a_key() -> None:
    assert title_key("\udce9") != title_key("\udcea")


def test_aliases_come_strongest_first_and_the_title_last() -> None:
    entry = listed(pmid="12345", openreview="aBcD1234", doi="10.1000/ABC", arxiv="2401.01234")
    assert aliases_of(entry)[:-1] == ("arxiv:2401.01234", "doi:10.1000/abc", "openreview:aBcD1234", "pmid:12345")
    assert aliases_of(entry)[-1] == title_key(entry.title)


@pytest.mark.parametrize(
    ("scheme", "value", "alias"),
    [
        ("arxiv", "2401.01234v3", "arxiv:2401.01234"),
        ("arxiv", "arXiv:2401.01234", "arxiv:2401.01234"),
        ("arxiv", "math.GT/0309136", "arxiv:math/0309136"),
        ("arxiv", "hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("doi", "https://doi.org/10.1000/XyZ", "doi:10.1000/xyz"),
        ("doi", "doi:10.1000/xyz", "doi:10.1000/xyz"),
        ("doi", "10.48550/arXiv.2401.01234", "arxiv:2401.01234"),
        ("pmid", "PMID:0012345", "pmid:12345"),
    ],
)
def test_ids_are_made_comparable(scheme: str, value: str, alias: str) -> None:
    assert aliases_of(listed(**{scheme: value}))[0] == alias


@pytest.mark.parametrize(
    "ids",
    [{"arxiv": "N/A"}, {"doi": ""}, {"doi": "10.x"}, {"pmid": "0"}, {"openreview": "?"}, {"shelf": "QA76"}],
)
def test_what_is_no_id_of_a_known_scheme_is_no_alias(ids: dict[str, str]) -> None:
    assert aliases_of(listed(**ids)) == (title_key("A Made-up Title"),)


def test_an_id_too_long_for_an_index_is_hashed() -> None:
    alias = aliases_of(listed(doi="10.1000/" + "x" * 9000))[0]
    assert alias.startswith("doi:sha256-")
    assert len(alias) < 100


def test_a_paper_takes_its_strongest_alias_as_guid() -> None:
    assert resolve([listed(arxiv="2401.01234", doi="10.1000/x")], {}) == ("arxiv:2401.01234",)
    assert resolve([listed("Alone")], {}) == (title_key("Alone"),)


def test_the_same_title_twice_in_a_dump_is_one_paper() -> None:
    one, other = resolve([listed("Twice  Told"), listed("TWICE TOLD")], {})
    assert one == other


def test_a_title_joins_an_id_within_a_dump_whichever_comes_first() -> None:
    alone, with_id = listed("Joined"), listed("Joined", arxiv="2401.01234")
    assert resolve([alone, with_id], {}) == ("arxiv:2401.01234", "arxiv:2401.01234")
    assert resolve([with_id, alone], {}) == ("arxiv:2401.01234", "arxiv:2401.01234")


def test_a_paper_first_seen_by_title_keeps_that_guid_when_an_id_comes() -> None:
    known = remembered(listed("First"))
    late = identify([listed("First", arxiv="2401.01234")], known)
    assert late.guids == (title_key("First"),)
    assert late.aliases == {"arxiv:2401.01234": title_key("First")}
    # From then on the id leads to it, under any title.
    assert resolve([listed("Renamed", arxiv="2401.01234")], known | dict(late.aliases)) == (title_key("First"),)


def test_two_ids_of_one_scheme_never_merge_on_a_title() -> None:
    entries = [listed("Editorial", arxiv="2401.00002"), listed("Editorial", arxiv="2401.00001")]
    assert resolve(entries, {}) == ("arxiv:2401.00002", "arxiv:2401.00001")


def test_a_known_id_keeps_another_id_of_its_scheme_away_even_under_a_title_guid() -> None:
    known = remembered(listed("Editorial"), listed("Editorial", arxiv="2401.00001"))
    assert set(known.values()) == {title_key("Editorial")}
    assert resolve([listed("Editorial", arxiv="2401.00002")], known) == ("arxiv:2401.00002",)


def test_a_title_that_two_ids_share_stands_for_the_smaller_one() -> None:
    entries = [listed("Editorial", arxiv="2401.00002"), listed("Editorial"), listed("Editorial", arxiv="2401.00001")]
    assert resolve(entries, {})[1] == "arxiv:2401.00001"


def test_a_title_that_is_known_stands_for_the_known_paper() -> None:
    known = remembered(listed("Editorial", arxiv="2401.00002"))
    entries = [listed("Editorial", arxiv="2401.00001"), listed("Editorial")]
    assert resolve(entries, known) == ("arxiv:2401.00001", "arxiv:2401.00002")


def test_ids_of_different_schemes_join_through_a_shared_one() -> None:
    entries = [listed("A", doi="10.1000/x"), listed("B", pmid="7"), listed("C", doi="10.1000/x", pmid="7")]
    assert set(resolve(entries, {})) == {"doi:10.1000/x"}


def test_a_stronger_id_keeps_apart_what_a_weaker_one_shares() -> None:
    entries = [listed("A", arxiv="2401.00001", doi="10.1000/x"), listed("B", arxiv="2401.00002", doi="10.1000/x")]
    assert resolve(entries, {}) == ("arxiv:2401.00001", "arxiv:2401.00002")


def test_one_arxiv_id_with_two_dois_is_one_paper() -> None:
    entries = [listed("A", arxiv="2401.00001", doi="10.1000/y"), listed("B", arxiv="2401.00001", doi="10.1000/x")]
    assert set(resolve(entries, {})) == {"arxiv:2401.00001"}


def test_papers_known_as_two_stay_two() -> None:
    known = remembered(listed("By title"), listed("Otherwise", arxiv="2401.00001"))
    assert resolve([listed("By title", arxiv="2401.00001")], known) == ("arxiv:2401.00001",)
    assert resolve([listed("By title")], known) == (title_key("By title"),)


def test_only_aliases_that_were_unknown_are_to_be_remembered() -> None:
    known = remembered(listed("Known"))
    assert identify([listed("Known")], known).aliases == {}


ENTRIES = st.lists(
    st.builds(
        lambda title, ids: Entry(title=title, title_raw=title, ids=ids),
        st.sampled_from(["a", "b", "c"]),
        st.fixed_dictionaries(
            {},
            optional={
                "arxiv": st.sampled_from(["2401.00001", "2401.00002", "2401.00003"]),
                "doi": st.sampled_from(["10.1000/x", "10.1000/y"]),
                "pmid": st.sampled_from(["1", "2"]),
            },
        ),
    ),
    max_size=8,
)


@given(ENTRIES, ENTRIES, st.randoms(use_true_random=False))
def test_the_order_of_a_dump_does_not_matter(earlier: list[Entry], entries: list[Entry], random: Random) -> None:
    known = remembered(*earlier)
    order = list(range(len(entries)))
    random.shuffle(order)
    straight, shuffled = identify(entries, known), identify([entries[at] for at in order], known)
    assert [straight.guids[at] for at in order] == list(shuffled.guids)
    assert straight.aliases == shuffled.aliases


@given(ENTRIES, ENTRIES)
def test_what_was_remembered_gives_the_same_papers_again(earlier: list[Entry], entries: list[Entry]) -> None:
    known = remembered(*earlier)
    first = identify(entries, known)
    again = identify(entries, known | dict(first.aliases))
    assert again.guids == first.guids
    assert again.aliases == {}


@given(ENTRIES, ENTRIES)
def test_every_guid_is_an_alias_of_its_paper(earlier: list[Entry], entries: list[Entry]) -> None:
    known = remembered(*earlier)
    found = identify(entries, known)
    for guid in found.guids:
        assert (known | dict(found.aliases))[guid] == guid


@given(ENTRIES)
def test_one_strongest_id_is_one_paper_and_two_are_two(entries: list[Entry]) -> None:
    guids = resolve(entries, {})
    by_id: dict[str, set[Guid]] = {}
    for entry, guid in zip(entries, guids, strict=True):
        if "arxiv" in entry.ids:
            by_id.setdefault(entry.ids["arxiv"], set()).add(guid)
    assert all(len(papers) == 1 for papers in by_id.values())
    assert len({guid for papers in by_id.values() for guid in papers}) == len(by_id)


def test_papers_of_one_title_that_an_index_numbers_apart_are_two() -> None:
    one, other = listed("Books Received", acl="J89-1001"), listed("Books Received", acl="J89-2001")
    assert len(set(resolve([one, other], {}))) == 2
    # A listing without an id of that index joins what it names otherwise.
    page = listed("Kites That Listen")
    numbered = listed("Kites That Listen", openalex="https://openalex.org/W123")
    assert len(set(resolve([page, numbered], {}))) == 1


def test_a_preprint_and_its_published_version_of_one_title_are_two_papers_in_any_order() -> None:
    for published in (listed(doi="10.1000/kites.7"), listed(pmid="7")):
        for order in permutations((listed(arxiv="2401.01234"), published, listed())):
            assert len(set(remembered(*order).values())) == 2
            assert len(set(resolve(order, {}))) == 2
    # A listing that gives both ids of its paper, or none, is joined as ever.
    both = listed(arxiv="2401.01234", doi="10.48550/arXiv.2401.01234")
    assert len(set(resolve([both, listed(), listed(openreview="aBcD1234")], {}))) == 1
    assert len(set(resolve([listed(arxiv="2401.01234", doi="10.1000/x"), listed(doi="10.1000/x")], {}))) == 1
