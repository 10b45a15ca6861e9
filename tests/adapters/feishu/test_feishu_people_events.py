"""
Events about people: the directory's changes, and who comes into a group or leaves it.
"""

import pytest

from bot.events import BotAddedToGroup, BotRemovedFromGroup, ChatRef, GroupMembersChanged, MemberChanged, Person
from bot.ports import Accepted, Refused
from tests.adapters.feishu.feishu_rig import VECTORS, build, envelope, post, request

SIGNED = {vector["name"]: vector for vector in VECTORS["signed_requests"]}
LI = {"open_id": "ou_1", "union_id": "on_1", "name": "小李", "department_ids": ["od-1"]}
GROUP = {"chat_id": "oc_9", "operator_id": {"open_id": "ou_3"}, "external": False, "name": "华东销售群"}


def received(event_type, event):
    outcome = build().receive(post(envelope(event_type, event)))
    assert isinstance(outcome, Accepted), outcome
    return outcome.event


@pytest.mark.parametrize(
    ("event_type", "status", "change"),
    [
        ("contact.user.created_v3", {"is_activated": False}, "joined"),
        ("contact.user.updated_v3", {"is_frozen": False, "is_resigned": False}, "updated"),
        ("contact.user.updated_v3", None, "updated"),
        ("contact.user.updated_v3", {"is_frozen": True}, "left"),
        ("contact.user.updated_v3", {"is_resigned": True}, "left"),
        ("contact.user.deleted_v3", {"is_resigned": True}, "left"),
    ],
)
def test_a_change_of_the_directory_says_who_and_what(event_type, status, change):
    user = LI if status is None else {**LI, "status": status}
    event = received(event_type, {"object": user, "old_object": {"open_id": "ou_1", "department_ids": ["od-1"]}})

    assert (MemberChanged, Person("ou_1", "小李"), change) == (type(event), event.sender, event.change)


def test_a_deleted_person_of_the_vectors_has_left():
    event = build().receive(request(SIGNED["user_deleted"]["raw_body"], SIGNED["user_deleted"]["headers"])).event

    assert (MemberChanged, "left") == (type(event), event.change)


def test_a_person_whose_name_is_not_shown_has_none():
    assert Person("ou_1") == received("contact.user.created_v3", {"object": {"open_id": "ou_1"}}).sender


@pytest.mark.parametrize("kind", ["added", "deleted", "withdrawn"])
def test_people_coming_and_going_name_the_group(kind):
    event_type = f"im.chat.member.user.{kind}_v1"
    event = received(event_type, {**GROUP, "users": [{"name": "小王", "user_id": {"open_id": "ou_2"}}]})

    assert (GroupMembersChanged, ChatRef("group", "oc_9")) == (type(event), event.chat)


def test_the_bot_comes_and_goes():
    added = received("im.chat.member.bot.added_v1", {**GROUP, "external": True})
    removed = received("im.chat.member.bot.deleted_v1", GROUP)
    disbanded = received("im.chat.disbanded_v1", {"chat_id": "oc_9"})

    assert (BotAddedToGroup, "华东销售群", True) == (type(added), added.group_name, added.external)
    assert [(BotRemovedFromGroup, "oc_9")] * 2 == [(type(one), one.chat.id) for one in (removed, disbanded)]


@pytest.mark.parametrize(
    ("event_type", "event"),
    [
        ("contact.user.updated_v3", {}),
        ("contact.user.updated_v3", {"object": {"name": "小李"}}),
        ("contact.user.updated_v3", {"object": []}),
        ("im.chat.member.user.added_v1", {"users": []}),
    ],
)
def test_an_event_without_its_person_or_group_is_refused(event_type, event):
    assert Refused("malformed") == build().receive(post(envelope(event_type, event)))
