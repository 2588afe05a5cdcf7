"""What reading a listing costs, beside what others take for the same bytes, and beside reading them only.

The same 2,000 made-up papers in every format, in one run, in turns, in CPU time; medians of several rounds. Ours is all
of it: entries with clean text, ids, dates, provenance, and the account. feedparser stops at a tree of strings, so do
html.parser under BeautifulSoup and json.loads. Prints ratios; passes and fails nothing.
"""

from __future__ import annotations

import html
import json
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from broadsheet import sources
from broadsheet.types import Dump

ROOT = Path(__file__).resolve().parents[1]
PAPERS = 2_000
ROUNDS = 5
DAY = datetime(2026, 6, 1, tzinfo=UTC)

Work = Callable[[bytes], object]


def main(arguments: list[str]) -> None:
    """Print the table. --quick: fewer papers and rounds."""
    quick = "--quick" in arguments
    papers = made_up(300 if quick else PAPERS)
    print(f"parse: {len(papers):,} made-up papers; CPU, medians of {2 if quick else ROUNDS} rounds")
    print(f"{'format':16}{'MB':>6}{'papers/s':>11}  {'beside':30}{'papers/s':>11}{'times ours':>12}")
    for name, written, others in (
        ("arxiv-rss", rss, {"feedparser": by_feedparser}),
        ("arxiv-atom", atom, {"feedparser": by_feedparser}),
        ("arxiv-api", api, {"feedparser": by_feedparser}),
        ("arxiv-listing", listing, {"BeautifulSoup, html.parser": by_html_parser, "BeautifulSoup, lxml": by_lxml}),
        ("arxiv-metadata", lines, {"json.loads a line": by_json, "reading the lines": by_line}),
        ("arxiv-mail", mail, {"splitting into lines": by_line}),
        ("daily-papers", text, {"splitting into lines": by_line}),
    ):
        content = written(papers).encode()
        works = {"ours": ours(name, len(papers)), **others}
        took = measure(works, content, rounds=2 if quick else ROUNDS)
        for number, other in enumerate(others):
            own = f"{name:16}{len(content) / 1e6:6.1f}{len(papers) / took['ours']:11,.0f}" if not number else " " * 33
            rate = f"{len(papers) / took[other]:11,.0f}{took[other] / took['ours']:12.2f}"
            print(f"{own}  {other:30}{rate}", flush=True)


def measure(works: dict[str, Work], content: bytes, *, rounds: int) -> dict[str, float]:
    """CPU seconds of each, the median; one after the other in every round."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.process_time()
            work(content)
            took[name].append(time.process_time() - began)
    return {name: max(1e-9, statistics.median(one)) for name, one in took.items()}


# What is measured.


def ours(name: str, count: int) -> Work:
    """All that Broadsheet makes of it, which must be every paper."""

    def work(content: bytes) -> None:
        dump = Dump(source="", name="made-up", sha256="0" * 64, modified=DAY, content=content)
        parsed = sources.parse(dump)
        if parsed.format != name or len(parsed.entries) != count:
            raise SystemExit(f"bench: {name} was read as {parsed.format}, with {len(parsed.entries)} papers")

    return work


def by_feedparser(content: bytes) -> None:
    """As most tools read a feed."""
    import feedparser  # type: ignore[import-untyped]

    feedparser.parse(content)


def by_html_parser(content: bytes) -> None:
    """The page's tree, and nothing read out of it."""
    from bs4 import BeautifulSoup

    BeautifulSoup(content.decode(), "html.parser")


def by_lxml(content: bytes) -> None:
    """The same tree, built by lxml."""
    from bs4 import BeautifulSoup

    BeautifulSoup(content.decode(), "lxml")


def by_json(content: bytes) -> None:
    """Every line as Python has it."""
    for line in content.splitlines():
        json.loads(line)


def by_line(content: bytes) -> None:
    """The lines, as text."""
    for line in content.splitlines():
        line.decode()


# The papers, and how each format writes them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made-up paper."""

    id: str
    title: str
    #: Lines.
    abstract: Sequence[str]
    authors: Sequence[tuple[str, str]]
    day: date

    @property
    def names(self) -> list[str]:
        """First names first."""
        return [f"{given} {family}" for given, family in self.authors]


def made_up(count: int) -> list[Made]:
    """The same at every run: everyday text, in every sixth abstract some TeX."""
    draw = random.Random(17)
    words = (ROOT / "dumps" / "daily-papers-2026-06-01.txt").read_text(encoding="utf-8").split()
    words = [word for word in words if re.fullmatch(r"[A-Za-z-]+[,.]?", word)]
    families = ["Ångström", "Müller", "O'Neill"] + [word.strip(".,").capitalize() for word in words[:300]]

    def sentence(length: int) -> str:
        return " ".join(draw.choices(words, k=length)).replace(".", "").capitalize().strip(",")

    papers = []
    for number in range(count):
        abstract = [sentence(10) for _ in range(14)]
        if not number % 6:
            abstract[3] += r" with $\alpha_s^2 < 0.05$ and {\em two} of $O(n \log n)$"
        made = Made(
            id=f"2606.{number + 1:05}",
            title=sentence(9),
            abstract=[f"{line}." for line in abstract],
            authors=[(draw.choice("ABCDEFG") + ".", draw.choice(families)) for _ in range(draw.randrange(1, 9))],
            day=date(2026, 5, 1) + timedelta(days=number % 28),
        )
        papers.append(made)
    return papers


def rss(papers: Sequence[Made]) -> str:
    """arXiv's RSS 2.0."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">\n<channel>'
        "<title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>"
        "<description>cs.LG updates on the arXiv.org e-print archive.</description>"
        "<pubDate>Mon, 01 Jun 2026 00:00:00 -0400</pubDate>"
    ]
    out += [
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.id}</link>"
        f"<description>arXiv:{paper.id}v1 Announce Type: new \nAbstract: {escape(' '.join(paper.abstract))}"
        f'</description><guid isPermaLink="false">oai:arXiv.org:{paper.id}v1</guid><category>cs.LG</category>'
        "<pubDate>Mon, 01 Jun 2026 00:00:00 -0400</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
        "<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        f"<dc:creator>{escape(', '.join(paper.names))}</dc:creator></item>\n"
        for paper in papers
    ]
    return "".join(out) + "</channel></rss>\n"


def atom(papers: Sequence[Made]) -> str:
    """arXiv's Atom feed."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
        "<id>http://rss.arxiv.org/atom/cs.LG</id><title>cs.LG updates on arXiv.org</title>"
        "<updated>2026-06-01T04:00:00.123456+00:00</updated>"
    ]
    out += [
        f"<entry><id>oai:arXiv.org:{paper.id}v1</id><title>{escape(paper.title)}</title>"
        "<updated>2026-06-01T04:00:00.123456+00:00</updated>"
        f'<link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>'
        f"<summary>arXiv:{paper.id}v1 Announce Type: new \nAbstract: {escape(' '.join(paper.abstract))}</summary>"
        '<category term="cs.LG"/><published>2026-06-01T00:00:00-04:00</published>'
        "<arxiv:announce_type>new</arxiv:announce_type>"
        f"<dc:creator>{escape(', '.join(paper.names))}</dc:creator></entry>\n"
        for paper in papers
    ]
    return "".join(out) + "</feed>\n"


def api(papers: Sequence[Made]) -> str:
    """An answer of arXiv's API."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        "<id>https://arxiv.org/api/made-up</id><title>arXiv Query: search_query=cat:cs.LG</title>"
        "<updated>2026-06-01T00:00:00Z</updated>"
        f"<opensearch:totalResults>{len(papers)}</opensearch:totalResults>"
    ]
    for paper in papers:
        authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.names)
        out.append(
            f"<entry><id>http://arxiv.org/abs/{paper.id}v1</id><title>{escape(paper.title)}</title>"
            f"<updated>{paper.day}T10:00:00Z</updated><link href='https://arxiv.org/abs/{paper.id}v1' rel='alternate' "
            f"type='text/html'/><link href='https://arxiv.org/pdf/{paper.id}v1' rel='related' type='application/pdf' "
            f"title='pdf'/><summary>{escape(chr(10).join(paper.abstract))}</summary><category term='cs.LG' "
            f"scheme='http://arxiv.org/schemas/atom'/><published>{paper.day}T10:00:00Z</published>"
            f"<arxiv:primary_category term='cs.LG'/>{authors}</entry>\n"
        )
    return "".join(out) + "</feed>\n"


def listing(papers: Sequence[Made]) -> str:
    """arXiv's page of new submissions."""
    out = [
        "<!DOCTYPE html>\n<html lang='en'><head><title>Machine Learning</title></head><body><div id='dlpage'>"
        "<h1>Machine Learning</h1><h3>Showing new listings for Monday, 1 June 2026</h3><dl id='articles'>"
        f"<h3>New submissions (showing {len(papers)} of {len(papers)} entries)</h3>"
    ]
    for number, paper in enumerate(papers, start=1):
        authors = ", ".join(f'<a href="https://arxiv.org/search">{html.escape(name)}</a>' for name in paper.names)
        out.append(
            f'<dt>\n<a name=\'item{number}\'>[{number}]</a>\n<a href ="/abs/{paper.id}" title="Abstract" '
            f'id="{paper.id}">\n arXiv:{paper.id}\n</a>\n [<a href="/pdf/{paper.id}" title="Download PDF">pdf</a>]\n'
            "</dt><dd>\n<div class='meta'>\n<div class='list-title mathjax'><span class='descriptor'>Title:</span>\n"
            f"{html.escape(paper.title)}\n</div>\n<div class='list-authors'>{authors}</div>\n"
            "<div class='list-subjects'><span class='descriptor'>Subjects:</span>\n"
            '<span class="primary-subject">Machine Learning (cs.LG)</span></div>\n'
            f"<p class='mathjax'>\n{html.escape(' '.join(paper.abstract))}\n</p></div></dd>\n"
        )
    return "".join(out) + "</dl></div></body></html>\n"


def lines(papers: Sequence[Made]) -> str:
    """arXiv's metadata snapshot."""
    return "".join(
        json.dumps(
            {
                "id": paper.id,
                "submitter": paper.names[0],
                "authors": ", ".join(paper.names),
                "title": paper.title,
                "comments": "12 pages",
                "journal-ref": None,
                "doi": None,
                "report-no": None,
                "categories": "cs.LG stat.ML",
                "license": "http://creativecommons.org/licenses/by/4.0/",
                "abstract": "  " + "\n".join(paper.abstract) + "\n",
                "versions": [{"version": "v1", "created": f"{paper.day:%a, %d %b %Y} 19:18:42 GMT"}],
                "update_date": str(paper.day),
                "authors_parsed": [[family, given, ""] for given, family in paper.authors],
            }
        )
        + "\n"
        for paper in papers
    )


def mail(papers: Sequence[Made]) -> str:
    """arXiv's daily mail."""
    rule = "-" * 78 + "\n"
    out = [f"Date: Mon,  1 Jun 26 00:31:14 GMT\nSubject: cs daily {len(papers)} new + 0 crosses received\n\n{rule}"]
    out += [
        f"\\\\\narXiv:{paper.id}\nDate: {paper.day:%a, %d %b %Y} 18:34:08 GMT   (243kb,D)\n\nTitle: {paper.title}\n"
        f"Authors: {' and '.join(paper.names)}\nCategories: cs.LG stat.ML\n\\\\\n  "
        + "\n".join(paper.abstract)
        + f"\n\\\\ ( https://arxiv.org/abs/{paper.id} ,  243kb)\n{rule}"
        for paper in papers
    ]
    return "".join(out) + "%%%---" * 13 + "\n"


def text(papers: Sequence[Made]) -> str:
    """The Daily Papers page, copied as text."""
    out = ["Get trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nJun 1\n\n"]
    out += [f"{paper.title}\n\n{' '.join(paper.abstract)}\n\n" for paper in papers]
    return "".join(out)
