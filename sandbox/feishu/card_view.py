"""
Reading a Feishu card the way a person sees it: text, rows, buttons and form; version 1.0 is read as far as it is alike.

The check of the rules is card_rules.py.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

INPUTS = {
    "input": "text",
    "select_static": "select",
    "select_person": "select",
    "multi_select_static": "multi_select",
    "multi_select_person": "multi_select",
    "date_picker": "date",
    "picker_time": "text",
    "picker_datetime": "text",
    "checker": "checkbox",
}
CLICKABLE = frozenset({"button", "overflow", "interactive_container"})
_PAIR = re.compile(r"^\*\*(?P<label>[^*\n]{1,20}?)[：:]?\*\*[：:]?[ \t]*(?P<value>.+)$")
_PLAIN_PAIR = re.compile(r"^(?P<label>[^：:*<\n]{1,12})[：:][ \t]*(?P<value>.+)$")
# A line that names the one below it: all bold, or all grey.
_LABEL_LINE = re.compile(
    r"^(?:\*\*(?P<bold>[^*\n]{1,20}?)[：:]?\*\*|<font color=['\"]grey['\"]>(?P<grey>[^<\n]{1,20}?)[：:]?</font>)[：:]?$"
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_AT = re.compile(r"<(?P<tag>at|person)\s+id=['\"]?(?P<id>[^\s'\">]+)[^>]*>(?:[^<]*</(?:at|person)>)?")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z_]+(?:\s[^<>]*)?/?>")
_MARKS = re.compile(r"\*\*|~~|^#{1,6} |^\s*[-*] (?=\S)|`", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """
    One component in reading order; `id` is its name, else its place among the components that can be used.

    `caption` is the bold line right above it, which cards use where a component has no label of its own.
    """

    element: dict[str, Any]
    form: dict[str, Any] | None
    id: str
    caption: str = ""

    @property
    def tag(self) -> str:
        return str(self.element.get("tag", ""))

    @property
    def label(self) -> str:
        if self.tag == "interactive_container":
            return " ".join(_texts(self.element.get("elements", ()), {})).strip()
        label = plain(self.element.get("text")) or plain(self.element.get("label"))
        return label or self.caption or plain(self.element.get("placeholder"))


def usable_parts(card: Mapping[str, Any]) -> list[Part]:
    """
    The buttons, inputs and choices of a card in reading order.
    """
    parts: list[Part] = []
    above = ""
    for element, form in _walk(_roots(card), None):
        if element.get("tag") in CLICKABLE or element.get("tag") in INPUTS:
            caption = above if element.get("tag") in INPUTS else ""
            parts.append(Part(element, form, str(element.get("name") or len(parts)), caption))
        above = _caption(element)
    return parts


def summary(card: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """
    The card as title, fields, buttons and form. `names` gives people's names by open_id.
    """
    parts = usable_parts(card)
    inputs = [part for part in parts if part.tag in INPUTS]
    return {
        "title": plain((card.get("header") or {}).get("title")),
        "fields": _fields(card, names),
        "buttons": [button for part in parts if part.tag in CLICKABLE for button in _buttons(part)],
        "form": _form(inputs, names) if inputs else None,
    }


def readable(card: Mapping[str, Any], names: Mapping[str, str]) -> str:
    header = card.get("header") or {}
    heads = [plain(header.get("title")), plain(header.get("subtitle"))]
    heads += [plain(tag.get("text")) for tag in header.get("text_tag_list") or ()]
    lines = [*heads, *_texts(_roots(card), names)]
    return "\n".join(line for line in lines if line)


def plain(text: object, names: Mapping[str, str] | None = None) -> str:
    """
    A text object, or a piece of markdown, without its marks.
    """
    if isinstance(text, dict):
        content = str(text.get("content", ""))
        return content if text.get("tag") == "plain_text" else plain(content, names)
    if not text:
        return ""
    known = names or {}
    found = _BREAK.sub("\n", str(text))
    found = _AT.sub(lambda m: ("@" if m["tag"] == "at" else "") + _name(m["id"], known), found)
    found = _LINK.sub(r"\1", _IMAGE.sub("[图片]", found))
    return html.unescape(_MARKS.sub("", _TAG.sub("", found))).strip()


def initial_value(part: Part) -> Any:
    element = part.element
    match part.tag:
        case "input":
            return element.get("default_value", "")
        case "multi_select_static" | "multi_select_person":
            return list(element.get("selected_values", ()))
        case "checker":
            return bool(element.get("checked", False))
        case "date_picker":
            return element.get("initial_date", "")
        case "picker_time":
            return element.get("initial_time", "")
        case "picker_datetime":
            return element.get("initial_datetime", "")
        case _:
            index = element.get("initial_index") or 0
            options = element.get("options", ())
            return element.get("initial_option") or (options[index - 1]["value"] if 0 < index <= len(options) else "")


def _roots(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((card.get("body") or {}).get("elements") or card.get("elements") or ())


def _walk(
    elements: Iterable[dict[str, Any]], form: dict[str, Any] | None
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    for element in elements:
        yield element, form
        inner = element if element.get("tag") == "form" else form
        for key in ("columns", "elements", "actions"):
            yield from _walk(element.get(key) or (), inner)


def _texts(elements: Iterable[dict[str, Any]], names: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    above = ""
    for element, _ in _walk(elements, None):
        if element.get("tag") in INPUTS:
            part = Part(element, None, "", above)
            if above and part.label == above:
                lines.pop()
            lines.append(_input_text(part, names))
        else:
            lines += _element_texts(element, names)
        above = _caption(element)
    return lines


def _element_texts(element: dict[str, Any], names: Mapping[str, str]) -> list[str]:
    match element.get("tag"):
        case "markdown":
            return [plain(element.get("content"), names)]
        case "div":
            extra = [plain(field.get("text"), names) for field in element.get("fields") or ()]
            return [plain(element.get("text"), names), *extra]
        case "collapsible_panel":
            return [plain((element.get("header") or {}).get("title"), names)]
        case "person":
            return [_name(str(element.get("user_id")), names)]
        case "person_list":
            return ["、".join(_name(str(person.get("id")), names) for person in element.get("persons") or ())]
        case "table":
            return _table_texts(element)
        case "chart":
            return [f"{figure['label']}：{figure['value']}" for figure in _figures(element.get("chart_spec") or {})]
        case "note":
            return [plain(child, names) for child in element.get("elements") or ()]
        case _:
            return []


def _table_texts(table: dict[str, Any]) -> list[str]:
    columns = table.get("columns") or []
    head = [str(column.get("display_name", column.get("name"))) for column in columns]
    rows = [[_cell(row.get(column.get("name"), ""), column) for column in columns] for row in table.get("rows") or ()]
    return [" | ".join(cells) for cells in (head, *rows)]


def _figures(spec: Mapping[str, Any]) -> list[dict[str, str]]:
    """
    A chart as the figures a person reads off it.
    """
    name, amount = spec.get("xField", spec.get("categoryField")), spec.get("yField", spec.get("valueField"))
    keys = [key for key in (name, spec.get("seriesField")) if key]
    return [
        {"label": " ".join(str(figure.get(key, "")) for key in keys), "value": str(figure.get(amount, ""))}
        for figure in (spec.get("data") or {}).get("values") or ()
    ]


def _cell(value: object, column: Mapping[str, Any]) -> str:
    return plain(value) if column.get("data_type") in {"markdown", "lark_md"} else str(value)


def _input_text(part: Part, names: Mapping[str, str]) -> str:
    value = initial_value(part)
    chosen = {option["value"]: option["label"] for option in _options(part, names)}
    shown = [chosen.get(v, str(v)) for v in (value if isinstance(value, list) else [value]) if v not in {"", False}]
    return f"{part.label}：{'、'.join(shown)}" if shown else part.label


def _fields(card: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, str]]:
    fields = []
    for element, _ in _walk(_roots(card), None):
        fields += _figures(element.get("chart_spec") or {})
        texts = [element.get("text"), *(field.get("text") for field in element.get("fields") or ())]
        sources = [element.get("content")] if element.get("tag") == "markdown" else texts
        for source in sources:
            content = source.get("content") if isinstance(source, dict) else source
            if element.get("tag") in {"markdown", "div"} and content:
                fields += _pairs(str(content), names)
    return fields


def _pairs(text: str, names: Mapping[str, str]) -> list[dict[str, str]]:
    lines = [line.strip() for line in _BREAK.sub("\n", text).split("\n") if line.strip()]
    pairs = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        match = _PAIR.match(line) or _PLAIN_PAIR.match(line)
        if match:
            pairs.append({"label": plain(match["label"]), "value": plain(match["value"], names)})
        elif (label := _line_label(line)) and following and not _line_label(following):
            pairs.append({"label": label, "value": plain(following, names)})
    return pairs


def _caption(element: Mapping[str, Any]) -> str:
    return _line_label(str(element.get("content", ""))) if element.get("tag") == "markdown" else ""


def _line_label(line: str) -> str:
    match = _LABEL_LINE.match(line)
    return plain(match["bold"] or match["grey"]) if match else ""


def _buttons(part: Part) -> list[dict[str, Any]]:
    element = part.element
    if part.tag == "overflow":
        return [
            {"label": plain(o.get("text")), "id": f"{part.id}:{o.get('value')}", "style": "menu", "disabled": False}
            for o in element.get("options", ())
        ]
    button = {
        "label": part.label,
        "id": part.id,
        "style": _style(str(element.get("type", "default"))),
        "disabled": bool(element.get("disabled", False)),
    }
    address = link_of(element)
    return [button | {"url": address}] if address else [button]


def link_of(element: Mapping[str, Any]) -> str | None:
    for behavior in element.get("behaviors") or ():
        if behavior.get("type") == "open_url":
            return str(behavior.get("default_url") or behavior.get("pc_url") or "")
    return element.get("url")


def _style(button_type: str) -> str:
    return next((style for style in ("primary", "danger", "text") if style in button_type), "default")


def _form(inputs: list[Part], names: Mapping[str, str]) -> dict[str, Any]:
    form = next((part.form for part in inputs if part.form), None)
    return {"name": (form or {}).get("name", ""), "inputs": [_input(part, names) for part in inputs]}


def _input(part: Part, names: Mapping[str, str]) -> dict[str, Any]:
    element = part.element
    multiline = part.tag == "input" and element.get("input_type") == "multiline_text"
    return {
        "name": part.id,
        "label": part.label,
        "kind": "multiline" if multiline else INPUTS[part.tag],
        "options": _options(part, names),
        "value": initial_value(part),
        "required": bool(element.get("required", False)),
        "placeholder": plain(element.get("placeholder")),
        "disabled": bool(element.get("disabled", False)),
    }


def _options(part: Part, names: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"label": plain(option.get("text")) or _name(str(option["value"]), names), "value": str(option["value"])}
        for option in part.element.get("options") or ()
    ]


def _name(open_id: str, names: Mapping[str, str]) -> str:
    return "所有人" if open_id == "all" else names.get(open_id, open_id)
