"""The HTML of the mails of whole runs against the Nu checker, html-validate and what mail programs are known to show.

Mail has rules of its own: style stands in the elements, and tables say their width by attributes, because programs that
read no style sheet are many. Those findings alone are passed over.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.validators.conftest import CANIEMAIL, GET, HTML_VALIDATE, VNU
from tests.validators.test_pages import html_validate_says

pytestmark = [pytest.mark.validators, pytest.mark.slow]
nu = pytest.mark.skipif(not (VNU.exists() and shutil.which("java")), reason=f"needs the Nu checker: {GET}")
node = pytest.mark.skipif(not (HTML_VALIDATE.exists() and shutil.which("node")), reason=f"needs html-validate: {GET}")
clients = pytest.mark.skipif(not (CANIEMAIL.exists() and shutil.which("node")), reason=f"needs caniemail: {GET}")

#: What mail programs are known to leave out, and why it may stay: whatever else turns up is new, and a finding.
KNOWN = {
    "@media": "dark mode and small screens; without it the mail is light and as wide as it is",
    "<style> element": "holds the same @media rules",
    "display:none": "of the preview line; shown by one client in its phone's browser",
    "role attribute": "says that tables are no tables; those who leave it out read the same words",
    "word-break": "of words longer than a line; without it such a line is wide",
    "<body> element": "its colours stand on the table too",
    "height property": "the data's name for line-height, which is what there is",
}


@pytest.fixture(scope="module")
def mails(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HTML part of every mail, a file each."""
    folder = tmp_path_factory.mktemp("mails")
    for number, file in enumerate(sorted(published.rglob("mail.eml"))):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        part = mail.get_body(("html",))
        assert part, file
        (folder / f"{number}.html").write_text(part.get_content(), encoding="utf-8")
    assert len(list(folder.iterdir())) >= 8
    return folder


def nu_says(folder: Path) -> Iterator[str]:
    command = ["java", "-jar", str(VNU), "--format", "json", *map(str, sorted(folder.glob("*.html")))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    for one in json.loads(done.stderr)["messages"]:
        if "is obsolete" not in one["message"]:
            yield f"{one['url']}:{one['lastLine']}: {one['message']}"


def unsupported(folder: Path) -> set[str]:
    """The names of features that some mail program does not show."""
    command = ["node", str(Path(__file__).with_name("caniemail.mjs")), *map(str, sorted(folder.glob("*.html")))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return {json.loads(line)["feature"] for line in done.stdout.splitlines()}


@nu
def test_the_nu_checker_has_nothing_else_to_say(mails: Path) -> None:
    assert list(nu_says(mails)) == []


@node
def test_html_validate_has_nothing_else_to_say(mails: Path, tmp_path: Path) -> None:
    told = html_validate_says(mails, tmp_path / "report.json")
    assert [line for line in told if "no-inline-style" not in line and "no-deprecated-attr" not in line] == []


@clients
def test_mail_programs_leave_out_nothing_that_is_not_known(mails: Path) -> None:
    assert unsupported(mails) == KNOWN.keys()


@clients
def test_what_mail_programs_leave_out_is_found(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text('<p style="position: sticky; transform: none">a <svg></svg></p>')
    assert {"position", "transform", "<svg> element"} & unsupported(tmp_path)


@nu
def test_what_is_wrong_in_a_mail_is_found(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text('<!DOCTYPE html><html lang="en"><title>x</title><p id="a"><b id="a">x</p>')
    assert "Duplicate ID" in "\n".join(nu_says(tmp_path))
