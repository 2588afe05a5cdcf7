"""A mail stays below the size at which Gmail hides the rest, whatever a digest holds, and says what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from broadsheet.config import LEAST_BUDGET, Mail, Site
from broadsheet.render import Templates
from broadsheet.render.mail.fitting import LEAST_WHOLE, Fit, fitting
from broadsheet.types import Digest, Hit, Match, Ranked, SourceReport
from tests.render.mails import Read, mailed

ABSTRACT = (
    "We study how caches age when nobody reads them, and find that a key which is read hourly keeps its use. " * 14
)
KIB = 1024

Rows = Callable[[int], tuple[Ranked, ...]]


@pytest.fixture(scope="module")
def rows(make_row: Callable[..., Ranked], make_match: Callable[..., Match]) -> Rows:
    """So many papers like those of a real listing."""
    matches = (
        make_match("kv cache", 6.0, Hit(field="title", text="Caches", start=20, end=26), weight=3.0),
        make_match("serving", 2.0, Hit(field="abstract", text="caches", start=13, end=19)),
    )
    return lambda number: tuple(
        make_row(
            f"A Study of Invented Caches Number {n} and What Became of the Models That Read Them",
            ABSTRACT,
            number=n,
            matches=matches,
            authors=("A. Made-Up", "B. Invented", "C. Nobody", "D. Someone", "E. Last"),
            links={"abstract": f"https://arxiv.org/abs/2607.{n:05}"},
        )
        for n in range(1, number + 1)
    )


def told(mail: Read) -> tuple[int, int]:
    """How many papers are told in full, and how many by their titles, and that both parts agree on it."""
    whole, titles = mail.page.xpath("//li[@class='row']"), mail.page.xpath("//li[@class='brief']")
    assert mail.text.count("A Study of Invented Caches Number") == len(whole) + len(titles)
    assert mail.text.count(" points: ") == len(whole)
    return len(whole), len(titles)


def test_an_ordinary_day_is_told_in_full(
    make_digest: Callable[..., Digest], templates: Templates, site: Site, rows: Rows
) -> None:
    mail = mailed(make_digest(rows(50)), templates, site)
    assert told(mail) == (50, 0)
    assert len(mail.html.encode()) < 90 * KIB
    assert "more paper" not in mail.text


def test_of_two_hundred_papers_the_last_are_told_by_their_titles(
    make_digest: Callable[..., Digest], templates: Templates, site: Site, rows: Rows
) -> None:
    mail = mailed(make_digest(rows(200)), templates, site)
    whole, titles = told(mail)
    assert whole + titles == 200
    assert whole >= LEAST_WHOLE
    assert 80 * KIB < len(mail.html.encode()) <= 90 * KIB
    assert mail.page.xpath("//ol/@start") == [str(whole + 1)]


def test_of_a_thousand_papers_some_are_only_counted(
    make_digest: Callable[..., Digest], templates: Templates, site: Site, rows: Rows
) -> None:
    mail = mailed(make_digest(rows(1000), rows(3)), templates, site)
    whole, titles = told(mail)
    assert whole == LEAST_WHOLE
    assert titles > 100
    assert 88 * KIB < len(mail.html.encode()) <= 90 * KIB
    assert len(mail.text.encode()) <= 90 * KIB
    rest = f"and {1003 - whole - titles} more papers"
    assert f"{rest}: all of them stand on the page above." in mail.text
    (more,) = mail.page.xpath("//p[@class='more']")
    assert more.text_content() == f"{rest}: all of them stand on its page."
    assert more.xpath("a/@href") == ["https://digests.example.org/papers/serving/2026-07-03/index.html"]
    # A short section is not pushed out by a long one before it.
    assert len(mail.page.xpath("//ol")[-1].xpath("li[@class='row']")) == 3
    mail = mailed(make_digest(rows(1000)), templates, replace(site, url=""))
    assert "all of them stand in site/serving/2026-07-03/index.html." in mail.page.text_content()
    assert "all of them stand in the file named above." in mail.text


@pytest.mark.parametrize("budget", [LEAST_BUDGET, 90])
@pytest.mark.parametrize(
    "text", ['"&<\U0001f9ea' * 3000, "<" * 9000, "a" * 9000, "\u4e2d\u6587" * 4000, "e\u0301 " * 3000]
)
def test_no_text_breaks_the_budget(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    make_report: Callable[..., SourceReport],
    templates: Templates,
    text: str,
    budget: int,
) -> None:
    hits = tuple(Hit(field="title", text=text[at], start=at, end=at + 1) for at in range(0, 80, 2))
    matches = tuple(make_match(f"{text}{n}", 1.0, *hits) for n in range(9))
    rows = tuple(
        make_row(text, text, number=n, matches=matches, authors=(text,) * 3, categories=(text,), organization=text)
        for n in range(30)
    )
    sources = (make_report(dump=text, reason=text, verdict="broken", alarm=True),) * 20
    mail = mailed(
        make_digest(rows, rows, title=text, sources=sources),
        templates,
        Site(title=text, url="https://example.org/" + "a" * 400 + "/"),
        mail=Mail(budget_kib=budget),
    )
    assert len(mail.html.encode()) <= budget * KIB
    assert len(mail.text.encode()) <= budget * KIB
    assert mail.page.xpath("//li")
    assert len(mail.page.xpath("//a[starts-with(text(), 'Unsubscribe')]")) == 2


@pytest.mark.parametrize(
    ("papers", "room", "wanted"),
    [
        (0, 0, Fit(whole=0, titles=0)),
        (3, 9, Fit(whole=3, titles=0)),
        (3, 8, Fit(whole=2, titles=1)),
        (3, 3, Fit(whole=1, titles=0)),
        (3, 1, Fit(whole=0, titles=1)),
        (3, 0, Fit(whole=0, titles=0)),
        (100, 200, Fit(whole=50, titles=50)),
        (1000, 300, Fit(whole=25, titles=225)),
    ],
)
def test_whole_papers_come_first_then_titles(papers: int, room: int, wanted: Fit) -> None:
    assert fitting(papers, lambda fit: 3 * fit.whole + fit.titles <= room) == wanted
