"""
Who is meant by an @ in a message: our bot, another bot, or people.
"""

import pytest

from bot.events import Person
from bot.ports import Accepted
from tests.adapters.feishu.feishu_rig import Platform, build, message, post


def accepted(payload):
    outcome = build().receive(post(payload))
    assert isinstance(outcome, Accepted), outcome
    return outcome.event


def test_people_mentioned_stay_in_the_text_by_name():
    mentions = [
        {"key": "@_user_1", "id": {"open_id": "ou_bot"}, "mentioned_type": "bot", "name": "聊单"},
        {"key": "@_user_10", "id": {"open_id": "ou_2"}, "mentioned_type": "user", "name": "小王"},
    ]

    event = accepted(
        message("text", {"text": "@_user_1报备 云途 @_user_10协作 @_all"}, chat_type="group", mentions=mentions)
    )

    assert ("报备 云途 @小王 协作", (Person("ou_2", "小王"),)) == (event.text, event.mentions)


def test_once_it_knows_itself_the_bot_answers_to_its_own_mention_only():
    platform = Platform()
    platform.answers["/open-apis/bot/v3/info"] = {"code": 0, "msg": "ok", "bot": {"open_id": "ou_bot"}}
    adapter = build(platform=platform)
    adapter.warm_up()
    ours, other = (
        {"key": f"@_user_{n}", "id": {"open_id": open_id}, "mentioned_type": "bot", "name": name}
        for n, open_id, name in ((1, "ou_bot", "聊单"), (2, "ou_other", "日程助手"))
    )

    def heard(*mentions):
        text = {"text": "@_user_1@_user_2 公海"}
        return adapter.receive(post(message("text", text, chat_type="group", mentions=list(mentions)))).event

    assert "im.message.receive_v1:not_addressed" == heard(other).kind
    assert ("@日程助手 公海", (Person("ou_other", "日程助手"),)) == (
        heard(ours, other).text,
        heard(ours, other).mentions,
    )


@pytest.mark.parametrize("answer", [{"code": 99991672, "msg": "x"}, {"code": 0, "msg": "ok"}, {"code": 0, "bot": {}}])
def test_a_bot_that_cannot_learn_its_name_answers_to_every_bots(answer):
    platform = Platform()
    platform.answers["/open-apis/bot/v3/info"] = answer
    adapter = build(platform=platform)
    adapter.warm_up()
    mention = {"key": "@_user_1", "id": {"open_id": "ou_bot"}, "mentioned_type": "bot", "name": "聊单"}
    text = {"text": "@_user_1 公海"}

    outcome = adapter.receive(post(message("text", text, chat_type="group", mentions=[mention])))

    assert "公海" == outcome.event.text
