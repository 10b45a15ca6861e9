"""
DingTalk's sizes, and the check that a card or message keeps them before it is sent.

"B" are bytes of UTF-8. DingTalk's own documentation of a variable's size (1 KB) is contradicted by its own sample of a
form, which is larger: a text stays below three times that, a form below eight.
Sources (read 2026-08): https://open.dingtalk.com/document/development/create-and-deliver-cards (variables),
…/robot-message-type and …/the-robot-sends-a-group-message (15 000 B of parameters), …/form-variables (fields).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from adapters.dingtalk import template
from adapters.dingtalk.markup import is_web_address, size

VARIABLE_BYTES: Final = 3 * 1024
FORM_BYTES: Final = 8 * 1024
MESSAGE_BYTES: Final = 15_000
TEXT_BYTES: Final = 5_800  # ours: leaves room for title and link buttons even where every byte must be escaped
PREVIEW_CHARS: Final = 80  # ours: the list of chats shows one line

# Ours: the vendor names no figures for what its clients cut with an ellipsis.
TITLE_CHARS: Final = 60
STATUS_CHARS: Final = 30
LABEL_CHARS: Final = 30
BUTTON_CHARS: Final = 20
OPTION_CHARS: Final = 60
PLACEHOLDER_CHARS: Final = 100

BUTTONS: Final = 12
OPTIONS: Final = 60
LINK_BUTTONS: Final = 5  # sampleActionCard2 … sampleActionCard5

FIELD_TYPES: Final = frozenset(
    {
        "TEXT", "TEXT_AREA", "NUMBER", "TEXT_ARRAY", "SELECT", "MULTI_SELECT", "DATE", "TIME", "DATETIME", "CHECKBOX",
        "SWITCH", "CHECKBOX_GROUP", "MULTI_CHECKBOX_GROUP",
    }
)  # fmt: skip
FIELD_KEYS: Final = frozenset(
    {
        "name", "label", "type", "hidden", "required", "requiredMsg", "readOnly", "placeholder", "format",
        "defaultValue", "options", "minRows", "maxRows", "addText",
    }
)  # fmt: skip
BUTTON_COLOURS: Final = frozenset({"blue", "red", "gray"})


def card_faults(params: Mapping[str, str]) -> tuple[str, ...]:
    """
    What DingTalk would refuse, garble or leave blank in the variables of a card; empty when nothing.
    """
    return tuple(_card_faults(params))


def message_faults(msg_param: Mapping[str, str]) -> tuple[str, ...]:
    """
    What DingTalk would refuse in the parameters of a robot's message; empty when nothing.
    """
    faults = [f"msgParam.{name} is empty" for name, value in msg_param.items() if not value]
    length = size(json.dumps(msg_param, ensure_ascii=False))
    return (*faults, f"msgParam has {length} bytes, at most {MESSAGE_BYTES}") if length > MESSAGE_BYTES else (*faults,)


def _card_faults(params: Mapping[str, str]) -> Iterator[str]:
    names = template.variables()
    yield from (f"variable {name} is missing" for name in names if name not in params)
    yield from (f"variable {name} is not in the template" for name in params if name not in names)
    for name, value in params.items():
        most = FORM_BYTES if name in template.FORMS else VARIABLE_BYTES
        if size(value) > most:
            yield f"variable {name} has {size(value)} bytes, at most {most}"
    for name in template.FORMS:
        yield from _form_faults(params, name)
    for name in (template.FIRST_BUTTONS, template.BUTTONS):
        yield from _button_faults(params, name)


def _form_faults(params: Mapping[str, str], form: str) -> Iterator[str]:
    fields = _parsed(params.get(form)).get("fields", [])
    if bool(fields) is not bool(params.get(template.submit(form))):
        yield "a form needs a button, and a button a form"
    names = [field.get("name") for field in fields]
    if len(set(names)) < len(names) or not all(names):
        yield "form fields need names of their own"
    for field in fields:
        if unknown := set(field) - FIELD_KEYS:
            yield f"unknown property {min(unknown)} in a form field"
        if field.get("type") not in FIELD_TYPES:
            yield f"unknown form field type {field.get('type')}"
        if "SELECT" in str(field.get("type")) and not 1 <= len(field.get("options", [])) <= OPTIONS:
            yield f"a choice must have 1 to {OPTIONS} options"


def _button_faults(params: Mapping[str, str], group: str) -> Iterator[str]:
    buttons = json.loads(params.get(group) or "[]")
    if bool(buttons) is not bool(params.get(template.shown(group))):
        yield "buttons are shown exactly when there are some"
    if len(buttons) > BUTTONS:
        yield f"{len(buttons)} buttons, at most {BUTTONS}"
    for button in buttons:
        if not button["text"] or button["color"] not in BUTTON_COLOURS:
            yield "a button needs a text and a colour that exists"
        event = button["event"]
        if event["type"] == "openLink" and not is_web_address(event["params"].get("url")):
            yield "a link must be http(s)"


def _parsed(text: str | None) -> dict[str, Any]:
    value = json.loads(text or "{}")
    return value if isinstance(value, dict) else {}
