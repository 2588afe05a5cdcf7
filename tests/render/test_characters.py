from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.characters import composed, one_line, shown

ANY = st.text(st.characters())


@given(ANY)
def test_shown_text_keeps_its_length_and_holds_only_what_a_document_may_hold(text: str) -> None:
    assert len(shown(text)) == len(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", shown(text))


@given(ANY)
def test_one_line_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line == line.strip()
    assert len(line.splitlines()) <= 1
    assert "  " not in line


def test_explicit_directions_are_left_out_of_forms_that_cannot_isolate_them() -> None:
    assert one_line("a \u202eb\u202c c") == "a b c"
    assert shown("a \u202eb\u202c c") == "a \u202eb\u202c c"


def test_feeds_hold_composed_text() -> None:
    assert composed("e\u0301") == "\u00e9"


def test_noncharacters_of_every_plane_are_refused() -> None:
    assert shown("a\U0001fffeb\U0010ffffc") == "a\ufffdb\ufffdc"
    assert one_line("a\U0001fffeb\U0010ffffc") == "abc"
