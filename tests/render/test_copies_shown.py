from __future__ import annotations

from broadsheet import digest
from broadsheet.config import Feed, Site
from broadsheet.render import Templates, read_digest, render_digest, render_feeds
from broadsheet.types import Digest, Judgement
from tests.made import DAY, change, match, paper, profile

ABSTRACT = "We fill a cache once and let many readers share it. It doubles the throughput of the whole system. "


def made() -> Digest:
    changes = [
        change(paper(title, abstract=ABSTRACT), seq) for seq, title in enumerate(("One <name>", "Two & more"), 1)
    ]
    judged = {each.paper.guid: Judgement(matches=(match("loud", 3),)) for each in changes}
    return digest.compose(profile(), DAY, "UTC", (1, 2), changes, judged, ())


def test_every_form_names_the_copies_of_a_paper(templates: Templates, site: Site) -> None:
    markdown, page, data = render_digest(made(), templates, site)
    feed = render_feeds("made", "Made", [made()], site, Feed())[0]

    assert b"Also listed as: Two & more" in markdown.content
    assert b"Two &amp; more</a>" in page.content
    assert b"Also listed as" in page.content
    assert b"Two &amp;amp; more" in feed.content
    assert read_digest(data.content) == made()
    assert b"1 folded into near copies" in page.content


def test_a_rule_that_has_filled_its_share_is_named(templates: Templates, site: Site) -> None:
    changes = [change(paper(f"Paper {seq}"), seq) for seq in (1, 2)]
    judged = {each.paper.guid: Judgement(matches=(match("loud", 3),)) for each in changes}
    held = digest.compose(profile(per_rule_limit=1), DAY, "UTC", (1, 2), changes, judged, ())

    markdown, *_ = render_digest(held, templates, site)

    assert b"Paper 2 (3: loud has filled its share, at rank 2)" in markdown.content
