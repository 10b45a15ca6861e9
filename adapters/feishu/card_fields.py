"""
The parts of card JSON 2.0 that we draw: which fields each may have, must have, and which of them hold parts again.

Only data; the rules beyond single fields are in `card_check.py`.
Source: https://open.feishu.cn/document/feishu-cards/card-json-v2-structure and
https://open.feishu.cn/document/feishu-cards/card-json-v2-components/component-json-v2-overview (read 2026-05).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Part:
    """
    One kind of object. `parts` are fields that hold another part, or with `[]` a list of them; `choices` are closed.

    Two kinds stand for several: a `component` is told by its tag, a `behavior` by its type.
    """

    plain: frozenset[str]
    parts: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """
        Every field it may have.
        """
        return self.plain | set(self.parts)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


def _part(plain: str, *, required: str = "", choices: Mapping[str, frozenset[str]] | None = None, **parts: str) -> Part:
    return Part(_words(plain), parts, _words(required), choices or {})


_BOX: Final = "tag element_id margin"
_LAYOUT: Final = "direction padding horizontal_spacing horizontal_align vertical_spacing vertical_align"
_FIELD: Final = f"{_BOX} type name required disabled width"
_COLOURS: Final = _words("neutral blue turquoise lime orange violet indigo wathet green yellow red purple carmine")

PARTS: Final[Mapping[str, Part]] = {
    "card": _part("schema", required="schema", config="config", card_link="card_link", header="header", body="body"),
    "config": _part(
        "locales enable_forward update_multi width_mode enable_forward_interaction style",
        summary="summary",
        choices={"width_mode": _words("default compact fill")},
    ),
    "summary": _part("content i18n_content"),
    "card_link": _part("url pc_url ios_url android_url"),
    "header": _part(
        "template padding",
        title="text",
        subtitle="text",
        text_tag_list="text_tag[]",
        icon="icon",
        required="title",
        choices={
            "template": _words(
                "blue wathet turquoise green yellow orange red carmine violet purple indigo grey default"
            )
        },
    ),
    "text_tag": _part("tag element_id color", text="text", required="text", choices={"color": _COLOURS}),
    "body": _part(_LAYOUT, elements="component[]"),
    "text": _part(
        "tag element_id content i18n_content text_size text_color text_align lines",
        required="tag",
        choices={"tag": _words("plain_text lark_md")},
    ),
    "icon": _part("tag token color img_key size", required="tag"),
    "option": _part("value", text="text", icon="icon", required="text value"),
    "callback": _part("type value", required="value"),
    "open_url": _part("type default_url pc_url ios_url android_url", required="default_url"),
    "confirm": _part("", title="text", text="text", required="title text"),
    "table_column": _part(
        "name display_name width vertical_align horizontal_align data_type format date_format",
        required="name data_type",
        choices={"data_type": _words("text lark_md options number persons date markdown")},
    ),
    "table_header_style": _part("text_align text_size background_style text_color bold lines"),
}

COMPONENTS: Final[Mapping[str, Part]] = {
    "markdown": _part(f"{_BOX} content text_size text_align", icon="icon", required="content"),
    "hr": _part(_BOX),
    "table": _part(
        f"{_BOX} page_size row_height row_max_height freeze_first_column rows",
        header_style="table_header_style",
        columns="table_column[]",
        required="columns",
    ),
    "chart": _part(
        f"{_BOX} aspect_ratio color_theme chart_spec preview height",
        required="chart_spec",
        choices={
            "aspect_ratio": _words("1:1 2:1 4:3 16:9"),
            "color_theme": _words("brand rainbow complementary converse primary"),
        },
    ),
    "column_set": _part(
        f"{_BOX} horizontal_spacing horizontal_align vertical_align flex_mode background_style action",
        columns="component[]",
        required="columns",
        choices={"flex_mode": _words("none stretch flow bisect trisect")},
    ),
    "column": _part(f"{_BOX} {_LAYOUT} background_style width weight action", elements="component[]"),
    "form": _part(f"{_BOX} {_LAYOUT} name confirm", elements="component[]", required="name elements"),
    "button": _part(
        f"{_FIELD} size form_action_type",
        text="text",
        icon="icon",
        hover_tips="text",
        disabled_tips="text",
        confirm="confirm",
        behaviors="behavior[]",
        required="text",
        choices={
            "type": _words("default primary danger text primary_text danger_text primary_filled danger_filled laser"),
            "size": _words("tiny small medium large"),
            "form_action_type": _words("submit reset"),
        },
    ),
    "input": _part(
        f"{_BOX} name required disabled width default_value value max_length input_type show_icon rows auto_resize "
        "max_rows label_position",
        placeholder="text",
        label="text",
        disabled_tips="text",
        confirm="confirm",
        behaviors="behavior[]",
        choices={"input_type": _words("text multiline_text password"), "label_position": _words("top left")},
    ),
    "select_static": _part(
        f"{_FIELD} initial_option initial_index",
        options="option[]",
        placeholder="text",
        confirm="confirm",
        behaviors="behavior[]",
    ),
    "date_picker": _part(f"{_FIELD} initial_date value", placeholder="text", confirm="confirm", behaviors="behavior[]"),
}
