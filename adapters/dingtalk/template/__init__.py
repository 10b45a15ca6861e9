"""
The one card template of the product: what an administrator imports into the card platform of their own app.

    liaodan-card.json   the file to import (卡片平台 → 新建模板 → 更多 → 导入 JSON); made by `importable`
    __init__.py         its source: blocks from top to bottom, each bound to one variable and hidden while that is empty

Templates belong to one app, so ours cannot be used from there: every installation imports its own copy. All that a card
says and offers comes in variables; a new kind of card therefore never needs a new template. What the variables hold is
decided in `render.py`.
Source: https://open.dingtalk.com/document/development/form-variables and the exports of the card platform's editor
(read 2026-08).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

PREVIEW: Final = "lastMessage"
HEAD: Final = "head"
BODY: Final = ("body_1", "body_2", "body_3")
FIRST_BUTTONS: Final = "btns_first"
FORMS: Final = ("form", "form_2", "form_3")
FORM_STATUS: Final = "form_status"
BELOW: Final = "below"
BUTTONS: Final = "btns"
FOOT: Final = "foot"

Json = dict[str, Any]

_MARGIN: Final = 12
_NO_CONDITION: Final[Json] = {"op": "and", "conditions": []}

# What a variable of a structured type consists of, as (name, type) with the parts of the part.
_Shape = tuple[tuple[str, str, Any], ...]
_OPTION: Final[_Shape] = (("value", "string", ()), ("text", "string", ()))
_FIELD: Final[_Shape] = (
    *((name, "string", ()) for name in ("name", "label", "type")),
    ("hidden", "boolean", ()),
    ("required", "boolean", ()),
    ("requiredMsg", "string", ()),
    ("readOnly", "boolean", ()),
    ("placeholder", "string", ()),
    ("defaultValue", "string", ()),
    ("options", "loopArray", _OPTION),
)
_FORM: Final[_Shape] = (("fields", "loopArray", _FIELD),)
_REQUEST: Final[_Shape] = (("url", "string", ()), ("actionId", "string", ()), ("params", "object", ()))
_BUTTON: Final[_Shape] = (
    *((name, "string", ()) for name in ("text", "color", "status")),
    ("event", "dynamicEvent", (("type", "string", ()), ("params", "object", _REQUEST))),
)

_VARIABLES: Final[tuple[tuple[str, str, str, _Shape], ...]] = (
    (PREVIEW, "string", "会话列表里的摘要", ()),
    (HEAD, "markdown", "标题", ()),
    *((name, "markdown", "正文", ()) for name in BODY),
    (FIRST_BUTTONS, "buttonGroup", "表单之前的按钮", _BUTTON),
    (f"{FIRST_BUTTONS}_shown", "string", "空 = 不显示", ()),
    *(entry for name in FORMS for entry in (
        (name, "form", "表单", _FORM), (f"{name}_submit", "string", "表单按钮文案；空 = 不显示表单", ()),
    )),
    (FORM_STATUS, "string", "表单状态：normal、disabled", ()),
    (BELOW, "markdown", "表单之后的正文", ()),
    (BUTTONS, "buttonGroup", "按钮列表", _BUTTON),
    (f"{BUTTONS}_shown", "string", "空 = 不显示", ()),
    (FOOT, "markdown", "可以发送的文字指令", ()),
)  # fmt: skip


def submit(form: str) -> str:
    """
    The variable that holds the caption of a form's button, and hides the form while it is empty.
    """
    return f"{form}_submit"


def shown(buttons: str) -> str:
    """
    The variable that hides a list of buttons while it is empty.
    """
    return f"{buttons}_shown"


def variables() -> tuple[str, ...]:
    """
    The names of all variables: a card gives every one of them a value, if only an empty one.
    """
    return tuple(name for name, *_ in _VARIABLES)


def importable() -> str:
    """
    The file to import: an envelope around the editor's document, which is itself a JSON text.

    `widgetInfo` is what the editor compiles for old clients; it is made when the imported template is saved there.
    """
    document = json.dumps(_document(), ensure_ascii=False, separators=(",", ":"))
    envelope = {"editorData": document, "widgetInfo": "", "type": "im", "mode": "card"}
    return json.dumps(envelope, ensure_ascii=False, indent=1) + "\n"


def _document() -> Json:
    nodes = [
        _markdown(HEAD, top=_MARGIN),
        *(_markdown(name) for name in BODY),
        _button_group(FIRST_BUTTONS),
        *(_form(name) for name in FORMS),
        _markdown(BELOW),
        _button_group(BUTTONS),
        _markdown(FOOT),
    ]
    names = sorted({node["componentName"] for node in nodes} - {"Form"})
    return {
        "schemaVersion": "3.0.0",
        "schema": {
            "version": "1.0.0",
            "componentsMap": [
                *(_component(name) for name in ("Card", *names)),
                {"devMode": "lowCode", "componentName": "Form"},
            ],
            "componentsTree": [_card(nodes)],
            "i18n": {},
        },
        "mockData": {"cardData": _example(), "cardPrivateData": {}, "localData": {}, "richTextData": {}},
        "editVersion": 0,
        "customWidgetInfo": "",
        "useCustomWidgetInfo": False,
        "variableList": [_variable(*entry) for entry in _VARIABLES],
        **{name: [] for name in ("formList", "expList", "localList", "hsfList", "lwpList")},
        "extension": {"extendType": "NORMAL", "fileTypeList": []},
    }


def _component(name: str) -> Json:
    return {
        "package": "@ali/dxComponent",
        "version": "1.0.0",
        "exportName": name,
        "main": "./src/index.tsx",
        "destructuring": False,
        "subName": "",
        "componentName": name,
    }


def _node(component: str, name: str, title: str, props: Mapping[str, Any], children: Sequence[Json] = ()) -> Json:
    return {
        "componentName": component,
        "id": f"node_{name}",
        "props": dict(props),
        "title": title,
        "hidden": False,
        "isLocked": False,
        "condition": True,
        "conditionGroup": "",
        **({"children": list(children)} if children else {}),
    }


def _card(children: Sequence[Json]) -> Json:
    return _node("Card", "card", "", {"summaryContent": _bound(PREVIEW)}, children)


def _markdown(variable: str, *, top: int = 0) -> Json:
    """
    A block of text. Without `varType` the client leaves it blank; `isStreaming` is for the typewriter API alone.
    """
    props = {
        "content": _bound(variable) | {"varType": "markdown"},
        "isStreaming": False,
        "visible": _while_filled(variable),
        **_margins(top=top, bottom=8),
    }
    return _node("MarkdownBlock", variable, "富文本", props)


def _form(name: str) -> Json:
    """
    A form with its one button. A click hands back the component's id and the values.
    """
    props = {
        "id": name,
        "submitText": {"type": "dynamicString", "content": f"${{{submit(name)}}}", "i18n": False},
        "formSchema": _bound(name),
        "params": [],
        "status": {
            "type": "dynamicSelect",
            "valueType": "variable",
            "value": "normal",
            "variable": FORM_STATUS,
            "variableType": "global",
        },
        "visible": _while_filled(submit(name)),
        "actionType": "request",
    }
    return _node("Form", name, "表单", props)


def _button_group(name: str) -> Json:
    props = {
        "buttonsSource": "variable",
        "dynamicButtons": _bound(name),
        "fixedButtonIds": [],
        "fixedButtons": [],
        "buttonSpacing": 8,
        "enableResponsiveLayout": True,
        "responsiveLayoutWidth": 350,
        "matchContent": False,
        "visible": _while_filled(shown(name)),
        **_margins(top=4, bottom=_MARGIN),
    }
    return _node("ButtonGroup", name, "按钮组", props)


def _bound(variable: str) -> Json:
    return {"type": "variableValue", "variableType": "global", "variable": variable}


def _while_filled(variable: str) -> Json:
    condition = {
        "type": "variable",
        "variable": variable,
        "variableType": "global",
        "op": "notEqual",
        "valueType": "fixed",
        "value": "",
        "valueVariableType": "global",
    }
    return {
        "type": "dynamicVisible",
        "valueType": "condition",
        "value": True,
        "condition": _NO_CONDITION | {"conditions": [condition]},
    }


def _margins(*, top: int, bottom: int) -> Json:
    return {"marginTop": top, "marginBottom": bottom, "marginLeft": _MARGIN, "marginRight": _MARGIN}


def _variable(name: str, kind: str, meaning: str, shape: _Shape) -> Json:
    entry = _part(name, kind, name, shape) | {"disabled": False}
    return entry | {"description": meaning}


def _part(name: str, kind: str, path: str, shape: _Shape) -> Json:
    """
    A variable or a part of one; the parts of a list are named by its first entry.
    """
    inside = f"{path}[0]" if kind == "loopArray" else path
    parts = [_part(inner, inner_kind, f"{inside}.{inner}", rest) for inner, inner_kind, rest in shape]
    return {
        "id": path,
        "name": name,
        "type": kind,
        "private": False,
        "description": "",
        "editorVarType": "variables",
        "disabled": True,
        **({"schema": parts} if parts else {}),
    }


def _example() -> Json:
    """
    What the editor's preview shows.
    """
    fields = [{"name": "name", "label": "客户名称", "type": "TEXT", "required": True, "defaultValue": "杭州云途科技"}]
    event = {"type": "sendCardRequest", "params": {"actionId": "b1", "params": {}}}
    return {
        **dict.fromkeys(variables(), ""),
        PREVIEW: "客户报备【待提交】",
        HEAD: "#### 客户报备",
        BODY[0]: "<font color=common_blue1_color>待提交</font>",
        FORMS[0]: {"fields": fields},
        submit(FORMS[0]): "提交",
        FORM_STATUS: "normal",
        BUTTONS: [{"text": "取消", "color": "gray", "status": "normal", "event": event}],
        shown(BUTTONS): "yes",
    }
