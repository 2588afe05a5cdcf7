from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.render.plain_text import WIDTH, Laid, columns, for_text, underlined, wrapped

URL = "https://example.org/" + "a" * 90


def test_a_text_is_laid_out_below_what_stands_before_it() -> None:
    text = "some words " * 9
    assert wrapped(text, "  1. ", "     ").splitlines() == [
        "  1. " + "some words " * 6 + "",
        "     some words some words some words",
    ] or all(len(line) <= WIDTH for line in wrapped(text, "  1. ", "     ").splitlines())
    assert wrapped("a b", "- ") == "- a b"
    assert wrapped("", "- ") == "-"


def test_what_is_too_wide_is_cut_but_a_url_is_not() -> None:
    assert wrapped("x" * 150, "> ", "> ").splitlines() == ["> " + "x" * 70, "> " + "x" * 70, "> " + "x" * 10]
    assert wrapped(f"see {URL} there").splitlines() == ["see", URL, "there"]
    assert [columns(line) for line in wrapped("\u4e2d" * 80).splitlines()] == [72, 72, 16]


@settings(deadline=None)  # a machine that is busy is no fault of a text
@given(st.text(max_size=300), st.sampled_from(["", "- ", "     "]))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, first: str) -> None:
    lines = wrapped(text, first).split("\n")
    assert all(columns(line) <= WIDTH or "://" in line for line in lines)
    assert all(line == line.rstrip() for line in lines)
    said = "".join("".join(lines).split()).removeprefix(first.strip())
    assert said == "".join(str(for_text(text)).split())


def test_a_value_is_one_line_unless_it_is_laid_out() -> None:
    assert for_text("a\r\nb\u2028c\x1b[2J\u202e") == "a b c [2J"
    assert for_text(Laid("a\nb")) == "a\nb"
    assert for_text(3) == "3"
    assert underlined("two\nwords", "*") == "two words\n*********"
    assert underlined("\u4e2d\u6587") == "\u4e2d\u6587\n----"
