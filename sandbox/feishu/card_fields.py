"""
The properties that card JSON 2.0 allows, by component; anything else makes the whole card fail.

Only data: the check itself is in card_rules.py.
"""

from __future__ import annotations

_LAYOUT = "direction padding horizontal_spacing horizontal_align vertical_spacing vertical_align"
_FIELD = "name required disabled placeholder width behaviors confirm"


def _properties(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


def _component(*words: str) -> frozenset[str]:
    return _properties("tag element_id margin", *words)


PARTS = {
    "root": _properties("schema config card_link header body fallback"),
    "config": _properties(
        "streaming_mode streaming_config summary locales enable_forward update_multi width_mode",
        "use_custom_translation enable_forward_interaction style",
    ),
    "card_link": _properties("url pc_url ios_url android_url"),
    "header": _properties("title subtitle text_tag_list i18n_text_tag_list template icon padding"),
    "body": _properties(_LAYOUT, "elements"),
    "text": _properties("tag element_id content i18n_content text_size text_color text_align lines"),
    "icon": _properties("tag token color img_key size"),
    "option": _properties("text value icon"),
    "person_option": _properties("value"),
    "overflow_option": _properties("text value multi_url"),
    "behavior_callback": _properties("type value"),
    "behavior_open_url": _properties("type default_url pc_url ios_url android_url"),
    "confirm": _properties("title text"),
    "table_column": _properties("name display_name width vertical_align horizontal_align data_type format date_format"),
    "table_header_style": _properties("text_align text_size background_style text_color bold lines"),
    "collapsible_header": _properties(
        "title background_color vertical_align padding position width icon icon_position icon_expanded_angle"
    ),
}

COMPONENTS = {
    "markdown": _component("content text_size text_align icon href"),
    "div": _component("width text icon fields extra"),
    "hr": _component(),
    "img": _component("img_key alt title transparent preview corner_radius scale_type size mode"),
    "img_combination": _component("combination_mode combination_transparent corner_radius img_list"),
    "person": _component("user_id size show_avatar show_name style"),
    "person_list": _component("persons size show_name show_avatar lines drop_invalid_user_id icon ud_icon"),
    "table": _component("page_size row_height row_max_height freeze_first_column header_style columns rows"),
    "chart": _component("aspect_ratio color_theme chart_spec preview height"),
    "column_set": _component(
        "horizontal_spacing horizontal_align vertical_align flex_mode background_style action columns"
    ),
    "column": _component(_LAYOUT, "background_style width weight action elements"),
    "form": _component(_LAYOUT, "name elements confirm"),
    "collapsible_panel": _component(_LAYOUT, "expanded background_color header border elements"),
    "interactive_container": _component(
        _LAYOUT,
        "width height background_style has_border border_color corner_radius behaviors disabled",
        "disabled_tips confirm hover_tips elements",
    ),
    "button": _component(
        "type size width text icon hover_tips disabled disabled_tips confirm behaviors url multi_url",
        "value name required form_action_type action_type",
    ),
    "input": _component(
        _FIELD,
        "default_value disabled_tips max_length input_type show_icon rows auto_resize max_rows label",
        "label_position value",
    ),
    "select_static": _component(_FIELD, "type options initial_option initial_index"),
    "multi_select_static": _component(_FIELD, "type options selected_values"),
    "select_person": _component(_FIELD, "type options initial_option"),
    "multi_select_person": _component(_FIELD, "type options selected_values"),
    "date_picker": _component(_FIELD, "type initial_date value"),
    "picker_time": _component(_FIELD, "type initial_time value"),
    "picker_datetime": _component(_FIELD, "type initial_datetime value"),
    "overflow": _component("width options value confirm"),
    "checker": _component(
        "name checked text overall_checkable button_area checked_style padding confirm behaviors",
        "hover_tips disabled disabled_tips",
    ),
    "select_img": _component(
        "multi_select layout name required can_preview aspect_ratio disabled disabled_tips value options",
        "behaviors confirm",
    ),
}
