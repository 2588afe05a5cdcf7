from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.sentences import LONGEST, sentences, telling


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "We follow others, e.g. Those before us, i.e. Nobody.",
        "As Byron et al. Show in Fig. 3 and Eq. 4, it holds.",
        "It is 3.5 times faster at v. 2.0.",
        "We thank J. R. Doe of the U.S. Navy.",
        "It works vs. Nothing, cf. Sec. 2.",
        "It stops (why?) and goes on.",
        "Is it so? asked the reader, who waited.",
        "No full stop at the end",
        "Dr. No met Prof. Yes.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("  It ends.   It begins.  ", ["It ends.", "It begins."]),
        ('He said "stop." Then he went.', ['He said "stop."', "Then he went."]),
        ("A list (of two.) And more.", ["A list (of two.)", "And more."]),
        ("It costs 3.5. It is 2x as fast.", ["It costs 3.5.", "It is 2x as fast."]),
        ("This is all. eBPF is next.", ["This is all.", "eBPF is next."]),
        ("Keys, values, etc. The rest follows.", ["Keys, values, etc.", "The rest follows."]),
        ("\u7b2c\u4e00\u3002\u7b2c\u4e8c\uff01", ["\u7b2c\u4e00\u3002", "\u7b2c\u4e8c\uff01"]),
        ("Wait... Then go.", ["Wait...", "Then go."]),
        ("", []),
        ("   ", []),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@given(st.text(st.sampled_from("ab A.!?\u3002\"') \n")))
def test_no_letter_is_lost_between_sentences(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_a_text_of_full_stops_takes_no_time() -> None:
    assert len(sentences("." * 300_000 + "a. ")) == 1
    assert len(sentences(".)" * 150_000)) == 1


def test_the_telling_sentence_holds_most_of_the_marks() -> None:
    text = "A cache is here. The cache of caches is there. A cache."
    marks = [(2, 7), (21, 26), (30, 36), (50, 55)]
    span = telling(text, marks)
    assert span is not None
    assert text[slice(*span)] == "The cache of caches is there."


def test_without_marks_the_first_sentence_tells() -> None:
    assert telling("One. Two.", []) == (0, 4)
    assert telling(" ", []) is None


def test_a_sentence_without_an_end_is_cut_at_a_word() -> None:
    text = "word " * 1000
    start, end = telling(text, []) or (0, 0)
    assert end - start <= LONGEST
    assert text[end - 4 : end + 1] == "word "
    assert telling("x" * 1000, []) == (0, LONGEST)
