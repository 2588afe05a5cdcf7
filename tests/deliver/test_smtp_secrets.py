"""Encryption and log-in: never in the open, never to a stranger, and the password in nothing that anybody reads."""

from __future__ import annotations

import base64
import logging
import pickle
import socket
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from broadsheet import config
from broadsheet.deliver.outcome import Outcome, line
from broadsheet.deliver.smtp import Smtp
from broadsheet.errors import DeliveryError
from tests.deliver.certificates import Certificates
from tests.deliver.mails import MAIL, READER, SENDER
from tests.deliver.smtp_server import DROP, Server, serving

USER, PASSWORD = "digests@example.org", "cänary sw0rdfish"
FORMS = (
    PASSWORD,
    base64.b64encode(PASSWORD.encode()).decode(),
    base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode(),
)
#: What is left of it where its one foreign letter is told in another way.
REST = "nary sw0rdfish"


def settings(port: int, security: str, **more: Any) -> config.Smtp:
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": security,
        "timeout": 5,
        "user": USER,
        "password": "env:X",
    }
    return config.Smtp(**usual | more)


def sent(server: Server, security: str, trusted: Certificates | None, password: str = PASSWORD) -> Outcome:
    ca = trusted.authority if trusted else None
    with Smtp(settings(server.port, security), password, ca=ca) as mailer:
        return mailer.send(SENDER, READER, MAIL, lambda: None)


def nothing_said_in_the_open(server: Server) -> None:
    assert not [heard for heard in server.heard if heard.upper().startswith(("AUTH", "MAIL"))], server.heard


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "LOGIN", "XOAUTH2 PLAIN"])
@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
def test_a_mail_goes_over_an_encrypted_line(
    security: str, at_once: bool, mechanisms: str, certificates: Certificates
) -> None:
    with serving(tls=certificates.server(), at_once=at_once, login=(USER, PASSWORD), mechanisms=mechanisms) as server:
        assert sent(server, security, certificates).state == "sent"
    (taken,) = server.mails
    assert (taken.content, taken.encrypted) == (MAIL, True)


def test_starttls_that_is_not_offered_ends_it(certificates: Certificates) -> None:
    with serving(login=(USER, PASSWORD)) as server:
        outcome = sent(server, "starttls", certificates)
    assert outcome.state == "later"
    assert "offers no STARTTLS; check host, port and security in [smtp]" in outcome.told
    nothing_said_in_the_open(server)


@pytest.mark.parametrize("answer", ["454 not now", "501 what?", DROP])
def test_starttls_that_is_refused_ends_it(answer: str, certificates: Certificates) -> None:
    with serving({"STARTTLS": answer}, tls=certificates.server(), login=(USER, PASSWORD)) as server:
        assert sent(server, "starttls", certificates).state == "later"
    nothing_said_in_the_open(server)


def test_what_is_said_before_the_encryption_does_not_count(certificates: Certificates) -> None:
    # Whoever stands on the way puts answers behind the last open one (CVE-2021-23993 and its kin).
    with serving({"STARTTLS": "220 go\r\n250-x\r\n250 AUTH PLAIN"}, tls=certificates.server()) as server:
        outcome = sent(server, "starttls", certificates)
    assert outcome.state == "later"
    nothing_said_in_the_open(server)


@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
def test_a_stranger_is_told_nothing(
    security: str, at_once: bool, certificates: Certificates, other_name: Certificates
) -> None:
    for trusted, why in ((None, "certificate is not valid"), (other_name, "certificate is not valid")):
        with serving(tls=certificates.server(), at_once=at_once, login=(USER, PASSWORD)) as server:
            outcome = sent(server, security, trusted)
        assert outcome.state == "later"
        assert why in outcome.told
        nothing_said_in_the_open(server)


def test_a_certificate_for_another_name_is_not_valid(other_name: Certificates) -> None:
    with serving(tls=other_name.server(), at_once=True) as server:
        outcome = sent(server, "tls", other_name)
    assert outcome.state == "later"
    assert "IP address mismatch" in outcome.told


def test_tls_to_a_server_that_speaks_in_the_open(certificates: Certificates) -> None:
    with serving() as server:
        outcome = sent(server, "tls", certificates)
    assert outcome.state == "later"
    assert "check port and security in [smtp]" in outcome.told


def test_a_password_goes_nowhere_in_the_open_but_on_this_machine() -> None:
    with pytest.raises(DeliveryError, match="in the open; set security to starttls or tls") as caught:
        Smtp(settings(25, "none", host="smtp.example.org"), PASSWORD)
    nowhere(str(caught.value), repr(caught.value))
    with serving(login=(USER, PASSWORD)) as server:
        assert sent(server, "none", None).state == "sent"


@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN"])
def test_a_wrong_password_is_about_us(mechanisms: str, certificates: Certificates) -> None:
    with (
        serving(tls=certificates.server(), login=(USER, "another"), mechanisms=mechanisms) as server,
        Smtp(settings(server.port, "starttls"), PASSWORD, ca=certificates.authority) as mailer,
    ):
        outcomes = [mailer.send(SENDER, READER, MAIL, lambda: None) for _ in range(5)]
    assert {outcome.state for outcome in outcomes} == {"later"}
    assert "refuses the log-in, check user and password in [smtp]: 535 5.7.8" in outcomes[0].told
    # Five tries would lock the account.
    assert server.connections == 1
    nowhere(*(outcome.told for outcome in outcomes))


def test_a_server_that_takes_no_password(certificates: Certificates) -> None:
    with serving(tls=certificates.server(), login=(USER, PASSWORD), mechanisms="XOAUTH2 GSSAPI") as server:
        outcome = sent(server, "starttls", certificates)
    assert outcome.state == "later"
    assert "offers no log-in with a password" in outcome.told


def nowhere(*texts: str) -> None:
    for text in texts:
        assert not [form for form in (*FORMS, REST) if form in text or repr(form)[1:-1] in text], text


@pytest.mark.parametrize("step", ["connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "dot", "RSET"])
@pytest.mark.parametrize("code", ["421", "535", "999", DROP])
def test_the_password_is_in_nothing_that_anybody_reads(
    step: str, code: str, certificates: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    # The server repeats what it was told in every form.
    answer = code if code == DROP else f"{code} {' '.join(FORMS)}"
    login = (USER, "another") if step == "AUTH" else (USER, PASSWORD)
    with (
        caplog.at_level(logging.DEBUG),
        serving({} if step == "AUTH" else {step: answer}, tls=certificates.server(), login=login) as server,
    ):
        mailer = Smtp(settings(server.port, "starttls"), PASSWORD, ca=certificates.authority)
        with mailer:
            outcomes = [mailer.send(SENDER, READER, MAIL, lambda: None) for _ in range(2)]
            nowhere(repr(mailer), repr(outcomes), caplog.text, *(outcome.told for outcome in outcomes))
    assert step == "RSET" or outcomes[0].state != "sent"


def test_the_password_is_in_no_traceback(certificates: Certificates) -> None:
    def before_dot() -> None:
        raise DeliveryError("made", "up")

    with (
        serving(tls=certificates.server(), login=(USER, PASSWORD)) as server,
        pytest.raises(DeliveryError) as caught,
        Smtp(settings(server.port, "starttls"), PASSWORD, ca=certificates.authority) as mailer,
    ):
        mailer.send(SENDER, READER, MAIL, before_dot)
    nowhere("".join(traceback.format_exception(caught.value)), repr(pickle.dumps(caught.value)))


def test_a_password_that_is_no_text() -> None:
    password = f"{PASSWORD}\ud800"
    with pytest.raises(DeliveryError, match="hold what is no character") as caught:
        Smtp(settings(25, "tls"), password)
    nowhere("".join(traceback.format_exception(caught.value)))


def test_bytes_of_the_environment_that_are_no_utf8_are_sent_as_they_are() -> None:
    heard = base64.b64encode(b"\0" + USER.encode() + b"\0p\xe4ss").decode()
    with serving(login=(USER, "x")) as server:
        sent(server, "none", None, "p\udce4ss")
    assert f"AUTH PLAIN {heard}" in server.heard


@pytest.mark.parametrize(
    ("said", "secrets", "told"),
    [
        ("a\r\nb\tc", (), "a b c"),
        (b"caf\xe9", (), "caf?"),
        ("x" * 500, (), "x" * 237 + "..."),
        ("it is abc and abcd", ("abc", "abcd", ""), "it is *** and ***"),
        ("it is cänary".encode(), ("cänary",), "it is ***"),
        ("it is cänary".encode("latin-1"), ("cänary",), "it is ***"),
    ],
)
def test_a_line(said: str | bytes, secrets: tuple[str, ...], told: str) -> None:
    assert line(said, *secrets) == told


class Real:
    """aiosmtpd, which somebody else wrote: it shares no misunderstanding with our own server."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        assert session.ssl is not None
        self.envelopes.append(envelope)
        return "250 OK"

    def log_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


@pytest.fixture
def real(certificates: Certificates) -> Iterator[tuple[Real, int]]:
    handler = Real()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=_free(),
        tls_context=certificates.server(),
        require_starttls=True,
        auth_required=True,
        authenticator=handler.log_in,
    )
    controller.start()
    yield handler, controller.port
    controller.stop()


def test_a_server_that_somebody_else_wrote(real: tuple[Real, int], certificates: Certificates) -> None:
    handler, port = real
    with Smtp(settings(port, "starttls"), PASSWORD, ca=certificates.authority) as mailer:
        assert [mailer.send(SENDER, READER, MAIL, lambda: None).state for _ in range(3)] == ["sent"] * 3
    assert [envelope.content for envelope in handler.envelopes] == [MAIL] * 3
    assert {(envelope.mail_from, *envelope.rcpt_tos) for envelope in handler.envelopes} == {(SENDER, READER)}
    with Smtp(settings(port, "starttls"), "wrong", ca=certificates.authority) as mailer:
        outcome = mailer.send(SENDER, READER, MAIL, lambda: None)
    assert outcome.state == "later"
    assert "refuses the log-in" in outcome.told


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
