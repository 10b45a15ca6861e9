"""
Every card the product can show, on every platform and as plain text: golden files to look at, one a card.

The samples of `sample_cards.py` show what a renderer does with anything; here stands what people really get.
"""

import json
import pathlib

import pytest

from adapters.dingtalk import limits as dingtalk_limits
from adapters.dingtalk import template
from adapters.dingtalk.markdown import card_message
from adapters.dingtalk.render import card_face
from adapters.feishu.card_check import first_violation
from adapters.feishu.render import card_content, render_card
from adapters.wecom.limits import card_faults
from bot.ports import Outbound, Recipient
from cards.model import Form
from cards.text import card_text
from tests.adapters.golden_files import golden
from tests.adapters.wecom.wecom_rig import Rig, outbound
from tests.cards.every_card import EVERY_CARD

GOLDEN = pathlib.Path(__file__).parent / "every_card"


def seal(action):
    return f"v1.{action.name}.signature"


WECOM = Rig().adapter


def on_dingtalk(card):
    opened = {*template.FORMS, template.FIRST_BUTTONS, template.BUTTONS}
    params = card_face(card, seal).params
    filled = {name: value for name, value in params.items() if value not in {"", "[]", '{"fields":[]}'}}
    return {name: json.loads(value) if name in opened else value for name, value in filled.items()}


def without_template(card):
    return dict(card_message(Outbound("r1", Recipient("person", "u1"), card, ""), card).msg_param)


def on_wecom(card):
    return json.loads(WECOM.render(outbound(card)))


def in_a_wecom_group(card):
    return json.loads(WECOM.render(outbound(card, to="east", group=True)))["markdown"]["content"]


def faces(card):
    return {
        "text": card_text(card).split("\n"),
        "wecom": on_wecom(card),
        "wecom group": in_a_wecom_group(card).split("\n"),
        "dingtalk": on_dingtalk(card),
        "dingtalk without template": without_template(card),
        "feishu": render_card(card, seal, in_group=False),
    }


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_card_looks_as_reviewed_on_every_platform(name):
    drawn = faces(EVERY_CARD[name])

    assert golden(GOLDEN, name, drawn) == drawn


def test_there_is_a_golden_file_for_each_card_and_no_other():
    assert sorted(EVERY_CARD) == sorted(path.stem for path in GOLDEN.iterdir())


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_card_keeps_every_platforms_limits(name):
    card = EVERY_CARD[name]
    face = render_card(card, seal, in_group=False)
    on_wecom_now = on_wecom(card)

    assert first_violation(face, card_content(face)) is None
    assert () == dingtalk_limits.card_faults(card_face(card, seal).params)
    assert () == dingtalk_limits.message_faults(without_template(card))
    assert () == card_faults(on_wecom_now["template_card"], new=True) if "template_card" in on_wecom_now else True


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_card_keeps_its_form_and_all_buttons_on_dingtalk(name):
    """
    The plain face that any card falls back to is for cards nobody builds: none of ours may end there.
    """
    card = EVERY_CARD[name]
    drawn = on_dingtalk(card)
    groups = [drawn.get(name, []) for name in (template.FIRST_BUTTONS, template.BUTTONS)]
    offered = [button["text"] for group in groups for button in group]
    offered += [drawn.get(template.submit(name), "") for name in template.FORMS]
    asked = {field["name"] for name in template.FORMS for field in drawn.get(name, {"fields": []})["fields"]} - {"_a"}
    forms = [element for element in card.elements if isinstance(element, Form)]

    assert asked == {entry.name for form in forms for entry in form.inputs}
    for button in (*card.buttons, *(button for form in forms for button in form.buttons)):
        assert button.label in offered
