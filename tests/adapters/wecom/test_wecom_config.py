"""
Which settings an account needs, by what it consists of.
"""

import pytest

from adapters.wecom.config import WeComConfig
from tests.adapters.wecom.wecom_rig import AES_KEY, CORP_ID, Rig, config

BOT = {"bot_id": "aib-1", "bot_secret": "s"}
NO_APP = {"agent_id": 0, "secret": "", "token": "", "aes_key": ""}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mode": "aibot", **BOT, **NO_APP},
        {"mode": "aibot", **BOT, "token": "", "aes_key": ""},
        {"mode": "both", **BOT},
        {"contact_token": "t", "contact_aes_key": AES_KEY},
        {"webhooks": "华东=k-1; 华南 = k-2 "},
        {"socket_base": "ws://127.0.0.1:8010/wecom/ws"},
    ],
)
def test_settings_that_can_be_right_have_no_faults(changes):
    assert () == config(**changes).faults()


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        (NO_APP, ("agent_id", "secret", "token", "aes_key")),
        ({"mode": "aibot", **NO_APP}, ("bot_id", "bot_secret")),
        ({"mode": "both"}, ("bot_id", "bot_secret")),
        ({"mode": "both", **BOT, "token": ""}, ("token",)),
        ({"mode": "aibot", **BOT, "secret": ""}, ("secret",)),
        ({"mode": "stream"}, ("mode",)),
        ({"aes_key": "short"}, ("aes_key",)),
        ({"contact_token": "t"}, ("contact_aes_key",)),
        ({"contact_aes_key": AES_KEY}, ("contact_token",)),
        ({"webhooks": "华东"}, ("webhooks",)),
        ({"webhooks": "=k"}, ("webhooks",)),
        ({"socket_base": "ws://openws.work.weixin.qq.com"}, ("socket_base",)),
        ({"api_base": "qyapi.weixin.qq.com", "start_url": "crm"}, ("start_url", "api_base")),
    ],
)
def test_settings_that_cannot_be_right_are_named(changes, faults):
    assert faults == config(**changes).faults()


def test_webhooks_are_read_by_the_groups_name():
    assert {"华东": "k-1", "华南": "k-2"} == config(webhooks="华东=k-1; 华南 = k-2 ;").webhook_keys


def test_no_secret_is_shown():
    secrets = {
        "secret": "s-1", "token": "s-2", "aes_key": "s-3", "bot_secret": "s-4", "contact_token": "s-5",
        "contact_aes_key": "s-6", "webhooks": "华东=s-7",
    }  # fmt: skip
    shown = repr(WeComConfig(account="main", corp_id=CORP_ID, start_url="https://crm.example.com", **secrets))

    assert not [number for number in range(1, 8) if f"s-{number}" in shown]


def test_people_and_login_need_an_app():
    bot = Rig(mode="aibot", **BOT, **NO_APP).adapter

    assert bot.login is None
    assert Rig().adapter.login is not None


@pytest.mark.parametrize(
    ("changes", "connected", "hears_groups"),
    [({}, False, False), ({"mode": "aibot", **BOT}, True, True), ({"mode": "both", **BOT}, True, True)],
)
def test_bot_brings_the_connection_and_the_groups(changes, connected, hears_groups):
    adapter = Rig(**changes).adapter

    assert (connected, hears_groups) == (adapter.connection is not None, adapter.capabilities.group_inbound)
