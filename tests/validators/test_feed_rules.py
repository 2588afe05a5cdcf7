"""Every feed against the rules of the W3C's validator, the grammar of Atom and the schema of JSON Feed, with teeth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.render.characters import composed
from tests.render.conftest import NAUGHTY, filled
from tests.validators.feeds import SITE, faults_of, feeds_of, usual

RSS, ATOM, JSON = (f"{SITE.url}serving/{file}" for file in ("rss.xml", "atom.xml", "feed.json"))
OLD_ATOM = f"{SITE.url}serving/archive/2026-07.atom.xml"
#: What is said of a title that holds what looks like markup; it does, and is marked as the text it is.
TITLES = ("ContainsHTML", "CharacterData")
#: The sign for a character that was damaged before it came to us: shown as it is.
DAMAGED = "\ufffd"


@pytest.mark.parametrize("address", feeds_of(*usual()))
def test_a_usual_feed_has_no_fault(address: str) -> None:
    content = feeds_of(*usual())[address]
    # The title of "A sail & <a mast>" is text that looks like markup.
    assert [fault for fault in faults_of(address, content) if not fault.startswith("ContainsHTML")] == []


def test_feeds_without_a_paper_have_no_fault() -> None:
    from tests.render.conftest import digest

    for address, content in feeds_of(digest()).items():
        assert faults_of(address, content) == []


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_a_naughty_text_makes_no_fault(text: str) -> None:
    for address, content in feeds_of(filled(text)).items():
        assert [fault for fault in faults_of(address, content) if not fault.startswith(TITLES)] == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(st.characters(exclude_characters=DAMAGED), min_size=1).filter(lambda text: bool(composed(text))))
def test_no_text_makes_a_fault(text: str) -> None:
    for address, content in feeds_of(filled(text)).items():
        assert [fault for fault in faults_of(address, content) if not fault.startswith(TITLES)] == []


Change = Callable[[str], str]


def put(new: str, *, at: str, behind: bool = False) -> Change:
    """Put something before (or behind) the first place where something stands."""
    return lambda text: text.replace(at, at + new if behind else new + at, 1)


def swap(old: str, new: str) -> Change:
    return lambda text: re.sub(old, lambda _: new, text, count=1, flags=re.DOTALL)


def everywhere(old: str, new: str) -> Change:
    return lambda text: re.sub(old, lambda _: new, text, flags=re.DOTALL)


ITEM, ENTRY = "</item>", "</entry>"
SELF = r'<atom:link href="[^"]*" rel="self"[^>]*/>'
RSS_CHANGES: dict[str, tuple[str, Change]] = {
    "a guid that is no permalink and does not say so": ("InvalidPermalink", swap(' isPermaLink="false"', "")),
    "no guid": ("MissingGuid", swap(r"<guid.*?</guid>", "")),
    "a guid twice": ("DuplicateValue", everywhere(r">tag:[^<]*:paper:[^<]*<", ">tag:example.org,2026:x<")),
    "an author without an address": ("InvalidContact", put("<author>Ada</author>", at=ITEM)),
    "an author beside dc:creator": ("DuplicateSemantics", put("<author>a@example.org</author>", at=ITEM)),
    "a date beside pubDate": ("DuplicateSemantics", put("<dc:date>2026-07-03</dc:date>", at=ITEM)),
    "a date as ISO has it": ("InvalidRFC2822Date", swap(r"<pubDate>[^<]*", "<pubDate>2026-07-03T00:00:00Z")),
    "a wrong weekday": ("InvalidRFC2822Date", swap(r"<pubDate>[A-Z][a-z]{2}", "<pubDate>Sun")),
    "a date to come": ("ImplausibleDate", swap(r"<pubDate>[^<]*", "<pubDate>Fri, 01 Jan 2100 00:00:00 +0000")),
    "a ttl that is no number": ("InvalidInteger", swap("<ttl>360", "<ttl>6 hours")),
    "a large image": ("InvalidImageSize", put("<image><width>200</width></image>", at="<item>")),
    "an editor without a name": ("EmailFormat", put("<managingEditor>a@example.org</managingEditor>", at="<item>")),
    "a control character": ("SAXError", put("\x01", at="kite")),
    "an entity of HTML": ("SAXError", put("&nbsp;", at="kite")),
    "a damaged character": ("BadCharacters", put(DAMAGED, at="kite")),
    "a C1 control": ("BadCharacters", put("\x85", at="kite")),
    "a blank in a link": ("InvalidUriChar", swap("https://example.org/abs/1<", "https://example.org/abs 1<")),
    "a letter beyond ASCII in a link": ("InvalidUriChar", swap("https://example.org/abs/1<", "https://example.org/é<")),
    "no link to itself": ("MissingSelf", swap(SELF, "")),
    "a link to something else as itself": ("SelfDoesntMatchLocation", swap(r"serving/rss\.xml", "other/rss.xml")),
    "itself of another kind": ("SelfNotAtom", swap('type="application/rss.xml"', 'type="text/html"')),
    "markup in a title": ("ContainsHTML", put("&#x3C;b>", at="A kite")),
    "an entity in a title": ("ContainsHTML", put("&#x26;amp;", at="A kite")),
    "what looks like markup in the source of a title": ("CharacterData", put("a&lt;b", at="A kite")),
    "the content before the description": (
        "NeedDescriptionBeforeContent",
        lambda text: re.sub(
            r"(<description>(?:(?!</item>).)*?</description>)\s*(<content:encoded>.*?</content:encoded>)",
            r"\2\1",
            text.replace("<description>", "<description >", 1),
            count=1,
            flags=re.DOTALL,
        ),
    ),
    "a content without a description": (
        "NeedDescriptionBeforeContent",
        lambda text: re.sub(
            r"(<item>(?:(?!<description>).)*)<description>.*?</description>", r"\1", text, flags=re.DOTALL
        ),
    ),
    "an empty category": ("NotBlank", put("<category/>", at=ITEM)),
    "an unknown namespace": ("UnknownNamespace", put('<p:x xmlns:p="https://example.org/p"/>', at=ITEM)),
    "an archive that does not name the feed": (
        "MissingCurrentInArchive",
        put('<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>', at="<item>"),
    ),
    **{
        f"{what} in the content": (code, put(markup, at="&lt;p&gt;"))
        for what, code, markup in (
            ("a relative link", "ContainsRelRef", '&lt;a href="x.html"&gt;x&lt;/a&gt;'),
            ("a script as a link", "ContainsRelRef", '&lt;a href="javascript:x"&gt;x&lt;/a&gt;'),
            ("mathematics", "NotHtml", "&lt;math&gt;&lt;/math&gt;"),
            ("a picture", "NotHtml", "&lt;svg&gt;&lt;/svg&gt;"),
            ("a style", "SecurityRiskAttr", '&lt;p style="color:red"&gt;x&lt;/p&gt;'),
            ("a class", "SecurityRiskAttr", '&lt;p class="x"&gt;x&lt;/p&gt;'),
            ("an event", "SecurityRiskAttr", '&lt;p onclick="x"&gt;x&lt;/p&gt;'),
            ("a script", "NotHtml", "&lt;script&gt;x&lt;/script&gt;"),
            ("a style sheet", "NotHtml", "&lt;style&gt;x&lt;/style&gt;"),
            ("a frame", "NotHtml", "&lt;iframe&gt;&lt;/iframe&gt;"),
            ("wrong nesting", "NotHtml", "&lt;em&gt;&lt;strong&gt;x&lt;/em&gt;&lt;/strong&gt;"),
            ("an open element", "NotHtml", "&lt;em&gt;x"),
        )
    },
}
ATOM_CHANGES: dict[str, tuple[str, Change]] = {
    "no author at all": ("MissingElement: author", everywhere(r"<author>.*?</author>", "")),
    "no updated": ("MissingElement: updated", swap(r"<updated>[^<]*</updated>", "")),
    "no id": ("MissingElement: id", swap(r"<id>[^<]*</id>", "")),
    "a date without a zone": ("InvalidRFC3339Date", swap(r"(?<=<published>)[^<]*", "2026-07-03T00:00:00")),
    "a tag without a date": ("InvalidTAG", swap(r"<id>[^<]*", "<id>tag:digests.example.org:feed:serving")),
    "a tag with a blank": ("InvalidUriChar", swap(r"<id>tag", "<id>tag:x,2026:a b")),
    "a tag with a letter beyond ASCII": ("InvalidUriChar", swap(r"<id>tag:", "<id>tag:é")),
    "a tag with a bracket": ("InvalidUriChar", swap(r"<id>tag:", "<id>tag:&lt;")),
    "white space around an id": ("SurroundingWhitespace", swap(r"<id>", "<id> ")),
    "an id twice": ("DuplicateIds", everywhere(r"<id>tag:[^<]*:paper:[^<]*", "<id>tag:x,2026:y")),
    "an id of an unknown scheme": ("InvalidUri", swap(r"<id>[^<]*", "<id>arxiv:2401.01234")),
    "an id with letters of both cases in its host": ("NonCanonicalURI", swap(r"<id>[^<]*", "<id>https://Example.org/")),
    "a date twice": ("DuplicateUpdated", everywhere(r"<updated>[^<]*", "<updated>2026-07-03T00:00:00Z")),
    "two alternates": (
        "DuplicateAtomLink",
        put('<link rel="alternate" href="https://example.org/" type="text/html"/>', at=ENTRY),
    ),
    "a category without a term": ("MissingAttribute", put("<category/>", at=ENTRY)),
    "a relative link to itself": ("RelativeSelf", swap(r'(?<=rel="self" href=")[^"]*', "atom.xml")),
    "no link to itself": ("MissingSelf", swap(r'<link rel="self"[^>]*/>', "")),
    "a link to something else as itself": ("SelfDoesntMatchLocation", swap(r"serving/atom\.xml", "other/atom.xml")),
    "an unknown relation": ("UnregisteredAtomLinkRel", swap('rel="alternate"', 'rel="friend"')),
    "a base": ("XmlBase", swap("<entry>", '<entry xml:base="https://example.org/">')),
    "markup in a title": ("ContainsHTML", put("&lt;b&gt;", at="A kite")),
    "mathematics in the content": ("NotHtml", put("&lt;math&gt;&lt;/math&gt;", at="&lt;p&gt;")),
    "an unknown namespace": ("UnknownNamespace", put('<p:x xmlns:p="https://example.org/p"/>', at=ENTRY)),
    "a complete feed with archives": (
        "FeedHistoryRelInCompleteFeed",
        put('<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>', at="<entry>"),
    ),
    "an archive that does not name the feed": (
        "MissingCurrentInArchive",
        put('<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>', at="<entry>"),
    ),
}
#: What the grammar alone must find, without our rules.
GRAMMAR_CHANGES: dict[str, Change] = {
    "an element that Atom has not": put("<pubDate>x</pubDate>", at=ENTRY),
    "an attribute that Atom has not": swap("<entry>", '<entry version="1">'),
    "two titles": put("<title>x</title>", at=ENTRY),
    "an empty name": swap(r"(?<=<name>)[^<]*", ""),
    "a name of blanks": swap(r"(?<=<name>)[^<]*", "  "),
    "a type that is none": swap('type="html"', 'type="markdown"'),
    "a link without an address": swap(r'(<link rel="alternate") href="[^"]*"', '<link rel="alternate"'),
    "an entry in an entry": put("<entry/>", at=ENTRY),
    "no title": swap(r"<title>[^<]*</title>", ""),
    "no id": swap(r"<id>[^<]*</id>", ""),
    "no updated": swap(r"<updated>[^<]*</updated>", ""),
    "a date without a zone": swap(r"(?<=<published>)[^<]*", "2026-07-03T00:00:00"),
    "a date that is none": swap(r"(?<=<updated>)[^<]*", "2026-02-30T00:00:00Z"),
    "an id that is none": swap(r"(?<=<id>)[^<]*", "serving"),
    "a category without a term": put("<category/>", at=ENTRY),
}


def mutated(address: str, change: Change) -> bytes:
    before = feeds_of(*usual())[address].decode()
    after = change(before)
    assert after != before, "the change changes nothing"
    return after.encode()


@pytest.mark.parametrize("what", RSS_CHANGES)
def test_a_fault_of_an_rss_feed_is_found(what: str) -> None:
    code, change = RSS_CHANGES[what]
    assert code in "\n".join(faults_of(RSS, mutated(RSS, change)))


@pytest.mark.parametrize("what", ATOM_CHANGES)
def test_a_fault_of_an_atom_feed_is_found(what: str) -> None:
    code, change = ATOM_CHANGES[what]
    found = faults_of(ATOM, mutated(ATOM, change))
    assert any(fault.startswith(code) for fault in found), found


@pytest.mark.parametrize("what", GRAMMAR_CHANGES)
def test_the_grammar_of_atom_finds_it_alone(what: str) -> None:
    from tests.validators.feeds import grammar_faults

    assert grammar_faults(mutated(ATOM, GRAMMAR_CHANGES[what]))
    assert not grammar_faults(feeds_of(*usual())[ATOM])
    assert not grammar_faults(feeds_of(*usual())[OLD_ATOM])


@pytest.mark.parametrize(
    "change",
    [
        lambda feed: feed.pop("version"),
        lambda feed: feed.update(version="https://jsonfeed.org/version/1"),
        lambda feed: feed.update(author={"name": "x"}),
        lambda feed: feed.update(next_url=feed["feed_url"]),
        lambda feed: feed.update(feed_url="feed.json"),
        lambda feed: feed["items"][0].pop("id"),
        lambda feed: feed["items"][0].update(id=7),
        lambda feed: feed["items"][0].update(id=feed["items"][1]["id"]),
        lambda feed: feed["items"][0].update(id="a b"),
        lambda feed: feed["items"][0].pop("content_html"),
        lambda feed: feed["items"][0].update(content_html="<p>x"),
        lambda feed: feed["items"][0].update(content_html="<math></math>"),
        lambda feed: feed["items"][0].update(date_published="2026-07-03"),
        lambda feed: feed["items"][0].update(tags="x"),
        lambda feed: feed["items"][0].update(authors=[]),
        lambda feed: feed["items"][0].update({"_a.b": {}}),
        lambda feed: feed["items"][0].update(title="\x85"),
    ],
)
def test_a_fault_of_a_json_feed_is_found(change: Callable[[dict[str, object]], None]) -> None:
    feed = json.loads(feeds_of(*usual())[JSON])
    change(feed)
    assert faults_of(JSON, json.dumps(feed).encode())


@pytest.mark.validators
def test_the_schema_of_others_agrees() -> None:
    path = Path(__file__).parent / "node_modules" / "jsonfeed-schema" / "schema-v1.1.json"
    if not path.exists():
        pytest.skip("needs jsonfeed-schema: npm ci --ignore-scripts --prefix tests/validators")
    checker = jsonschema.validators.validator_for(schema := json.loads(path.read_bytes()))(schema)
    seen = 0
    for address, content in feeds_of(*usual()).items():
        if address.endswith(".json"):
            checker.validate(json.loads(content))
            seen += 1
    assert seen == 4
    assert not checker.is_valid({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{}]})
