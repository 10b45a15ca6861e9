"""
What Feishu accepts: sizes, rates, and the strict field table of card JSON 2.0.

Feishu refuses a whole card for one unknown field, so every card is checked here before it is sent. The table holds only
the components that `render.py` draws. Drawing and shortening belong there.

Sources (read 2026-05): https://open.feishu.cn/document/feishu-cards/card-json-v2-structure,
https://open.feishu.cn/document/feishu-cards/card-json-v2-breaking-changes-release-notes,
https://open.feishu.cn/document/server-docs/im-v1/message/create (30 KB a card, 150 KB a text, 5/s and chat),
https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control (50 calls a second and 1,000 a minute).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from domain.errors import PlatformError

MAX_CALLBACK_BYTES: Final = 1024 * 1024
MAX_CARD_BYTES: Final = 30 * 1024
MAX_TEXT_BYTES: Final = 150 * 1024
MAX_IMAGE_BYTES: Final = 10 * 1024 * 1024
MAX_FILE_BYTES: Final = 30 * 1024 * 1024
ENVELOPE_BYTES: Final = 512  # receive_id, msg_type and uuid around the content
MAX_NODES: Final = 200
MAX_TABLES: Final = 5
MAX_TABLE_COLUMNS: Final = 50
MAX_DEPTH: Final = 5
MAX_HEADER_TAGS: Final = 3
MAX_PLACEHOLDER: Final = 100
MAX_INPUT_LENGTH: Final = 1000

CARD_LIFE: Final = timedelta(days=14)
CLICK_TOKEN_LIFE: Final = timedelta(minutes=30)
CLICK_ANSWER: Final = timedelta(seconds=3)

# (units, seconds): units at once, refilled evenly over the seconds. 20 per 1.5 s is at most 33 in any second and 820 in
# any minute; 2 per second is at most 4 in any second where Feishu allows 5
APP_RATE: Final = (20, 1.5)
CHAT_RATE: Final = (2, 1.0)
CARD_RATE: Final = (2, 1.0)

_BOX: Final = frozenset({"tag", "element_id", "margin"})
_LAYOUT: Final = frozenset(
    {"direction", "padding", "horizontal_spacing", "horizontal_align", "vertical_spacing", "vertical_align"}
)
_CHOICE: Final = _BOX | {"type", "name", "required", "disabled", "placeholder", "width", "behaviors", "confirm"}

COMPONENT_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "markdown": _BOX | {"content", "text_size", "text_align", "icon"},
    "hr": _BOX,
    "table": _BOX
    | {"page_size", "row_height", "row_max_height", "freeze_first_column", "header_style", "columns", "rows"},
    "column_set": _BOX
    | {
        "horizontal_spacing",
        "horizontal_align",
        "vertical_align",
        "flex_mode",
        "background_style",
        "action",
        "columns",
    },
    "column": _BOX | _LAYOUT | {"background_style", "width", "weight", "action", "elements"},
    "form": _BOX | _LAYOUT | {"name", "elements", "confirm"},
    "button": _BOX
    | {
        "type",
        "size",
        "width",
        "text",
        "icon",
        "hover_tips",
        "disabled",
        "disabled_tips",
        "confirm",
        "behaviors",
        "name",
    }
    | {"required", "form_action_type"},
    "input": _BOX
    | {"name", "required", "placeholder", "default_value", "disabled", "disabled_tips", "width", "behaviors", "value"}
    | {
        "max_length",
        "input_type",
        "show_icon",
        "rows",
        "auto_resize",
        "max_rows",
        "label",
        "label_position",
        "confirm",
    },
    "select_static": _CHOICE | {"options", "initial_option", "initial_index"},
    "date_picker": _CHOICE | {"initial_date", "value"},
    "plain_text": frozenset(
        {"tag", "element_id", "content", "i18n_content", "text_size", "text_color", "text_align", "lines"}
    ),
    "text_tag": frozenset({"tag", "element_id", "text", "color"}),
}
ROOT_FIELDS: Final = frozenset({"schema", "config", "card_link", "header", "body"})
CONFIG_FIELDS: Final = frozenset(
    {"summary", "locales", "enable_forward", "update_multi", "width_mode", "enable_forward_interaction", "style"}
)
HEADER_FIELDS: Final = frozenset({"title", "subtitle", "text_tag_list", "template", "icon", "padding"})
BODY_FIELDS: Final = _LAYOUT | {"elements"}

_ROOT_ONLY: Final = frozenset({"form", "table"})
_CONTAINERS: Final = frozenset({"column_set", "column", "form"})
_INTERACTIVE: Final = frozenset({"button", "input", "select_static", "date_picker"})


def text_bytes(content: str) -> int:
    """
    The size of `content` on the wire, where it is a JSON string inside the request.
    """
    return len(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))


def check_card(card: Mapping[str, object], content: str) -> None:
    """
    Refuse what Feishu would refuse; `content` is the card as it goes over the wire.

    Raises:
        PlatformError: (permanent) with the first violation.
    """
    violation = first_violation(card, content)
    if violation:
        raise PlatformError("feishu_card_invalid", violation, permanent=True)


def is_too_big(card: Mapping[str, object], content: str) -> bool:
    """
    Whether the card has more bytes or elements than Feishu takes: then a shorter form of it may do.
    """
    return _size_violation(card, content) is not None


def first_violation(card: Mapping[str, object], content: str) -> str | None:
    """
    The first rule the card breaks, None when it breaks none.
    """
    return _size_violation(card, content) or next(_violations(card), None)


def _size_violation(card: Mapping[str, object], content: str) -> str | None:
    if text_bytes(content) + ENVELOPE_BYTES > MAX_CARD_BYTES:
        return f"more than {MAX_CARD_BYTES} bytes"
    count = sum(1 for _ in _nodes(card))
    return f"{count} elements where {MAX_NODES} are allowed" if count > MAX_NODES else None


def _violations(card: Mapping[str, object]) -> Iterator[str]:
    body, header = _object(card.get("body")), _object(card.get("header"))
    yield from _unknown("card", card, ROOT_FIELDS)
    yield from _unknown("config", _object(card.get("config")), CONFIG_FIELDS)
    yield from _unknown("header", header, HEADER_FIELDS)
    yield from _unknown("body", body, BODY_FIELDS)
    if len(_list(header.get("text_tag_list"))) > MAX_HEADER_TAGS:
        yield f"more than {MAX_HEADER_TAGS} header tags"
    for element in _list(body.get("elements")):
        yield from _element_violations(_object(element), depth=0, in_form=False)
    nodes = list(_nodes(card))
    if sum(node["tag"] == "table" for node in nodes) > MAX_TABLES:
        yield f"more than {MAX_TABLES} tables"
    names = [node["name"] for node in nodes if node["tag"] in _INTERACTIVE | {"form"} and "name" in node]
    if len(names) != len(set(map(str, names))):
        yield "a component name is used twice"


def _element_violations(element: Mapping[str, object], *, depth: int, in_form: bool) -> Iterator[str]:
    tag = str(element.get("tag"))
    if tag not in COMPONENT_FIELDS:
        yield f"unsupported tag {tag}"
        return
    yield from _unknown(tag, element, COMPONENT_FIELDS[tag])
    if tag in _ROOT_ONLY and depth:
        yield f"{tag} inside another component"
    if depth > MAX_DEPTH:
        yield f"nested deeper than {MAX_DEPTH}"
    if in_form and tag in _INTERACTIVE and not element.get("name"):
        yield f"{tag} in a form without a name"
    yield from _component_violations(tag, element)
    if tag not in _CONTAINERS:
        return
    for child in _list(element.get("elements")) + _list(element.get("columns")):
        yield from _element_violations(_object(child), depth=depth + 1, in_form=in_form or tag == "form")


def _component_violations(tag: str, element: Mapping[str, object]) -> Iterator[str]:
    if tag == "form" and not any(node.get("form_action_type") == "submit" for node in _nodes(element)):
        yield "a form without a submit button"
    if tag == "table":
        yield from _table_violations(element)
    if tag == "input" and not 1 <= int(str(element.get("max_length", 1))) <= MAX_INPUT_LENGTH:
        yield f"max_length outside 1–{MAX_INPUT_LENGTH}"
    if len(str(_object(element.get("placeholder")).get("content", ""))) > MAX_PLACEHOLDER:
        yield f"a placeholder longer than {MAX_PLACEHOLDER} characters"


def _table_violations(table: Mapping[str, object]) -> Iterator[str]:
    names = {_object(column).get("name") for column in _list(table.get("columns"))}
    if len(names) > MAX_TABLE_COLUMNS:
        yield f"more than {MAX_TABLE_COLUMNS} table columns"
    if any(set(_object(row)) - names for row in _list(table.get("rows"))):
        yield "a table row with an unknown column"


def _unknown(where: str, value: Mapping[str, object], allowed: frozenset[str]) -> Iterator[str]:
    unknown = sorted(set(value) - allowed)
    if unknown:
        yield f"unknown property {unknown[0]} in {where}"


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
