from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import cmarkgfm  # type: ignore[import-untyped]
import lxml.html
import pytest
import yaml  # type: ignore[import-untyped]
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from broadsheet.config import Site
from broadsheet.render import Templates, render_digest, without_front_matter
from broadsheet.render.characters import one_line
from broadsheet.render.edition import edition_of
from broadsheet.render.front_matter import front_matter
from broadsheet.types import Digest, FieldChange, Hit, Match, Ranked

READERS: dict[str, Callable[[str], str]] = {
    "markdown-it": MarkdownIt("gfm-like", {"html": True, "linkify": True}).render,
    "cmark-gfm": lambda text: str(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)),
}
ALLOWED = {"h1", "h2", "h3", "p", "ol", "ul", "li", "strong", "a", "code", "html", "body"}


#: What Jekyll takes for the front matter (its own expression, in Python's words), and Hugo and Obsidian, too.
JEKYLL = re.compile(r"\A(---[^\S\n]*\n.*?\n?)^(?:(?:---|\.\.\.)[^\S\n]*$\n?)", re.DOTALL | re.MULTILINE)
#: What makes Jekyll, Hugo and Obsidian do something else than show the text.
BRACES = re.compile(r"\{\{|\{%|%\}|%%|\[\[|(?<![\\\w&])#\w")


def whole_of(digest: Digest, templates: Templates, site: Site) -> str:
    return render_digest(digest, templates, site)[0].content.decode()


def markdown_of(digest: Digest, templates: Templates, site: Site) -> str:
    return without_front_matter(whole_of(digest, templates, site))


def fields_of(text: str) -> tuple[dict[str, Any], str]:
    """The fields before a digest and the digest, as Jekyll parts the two."""
    found = JEKYLL.match(text)
    assert found
    return yaml.safe_load(found[1]), text[found.end() :]


@pytest.mark.parametrize("reader", READERS)
def test_a_naughty_text_reads_back_from_every_field(
    reader: str, naughty: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    text = one_line(naughty)
    rendered = READERS[reader](markdown_of(digest_of(naughty), templates, site))
    page: Any = lxml.html.document_fromstring(rendered)
    assert {element.tag for element in page.iter()} <= ALLOWED
    for bold in page.xpath("//ol/li/*[1][self::strong] | //ol/li/p/strong[1]"):
        assert bold.text_content() == text
    assert page.xpath("//h1")[0].text_content() == f"{text}, Friday, 3 July 2026"
    told = html.unescape(re.sub(r"<[^>]*>", "", rendered))
    assert told.count(text) >= 18
    for href in page.xpath("//a/@href"):
        assert href.startswith(("https://", "http://", "mailto:", "xmpp:")), href


def test_it_reads_well_as_plain_text(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    templates: Templates,
    site: Site,
) -> None:
    hits = (Hit(field="title", text="caches", start=6, end=12), Hit(field="abstract", text="stores", start=22, end=28))
    matches = (
        make_match("caching", 6.0, *hits, weight=3.0),
        make_match("discussed", 1.0, Hit(field="comments", text="4")),
    )
    row = make_row(matches=matches, author_count=12, comments=4, links={"abstract": "https://example.org/abs/1"})
    fields = (FieldChange(field="title", old="Two caches", new="Three caches"),)
    updated = make_row("Three caches", None, number=2, kind="updated", late=True, fields=fields)
    assert markdown_of(make_digest((row,), (updated,), unmatched=61), templates, site) == (
        "# Efficient serving, Friday, 3 July 2026\n"
        "\n"
        "2 of 63 new or updated papers, 61 matched no rule; 1 dump, complete.\n"
        "\n"
        "## New (1)\n"
        "\n"
        "1. **Paged caches for invented models**\n"
        "   - 7 points: +6 caching (caches, stores; 3 × 2, title), +1 discussed (4 comments)\n"
        "   - 12 authors · made-up · 4 comments\n"
        "   - It **stores** pages of 1.5 kB, e.g. keys.\n"
        "   - <https://example.org/abs/1>\n"
        "\n"
        "## Updated (1)\n"
        "\n"
        "1. **Three caches** (late) (updated)\n"
        '   - 3 points: +3 caching ("caching")\n'
        "   - made-up\n"
        "   - title: “Two” → “Three” caches\n"
        "   - Search: <https://huggingface.co/papers?q=Three%20caches>\n"
        "\n"
        "## Sources (1)\n"
        "\n"
        "- made-up.txt (made-up-text): complete, 63 papers, 60 of them new; 100 % understood\n"
        "  - taken 3 Jul 2026 (page date, year inferred)\n"
        "  - 63 entries, 60 new, 2 updated, coverage 100 %\n"
        "\n"
        "Shown are papers of 2 points or more, at most 25 a section."
        " A score is the sum of the points of the rules that matched, and nothing else. Changes 1 to 63 of the log.\n"
    )


def test_the_hundredth_paper_has_its_facts_below_it(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    rows = tuple(make_row(number=number) for number in range(1, 121))
    text = markdown_of(make_digest(rows), templates, site)
    for render in READERS.values():
        page: Any = lxml.html.document_fromstring(render(text))
        assert len(page.xpath("//ol")) == 1
        assert [len(row.findall("ul")) for row in page.xpath("//ol/li")] == [1] * 120


def test_an_empty_digest_says_what_was_looked_at(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    text = markdown_of(make_digest(unmatched=3, sources=()), templates, site)
    assert "\n\nNo paper today. 3 new or updated papers were looked at: 3 matched no rule.\n\n" in text
    assert text.count("\n\n\n") == 0


def test_obsidian_hugo_and_jekyll_find_their_fields(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    text = whole_of(make_digest(unmatched=3, timezone="Europe/Berlin"), templates, site)
    assert text.startswith(
        "---\n"
        'title: "Efficient serving, Friday, 3 July 2026"\n'
        "date: 2026-07-03T00:00:00+02:00\n"
        "draft: false\n"
        'description: "0 of 3 new or updated papers, 3 matched no rule; 1 dump, complete."\n'
        "tags:\n"
        '- "digest"\n'
        '- "serving"\n'
        "aliases:\n"
        '- "serving-2026-07-03"\n'
        "---\n"
        "\n"
        "# Efficient serving, Friday, 3 July 2026\n"
    )
    fields, _ = fields_of(text)
    assert isinstance(fields["date"], datetime)
    assert fields["date"].utcoffset() == timedelta(hours=2)
    assert fields["date"].date() == date(2026, 7, 3)
    assert fields["draft"] is False


def test_a_profile_named_by_digits_has_a_tag_that_obsidian_takes(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    fields, _ = fields_of(whole_of(make_digest(profile="2026"), templates, site))
    assert fields["tags"] == ["digest", "profile-2026"]


@pytest.mark.parametrize(
    "title", ["no", "~", "2026-07-03", "0o7", "1_000", "---", "... \n---\n", "a: b", "- x", "#x", "&a *a", "\"'\\", "%"]
)
def test_a_title_stays_text_whatever_it_means_in_yaml(
    title: str, make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    digest = make_digest(title=title)
    fields, _ = fields_of(whole_of(digest, templates, site))
    assert fields["title"] == f"{one_line(title)}, Friday, 3 July 2026"
    assert list(fields) == ["title", "date", "draft", "description", "tags", "aliases"]


def test_a_naughty_title_reads_back_from_the_front_matter(
    naughty: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    text = whole_of(digest_of(naughty), templates, site)
    fields, body = fields_of(text)
    assert fields["title"] == f"{one_line(naughty)}, Friday, 3 July 2026"
    assert body.lstrip("\n") == without_front_matter(text)


@given(st.text())
def test_any_title_reads_back_from_the_front_matter(make_digest: Callable[..., Digest], title: str) -> None:
    digest = make_digest(title=title)
    fields, body = fields_of(front_matter(digest, edition_of(digest, Site())))
    assert (fields["title"], body) == (f"{one_line(title)}, Friday, 3 July 2026", "")


def test_nothing_of_a_naughty_text_is_an_order_to_a_site_builder(
    naughty_digest: Digest, templates: Templates, site: Site
) -> None:
    body = markdown_of(naughty_digest, templates, site)
    assert BRACES.findall(body) == []
    assert BRACES.findall("a {{ b }} {% c %} %%d%% [[e]] #f") == ["{{", "{%", "%}", "%%", "%%", "[[", "#f"]


def test_a_page_without_use_for_front_matter_leaves_it_out() -> None:
    assert without_front_matter("---\na: b\n---\n\n# c\n---\n") == "# c\n---\n"
    assert without_front_matter("# c\n\n---\n") == "# c\n\n---\n"
    assert without_front_matter("---\nno end") == "---\nno end"
