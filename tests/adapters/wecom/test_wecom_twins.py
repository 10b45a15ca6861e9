"""
WeCom's events carry no id: what differs in anything at all is another event, what differs in nothing is the same.
"""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bot.ports import Accepted
from tests.adapters.conformance.wecom import XML
from tests.adapters.wecom.wecom_rig import Rig, signed_post

WITHOUT_ID = sorted(name for name, (xml, _) in XML.items() if "<MsgId>" not in xml)
ANOTHER = {"CreateTime": "1763779202", "AgentID": "1000002"}


def heard(xml):
    outcome = Rig().adapter.receive(signed_post(xml))
    return outcome.event if isinstance(outcome, Accepted) else None


def twins(xml):
    """
    The event once for each of its leaves, with that leaf changed.
    """
    for number in range(len(list(ET.fromstring(xml).iter()))):
        tree = ET.fromstring(xml)
        leaf = list(tree.iter())[number]
        if len(leaf) == 0 and leaf.tag not in ("ToUserName", "MsgType", "AgentID"):
            leaf.text = ANOTHER.get(leaf.tag, f"{leaf.text or ''}x")
            yield leaf.tag, ET.tostring(tree, encoding="unicode")


@pytest.mark.parametrize("name", WITHOUT_ID)
def test_a_twin_that_differs_in_one_field_is_another_event(name):
    xml, _ = XML[name]
    one, found = heard(xml), 0

    for tag, changed in twins(xml):
        other = heard(changed)
        if other is not None and replace(other, key=one.key) != one:
            assert other.key != one.key, tag
            found += 1

    assert found >= 2


@pytest.mark.parametrize("name", sorted(XML))
def test_the_same_in_another_envelope_is_the_same_event(name):
    xml, _ = XML[name]

    assert heard(xml) == Rig().adapter.receive(signed_post(xml, nonce="7", timestamp="1763779999")).event
