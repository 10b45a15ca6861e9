import pytest
from conversation import only
from small_company import GROUP, MONDAY

from bot.router import Command, Router
from cards import help as cards
from cards.actions import ACTIONS, RunCommand
from cards.model import Button, Card
from domain.access import Actor
from domain.text import find_command
from handlers.routes import ROUTES

CLOUD = "杭州云途科技有限公司"


def test_every_command_is_explained_and_nothing_else():
    commands = [route for route in ROUTES if isinstance(route, Command)]

    assert set(cards.TOPICS) == {route.key for route in commands}
    assert {key for _, keys in cards.GROUPS for key in keys} == {route.key for route in commands if not route.on_card}


@pytest.mark.parametrize("key", sorted(cards.TOPICS))
def test_every_word_and_example_of_the_help_calls_its_command(key):
    topic = cards.TOPICS[key]

    assert {find_command(text).key for text in (topic.word, *topic.examples)} == {key}


def test_every_button_has_somebody_who_answers_it():
    assert set(Router.of(ROUTES).clicks) == set(ACTIONS)


def test_help_lists_the_commands_with_examples(company, feishu):
    text = only(feishu.say("小李", "帮助")).text

    assert "【新客户】\n报备：报备新客户，自动查重，例如“报备 杭州云途科技" in text
    assert "[我的客户] [公海] [待办] [我的审批]" in text


def test_where_cards_are_small_help_is_brief(company, wecom):
    text = only(wecom.say("小李", "帮助")).text

    assert "【公海】公海、领取、退回，例如“领取 云途”" in text
    assert len(text) < 480


def test_help_explains_one_command(company, feishu):
    card = only(feishu.say("小李", "帮助 报备"))

    assert card.card.title == "怎么用：报备"


def test_help_is_answered_in_the_group_it_was_asked_in(company, feishu):
    company.add_group()

    assert [message.to for message in feishu.say("小李", "帮助", group=GROUP)] == [GROUP]


def test_the_buttons_do_what_the_commands_do(company, feishu):
    company.owned(CLOUD, "小李")
    card = only(feishu.say("小李", "帮助"))

    clicked = feishu.click("小李", card, "我的客户")

    assert clicked.said[0].card.title == "我的客户"
    assert card.card.title == "我能帮你做这些"


def group_card(company, conversation, action):
    company.add_group()
    card = Card("群里的卡片", buttons=(Button("按", action.card_action()),))
    with conversation.units.write(Actor.system("a card in a group for a test"), cause="test") as ctx:
        ctx.post.to_group("feishu", "demo", GROUP, card)
    conversation.delivery.drain()
    return conversation.in_group(GROUP)[0]


def test_in_a_group_a_private_command_answers_its_clicker_privately(company, feishu):
    company.owned(CLOUD, "小李")
    card = group_card(company, feishu, RunCommand("my_customers", ""))

    clicked = feishu.click("小李", card, "按", group=GROUP)

    assert "已发到你和我的单聊里" in clicked.toast
    assert [message.to for message in clicked.said] == [feishu.user_id("小李")]
    assert CLOUD in clicked.said[0].text


def test_in_a_group_a_public_command_answers_into_the_group(company, feishu):
    card = group_card(company, feishu, RunCommand("help", ""))

    clicked = feishu.click("小李", card, "按", group=GROUP)

    assert [message.to for message in clicked.said] == [GROUP]


def test_a_button_of_a_command_that_is_gone_is_outdated(company, feishu):
    card = group_card(company, feishu, RunCommand("fortune_telling", ""))

    assert "这张卡片已经过时" in feishu.click("小李", card, "按", group=GROUP).toast


def test_leaving_a_dialogue_does_the_command_that_was_typed(company, wecom):
    company.owned(CLOUD, "小李")
    wecom.say("小李", "跟进 云途")
    asked = only(wecom.say("小李", "查客户 云途"))

    clicked = wecom.click("小李", asked, "放弃并继续")

    assert "已放弃填写" in clicked.card
    assert clicked.said[0].card.title == CLOUD
    assert "没有正在填写的内容" in only(wecom.say("小李", "取消")).text


def test_however_long_the_command_in_between_was_nothing_of_it_is_lost(company, wecom):
    company.owned(CLOUD, "小李")
    wecom.say("小李", "跟进 云途")
    content = "电话沟通了很多细节，客户要报价。" * 60
    asked = only(wecom.say("小李", f"跟进 云途 {content}"))
    sealed = wecom.seal.seal(asked.button("放弃并继续").action)

    clicked = wecom.click("小李", asked, "放弃并继续")

    assert len(sealed) <= 512
    assert "跟进已保存" in clicked.text


def test_leaving_a_dialogue_that_has_ended_is_explained(company, wecom):
    company.owned(CLOUD, "小李")
    wecom.say("小李", "跟进 云途")
    asked = only(wecom.say("小李", "查客户 云途"))
    wecom.say("小李", "取消")

    assert "刚才的填写已经结束了" in wecom.click("小李", asked, "放弃并继续").text


def test_keeping_on_after_the_dialogue_has_ended_is_explained(company, wecom):
    company.owned(CLOUD, "小李")
    wecom.say("小李", "跟进 云途")
    asked = only(wecom.say("小李", "我的客户"))
    wecom.say("小李", "取消")

    assert "刚才的填写已经结束了" in wecom.click("小李", asked, "继续填写").text


def test_the_clock_of_the_conversation_stands_still(company, feishu):
    feishu.say("小李", "帮助")

    assert feishu.clock.now() == MONDAY
