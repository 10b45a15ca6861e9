"""
The card platform: importing a card template, and what its properties say for given variables.

Source: https://open.dingtalk.com/document/development/card-template-editing (read 2026-08); the importable file's shape
is that of the vendor's published examples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"\$\{\s*(?P<name>\w+)\s*\}")
# Templates which the vendor's own SDKs name; they belong to other apps.
PUBLIC_TEMPLATES = frozenset(
    {
        "589420e2-c1e2-46ef-a5ed-b8728e654da9.schema",
        "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema",
        "382e4302-551d-4880-bf29-a30acfab2e71.schema",
        "7f538f6d-ebb7-4533-a9ac-61a32da094cf.schema",
        "d28e2ac5-fb34-4d93-94bc-cf5c580c2d4f.schema",
        "02fcf2f4-5e02-4a85-b672-46d1f715543e.schema",
    }
)


class BadTemplateError(ValueError):
    """
    The file cannot be imported; the text says why.
    """


@dataclass(frozen=True)
class Template:
    """
    `types` names every variable's type; only `private` variables differ from person to person.
    """

    id: str
    app_id: str
    is_published: bool
    root: Mapping[str, Any]
    types: Mapping[str, str]
    private: frozenset[str]


def foreign_template(template_id: str) -> Template:
    return Template(template_id, app_id="", is_published=True, root={}, types={}, private=frozenset())


def read_template(template_id: str, app_id: str, envelope: object, *, is_published: bool = True) -> Template:
    """
    Raises: BadTemplateError when the exported file is none.
    """
    if not isinstance(envelope, dict) or envelope.get("type") != "im" or envelope.get("mode") != "card":
        raise BadTemplateError("卡片模板要有 type: im 和 mode: card")
    editor = _editor_data(envelope.get("editorData"))
    tree = (editor.get("schema") or {}).get("componentsTree")
    variables = editor.get("variableList")
    if not isinstance(tree, list) or len(tree) != 1 or not isinstance(tree[0], dict):
        raise BadTemplateError("editorData.schema.componentsTree 要有一个根组件")
    if not isinstance(variables, list) or not all(isinstance(v, dict) and v.get("name") for v in variables):
        raise BadTemplateError("editorData.variableList 要是变量列表")
    types = {str(variable["name"]): str(variable.get("type", "string")) for variable in variables}
    if len(types) != len(variables):
        raise BadTemplateError("variableList 里有重名的变量")
    unknown = used_variables(tree[0]) - set(types)
    if unknown:
        raise BadTemplateError(f"模板用了没有声明的变量：{'、'.join(sorted(unknown))}")
    private = frozenset(str(variable["name"]) for variable in variables if variable.get("private") is True)
    return Template(template_id, app_id, is_published, tree[0], types, private)


def _editor_data(text: object) -> dict[str, Any]:
    try:
        editor = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        editor = None
    if not isinstance(editor, dict):
        raise BadTemplateError("editorData 要是一段 JSON 文本")
    return editor


def used_variables(node: object) -> set[str]:
    """
    Every variable that a component or one of its properties refers to.
    """
    match node:
        case list():
            return {name for part in node for name in used_variables(part)}
        case {"variableType": "local"}:
            return set()
        case dict():
            own = {str(node["variable"])} if node.get("variable") and node.get("type") != "fixed" else set()
            if node.get("type") == "dynamicString":
                own |= {match["name"] for match in _VARIABLE.finditer(str(node.get("content") or ""))}
            return own | {name for part in node.values() for name in used_variables(part)}
        case _:
            return set()


def text_of(prop: Any, values: Mapping[str, str]) -> str:
    """
    What a property says: a fixed text, a text with ${variables}, or a variable's value.
    """
    match prop:
        case str() | int() | float():
            return str(prop)
        case {"type": "dynamicString"}:
            return _VARIABLE.sub(lambda match: values.get(match["name"], ""), str(prop.get("content") or ""))
        case {"valueType": "variable", "variable": name} | {"type": "variableValue" | "variable", "variable": name}:
            found = values.get(str(name), "")
            return found or str(prop.get("value") or "")
        case {"value": value}:
            return "" if value is None else str(value)
        case _:
            return ""


def is_visible(prop: Any, values: Mapping[str, str]) -> bool:
    match prop:
        case {"valueType": "condition", "condition": dict(condition)}:
            return _holds(condition, values) is (prop.get("value") is not False)
        case {"valueType": "variable", "variable": name}:
            return values.get(str(name), "false").lower() == "true"
        case {"value": bool(value)}:
            return value
        case bool():
            return prop
        case _:
            return True


def _holds(condition: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    results = [_one_holds(one, values) for one in condition.get("conditions") or ()]
    if not results:
        return True
    return any(results) if condition.get("op") == "or" else all(results)


def _one_holds(one: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    left = values.get(str(one.get("variable")), "")
    right = values.get(str(one.get("value")), "") if one.get("valueType") == "variable" else str(one.get("value"))
    match one.get("op"):
        case "equal":
            return left == right
        case "notEqual":
            return left != right
        case _:
            return False


def variable_of(prop: object) -> str:
    """
    The variable which a property is bound to, empty when to none.
    """
    return str(prop.get("variable") or "") if isinstance(prop, dict) else ""
