"""The operator hears of each failure once, of the end of it once, and of nothing else."""

from __future__ import annotations

import email
import email.policy
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet import config, noticing
from broadsheet.access import Access
from broadsheet.deliver.outcome import Outcome
from broadsheet.deliver.smtp_session import fault_in
from broadsheet.errors import BroadsheetError
from broadsheet.noticing import letters, memory
from broadsheet.workspace import Workspace
from tests.deliver.smtp_server import serving
from tests.desk import Desk

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPERATOR = "op@example.net"
LOST = "the store cannot be opened: disk I/O error at page 17"


class Office:
    """A workspace, an operator, and the mails that reach them."""

    def __init__(self, root: Path, timezone: str = "Europe/Berlin") -> None:
        self.workspace = Workspace(root=root)
        self.settings = config.Settings(timezone=timezone)
        self.deliveries = config.Deliveries(
            smtp=config.Smtp(host="127.0.0.1", port=9, security="none"), operator=config.Operator(mail=OPERATOR)
        )
        self.mails: list[bytes] = []
        self.outcome = Outcome(state="sent")
        self.told: list[str] = []

    def send(self, sender: str, receiver: str, content: bytes) -> Outcome:
        assert (sender, receiver) == ("digests@broadsheet.invalid", OPERATOR)
        assert fault_in(content) == ""
        if self.outcome.state == "sent":
            self.mails.append(content)
        return self.outcome

    def bad(self, now: datetime, *failures: str) -> bool:
        return noticing.notify(
            self.workspace,
            self.deliveries,
            self.settings,
            failures=failures or (LOST,),
            access=Access(),
            now=now,
            send=self.send,
            tell=self.told.append,
        )

    def good(self, now: datetime) -> bool:
        return noticing.recover(
            self.workspace,
            self.deliveries,
            self.settings,
            access=Access(),
            now=now,
            send=self.send,
            tell=self.told.append,
        )

    def subjects(self) -> list[str]:
        return [str(email.message_from_bytes(mail, policy=email.policy.default)["Subject"]) for mail in self.mails]

    def text(self, number: int = -1) -> str:
        message = email.message_from_bytes(self.mails[number], policy=email.policy.default)
        return str(message.get_content()).replace("\r\n", "\n")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    # What cannot be kept in the workspace goes where temporary files go.
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "papers").mkdir()
    return Office(tmp_path / "papers")


def test_a_failure_is_told_with_what_to_do(office: Office) -> None:
    assert office.bad(NOW)
    assert office.subjects() == ["Broadsheet on papers: the run of 2026-06-01 failed"]
    text = office.text()
    assert f"In the run of 2026-06-01, 06:00 CEST, in {office.workspace.root}, this failed:" in text
    assert f"- {LOST}\n" in text
    assert "broadsheet status" in text
    assert "broadsheet run" in text
    assert "after 24 hours" in text
    message = email.message_from_bytes(office.mails[0])
    assert message["To"] == f"<{OPERATOR}>"
    assert message["From"] == "Broadsheet <digests@broadsheet.invalid>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Mon, 01 Jun 2026 04:00:00 +0000"


def test_once_not_every_minute(office: Office) -> None:
    sent = [office.bad(NOW + n * 5 * MINUTE, f"page {n} of the store is lost") for n in range(23 * 12)]
    assert sent == [True] + [False] * (23 * 12 - 1)
    assert office.bad(NOW + DAY, "page 7 of the store is lost")
    assert "since 2026-06-01 06:00, 277 times so far" in office.text()


def test_a_daily_run_that_begins_a_little_early_is_told_every_day(office: Office) -> None:
    seconds = (3, 1, 2, 0, 4)
    assert all(office.bad(NOW + n * DAY + timedelta(seconds=second)) for n, second in enumerate(seconds))


def test_all_is_well_is_told_once(office: Office) -> None:
    office.bad(NOW)
    office.bad(NOW + HOUR, "another failure")
    assert office.good(NOW + 2 * HOUR)
    assert not office.good(NOW + 3 * HOUR)
    assert office.subjects()[-1] == "Broadsheet on papers: all is well again"
    assert "Over is what failed since 2026-06-01 06:00:" in office.text()
    assert f"- {LOST}\n- another failure\n" in office.text()
    # And it is news when it comes back.
    assert office.bad(NOW + 4 * HOUR)


def test_nothing_failed_and_nothing_is_told(office: Office) -> None:
    assert not office.good(NOW)
    assert office.mails == []
    assert not office.workspace.state.exists()


def test_a_second_failure_is_told_beside_the_first(office: Office) -> None:
    office.bad(NOW, "one")
    assert office.bad(NOW + MINUTE, "one", "two")
    assert not office.bad(NOW + 2 * MINUTE, "two")
    assert "- one\n  since 2026-06-01 06:00, 2 times so far\n- two\n" in office.text()


def test_no_more_than_six_a_day_and_the_last_is_bad_news(office: Office) -> None:
    for number in range(24 * 6 - 1):
        office.bad(NOW + number * 10 * MINUTE, f"failure {'x' * number}")
        office.good(NOW + number * 10 * MINUTE)
    subjects = Counter("failed" if "failed" in subject else "well" for subject in office.subjects())
    assert sum(subjects.values()) == noticing.MOST
    assert "failed" in office.subjects()[-1]
    # What was not said is said when there is room again.
    assert office.good(NOW + DAY + HOUR)


def test_a_mail_that_could_not_go_out_is_tried_again(office: Office) -> None:
    office.outcome = Outcome(state="later", told="smtp.example.org:587: refuses the log-in")
    assert not office.bad(NOW)
    assert office.told == ["the operator could not be told: smtp.example.org:587: refuses the log-in"]
    office.outcome = Outcome(state="sent")
    assert office.bad(NOW + MINUTE)
    assert "since 2026-06-01 06:00, 2 times so far" in office.text()
    office.outcome = Outcome(state="failed", told="no")
    assert not office.good(NOW + HOUR)
    office.outcome = Outcome(state="sent")
    assert office.good(NOW + 2 * HOUR)


def test_a_failure_that_was_over_before_it_could_be_told_is_forgotten(office: Office) -> None:
    office.outcome = Outcome(state="later", told="no")
    office.bad(NOW)
    office.outcome = Outcome(state="sent")
    assert not office.good(NOW + HOUR)
    office.bad(NOW + 2 * HOUR)
    assert "times so far" not in office.text()


def test_nobody_to_tell(office: Office) -> None:
    smtp, operator = office.deliveries.smtp, office.deliveries.operator
    for office.deliveries in (
        config.Deliveries(),
        config.Deliveries(smtp=smtp),
        config.Deliveries(operator=operator),
    ):
        assert not office.bad(NOW)
        assert not office.good(NOW)
    assert (office.mails, office.told) == ([], [])
    assert not office.workspace.state.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b'{"at": 1}',
        b'{"at": "2026-06-01", "troubles": {}, "mails": []}',
    ],
)
def test_a_damaged_memory_counts_as_none(office: Office, content: bytes) -> None:
    office.workspace.state.mkdir()
    (office.workspace.state / memory.NAME).write_bytes(content)
    assert office.bad(NOW)
    assert not office.bad(NOW + MINUTE)


def test_the_memory_holds_what_it_is_told(tmp_path: Path) -> None:
    told = memory.Memory(
        at=NOW,
        troubles={
            "a": memory.Trouble(text="ä", since=NOW, last=NOW + HOUR, told=NOW, times=3),
            "b": memory.Trouble(text="b", since=NOW, last=NOW),
        },
        mails=(NOW, NOW + HOUR),
    )
    assert memory.keep(tmp_path / "state", told)
    assert memory.kept(tmp_path / "state") == told
    assert [file.name for file in (tmp_path / "state").iterdir()] == [memory.NAME]


@pytest.fixture
def full(office: Office, monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Folders that cannot be written."""
    folders = {office.workspace.state}
    make = tempfile.mkstemp

    def mkstemp(prefix: str, dir: Path) -> tuple[int, str]:  # noqa: A002  (its name in the standard library)
        if dir in folders:
            raise OSError(28, "No space left on device")
        return make(prefix=prefix, dir=dir)

    monkeypatch.setattr(tempfile, "mkstemp", mkstemp)
    return folders


def test_a_full_disk_is_told_once_too(office: Office, full: set[Path]) -> None:
    assert office.bad(NOW)
    assert not office.bad(NOW + MINUTE)
    full.clear()
    assert not office.bad(NOW + 2 * MINUTE)
    assert office.good(NOW + 3 * MINUTE)
    assert not office.good(NOW + 4 * MINUTE)


def test_who_can_remember_nothing_tells_nothing(office: Office, full: set[Path]) -> None:
    full.add(Path(tempfile.gettempdir()))
    assert not office.bad(NOW)
    assert office.mails == []
    assert "cannot be written, so that every run would tell it anew" in office.told[0]


def test_a_file_that_somebody_else_left_is_not_believed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = list(memory._places(office.workspace.state))[1]
    forged = memory.Memory(at=NOW + 9 * DAY, mails=(NOW,) * 10)
    monkeypatch.setattr(memory, "_places", lambda state: iter([elsewhere]))
    assert memory.keep(office.workspace.state, forged)
    target = elsewhere.rename(elsewhere.with_name("target"))
    elsewhere.symlink_to(target)
    assert memory.kept(office.workspace.state) == memory.Memory()
    elsewhere.unlink()
    target.rename(elsewhere)
    assert memory.kept(office.workspace.state) == forged
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert memory.kept(office.workspace.state) == memory.Memory()


def test_a_clock_that_was_wrong_silences_nobody(office: Office) -> None:
    office.bad(NOW + 3650 * DAY)
    assert office.bad(NOW)
    assert not office.bad(NOW + MINUTE)


def odd_texts() -> Iterator[str]:
    breaks = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0")
    tails = (
        "Bcc: all@example.com",
        ".\r\nMAIL FROM:<a@example.com>",
        "=?utf-8?q?=0ABcc:_x?=",
        "\u202eturned",
        "\udcff",
    )
    words = (
        "dump.txt",
        "",
        " ",
        "ä",
        "x" * 2000,
        '"',
        "<a@example.com>",
        "=?utf-8?q?x?=",
        "-- ",
        "From here",
        ".",
        "\t",
    )
    for tail in tails:
        for first in words:
            for between in (*breaks, "", " ", *(pair + pair for pair in breaks[:6])):
                yield f"{first}{between}{tail}"


def test_a_thousand_odd_texts_begin_no_header_and_end_no_mail(tmp_path: Path) -> None:
    texts = list(odd_texts())
    assert len(texts) > 1000
    wanted: list[str] | None = None
    for number, text in enumerate(texts):
        # As a failure, and as the name of the folder.
        office = Office(tmp_path / f"{number}" / text.replace("/", "").replace("\0", "")[:80])
        desk = letters.Desk(root=office.workspace.root, settings=office.settings, operator=OPERATOR)
        trouble = memory.Trouble(text=letters.summed(text), since=NOW, last=NOW)
        content = letters.failed(desk, (trouble,), 24, NOW)
        assert fault_in(content) == ""
        message = email.message_from_bytes(content)
        assert wanted is None or message.keys() == wanted, text
        wanted = message.keys()
        assert not message.defects
        assert message["To"] == f"<{OPERATOR}>"


def test_many_failures_make_one_short_mail(office: Office) -> None:
    office.bad(NOW, *(f"failure {'x' * n}" for n in range(300)))
    assert len(office.mails) == 1
    assert "- and 280 more" in office.text()
    assert len(office.mails[0]) < 20_000


def test_a_failure_of_several_lines_is_told_in_several(office: Office) -> None:
    office.bad(
        NOW, "settings.toml:2:1: scheduel: is not known here\n    scheduel = 1\n    ^\n    did you mean schedule?\n"
    )
    assert (
        "- settings.toml:2:1: scheduel: is not known here\n  scheduel = 1\n  did you mean schedule?\n\n"
        in office.text()
    )
    office.bad(NOW, "\n".join(f"profiles/{'x' * n}.toml: wrong" for n in range(99)))
    assert office.text().count("toml: wrong") == 12


def written(root: Path, port: int, more: str = "") -> Workspace:
    (root / "config" / "profiles").mkdir(parents=True)
    (root / "config" / "profiles" / "serving.toml").write_text("[[rule]]\nwhen = 'cache'\n", encoding="utf-8")
    text = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n{more}[operator]\nmail = "{OPERATOR}"\n'
    (root / "config" / "deliveries.toml").write_text(text, encoding="utf-8")
    return Workspace(root=root)


def test_a_report_goes_through_the_configured_server(tmp_path: Path) -> None:
    with serving(login=("me", "sw0rdfish")) as server:
        workspace = written(tmp_path, server.port, 'user = "me"\npassword = "env:WORD"\n')
        access = Access(environment={"WORD": "sw0rdfish"})
        assert noticing.report(workspace, [LOST], access=access, now=NOW)
        assert noticing.report(workspace, (), access=access, now=NOW + HOUR)
        assert not noticing.report(workspace, (), access=access, now=NOW + 2 * HOUR)
    assert [taken.receiver for taken in server.mails] == [OPERATOR, OPERATOR]


def test_a_broken_configuration_is_told_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    with serving() as server:
        workspace = written(tmp_path, server.port)
        (tmp_path / "config" / "settings.toml").write_text("broken", encoding="utf-8")
        assert noticing.report(workspace, ["settings.toml:1: is not TOML"], access=Access(), now=NOW)
    told: list[str] = []
    (tmp_path / "config" / "deliveries.toml").write_text('[smtp]\npassword = "sw0rdfish"', encoding="utf-8")
    assert not noticing.report(workspace, [LOST], access=Access(), now=NOW, tell=told.append)
    assert len(told) == 1
    assert told[0].startswith("the operator could not be told: deliveries.toml:")
    assert "sw0rdfish" not in told[0]


@pytest.mark.parametrize("error", [BroadsheetError("no such block"), ValueError("sw0rdfish"), OSError(5, "sw0rdfish")])
def test_a_report_never_raises(tmp_path: Path, error: Exception) -> None:
    def blocks(name: str) -> str:
        raise error

    told: list[str] = []
    workspace = written(tmp_path, 9, 'user = "me"\npassword = "secret:word"\n')
    assert not noticing.report(workspace, [LOST], access=Access(blocks=blocks), now=NOW, tell=told.append)
    assert len(told) == 1
    assert "sw0rdfish" not in told[0]
    assert told[0].startswith("the operator could not be told: ")


def test_a_run_that_nobody_watches_tells_the_operator(desk: Desk) -> None:
    with serving() as server:
        written(desk.root, server.port)
        (desk.root / "state").mkdir()
        (desk.root / "state" / "broadsheet.db").write_bytes(b"no database" * 1000)
        for _ in range(3):
            assert desk("run", "--plain") == 1
        assert "broadsheet: " in desk.err
        (desk.root / "state" / "broadsheet.db").unlink()
        for _ in range(2):
            assert desk("run", "--plain") == 0
    first, second = (email.message_from_bytes(taken.content, policy=email.policy.default) for taken in server.mails)
    assert str(first["Subject"]).endswith("failed")
    assert "broadsheet.db" in str(first.get_content())
    assert str(second["Subject"]).endswith("all is well again")


def test_a_notice_that_fails_changes_no_exit_code(desk: Desk) -> None:
    written(desk.root, 9)
    desk.profile("limit = 0\n[[rule]]\nwhen = 'cache'\n")
    assert desk("run", "--plain") == 2
    assert "the operator could not be told: 127.0.0.1:9: cannot be reached: Connection refused" in desk.err
    assert "serving.toml:1" in desk.err
    kept = json.loads((desk.root / "state" / memory.NAME).read_text(encoding="utf-8"))
    assert [trouble["told"] for trouble in kept["troubles"].values()] == [None]


def test_a_person_at_the_terminal_is_told_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        written(desk.root, server.port)
        desk.profile("limit = 0\n[[rule]]\nwhen = 'cache'\n")
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", _Terminal())
            assert desk("run", "--plain") == 2
        assert server.mails == []
        assert desk("run", "--plain") == 2
    assert len(server.mails) == 1


def test_sending_that_nobody_watches_tells_what_fails_and_not_that_all_is_well(desk: Desk) -> None:
    with serving() as server:
        deliveries = written(desk.root, server.port).config / "deliveries.toml"
        # The chat is at a place that is no web address, which is known when it is told.
        chat = '[[delivery]]\nname = "chat"\nkind = "webhook"\nto = ["env:MADE_UP_WEBHOOK"]\nquiet = true\n'
        deliveries.write_text(f"{deliveries.read_text()}\n{chat}")
        assert desk("run", "--plain") == 3
        assert len(server.mails) == 1
        assert desk("deliver") == 3
        # They know already.
        assert len(server.mails) == 1
        (desk.root / "state" / memory.NAME).unlink()
        assert desk("deliver") == 3
        assert len(server.mails) == 2
        assert desk("deliver", "--drop", "1") == 0, desk.err
        assert desk("deliver") == 0, desk.err
    last = email.message_from_bytes(server.mails[-1].content, policy=email.policy.default)
    assert len(server.mails) == 2
    assert "MADE_UP_WEBHOOK" in str(last.get_content())


class _Terminal:
    def isatty(self) -> bool:
        return True
