"""
A genuine request with one thing changed, for what must hold for every request a stranger could make of it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from bot.ports import RawRequest


def mutated(request: RawRequest, chance: random.Random) -> RawRequest:
    """
    One change: a bit or byte of the body, a piece of it missing or twice, a character or a whole header or parameter.
    """
    if request.body and chance.random() < 0.6:
        return replace(request, body=_bent(request.body, chance))
    if request.query:
        return replace(request, query=_with_another_value(request.query, chance))
    return replace(request, headers=_with_another_value(request.headers, chance))


def _bent(body: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(body)) for _ in range(2))
    match chance.randrange(5):
        case 0:
            return body[:start] + bytes([body[start] ^ 1 << chance.randrange(8)]) + body[start + 1 :]
        case 1:
            return body[:start] + chance.randbytes(1) + body[start:]
        case 2:
            return body[:start] + body[end + 1 :]
        case 3:
            return body[: end + 1] + body[start:]
        case _:
            return body[:start]


def _with_another_value(values: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    changed = dict(values)
    name = chance.choice(sorted(values))
    value = values[name]
    at = chance.randrange(len(value) or 1)
    match chance.randrange(5):
        case 0:
            del changed[name]
        case 1:
            changed[name] = value[:at] + chr(chance.choice([0, 9, 32, 48, 97, 233, 0x4E00, 0xD800])) + value[at:]
        case 2:
            changed[name] = value[:at] + value[at + 1 :]
        case 3:
            changed[name] = value[:at] + chr(ord(value[at : at + 1] or "0") + 1) + value[at + 1 :]
        case _:
            changed[name] = values[chance.choice(sorted(values))] + value[at:]
    return changed


def is_sendable(request: RawRequest) -> bool:
    """
    Whether HTTP can carry it: no line breaks and no half characters in a header or an address.
    """
    values = "".join((*request.headers.values(), *request.query.values()))
    return values.isascii() and values.isprintable()
