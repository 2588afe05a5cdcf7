"""Made-up mails, senders and receivers."""

from __future__ import annotations

SENDER, READER, OTHER = "digests@example.org", "reader@example.net", "other@example.net"


def mail(*lines: str, subject: str = "made up") -> bytes:
    """A mail whose body has these lines."""
    head = (f"From: <{SENDER}>", f"To: <{READER}>", f"Subject: {subject}", "")
    return "".join(f"{line}\r\n" for line in (*head, *lines)).encode("ascii")


MAIL = mail("one line", ".", "..", ".a line", "x" * 998, "", "")
