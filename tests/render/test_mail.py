"""A digest's mail: two parts that say the same, the same bytes at every run, and nothing that is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import Mail, Site
from broadsheet.errors import RenderError
from broadsheet.render import Templates, digest_json, open_templates, read_digest, render_digest
from broadsheet.render.edition import edition_of
from broadsheet.render.plain_text import columns
from broadsheet.types import Change, Digest, FieldChange, Hit, Match, Ranked, SourceReport
from tests.render.mails import READER, bare, mailed


def check(text: str, digest: Digest, templates: Templates, site: Site) -> None:
    mail = mailed(digest, templates, replace(site, title=text))
    wanted = bare(text)
    html = mail.page
    assert mail.texts("//h1") == [wanted]
    assert mail.texts("//h3") == [wanted, wanted]
    sentences = [
        bare("".join(piece.text for piece in part.rows[0].sentence)) for part in edition_of(digest, site).sections
    ]
    assert mail.texts("//p[@class='sentence']") == [sentence for sentence in sentences if sentence]
    assert [rule.removesuffix(":") for rule in mail.texts("//p[@class='why']/strong[2]")] == [
        wanted.removesuffix(":")
    ] * 2
    assert mail.texts("//strong[@class='paper']") == [wanted]
    assert not html.xpath("//script | //img | //svg | //iframe | //object | //form | //link | //@onerror | //@onload")
    for href in html.xpath("//@href"):
        assert re.match("https://|mailto:digests@digests.example.org[?]", href), href
    said = bare(mail.text)
    # Profile and publication; title and rule of both papers.
    assert said.count(wanted) >= 6
    assert said.startswith(wanted)
    assert all(sentence in said for sentence in sentences)
    # What mail programs drop (bdi, dir) cannot hold a direction in its place.
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", mail.text + mail.html)
    lines = mail.text.splitlines()
    assert lines.count("-- ") == 1
    assert all(columns(line) <= 72 or "://" in line or line.startswith("mailto:") for line in lines), lines
    assert not [char for line in lines for char in line if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]


def test_a_naughty_text_reads_back_from_both_parts(
    naughty: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    check(naughty, digest_of(naughty), templates, site)


@settings(deadline=None)  # a machine that is busy is no fault of a text
@given(st.text(st.characters(), min_size=1, max_size=60).filter(lambda text: bool(bare(text))))
def test_any_text_reads_back_from_both_parts(
    digest_of: Callable[[str], Digest], templates: Templates, site: Site, text: str
) -> None:
    check(text, digest_of(text), templates, site)


@pytest.mark.parametrize("text", ["text", "\u4e2d\u6587\u3002" * 12, ".\r\nFrom x\r\n=3D"])
def test_text_comes_first_and_both_parts_travel_over_any_line(
    digest_of: Callable[[str], Digest], templates: Templates, site: Site, text: str
) -> None:
    mail = mailed(digest_of(text), templates, site)
    assert mail.message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.parts] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in mail.parts] == ["quoted-printable"] * 2
    assert [part.get_content_charset() for part in mail.parts] == ["utf-8"] * 2
    assert not mail.message.defects
    assert mail.raw.isascii()
    lines = mail.raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    body = lines[lines.index(b"") :]
    assert max(map(len, body)) <= 76


def test_the_same_digest_gives_the_same_bytes_and_another_receiver_another_mail(
    naughty_digest: Digest, templates: Templates, site: Site, shipped: Path
) -> None:
    first = mailed(naughty_digest, templates, site)
    assert first.raw == mailed(naughty_digest, open_templates([shipped]), site).raw
    other = mailed(naughty_digest, templates, site, receiver="other@example.net")
    assert other.message["Message-ID"] != first.message["Message-ID"]
    assert other.message.get_boundary() != first.message.get_boundary()


def test_neither_hash_seed_nor_zone_nor_locale_of_the_machine_is_seen(
    tmp_path: Path, naughty_digest: Digest, templates: Templates, site: Site, shipped: Path
) -> None:
    # Half a surrogate pair cannot be written down, so the texts are those that can.
    (tmp_path / "digest.json").write_bytes(digest_json(naughty_digest))
    code = (
        "import sys; from pathlib import Path; from broadsheet.config import Mail, Site\n"
        "from broadsheet.render import open_templates, read_digest, render_digest\n"
        "digest = read_digest(Path(sys.argv[1]).read_bytes())\n"
        "site = Site(url=sys.argv[3], tag=sys.argv[4])\n"
        "mail = render_digest(digest, open_templates([Path(sys.argv[2])]), site, Mail())[-1]\n"
        "sys.stdout.buffer.write(mail.content)"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "digest.json"), str(shipped), site.url, site.tag]
    kept = {"PATH": os.environ["PATH"]}
    made = {
        subprocess.run(words, cwd=shipped.parent, env=kept | env, capture_output=True, check=True).stdout
        for env in (
            {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
        )
    }
    here = read_digest((tmp_path / "digest.json").read_bytes())
    assert made == {render_digest(here, templates, site, Mail())[-1].content}


def test_the_mail_is_a_form_of_the_digest_where_there_are_settings_for_it(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    *others, mail = render_digest(make_digest(), templates, site, Mail())
    assert (mail.name, mail.media_type) == ("serving/2026-07-03/mail.eml", "message/rfc822")
    assert b"\r\nTo: <reader@broadsheet.invalid>\r\n" in mail.content
    assert tuple(others) == render_digest(make_digest(), templates, site)


def test_a_row_tells_rank_title_facts_sentence_points_and_link(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    templates: Templates,
    site: Site,
) -> None:
    hits = (Hit(field="title", text="caches", start=6, end=12), Hit(field="abstract", text="stores", start=22, end=28))
    row = make_row(
        matches=(make_match("caching", 6.0, *hits, weight=3.0), make_match("noise", -1.0)),
        authors=("A. Made-Up",),
        published=date(2026, 7, 1),
        links={"abstract": "http://arxiv.org/abs/2607.00001"},
        late=True,
    )
    mail = mailed(make_digest((row,)), templates, site)
    expected = """New (1)
-------

  1. Paged caches for invented models
     late | A. Made-Up | made-up | 1 Jul 2026
     It stores pages of 1.5 kB, e.g. keys.
     5 points: +6 caching (caches, stores), -1 noise ("noise")
     https://arxiv.org/abs/2607.00001
"""
    assert expected in mail.text
    (row,) = mail.page.xpath("//ol/li")
    assert [marked.text for marked in row.xpath(".//u")] == ["caches", "stores"]
    assert row.xpath(".//h3/a/@href") == ["https://arxiv.org/abs/2607.00001"]
    assert bare(row.xpath("p[@class='why']")[0].text_content()) == '5points·+6caching:caches,stores·-1noise:"noise"'
    assert bare(row.xpath("p[@class='facts']")[0].text_content()) == "late·A.Made-Up·made-up·1Jul2026"


def test_an_updated_paper_tells_what_changed_and_a_copy_under_what_title(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    fields = (FieldChange(field="title", old="Two caches", new="Three caches"),)
    row = make_row(kind="updated", fields=fields)
    copy: Change = make_row("The same, elsewhere", number=9).change
    mail = mailed(make_digest((), (replace(row, copies=(copy,)),)), templates, site)
    assert "     title: “Two” → “Three” caches\n     Also listed as The same, elsewhere\n" in mail.text
    assert mail.texts("//p[@class='facts']") == [
        *("updated·made-up", "title“Two”→“Three”caches", "AlsolistedasThesame,elsewhere")
    ]


def test_marks_cannot_outweigh_the_text(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    templates: Templates,
    site: Site,
) -> None:
    hits = tuple(
        Hit(field=field, text="a", start=n, end=n + 1) for field in ("title", "abstract") for n in range(0, 80, 2)
    )
    row = make_row("ab" * 40, "ab" * 40, matches=(make_match("a", 1.0, *hits),))
    mail = mailed(make_digest((row,)), templates, site)
    assert [len(element.xpath(".//u")) for element in mail.page.xpath("//h3 | //p[@class='sentence']")] == [12, 12]
    assert mail.texts("//h3") == mail.texts("//p[@class='sentence']") == ["ab" * 40]


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://example.org/a?b=c&d", "https://example.org/a?b=c&d"),
        ("http://example.org/a", "https://example.org/a"),
        ("http://example.org:8080/a", None),
        ("https://example.org/" + "a" * 900, None),
    ],
)
def test_links_are_followed_over_https_only(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    templates: Templates,
    site: Site,
    link: str,
    wanted: str | None,
) -> None:
    mail = mailed(make_digest((make_row(links={"abstract": link}),)), templates, site)
    assert mail.page.xpath("//h3/a/@href") == ([wanted] if wanted else [])
    assert mail.texts("//h3") == ["Pagedcachesforinventedmodels"]
    assert wanted is None or f"     {wanted}\n" in mail.text


def test_the_page_is_linked_twice_where_it_is_served_and_named_where_it_is_not(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    page = "https://digests.example.org/papers/serving/2026-07-03/index.html"
    mail = mailed(make_digest(), templates, site)
    assert mail.page.xpath("//a[text()='Read on the web']/@href") == [page, page]
    assert f"\n{page}\n" in mail.text
    mail = mailed(make_digest(), templates, replace(site, url=""))
    assert not mail.page.xpath("//a[text()='Read on the web']")
    for said in (mail.text, mail.page.text_content()):
        assert "The whole digest is in site/serving/2026-07-03/index.html" in said
    mail = mailed(make_digest(), templates, replace(site, url="http://intranet/papers/"))
    assert not mail.page.xpath("//@href[starts-with(., 'http:')]")
    assert "http://intranet/papers/serving/2026-07-03/index.html" in bare(mail.page.text_content())


def test_one_can_leave_at_the_top_and_at_the_bottom(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    mail = mailed(make_digest(), templates, site)
    links = mail.page.xpath("//a[starts-with(text(), 'Unsubscribe')]")
    assert [link.text for link in links] == ["Unsubscribe", "Unsubscribe from Efficient serving"]
    mailto = "mailto:digests@digests.example.org?subject=unsubscribe%20serving"
    assert [link.get("href") for link in links] == [mailto, mailto]
    assert mail.text.endswith(f"\n-- \nBroadsheet\nSent to {READER}\nUnsubscribe:\n{mailto}\n")
    wanted = Mail(unsubscribe_url="https://example.org/leave?list={profile}&who={receiver}")
    mail = mailed(make_digest(), templates, site, mail=wanted)
    assert set(mail.page.xpath("//a[starts-with(text(), 'Unsubscribe')]/@href")) == {
        "https://example.org/leave?list=serving&who=reader%40example.net"
    }


def test_a_source_that_needs_a_look_is_told_and_others_are_not(
    make_digest: Callable[..., Digest], make_report: Callable[..., SourceReport], templates: Templates, site: Site
) -> None:
    sources = (make_report(), make_report(dump="cut.txt", verdict="broken", reason="cut off", alarm=True))
    mail = mailed(make_digest(sources=sources), templates, site)
    assert "Sources that need a look\n------------------------\n- broken: cut.txt: cut off\n" in mail.text
    assert "Sourcesthatneedalook" in mail.texts("//h2")
    assert "brokencut.txt:cutoff" in mail.texts("//p[@class='plain']")
    assert mail.message["Subject"] == "Efficient serving, 3 Jul: no paper, 1 source needs a look"
    mail = mailed(make_digest(sources=sources[1:] * 30), templates, site)
    assert mail.text.count("cut.txt") == 8
    assert "- and 22 more sources" in mail.text


def test_a_day_without_papers_says_what_was_looked_at(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    mail = mailed(make_digest(unmatched=3), templates, site)
    told = "3 new or updated papers were looked at: 3 matched no rule. Checked: made-up.txt (complete)."
    assert bare(f"No paper today--------------{told}") in bare(mail.text)
    assert bare(told) in mail.texts("//p[@class='plain']")
    assert not mail.page.xpath("//ol")


def test_what_a_mailbox_shows_behind_the_subject_is_not_the_subject_again(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    rows = tuple(make_row(f"Title {number}", number=number) for number in (1, 2, 3, 4))
    assert mailed(make_digest(rows), templates, site).texts("//body/div[1]") == ["Title2;Title3"]


def test_headings_go_down_one_step_at_a_time(
    digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    page = mailed(digest_of("text"), templates, site).page
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_a_workspace_brings_its_own_mail(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "mail.txt.j2").write_text("Mine: {{ letter.title }}\n")
    (tmp_path / "mail" / "mail.css").write_text("h1 { color: red; }\n")
    mail = mailed(make_digest(title="a\n<b>"), open_templates([tmp_path, shipped]), site)
    assert mail.text == "Mine: a <b>\n"
    assert mail.page.xpath("//h1/@style") == ["color:red"]


def test_a_mistake_in_a_mails_template_names_file_and_line(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "mail").mkdir()
    file = tmp_path / "mail" / "mail.txt.j2"
    file.write_text("one\n{{ letter.titel }}")
    with pytest.raises(RenderError) as caught:
        mailed(make_digest(), open_templates([tmp_path, shipped]), site)
    assert (caught.value.template, caught.value.line) == (str(file), 2)
    file.write_text("{% for %}")
    with pytest.raises(RenderError):
        open_templates([tmp_path, shipped])
