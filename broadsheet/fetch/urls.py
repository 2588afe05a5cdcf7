"""Addresses of the web: which may be asked at all, and how they look in messages. Imports httpx; see http."""

from __future__ import annotations

import httpx

from .faults import Failed


def parse(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """An address that may be asked, taken against the one that led to it. Raises Failed.

    Which host it is must wait until its name is resolved.
    """
    try:
        url = httpx.URL(address) if base is None else base.join(address)
        url = url.copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Failed("this is no address; check it") from error
    if url.scheme not in ("http", "https"):
        raise Failed("only http and https are fetched")
    if base is not None and base.scheme == "https" and url.scheme == "http":
        raise Failed("redirects from https to http, where anybody could change what is sent")
    if url.userinfo:
        raise Failed("a name or password in an address is not sent; take it out")
    if not host(url) or "%" in host(url):
        raise Failed("this is no address: it names no machine")
    return url


def host(url: httpx.URL) -> str:
    """The machine's name as it is asked for, or its address. (url.host decodes it again and raises where it cannot.)"""
    return url.raw_host.decode("ascii")


def check_port(url: httpx.URL, *, private: bool) -> None:
    """Raises Failed for the ports of other services (mail, SSH), which would take a request for commands."""
    port = url.port
    if port is None or port in (80, 443):
        return
    if not 0 < port < 65536:
        raise Failed(f"there is no port {port}; check the address")
    if port < 1024 and not private:
        raise Failed(f"port {port} is not one of the web; write `allow_private = true` for this source if it is meant")


def shown(url: httpx.URL) -> str:
    """An address for messages: without its query, which may hold a key, and without name and password."""
    port = "" if url.port is None else f":{url.port}"
    path = url.raw_path.decode("ascii", "replace").partition("?")[0]
    text = f"{url.scheme}://{f'[{host(url)}]' if ':' in host(url) else host(url)}{port}{path}"
    return text if len(text) <= 200 else f"{text[:199]}…"
