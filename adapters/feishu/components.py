"""
The components of card JSON 2.0 that we draw: texts, rows of columns, buttons and form fields.

Each function makes one component from neutral values, escaped and cut. How a whole card is put together and shortened
belongs to `render.py`.
Source: https://open.feishu.cn/document/feishu-cards/card-json-v2-components/component-json-v2-overview (read 2026-05).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, assert_never

from adapters.feishu.inbound import GROUP_MARK
from adapters.feishu.limits import MAX_INPUT_LENGTH, MAX_PLACEHOLDER
from adapters.feishu.markup import clean, coloured, cut, escape, is_web_address, one_line
from bot.ports import Seal
from cards.model import Button, ButtonStyle, Chart, ChartKind, DateInput, Input, Option, Point, Select, TextInput

Component = dict[str, Any]

MAX_LABEL: Final = 30
FIELDS_A_ROW: Final = 2
MAX_BUTTON_LABEL: Final = 20
MAX_CONFIRM: Final = 200
MAX_OPTION: Final = 60

_BUTTON_TYPES: Final[dict[ButtonStyle, str]] = {
    "default": "default",
    "primary": "primary_filled",
    "danger": "danger",
}
_AXES: Final[dict[ChartKind, dict[str, Any]]] = {
    "bar": {"xField": "label", "yField": "value"},
    "line": {"xField": "label", "yField": "value"},
    "pie": {"categoryField": "label", "valueField": "value", "legends": {"visible": True}},
    "funnel": {"categoryField": "label", "valueField": "value", "isTransform": True},
}
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Sealing:
    """
    How buttons get their payload: the seal, and whether the card goes to a group.
    """

    seal: Seal
    in_group: bool

    def value(self, button: Button) -> dict[str, str] | None:
        """
        What the platform hands back on a click; None for a link.
        """
        if button.action is None:
            return None
        mark = {"c": GROUP_MARK} if self.in_group else {}
        return {"a": self.seal(button.action), **mark}


def plain(text: str) -> Component:
    """
    A text element without any markup; the caller has cut it.
    """
    return {"tag": "plain_text", "content": text}


def markdown(content: str) -> Component:
    """
    A text element of finished markup: the caller has escaped whatever people typed.
    """
    return {"tag": "markdown", "content": content}


def columns(entries: Sequence[Component], *, flex_mode: str = "none") -> Component:
    """
    Columns beside each other.
    """
    return {
        "tag": "column_set",
        "flex_mode": flex_mode,
        "horizontal_spacing": "8px",
        "columns": list(entries),
    }


def column(elements: Sequence[Component], *, weight: int | None = None) -> Component:
    """
    One column: as wide as its content, or sharing what is left by weight.
    """
    width: Component = {"width": "auto"} if weight is None else {"width": "weighted", "weight": weight}
    return {"tag": "column", **width, "vertical_align": "center", "elements": list(elements)}


def button_row(buttons: Sequence[Component]) -> Component:
    """
    Buttons side by side that wrap on narrow screens.
    """
    return columns([column([button]) for button in buttons], flex_mode="flow")


def is_drawable(button: Button) -> bool:
    """
    Whether the button does anything: an action of ours, or a link that may be shown.
    """
    return button.action is not None or is_web_address(button.url)


def draw_button(button: Button, position: int, sealing: Sealing, *, size: str = "medium") -> Component:
    """
    A button that calls back or opens a page.
    """
    label = one_line(button.label, MAX_BUTTON_LABEL)
    component: Component = {
        "tag": "button",
        "name": f"b{position}",
        "text": plain(label),
        "type": _BUTTON_TYPES[button.style],
        "size": size,
    }
    if button.confirm:
        component["confirm"] = {"title": plain(label), "text": plain(cut(button.confirm, MAX_CONFIRM))}
    value = sealing.value(button)
    if value is not None:
        component["behaviors"] = [{"type": "callback", "value": value}]
    else:
        component["behaviors"] = [{"type": "open_url", "default_url": button.url}]
    return component


def draw_chart(chart: Chart) -> Component | None:
    """
    The figures as a chart of VChart; None when a value cannot be drawn.
    """
    if not chart.points or not all(math.isfinite(point.value) for point in chart.points):
        return None
    has_series = any(point.series for point in chart.points)
    spec: dict[str, Any] = {
        "type": chart.kind,
        "data": {"values": [_figure(point, has_series=has_series) for point in chart.points]},
        "label": {"visible": True},
        **_AXES[chart.kind],
    }
    if has_series and "xField" in spec:
        spec |= {"seriesField": "series", "legends": {"visible": True}}
    return {"tag": "chart", "aspect_ratio": "16:9", "chart_spec": spec}


def _figure(point: Point, *, has_series: bool) -> dict[str, str | float]:
    series = {"series": one_line(point.series, MAX_LABEL)} if has_series else {}
    return {"label": one_line(point.label, MAX_LABEL), "value": point.value, **series}


def draw_submit(button: Button, position: int, sealing: Sealing) -> Component:
    """
    A button that sends its form's fields along.
    """
    return {**draw_button(button, position, sealing), "form_action_type": "submit"}


def draw_input(entry: Input, max_options: int) -> Iterator[Component]:
    """
    A form field under its label, and what is wrong with it in red below.
    """
    if not isinstance(entry, TextInput):
        yield _label(entry)
    match entry:
        case TextInput():
            yield _text_input(entry)
            if entry.error:
                yield markdown(coloured(cut(entry.error, MAX_CONFIRM), "red"))
        case Select():
            yield _select(entry, max_options)
        case DateInput():
            yield _date_picker(entry)
        case _:
            assert_never(entry)


def is_wide(entry: Input) -> bool:
    """
    Whether a field needs a line of its own: long texts, and fields with something to say about them.
    """
    return isinstance(entry, TextInput) and (entry.wide or entry.multiline or entry.error is not None)


def field_column(drawn: list[Component]) -> Component:
    """
    One field as a column of a row.
    """
    return {"tag": "column", "width": "weighted", "weight": 1, "vertical_spacing": "4px", "elements": drawn}


def field_row(columns: list[Component]) -> Iterator[Component]:
    """
    The columns side by side; a lone one stands without a row.
    """
    if len(columns) == 1:
        yield from columns[0]["elements"]
    elif columns:
        yield {"tag": "column_set", "flex_mode": "none", "horizontal_spacing": "8px", "columns": columns}


def _label(entry: Input) -> Component:
    """
    The name above a component that has no label of its own.
    """
    star = " <font color='red'>&#42;</font>" if entry.required else ""
    return markdown(escape(one_line(entry.label, MAX_LABEL)) + star)


def _field(tag: str, entry: Input, placeholder: str) -> Component:
    shown = one_line(placeholder, MAX_PLACEHOLDER)
    return {
        "tag": tag,
        "name": entry.name,
        "required": entry.required,
        "width": "fill",
        **({"placeholder": plain(shown)} if shown else {}),
    }


def _text_input(entry: TextInput) -> Component:
    value = clean(entry.value)[:MAX_INPUT_LENGTH]
    component = _field("input", entry, entry.placeholder)
    component |= {"label": plain(one_line(entry.label, MAX_LABEL)), "label_position": "top"}
    # what was typed before is kept even where it is longer than it should be
    component["max_length"] = min(max(entry.max_length, len(value), 1), MAX_INPUT_LENGTH)
    if value:
        component["default_value"] = value
    if entry.multiline:
        component |= {"input_type": "multiline_text", "rows": 3}
    return component


def _select(entry: Select, max_options: int) -> Component:
    component = _field("select_static", entry, entry.placeholder or entry.label)
    options = _shortened(entry, max_options)
    component["options"] = [
        {"text": plain(one_line(option.label, MAX_OPTION)), "value": option.value} for option in options
    ]
    if entry.value in {option.value for option in options}:
        component["initial_option"] = entry.value
    return component


def _shortened(entry: Select, max_options: int) -> list[Option]:
    """
    The first options, the chosen one always among them.
    """
    options = list(entry.options[:max_options])
    chosen = next((option for option in entry.options[max_options:] if option.value == entry.value), None)
    return [*options[:-1], chosen] if chosen else options


def _date_picker(entry: DateInput) -> Component:
    component = _field("date_picker", entry, entry.label)
    if _is_date(entry.value):
        component["initial_date"] = entry.value
    return component


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
