"""deliveries.toml: every key, every mistake with its line, and no secret ever shown."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from broadsheet import config
from broadsheet.errors import ConfigError
from broadsheet.setup import load
from broadsheet.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "config" / "deliveries.toml"

SMTP = '[smtp]\nhost = "smtp.example.org"\n'
ME = '[[delivery]]\nname = "me"\nto = ["you@example.org"]\n'
SHIPPED_SMTP, SHIPPED_IMAP = "env:BROADSHEET_SMTP_PASSWORD", "env:BROADSHEET_IMAP_PASSWORD"
BLOCK, FILE = "secret:mail-password", "file:/run/secrets/imap"
#: Stands for what must not be shown.
CANARY = "sw0rdfish-canary"


def read(folder: Path, text: str, profiles: tuple[str, ...] | None = None) -> config.Deliveries:
    file = folder / "deliveries.toml"
    file.write_text(text, encoding="utf-8")
    return config.read_deliveries(file, profiles)


def complaint(folder: Path, text: str, profiles: tuple[str, ...] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, profiles)
    return str(caught.value)


def test_as_shipped_nothing_leaves_this_machine() -> None:
    assert config.read_deliveries(SHIPPED) == config.Deliveries()


def test_the_shipped_file_names_every_key_and_is_right_without_its_hashes(tmp_path: Path) -> None:
    head, body = SHIPPED.read_text(encoding="utf-8").split("\n# [smtp]\n")
    assert all(line.startswith("#") for line in head.splitlines())
    lines = ("# [smtp]\n" + body).splitlines()
    assert all(line == "#" or line.startswith("# ") for line in lines)

    found = read(tmp_path, "\n".join(line[2:] for line in lines), ("efficient-serving",))

    assert found == config.Deliveries(
        smtp=config.Smtp(host="smtp.example.org", user="digests@example.org", password=SHIPPED_SMTP),
        dkim=config.Dkim(selector="mail2026", key="file:/etc/broadsheet/dkim.pem"),
        unsubscribe=config.Unsubscribe(mailbox="imaps://digests@imap.example.org/INBOX", password=SHIPPED_IMAP),
        operator=config.Operator(mail="you@example.org"),
        deliveries=(config.Delivery(name="me", kind="smtp", to=("you@example.org",), profiles=("efficient-serving",)),),
    )
    for kind, table in (
        (config.Smtp, "[smtp]"),
        (config.Dkim, "[dkim]"),
        (config.Unsubscribe, "[unsubscribe]"),
        (config.Operator, "[operator]"),
        (config.Delivery, "[[delivery]]"),
    ):
        told = "\n".join(line[2:] for line in lines).partition(table)[2].partition("\n[")[0]
        for key in kind.__dataclass_fields__:
            assert f"\n{key} = " in told, (table, key)


def test_every_key_is_read(tmp_path: Path) -> None:
    text = """
[smtp]
host = "127.0.0.1"
port = 2525
security = "none"
user = "u"
password = "secret:mail-password"
timeout = 5
[dkim]
selector = "s1"
domain = "example.org"
key = "env:KEY"
[unsubscribe]
mailbox = "imap://me@example.org@127.0.0.1:1143/INBOX/lists"
password = "file:/run/secrets/imap"
[operator]
mail = "op@example.org"
again_hours = 1
[[delivery]]
name = "a"
kind = "smtp"
to = ["a@example.org", "b@example.org"]
profiles = ["serving"]
quiet = true
max_age_days = 0
on_unknown = "resend"
[[delivery]]
name = "b"
kind = "maildir"
to = ["mail"]
[[delivery]]
name = "c"
kind = "folder"
to = ["/srv/digests"]
[[delivery]]
name = "d"
kind = "webhook"
to = ["env:HOOK"]
"""
    assert read(tmp_path, text, ("serving",)) == config.Deliveries(
        smtp=config.Smtp(host="127.0.0.1", port=2525, security="none", user="u", password=BLOCK, timeout=5),
        dkim=config.Dkim(selector="s1", domain="example.org", key="env:KEY"),
        unsubscribe=config.Unsubscribe(mailbox="imap://me@example.org@127.0.0.1:1143/INBOX/lists", password=FILE),
        operator=config.Operator(mail="op@example.org", again_hours=1),
        deliveries=(
            config.Delivery(
                name="a",
                kind="smtp",
                to=("a@example.org", "b@example.org"),
                profiles=("serving",),
                quiet=True,
                max_age_days=0,
                on_unknown="resend",
            ),
            config.Delivery(name="b", kind="maildir", to=("mail",)),
            config.Delivery(name="c", kind="folder", to=("/srv/digests",)),
            config.Delivery(name="d", kind="webhook", to=("env:HOOK",)),
        ),
    )


@pytest.mark.parametrize(
    ("text", "line", "told", "remedy"),
    [
        ("[smtp]\nhost = 1", 2, "smtp.host: is a whole number and must be a text", ""),
        ('[smtp]\nhost = "a b"', 2, "smtp.host: is no name of a server", "smtp.example.org"),
        ('[smtp]\nhost = "a\\u001bb"', 2, "smtp.host: is no name of a server", "smtp.example.org"),
        (SMTP + "port = 0", 3, "smtp.port: is 0 and must be at least 1", ""),
        (SMTP + "port = 65536", 3, "smtp.port: 65536 is no port", "587 (starttls), 465 (tls) or 25"),
        (SMTP + 'port = "587"', 3, "smtp.port: is a text and must be a whole number", ""),
        (SMTP + "port = true", 3, "smtp.port: is true or false and must be a whole number", ""),
        (SMTP + 'security = "ssl"', 3, "smtp.security: 'ssl' is not known", "it is one of: starttls, tls, none"),
        (SMTP + "timeout = 0", 3, "smtp.timeout: is 0 and must be at least 1", ""),
        (SMTP + 'user = "u"', 3, "smtp.user: user and password come together", "env:NAME"),
        (SMTP + 'password = "env:P"', 1, "smtp.user: user and password come together", "env:NAME"),
        (
            SMTP + 'security = "none"\nuser = "u"\npassword = "env:P"',
            3,
            "smtp.security: would send the password in the open",
            '"starttls" (port 587) or "tls" (port 465)',
        ),
        (SMTP + "prot = 587", 3, "smtp.prot: is not known here", "did you mean port? allowed: host, password, port"),
        ("smtp = 1", 1, "smtp: is a whole number and must be a table", "write [smtp] on a line of its own"),
        ('[dkim]\nselector = "s"', 2, "dkim.selector: selector and key come together", 'selector = "mail2026"'),
        ('[dkim]\nkey = "env:K"', 1, "dkim.selector: selector and key come together", 'selector = "mail2026"'),
        ('[dkim]\nselector = "a b"\nkey = "env:K"', 2, "dkim.selector: is no label of a domain", "mail2026"),
        ('[dkim]\ndomain = "localhost"', 2, "dkim.domain: is no domain", "example.org"),
        (
            '[unsubscribe]\nmailbox = "INBOX"\npassword = "env:P"',
            2,
            "unsubscribe.mailbox: is no mailbox",
            "imaps://me@imap.example.org",
        ),
        (
            '[unsubscribe]\npassword = "env:P"\nmailbox = "imaps://me@imap.example.org:99999/INBOX"',
            3,
            "unsubscribe.mailbox: is no mailbox",
            "imaps://me@imap.example.org",
        ),
        (
            '[unsubscribe]\npassword = "env:P"\nmailbox = "imaps://imap.example.org/INBOX"',
            3,
            "unsubscribe.mailbox: is no mailbox",
            "imaps://me@imap.example.org",
        ),
        (
            '[unsubscribe]\nmailbox = "imaps://me@imap.example.org/INBOX"',
            2,
            "unsubscribe.mailbox: needs a password",
            "env:NAME",
        ),
        (SMTP + '[operator]\nmail = "a, b"', 4, "operator.mail: is no single mail address", "you@example.org"),
        ('[operator]\nmail = "a@example.org"', 2, "operator.mail: needs a server to send through", "write [smtp]"),
        ("[operator]\nagain_hours = 0", 2, "operator.again_hours: is 0 and must be at least 1", ""),
        (SMTP + '[[delivery]]\nto = ["you@example.org"]', 3, "delivery.name: must be letters", 'name = "my-mail"'),
        (SMTP + '[[delivery]]\nname = "a b"\nto = ["a@example.org"]', 4, "delivery.name: must be letters", "my-mail"),
        (SMTP + ME + ME, 7, "delivery.name: 'me' is taken by an earlier delivery", ""),
        (SMTP + ME + 'kind = "fax"', 6, "delivery.kind: 'fax' is not known", "smtp, maildir, folder, webhook"),
        (SMTP + '[[delivery]]\nname = "me"', 3, "delivery.to: names no receiver", 'to = ["you@example.org"]'),
        (SMTP + '[[delivery]]\nname = "me"\nto = "a@example.org"', 5, "delivery.to: must be a list of texts", "one"),
        (
            SMTP + '[[delivery]]\nname = "me"\nto = ["a@example.org", "b"]',
            5,
            "delivery.to: its entry 2 is no single mail address",
            "you@example.org",
        ),
        (
            SMTP + '[[delivery]]\nname = "me"\nto = ["a@example.org", "A@example.org"]',
            5,
            "delivery.to: A@example.org stands there twice",
            "",
        ),
        (ME, 1, "delivery.kind: needs a server to send through", "write [smtp] with host, user and password"),
        (
            '[[delivery]]\nname = "me"\nkind = "maildir"\nto = ["a", "b"]',
            4,
            "delivery.to: a maildir has one place",
            "write one [[delivery]] for each",
        ),
        ('[[delivery]]\nname = "me"\nkind = "folder"\nto = [" "]', 4, "delivery.to: names no folder", ""),
        (
            '[[delivery]]\nname = "me"\nkind = "webhook"\nto = ["hook"]',
            4,
            "delivery.to: does not say where the URL is found",
            "env:NAME",
        ),
        (SMTP + ME + "quiet = 1", 6, "delivery.quiet: is a whole number and must be true or false", ""),
        (SMTP + ME + "max_age_days = -1", 6, "delivery.max_age_days: is -1 and must be at least 0", ""),
        (SMTP + ME + 'on_unknown = "drop"', 6, "delivery.on_unknown: 'drop' is not known", "hold, resend"),
        (SMTP + ME + 'profiles = "serving"', 6, "delivery.profiles: must be a list of texts", ""),
        (
            SMTP + ME + 'profiles = ["serving", "servign"]',
            6,
            "delivery.profiles: there is no profile 'servign'",
            "there are: serving, training",
        ),
        (SMTP + ME + "quite = true", 6, "delivery.quite: is not known here", "did you mean quiet?"),
        ("[[delivry]]", 1, "delivry: is not known here", "did you mean delivery?"),
        ("[delivery]", 1, "delivery: must be an array of tables", "write [[delivery]] on a line of its own"),
        ("[smtp\n", 1, "is not TOML", ""),
    ],
)
def test_a_mistake_has_its_line_and_what_would_be_right(
    tmp_path: Path, text: str, line: int, told: str, remedy: str
) -> None:
    found = complaint(tmp_path, text, ("serving", "training"))
    assert found.startswith(f"deliveries.toml:{line}: {told}"), found
    assert remedy in found
    assert "deliveries.toml:" not in found[1:], found


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = '[smtp]\nport = 0\ntimeout = 0\n[operator]\nmail = "x"\n[[delivery]]\nname = "me"\nto = ["y"]\n'
    places = [row.split(" ")[0] for row in complaint(tmp_path, text).splitlines() if row.startswith("deliveries.toml")]
    assert places == [f"deliveries.toml:{line}:" for line in (2, 3, 5, 5, 6, 8)]


@pytest.mark.parametrize(
    "text",
    [
        SMTP + f'user = "u"\npassword = "{CANARY}"',
        SMTP + f'user = "u"\npassword = "env:{CANARY}"',
        SMTP + f'user = "u"\npassword = "file:{CANARY}"',
        SMTP + f'user = "u"\npassword = ["{CANARY}"]',
        SMTP + f"user = 'u'\npassword = '''\n{CANARY}'''",
        SMTP + f'user = "u"\npasword = "{CANARY}"',
        SMTP + f"password = {CANARY}",
        SMTP + f'password = "{CANARY}',
        SMTP + f'password = "env:P" {CANARY}',
        f'smtp = "smtp://me:{CANARY}@smtp.example.org"',
        f'smtp = {{ host = "smtp.example.org", password = "{CANARY}" }}',
        f'[smtp]\nhost = "smtp://me:{CANARY}@smtp.example.org"',
        f'[dkim]\nselector = "s"\nkey = "-----BEGIN PRIVATE KEY-----{CANARY}"',
        f'[dkim]\nselector = "s"\nkey = """\n-----BEGIN PRIVATE KEY-----\n{CANARY}\n"""',
        f'[dkim]\nselector = "s"\nprivate_key = "{CANARY}"',
        f'[unsubscribe]\nmailbox = "imaps://me:{CANARY}@imap.example.org/INBOX"\npassword = "env:P"',
        f'[unsubscribe]\nmailbox = "imaps://me@imap.example.org/INBOX"\npassword = "{CANARY}"',
        f'[[delivery]]\nname = "me"\nkind = "webhook"\nto = ["https://hooks.example.org/{CANARY}"]',
        f'[[delivery]]\nname = "me"\nkind = "webhook"\nto = "https://hooks.example.org/{CANARY}"',
        f'[[delivery]]\nname = "me"\nkind = "webhook"\nurl = "https://hooks.example.org/{CANARY}"\nto = ["env:U"]',
        SMTP + f'[[delivery]]\nname = "me"\nto = ["https://hooks.example.org/{CANARY}"]',
        f'[[delivery]]\nname = "me"\nkind = "webhook"\nto = ["https://hooks.example.org/{CANARY}", "x"]',
    ],
)
def test_a_secret_that_stands_there_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith("deliveries.toml")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.mistakes)
    assert CANARY not in shown
    assert caught.value.__cause__ is None


def test_a_profile_that_nobody_has_is_found_with_the_whole_configuration(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "serving.toml").write_text("[[rule]]\nwhen = 'cache'\n", encoding="utf-8")
    file = tmp_path / "deliveries.toml"
    file.write_text(SMTP + ME + 'profiles = ["serving", "gone"]\n', encoding="utf-8")
    settings, sources = ROOT / "config" / "settings.toml", ROOT / "config" / "sources.toml"
    with pytest.raises(ConfigError, match=r"deliveries\.toml:6: delivery\.profiles: there is no profile 'gone'"):
        config.load(settings, sources, file, tmp_path / "profiles")


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.example.org", False),
        ("smtp.example.org", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_what_is_on_no_line(host: str, found: bool) -> None:
    assert config.is_loopback(host) is found


@pytest.mark.parametrize("kind", ["folder", "maildir"])
@pytest.mark.parametrize("place", ["dumps", "output/x", "state/../dumps/mail", ".", "config"])
def test_a_folder_of_the_workspace_takes_no_digests(tmp_path: Path, kind: str, place: str) -> None:
    (tmp_path / "config").mkdir()
    text = f'[[delivery]]\nname = "share"\nkind = "{kind}"\nto = ["{place}"]\n'
    (tmp_path / "config" / "deliveries.toml").write_text(text)
    with pytest.raises(ConfigError, match="is a folder of the workspace's own"):
        load(Workspace(root=tmp_path))


def test_a_folder_beside_them_takes_digests(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "deliveries.toml").write_text(
        ME.replace('"you@example.org"', '"share"') + 'kind = "folder"\n'
    )
    assert load(Workspace(root=tmp_path)).config.deliveries.deliveries[0].to == ("share",)
