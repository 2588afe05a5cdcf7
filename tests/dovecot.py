"""A real Dovecot on loopback, for tests marked `mailservers`: apt-get install dovecot-imapd (.ci/run does it).

Works as root and as anybody else: Dovecot never reads mail as root, so there the mails belong to nobody; else every
process is the user's. All of it lies in a short folder under /tmp: paths of sockets may have only 108 characters, and
nobody cannot reach into the folders of pytest.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"

_CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/certificate.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{mails}/%u
auth_failure_delay = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mails}/%u
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """Where it listens, and where the mails of its users lie."""

    host: str
    port: int
    tls_port: int
    #: To be trusted for `localhost`.
    certificate: Path
    #: A Maildir for each user.
    mails: Path
    #: Whose they are.
    owner: tuple[int, int]

    def url(self, user: str, folder: str = "INBOX", *, tls: bool = False) -> str:
        """The address of a folder."""
        port, host = (self.tls_port, "localhost") if tls else (self.port, self.host)
        return f"imap{'s' if tls else ''}://{user}@{host}:{port}/{quote(folder)}"

    def put(self, user: str, content: bytes, name: str, folder: str = "") -> Path:
        """Let a mail arrive; its name begins with the time it came at, in seconds since 1970, and a point."""
        place = self.mails / user / (f".{folder}" if folder else "")
        for part in ("tmp", "new", "cur"):
            (place / part).mkdir(parents=True, exist_ok=True)
        (place / "tmp" / name).write_bytes(content)
        arrived = int(name.partition(".")[0])
        os.utime(place / "tmp" / name, (arrived, arrived))
        for path in (place, *place.rglob("*")):
            os.chown(path, *self.owner)
        return (place / "tmp" / name).rename(place / "new" / name)


@contextmanager
def dovecot(users: Mapping[str, str]) -> Iterator[Dovecot]:
    """A server for users (name -> password); it ends with the block, and takes their mails with it."""
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        base.chmod(0o755)
        nobody = pwd.getpwnam("nobody")
        found = Dovecot(
            host="127.0.0.1",
            port=_free(),
            tls_port=_free(),
            certificate=base / "certificate.pem",
            mails=base / "mails",
            owner=(os.getuid(), os.getgid()) if os.getuid() else (nobody.pw_uid, nobody.pw_gid),
        )
        for folder in (found.mails, *(found.mails / user for user in users)):
            folder.mkdir()
            os.chown(folder, *found.owner)
        _certify(base)
        lines = "".join(f"{user}:{password}\n" for user, password in users.items())
        (base / "users").write_text(lines, encoding="utf-8")
        (base / "conf").write_text(_config(base, found), encoding="utf-8")
        with (base / "errors").open("wb") as errors:
            process = subprocess.Popen(
                [PROGRAM, "-F", "-c", str(base / "conf")], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )
        stack.callback(_stop, process)
        _await(process, found, base)
        yield found


def _config(base: Path, found: Dovecot) -> str:
    me = pwd.getpwuid(os.getuid())
    root = me.pw_uid == 0
    return _CONFIG.format(
        base=base,
        mails=found.mails,
        port=found.port,
        tls_port=found.tls_port,
        internal="dovecot" if root else me.pw_name,
        internal_group="dovecot" if root else grp.getgrgid(me.pw_gid).gr_name,
        login="dovenull" if root else me.pw_name,
        uid=found.owner[0],
        gid=found.owner[1],
    )


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _certify(base: Path) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(base / "key.pem")]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    out = ["-out", str(base / "certificate.pem")]
    subprocess.run(["openssl", "req", "-x509", *key, *name, *out], check=True, capture_output=True)


def _await(process: subprocess.Popen[bytes], found: Dovecot, base: Path) -> None:
    """Until it greets at both ports."""
    end = time.monotonic() + 20
    for port in (found.port, found.tls_port):
        while True:
            try:
                socket.create_connection((found.host, port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    said = [
                        file.read_text(errors="replace") for file in (base / "errors", base / "log") if file.exists()
                    ]
                    raise AssertionError(f"Dovecot does not listen: {' '.join(said)}") from None
                time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
