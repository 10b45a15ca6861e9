"""
The shape of card JSON: objects, lists of objects, and no property beyond the known ones.

What the properties may hold is card_rules.py.
"""

from __future__ import annotations

from typing import Any

from sandbox.feishu.card_fields import PARTS
from sandbox.feishu.errors import FeishuError, card_refusal

PARSE = 200621


def known_part(card: dict[str, Any], name: str, path: list[str]) -> None:
    if card.get(name) is not None:
        known(object_at(card[name], [*path, name]), name, [*path, name])


def known(thing: dict[str, Any], part: str, path: list[str]) -> None:
    refuse_unknown(object_at(thing, path), PARTS[part], path)


def refuse_unknown(thing: dict[str, Any], allowed: frozenset[str], path: list[str]) -> None:
    unknown = next((key for key in thing if key not in allowed), None)
    if unknown is not None:
        message = "parse card json err, please check whether the card json is correct"
        raise card_refusal(PARSE, message, f"unknown property: {unknown}, {where_is(path)}")


def object_at(thing: object, path: list[str]) -> dict[str, Any]:
    if isinstance(thing, dict):
        return thing
    raise _not_a("object", path)


def objects_at(things: object, path: list[str]) -> list[dict[str, Any]]:
    if things is None:
        return []
    if isinstance(things, list) and all(isinstance(thing, dict) for thing in things):
        return things
    raise _not_a("list of objects", path)


def _not_a(what: str, path: list[str]) -> FeishuError:
    return card_refusal(PARSE, f"parse card json err: not a {what}", where_is(path))


def where_is(path: list[str]) -> str:
    return f"path: [{' -> '.join(path)}]"
