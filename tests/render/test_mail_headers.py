"""The headers of a mail: these and no others, on lines that every server passes on; no text begins one of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.addresses import Mailbox
from broadsheet.config import Mail, Site
from broadsheet.errors import RenderError
from broadsheet.render import Templates
from broadsheet.render.characters import one_line
from broadsheet.render.mail.headers import sender_of, subject_of
from broadsheet.render.mail.message import POLICY, message_of
from broadsheet.types import Digest, Match, Ranked
from tests.render.mails import HEADERS, READER, Read, mailed

ONE_CLICK = "https://example.org/leave?list={profile}&token=" + "x" * 120 + "&who={receiver}"

INJECTIONS = (
    "a\r\nBcc: victim@example.net",
    "a\nBcc: victim@example.net",
    "a\rBcc: victim@example.net",
    "a\r\n\r\n<script>window.pwned = 1</script>",
    "a\x0bBcc: victim@example.net",
    "a\x0cBcc: victim@example.net",
    "a\x1cBcc: b\x1dc\x1ed",
    "a\x85Bcc: victim@example.net",
    "a\u2028Bcc: victim@example.net\u2029Cc: victim@example.net",
    "a\x00b\x1b[2J",
    "half \ud83d a pair \udc0d",
    "=?utf-8?q?a=0D=0ABcc:_victim@example.net?=",
    "=?utf-8?b?YQ0KQmNjOiB2QGV4YW1wbGUubmV0?= =?x",
    '"a, b" <victim@example.net>, <other@example.net>',
    "a@example.net, b@example.net; (a comment)",
    '\\" <victim@example.net>',
    "é" * 300,
    "\U0001f9ea" * 300,
    "a" * 3000,
    "right \u202eto left",
    " ",
    "",
)


def header_names(mail: Read) -> list[str]:
    return [line.partition(":")[0] for line in mail.head if not line.startswith(" ")]


def check_headers(mail: Read, *, optional: bool) -> None:
    """Nothing in the headers but what belongs there, and all of it the way a server wants it."""
    wanted = [name.strip("[]") for name in HEADERS if optional or not name.startswith("[")]
    assert header_names(mail) == wanted
    assert mail.message.keys() == wanted
    assert not any(value.defects for value in mail.message.values())
    assert [address.addr_spec for address in mail.message["To"].addresses] == [READER]
    assert len(mail.message["From"].addresses) == 1
    for line in mail.head:
        assert line.isascii()
        assert line.isprintable()
        assert line.strip()
        assert len(line) <= (998 if line.lstrip().startswith(("List-", "Message-ID", "<")) else 78), line
    plain = "\n".join(mail.head).replace("\n ", " ").split("\n")
    assert not [line for line in plain if line.startswith(("List-", "Message-ID")) and "=?" in line]


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
@pytest.mark.parametrize("unsubscribe_url", ["", ONE_CLICK])
def test_no_text_gets_into_the_headers_but_as_a_text(
    digest_of: Callable[[str], Digest], templates: Templates, site: Site, text: str, unsubscribe_url: str
) -> None:
    wanted = Mail(unsubscribe_url=unsubscribe_url)
    told = replace(site, title=text, url=site.url if unsubscribe_url else "")
    mail = mailed(digest_of(text), templates, told, mail=wanted)
    check_headers(mail, optional=bool(unsubscribe_url))
    assert [part.get_content_type() for part in mail.message.walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]
    assert not mail.page.xpath("//script")


@settings(deadline=None)  # a machine that is busy is no fault of a text
@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=80))
def test_any_subject_and_any_sender_read_back(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    templates: Templates,
    site: Site,
    title: str,
    name: str,
) -> None:
    digest = make_digest((make_row(title),), title=name)
    mail = mailed(digest, templates, replace(site, title=name, url=""))
    check_headers(mail, optional=False)
    assert mail.message["Subject"] == subject_of(digest, (one_line(title),))
    wanted = one_line(name)
    (sender,) = mail.message["From"].addresses
    assert sender.addr_spec == "digests@digests.example.org"
    if len(wanted) <= 60 and not wanted.isascii():
        # By the older of the two readers: the newer keeps the blank between two encoded words of a name, which RFC 2047
        # (section 6.2) says is not there.
        (value,) = [value for key, value in message_from_bytes(mail.raw).items() if key == "From"]
        assert str(make_header(decode_header(value))) == f"{wanted} <{sender.addr_spec}>"
    elif len(wanted) <= 60:
        assert sender.display_name == wanted


def test_a_header_of_a_parsed_mail_is_only_its_text(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    parsed: Any = message_from_bytes(b"Subject: =?utf-8?q?a=0ABcc=3A_v=40example=2Enet?=\n\n", policy=policy.default)
    subject = parsed["Subject"]
    assert "\n" in subject or subject == "aBcc: v@example.net"
    mail = mailed(make_digest((make_row(subject),), title=subject), templates, replace(site, title=subject, url=""))
    check_headers(mail, optional=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Subject", "a\r\nBcc: b"),
        ("Subject", "a\nb"),
        ("Subject", "a\r\n\r\nb"),
        ("Subject", "a\r\n "),
        ("Subject", "caf\u00e9"),
        ("Subject", "a\x0bb"),
        ("Subject", ""),
        ("Subject", "x" * 999),
        ("Subject\r\nBcc", "b"),
        ("Subject:", "b"),
        ("", "b"),
        ("Subject", message_from_bytes(b"Subject: a\n\n", policy=policy.default)["Subject"]),
    ],
)
def test_what_is_no_finished_header_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be|has a line"):
        message_of([(name, value)], "", "", key="0" * 64, language="en")


def test_the_standard_policy_would_have_made_these_urls_useless() -> None:
    url = "<https://example.org/leave?token=" + "x" * 80 + ">"
    standard = policy.SMTP.fold("List-Unsubscribe", policy.SMTP.header_store_parse("List-Unsubscribe", url)[1])
    assert "=?utf-8?q?" in standard
    assert POLICY.fold("List-Unsubscribe", url) == f"List-Unsubscribe: {url}\r\n"


def test_the_headers_of_a_mailing_list(make_digest: Callable[..., Digest], templates: Templates, site: Site) -> None:
    mail = mailed(make_digest(day=date(2026, 3, 29), timezone="Europe/Berlin"), templates, site)
    assert mail.head[:2] == ["From: Broadsheet <digests@digests.example.org>", f"To: <{READER}>"]
    assert mail.message["Date"] == "Sun, 29 Mar 2026 00:00:00 +0100"
    assert mail.message["List-Id"] == "Efficient serving <serving.digests.example.org>"
    assert mail.message["List-Archive"] == "<https://digests.example.org/papers/serving/index.html>"
    assert mail.message["List-Unsubscribe"] == ("<mailto:digests@digests.example.org?subject=unsubscribe%20serving>")
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe-Post" not in mail.message


def test_one_click_is_promised_only_where_a_server_takes_it(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    wanted = Mail(unsubscribe_url=ONE_CLICK, unsubscribe_mail="leave@example.org")
    mail = mailed(make_digest(), templates, site, mail=wanted)
    url = ONE_CLICK.format(profile="serving", receiver="reader%40example.net")
    at = mail.head.index(f"List-Unsubscribe: <{url}>,")
    assert mail.head[at + 1] == " <mailto:leave@example.org?subject=unsubscribe%20serving>"
    assert mail.head[at + 2] == "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def test_the_id_is_of_domain_profile_day_and_receiver_and_of_nothing_else(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    digest = make_digest((make_row(),))
    first = mailed(digest, templates, site)
    same = mailed(make_digest(title="Another title"), templates, replace(site, title="Other", url=""))
    assert same.message["Message-ID"] == first.message["Message-ID"]
    others = [
        mailed(replace(digest, profile="other"), templates, site),
        mailed(replace(digest, day=date(2026, 7, 4)), templates, site),
        mailed(digest, templates, site, receiver="other@example.net"),
        mailed(digest, templates, site, mail=Mail(domain="example.org")),
    ]
    assert len({mail.message["Message-ID"] for mail in [first, *others]}) == 5
    assert (
        mailed(digest, templates, site, mail=Mail(domain="example.org")).message["Message-ID"].endswith("@example.org>")
    )


def test_a_tag_that_is_no_domain_gives_an_address_that_is_nobodys(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    mail = mailed(make_digest(), templates, replace(site, tag="-,2026"))
    assert mail.message["From"].addresses[0].addr_spec == "digests@broadsheet.invalid"


@pytest.mark.parametrize(
    "receiver",
    [
        *("", "a", "a@b", "a@example.net, b@example.net", "a@example.net\r\nBcc: b@example.net", "a b@example.net"),
        *(
            '"a"@example.net',
            "Name <a@example.net>",
            "a@example.net\n",
            "\u00e9@example.net",
            "a" * 65 + "@example.net",
        ),
    ],
)
def test_a_mail_goes_to_one_bare_address(
    make_digest: Callable[..., Digest], templates: Templates, site: Site, receiver: str
) -> None:
    with pytest.raises(RenderError, match="is no single mail address"):
        mailed(make_digest(), templates, site, receiver=receiver)


def test_the_sender_is_the_settings_or_the_sites(site: Site) -> None:
    assert sender_of(site, Mail()) == Mailbox(name="Broadsheet", address="digests@digests.example.org")
    assert sender_of(site, Mail(sender="a@example.org")) == Mailbox(name="Broadsheet", address="a@example.org")
    assert sender_of(site, Mail(sender='"A, B" <a@example.org>')) == Mailbox(name="A, B", address="a@example.org")


def test_the_subject_has_day_count_and_first_title_in_seventy_characters(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], make_match: Callable[..., Match]
) -> None:
    title = "Evict by Question: Compressing the KV Cache After the Prompt Is Known"
    digest = make_digest((make_row(title), make_row(number=2)))
    assert subject_of(digest, (title,)) == "Efficient serving, 3 Jul: 2 papers. Evict by Question: Compressing..."
    assert subject_of(make_digest((make_row("Short"),)), ("Short",)) == "Efficient serving, 3 Jul: 1 paper. Short"
    assert subject_of(make_digest(), ()) == "Efficient serving, 3 Jul: no paper"
    for title in ("\U0001f9ea" * 90, "x" * 90, "words and " * 9):
        assert len(subject_of(make_digest((make_row(title),), title=title), (title,))) < 70
