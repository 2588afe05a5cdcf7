"""The data scripts of the site's search: what stands where, and nothing ends them; and the script's text."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.characters import shown
from broadsheet.render.site.search_data import SearchPaper, search_data
from broadsheet.types import Artifact


def paper(title: str = "Paged caches", day: date = date(2026, 7, 3), **values: Any) -> SearchPaper:
    told: dict[str, Any] = {
        "guid": "arxiv:2607.00001",
        "href": "papers/x.html",
        "authors": ("A. Made-Up", "B. Made-Up"),
        "abstract": "We invent a cache.",
        "source": "made-up",
        "profiles": ("Efficient serving",),
    }
    return SearchPaper(title=title, day=day, **(told | values))


def read(artifact: Artifact, call: str) -> list[list[Any]]:
    """What the script hands over, read as the JSON that it also is."""
    text = artifact.content.decode("utf-8")
    begin, end = f"Broadsheet.{call}(", ");\n"
    assert text.startswith(begin)
    assert text.endswith(end)
    return json.loads(text[len(begin) : -len(end)])  # type: ignore[no-any-return]


def test_a_paper_stands_in_the_month_it_was_first_shown() -> None:
    july, june, months = search_data(
        [paper("old", date(2026, 6, 30)), paper("first", date(2026, 7, 1)), paper("last", date(2026, 7, 31))]
    )
    assert [july.name, june.name, months.name] == [
        f"search/data/{name}.js" for name in ("2026-07", "2026-06", "months")
    ]
    assert [row[2] for row in read(july, "add")] == ["last", "first"]
    assert read(months, "months") == [["2026-07", 2], ["2026-06", 1]]
    assert {one.media_type for one in (july, june, months)} == {"text/javascript"}


def test_a_row_has_what_the_page_shows() -> None:
    july, _ = search_data([paper()])
    assert read(july, "add") == [
        [
            *("arxiv:2607.00001", "papers/x.html", "Paged caches", "A. Made-Up, B. Made-Up", "We invent a cache."),
            *("2026-07-03", "made-up", ["Efficient serving"]),
        ]
    ]


def test_nothing_to_search_is_an_empty_list() -> None:
    (months,) = search_data([])
    assert read(months, "months") == []


def test_the_order_of_the_papers_does_not_matter() -> None:
    papers = [paper(f"{n % 3}", date(2026, 5 + n % 2, 1 + n % 4), guid=f"title:{n}") for n in range(40)]
    mixed = papers.copy()
    random.Random(5).shuffle(mixed)  # noqa: S311  (an order, no secret)
    assert search_data(papers) == search_data(mixed)


def test_no_text_ends_the_script_or_a_line_of_it(naughty: str) -> None:
    for month in search_data([paper(naughty, abstract=f"</script><!-- {naughty}", authors=(naughty,), source=naughty)]):
        text = month.content.decode("utf-8")
        assert "<" not in text
        assert not set("\u2028\u2029\x00") & set(text)
    row = read(search_data([paper(naughty)])[0], "add")[0]
    assert row[2] == shown(naughty)


@given(st.text(), st.text())
def test_every_text_reads_back(title: str, abstract: str) -> None:
    row = read(search_data([paper(title, abstract=abstract)])[0], "add")[0]
    assert (row[2], row[4]) == (shown(title), shown(abstract))


def test_the_script_neither_reads_text_as_markup_nor_asks_for_anything(shipped: Path) -> None:
    text = (shipped / "site/script.js").read_text("utf-8")
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    for way in (
        *(
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "DOMParser",
            "srcdoc",
        ),
        *("fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "EventSource", "document.cookie"),
    ):
        assert way not in code, way
    # The index of the whole archive, where the settings ask for one: a file of the site's own.
    assert re.findall(r"\bimport\([^)]*\)", code) == ['import(root + "pagefind/pagefind.js")']
    assert "use strict" in code
    assert not re.search(r"\?\.[A-Za-z\[(]|\?\?", code), "newer than ES2019"


def test_a_chosen_theme_has_the_colours_of_the_style_sheet(shipped: Path) -> None:
    def colours(css: str, begin: str) -> dict[str, str]:
        block = css[css.index(begin) :].split("}")[0]
        return dict(re.findall(r"--(paper|ink|soft|rule|accent|tint): (#[0-9a-f]{6});", block))

    style, own = ((shipped / name).read_text("utf-8") for name in ("style.css", "site/script.css"))
    light, dark = colours(style, ":root {"), colours(style, "@media (prefers-color-scheme: dark)")
    assert len(light) == len(dark) == 6
    assert colours(own, '[data-theme="light"]') == light
    assert colours(own, '[data-theme="dark"]') == dark
