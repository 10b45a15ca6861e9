"""
What may have been said is said again only where the platform recognises it; elsewhere an operator decides.
"""

import httpx
import pytest

from domain.errors import LineDown, PlatformError
from tests.adapters.conformance.outbound import CARD, PLACES, TAKEN

RECOGNISED = {"飞书单聊", "飞书群", "企业微信应用"}
SAYINGS = (
    "sendBySession",
    "oToMessages",
    "groupMessages/send",
    "message/send",
    "messages",
    "appchat/send",
    "webhook/send",
)


class Silent:
    """
    A platform that takes everything and does not answer what says something.
    """

    def __call__(self, request):
        if request.url.path.endswith(("batchSend", *SAYINGS, "createAndDeliver")):
            raise httpx.ReadTimeout("black hole")
        return httpx.Response(200, json=TAKEN)


def refusal(name, **message):
    place = PLACES[name]
    adapter, outbound = place.adapter(Silent()), place.message("o-1", **message)
    with pytest.raises(PlatformError) as refused:
        adapter.send(outbound, adapter.render(outbound))
    return refused.value


@pytest.mark.parametrize("name", [name for name in PLACES if name != "智能机器人"])
def test_a_text_whose_answer_is_lost_is_repeated_only_where_it_is_recognised(name):
    error = refusal(name, text="日报")

    assert (True, name not in RECOGNISED) == (error.unknown_outcome, error.permanent)


@pytest.mark.parametrize("name", ["钉钉单聊", "钉钉群"])
def test_dingtalks_cards_are_recognised_by_their_own_key(name):
    error = refusal(name, card=CARD)

    assert (True, False) == (error.unknown_outcome, error.permanent)


def test_what_never_left_for_the_bots_line_waits():
    error = refusal("智能机器人", text="日报")

    assert isinstance(error, LineDown)
    assert (False, False) == (error.unknown_outcome, error.permanent)
