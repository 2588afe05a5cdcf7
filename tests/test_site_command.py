"""`broadsheet site`: made again, and shown."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.desk import Desk
from tests.pages import CACHE, ORCHID

ROOT = Path(__file__).parents[1]
PROFILE = '[[rule]]\nwhen = "cache"\n'


def test_a_rebuild_makes_everything_and_says_how_much(desk: Desk) -> None:
    desk.profile(PROFILE)
    desk.morning(1, [CACHE, ORCHID])
    (desk.root / "output" / "site" / "index.html").unlink()
    assert desk("site", "--rebuild") == 0
    assert desk.out == ""
    assert re.search(r"\d+ files made, 1 of them new or changed: ", desk.err)
    assert (desk.root / "output" / "site" / "index.html").is_file()


def test_a_workspace_without_a_run_has_a_site_that_says_so(desk: Desk) -> None:
    desk.profile(PROFILE)
    assert desk("site", "--rebuild") == 0
    assert "Nothing has been printed" in (desk.root / "output" / "site" / "index.html").read_text(encoding="utf-8")


def test_what_cannot_be_meant_is_said(desk: Desk) -> None:
    assert desk("site", "--rebuild", "--no-rebuild") == 2
    assert desk("site", "--no-rebuild") == 2
    assert "holds no site yet" in desk.err


def test_the_preview_answers_until_it_is_interrupted(desk: Desk) -> None:
    desk.profile(PROFILE)
    desk.morning(1, [CACHE])
    command = [sys.executable, "-m", "broadsheet", "-C", str(desk.root), "site", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as preview:
        assert preview.stdout is not None
        address = preview.stdout.readline().strip()
        port = int(address.rpartition(":")[2].strip("/"))
        connection = http.client.HTTPConnection("localhost", port, timeout=10)
        connection.request("GET", "/serving/2026-06-01/")
        answer = connection.getresponse()
        assert answer.status == 200
        assert CACHE[0].split(":")[0].encode() in answer.read()
        connection.close()
        preview.send_signal(2)
        assert preview.wait(timeout=20) == 0
