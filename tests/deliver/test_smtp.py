"""What becomes of a mail, for each thing that a server may do."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from broadsheet import config
from broadsheet.deliver import smtp, smtp_session
from broadsheet.deliver.outcome import Outcome
from broadsheet.deliver.smtp import Smtp
from broadsheet.deliver.smtp_session import fault_in
from tests.deliver.mails import MAIL, OTHER, READER, SENDER, mail
from tests.deliver.smtp_server import DROP, DROP_IN_BODY, NO_IN_BODY, SILENT, Server, Taken, serving


def settings(server: Server | int, **more: Any) -> config.Smtp:
    port = server if isinstance(server, int) else server.port
    usual: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 5}
    return config.Smtp(**usual | more)


class Dots:
    """How often the final dot was about to be sent."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def one(server: Server, content: bytes = MAIL, **more: Any) -> tuple[Outcome, int]:
    """What became of one mail, and whether the dot was about to be sent."""
    dots = Dots()
    with Smtp(settings(server, **more), "") as mailer:
        return mailer.send(SENDER, READER, content, dots), dots.count


def test_a_mail_arrives_byte_for_byte() -> None:
    with serving() as server:
        assert one(server) == (Outcome(state="sent", told="250 taken"), 1)
    assert server.mails == [Taken(SENDER, READER, MAIL, encrypted=False)]
    assert server.heard[0] == "ehlo example.org"
    assert server.heard[-1] == "quit"


def test_several_mails_go_over_one_connection() -> None:
    with serving() as server, Smtp(settings(server), "") as mailer:
        for receiver in (READER, OTHER, READER):
            assert mailer.send(SENDER, receiver, mail(receiver), Dots()).state == "sent"
    assert [(taken.receiver, taken.content) for taken in server.mails] == [
        (receiver, mail(receiver)) for receiver in (READER, OTHER, READER)
    ]
    assert (server.connections, server.heard.count("RSET")) == (1, 2)


def test_a_large_mail_arrives_whole() -> None:
    large = mail(*(f".{n}" * 40 for n in range(20_000)))
    with serving(extensions=["SIZE 99999999", "8BITMIME"]) as server:
        assert one(server, large) == (Outcome(state="sent", told="250 taken"), 1)
    assert server.mails[0].content == large
    assert f"mail FROM:<{SENDER}> SIZE={len(large)}".lower() in [heard.lower() for heard in server.heard]


@pytest.mark.parametrize(
    ("said", "state", "told", "dots"),
    [
        # Before anything: about us, or about today.
        ({"connect": "421 come later"}, "later", "421 come later", 0),
        ({"connect": "554 no mail here"}, "later", "refuses us: 554 no mail here", 0),
        ({"connect": DROP}, "later", "the connection was closed", 0),
        ({"connect": "SSH-2.0-OpenSSH_9.2"}, "later", "no answer of a mail server", 0),
        ({"connect": "220-" + "x" * 9000}, "later", "no answer of a mail server", 0),
        ({"connect": "220-more\r\n" * 300 + "220 done"}, "later", "no whole answer", 0),
        ({"EHLO": "421 busy"}, "later", "421 busy", 0),
        ({"EHLO": "550 go away", "HELO": "550 go away"}, "later", "refuses us: 550 go away", 0),
        ({"EHLO": DROP}, "later", "the connection was closed", 0),
        # About the sender.
        ({"MAIL": "451 come later"}, "later", "refuses the sender for now: 451 come later", 0),
        ({"MAIL": "550 no such sender"}, "later", "refuses the sender for now: 550 no such sender", 0),
        ({"MAIL": "552 too large"}, "failed", "refuses the sender: 552 too large", 0),
        ({"MAIL": "530 log in first"}, "later", "refuses the sender for now: 530 log in first", 0),
        ({"MAIL": "421 bye"}, "later", "421 bye", 0),
        ({"MAIL": DROP}, "later", "the connection was closed", 0),
        ({"MAIL": "354 what?"}, "later", "an answer that means nothing here: 354 what?", 0),
        # About the receiver.
        ({"RCPT": "450 mailbox busy"}, "later", "refuses the receiver for now: 450 mailbox busy", 0),
        ({"RCPT": "452 mailbox full"}, "later", "refuses the receiver for now: 452 mailbox full", 0),
        ({"RCPT": "550 5.1.1 unknown"}, "failed", "refuses the receiver: 550 5.1.1 unknown", 0),
        ({"RCPT": DROP}, "later", "the connection was closed", 0),
        # About the mail, before it.
        ({"DATA": "451 no disk"}, "later", "refuses the mail for now: 451 no disk", 0),
        ({"DATA": "554 no"}, "failed", "refuses the mail: 554 no", 0),
        ({"DATA": "250 fine?"}, "later", "an answer that means nothing here: 250 fine?", 0),
        ({"DATA": DROP}, "later", "the connection was closed", 0),
        # About the mail, after it.
        ({"dot": "451 scanner is down"}, "later", "refuses the mail for now: 451 scanner is down", 1),
        ({"dot": "421 shutting down"}, "later", "refuses the mail for now: 421 shutting down", 1),
        ({"dot": "554 looks like spam"}, "failed", "refuses the mail: 554 looks like spam", 1),
        ({"dot": "530 log in"}, "failed", "refuses the mail: 530 log in", 1),
        ({"dot": "250-one\r\n250 two"}, "sent", "250 one two", 1),
        # After it, and nobody knows.
        ({"dot": DROP}, "unknown", "the connection was closed", 1),
        ({"dot": "354 more?"}, "unknown", "an answer that means nothing here: 354 more?", 1),
        ({"dot": "fine"}, "unknown", "no answer of a mail server", 1),
    ],
)
def test_the_table_of_outcomes(said: dict[str, str], state: str, told: str, dots: int) -> None:
    with serving(said) as server:
        outcome, counted = one(server)
    assert (outcome.state, counted) == (state, dots), outcome
    assert told in outcome.told
    assert state == "sent" or outcome.told.startswith(f"127.0.0.1:{server.port}: ")
    assert server.connections == 1


@pytest.mark.parametrize(
    ("step", "state", "dots"),
    [("connect", "later", 0), ("EHLO", "later", 0), ("RCPT", "later", 0), ("DATA", "later", 0), ("dot", "unknown", 1)],
)
def test_a_server_that_says_nothing(step: str, state: str, dots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_session, "LAST_ANSWER", 0.1)
    with serving({step: SILENT}) as server:
        outcome, counted = one(server, timeout=0.1)
    assert (outcome.state, counted) == (state, dots), outcome
    assert "no whole answer within 0.1 s" in outcome.told


def test_the_last_answer_has_ten_minutes() -> None:
    assert smtp_session.LAST_ANSWER == 600
    asked: list[float | None] = []

    def before_dot() -> None:
        session = mailer._session
        assert session is not None
        line, usual = session.sock, session.getreply
        assert line is not None

        def getreply() -> tuple[int, bytes]:
            asked.append(line.gettimeout())
            return usual()

        session.getreply = getreply  # type: ignore[method-assign]

    with serving() as server, Smtp(settings(server), "") as mailer:
        assert mailer.send(SENDER, READER, MAIL, before_dot).state == "sent"
    assert asked[0] == 600
    assert asked[1:] == [5.0]


def test_a_connection_lost_in_the_middle_of_the_body_is_before_the_dot() -> None:
    with serving({"DATA": DROP_IN_BODY}) as server:
        outcome, dots = one(server, mail(*["x" * 900] * 20_000))
    assert (outcome.state, dots) == ("later", 0), outcome
    assert "in the middle of the mail" in outcome.told


def test_a_server_that_speaks_in_the_middle_of_the_body_gets_no_dot() -> None:
    with serving({"DATA": NO_IN_BODY}) as server:
        outcome, dots = one(server, mail(*["x" * 900] * 20_000))
        assert server.broken_off.wait(5)
    assert (outcome.state, dots, server.mails) == ("later", 0, [])
    assert "broke the mail off: 354 no, stop" in outcome.told


def test_an_answer_that_came_before_the_dot_is_no_answer_to_it() -> None:
    with serving({"DATA": "354 go on\r\n250 taken"}) as server:
        outcome, dots = one(server)
    assert (outcome.state, dots) == ("later", 0)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with Smtp(settings(free.getsockname()[1]), "") as mailer:
            outcome = mailer.send(SENDER, READER, MAIL, Dots())
    assert outcome.state == "later"
    assert "Connection refused" in outcome.told


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..example.org", "x" * 70 + ".example.org"])
def test_a_host_that_is_none(host: str) -> None:
    with Smtp(settings(25, host=host), "") as mailer:
        outcome = mailer.send(SENDER, READER, MAIL, Dots())
    assert outcome.state == "later", outcome


def test_a_server_that_cannot_be_used_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"connect": "554 no"}) as server, Smtp(settings(server), "") as mailer:
        first = mailer.send(SENDER, READER, MAIL, Dots())
        assert mailer.send(SENDER, OTHER, MAIL, Dots()) == first
        assert server.connections == 1
        monkeypatch.setattr(smtp, "_REST", 0.0)
        assert mailer.send(SENDER, OTHER, MAIL, Dots()).state == "sent"


@pytest.mark.parametrize(
    ("step", "goodbye"),
    [("RSET", DROP), ("RSET", "421 enough of you"), ("RSET", "500 what?"), ("MAIL", DROP), ("MAIL", "421 enough")],
)
def test_a_connection_that_was_closed_between_mails_is_opened_again(step: str, goodbye: str) -> None:
    first = [] if step == "RSET" else ["250 fine"]
    with serving({step: [*first, goodbye]}) as server, Smtp(settings(server), "") as mailer:
        dots = Dots()
        assert [mailer.send(SENDER, READER, mail(str(n)), dots).state for n in range(2)] == ["sent", "sent"]
    assert dots.count == 2
    assert server.connections == 2
    assert [taken.content for taken in server.mails] == [mail("0"), mail("1")]


def test_it_is_opened_again_once_only() -> None:
    with serving({"MAIL": ["250 fine", DROP, DROP]}) as server, Smtp(settings(server), "") as mailer:
        states = [mailer.send(SENDER, READER, MAIL, Dots()).state for _ in range(3)]
    assert states == ["sent", "later", "sent"]
    assert server.connections == 3


def test_what_becomes_of_one_mail_is_nothing_to_the_next() -> None:
    said = {"RCPT": ["550 unknown", "250 fine", "450 busy", "250 fine"], "dot": ["554 spam", "250 taken"]}
    with serving(said) as server, Smtp(settings(server), "") as mailer:
        states = [mailer.send(SENDER, READER, mail(str(n)), Dots()).state for n in range(5)]
    assert states == ["failed", "failed", "later", "sent", "sent"]
    assert [taken.content for taken in server.mails] == [mail("3"), mail("4")]
    assert server.connections == 1


def test_a_mail_after_one_that_is_unknown_goes_over_a_new_connection() -> None:
    with serving({"dot": [DROP]}) as server, Smtp(settings(server), "") as mailer:
        assert [mailer.send(SENDER, READER, MAIL, Dots()).state for _ in range(2)] == ["unknown", "sent"]
    assert server.connections == 2


class Fenced(BaseException):
    """What a killed or fenced sender raises."""


@pytest.mark.parametrize("error", [Fenced, ValueError, OSError])
def test_what_is_raised_before_the_dot_leaves_and_the_server_throws_the_mail_away(error: type[BaseException]) -> None:
    def before_dot() -> None:
        raise error("not any more")

    with serving() as server:
        with Smtp(settings(server), "") as mailer:
            with pytest.raises(error, match="not any more"):
                mailer.send(SENDER, READER, MAIL, before_dot)
            assert server.broken_off.wait(5)
            assert server.mails == []
            assert mailer.send(SENDER, READER, MAIL, Dots()).state == "sent"
        assert "quit" not in server.heard[:4]
    assert len(server.mails) == 1


def test_nothing_was_taken_when_the_dot_is_about_to_be_sent() -> None:
    seen: list[int] = []
    with serving() as server, Smtp(settings(server), "") as mailer:
        mailer.send(SENDER, READER, MAIL, lambda: seen.append(len(server.mails)))
    assert (seen, len(server.mails)) == ([0], 1)


def test_a_with_that_ends_in_an_error_says_no_good_bye() -> None:
    with serving() as server:
        mailer = Smtp(settings(server), "")
        assert mailer.send(SENDER, READER, MAIL, Dots()).state == "sent"
        mailer.__exit__(Fenced, Fenced(), None)
    assert "quit" not in server.heard


@pytest.mark.parametrize("last", ["DROP", "500 no", SILENT])
def test_the_good_bye_does_not_matter(last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_LAST_WORDS", 0.1)
    with serving({"QUIT": DROP if last == "DROP" else last}) as server:
        assert one(server)[0].state == "sent"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "its last line has no end"),
        (b"a: b\r\n\r\nx", "its last line has no end"),
        (b"a: b\r\n\r\nx\n.\nMAIL FROM:<a@example.org>\r\n", "line 3 holds half a line end"),
        (b"a: b\r\n\r\nx\r.\r\r\n", "line 3 holds half a line end"),
        (b"a: b\r\n\r\nx\n.\r\n", "line 3 holds half a line end"),
        (b"a: b\n\r\nx\r\n", "line 1 holds half a line end"),
        (b"a: b\r\n\r\n" + b"x" * 999 + b"\r\n", "line 3 has more than 998 characters"),
        (b"a: b\r\n\r\n\xfc\r\n", "line 3 holds what is no printable ASCII"),
        (b"a: b\r\n\r\nx\0\r\n", "line 3 holds what is no printable ASCII"),
        (b"a: b\r\n\r\n\x1b[2J\r\n", "line 3 holds what is no printable ASCII"),
    ],
)
def test_what_is_no_mail_is_not_sent(content: bytes, fault: str) -> None:
    assert fault_in(content) == fault
    with serving() as server:
        outcome, dots = one(server, content)
    assert outcome == Outcome(state="failed", told=f"the mail cannot be sent as it stands: {fault}")
    assert (server.connections, dots) == (0, 0)


@pytest.mark.parametrize("lines", [(), ("",), (".",), ("..",), ("x" * 998,), (".\t.",), ("From here",), ("", "", "")])
def test_odd_bodies_arrive_as_they_are(lines: tuple[str, ...]) -> None:
    with serving() as server:
        assert one(server, mail(*lines))[0].state == "sent"
    assert server.mails[0].content == mail(*lines)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@example.org>\r\nRCPT TO:<b@example.org", "a@example.org\n", "<a@example.org>", "ä@example.org"],
)
def test_an_address_that_is_none_is_not_told_to_the_server(address: str) -> None:
    with serving() as server, Smtp(settings(server), "") as mailer:
        assert mailer.send(SENDER, address, MAIL, Dots()).state == "failed"
        assert mailer.send(address, READER, MAIL, Dots()).state == "failed"
    assert server.connections == 0


def test_what_a_server_says_is_told_in_one_plain_line() -> None:
    nasty = "550 \x1b[31mred\x07\u202eturned\x00 " + "long " * 200
    with serving({"RCPT": nasty}) as server:
        outcome, _ = one(server)
    assert outcome.told.isascii()
    assert outcome.told.isprintable()
    assert len(outcome.told) < 300
    assert "[31mred" in outcome.told


def test_an_answer_that_comes_in_drops_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_session, "_MOST_LINES", 10**9)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    while not ended.wait(0.01):
                        connection.sendall(b"220-more\r\n")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        with Smtp(settings(listening.getsockname()[1], timeout=0.2), "") as mailer:
            outcome = mailer.send(SENDER, READER, MAIL, Dots())
        ended.set()
        thread.join()
    assert outcome.state == "later"
    assert "no whole answer within 0.2 s" in outcome.told


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    with serving() as server, Smtp(settings(server, security="tls"), "", ca=tmp_path / "none.pem") as mailer:
        outcome = mailer.send(SENDER, READER, MAIL, Dots())
    assert outcome.state == "later"
    assert "certificates to trust cannot be read" in outcome.told
