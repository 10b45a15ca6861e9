"""
The Form component: fields that the variable of type `form` describes, and what its submit button sends.

The client checks only what is required; everything else is the server's business.
Source: https://open.dingtalk.com/document/development/form-variables (read 2026-08)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.world import UnknownThingError

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "TEXT": "text",
    "TEXT_AREA": "multiline",
    "NUMBER": "text",
    "TEXT_ARRAY": "list",
    "SELECT": "select",
    "MULTI_SELECT": "multi_select",
    "DATE": "date",
    "TIME": "time",
    "DATETIME": "datetime",
    "CHECKBOX": "checkbox",
    "SWITCH": "checkbox",
    "CHECKBOX_GROUP": "select",
    "MULTI_CHECKBOX_GROUP": "multi_select",
}
SINGLE = frozenset({"SELECT", "CHECKBOX_GROUP"})
SEVERAL = frozenset({"MULTI_SELECT", "MULTI_CHECKBOX_GROUP"})
YES_NO = frozenset({"CHECKBOX", "SWITCH"})
# Clients before 7.6.35 show these as a plain line.
NEWER = frozenset({"TEXT_AREA", "NUMBER"})


class ClientRefusalError(Exception):
    """
    The vendor's client refuses by itself, or cannot use the answer; the text is what it shows.
    """


class BadFormError(ValueError):
    """
    The value of the form variable is no description of a form.
    """


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    type: str
    options: tuple[tuple[str, str], ...]
    default: Any
    required: bool
    required_message: str
    placeholder: str
    hidden: bool
    read_only: bool

    @property
    def kind(self) -> str:
        return KINDS[self.type]

    @property
    def initial(self) -> Any:
        """
        What stands in the field before it is touched, as the control API names it.
        """
        if self.type in SINGLE:
            return str((self.default or {}).get("value", "")) if isinstance(self.default, dict) else ""
        if self.type in SEVERAL:
            return list((self.default or {}).get("value", ())) if isinstance(self.default, dict) else []
        if self.type in YES_NO:
            return self.default is True
        if self.type == "TEXT_ARRAY":
            return [str(one) for one in self.default] if isinstance(self.default, list) else []
        return "" if self.default is None else str(self.default)

    def drawn(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "kind": self.kind,
            "options": [{"label": label, "value": value} for value, label in self.options],
            "value": self.initial,
            "required": self.required,
            "placeholder": self.placeholder,
            "disabled": self.read_only,
        }


def read_fields(text: str, *, old_client: bool) -> list[Field]:
    """
    Raises: BadFormError naming what an administrator would see missing on the card.
    """
    try:
        described = json.loads(text or "{}")
        fields = described.get("fields") or []
        return [_field(one, old_client=old_client) for one in fields]
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise BadFormError(f"{type(error).__name__}: {error}") from error


def _field(given: Mapping[str, Any], *, old_client: bool) -> Field:
    kind = str(given["type"])
    if kind not in KINDS:
        raise BadFormError(f"unknown field type {kind}")
    options = tuple((str(option["value"]), str(option["text"])) for option in given.get("options") or ())
    return Field(
        name=str(given["name"]),
        label=str(given.get("label") or ""),
        type="TEXT" if old_client and kind in NEWER else kind,
        options=options,
        default=given.get("defaultValue"),
        required=given.get("required") is True,
        required_message=str(given.get("requiredMsg") or ""),
        placeholder=str(given.get("placeholder") or ""),
        hidden=given.get("hidden") is True,
        read_only=given.get("readOnly") is True,
    )


def submitted(fields: list[Field], given: Mapping[str, Any], *, numbers: bool) -> dict[str, Any]:
    """
    The values of a submission. Empty optional fields are absent; hidden and read-only ones are sent as they stand.

    Raises: ClientRefusalError when something required is empty.
    """
    unknown = set(given) - {field.name for field in fields if not field.hidden}
    if unknown:
        raise UnknownThingError(f"表单里没有 {'、'.join(sorted(unknown))}")
    values: dict[str, Any] = {}
    for field in fields:
        value = field.initial if field.read_only or field.hidden else given.get(field.name, field.initial)
        if value in ("", [], None) or (field.required and value is False):
            if field.required and not field.hidden:
                raise ClientRefusalError(field.required_message or f"请填写“{field.label}”")
            if value is not False:
                continue
        values[field.name] = _sent(field, value, numbers=numbers)
    return values


def _sent(field: Field, value: Any, *, numbers: bool) -> Any:
    if field.type in SINGLE:
        place = _option(field, value)
        return {"index": place, "value": field.options[place][0]}
    if field.type in SEVERAL:
        places = [_option(field, one) for one in (value if isinstance(value, list) else [value])]
        return {"index": places, "value": [field.options[place][0] for place in places]}
    if field.type in YES_NO:
        return value is True
    if field.type == "TEXT_ARRAY":
        return [str(one) for one in (value if isinstance(value, list) else [value])]
    if field.type == "NUMBER" and numbers:
        return float(value) if _is_number(str(value)) else str(value)
    return str(value)


def _option(field: Field, wanted: object) -> int:
    for place, (value, label) in enumerate(field.options):
        if str(wanted) in {value, label}:
            return place
    raise UnknownThingError(f"“{field.label}”里没有选项 {wanted}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
