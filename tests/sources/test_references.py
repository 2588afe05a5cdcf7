"""Ids, links and dates as bibliographies write them."""

from __future__ import annotations

from datetime import date

import pytest

from broadsheet.sources.references import date_of, doi_of_url, links_in, named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001/09/01/", (date(2001, 9, 1), "day")),
        ("2016/12//", (date(2016, 12, 1), "month")),
        ("2012///", (date(2012, 1, 1), "year")),
        ("2014/13/45", (date(2014, 1, 1), "year")),
        ("2024-01-03T10:00:00Z", (date(2024, 1, 3), "day")),
        ("JUN 14 2006", (date(2006, 6, 14), "day")),
        ("14 June 2006", (date(2006, 6, 14), "day")),
        ("September 2015.", (date(2015, 9, 1), "month")),
        ("Feb 31 2015", (date(2015, 2, 1), "month")),
        ("c2006", (date(2006, 1, 1), "year")),
        ("///", (None, None)),
        ("in press", (None, None)),
        ("", (None, None)),
    ],
)
def test_dates(text: str, expected: object) -> None:
    assert date_of(text) == expected


def test_the_most_exact_date_counts_and_the_first_of_equals() -> None:
    assert date_of("2013", "2013/07/22", "2013/07/28") == (date(2013, 7, 22), "day")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://dx.doi.org/10.1234/ABC", "10.1234/abc"),
        ("http://doi.acm.org/10.1145/12.34", "10.1145/12.34"),
        ("http://doi.ieeecomputersociety.org/10.1109/X.1982.45", "10.1109/x.1982.45"),
        ("https://dl.acm.org/doi/pdf/10.1145/12.34?x=1", "10.1145/12.34"),
        ("https://link.boats.example/article/10.1007/s1-2", "10.1007/s1-2"),
        ("https://boats.example/10.1234/abc", None),
        ("https://boats.example/doi/about", None),
    ],
)
def test_dois_of_web_addresses(url: str, expected: str | None) -> None:
    assert doi_of_url(url) == expected


def test_what_is_no_doi_is_named() -> None:
    said, wrong = named(dois=["10.1234", "doi: 10.1234/ok.", "see above"])

    assert (said["ids"], wrong) == ({"doi": "10.1234/ok"}, ["10.1234", "see above"])


def test_an_arxiv_doi_is_the_id_of_arxiv() -> None:
    said, _ = named(dois=["10.48550/arXiv.2401.01234"], urls=["https://doi.org/10.48550/arXiv.2401.01234"])

    assert (said["ids"], said["related"]) == ({"arxiv": "2401.01234"}, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arXiv preprint arXiv:2401.01234v3", ({"arxiv": "2401.01234"}, 3)),
        ("hep-th/9901001", ({"arxiv": "hep-th/9901001"}, None)),
        ("arXiv:math.GT/0309136", ({"arxiv": "math/0309136"}, None)),
        ("arXiv:2401.0123456", ({}, None)),
        ("12 pages", ({}, None)),
    ],
)
def test_ids_of_arxiv_in_text(text: str, expected: object) -> None:
    said, _ = named(arxiv=[text])

    assert (said["ids"], said["version"]) == expected


def test_web_addresses_lose_the_punctuation_behind_them() -> None:
    assert links_in("See <https://boats.example/a>, (http://kites.example/b).") == [
        "https://boats.example/a",
        "http://kites.example/b",
    ]
