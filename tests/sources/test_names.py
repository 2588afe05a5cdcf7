"""Author strings of listings."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources import names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("A. One", ("A. One",)),
        ("Ada One, Bo Two", ("Ada One", "Bo Two")),
        ("A. One, B. Two and C. Three (MIT, PKU)", ("A. One", "B. Two", "C. Three")),
        ("A. One, B. Two, and C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One & B. Two", ("A. One", "B. Two")),
        ("A. One,\n  B. Two,", ("A. One", "B. Two")),
        ("A. One (1), B. Two (1 and 2) ((1) Univ. X, Y, (2) Z)", ("A. One", "B. Two")),
        ("A. One (MIT), B. Two (Univ. of (South) X, Y)", ("A. One", "B. Two")),
        ("A. One (never closed, B. Two", ("A. One",)),
        ("A. One), B. Two", ("A. One", "B. Two")),
        ("A. One$^1$, B. Two$^{1,2}$, C. Three${}^\\dagger$", ("A. One", "B. Two", "C. Three")),
        ("A. One et al.", ("A. One",)),
        ("A. One, B. Two, et al", ("A. One", "B. Two")),
        ("A. One and others", ("A. One",)),
        ("A. One, Jr., B. Two III, C. Three, Sr.", ("A. One Jr.", "B. Two III", "C. Three Sr.")),
        ("Kappa, D., Lambda, A.", ("D. Kappa", "A. Lambda")),
        ("Kappa, D. R., van der Mu, J.-P., & Nu, AB", ("D. R. Kappa", "J.-P. van der Mu", "AB Nu")),
        ("Kappa, D.", ("D. Kappa",)),
        ("Kappa, D. R.; Mu, J.", ("D. R. Kappa", "J. Mu")),
        ("Kappa, Dora; van Mu, Jan; Nu, Bo, Jr.", ("Dora Kappa", "Jan van Mu", "Bo Nu Jr.")),
        ("Ada One; Bo Two;", ("Ada One", "Bo Two")),
        ("A. One, B. Two; C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One for the ATLAS Collaboration", ("A. One", "ATLAS Collaboration")),
        ("A. One (for the ATLAS Collaboration)", ("A. One",)),
        ("The XY Scientific Collaboration: A. One, B. Two", ("The XY Scientific Collaboration", "A. One", "B. Two")),
        ("XY Collaboration, the Z Team: A. One", ("XY Collaboration", "the Z Team", "A. One")),
        ("XY Collaboration, A. One", ("XY Collaboration", "A. One")),
        ("ATLAS Collaboration", ("ATLAS Collaboration",)),
        ("Garc\\'ia-P\\'erez, \\AA{}. {\\O}ne", ("Garc\\'ia-P\\'erez", "\\AA{}. {\\O}ne")),
        ("Anders Anderson and Band Andress", ("Anders Anderson", "Band Andress")),
        ("Li, Wei Wang", ("Li", "Wei Wang")),
        ("Ng, O", ("O Ng",)),
        ("Ana, Bo", ("Ana", "Bo")),
        ("Ömer Önder, Åsa Öst", ("Ömer Önder", "Åsa Öst")),
        ("Önder, Ö., Öst, Å.", ("Ö. Önder", "Å. Öst")),
        ("王伟, 李娜", ("王伟", "李娜")),
        (":, A. One", ("A. One",)),
    ],
)
def test_split(text: str, expected: tuple[str, ...]) -> None:
    assert names.split(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Last, First", "First Last"),
        ("Last, First, Jr", "First Last Jr"),
        ("von Last, Jr., First M.", "First M. von Last Jr."),
        ("Last, III", "Last III"),
        ("Last,", "Last"),
        ("First Last", "First Last"),
        ("", ""),
    ],
)
def test_upright(name: str, expected: str) -> None:
    assert names.upright(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. One, et al. (38 additional authors not shown)", 38),
        ("A. One, et al. (1 additional author not shown)", 1),
        ("A. One (1), B. Two (MIT)", 0),
        ("", 0),
    ],
)
def test_not_shown(text: str, expected: int) -> None:
    assert names.not_shown(text) == expected


@given(st.text("AbÉ王.,;:&()$^{}\\ \n") | st.text())
def test_any_text_gives_names_with_letters_in_them(text: str) -> None:
    assert all(name == name.strip() and any(map(str.isalnum, name)) for name in names.split(text))
    names.upright(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000 + "A" + ")" * 50_000,
        "A. " * 50_000,
        " and" * 50_000,
        "$^" * 50_000,
        "for the " * 20_000,
        "A, " * 50_000,
    ],
)
def test_hostile_strings_cost_little(text: str) -> None:
    began = time.process_time()
    names.split(text)
    assert time.process_time() - began < 2
