"""
The strict check of card JSON 2.0: the vendor refuses a whole card for one unknown property.

Cards of version 1.0 pass as they are, as at the vendor. Reading a card for people is card_view.py.
Source: https://open.feishu.cn/document/feishu-cards/card-json-v2-structure (read 2026-08)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.feishu.card_fields import COMPONENTS
from sandbox.feishu.card_shape import PARSE, known, known_part, object_at, objects_at, refuse_unknown, where_is
from sandbox.feishu.errors import card_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_NODES = 200
MOST_TABLES = 5
MOST_DEPTH = 5
MOST_HEADER_TAGS = 3
MOST_COLUMNS = 50
LONGEST_PLACEHOLDER = 100
LONGEST_INPUT = 1000
UNSUPPORTED = 200861
LIMIT = 11310
REMOVED = frozenset({"note", "action"})
FORM_ONLY = frozenset({"multi_select_static", "multi_select_person"})
CONTAINERS = frozenset({"column_set", "form", "collapsible_panel", "interactive_container"})
NAMED = frozenset(
    "button input select_static multi_select_static select_person multi_select_person date_picker picker_time "
    "picker_datetime checker select_img".split()
)
REQUIRED = {
    "markdown": ("content",),
    "button": ("text",),
    "img": ("img_key",),
    "person": ("user_id",),
    "table": ("columns",),
    "form": ("name", "elements"),
    "column_set": ("columns",),
    "overflow": ("options",),
    "collapsible_panel": ("header",),
    "interactive_container": ("behaviors",),
}
_ELEMENT_ID = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,19}$")
_PERSON_IN_TEXT = re.compile(r"<(?:at|person)\s+id=['\"]?([^\s'\">]+)")
_AT_MANY = re.compile(r"<at\s+ids=['\"]?([^\s'\">]+)")


@dataclass(frozen=True)
class Surroundings:
    """
    What the check must know beyond the card: which people and pictures exist, and one undocumented choice.
    """

    person_ids: frozenset[str]
    image_exists: Callable[[str], bool]
    strict_forms: bool = True


@dataclass
class _Walk:
    around: Surroundings
    nodes: int = 0
    tables: int = 0
    element_ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def check_card(card: dict[str, Any], around: Surroundings) -> None:
    """
    Raises: FeishuError for the first fault found, as the vendor reports only one.
    """
    if card.get("schema") != "2.0":
        return
    known(card, "root", [])
    known_part(card, "config", [])
    known_part(card, "card_link", [])
    if (card.get("config") or {}).get("update_multi") is False:
        raise card_refusal(300302, "update_multi is false", "config.update_multi")
    walk = _Walk(around)
    _check_header(card.get("header"), walk)
    body = card.get("body") or {}
    known(body, "body", ["body"])
    _check_elements(
        objects_at(body.get("elements"), ["body", "elements"]), walk, ["body", "elements"], form=None, depth=0
    )


def is_second_version(card: dict[str, Any]) -> bool:
    return card.get("schema") == "2.0"


def _check_header(header: object, walk: _Walk) -> None:
    if header is None:
        return
    header = object_at(header, ["header"])
    known(header, "header", ["header"])
    if "title" not in header:
        raise card_refusal(PARSE, "header title is required", "header.title")
    for name in ("title", "subtitle"):
        _check_text(header.get(name), walk, ["header", name])
    _check_icon(header.get("icon"), ["header", "icon"])
    tags = objects_at(header.get("text_tag_list"), ["header", "text_tag_list"])
    if len(tags) > MOST_HEADER_TAGS:
        raise card_refusal(LIMIT, "header text tag over limit", "text_tag_list")
    for tag in tags:
        _count(walk)
        _check_text(tag.get("text"), walk, ["header", "text_tag_list"])


def _check_elements(
    elements: list[dict[str, Any]], walk: _Walk, path: list[str], *, form: dict[str, Any] | None, depth: int
) -> None:
    if depth > MOST_DEPTH:
        raise card_refusal(LIMIT, "container nesting exceeds the limit", path[-1])
    for index, element in enumerate(elements):
        _check_element(element, walk, [*path, f"[{index}]"], form=form, depth=depth)


def _check_element(
    element: dict[str, Any], walk: _Walk, path: list[str], *, form: dict[str, Any] | None, depth: int
) -> None:
    tag = str(element.get("tag", ""))
    if tag in REMOVED or tag not in COMPONENTS:
        raise card_refusal(UNSUPPORTED, f"not support tag; unsupported tag {tag}", f"unsupported tag {tag}")
    refuse_unknown(element, COMPONENTS[tag], path)
    for name in REQUIRED.get(tag, ()):
        if not element.get(name):
            raise card_refusal(PARSE, f"{name} is required, {where_is(path)}", tag)
    _count(walk)
    _check_element_id(element, walk)
    _check_place(tag, element, path, form=form, depth=depth)
    _check_contents(tag, element, walk, path)
    if tag in NAMED:
        _check_interactive(element, walk, path, form=form)
    _check_children(tag, element, walk, path, form=form, depth=depth)


def _check_place(
    tag: str, element: dict[str, Any], path: list[str], *, form: dict[str, Any] | None, depth: int
) -> None:
    if tag in {"form", "table"} and depth > 0:
        raise card_refusal(PARSE, f"{tag} must be at the root, {where_is(path)}", tag)
    if tag in FORM_ONLY and form is None:
        raise card_refusal(PARSE, f"{tag} is allowed in form only, {where_is(path)}", tag)
    if form is None and element.get("form_action_type"):
        raise card_refusal(PARSE, f"form_action_type outside form, {where_is(path)}", tag)


def _check_contents(tag: str, element: dict[str, Any], walk: _Walk, path: list[str]) -> None:
    for name in ("text", "placeholder", "label", "alt", "title", "hover_tips", "disabled_tips"):
        if name in element:
            _check_text(element[name], walk, [*path, name])
    _check_icon(element.get("icon"), [*path, "icon"])
    match tag:
        case "markdown":
            _check_people_in_text(str(element["content"]), walk)
        case "img":
            _check_image(str(element["img_key"]), walk)
        case "person" | "person_list":
            _check_people(element, walk, path)
        case "table":
            _check_table(element, walk, path)
        case "chart":
            _check_chart(element.get("chart_spec"))
        case "div":
            for extra in objects_at(element.get("fields"), [*path, "fields"]):
                _check_text(extra.get("text"), walk, [*path, "fields"])
        case _:
            pass


def _check_people(element: dict[str, Any], walk: _Walk, path: list[str]) -> None:
    if element["tag"] == "person":
        _check_person(str(element["user_id"]), walk)
    elif not element.get("drop_invalid_user_id"):
        for person in objects_at(element.get("persons"), [*path, "persons"]):
            _check_person(str(person.get("id", "")), walk)


def _check_chart(spec: object) -> None:
    if not isinstance(spec, dict) or not spec.get("type"):
        raise card_refusal(200550, "chart spec is invalid", "")


def _check_children(
    tag: str, element: dict[str, Any], walk: _Walk, path: list[str], *, form: dict[str, Any] | None, depth: int
) -> None:
    if tag == "column_set":
        for index, column in enumerate(objects_at(element["columns"], [*path, "columns"])):
            where = [*path, "columns", f"[{index}]"]
            if column.get("tag") != "column":
                raise card_refusal(PARSE, f"columns hold column only, {where_is(where)}", str(column.get("tag")))
            refuse_unknown(column, COMPONENTS["column"], where)
            _count(walk)
            _check_elements(objects_at(column.get("elements"), where), walk, where, form=form, depth=depth + 1)
    elif tag in CONTAINERS:
        inner = element if tag == "form" else form
        where = [*path, "elements"]
        children = objects_at(element.get("elements"), where)
        _check_elements(children, walk, where, form=inner, depth=depth + 1)
        if tag == "form" and walk.around.strict_forms and not has_submit(children):
            raise card_refusal(200530, "form has no submit button", str(element["name"]))
    if tag == "collapsible_panel":
        header = object_at(element["header"], [*path, "header"])
        known(header, "collapsible_header", [*path, "header"])
        _check_text(header.get("title"), walk, [*path, "header", "title"])


def _check_interactive(element: dict[str, Any], walk: _Walk, path: list[str], *, form: dict[str, Any] | None) -> None:
    name = element.get("name")
    if form is not None and walk.around.strict_forms:
        if not name:
            raise card_refusal(200530, f"name is required in form, {where_is(path)}", str(element["tag"]))
        if name in walk.names:
            raise card_refusal(PARSE, f"duplicate name, {where_is(path)}", str(name))
    if name:
        walk.names.add(str(name))
    _check_behaviors(element, path)
    _check_confirm(element.get("confirm"), walk, [*path, "confirm"])
    _check_options(element, walk, path)
    longest = element.get("max_length", LONGEST_INPUT)
    if not isinstance(longest, int) or not 1 <= longest <= LONGEST_INPUT:
        raise card_refusal(PARSE, f"max_length out of range, {where_is(path)}", str(longest))
    placeholder = object_at(element.get("placeholder") or {}, path)
    if len(str(placeholder.get("content", ""))) > LONGEST_PLACEHOLDER:
        raise card_refusal(LIMIT, "placeholder exceeds the limit", "placeholder")


def _check_behaviors(element: dict[str, Any], path: list[str]) -> None:
    for behavior in objects_at(element.get("behaviors"), [*path, "behaviors"]):
        match behavior.get("type"):
            case "callback":
                known(behavior, "behavior_callback", [*path, "behaviors"])
                if not isinstance(behavior.get("value", {}), dict):
                    raise card_refusal(PARSE, "callback value must be an object", "value")
            case "open_url":
                known(behavior, "behavior_open_url", [*path, "behaviors"])
            case other:
                raise card_refusal(PARSE, f"unknown behavior type, {where_is(path)}", str(other))


def _check_confirm(confirm: object, walk: _Walk, path: list[str]) -> None:
    if confirm is None:
        return
    confirm = object_at(confirm, path)
    known(confirm, "confirm", path)
    if not confirm.get("title"):
        raise card_refusal(PARSE, f"confirm title is required, {where_is(path)}", "title")
    for name in ("title", "text"):
        _check_text(confirm.get(name), walk, [*path, name])


def _check_options(element: dict[str, Any], walk: _Walk, path: list[str]) -> None:
    tag = element["tag"]
    part = {
        "overflow": "overflow_option",
        "select_person": "person_option",
        "multi_select_person": "person_option",
    }.get(tag, "option")
    if tag == "select_img":
        return
    options = objects_at(element.get("options"), [*path, "options"])
    for option in options:
        known(option, part, [*path, "options"])
        if not option.get("value"):
            raise card_refusal(PARSE, f"option value is required, {where_is(path)}", tag)
        if part == "person_option":
            _check_person(str(option["value"]), walk)
        else:
            _check_text(option.get("text"), walk, [*path, "options", "text"])
    initial = element.get("initial_option")
    if initial and initial not in {option["value"] for option in options}:
        raise card_refusal(PARSE, f"initial_option is not an option, {where_is(path)}", str(initial))


def _check_table(table: dict[str, Any], walk: _Walk, path: list[str]) -> None:
    walk.tables += 1
    if walk.tables > MOST_TABLES:
        raise card_refusal(LIMIT, "card table number over limit", "table")
    columns = objects_at(table["columns"], [*path, "columns"])
    if len(columns) > MOST_COLUMNS:
        raise card_refusal(LIMIT, "table column number over limit", "columns")
    for column in columns:
        known(column, "table_column", [*path, "columns"])
    rows = table.get("rows", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise card_refusal(200914, "table rows is invalid", "rows")
    names = {column.get("name") for column in columns}
    unknown = next((key for row in rows for key in row if key not in names), None)
    if unknown is not None:
        raise card_refusal(200915, "table row key is not in columns", unknown)


def _check_text(text: object, walk: _Walk, path: list[str]) -> None:
    if text is None:
        return
    text = object_at(text, path)
    if text.get("tag") not in {"plain_text", "lark_md", "markdown"}:
        raise card_refusal(UNSUPPORTED, f"not support tag; unsupported tag {text.get('tag')}", where_is(path))
    if text["tag"] == "markdown":
        refuse_unknown(text, COMPONENTS["markdown"], path)
    else:
        known(text, "text", path)
    _count(walk)
    if text["tag"] != "plain_text":
        _check_people_in_text(str(text.get("content", "")), walk)


def _check_icon(icon: object, path: list[str]) -> None:
    if icon is not None:
        known(object_at(icon, path), "icon", path)


def _check_element_id(element: dict[str, Any], walk: _Walk) -> None:
    element_id = element.get("element_id")
    if element_id is None:
        return
    if not _ELEMENT_ID.match(str(element_id)):
        raise card_refusal(PARSE, "element_id is invalid", str(element_id))
    if element_id in walk.element_ids:
        raise card_refusal(300301, "element_id is duplicate", str(element_id))
    walk.element_ids.add(str(element_id))


def _check_people_in_text(text: str, walk: _Walk) -> None:
    for person_id in _PERSON_IN_TEXT.findall(text):
        if person_id != "all":
            _check_person(person_id, walk)
    for many in _AT_MANY.findall(text):
        for person_id in many.split(","):
            _check_person(person_id, walk)


def _check_person(person_id: str, walk: _Walk) -> None:
    if person_id not in walk.around.person_ids:
        raise card_refusal(100290, "invalid user resource, please check your user id", person_id)


def _check_image(img_key: str, walk: _Walk) -> None:
    if not walk.around.image_exists(img_key):
        raise card_refusal(200570, "image key is invalid", img_key)


def _count(walk: _Walk) -> None:
    walk.nodes += 1
    if walk.nodes > MOST_NODES:
        raise card_refusal(LIMIT, "element exceeds the limit", str(MOST_NODES))


def has_submit(elements: Iterable[dict[str, Any]]) -> bool:
    for element in elements:
        if element.get("form_action_type") == "submit" or element.get("action_type") == "form_submit":
            return True
        if has_submit([*element.get("elements", ()), *element.get("columns", ())]):
            return True
    return False
