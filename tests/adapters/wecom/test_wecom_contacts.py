"""
Changes of the company's directory, as WeCom's 通讯录同步 reports them at an address of its own.
"""

from dataclasses import replace

import pytest

from adapters.wecom.crypto import WeComCrypto
from bot.events import MemberChanged, OtherEvent
from bot.ports import Accepted, RawRequest, Refused
from tests.adapters.wecom.wecom_rig import CORP_ID, Rig, message_xml, signed_post


def accepted(received):
    assert isinstance(received, Accepted), received
    return received.event


CONTACT_TOKEN = "contactToken"
CONTACT_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"


def contacts_rig():
    return Rig(contact_token=CONTACT_TOKEN, contact_aes_key=CONTACT_KEY)


def contacts_post(inner, **changes) -> RawRequest:
    text = message_xml(
        "event", f"<Event>change_contact</Event>{inner}", FromUserName="sys", **{"AgentID": ""} | changes
    )
    crypto = WeComCrypto(token=CONTACT_TOKEN, aes_key=CONTACT_KEY, receiver=CORP_ID)
    sealed = crypto.seal(text.encode())
    query = {"msg_signature": crypto.sign("1", "2", sealed), "timestamp": "1", "nonce": "2"}
    return RawRequest("POST", {}, query, f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode(), part="contacts")


@pytest.mark.parametrize(
    ("kind", "change"), [("create_user", "joined"), ("update_user", "updated"), ("delete_user", "left")]
)
def test_change_of_a_person_in_the_directory_names_the_person(kind, change):
    post = contacts_post(f"<ChangeType>{kind}</ChangeType><UserID>lisi</UserID>")

    event = accepted(contacts_rig().adapter.receive(post))

    assert isinstance(event, MemberChanged)
    assert ("lisi", change) == (event.sender.user_id, event.change)


def test_change_of_a_department_is_an_other_event():
    event = accepted(contacts_rig().adapter.receive(contacts_post("<ChangeType>create_party</ChangeType><Id>7</Id>")))

    assert isinstance(event, OtherEvent)
    assert event.kind == "change_contact:create_party"


def test_two_changes_in_one_second_have_different_keys():
    first, other = (
        accepted(contacts_rig().adapter.receive(contacts_post(f"<ChangeType>update_party</ChangeType><Id>{n}</Id>")))
        for n in (7, 8)
    )

    assert first.key != other.key


def test_change_without_the_person_is_refused():
    post = contacts_post("<ChangeType>delete_user</ChangeType>")

    assert Refused("fields") == contacts_rig().adapter.receive(post)


def test_the_directorys_address_has_keys_of_its_own():
    post = contacts_post("<ChangeType>delete_user</ChangeType><UserID>lisi</UserID>")
    wrong = signed_post(message_xml("event", "<Event>change_contact</Event>"))

    assert Refused("no_http") == Rig().adapter.receive(post)
    assert Refused("signature") == contacts_rig().adapter.receive(replace(wrong, part="contacts"))
    assert Refused("no_such_part") == Rig().adapter.receive(replace(wrong, part="card"))
