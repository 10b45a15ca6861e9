from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters import js_sdk
from domain.errors import PlatformError
from tests.adapters.wecom.wecom_rig import AGENT_ID, CORP_ID, NOW, Rig

BACK = "https://crm.example.com/login/wecom/back"


def query_of(address):
    return dict(parse_qsl(urlsplit(address).query))


def test_inside_the_app_the_silent_page_is_used():
    address = Rig().adapter.login.authorize_url("abc123", BACK, in_app=True)

    query = query_of(address)
    assert address.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert address.endswith("#wechat_redirect")
    assert {"appid": CORP_ID, "redirect_uri": BACK, "state": "abc123", "scope": "snsapi_base"}.items() <= query.items()
    assert (str(AGENT_ID), "code") == (query["agentid"], query["response_type"])


def test_elsewhere_the_page_with_the_qr_code_is_used():
    address = Rig().adapter.login.authorize_url("abc123", BACK)

    assert address.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")
    assert {
        "login_type": "CorpApp",
        "appid": CORP_ID,
        "agentid": str(AGENT_ID),
        "redirect_uri": BACK,
        "state": "abc123",
    } == query_of(address)


def test_a_private_deployment_has_its_own_pages():
    login = Rig(oauth_base="https://wecom.internal.example/").adapter.login

    assert login.authorize_url("s", BACK, in_app=True).startswith("https://wecom.internal.example/connect/oauth2/")
    assert login.authorize_url("s", BACK).startswith("https://wecom.internal.example/wwlogin/sso/login?")


def test_a_code_becomes_a_user_id():
    rig = Rig()
    rig.platform.answers["auth/getuserinfo"] = [{"errcode": 0, "errmsg": "ok", "userid": "ZhangSan"}]

    assert "ZhangSan" == rig.adapter.login.person_of("code-1")
    assert "code-1" == rig.platform.calls[-1][2]["code"]


def test_somebody_outside_the_company_is_nobody():
    rig = Rig()
    rig.platform.answers["auth/getuserinfo"] = [{"errcode": 0, "errmsg": "ok", "openid": "oAAA"}]

    assert rig.adapter.login.person_of("code-1") is None


@pytest.mark.parametrize("code", [40029, 42003])
def test_a_spent_or_old_code_is_a_permanent_failure(code):
    rig = Rig()
    rig.platform.answers["auth/getuserinfo"] = [{"errcode": code, "errmsg": "invalid code"}]

    with pytest.raises(PlatformError) as failed:
        rig.adapter.login.person_of("code-1")

    assert (f"wecom_{code}", True) == (failed.value.code, failed.value.permanent)


def test_page_scripts_get_a_signature_and_the_ticket_is_fetched_once():
    rig = Rig()
    rig.platform.answers["get_jsapi_ticket"] = [{"errcode": 0, "errmsg": "ok", "ticket": "T", "expires_in": 7200}]

    config = rig.adapter.login.js_config("https://crm.example.com/h5/visit?id=1#top")
    rig.adapter.login.js_config("https://crm.example.com/h5/visit?id=2")

    assert (CORP_ID, int(NOW.timestamp())) == (config["appId"], config["timestamp"])
    assert config["signature"] == js_sdk.signature(
        ticket="T", nonce=config["nonceStr"], timestamp=config["timestamp"], url="https://crm.example.com/h5/visit?id=1"
    )
    assert 1 == rig.platform.paths().count("get_jsapi_ticket")
