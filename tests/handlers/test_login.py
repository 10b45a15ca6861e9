"""
登录 in the chat: a link for the person who asked, and nobody else.
"""

from datetime import timedelta

import pytest
from conversation import only

from domain.access import Actor
from domain.login import LINK_LIFE, SessionLimits
from handlers import leaver, login
from handlers.login import NotAMember, SignedIn
from store import sessions
from store.sessions import Proof

SYSTEM = Actor.system("test sign-in")
GROUP = "oc_east"
BROWSER = Proof("platform", address="203.0.113.7")


def link_in(message):
    [button] = [button for button in message.card.all_buttons() if button.url]
    return button.url


def token_in(message):
    return link_in(message).rpartition("/login/link/")[2]


def use(conversation, token):
    with conversation.units.write(SYSTEM, cause="sign in") as ctx:
        return login.by_link(ctx, token, BROWSER, SessionLimits())


def test_the_link_signs_in_whoever_asked_for_it(anywhere):
    company, conversation = anywhere

    made = use(conversation, token_in(only(conversation.say("小李", "登录"))))

    assert isinstance(made, SignedIn)
    with conversation.database.read() as tx:
        session = sessions.find(tx, made.token, conversation.clock.now(), SessionLimits())
    assert (company.ids["小李"], "feishu", "demo") == (session.actor.member_id, session.platform, session.account)


def test_a_link_works_once(anywhere):
    _, conversation = anywhere
    token = token_in(only(conversation.say("小李", "登录")))

    assert isinstance(use(conversation, token), SignedIn)
    assert NotAMember() == use(conversation, token)


def test_a_link_ends_after_five_minutes(company, feishu):
    token = token_in(only(feishu.say("小李", "登录")))

    feishu.clock.set(feishu.clock.now() + LINK_LIFE - timedelta(seconds=1))
    with feishu.units.read(SYSTEM) as ctx:
        assert "小李" == login.link_owner(ctx, token)
    feishu.clock.set(feishu.clock.now() + timedelta(seconds=1))

    assert NotAMember() == use(feishu, token)


def test_a_newer_link_ends_the_older_one(company, feishu):
    first = token_in(only(feishu.say("小李", "登录")))
    second = token_in(only(feishu.say("小李", "登录网页")))

    assert NotAMember() == use(feishu, first)
    assert isinstance(use(feishu, second), SignedIn)


def test_in_a_group_only_the_person_gets_the_link(company, feishu):
    company.add_group()

    feishu.say("小李", "登录", group=GROUP)

    assert "/login/link/" in feishu.inbox("小李")[-1].text
    assert [] == [message for message in feishu.in_group(GROUP) if "/login/link/" in message.text]


def test_where_the_platform_does_not_prove_who_writes_there_is_no_link(company, feishu):
    said = only(feishu.say("小李", "登录", is_signed=False))

    assert "用浏览器打开" in said.text
    assert "/login/link/" not in said.text


def test_the_link_of_a_leaver_is_worth_nothing(anywhere):
    company, conversation = anywhere
    token = token_in(only(conversation.say("小李", "登录")))

    with conversation.units.write(SYSTEM, cause="leave") as ctx:
        leaver.leave(ctx, company.ids["小李"])

    assert NotAMember() == use(conversation, token)


@pytest.mark.parametrize("token", ["", "x", "\x00", "y" * 5000])
def test_a_made_up_link_is_worth_nothing(anywhere, token):
    _, conversation = anywhere

    assert NotAMember() == use(conversation, token)
