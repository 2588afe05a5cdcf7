"""deliveries.toml: who gets which digest, how, and who is told when a run fails.

A password never stands in a file that others may read: what stands there is where it is found.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from .. import toml_file
from ..addresses import is_address, is_domain
from ..toml_file import Table
from .reading import NAME, at_least, unless_wrong

Kind = Literal["smtp", "maildir", "folder", "webhook"]
Security = Literal["starttls", "tls", "none"]
#: What becomes of a mail that the server may or may not have when its sender was killed.
OnUnknown = Literal["hold", "resend"]

#: Where a password is found: an environment variable, a file of its own, a Secret block of Prefect.
PLACE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+|secret:[a-z0-9][a-z0-9-]*")
PLACE_REMEDY = 'say where it is: "env:NAME" (environment), "file:/path" or "secret:block-name" (Prefect)'
_MAILBOX = re.compile(r"imaps?://[^\s/@:]+(@[^\s/@:]+)?@[^\s/@:]+(:(?P<port>\d{1,5}))?/\S+")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}", re.ASCII)
_SELECTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_LARGEST_PORT = 65535
#: Numbers beyond these are slips of the hand, and no clock counts so far.
MOST_SECONDS, MOST_DAYS = 3600, 36500
MAILBOX_REMEDY = 'for example "imaps://me@imap.example.org/INBOX", with the password under its own key'


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The server that takes our mail ([smtp])."""

    #: Empty where none is configured.
    host: str = ""
    port: int = 587
    security: Security = "starttls"
    #: Empty for a server that asks for no name.
    user: str = ""
    #: Where the password is found; see PLACE.
    password: str = ""
    #: Seconds for each answer but the last one, for which RFC 5321 wants ten minutes.
    timeout: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Dkim:
    """How mails are signed ([dkim], RFC 6376)."""

    #: Empty where mails are not signed.
    selector: str = ""
    #: Empty for the domain of the sender.
    domain: str = ""
    #: Where the private key (PEM) is found; see PLACE.
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """Where requests to be left out arrive ([unsubscribe])."""

    #: imaps://user@host/folder; empty where nobody looks.
    mailbox: str = ""
    #: See PLACE.
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who is told when a run fails ([operator])."""

    #: An address; empty for nobody.
    mail: str = ""
    #: The same failure is told again after so many hours.
    again_hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One [[delivery]]: some profiles' digests, to some receivers."""

    name: str
    kind: Kind
    #: Addresses (smtp), one folder (maildir, folder; relative to the workspace), or where the URL is found (webhook).
    to: tuple[str, ...]
    #: Their names; all of them where empty.
    profiles: tuple[str, ...] = ()
    #: Also when there is nothing new: an "all quiet" that says which sources were checked.
    quiet: bool = False
    #: A digest whose day is longer ago than this is not sent any more.
    max_age_days: int = 3
    on_unknown: OnUnknown = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """config/deliveries.toml."""

    smtp: Smtp = field(default_factory=Smtp)
    dkim: Dkim = field(default_factory=Dkim)
    unsubscribe: Unsubscribe = field(default_factory=Unsubscribe)
    operator: Operator = field(default_factory=Operator)
    deliveries: tuple[Delivery, ...] = ()


def read_deliveries(file: Path, profiles: Collection[str] | None = None) -> Deliveries:
    """Read deliveries.toml; profiles: the names of all there are, which nobody looks up without. Raises ConfigError."""
    # No line is shown: a password may stand in any of them, under a misspelt key, without quotes, as a list.
    top, _ = toml_file.read(file, file.name, quoted=False)
    smtp = _read_smtp(top.table("smtp"))
    deliveries: list[Delivery] = []
    for table in top.tables("delivery"):
        delivery = _read_delivery(table, smtp, profiles)
        if delivery.name in {other.name for other in deliveries}:
            table.wrong("name", f"{delivery.name!r} is taken by an earlier delivery")
        deliveries.append(delivery)
    found = Deliveries(
        smtp=smtp,
        dkim=_read_dkim(top.table("dkim")),
        unsubscribe=_read_unsubscribe(top.table("unsubscribe")),
        operator=_read_operator(top.table("operator"), smtp),
        deliveries=tuple(deliveries),
    )
    top.close()
    return unless_wrong(top, found)


def secret(table: Table, key: str) -> str:
    """The key's secret: never itself, always where it is found."""
    if not isinstance(table.values.get(key, ""), str):
        table.known.add(key)
        table.wrong(key, "must be a text", PLACE_REMEDY, quoted=False)
        return ""
    value = table.value(key, "")
    if value and not PLACE.fullmatch(value):
        # The value may be the password itself: the mistake must not show its line, in no file.
        table.wrong(key, "does not say where the secret is found", PLACE_REMEDY, quoted=False)
    return value


def mailbox_url(table: Table, key: str) -> str:
    """The key's IMAP folder, as imaps://user@host[:port]/folder; a user may be an address."""
    value = table.value(key, "")
    found = _MAILBOX.fullmatch(value)
    if value and (found is None or int(found["port"] or 993) > _LARGEST_PORT):
        table.wrong(key, "is no mailbox", MAILBOX_REMEDY, quoted=False)
    return value


def is_loopback(host: str) -> bool:
    """Whether it names this machine itself: what goes there is on no line."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _read_smtp(table: Table) -> Smtp:
    usual = Smtp()
    smtp = Smtp(
        host=table.value("host", usual.host),
        port=at_least(table, "port", usual.port, 1),
        security=table.choice("security", usual.security, get_args(Security)),
        user=table.value("user", usual.user),
        password=secret(table, "password"),
        timeout=at_least(table, "timeout", usual.timeout, 1, MOST_SECONDS),
    )
    if bool(smtp.user) != bool(smtp.password):
        table.wrong("user", "user and password come together", PLACE_REMEDY)
    if smtp.user and smtp.security == "none" and not is_loopback(smtp.host):
        table.wrong("security", "would send the password in the open", '"starttls" (port 587) or "tls" (port 465)')
    if smtp.host and not _HOST.fullmatch(smtp.host):
        table.wrong("host", "is no name of a server", 'for example "smtp.example.org"')
    if smtp.port > _LARGEST_PORT:
        table.wrong("port", f"{smtp.port} is no port", "587 (starttls), 465 (tls) or 25")
    table.close()
    return smtp


def _read_dkim(table: Table) -> Dkim:
    dkim = Dkim(
        selector=table.value("selector", ""),
        domain=table.value("domain", ""),
        key=secret(table, "key"),
    )
    if bool(dkim.selector) != bool(dkim.key):
        table.wrong("selector", "selector and key come together", 'for example selector = "mail2026"')
    if dkim.selector and not _SELECTOR.fullmatch(dkim.selector):
        table.wrong("selector", "is no label of a domain", 'for example selector = "mail2026"')
    if dkim.domain and not is_domain(dkim.domain):
        table.wrong("domain", "is no domain", 'for example "example.org"')
    table.close()
    return dkim


def _read_unsubscribe(table: Table) -> Unsubscribe:
    found = Unsubscribe(mailbox=mailbox_url(table, "mailbox"), password=secret(table, "password"))
    if found.mailbox and not found.password:
        table.wrong("mailbox", "needs a password", PLACE_REMEDY)
    table.close()
    return found


def _read_operator(table: Table, smtp: Smtp) -> Operator:
    usual = Operator()
    operator = Operator(
        mail=table.value("mail", usual.mail),
        again_hours=at_least(table, "again_hours", usual.again_hours, 1, 24 * MOST_DAYS),
    )
    if operator.mail and not is_address(operator.mail):
        table.wrong("mail", "is no single mail address", 'for example "you@example.org"')
    if operator.mail and not smtp.host:
        table.wrong("mail", "needs a server to send through", "write [smtp] with host, user and password")
    table.close()
    return operator


def _read_delivery(table: Table, smtp: Smtp, profiles: Collection[str] | None) -> Delivery:
    usual = Delivery(name="", kind="smtp", to=())
    delivery = Delivery(
        name=table.value("name", usual.name),
        kind=table.choice("kind", usual.kind, get_args(Kind)),
        to=table.texts("to"),
        profiles=table.texts("profiles"),
        quiet=table.value("quiet", usual.quiet),
        max_age_days=at_least(table, "max_age_days", usual.max_age_days, 0, MOST_DAYS),
        on_unknown=table.choice("on_unknown", usual.on_unknown, get_args(OnUnknown)),
    )
    if not NAME.fullmatch(delivery.name):
        table.wrong("name", "must be letters, digits, - and _", 'for example name = "my-mail"')
    if not delivery.to:
        if not table.values.get("to"):
            table.wrong("to", "names no receiver", 'for example to = ["you@example.org"]')
    elif delivery.kind == "smtp":
        _check_addresses(table, delivery, smtp)
    elif not delivery.to[0].strip():
        table.wrong("to", f"names no {'URL' if delivery.kind == 'webhook' else 'folder'}")
    elif len(delivery.to) > 1:
        table.wrong("to", f"a {delivery.kind} has one place", "write one [[delivery]] for each")
    elif delivery.kind == "webhook" and not PLACE.fullmatch(delivery.to[0]):
        # Whoever knows the URL can post there.
        table.wrong("to", "does not say where the URL is found", PLACE_REMEDY, quoted=False)
    for name in delivery.profiles:
        if profiles is not None and name not in profiles:
            # Somebody waits for it.
            table.wrong("profiles", f"there is no profile {name!r}", f"there are: {', '.join(profiles) or 'none'}")
    table.close()
    return delivery


def _check_addresses(table: Table, delivery: Delivery, smtp: Smtp) -> None:
    for number, address in enumerate(delivery.to):
        if not is_address(address):
            # It may be the URL of a webhook whose kind was forgotten.
            table.wrong("to", f"its entry {number + 1} is no single mail address", 'for example "you@example.org"')
        elif address.lower() in {other.lower() for other in delivery.to[:number]}:
            table.wrong("to", f"{address} stands there twice")
    if not smtp.host:
        table.wrong("kind", "needs a server to send through", "write [smtp] with host, user and password")
