from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Site
from broadsheet.render.links import links_of, search_url, web_url

GOOD = (
    "https://example.org/abs/2401.01234",
    "http://example.org",
    "https://example.org/?q=a&b=c%20d;e#part-2",
    "https://example.org:8080/a/b(c)~d'e!f",
    "https://[2001:db8::1]/x",
    "https://doi.example.org/10.1000/(sici)1099-1:2",
)

BAD = (
    "",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://example.org/x",
    "//example.org/x",
    "/relative",
    "https:/example.org",
    "https://",
    "https:///x",
    "\\\\example.org\\x",
    "https://example.org\\@example.net/",
    "https://example.org@example.net/",
    "https://user:word@example.net/",
    "https://exa mple.org/",
    "https://example.org/a\tb",
    "https://example.org/a\u2028b",
    "http://[::1",
    "https://example.org:99999/",
    "https://example.org:port/",
    "https://<script>/",
    "https://example.org\ud800/",
    "https://" + "\u00e9" * 70 + ".example/",
)


@pytest.mark.parametrize("url", GOOD)
def test_a_good_url_stays_as_it_is(url: str) -> None:
    assert web_url(url) == url


@pytest.mark.parametrize("url", BAD)
def test_a_url_that_is_not_plainly_a_web_page_is_refused(url: str) -> None:
    assert web_url(url) is None


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("  https://example.org/x \n", "https://example.org/x"),
        ("HTTPS://example.org/x", "https://example.org/x"),
        ("https://b\u00fccher.example/\u00e9", "https://xn--bcher-kva.example/%C3%A9"),
        ("https://example.org/<b>\"'", "https://example.org/%3Cb%3E%22'"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/#a#b", "https://example.org/#a%23b"),
    ],
)
def test_a_url_is_made_ready_for_a_link(url: str, clean: str) -> None:
    assert web_url(url) == clean


@given(st.one_of(st.text(), st.text().map("https://example.org/".__add__), st.text().map("https://".__add__)))
def test_what_comes_through_is_ascii_a_web_page_and_comes_through_again(url: str) -> None:
    clean = web_url(url)
    if clean is not None:
        assert clean.isascii()
        assert not set(clean) & set(' <>"\\\n\t')
        assert urlsplit(clean).scheme in {"http", "https"}
        assert urlsplit(clean).hostname
        assert web_url(clean) == clean


def test_the_best_link_comes_first_and_the_others_by_name() -> None:
    links = {"code": "https://example.net/c", "pdf": "https://example.org/p", "abstract": "https://example.org/a"}
    found = links_of("A title", links, Site())
    assert [link.name for link in found] == ["abstract", "pdf", "code"]
    assert [link.host for link in found] == ["example.org", "example.org", "example.net"]
    assert not any(link.searches for link in found)


def test_a_paper_without_a_usable_link_is_searched_for_by_its_title() -> None:
    (link,) = links_of("Caches & 50% more: \u00e9?", {"abstract": "javascript:alert(1)"}, Site())
    assert link.searches
    assert link.host == "huggingface.co"
    assert link.href == "https://huggingface.co/papers?q=Caches%20%26%2050%25%20more%3A%20%C3%A9%3F"


def test_a_very_long_title_is_searched_for_by_its_beginning() -> None:
    assert len(search_url("long " * 10_000, Site()) or "") < 1000


def test_without_a_place_to_search_there_is_no_link() -> None:
    assert links_of("A title", {}, Site(find="nowhere")) == ()
