"""The [mail] table of settings.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet import config
from broadsheet.config import Mail
from broadsheet.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]


def settings(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(f"[mail]\n{text}\n", encoding="utf-8")
    return file


def test_the_shipped_settings_show_every_key() -> None:
    table = (ROOT / "config" / "settings.toml").read_text(encoding="utf-8").split("\n[mail]\n")[1].split("\n[")[0]
    assert all(f"\n{name} = " in table for name in Mail.__dataclass_fields__)


def test_every_key_is_read(tmp_path: Path) -> None:
    text = """
    sender = "Morning papers <digests@example.org>"
    domain = "example.org"
    receiver = "you@example.org"
    unsubscribe_mail = "leave@example.org"
    unsubscribe_url = "https://example.org:8443/leave?list={profile}&who={receiver}#x"
    budget_kib = 60
    """
    assert config.read_settings(settings(tmp_path, text)).mail == Mail(
        sender="Morning papers <digests@example.org>",
        domain="example.org",
        receiver="you@example.org",
        unsubscribe_mail="leave@example.org",
        unsubscribe_url="https://example.org:8443/leave?list={profile}&who={receiver}#x",
        budget_kib=60,
    )


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('sender = "somebody"', "2:11: mail.sender: is no address to send from"),
        ('sender = "A <a@example.org>, B <b@example.org>"', "is no address to send from"),
        ('domain = "localhost"', "mail.domain: is no domain"),
        ('receiver = ""', "mail.receiver: is no single mail address"),
        ('receiver = "a@example.org, b@example.org"', "mail.receiver: is no single mail address"),
        ('unsubscribe_mail = "mailto:a@example.org"', "mail.unsubscribe_mail: is no single mail address"),
        ('unsubscribe_url = "http://example.org/leave"', "must be an https address"),
        ('unsubscribe_url = "https://example.org/{reciever}"', "nothing else in braces"),
        ('unsubscribe_url = "https://example.org/a b"', "must be an https address"),
        ('unsubscribe_url = "https://example.org/>,<a"', "must be an https address"),
        ('unsubscribe_url = "https://user@example.org/"', "must be an https address"),
        ("budget_kib = 31", "is 31 and must be at least 32"),
        ("budget = 90", "did you mean budget_kib?"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, line: str, wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.read_settings(settings(tmp_path, line))
    assert wanted in str(caught.value)
