"""Certificates for servers of tests, made on the spot by openssl: an authority, and a server on this machine."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    """Files (PEM) of a made-up authority and of what it vouches for."""

    authority: Path
    certificate: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """What a server wraps its connections in."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def made(folder: Path, name: str = "IP:127.0.0.1") -> Certificates:
    """Certificates for a server under that name (openssl's subjectAltName)."""
    authority, key = folder / "authority.pem", folder / "key.pem"
    _openssl(
        folder, "req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -days 2 -subj /CN=Made"
    )
    _openssl(folder, "req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=mail.example.org")
    (folder / "names").write_text(f"subjectAltName={name}\nauthorityKeyIdentifier=keyid\n", encoding="utf-8")
    _openssl(
        folder,
        "x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem -days 2"
        " -extfile names",
    )
    return Certificates(authority=authority, certificate=folder / "server.pem", key=key)


def _openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
