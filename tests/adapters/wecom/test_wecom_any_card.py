"""
What holds for every card on WeCom: it is drawn within the limits for a person, a group and as a new face.
"""

import json
import re

from hypothesis import HealthCheck, given, settings

from adapters.wecom import limits
from bot.ports import SentCard
from tests.adapters.any_cards import CARDS
from tests.adapters.wecom.wecom_rig import NOW, Rig, outbound

RIG = Rig()
EVERYTHING = [HealthCheck.too_slow, HealthCheck.data_too_large]
OURS = re.compile(
    r"\*\*|^> |<font color=\"(?:info|warning|comment)\">|</font>|\[[^\[\]]*\]\(https://[!-~]*\)", re.MULTILINE
)


def body(message):
    return json.loads(RIG.adapter.render(message))


@settings(max_examples=100, suppress_health_check=EVERYTHING)
@given(card=CARDS)
def test_every_card_is_a_message_and_a_face_that_wecom_takes(card):
    message = outbound(card)
    sent = SentCard("m-1", "o-1", message.recipient, NOW, update_token="rc-1")
    new, face = body(message), body(outbound(card, update=sent))["template_card"]

    assert () == limits.card_faults(face, new=False)
    if new["msgtype"] == "template_card":
        assert () == limits.card_faults(new["template_card"], new=True)
    else:
        assert len(new["markdown"]["content"].encode()) <= limits.APP.markdown_bytes


@settings(max_examples=100, suppress_health_check=EVERYTHING)
@given(card=CARDS)
def test_everything_typed_is_inert_in_a_group(card):
    content = body(outbound(card, to="chat_east", group=True))["markdown"]["content"]

    assert len(content.encode()) <= limits.APP.markdown_bytes
    assert not re.search(r"[*`<>\[\]#]", OURS.sub("", content)), content
