"""A real OpenSMTPD on loopback, for tests marked `mailservers`: apt-get install opensmtpd (.ci/run does it).

Its spool and its control socket have fixed places, so it gets a mount namespace of its own, where these are folders of
the test's: that, and the program itself, need root. It puts mails into the Maildirs that Dovecot serves.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("smtpd") or "/usr/sbin/smtpd"

_START = """
mount --bind {base}/spool /var/spool/smtpd && mount --bind {base}/run /run && exec {program} -d -f {base}/conf
"""
_CONFIG = """
table receivers {{ {receivers} }}
{filters}
listen on 127.0.0.1 port {port} hostname "mx.example.net" {chain}
action "in" maildir "{mails}/%{{rcpt.user}}" virtual <receivers>
match from any for domain "example.net" action "in"
"""
_LATER = 'filter "later" phase rcpt-to match rcpt-to {{ {} }} reject "451 4.2.1 the mailbox is busy, come back later"'
_NEVER = 'filter "never" phase rcpt-to match rcpt-to {{ {} }} reject "550 5.2.1 the mailbox is closed"'


@dataclass(slots=True)
class Post:
    """A mail server that can be stopped, and started with other rules; what it has not delivered yet it keeps."""

    port: int
    _base: Path
    _mails: Path
    _users: tuple[str, ...]
    _process: subprocess.Popen[bytes] | None = None

    def start(self, *, later: Sequence[str] = (), never: Sequence[str] = ()) -> int:
        """Begin to listen, at which port; later, never: addresses it answers with 451 and 550."""
        filters = [(name, rule, who) for name, rule, who in (("later", _LATER, later), ("never", _NEVER, never)) if who]
        config = _CONFIG.format(
            receivers=", ".join(f'"{user}@example.net" = "nobody"' for user in self._users),
            filters="\n".join(rule.format(", ".join(f'"{one}"' for one in who)) for _, rule, who in filters),
            chain=f"filter {{ {', '.join(name for name, _, _ in filters)} }}" if filters else "",
            port=self.port,
            mails=self._mails,
        )
        (self._base / "conf").write_text(config, encoding="utf-8")
        command = ["unshare", "--mount", "sh", "-c", _START.format(base=self._base, program=PROGRAM)]
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
            # A container that may not: then with the machine's own spool, one such test at a time.
            command = [PROGRAM, "-d", "-f", str(self._base / "conf")]
        with (self._base / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                    connection.recv(100)
                return self.port
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    log_text = (self._base / "log").read_text(errors="replace")
                    raise AssertionError(f"OpenSMTPD does not listen: {log_text}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Nobody is there any more."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(10)


@contextmanager
def post(mails: Path, users: Sequence[str]) -> Iterator[Post]:
    """A server for users at example.net, whose Maildirs lie in a folder; not started yet."""
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="smtpd-", dir="/tmp"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        base.chmod(0o755)
        (base / "spool").mkdir()
        # What the program wants of the folder that it calls its own.
        os.chmod(base / "spool", 0o711)  # noqa: PTH101, S103
        (base / "run").mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        found = Post(port, base, mails, tuple(users))
        stack.callback(found.stop)
        yield found
