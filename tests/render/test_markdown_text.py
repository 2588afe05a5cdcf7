from __future__ import annotations

import html
import re

import cmarkgfm  # type: ignore[import-untyped]
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from broadsheet.render.characters import one_line
from broadsheet.render.markdown_text import below, bold, escape, for_markdown, inside
from broadsheet.render.marks import Piece

GFM = MarkdownIt("gfm-like", {"html": True, "linkify": True})
COMMON = MarkdownIt("commonmark", {"html": True})

# Letters are rare, and what means something in Markdown is frequent.
WILD = st.lists(
    st.one_of(
        st.sampled_from("\\`*_{}[]()#+-.!|<>&~:\"'=$@^%/ ab1\n"),
        st.sampled_from(["http://", "https://a.b/", "www.", "&amp;", "&#35;", "1.", "- ", "![", "](", "<b>", "\u202e"]),
        st.characters(),
    ),
    max_size=25,
).map("".join)
# Where a text may stand: the whole line, behind a number, in a heading, in bold, behind words, in brackets.
CONTEXTS = ("{}", "1. {}", "- {}", "# {}", "- **{}** (new)", "words {}", "- a {} (b)")
# Elements that a text may bring: a link to what is a checked URL, or to what the reader takes for an address.
OWN_ELEMENTS = re.compile(r"</?(p|ol|ul|li|h1|strong|a)( [^<>]*)?>")


def readers(source: str) -> dict[str, str]:
    return {
        "markdown-it commonmark": COMMON.render(source),
        "markdown-it gfm": GFM.render(source),
        "cmark-gfm": cmarkgfm.github_flavored_markdown_to_html(source, options=Options.CMARK_OPT_UNSAFE),
        "cmark": cmarkgfm.markdown_to_html(source, options=Options.CMARK_OPT_UNSAFE),
    }


def text_of(rendered: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", rendered)).replace("\n", "")


def check(source: str, wanted: str) -> None:
    for reader, rendered in readers(source).items():
        assert text_of(rendered) == wanted, (reader, source, rendered)
        assert "<" not in OWN_ELEMENTS.sub("", rendered), (reader, source, rendered)
        for href in re.findall(r'href="([^"]*)"', rendered):
            # One reader links "//host", which has the scheme of the page it stands on.
            assert href.startswith(("http://", "https://", "//", "mailto:", "xmpp:")), (reader, source, rendered)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_naughty_text_reads_back_as_it_is(naughty: str, context: str) -> None:
    wanted = re.sub(r"^(1\. |- |# )|\*\*", "", context).format(one_line(naughty))
    check(context.format(escape(naughty)), wanted)


@given(WILD, st.sampled_from(CONTEXTS))
def test_any_text_reads_back_as_it_is(text: str, context: str) -> None:
    text = one_line(text)
    if text:
        check(context.format(escape(text)), re.sub(r"^(1\. |- |# )|\*\*", "", context).format(text))


@given(WILD, WILD, WILD, WILD)
def test_any_text_with_marked_words_reads_back_as_it_is(one: str, two: str, three: str, four: str) -> None:
    pieces = [Piece(text=text, marked=bool(n % 2)) for n, text in enumerate(("x " + one, two, three, four + " x"))]
    check(f"- {bold(pieces)}", one_line("".join(piece.text for piece in pieces)))


def test_marked_words_are_bold_between_letters_and_plain_where_that_is_not_sure() -> None:
    def told(*texts: str) -> str:
        return bold([Piece(text=text, marked=bool(n % 2)) for n, text in enumerate(texts)])

    assert told("a ", "cache", " here") == "a **cache** here"
    assert told("pre", "fix", "ed") == "pre**fix**ed"
    assert told("a ", "(cache)", " here") == "a (cache) here"
    assert told("at https://example.net/", "cache", "/x") == "at <https://example.net/cache/x>"
    assert told("", "*cache", " x") == "\\*cache x"
    assert told("a ", " cache ", " b") == "a **cache** b"


def test_a_checked_url_is_written_so_that_it_can_be_followed() -> None:
    assert escape("see https://example.net/a_b.") == "see <https://example.net/a_b>."
    assert escape("https://example.org@example.net/") == "https\\://example.org\\@example.net/"


def test_only_the_beginning_of_a_line_needs_its_marks_escaped() -> None:
    assert escape("+3") == "\\+3"
    assert inside("+3") == "+3"
    assert inside("*3") == "\\*3"
    assert escape("12. x") == "12\\. x"


def test_what_is_markdown_already_is_not_escaped_again() -> None:
    assert for_markdown(escape("*")) == "\\*"
    assert for_markdown(7) == "7"


def test_what_belongs_to_a_number_stands_below_its_text() -> None:
    assert (below(1), below(25), below(100)) == ("   ", "    ", "     ")
