"""Mails signed by their domain (DKIM, RFC 6376), so that receivers know them from forgeries. Needs the extra `dkim`.

Signs what a reader sees and what mail programs act upon, and the whole body. Two signatures of one mail differ: the
time of signing is in them. So a mail is signed once, before its bytes are stored.
"""

from __future__ import annotations

import re

from ..errors import DeliveryError

#: What is signed of a mail that has it; the two for unsubscribing because RFC 8058 wants them signed.
SIGNED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
)


def signed(content: bytes, *, selector: str, domain: str, key: str) -> bytes:
    """The mail with a DKIM-Signature before its other headers.

    content: a mail, its lines ended by CRLF. key: an RSA private key (PEM). Raises DeliveryError where the extra is
    missing or the key is none; never with the key in its text.
    """
    try:
        import dkim  # type: ignore[import-untyped]
    except ImportError:
        remedy = "pip install 'broadsheet[dkim]', or take [dkim] out of deliveries.toml"
        raise DeliveryError("dkim", f"signing needs dkimpy: {remedy}") from None
    head = content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    present = [name.encode() for name in SIGNED if re.search(f"^{name}:", head, re.IGNORECASE | re.MULTILINE)]
    try:
        signature = dkim.sign(
            content,
            selector.encode("ascii"),
            domain.encode("ascii"),
            key.encode("ascii"),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=present,
        )
    except Exception as error:  # dkimpy lets whatever its own parser of keys stumbles over go out
        # Without the cause: a frame or an argument of it may hold the key.
        reason = f"the mail cannot be signed ({type(error).__name__}); check key in [dkim]: an RSA private key in PEM"
        raise DeliveryError("dkim", reason) from None
    return bytes(signature) + content
