"""
What the 智能机器人 says, what pictures and files are sent as, and what happens to cards that cannot be drawn.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom import limits
from adapters.wecom.markup import one_line
from bot.ports import Media, Recipient, SentCard
from cards.model import Button, Card, CardAction
from cards.text import DIRECT_CHAT_ONLY
from domain.errors import PlatformError
from tests.adapters.any_cards import CARDS
from tests.adapters.sample_cards import SAMPLES
from tests.adapters.wecom.wecom_rig import NOW, Rig, outbound

APP = Rig()
BOT = Rig(mode="aibot", bot_id="aib-1", bot_secret="s", token="", aes_key="")


def bot_body(message):
    return json.loads(BOT.adapter.render(message))


def body(message):
    return json.loads(APP.adapter.render(message))


def button(label, name):
    return Button(label, CardAction(name))


@given(CARDS)
def test_any_card_keeps_all_limits_as_the_bots(card):
    drawn = bot_body(outbound(card, to="aibot:wr1", group=True))

    if drawn["msgtype"] == "markdown":
        assert 0 < len(drawn["markdown"]["content"].encode()) <= limits.BOT.markdown_bytes
    else:
        assert () == limits.card_faults(drawn["template_card"], new=True, sizes=limits.BOT)


@given(st.text(min_size=1).filter(one_line))
def test_any_text_of_the_bot_is_markdown_without_markup(text):
    content = bot_body(outbound(text=text, to="zhangsan"))["markdown"]["content"]

    assert not set(content) & set("*`<>[]#")


@pytest.mark.parametrize("text", ["", " \n ", "\u202e"])
def test_bot_cannot_say_nothing(text):
    with pytest.raises(PlatformError, match="44004"):
        bot_body(outbound(text=text, to="zhangsan"))


def test_link_of_a_bots_card_opens_from_the_card_as_its_buttons_cannot():
    card = Card("合同", buttons=(button("同意", "approve"), Button("查看", url="https://crm.example.com/c/1")))

    face = bot_body(outbound(card, to="aibot:wr1", group=True))["template_card"]

    assert ["同意"] == [entry["text"] for entry in face["button_list"]]
    assert {"type": 1, "url": "https://crm.example.com/c/1"} == face["card_action"]


@pytest.mark.parametrize("name", SAMPLES)
def test_group_that_the_bot_hears_is_not_sent_to_the_direct_chat(name):
    assert DIRECT_CHAT_ONLY not in BOT.adapter.render(outbound(SAMPLES[name], to="aibot:wr1", group=True))


def test_group_that_the_app_cannot_hear_is_sent_to_the_direct_chat():
    assert DIRECT_CHAT_ONLY in APP.adapter.render(outbound(SAMPLES["pool"], to="chat_east", group=True))


def test_card_that_cannot_be_changed_as_a_whole_loses_its_buttons(monkeypatch):
    monkeypatch.setattr(limits, "BUTTONS", 0)
    card = Card("审批", status="已同意", buttons=(button("同意", "approve"),))

    assert {"replace_name": "已同意"} == body(
        outbound(card, update=SentCard("m", "o-1", Recipient("person", "zhangsan"), NOW, "rc-1"))
    )["button"]


PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (Media("image", "a.png", PNG), "image"),
        (Media("image", "a.jpg", b"\xff\xd8\xff" + bytes(9)), "image"),
        (Media("image", "a.webp", b"RIFF" + bytes(64)), "file"),
        (Media("image", "a.png", PNG + bytes(limits.IMAGE_BYTES)), "file"),
        (Media("file", "a.png", PNG), "file"),
    ],
)
def test_picture_that_is_no_jpg_or_png_or_too_large_goes_as_a_file(media, kind):
    assert kind == body(outbound(to="zhangsan", media=media))["msgtype"]


@pytest.mark.parametrize("size", [0, 5, limits.FILE_BYTES + 1])
def test_file_of_an_impossible_size_is_refused_before_it_is_sent(size):
    with pytest.raises(PlatformError) as caught:
        body(outbound(to="zhangsan", media=Media("file", "a", bytes(size))))

    assert caught.value.permanent
