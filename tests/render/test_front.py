from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import lxml.html

from broadsheet.config import Site
from broadsheet.render import Templates, render_index
from broadsheet.render.characters import shown
from broadsheet.types import Digest, Ranked


def page_of(profiles: list[list[Digest]], templates: Templates, site: Site) -> Any:
    artifact = render_index(profiles, templates, site)
    assert (artifact.name, artifact.media_type) == ("index.html", "text/html")
    return lxml.html.document_fromstring(artifact.content, parser=lxml.html.HTMLParser(encoding="utf-8"))


def test_every_profile_has_its_latest_digest_and_its_earlier_days(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    rows = tuple(make_row(f"Paper {number}", number=number) for number in range(1, 9))
    days = [make_digest(rows, day=date(2026, 7, 20) - timedelta(days=back)) for back in range(12)]
    quiet = [make_digest(profile="quiet", title="Quiet", unmatched=3)]
    page = page_of([days, quiet], templates, site)
    assert page.xpath("//header//time/@datetime") == ["2026-07-20"]
    assert [heading.text_content() for heading in page.xpath("//h2")] == ["Efficient serving", "Quiet"]
    assert page.xpath("//h2/a/@href") == ["serving/2026-07-20/digest.html", "quiet/2026-07-03/digest.html"]
    first, second = page.find_class("desk")
    titles = [title.text_content() for title in first.xpath(".//ol//a")]
    assert titles == [f"Paper {number}" for number in range(1, 6)]
    assert first.find_class("onward")[0].text_content() == "All 8 papers of 20 Jul 2026"
    assert len(first.xpath(".//ul[@class='days']//a")) == 11
    assert len(first.xpath(".//details//a")) == 4
    assert first.xpath(".//details/summary")[0].text == "4 more"
    assert second.find_class("none")[0].text_content() == "No paper today."
    assert "0 of 3 new or updated papers, 3 matched no rule" in second.find_class("summary")[0].text_content()
    feeds = ("rss.xml", "atom.xml", "feed.json", "digests/atom.xml")
    assert page.xpath("//link/@href") == [
        f"site/{profile}/{feed}" for profile in ("serving", "quiet") for feed in feeds
    ]


def test_a_naughty_text_reads_back(
    naughty: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    page = page_of([[digest_of(naughty)]], templates, site)
    assert page.xpath("//h2")[0].text_content() == shown(naughty)
    assert [name.text_content() for name in page.xpath("//ol//*[@dir='auto']")] == [shown(naughty)] * 2
    assert not page.xpath("//script | //img | //svg | //iframe")


def test_before_the_first_run_the_page_says_so(templates: Templates, site: Site) -> None:
    page = page_of([], templates, site)
    assert "No edition yet" in page.find_class("summary")[0].text_content()
    assert page.find_class("empty")


def test_rendering_twice_gives_equal_bytes(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    profiles = [[make_digest((make_row(),))]]
    assert render_index(profiles, templates, site) == render_index(profiles, templates, site)
