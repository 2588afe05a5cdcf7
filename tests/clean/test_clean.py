"""TeX to Unicode, mojibake, entities: what becomes of them, and that no word is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.clean import clean, spelled
from tests.growth import grows_linearly


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"Schr\"odinger, Erd\H{o}s, na\"{\i}vely {\"o} Garc\'ia {\aa} \O", "Schrödinger, Erdős, naïvely ö García å Ø"),
        (r"\c{c} \v Z \'{E} Micha{\l} Stra\ss e Ji\v{r}\'{\i}", "ç Ž É Michał Straße Jiří"),
        (r"50\% of R\&D, \#1, a\_b, \{x\} and \$5", "50% of R&D, #1, a_b, {x} and $5"),
        ("a bare 50% stays, and what follows it", "a bare 50% stays, and what follows it"),
        (r"$\alpha$-kites at $O(n\log n)$", "α-kites at O(n log n)"),
        (r"$\mathcal{O}(1/\epsilon^2)$ and $\ell_1$", "O(1/ϵ²) and ℓ₁"),
        (r"1.5$\times$, 3$\sigma$, $^{12}$C, H$_2$O, $\sim$5", "1.5×, 3σ, ¹²C, H₂O, ∼5"),
        (r"$$E=mc^2$$ and \(x\) and \[y\]", "E=mc² and x and y"),
        (r"$\frac{a}{b+c}$, $\frac12$, $\sqrt{2}$, $\sqrt{x+1}$", "a/(b+c), 1/2, √2, √(x+1)"),
        (r"$x_{i,j}$ stays, $x_i^2$ has signs", "x_{i,j} stays, xᵢ² has signs"),
        ("$630K raised and $1 more, from $5-$10", "$630K raised and $1 more, from $5-$10"),
        ("10^{-3} and S^{3}, but a^b and d_T(s, s')", "10⁻³ and S³, but a^b and d_T(s, s')"),
        ("27.6times faster, 64times64, on 8timesGPU", "27.6× faster, 64×64, on 8×GPU"),
        ("three times, 5 times, sometimes, 4timesteps", "three times, 5 times, sometimes, 4timesteps"),
        (r"\textbf{bold} {\bf sail} \emph{of {\em silk}} \texttt{a_b}", "bold sail of silk a_b"),
        ("{bf MASK} and {scriptsize SMALL}", "MASK and SMALL"),
        (r"\HyperKite is \eg good, \kitename{} wins \etal", "HyperKite is e.g. good, kitename wins et al."),
        (r"C:\temp\kites", "C:temp kites"),
        (r"see \url{https://a.example/c_d} now", "see https://a.example/c_d now"),
        (r"\href{https://x.example/y_1}{the site}", "the site (https://x.example/y_1)"),
        ("https://a.example/x_1^2~b--c stays", "https://a.example/x_1^2~b--c stays"),
        ("``quoted'' and it''s", "“quoted” and it''s"),
        ("pages 30--50, wind---kites, --flag, a <-- b", "pages 30–50, wind—kites, --flag, a <-- b"),
        ("kites -- not sails --- fly", "kites – not sails — fly"),
        (r"Fig.~2 of Smith~\emph{et al.} in ~20\% of cases", "Fig. 2 of Smith et al. in ~20% of cases"),
        ("**Bold** claims, 2**3 and **", "Bold claims, 2**3 and **"),
        ("Let's <think> about <1 GB, x <-- x+v", "Let's <think> about <1 GB, x <-- x+v"),
        ("AT&amp;T &lt;think&gt; R&D &bogusname; &#8212;", "AT&T <think> R&D &bogusname; —"),
        ("donâ€™t fly in SÃ£o Paulo", "don’t fly in São Paulo"),
        ("Ångström, naïve, São Paulo", "Ångström, naïve, São Paulo"),
        ('{"kite": 1, "tail": {"length": 2}}', '{"kite": 1, "tail": {"length": 2}}'),
        ("the set {a, b}", "the set {a, b}"),
        (r'a json {\"name\": 1}', r'a json {\"name\": 1}'),
        ("two\n  lines\tand\u00a0more", "two lines and more"),
        ("\u202eevil\u2066", "evil"),
        (r"we cite \cite{kites2020} on \today", "we cite cite kites2020 on today"),
        (r"\begin{itemize} \item one \end{itemize}", "item one"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_text_is_shown_as_it_reads(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (r"Schr\"odinger {\'e}t\'e $8.7\times$ {\bf MASK}", r"Schrödinger été $8.7\times$ {\bf MASK}"),
        ("nothing to do", "nothing to do"),
    ],
)
def test_spelled_touches_letters_only(text: str, left: str) -> None:
    assert spelled(text) == left


# No command of TeX is spelled with these letters alone.
WORD = st.text(alphabet="kqwzäλ", min_size=3, max_size=9)
SIGNS = (
    *(
        "$",
        "$$",
        "{",
        "}",
        "{bf ",
        "\\textbf{",
        "\\emph{",
        "^",
        "_",
        "^{",
        "\\%",
        "%",
        "\\&",
        "~",
        "--",
        "``",
        "''",
        "**",
    ),
    *(
        "(",
        ")",
        "\\frac{",
        "\\sqrt",
        "\\",
        "\\(",
        "\\)",
        "\\href{",
        "12",
        "3.5",
        " ",
        ".",
        ",",
        "&amp;",
        "<",
        ">",
        "\n",
        "[",
        "]",
    ),
)


@given(st.lists(st.one_of(WORD, st.sampled_from(SIGNS)), max_size=30))
def test_no_word_is_lost(pieces: list[str]) -> None:
    shown = clean("".join(pieces))
    for piece in pieces:
        if piece.isalpha():
            assert piece in shown


@given(st.lists(WORD, min_size=1, max_size=12).map(" ".join))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


@given(st.text(max_size=300))
def test_nothing_makes_it_fail(text: str) -> None:
    shown = clean(text)
    assert "\n" not in shown
    assert not shown.startswith(" ")


@given(st.text(alphabet="\\${}^_~`'*-abtu1 ", max_size=200))
def test_no_heap_of_tex_makes_it_fail(text: str) -> None:
    letters = [char for char in text if char in "1"]
    kept = [char for char in clean(text) if char in "1¹₁"]
    assert len(kept) == len(letters)


@pytest.mark.parametrize(
    "piece", ["{", "\\frac{", "$", "$a$", "^{", "\\", "_", "**", "``", "\\sqrt", "\\frac{a}{", "a^{\\frac{"]
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert grows_linearly(lambda size: clean(piece * size), 2_000)
