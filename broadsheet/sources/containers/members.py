"""Which members of an archive or a mail are no listings: what systems leave behind, pictures, signatures.

The names here decide only what is passed over with a note, never how something is read.
"""

from __future__ import annotations

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\0\0\1\0", b"II*\0", b"MM\0*")
_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x30\x80\x06\x09": "a signature",
    b"\x30\x82": "a signature",
    b"-----BEGIN PGP SIGNATURE": "a signature",
    b"BEGIN:VCARD": "a visiting card",
    b"BEGIN:VCALENDAR": "an appointment",
    b"\x00asm": "a program",
    b"wOFF": "a font",
    b"wOF2": "a font",
}


def hidden(name: str) -> str:
    """Why a member of this name is no dump, as in an inbox; empty where it may be one."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not parts:
        return "a folder"
    if any(part.startswith((".", "_")) for part in parts):
        return 'a name that begins with "." or "_"'
    return "a README" if parts[-1].split(".", 1)[0].upper() == "README" else ""


def no_listing(content: bytes) -> str:
    """Why content that begins so is no listing; empty where it may be one."""
    if content.startswith(_PICTURES) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        return "a picture"
    if content[:200].lstrip().startswith(b"<svg"):
        return "a picture"
    return next((what for magic, what in _OTHERS.items() if content.startswith(magic)), "")
