"""Reading mailboxes: what is read and where it goes on, and what is told of servers that behave badly."""

from __future__ import annotations

import base64
import pickle
import socket
import traceback
import tracemalloc
from datetime import date
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from broadsheet.errors import DeliveryError
from broadsheet.fetch import guard
from broadsheet.fetch.imap import Conversation
from broadsheet.fetch.imap_address import address, coded
from broadsheet.fetch.mailbox import Letter, Mark, letters
from tests.fetch.hostile_server import certificate
from tests.fetch.imap_server import OK, Answer, ImapServer

PASSWORD = 'g"eh\\eim-47'  # noqa: S105
DAY = date(2026, 6, 3)
MIB = 1 << 20


def mail(number: int, sender: str = "no-reply@example.org", text: str = "Text.") -> bytes:
    return f"From: {sender}\r\nSubject: Mail {number}\r\n\r\n{text}\r\n".encode()


def read(
    server: ImapServer,
    mark: Mark = Mark(),  # noqa: B008
    *,
    url: str = "",
    password: str = PASSWORD,
    limit: int = MIB,
    senders: tuple[str, ...] = (),
    subject: str = "",
    timeout: float = 10,
    allow_private: bool = True,
    ca: Path | None = None,
    heads_only: bool = False,
) -> list[tuple[Mark, Letter | None]]:
    return list(
        letters(
            url or server.url(),
            password,
            mark,
            since=DAY,
            limit=limit,
            senders=senders,
            subject=subject,
            timeout=timeout,
            allow_private=allow_private,
            ca=ca,
            heads_only=heads_only,
        )
    )


def refusal(server: ImapServer, **more: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        read(server, **more)  # type: ignore[arg-type]
    return caught.value


# What is read.


def test_mails_come_oldest_first_each_with_the_mark_behind_it() -> None:
    mails = {number: mail(number) for number in (12, 3, 7)}
    with ImapServer(mails) as server:
        found = read(server)
    assert found == [(Mark(validity=7, uid=uid), Letter(uid=uid, content=mails[uid])) for uid in (3, 7, 12)]


def test_the_folder_is_only_read() -> None:
    with ImapServer({1: mail(1)}) as server:
        read(server)
    assert server.commands("EXAMINE") == ['EXAMINE "INBOX"']
    assert not [
        one for one in server.heard if one.startswith(("SELECT", "STORE", "UID STORE", "COPY", "EXPUNGE", "CLOSE"))
    ]
    assert all("BODY.PEEK[" in one and "BODY[" not in one for one in server.commands("UID FETCH"))
    assert server.heard[-1] == "LOGOUT"


def test_the_next_look_begins_behind_the_mark_whatever_the_day() -> None:
    with ImapServer({1: mail(1), 2: mail(2), 5: mail(5)}) as server:
        found = read(server, Mark(validity=7, uid=2))
        assert [mark.uid for mark, _ in found] == [5]
        assert server.commands("UID SEARCH") == ["UID SEARCH UID 3:*"]


def test_nothing_new_is_nothing_though_the_server_names_the_last_mail_again() -> None:
    with ImapServer({1: mail(1), 5: mail(5)}) as server:
        assert read(server, Mark(validity=7, uid=5)) == []
        assert server.commands("UID FETCH") == []


def test_a_new_numbering_begins_again_at_the_first_day() -> None:
    with ImapServer({1: mail(1)}, validity=8) as server:
        found = read(server, Mark(validity=7, uid=900))
    assert [mark for mark, _ in found] == [Mark(validity=8, uid=1)]
    # The server's day may be a zone earlier.
    assert server.commands("UID SEARCH") == ["UID SEARCH SINCE 2-Jun-2026"]


def test_what_is_older_than_the_first_day_is_not_looked_at_later_either() -> None:
    with ImapServer({3: mail(3)}, following=21) as server:
        found = read(server)
        assert [mark.uid for mark, _ in found] == [3, 20]
        assert found[-1][1] is None
        assert read(server, found[-1][0]) == []


def test_only_mails_of_the_senders_are_fetched_and_the_mark_passes_the_others() -> None:
    mails = {
        1: mail(1, "=?utf-8?q?J=C3=BCrgen?= <j@example.org>"),
        2: mail(2, "Jürgen <other@example.org>"),
        3: b"From: J\xfcrgen <latin@example.org>\r\n\r\n",
        4: mail(4, "Somebody <some@example.org>"),
        5: mail(5, "Arxiv <NO-REPLY@ARXIV.EXAMPLE>"),
        6: mail(6),
    }
    with ImapServer(mails) as server:
        found = read(server, senders=("jÜrgen", "no-reply@arxiv.example"))
        assert [letter.uid if letter else None for _, letter in found] == [1, 2, 3, 5, None]
        assert found[-1][0] == Mark(validity=7, uid=6)
        assert not [one for one in server.commands("UID FETCH 4") if "PEEK[]" in one]


def test_only_mails_about_the_subject_are_fetched() -> None:
    mails = {1: mail(1), 2: b"Subject: =?utf-8?b?TUFJTCAy?=\r\nFrom: a@example.org\r\n\r\n"}
    with ImapServer(mails) as server:
        assert [letter and letter.uid for _, letter in read(server, subject="mail 2")] == [2]


def test_many_mails_are_asked_for_in_few_questions() -> None:
    with ImapServer({number: mail(number) for number in range(1, 251)}) as server:
        assert len(read(server, senders=("nobody",))) == 3
        assert len(server.commands("UID FETCH")) == 3


def test_a_mail_without_headers_is_a_mail() -> None:
    with ImapServer({1: b"\r\n\r\nonly text"}) as server:
        server.answers["UID FETCH 1 (UID RFC822.SIZE"] = (
            b'* 1 FETCH (UID 1 RFC822.SIZE 13 BODY[HEADER.FIELDS (FROM)]<0> "")\r\n' + OK
        )
        assert [letter and letter.content for _, letter in read(server)] == [b"\r\n\r\nonly text"]


def test_a_mail_that_was_deleted_meanwhile_is_passed() -> None:
    with ImapServer({1: mail(1), 2: mail(2)}) as server:
        server.answers["UID FETCH 1 (UID BODY.PEEK[]"] = OK
        assert [mark.uid for mark, letter in read(server) if letter] == [2]


def test_answers_that_were_not_asked_for_do_no_harm() -> None:
    with ImapServer({1: mail(1)}) as server:
        other = b"* 4 EXISTS\r\n* 9 FETCH (FLAGS (\\Seen))\r\n* OK [ALERT] {tag} tea\r\n* 1 FETCH (UID 1 FLAGS ())\r\n"
        one = f"* 1 FETCH (UID 1 BODY[]<0> {{{len(mail(1))}}}\r\n".encode() + mail(1) + b")\r\n"
        server.answers["UID FETCH 1 (UID BODY.PEEK[]"] = other + one + other + OK
        assert read(server) == [(Mark(validity=7, uid=1), Letter(uid=1, content=mail(1)))]


def test_heads_alone_can_be_asked_for_of_mails_of_any_size() -> None:
    with ImapServer({1: mail(1, text="x" * 5000)}) as server:
        ((_, letter),) = read(server, limit=100, heads_only=True)
    assert letter is not None
    assert letter.content == mail(1).partition(b"Text")[0]


@pytest.mark.parametrize("said_size", [4000, 10], ids=["told", "guessed"])
def test_a_mail_that_is_too_large_is_told_of_and_the_others_come(said_size: int) -> None:
    mails = {1: mail(1), 2: mail(2, "Big <big@example.org>", "x" * 4000), 3: mail(3)}
    with ImapServer(mails, sizes={2: said_size}) as server:
        found = read(server, limit=1000)
    assert [letter.content for _, letter in found if letter] == [mails[1], b"", mails[3]]
    told = found[1][1]
    assert told is not None
    assert "'Mail 2' from Big <big@example.org> (UID 2)" in told.told
    assert "raise limit_mib" in told.told
    assert bool([one for one in server.commands("UID FETCH 2 ") if "PEEK[]" in one]) is (said_size < 1000)


@pytest.mark.parametrize(
    ("folder", "wire"),
    [
        ("Papers%20of%20June", "Papers of June"),
        ("Lesen/Übrig & neu".replace(" ", "%20"), "Lesen/&ANw-brig &- neu"),
        ("%5BGmail%5D/All%20Mail", "[Gmail]/All Mail"),
        ('a"b%5Cc', 'a\\"b\\\\c'),
        ("日本語", "&ZeVnLIqe-"),
        ("#news/100%25", "#news/100%"),
    ],
)
def test_folders_are_named_as_the_server_names_them(folder: str, wire: str) -> None:
    with ImapServer() as server:
        assert read(server, url=server.url(folder)) == []
        assert server.commands("EXAMINE") == [f'EXAMINE "{wire}"']


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_the_name_of_a_folder_can_be_read_back(name: str) -> None:
    assert decoded(coded(name)) == name
    assert coded(name).isascii()


def decoded(wire: str) -> str:
    """RFC 3501, section 5.1.3, the other way round."""
    text, rest = "", wire
    while rest:
        plain, sign, rest = rest.partition("&")
        text += plain
        if sign:
            code, _, rest = rest.partition("-")
            pad = "=" * (-len(code) % 4)
            text += base64.b64decode(code.replace(",", "/") + pad).decode("utf-16-be") if code else "&"
    return text


def test_users_and_passwords_are_quoted() -> None:
    with ImapServer() as server:
        read(server, url=server.url(user="a%20b@example.org"))
        assert server.commands("LOGIN") == [r'LOGIN "a b@example.org" "g\"eh\\eim-47"']


def test_a_password_beyond_ascii_is_told_by_another_way() -> None:
    with ImapServer({1: mail(1)}, answers={"AUTHENTICATE PLAIN": b"+ \r\n"}) as server:
        assert len(read(server, password="schlüssel" * 9)) == 1
        told = server.heard[server.heard.index("AUTHENTICATE PLAIN") + 1]
        assert base64.b64decode(told).decode() == "\0anna\0" + "schlüssel" * 9
        assert not server.commands("LOGIN")


def test_a_server_without_that_way_is_told_of() -> None:
    with ImapServer(capabilities=b"IMAP4rev1") as server:
        error = refusal(server, password="schlüssel")  # noqa: S106
    assert not error.transient
    assert "ASCII" in str(error)
    assert "schl" not in "".join(traceback.format_exception(error))


# What goes wrong.


def said_back(heard: bytes) -> Answer:
    """A server that repeats what it heard where nobody expects it."""
    return b"you said " + heard + b"\r\n"


@pytest.mark.parametrize(
    "form",
    [
        PASSWORD.encode(),
        b'LOGIN "anna" "g\\"eh\\\\eim-47"',
        base64.b64encode(PASSWORD.encode()),
        base64.b64encode(f"\0anna\0{PASSWORD}".encode()),
        b"'" + PASSWORD.encode() + b"'",
    ],
)
@pytest.mark.parametrize("beginning", ["LOGIN", "EXAMINE"])
def test_a_server_that_repeats_the_password_does_not_have_it_told(form: bytes, beginning: str) -> None:
    with ImapServer(answers={beginning: said_back(form)}) as server:
        told = str(refusal(server))
    assert "you said" in told
    for part in ("eim-47", 'g"eh', base64.b64encode(PASSWORD.encode()).decode()[:-2], "GVpbS00N"):
        assert part not in told


@pytest.mark.parametrize("challenge", [b"+ abcde\r\n", b"+ YQ\r\n"])
def test_a_challenge_that_is_none_is_told(challenge: bytes) -> None:
    with ImapServer(answers={"AUTHENTICATE": challenge}) as server:
        assert refusal(server, password="schlüssel").transient  # noqa: S106


#: What imaplib's commands begin with where its dice fall so.
DICE, TAG = 4096, b"BAAA"
TAGGED = tuple(TAG + b"%d %b\r\n" % (number, word) for number in range(3, 8) for word in (b"OK x", b"NO x", b"BAD"))
WORDS = (
    b"UID 1 ",
    b"UID 2 ",
    b"BODY[]<0> ",
    b"{3}",
    b"{0}",
    b"{-1}",
    b"{99}",
    b"abc",
    b")",
    b"\r\n",
    b"\n",
    b'""',
    b"\xff",
)
LINES = (b"* 1 FETCH (", b"* SEARCH 1 2", b"* BYE ", b"* OK [UIDVALIDITY 9] ", b"* OK ", b"+ ", b"NIL")
SUMMARIES = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)]<0> {4}\r\n\r\n\r\n RFC822.SIZE 3)\r\n"
WELL = [b"* SEARCH 1\r\n", TAGGED[0], SUMMARIES, TAGGED[3], b"* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc)\r\n", TAGGED[6]]


def read_from(answers: bytes) -> list[tuple[Mark, Letter | None]]:
    """What is read from a server that has said all before it is asked."""
    ours, theirs = socket.socketpair()
    begin = b"* OK hello\r\n* CAPABILITY IMAP4rev1\r\n%b0 OK x\r\n%b1 OK x\r\n* OK [UIDVALIDITY 7] x\r\n%b2 OK x\r\n"
    with (
        ours,
        theirs,
        mock.patch.object(guard, "connect", return_value=ours),
        mock.patch.object(Conversation, "on_this_machine", return_value=True),
        mock.patch("imaplib.random.randint", return_value=DICE),
    ):
        theirs.sendall(begin.replace(b"%b", TAG) + answers)
        theirs.shutdown(socket.SHUT_WR)
        return list(letters("imap://a@h/INBOX", PASSWORD, Mark(), since=DAY, limit=50, timeout=5))


@given(st.data())
def test_whatever_a_server_says_it_is_read_or_told(data: st.DataObject) -> None:
    said = list(WELL)
    for piece in data.draw(st.lists(st.sampled_from((*TAGGED, *WORDS, *LINES)), max_size=6)):
        said.insert(data.draw(st.integers(0, len(said))), piece)
    try:
        found = read_from(b"".join(said))
    except DeliveryError as error:
        event(error.reason[:50])
        return
    event("read")
    assert all(mark.validity == 7 for mark, _ in found)


def test_what_a_server_says_well_is_read() -> None:
    assert read_from(b"".join(WELL)) == [(Mark(validity=7, uid=1), Letter(uid=1, content=b"abc"))]


def test_a_wrong_password_is_final_and_never_told() -> None:
    echo = b'{tag} NO sorry anna, "g\\"eh\\\\eim-47" or g"eh\\eim-47 or \x1b[31m' + base64.b64encode(PASSWORD.encode())
    with ImapServer(answers={"LOGIN": echo + b"\r\n"}) as server:
        error = refusal(server)
    assert not error.transient
    assert str(error).startswith("127.0.0.1/INBOX: the log-in was refused: sorry anna,")
    assert "check the user" in str(error)
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(pickle.loads(pickle.dumps(error)))  # noqa: S301
    for form in (PASSWORD, r"g\"eh\\eim-47", base64.b64encode(PASSWORD.encode()).decode(), "\x1b"):
        assert form not in shown


@pytest.mark.parametrize(
    ("beginning", "answer", "transient", "told"),
    [
        ("LOGIN", b"{tag} NO [UNAVAILABLE] later\r\n", True, "log-in was refused for now"),
        ("LOGIN", b"{tag} NO [ALERT] Too many simultaneous connections. (Failure)\r\n", True, "Too many simult"),
        ("LOGIN", b"{tag} NO Please try again with another password\r\n", False, "log-in was refused"),
        ("EXAMINE", b"{tag} NO no such folder\r\n", False, "folder cannot be opened: no such folder"),
        ("EXAMINE", b"{tag} NO Gone (0.001 + 0.000 + 0.1 secs).\r\n", False, "cannot be opened: Gone; check"),
        ("EXAMINE", b"{tag} NO [INUSE] locked\r\n", True, "cannot be opened for now"),
        ("EXAMINE", b"{tag} BAD what?\r\n", True, "what?"),
        ("EXAMINE", b"* 3 EXISTS\r\n{tag} OK done\r\n", False, "UIDVALIDITY"),
        ("EXAMINE", b"* BYE going down\r\n", True, "going down"),
        ("UID SEARCH", b"{tag} NO busy\r\n", True, "cannot be listed: busy"),
        ("UID SEARCH", None, True, "connection was lost"),
        ("UID FETCH 1 (UID BODY", b"{tag} NO [SERVERBUG] broken mail\r\n", True, "mail 1 cannot be read"),
        ("UID FETCH 1 (UID BODY", b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}\r\n", True, "announced more"),
        ("UID FETCH 1 (UID BODY", b"* 1 FETCH (UID 1 BODY[]<0> {9}\r\nabc", True, "said nothing for"),
        ("UID FETCH 1 (UID BODY", b"* 1 FETCH (UID 1 BODY[]<0> {x}\r\n{tag} OK\r\n", True, "unexpected response"),
        ("UID FETCH", b"\x00\xff\xfe\r\n", True, "as IMAP servers do"),
        ("UID FETCH", b"a9999 OK not yours\r\n", True, "as IMAP servers do"),
        ("CAPABILITY", b"* CAPABILITY {3}\r\nabc\r\n" + OK, True, "not IMAP4 compliant"),
        ("UID SEARCH", b"* SEARCH {3}\r\n1 2\r\n* BYE {3}\r\nabc {3}\r\nabc\r\n", True, "as IMAP servers do"),
        ("CAPABILITY", b"* CAPABILITY \xff\r\n" + OK, True, "makes no sense"),
        ("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {" + b"1" * 5000 + b"}\r\n", True, "makes no sense"),
        ("CAPABILITY", b"* CAPABILITY POP3\r\n" + OK, True, "not IMAP4 compliant"),
    ],
)
def test_what_servers_do_wrong_is_told_with_place_and_reason(
    beginning: str, answer: Answer, transient: bool, told: str
) -> None:
    with ImapServer({1: mail(1)}, answers={beginning: answer}) as server:
        error = refusal(server, timeout=0.2 if "said nothing" in told else 10)
    assert (error.target, error.transient) == ("127.0.0.1/INBOX", transient)
    assert told in error.reason
    assert "\n" not in str(error)
    assert PASSWORD not in str(error)


@pytest.mark.parametrize(
    "greeting", [b"* BYE full\r\n", b"HTTP/1.1 400 Bad\r\n", b"SSH-2.0-x\r\n", b"* OK {5}\r\nabcde"]
)
def test_a_greeting_of_something_else_is_told(greeting: bytes) -> None:
    with ImapServer(greeting=greeting) as server:
        assert refusal(server, timeout=0.3).transient


def test_a_server_that_never_ends_is_left_and_fills_no_memory() -> None:
    flood = b"* OK " + b"x" * (24 * MIB) + b"\r\n"
    with ImapServer({1: mail(1)}, answers={"UID FETCH": flood}) as server:
        tracemalloc.start()
        error = refusal(server)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert error.transient
    assert "sent more than was asked for" in str(error)
    # What the server itself holds is in there.
    assert peak < 24 * MIB * 2 + 12 * MIB


def test_a_server_that_always_says_something_is_left_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    # As if ten times a silence were over at once.
    monkeypatch.setattr("broadsheet.fetch.imap._PATIENCE", 0)
    with ImapServer({1: mail(1)}) as server:
        error = refusal(server)
    assert error.transient
    assert "took longer than 0 s in all" in str(error)


def test_what_came_before_the_connection_broke_has_come() -> None:
    with ImapServer({1: mail(1), 2: mail(2)}) as server:
        server.answers["UID FETCH 2 (UID BODY"] = None
        reading = letters(server.url(), PASSWORD, Mark(), since=DAY, limit=MIB, allow_private=True)
        assert next(reading)[0] == Mark(validity=7, uid=1)
        with pytest.raises(DeliveryError, match="connection was lost"):
            next(reading)
        del server.answers["UID FETCH 2 (UID BODY"]
        assert [mark.uid for mark, _ in read(server, Mark(validity=7, uid=1))] == [2]


def test_nobody_there_is_told() -> None:
    with ImapServer() as server:
        url = server.url()
    with pytest.raises(DeliveryError, match="cannot be reached") as caught:
        list(letters(url, PASSWORD, Mark(), since=DAY, limit=MIB, allow_private=True))
    assert caught.value.transient


def test_addresses_of_this_house_are_not_asked_unless_allowed() -> None:
    with ImapServer() as server:
        error = refusal(server, allow_private=False)
    assert not error.transient
    assert "allow_private = true" in str(error)
    assert server.heard == []


# TLS.


def test_tls_is_checked(tmp_path: Path) -> None:
    context, file = certificate(tmp_path)
    with ImapServer({1: mail(1)}, tls=context) as server:
        url = server.url(scheme="imaps")
        assert len(read(server, url=url, ca=file)) == 1
        error = refusal(server, url=url)
    assert "its certificate is not valid" in str(error)
    assert len(server.commands("LOGIN")) == 1


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    context, file = certificate(tmp_path)
    with ImapServer(tls=context) as server:
        assert "its certificate is not valid" in str(
            refusal(server, url=server.url(host="localhost", scheme="imaps"), ca=file)
        )
    assert server.heard == []


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the server were another machine."""
    monkeypatch.setattr(Conversation, "on_this_machine", lambda _: False)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("greeting", [b"* OK hello\r\n", b"* PREAUTH welcome\r\n"])
def test_no_password_is_told_without_tls(greeting: bytes) -> None:
    capable = b"IMAP4rev1 STARTTLS" if b"PREAUTH" in greeting else b"IMAP4rev1"
    with ImapServer({1: mail(1)}, greeting=greeting, capabilities=capable) as server:
        error = refusal(server)
    assert not error.transient
    assert "no encryption" in str(error)
    assert server.heard == ["CAPABILITY", "LOGOUT"]


@pytest.mark.usefixtures("far")
def test_imap_goes_over_to_tls_first(tmp_path: Path) -> None:
    context, file = certificate(tmp_path)
    with ImapServer({1: mail(1)}, tls=context, capabilities=b"IMAP4rev1 STARTTLS LOGINDISABLED AUTH=PLAIN") as server:
        server.answers["AUTHENTICATE PLAIN"] = b"+ \r\n"
        assert len(read(server, ca=file)) == 1
        assert server.heard[:4] == ["CAPABILITY", "STARTTLS", "CAPABILITY", "AUTHENTICATE PLAIN"]
        assert "its certificate is not valid" in str(refusal(server))
    assert (len(server.commands("STARTTLS")), len(server.commands("AUTHENTICATE"))) == (2, 1)


@pytest.mark.usefixtures("far")
def test_what_was_said_before_tls_does_not_pass_for_what_is_said_behind_it(tmp_path: Path) -> None:
    context, file = certificate(tmp_path)
    with ImapServer({1: mail(1)}, tls=context, capabilities=b"IMAP4rev1 STARTTLS") as server:
        server.answers["STARTTLS"] = OK + b"* BYE injected\r\n"
        assert [letter and letter.uid for _, letter in read(server, ca=file)] == [1]


# Addresses.


@pytest.mark.parametrize(
    ("url", "user", "host", "port", "folder"),
    [
        ("imaps://me@imap.example.org/INBOX", "me", "imap.example.org", 993, "INBOX"),
        ("imap://me@imap.example.org/a@b/c", "me", "imap.example.org", 143, "a@b/c"),
        ("imaps://me@example.org@imap.example.org:1993/a?b#c", "me@example.org", "imap.example.org", 1993, "a?b#c"),
    ],
)
def test_addresses_are_taken_apart(url: str, user: str, host: str, port: int, folder: str) -> None:
    found = address(url)
    assert (found.user, found.host, found.port, found.folder) == (user, host, port, folder)


@pytest.mark.parametrize(
    "url", ["imaps://me@h/a%0D%0AA1%20LOGOUT", "imaps://me%0A@h/INBOX", "http://me@h/INBOX", "imaps://h/I"]
)
def test_an_address_that_could_say_more_is_refused(url: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        address(url)
    assert not caught.value.transient


def test_a_password_with_a_line_break_is_refused_before_it_is_told() -> None:
    with ImapServer() as server:
        error = refusal(server, password="abc\r\nA1 DELETE INBOX")  # noqa: S106
    assert "control character" in str(error)
    assert "DELETE" not in str(error)
    assert not server.commands("LOGIN")
