"""
Where a request comes from. Behind a reverse proxy that is what the proxy says, if the settings name it.
"""

from __future__ import annotations

import ipaddress

from flask import request

from web.parts import parts


def client_address() -> str:
    """
    The address of the caller: the last one in `X-Forwarded-For` that is no trusted proxy; empty when it is unknown.
    """
    address = _parsed(request.remote_addr or "")
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if address is None or not _is_trusted(address) or _parsed(hop) is None:
            break
        address = _parsed(hop)
    return "" if address is None else str(address)


def _is_trusted(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address.version == network.version and address in network for network in parts().trusted_proxies)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
