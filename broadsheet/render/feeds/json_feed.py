"""A feed in JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json

from ...config import Site
from ..characters import composed
from .entries import FeedDocument, FeedEntry, home, rfc3339

#: What the facts in _broadsheet are, for whoever meets them.
_ABOUT = "Why the paper is here: the points of the rules that matched"


def json_feed(document: FeedDocument, site: Site) -> bytes:
    """The document in UTF-8."""
    whole: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": composed(document.title),
        "description": composed(document.description),
        "home_page_url": home(site),
    }
    if address := document.address("feed.json", site):
        whole["feed_url"] = address
    # JSON Feed knows no archives, only a next page: what is not in the subscription document, the newest month first.
    neighbours = dict(document.neighbours("feed.json", site))
    if following := neighbours.get("next") or neighbours.get("prev-archive"):
        whole["next_url"] = following
    whole["language"] = site.language
    whole["authors"] = [{"name": composed(site.title)}]
    whole["items"] = [_item(entry) for entry in document.entries]
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: FeedEntry) -> dict[str, object]:
    item: dict[str, object] = {"id": entry.id}
    if entry.page or entry.link:
        item["url"] = entry.page or entry.link
    if entry.page and entry.link and entry.link != entry.page:
        item["external_url"] = entry.link
    item |= {
        "title": composed(entry.title),
        "summary": composed(entry.summary),
        "content_html": entry.html,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
    }
    if entry.authors:
        item["authors"] = [{"name": composed(author)} for author in entry.authors]
    if entry.categories:
        item["tags"] = [composed(category) for category in entry.categories]
    item["_broadsheet"] = {"about": _ABOUT, **entry.facts}
    return item
