"""What a mail may be made of: a short list of elements, attributes and properties that mail programs know.

A ratchet: who needs more looks up (https://www.caniemail.com) who would not see it, and adds it here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.config import Site
from broadsheet.render import Templates
from broadsheet.types import Digest, Hit, Match, Ranked, SourceReport
from tests.render.mails import Read, mailed

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td"),
    *("h1", "h2", "h3", "ol", "li", "p", "a", "strong", "u", "span"),
}
ATTRIBUTES = {
    *("lang", "dir", "charset", "name", "content", "class", "style", "role", "width", "cellpadding", "cellspacing"),
    *("border", "align", "href", "start"),
}
#: In the elements: what even old programs read, and what does no harm where it is not read.
PROPERTIES = {
    *("margin", "padding", "padding-bottom", "padding-right", "background-color", "color", "width", "display"),
    *("font", "font-size", "font-style", "font-weight", "line-height", "letter-spacing"),
    *("text-decoration", "border-bottom", "max-width", "word-break"),
}
#: In the head, for programs that know dark or narrow screens.
RULES = ["(max-width: 480px)", "(prefers-color-scheme: dark)"]


@pytest.fixture(scope="module")
def mail(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    make_report: Callable[..., SourceReport],
    templates: Templates,
    site: Site,
) -> Read:
    """One of everything."""
    hits = (Hit(field="title", text="caches", start=6, end=12), Hit(field="abstract", text="stores", start=22, end=28))
    matches = tuple(make_match(f"rule {n}", 1.0, *hits) for n in range(9))
    rows = tuple(
        make_row(number=n, matches=matches, late=True, links={"abstract": "https://example.org/a"}) for n in range(600)
    )
    sources = (make_report(alarm=True),) * 9
    return mailed(make_digest(rows, rows[:3], sources=sources), templates, site)


def test_only_elements_and_attributes_that_mail_programs_know(mail: Read) -> None:
    assert {element.tag for element in mail.page.iter()} == ELEMENTS
    assert {name for element in mail.page.iter() for name in element.attrib} == ATTRIBUTES


def test_only_properties_that_mail_programs_know(mail: Read) -> None:
    styles = [style.split(";") for style in mail.page.xpath("//@style")]
    assert {declaration.partition(":")[0].strip() for style in styles for declaration in style} == PROPERTIES
    assert not [style for style in mail.page.xpath("//@style") if "url(" in style or "!important" in style]


def test_dark_and_narrow_screens_keep_their_rules_with_the_force_to_win(mail: Read) -> None:
    (style,) = mail.page.xpath("//style")
    assert re.findall(r"@media ([^{]+?) *{", style.text) == RULES
    declarations = re.findall(r"[{;]\s*([a-z-]+):([^;{}]+)", style.text)
    assert len(declarations) > 10
    assert all(value.rstrip().endswith("!important") for _, value in declarations)
    used = set(re.findall(r"[.]([a-z]+)", re.sub(r"{[^{}]*}", "", style.text)))
    assert used <= {name for names in mail.page.xpath("//@class") for name in names.split()}
    metas = {meta.get("name"): meta.get("content") for meta in mail.page.xpath("//meta[@name]")}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"


def test_nothing_is_asked_for_and_tables_are_no_tables(mail: Read) -> None:
    assert not mail.page.xpath("//@src | //@background | //link | //img | //@srcset")
    assert set(mail.page.xpath("//table/@role")) == {"presentation"}
    assert "http:" not in mail.html


def test_the_character_set_stands_where_a_browser_looks_for_it(mail: Read) -> None:
    assert mail.html.index("<meta charset") < 1024
    assert mail.html.startswith("<!DOCTYPE html><html lang=")


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it."""
    lights = []
    for colour in (one, other):
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_every_colour_can_be_read_on_its_ground(mail: Read, templates: Templates) -> None:
    def colours(text: Any, name: str) -> set[str]:
        return set(re.findall(rf"(?<![-a-z]){name}: ?(#[0-9a-f]{{6}})", text))

    light = " ".join(mail.page.xpath("//@style"))
    dark = mail.page.xpath("//style")[0].text
    for sheet, inks in ((light, 3), (dark, 3)):
        grounds = colours(sheet, "background-color")
        assert len(grounds) == 2
        assert len(colours(sheet, "color")) == inks
        for ink in colours(sheet, "color"):
            for ground in grounds:
                assert contrast(ink, ground) >= 4.5, (ink, ground)
