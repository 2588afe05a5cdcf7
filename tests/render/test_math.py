r"""Formulas as MathML: which dollars are money, that the text stays the text, and that nothing else gets through."""

from __future__ import annotations

import re
import time
from xml.etree.ElementTree import Element, SubElement

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from broadsheet.clean import clean
from broadsheet.render.math import MathPiece, pieces_with_math, with_math
from broadsheet.render.math.allowing import Refused, rebuilt
from broadsheet.render.math.converting import mathml
from broadsheet.render.math.finding import formulas
from tests.attacks import MATH


def found(text: str) -> list[str]:
    return [formula.tex for formula in formulas(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("costs $5 to $10 a month", []),
        ("from $630K to $1.2M, or US$5/US$6", []),
        ("worth \\$16.9B, or \\$5", []),
        ("$5-$10, ($3,$4) and $7/$8", []),
        ("set $HOME/$PATH and $HOME_DIR/$USER", []),
        ("a $ sign and a $", []),
        ("$10 today (was $20)", []),
        ("from $5 million in 2020_21 to$9", []),
        ("one $ x $ with blanks", []),
        ("$", []),
        ("$$", []),
        ("$$$$", []),
        ("of size $n$, and $O(n \\log n)$ time", ["n", "O(n \\log n)"]),
        ("$x_1$$x_2$", ["x_1", "x_2"]),
        ("about $10^{-3}$5", ["10^{-3}"]),
        ("gives $1.5$ or $p < 0.05$", ["1.5", "p < 0.05"]),
        ("in \\(a+b\\) and \\[c^2\\]", ["a+b", "c^2"]),
        ("display $$E = mc^2$$ here", ["E = mc^2"]),
        ("escaped \\$x$ and $y$", ["y"]),
        ("$x \\text{ if it is so and not otherwise}$", ["x \\text{ if it is so and not otherwise}"]),
        ("$\\$5 + x$", ["\\$5 + x"]),
        ("open \\( and no end", []),
    ],
)
def test_what_looks_like_a_formula_is_one_and_money_is_not(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_text_between_two_prices_far_apart_is_no_formula() -> None:
    assert found("$" + "x_1 " * 200 + "y$") == []


def test_formulas_stand_where_they_stood_and_the_text_is_the_text() -> None:
    raw = "An $O(n^2)$ bound for Erd\\H{o}s graphs at \\$5, with \\(\\alpha < 1\\)."
    shown = clean(raw)
    pieces = pieces_with_math(shown, raw)
    assert "".join(piece.text for piece in pieces) == shown == "An O(n²) bound for Erdős graphs at $5, with α < 1."
    assert [piece.text for piece in pieces if piece.mathml] == ["O(n²)", "α < 1"]
    assert with_math(shown, raw) == (
        'An <math display="inline"><mrow><mi>O</mi><mo stretchy="false">(</mo><msup><mi>n</mi><mn>2</mn></msup>'
        '<mo stretchy="false">)</mo></mrow></math> bound for Erdős graphs at $5, with '
        '<math display="inline"><mrow><mi>α</mi><mo>&lt;</mo><mn>1</mn></mrow></math>.'
    )


def test_marks_stand_around_formulas_and_never_in_them() -> None:
    raw = shown = "a cache of $n$ pages"
    raw, shown = raw, clean(raw)
    at = shown.index("cache")
    pieces = pieces_with_math(shown, raw, [(at, len(shown) - 2)])
    assert [(piece.text, piece.marked, bool(piece.mathml)) for piece in pieces] == [
        ("a ", False, False),
        ("cache of ", True, False),
        ("n", False, True),
        (" pag", True, False),
        ("es", False, False),
    ]


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        ("Another text of n", "A text of $n$"),
        ("A text of n", ""),
        ("", "$n$"),
        ("A \ue0b5 of n", "A \ue0b5 of $n$"),
        ("frobnicate x", "$\\frobnicate x$"),
    ],
)
def test_what_cannot_be_found_again_or_converted_stays_text(shown: str, raw: str) -> None:
    assert pieces_with_math(shown, raw) == ((MathPiece(text=shown),) if shown else ())


def test_text_around_formulas_is_escaped() -> None:
    raw = "<b>&amp; $x$ \u2028<script>"
    told = with_math(clean(raw), raw)
    assert told.startswith("&lt;b&gt;&amp; <math")
    assert "<script" not in told
    assert with_math(None, None) == ""


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("n\\log n", '<mi>n</mi><mspace width="0.1667em"/><mi>log</mi><mspace width="0.1667em"/><mi>n</mi>'),
        ("\\arg\\min_x", '<msub><mo movablelimits="true">arg min</mo><mi>x</mi></msub>'),
        ("a \\sim b", "<mi>a</mi><mo>∼</mo><mi>b</mi>"),
        ("\\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        ("\\text{if } x", "<mtext>if </mtext><mi>x</mi>"),
        ("\\text{a & b < c}", "<mtext>a &amp; b &lt; c</mtext>"),
    ],
)
def test_a_formula_becomes_mathml(tex: str, expected: str) -> None:
    assert mathml(tex) == f'<math display="inline"><mrow>{expected}</mrow></math>'


@pytest.mark.parametrize(
    "tex",
    [
        *("\\frobnicate", "x^", "\\frac{1}", "x^1^2", "{", "\\left(", "", "x" * 301, "{" * 13 + "x" + "}" * 13),
        *("\\sqrt" * 40 + "x", "\\begin{matrix}" * 20, "\\href{https://example.net/}{x}", "\\def\\a{b}\\a", "{}"),
    ],
)
def test_what_the_converter_does_not_know_is_left_to_the_text(tex: str) -> None:
    assert mathml(tex) is None


def check(told: str) -> None:
    """Well-formed, and of nothing but MathML that cannot do anything."""
    root = etree.fromstring(told)
    assert root.tag == "math"
    for element in root.iter():
        assert re.fullmatch(r"m[a-z]+|none", str(element.tag))
        assert str(element.tag) not in {"maction", "semantics", "mglyph", "menclose", "merror"}
        for name, value in element.attrib.items():
            assert not str(name).startswith(("on", "href", "xlink", "src", "style", "class", "id"))
            assert re.fullmatch(r"[A-Za-z0-9.%+ -]*", str(value))
    assert not re.search("[\x00-\x1f\x7f-\x9f]", told)


@pytest.mark.parametrize("tex", MATH)
def test_nothing_of_an_attack_is_markup(tex: str) -> None:
    told = mathml(tex)
    if told:
        check(told)
    raw = f"before ${tex}$ behind"
    page = with_math(clean(raw), raw)
    assert set(re.findall(r"</?([a-z]+)", page)) <= {
        "math",
        "mi",
        "mn",
        "mo",
        "mrow",
        "mtext",
        "msup",
        "mstyle",
        "mspace",
    }


# Letters are rare, and what means something in TeX is frequent.
WILD = st.lists(
    st.one_of(
        st.sampled_from("\\{}^_$&<>\"'%~#[]()=/ ax1\n"),
        st.sampled_from(["\\frac", "\\text{", "\\left(", "\\right)", "\\sqrt[", "\\begin{matrix}", "\\end{matrix}"]),
        st.sampled_from(
            ["\\alpha", "\\mathbb{R}", "\\hat", "\\sum_", "\\\\", "\\href{", "\\color{", "&#60;", "\\(", "\\)"]
        ),
        st.characters(),
    ),
    max_size=30,
).map("".join)


@given(WILD, st.booleans())
def test_any_formula_is_harmless_mathml_or_none(tex: str, display: bool) -> None:
    told = mathml(tex, display=display)
    if told is not None:
        check(told)


@given(st.lists(st.tuples(WILD, WILD), max_size=3))
def test_any_text_is_the_same_text_in_pieces(parts: list[tuple[str, str]]) -> None:
    raw = "".join(f"{text} ${tex}$" for text, tex in parts)
    pieces = pieces_with_math(clean(raw), raw)
    assert "".join(piece.text for piece in pieces) == clean(raw)
    for piece in pieces:
        if piece.mathml:
            check(piece.mathml)


@pytest.mark.parametrize(
    "unit",
    ["x^{", "{", "\\left(", "\\sqrt", "\\frac{", "\\begin{matrix}", "x_1", "\\text{", "^", "&", "\\\\", "\\hat", "a'"],
)
def test_no_formula_takes_long(unit: str) -> None:
    for tex in (unit * (300 // len(unit)), unit * (140 // len(unit)) + "}" * 100):
        began = time.perf_counter()
        mathml(tex)
        assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("opening", ["$", "\\(", "\\[", "$x", "$x_1 ", "\\\\$"])
def test_a_text_of_openings_takes_linear_time(opening: str) -> None:
    began = time.perf_counter()
    formulas(opening * (60_000 // len(opening)))
    assert time.perf_counter() - began < 1.0


def made(tag: str, text: str = "", **attributes: str) -> Element:
    root = Element("math", {"display": "inline", "xmlns": "http://www.w3.org/1998/Math/MathML"})
    SubElement(SubElement(root, "mrow"), tag, attributes).text = text
    return root


@pytest.mark.parametrize(
    "tag", ["script", "img", "maction", "annotation-xml", "math", "mglyph", "a", "style", "semantics"]
)
def test_an_element_that_we_do_not_know_refuses_the_formula(tag: str) -> None:
    with pytest.raises(Refused):
        rebuilt(made(tag, "x"))


@pytest.mark.parametrize(
    "attributes",
    [
        {"onclick": "x"},
        {"href": "https://example.net/"},
        {"mathvariant": "x"},
        {"style": "x"},
        {"class": "x"},
        {"id": "x"},
    ],
)
def test_an_attribute_that_we_do_not_know_is_left_out(attributes: dict[str, str]) -> None:
    assert rebuilt(made("mi", "x", **attributes)) == '<math display="inline"><mrow><mi>x</mi></mrow></math>'


def test_markup_in_a_text_stays_text() -> None:
    told = rebuilt(made("mtext", "<img onerror=x> &#60;b&#62; &amp;"))
    assert "<mtext>&lt;img onerror=x&gt; &lt;b&gt; &amp;</mtext>" in told


def test_a_formula_wider_than_a_phone_stays_text_that_breaks_into_lines() -> None:
    assert mathml(" + ".join("abcdefg")) is not None
    assert mathml(" + ".join("abcdefghijklmnopq")) is None
    assert mathml("\\text{" + "words " * 8 + "}") is None
    assert mathml("\\frac{" + " + ".join("abcdefg") + "}{" + " + ".join("abcdefg") + "}") is not None


def test_a_formula_of_too_many_parts_is_refused() -> None:
    root = made("mi", "x")
    for _ in range(2000):
        SubElement(root[0], "mi").text = "x"
    with pytest.raises(Refused, match="too large"):
        rebuilt(root)
