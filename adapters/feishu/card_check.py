"""
The strict check of a card before it is sent.

Feishu refuses a whole card for one unknown field, one element too many or one name used twice, so every card is held
against all of its rules here. Drawing and shortening belong to `render.py`.
Sources (read 2026-05): https://open.feishu.cn/document/feishu-cards/card-json-v2-structure,
https://open.feishu.cn/document/feishu-cards/card-json-v2-breaking-changes-release-notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from adapters.feishu.card_fields import COMPONENTS, PARTS, Part
from adapters.feishu.limits import (
    ENVELOPE_BYTES,
    MAX_CARD_BYTES,
    MAX_CHARTS,
    MAX_DEPTH,
    MAX_HEADER_TAGS,
    MAX_INPUT_LENGTH,
    MAX_NODES,
    MAX_OPTION_TEXT,
    MAX_PLACEHOLDER,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_PAGE,
    MAX_TABLES,
    text_bytes,
)
from domain.errors import PlatformError

_ROOT_ONLY: Final = frozenset({"form", "table"})
_NOT_IN_FORM: Final = frozenset({"chart"})
_INTERACTIVE: Final = frozenset({"button", "input", "select_static", "date_picker"})
_ELEMENT_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
_ADDRESS: Final = re.compile(r"https?://.+")
_MOST: Final = {"table": MAX_TABLES, "chart": MAX_CHARTS}

Json = Mapping[str, object]


@dataclass(frozen=True)
class _Place:
    """
    Where an object stands; `depth` counts the containers around it.
    """

    path: str
    depth: int = 0
    in_form: bool = False

    def at(self, step: str) -> _Place:
        return _Place(f"{self.path} -> {step}", self.depth, self.in_form)


def check_card(card: Json, content: str) -> None:
    """
    Refuse what Feishu would refuse; `content` is the card as it goes over the wire.

    Raises:
        PlatformError: (permanent) with the first violation.
    """
    _refuse(first_violation(card, content))


def is_too_big(card: Json, content: str) -> bool:
    """
    Whether the card has more bytes or elements than Feishu takes: then a shorter form of it may do.
    """
    return _size_violation(card, content) is not None


def first_violation(card: Json, content: str) -> str | None:
    """
    The first rule the card breaks and where, None when it breaks none.
    """
    return _size_violation(card, content) or next(_violations(card), None)


def check_rules(card: Json) -> None:
    """
    The same as `check_card` for a card that is known to be small enough.

    Raises:
        PlatformError: (permanent) with the first violation.
    """
    _refuse(next(_violations(card), None))


def _refuse(violation: str | None) -> None:
    if violation:
        raise PlatformError("feishu_card_invalid", violation, permanent=True)


def _size_violation(card: Json, content: str) -> str | None:
    if text_bytes(content) + ENVELOPE_BYTES > MAX_CARD_BYTES:
        return f"more than {MAX_CARD_BYTES} bytes"
    count = sum(1 for _ in _nodes(card))
    return f"{count} elements where {MAX_NODES} are allowed" if count > MAX_NODES else None


def _violations(card: Json) -> Iterator[str]:
    yield from _part_violations(card, PARTS["card"], _Place("card"))
    nodes = list(_nodes(card))
    for tag, most in _MOST.items():
        if sum(node["tag"] == tag for node in nodes) > most:
            yield f"more than {most} {tag}s"
    named = [node for node in nodes if node["tag"] in _INTERACTIVE | {"form"}]
    yield from _doubles("name", [str(node["name"]) for node in named if "name" in node])
    yield from _doubles("element_id", [str(node["element_id"]) for node in nodes if "element_id" in node])
    if len(_list(_object(card.get("header")).get("text_tag_list"))) > MAX_HEADER_TAGS:
        yield f"more than {MAX_HEADER_TAGS} header tags"


def _part_violations(value: object, part: Part, place: _Place) -> Iterator[str]:
    """
    Unknown, missing and wrong fields of one object, and of the parts it holds.
    """
    if not isinstance(value, dict):
        yield f"not an object, {place.path}"
        return
    unknown = sorted(set(value) - part.fields)
    if unknown:
        yield f"unknown property {unknown[0]}, {place.path}"
    missing = sorted(name for name in part.required if value.get(name) in (None, "", [], {}))
    if missing:
        yield f"{missing[0]} is missing, {place.path}"
    for name, allowed in part.choices.items():
        if name in value and value[name] not in allowed:
            yield f"{name} is none of its values, {place.path}"
    for name, kind in part.parts.items():
        if name in value:
            yield from _held(value[name], kind, place.at(name))


def _held(value: object, kind: str, place: _Place) -> Iterator[str]:
    if not kind.endswith("[]"):
        yield from _part_violations(value, PARTS[kind], place)
        return
    if not isinstance(value, list):
        yield f"not a list, {place.path}"
        return
    for number, entry in enumerate(value):
        where = place.at(f"[{number}]")
        match kind.removesuffix("[]"):
            case "component":
                yield from _component_violations(_object(entry), where)
            case "behavior":
                yield from _behavior_violations(_object(entry), where)
            case name:
                yield from _part_violations(entry, PARTS[name], where)


def _component_violations(element: Json, place: _Place) -> Iterator[str]:
    tag = str(element.get("tag"))
    part = COMPONENTS.get(tag)
    if part is None:
        yield f"unsupported tag {tag}, {place.path}"
        return
    yield from _place_violations(tag, element, place)
    yield from _rule_violations(tag, element, place)
    inside = replace(place, depth=place.depth + 1, in_form=place.in_form or tag == "form")
    yield from _part_violations(element, part, inside)


def _place_violations(tag: str, element: Json, place: _Place) -> Iterator[str]:
    if tag in _ROOT_ONLY and place.depth:
        yield f"{tag} inside another component, {place.path}"
    if tag in _NOT_IN_FORM and place.in_form:
        yield f"{tag} in a form, {place.path}"
    if place.depth > MAX_DEPTH:
        yield f"nested deeper than {MAX_DEPTH}, {place.path}"
    if (tag == "column") is not place.path.rpartition(" -> ")[0].endswith(" -> columns"):
        yield f"a column set holds columns and only it does, {place.path}"
    if place.in_form and tag in _INTERACTIVE and not element.get("name"):
        yield f"{tag} in a form without a name, {place.path}"
    if not place.in_form and "form_action_type" in element:
        yield f"form_action_type outside of a form, {place.path}"
    element_id = element.get("element_id")
    if element_id is not None and not _ELEMENT_ID.fullmatch(str(element_id)):
        yield f"element_id cannot be used, {place.path}"


def _rule_violations(tag: str, element: Json, place: _Place) -> Iterator[str]:
    match tag:
        case "form":
            if not any(node.get("form_action_type") == "submit" for node in _nodes(element)):
                yield f"a form without a submit button, {place.path}"
        case "table":
            yield from _table_violations(element, place)
        case "chart":
            if not _object(element.get("chart_spec")).get("type"):
                yield f"chart spec is invalid, {place.path}"
        case "input":
            if not 1 <= int(str(element.get("max_length", 1))) <= MAX_INPUT_LENGTH:
                yield f"max_length outside 1–{MAX_INPUT_LENGTH}, {place.path}"
        case "select_static":
            yield from _option_violations(element, place)
        case _:
            pass
    if len(str(_object(element.get("placeholder")).get("content", ""))) > MAX_PLACEHOLDER:
        yield f"a placeholder longer than {MAX_PLACEHOLDER} characters, {place.path}"


def _table_violations(table: Json, place: _Place) -> Iterator[str]:
    names = {_object(column).get("name") for column in _list(table.get("columns"))}
    if len(names) > MAX_TABLE_COLUMNS:
        yield f"more than {MAX_TABLE_COLUMNS} table columns, {place.path}"
    if any(set(_object(row)) - names for row in _list(table.get("rows"))):
        yield f"a table row with an unknown column, {place.path}"
    page_size = table.get("page_size", 1)
    if not isinstance(page_size, int) or not 1 <= page_size <= MAX_TABLE_PAGE:
        yield f"page_size outside 1–{MAX_TABLE_PAGE}, {place.path}"


def _option_violations(select: Json, place: _Place) -> Iterator[str]:
    options = [_object(option) for option in _list(select.get("options"))]
    if any(len(str(_object(option.get("text")).get("content", ""))) > MAX_OPTION_TEXT for option in options):
        yield f"an option longer than {MAX_OPTION_TEXT} characters, {place.path}"
    initial = select.get("initial_option")
    if initial is not None and initial not in {option.get("value") for option in options}:
        yield f"initial_option is no option, {place.path}"


def _behavior_violations(behavior: Json, place: _Place) -> Iterator[str]:
    kind = str(behavior.get("type"))
    if kind not in {"callback", "open_url"}:
        yield f"unknown behavior {kind}, {place.path}"
        return
    yield from _part_violations(behavior, PARTS[kind], place)
    if kind == "callback" and not isinstance(behavior.get("value"), dict):
        yield f"the value of a callback is an object, {place.path}"
    if kind == "open_url" and not _ADDRESS.fullmatch(str(behavior.get("default_url"))):
        yield f"a link that is no web address, {place.path}"


def _doubles(what: str, names: list[str]) -> Iterator[str]:
    if len(names) != len(set(names)):
        yield f"a component {what} is used twice"


def _nodes(value: object) -> Iterator[dict[str, object]]:
    """
    Every object with a `tag`, at any depth: what Feishu counts as elements.
    """
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "tag" in each:
                yield each
            waiting += [child for child in each.values() if isinstance(child, (dict, list))]
        elif isinstance(each, list):
            waiting += each


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
