"""
Cards are checked here as strictly as at Feishu, so that none is refused there as a whole.
"""

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.card_check import check_card, first_violation
from adapters.feishu.card_fields import COMPONENTS, PARTS
from adapters.feishu.render import card_content, render_card
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import VECTORS, seal
from tests.adapters.sample_cards import SAMPLES

V2_CASES = [case for case in VECTORS["card_cases"] if case.get("card", {}).get("schema") == "2.0"]
TEXT = {"tag": "plain_text", "content": "提交"}
LONG = {"tag": "plain_text", "content": "长" * 101}
BUTTON = {"tag": "button", "name": "b0", "text": TEXT}
SELECT = {"tag": "select_static", "name": "s", "options": [{"text": TEXT, "value": "a"}]}
TABLE = {"tag": "table", "columns": [{"name": "a", "data_type": "text"}], "rows": [{"a": "1"}]}
FACES = {name: render_card(card, seal, in_group=False) for name, card in SAMPLES.items()}


def form(*elements):
    submit = {**BUTTON, "name": "submit", "form_action_type": "submit"}
    return {"tag": "form", "name": "f", "elements": [*elements, submit]}


def nested(depth):
    inside = {"tag": "hr"}
    for _ in range(depth):
        inside = {"tag": "column_set", "columns": [{"tag": "column", "elements": [inside]}]}
    return inside


@pytest.mark.parametrize("tag", COMPONENTS)
def test_the_components_have_no_field_that_feishu_does_not_know(tag):
    assert set() == COMPONENTS[tag].fields - set(VECTORS["card_v2_fields"][tag])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("card", "_root"),
        ("config", "_config"),
        ("card_link", "_card_link"),
        ("header", "_header"),
        ("body", "_body"),
        ("text", "_text"),
        ("icon", "_icon"),
        ("option", "_option"),
        ("callback", "_behavior_callback"),
        ("open_url", "_behavior_open_url"),
        ("confirm", "_confirm"),
        ("table_column", "_table_column"),
        ("table_header_style", "_table_header_style"),
    ],
)
def test_the_other_parts_have_no_field_that_feishu_does_not_know(ours, theirs):
    assert set() == PARTS[ours].fields - set(VECTORS["card_v2_fields"][theirs])


@pytest.mark.parametrize("case", V2_CASES, ids=lambda case: case["name"])
def test_cards_are_refused_locally_as_feishu_would(case):
    violation = first_violation(case["card"], json.dumps(case["card"]))

    assert bool(case["expect"]["code"]) is (violation is not None), violation


def test_201_elements_are_refused_locally():
    card = {"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "x"}] * 201}}

    assert "201 elements where 200 are allowed" == first_violation(card, "{}")


@pytest.mark.parametrize(
    ("elements", "violation"),
    [
        ([{"tag": "column_set", "columns": [{"tag": "column", "elements": [{"tag": "form"}]}]}], "form inside"),
        ([{"tag": "form", "name": "f", "elements": []}], "without a submit button"),
        ([{"tag": "form", "name": "f", "elements": [{"tag": "input"}]}], "without a submit button|without a name"),
        ([{"tag": "input", "name": "a", "max_length": 1001}], "max_length"),
        ([{"tag": "input", "name": "a", "placeholder": {"tag": "plain_text", "content": "x" * 101}}], "placeholder"),
        ([BUTTON, {"tag": "input", "name": "b0"}], "name is used twice"),
        ([{"tag": "hr", "element_id": "a"}, {"tag": "hr", "element_id": "a"}], "element_id is used twice"),
        ([{"tag": "hr", "element_id": "1a"}], "element_id cannot be used"),
        ([{"tag": "button", "name": "b0"}], "text is missing"),
        ([{**BUTTON, "type": "huge"}], "type is none of its values"),
        ([{**BUTTON, "text": "提交"}], "not an object"),
        ([{**BUTTON, "text": {"tag": "note", "content": "x"}}], "tag is none of its values"),
        ([{**BUTTON, "text": {"tag": "plain_text", "content": "x", "bold": True}}], "unknown property bold"),
        ([{**BUTTON, "form_action_type": "submit"}], "outside of a form"),
        ([{**BUTTON, "confirm": {"text": TEXT}}], "title is missing"),
        ([{**BUTTON, "behaviors": [{"type": "callback", "value": "x"}]}], "callback is an object"),
        ([{**BUTTON, "behaviors": [{"type": "dance"}]}], "unknown behavior dance"),
        ([{**BUTTON, "behaviors": [{"type": "open_url", "default_url": "javascript:x"}]}], "no web address"),
        ([{**BUTTON, "behaviors": [{"type": "open_url", "default_url": "https://x", "new": 1}]}], "property new"),
        ([{**BUTTON, "behaviors": {}}], "not a list"),
        ([{"tag": "markdown", "content": ""}], "content is missing"),
        ([{"tag": "chart", "chart_spec": {"data": {}}}], "chart spec is invalid"),
        ([{"tag": "chart", "chart_spec": {"type": "bar"}, "aspect_ratio": "9:16"}], "aspect_ratio"),
        ([{"tag": "chart", "chart_spec": {"type": "bar"}}] * 6, "more than 5 charts"),
        ([form({"tag": "chart", "chart_spec": {"type": "bar"}})], "chart in a form"),
        ([{"tag": "select_static", "name": "s", "options": [{"text": TEXT}]}], "value is missing"),
        ([{**SELECT, "initial_option": "z"}], "initial_option is no option"),
        ([{**SELECT, "options": [{"text": LONG, "value": "a"}]}], "longer than 100"),
        ([{**TABLE, "page_size": 11}], "page_size"),
        ([{**TABLE, "columns": [{"name": "a", "data_type": "money"}]}], "data_type"),
        ([{**TABLE, "header_style": {"colour": "red"}}], "unknown property colour"),
        ([{"tag": "column_set", "columns": [BUTTON]}], "holds columns"),
        ([{"tag": "column", "elements": []}], "holds columns"),
        ([nested(6)], "nested deeper"),
        (["text"], "unsupported tag"),
        ("text", "not a list"),
    ],
)
def test_further_rules_are_checked_locally(elements, violation):
    found = first_violation({"schema": "2.0", "body": {"elements": elements}}, "{}")

    assert re.search(violation, found)


@pytest.mark.parametrize(
    ("changed", "violation"),
    [
        ({"config": {"wide_screen_mode": True}}, "unknown property wide_screen_mode, card -> config"),
        ({"config": {"width_mode": "huge"}}, "width_mode is none of its values"),
        ({"header": {"template": "blue"}}, "title is missing"),
        ({"header": {"title": TEXT, "template": "pink"}}, "template is none of its values"),
        ({"header": {"title": TEXT, "text_tag_list": [{"tag": "text_tag", "text": TEXT}] * 4}}, "3 header tags"),
        ({"header": {"title": TEXT, "text_tag_list": [{"tag": "text_tag", "text": TEXT, "color": "pink"}]}}, "color"),
        ({"elements": []}, "unknown property elements"),
        ({"body": []}, "not an object, card -> body"),
        ({"card_link": {"href": "https://x"}}, "unknown property href"),
    ],
)
def test_the_frame_of_a_card_is_checked(changed, violation):
    card = {"schema": "2.0", "body": {"elements": [{"tag": "hr"}]}} | changed

    assert re.search(violation, first_violation(card, "{}"))


def test_a_violation_names_the_place():
    card = {"schema": "2.0", "body": {"elements": [{"tag": "hr"}, form({"tag": "hr", "colour": "red"})]}}

    with pytest.raises(PlatformError) as error:
        check_card(card, "{}")

    where = "unknown property colour, card -> body -> elements -> [1] -> elements -> [0]"
    assert (f"feishu_card_invalid: {where}", True) == (str(error.value), error.value.permanent)


@given(st.sampled_from(sorted(FACES)), st.data())
def test_one_unknown_field_anywhere_is_found(name, data):
    face = copy.deepcopy(FACES[name])
    places = [face, *_objects(face["body"]), *_objects(face["header"])]
    place = data.draw(st.sampled_from([one for one in places if "chart_spec" not in one]))

    place["brand_new"] = 1

    assert "unknown property brand_new" in first_violation(face, card_content(face))


def _objects(value):
    """
    Every object of the card's own shape; payloads and table rows are free.
    """
    if isinstance(value, dict):
        yield value
        for name, child in value.items():
            if name not in {"value", "rows"}:
                yield from _objects(child)
    elif isinstance(value, list):
        for child in value:
            yield from _objects(child)
