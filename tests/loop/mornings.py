"""Ten mornings of made-up papers, and what is wrong with the sources on each of them.

Each feed lists what it had in three days, as feeds do: what was missed on a bad morning is still there on the next.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.fetch import hostile_server as told
from tests.fetch.hostile_server import HostileServer, Play
from tests.pages import page

#: A Monday, long ago by any clock of today.
FIRST = date(2024, 6, 3)
DAYS = 10
FEEDS = ("arxiv", "journal", "notes", "lab", "blog", "moved")
#: A host of the public internet, as far as Broadsheet can tell.
PUBLIC = ("feeds.example.org", "93.184.216.34")

_WORDS = (
    "rain smoke salt tin moss clay glass wool chalk cork harbour orchard quarry station library granary foundry "
    "ladder kettle needle violin anchor barrel candle drum feather garden hammer inkwell jar kite ledger mirror "
    "nutmeg oar pebble quill ribbon saddle thimble umbrella vase walnut yarn bridge copper dune ember fern glove"
)
_WINDOW = 3
_LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><input name=user></form></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One made-up paper."""

    source: str
    number: int
    day: int
    title: str
    abstract: str

    @property
    def arxiv(self) -> str:
        """An id that arXiv would give."""
        return f"2406.{self.day:02}{SOURCES.index(self.source)}{self.number:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is to come of a morning."""

    #: Source -> what `collected` of the report says; "new" where nothing stands.
    outcomes: dict[str, str] = field(default_factory=dict)
    #: Sources whose dump was had, and needs a look.
    alarms: tuple[str, ...] = ()
    #: Words of the failures, one of each.
    failures: tuple[str, ...] = ()


SOURCES = (*FEEDS, "saved", "alerts")

#: What the sources do on a morning that is not like the others: what is expected of it.
EXPECTED = {
    2: Expected(outcomes={"arxiv": "same"}, alarms=("blog",), failures=("the listing of 2024-06-03 again",)),
    3: Expected(outcomes={"journal": "later"}, failures=("asks to wait 7200 s",)),
    4: Expected(),
    5: Expected(outcomes={"blog": "later"}, failures=("took longer than",)),
    6: Expected(outcomes={"notes": "later"}, failures=("notes",)),
    7: Expected(outcomes={"moved": "failed"}, failures=("moved",)),
    8: Expected(outcomes={"journal": "failed", "blog": "failed"}, failures=("journal", "blog")),
    9: Expected(outcomes={"cellar": "failed"}, alarms=("lab",), failures=("cellar", "lab")),
    10: Expected(outcomes={"blog": "same"}),
}
#: (source, day) on which it has nothing of its own: it says what it said the day before.
_SILENT = {("arxiv", 2), ("blog", 2), ("blog", 10)}


def the_day(number: int) -> date:
    """The date of a morning, counted from 1."""
    return FIRST + timedelta(days=number - 1)


def papers(source: str, day: int) -> tuple[Paper, ...]:
    """What a source has new on a morning."""
    if (source, day) in _SILENT:
        return ()
    about = ["Cache", "Lantern", *(["Orchid"] if source == "journal" and day in (4, 9) else [])]
    return tuple(_paper(source, day, number, word) for number, word in enumerate(about))


def _paper(source: str, day: int, number: int, about: str) -> Paper:
    # Not alike: near copies would be folded into one row.
    chance = random.Random(f"{source} {day} {number}")  # noqa: S311
    one, other, third = (word.capitalize() for word in chance.sample(_WORDS.split(), 3))
    words = chance.sample(_WORDS.split(), 36)
    sentences = [" ".join(words[start : start + 9]).capitalize() for start in range(0, len(words), 9)]
    title = f"{one} and {other}, or the {about} of Every {third}"
    return Paper(source=source, number=number, day=day, title=title, abstract=". ".join(sentences) + ".")


def all_papers() -> tuple[Paper, ...]:
    """What ten mornings bring."""
    return tuple(paper for day in range(1, DAYS + 1) for source in SOURCES for paper in papers(source, day))


def saved_page(day: int) -> str:
    """The page that somebody saves into a folder."""
    listed = [(paper.title, paper.abstract) for paper in papers("saved", day)]
    return page(f"Jun {the_day(day).day}", listed)


def alert(day: int) -> bytes:
    """arXiv's mail of a morning."""
    sent = datetime.combine(the_day(day), datetime.min.time(), tzinfo=UTC)
    rule = "-" * 78
    bodies = [
        f"\\\\\narXiv:{paper.arxiv}\nDate: {sent - timedelta(hours=6):%a, %d %b %Y %H:%M:%S GMT}   (24kb)\n\n"
        f"Title: {paper.title}\nAuthors: Ada One, Bo Two\nCategories: cs.DL\n\\\\\n  {paper.abstract}\n"
        f"\\\\ ( https://arxiv.org/abs/{paper.arxiv} ,  24kb)\n{rule}\n"
        for paper in papers("alerts", day)
    ]
    head = (
        f"From: send mail ONLY to cs <no-reply@arxiv.org>\nTo: alerts@example.net\nDate: {format_datetime(sent)}\n"
        f"Subject: cs daily Subj-class mailing 0 1\nMessage-ID: <{day}@arxiv.example>\n\n"
        f"{rule}\n{rule}\nSend any comments regarding submissions directly to submitter.\n{rule}\n"
        f"Archives at http://arxiv.org/\n{rule}\n"
        f" Submissions to:\ncs.DL\n received from  {sent - timedelta(days=1):%a %d %b %y} 18:00:00 GMT  to  "
        f"{sent:%a %d %b %y} 18:00:00 GMT\n{rule}\n"
    )
    return (head + "".join(bodies) + "%%%---" * 13 + "\n").encode()


def play(server: HostileServer, inner: HostileServer, day: int) -> None:
    """Let the servers do what they do on a morning. inner: one that nobody may be sent to."""
    for source in FEEDS:
        server.on(f"/{source}", told.conditional(_feed(source, day), etag=_etag(source, day)))
    bad: dict[int, dict[str, Sequence[Play]]] = {
        3: {"journal": [told.later(7200)]},
        4: {"lab": [told.reply(500), told.reply(_feed("lab", 4), etag=_etag("lab", 4))]},
        5: {"blog": [told.drip(_feed("blog", 5), pause=0.1)]},
        6: {"notes": [told.cut(_feed("notes", 6)[:900], len(_feed("notes", 6)))]},
        7: {"moved": [told.redirect(inner.url("/moved"))]},
        8: {"journal": [told.endless()], "blog": [told.bomb(10 << 30)]},
        9: {"lab": [told.reply(_LOGIN, media_type="text/html")]},
    }
    # Yesterday's papers once more, as if they were made today.
    bad[2] = {"blog": [told.reply(_feed("blog", 2), etag='"made today"')]}
    for source, plays in bad.get(day, {}).items():
        server.on(f"/{source}", *plays)


def _etag(source: str, day: int) -> str:
    return f'"{source}-{day - 1 if (source, day) in _SILENT else day}"'


def _feed(source: str, day: int) -> bytes:
    """What a feed says on a morning."""
    if (source, day) in _SILENT and (source, day) != ("blog", 2):
        day -= 1
    shown = [paper for back in range(_WINDOW) if day > back for paper in papers(source, day - back)]
    made = datetime.combine(the_day(day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=4)
    form = {"arxiv": _arxiv, "notes": _atom, "lab": _json}.get(source, _rss)
    return form(source, shown, made).encode()


def _url(paper: Paper) -> str:
    return f"https://{paper.source}.example.org/{paper.day}/{paper.number}"


def _when(paper: Paper) -> datetime:
    return datetime.combine(the_day(paper.day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=3)


def _rss(source: str, shown: Sequence[Paper], made: datetime) -> str:
    rows = "".join(
        f"<item><title>{escape(paper.title)}</title><link>{_url(paper)}</link><guid>{_url(paper)}</guid>"
        f"<description>{escape(paper.abstract)}</description><pubDate>{format_datetime(_when(paper))}</pubDate></item>\n"
        for paper in shown
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>The {source}</title><link>https://{source}.example.org/</link><description>Made up</description>"
        f"<lastBuildDate>{format_datetime(made)}</lastBuildDate>\n{rows}</channel></rss>\n"
    )


def _arxiv(source: str, shown: Sequence[Paper], made: datetime) -> str:
    rows = "".join(
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv}</link>"
        f"<description>arXiv:{paper.arxiv}v1 Announce Type: new \nAbstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.arxiv}v1</guid><category>cs.DL</category>'
        f"<pubDate>{format_datetime(_when(paper))}</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
        "<dc:creator>Ada One, Bo Two</dc:creator></item>\n"
        for paper in shown
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        "<channel><title>cs.DL updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.DL</link>"
        "<description>cs.DL updates on the arXiv.org e-print archive.</description>"
        f"<lastBuildDate>{format_datetime(made)}</lastBuildDate><pubDate>{format_datetime(made)}</pubDate>\n"
        f"{rows}</channel></rss>\n"
    )


def _atom(source: str, shown: Sequence[Paper], made: datetime) -> str:
    rows = "".join(
        f'<entry><title>{escape(paper.title)}</title><link href="{_url(paper)}"/><id>{_url(paper)}</id>'
        f"<published>{_when(paper).isoformat()}</published><updated>{_when(paper).isoformat()}</updated>"
        f"<summary>{escape(paper.abstract)}</summary></entry>\n"
        for paper in shown
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>The {source}</title><id>urn:{source}</id><updated>{made.isoformat()}</updated>\n{rows}</feed>\n"
    )


def _json(source: str, shown: Sequence[Paper], made: datetime) -> str:
    rows = [
        {
            "id": _url(paper),
            "url": _url(paper),
            "title": paper.title,
            "content_text": paper.abstract,
            "date_published": _when(paper).isoformat(),
        }
        for paper in shown
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": f"The {source}", "items": rows})
