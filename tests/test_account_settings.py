"""
Platform accounts out of the settings: every fault of every account in one error, each with where to find the value.
"""

import pytest

from app import build
from bot.settings import Settings
from domain.errors import SettingsError

DINGTALK = {"client_id": "dingapp", "client_secret": "s", "corp_id": "dingcorp"}


@pytest.fixture
def settings(own_settings):
    return lambda **accounts: Settings(mode="demo", **accounts)


def test_all_faults_of_all_accounts_are_told_at_once(settings):
    wrong = {"main": {"client_id": "dingapp", "corp_id": "c", "agent_id": "wrong", "colour": "red"}}

    with pytest.raises(SettingsError) as failed:
        build(settings(dingtalk=wrong, wecom={"a": {"agent_id": "x"}}))

    told = "\n".join(failed.value.faults)
    assert "dingtalk.main.client_secret (environment LIAODAN_DINGTALK__main__CLIENT_SECRET) is missing" in told
    assert "凭证与基础信息 → Client Secret" in told
    assert "dingtalk.main.agent_id (environment LIAODAN_DINGTALK__main__AGENT_ID) is not a number" in told
    assert "dingtalk.main.colour (environment LIAODAN_DINGTALK__main__COLOUR) is no setting" in told
    assert "wecom.a.agent_id (environment LIAODAN_WECOM__a__AGENT_ID) is not a number" in told


def test_callbacks_over_http_need_their_own_secrets(settings):
    with pytest.raises(SettingsError) as failed:
        build(settings(dingtalk={"main": {**DINGTALK, "mode": "http"}}))

    assert ["token", "aes_key"] == [fault.split()[0].split(".")[-1] for fault in failed.value.faults]


def test_a_stream_account_needs_no_address_and_no_callback_secret(settings):
    product = build(settings(dingtalk={"main": DINGTALK}))

    adapter = product.adapters["dingtalk", "main"]
    product.database.close()
    assert adapter.connection is not None
    assert ("main", "dingcorp") == (adapter.account, adapter.corp_id)
