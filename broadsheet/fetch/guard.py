"""Which addresses may be asked, so that no redirect and no name reaches what only this machine can see.

A name is resolved once and the connection goes to the very address that was looked at, so that a name that answers
differently a moment later (DNS rebinding) gains nothing. How a number is written (0x7f.1, 2130706433) does not matter
either: what counts is the address that it became. Knows nothing of HTTP.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

from .faults import Failed, Passing

#: Name and seconds in, addresses out, best first. Raises Passing or Failed.
Resolve = Callable[[str, float], Sequence[str]]

Reach = Literal["public", "private", "never"]

#: As many addresses of a name are tried.
_MOST = 4

_NOBODYS_4 = tuple(map(IPv4Network, ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")))
#: Not global, though Python (some versions of it) says so of single ones.
_SPECIAL_4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
_NOBODYS_6 = tuple(map(IPv6Network, ("::/128", "fe80::/10", "ff00::/8")))
_GLOBAL_6 = IPv6Network("2000::/3")
_SPECIAL_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = IPv6Network("::/96")


def reach(address: str) -> Reach:
    """Who can be behind an address: anybody ("public"), this machine and its network, or nobody a dump comes from.

    "never" holds link-local addresses (clouds give out keys at 169.254.169.254), multicast and "this host". An IPv6
    address that carries an IPv4 one is worth no more than that.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "never"
    if isinstance(ip, IPv4Address):
        return _reach_4(ip)
    if any(ip in network for network in _NOBODYS_6):
        return "never"
    if ip.ipv4_mapped is not None:
        return _reach_4(ip.ipv4_mapped)
    carried = {_reach_4(inner) for inner in _carried(ip)}
    if "never" in carried:
        return "never"
    # On networks with IPv6 alone, this is what a public IPv4 address looks like.
    if ip in _NAT64:
        return "private" if "private" in carried else "public"
    # Public addresses all come from one block; the old tunnels in it (6to4, Teredo) lead who knows where.
    public = ip in _GLOBAL_6 and ip.is_global and not any(ip in network for network in _SPECIAL_6)
    return "public" if public else "private"


def _reach_4(ip: IPv4Address) -> Reach:
    if any(ip in network for network in _NOBODYS_4):
        return "never"
    return "public" if ip.is_global and not any(ip in network for network in _SPECIAL_4) else "private"


def _carried(ip: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that the old and new ways of wrapping have put inside."""
    if ip.sixtofour is not None:
        return [ip.sixtofour]
    if ip.teredo is not None:
        return list(ip.teredo)
    # ::1 is no wrapped 0.0.0.1.
    if ip in _NAT64 or ip in _LOCAL_NAT64 or (ip in _COMPATIBLE and not ip.is_loopback):
        return [IPv4Address(int(ip) & 0xFFFFFFFF)]
    return []


def is_this_machine(host: str) -> bool:
    """Whether a name or address means this very machine, which needs no politeness."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def allowed(addresses: Iterable[str], *, private: bool) -> tuple[str, ...]:
    """Those that may be asked, a few at most. Raises Failed, with the address and the remedy, where none may."""
    found = tuple(dict.fromkeys(addresses))
    good = tuple(one for one in found if (reached := reach(one)) == "public" or (private and reached == "private"))
    if good:
        return good[:_MOST]
    if not found:
        raise Passing("the name has no address")
    first = next((one for one in found if reach(one) == "private"), found[0])
    if reach(first) == "never":
        raise Failed(f"its address {first} is one that nothing is fetched from (link-local, multicast or unspecified)")
    raise Failed(
        f"its address {first} belongs to this machine or a private network; "
        "write `allow_private = true` for this source if that is meant"
    )


def resolve(host: str, timeout: float) -> tuple[str, ...]:
    """All addresses of a name, within so many seconds. Raises Passing or Failed."""
    found: list[str] = []
    faults: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            faults.append(error)

    # getaddrinfo knows no time-out; a dead name server must not hold the morning, nor the end of the program.
    asking = threading.Thread(target=ask, daemon=True, name="resolve")
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise Passing(f"the name server did not answer within {timeout:.0f} s")
    if faults and isinstance(faults[0], UnicodeError):
        raise Failed("this cannot be the name of a machine; check the address")
    if faults:
        raise Passing("the name does not resolve; check the address and the network")
    return tuple(dict.fromkeys(found))


def connect(
    host: str, port: int, timeout: float, *, allow_private: bool = False, resolve: Resolve = resolve
) -> socket.socket:
    """A connection to a name by way of a checked address, for what speaks another protocol than HTTP.

    Raises Failed where no address may be asked, Passing where none answers.
    """
    reason = ""
    addresses = allowed(resolve(host, timeout), private=allow_private)
    for address in addresses:
        try:
            # A dead address (IPv6 that leads nowhere, mostly) leaves time for the next one.
            connected = socket.create_connection((address, port), timeout / len(addresses))
            connected.settimeout(timeout)
            return connected
        except OSError as error:
            reason = error.strerror or "it does not answer"
    raise Passing(f"cannot be reached: {reason}")
