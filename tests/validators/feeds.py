"""All feeds of a profile with the addresses they are served at, for the tests in this folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from lxml import etree

from broadsheet.config import Feed, Site
from broadsheet.render import months_of, render_archives, render_feeds
from broadsheet.types import Digest
from tests.render.conftest import digest, row
from tests.validators import feed_rules

HERE = Path(__file__).parent
SITE = Site(url="https://digests.example.org/papers/", tag="digests.example.org,2026")
#: Later than every made-up digest.
NOW = datetime(2026, 12, 31, tzinfo=UTC)


def feeds_of(*digests: Digest) -> dict[str, bytes]:
    """Address to content: the feeds of papers and of days, and the archives."""
    months = months_of(one.day for one in digests)
    made = list(render_feeds("serving", "Efficient serving", digests, SITE, Feed(), months))
    for month in months:
        of_month = [one for one in digests if f"{one.day:%Y-%m}" == month]
        made += render_archives("serving", of_month, months, SITE)
    return {artifact.name.replace("site/", SITE.url, 1): artifact.content for artifact in made}


def usual() -> tuple[Digest, ...]:
    """Digests of two months with what papers have, and nothing odd."""
    best: dict[str, Any] = {
        "authors": ("Ada Made-Up", "Ćiro Invented"),
        "categories": ("cs.XX",),
        "links": {"abstract": "https://example.org/abs/1"},
    }
    days = (date(2026, 7, 3), date(2026, 8, 4))
    return tuple(
        digest((row("A kite", number=2 * n, **best), row("A sail & <a mast>", number=2 * n + 1)), day=day)
        for n, day in enumerate(days, start=1)
    )


def faults_of(address: str, content: bytes) -> Sequence[str]:
    """All that is wrong with a feed, by every rule and grammar that is written down in this folder."""
    if address.endswith(".json"):
        import json

        schema = json.loads((HERE / "json-feed-1.1.schema.json").read_text(encoding="utf-8"))
        found = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(content))
        return [f"Schema: {error.message}" for error in found] or feed_rules.json_faults(content)
    if address.endswith("atom.xml"):
        return [*feed_rules.atom_faults(content, address), *grammar_faults(content)]
    return feed_rules.rss_faults(content, address, NOW)


def grammar_faults(content: bytes) -> list[str]:
    """What the grammar of Atom says."""
    grammar = etree.RelaxNG(etree.parse(str(HERE / "atom.rng")))
    try:
        document = etree.fromstring(content)
    except etree.XMLSyntaxError as error:
        return [f"SAXError: {error}"]
    grammar.validate(document)
    return [f"Grammar: {error.message}" for error in grammar.error_log]
