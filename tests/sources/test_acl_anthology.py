"""The ACL Anthology's XML: mixed content, ids of old and new volumes."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised

FILE = bytes_of("acl-anthology", "collection.xml")


def test_papers_are_read() -> None:
    parsed = parse("acl-anthology", FILE)
    boats, kites = parsed.entries

    assert boats.title_raw == "BoatBERT: $O(n^2)$ Boats"
    assert boats.abstract_raw == "We fold boats: https://boats.example."
    # Affiliations and other scripts are no part of a name.
    assert boats.authors == ("Jane Doe", "Roe")
    assert boats.ids == {"doi": "10.1234/v1/2022.boat-long.1", "acl": "2022.boat-long.1"}
    assert boats.links == {
        "abstract": "https://aclanthology.org/2022.boat-long.1/",
        "pdf": "https://aclanthology.org/2022.boat-long.1.pdf",
        "code": "https://code.example/boats",
    }
    assert (boats.published, boats.published_precision) == (date(2022, 7, 1), "month")
    assert boats.categories == ("boat",)
    assert (kites.title, kites.abstract) == ("Kites & Strings", None)
    assert kites.links["abstract"] == "https://aclanthology.org/2022.boat-long.2/"
    assert (parsed.account.entry, parsed.account.furniture, parsed.problems) == (2, 1, ())


def test_ids_of_old_volumes_are_made_as_the_anthology_makes_them() -> None:
    seven, forty = parse("acl-anthology", bytes_of("acl-anthology", "old-volumes.xml")).entries

    assert seven.links["abstract"] == "https://aclanthology.org/W19-0307/"
    assert forty.links["abstract"] == "https://aclanthology.org/W19-1240/"
    assert (forty.published, forty.published_precision) == (date(2019, 8, 1), "month")


def test_a_volume_without_papers_is_empty() -> None:
    text = "<collection id='2022.boat'><volume id='1'><meta><year>2022</year></meta></volume></collection>"
    parsed = parse("acl-anthology", text)

    assert (parsed.entries, parsed.problems) == ((), ())


def test_it_is_recognised() -> None:
    assert recognised(FILE) == "acl-anthology"
    assert recognised(bytes_of("acl-anthology", "old-volumes.xml")) == "acl-anthology"


def test_cut_anywhere_it_invents_nothing() -> None:
    assert_cuts_invent_nothing("acl-anthology", FILE)


@given(st.integers(0, 1700), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(FILE[:at] + junk + FILE[at + len(junk) :]), format="acl-anthology")
    except SourceError:
        return
    assert len(parsed.entries) <= 3
