"""What publishers write into titles and abstracts."""

from __future__ import annotations

import time

import pytest

from broadsheet.sources import jats


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Kites in <i>steady</i> wind", "Kites in steady wind"),
        ("<scp>T</scp>reebase", "Treebase"),
        ("H<sub>2</sub>O &amp; CO<sup>2</sup>", "H2O & CO2"),
        ("Salt &amp;amp; wind", "Salt & wind"),
        ("&lt;i&gt;Kites&lt;/i&gt; fly", "Kites fly"),
        ("p &lt; 0.05 and q > 1", "p < 0.05 and q > 1"),
        ("Let's <think> of x <-- y, < 1 GB", "Let's <think> of x <-- y, < 1 GB"),
        ("<mml:math><mml:mi>v</mml:mi><mml:annotation encoding='x'>v_1</mml:annotation></mml:math>", "v"),
        ("$x<y$ and y>z", "$x<y$ and y>z"),
    ],
)
def test_titles(written: str, read: str) -> None:
    assert jats.text(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<jats:title>Abstract</jats:title>\n <jats:p>Kites.</jats:p>", "Kites."),
        ("<jats:title>ABSTRACT</jats:title><jats:sec><jats:title>Aim</jats:title><jats:p>Up.</jats:p>", "Aim Up."),
        ("<p>Abstract kites fly.</p>", "Abstract kites fly."),
        ("Plain", "Plain"),
        ("", ""),
    ],
)
def test_abstracts(written: str, read: str) -> None:
    assert " ".join(jats.abstract(written).split()) == read


@pytest.mark.parametrize("piece", ["<jats:p ", "<mml:math><annotation>", "&amp;", "<!--", "<i", "<jats:title>abstract"])
def test_hostile_markup_takes_no_time(piece: str) -> None:
    begin = time.process_time()
    jats.abstract(piece * 100_000)
    assert time.process_time() - begin < 2
