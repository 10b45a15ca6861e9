from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from adapters import js_sdk
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import CONFIG, NOW, Platform, build

TOKEN = "/open-apis/authen/v2/oauth/token"
PERSON = "/open-apis/authen/v1/user_info"
TICKET = "/open-apis/jssdk/ticket/get"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
BACK = "https://crm.example.com/login/feishu/back"


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers[TOKEN] = {"code": 0, "access_token": "u-1", "expires_in": 7200, "token_type": "Bearer"}
    platform.answers[PERSON] = {"code": 0, "data": {"open_id": "ou_1", "tenant_key": CONFIG.tenant_key}}
    return platform


def test_the_authorize_page_gets_state_redirect_and_the_challenge_of_the_standard():
    address = build().login.authorize_url("abc123", BACK, verifier=VERIFIER)

    query = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith("https://accounts.feishu.cn/open-apis/authen/v1/authorize?")
    assert (CONFIG.app_id, BACK, "abc123") == (query["client_id"], query["redirect_uri"], query["state"])
    # RFC 7636, appendix B
    assert ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256") == (
        query["code_challenge"],
        query["code_challenge_method"],
    )


def test_a_code_becomes_an_open_id(platform):
    person = build(platform=platform).login.person_of("code-1", redirect=BACK, verifier=VERIFIER)

    assert "ou_1" == person
    assert b'"code_verifier":"' + VERIFIER.encode() in platform.requests[0][3]
    assert "Bearer u-1" == platform.requests[1][4]["authorization"]


def test_somebody_of_another_company_is_nobody(platform):
    platform.answers[PERSON]["data"]["tenant_key"] = "another"

    assert build(platform=platform).login.person_of("code-1") is None


def test_a_spent_code_is_a_permanent_failure_and_keeps_the_secret(platform):
    refused = {"code": 20065, "error": "invalid_grant", "error_description": "The code has been used."}
    platform.answers[TOKEN] = httpx.Response(400, json=refused)

    with pytest.raises(PlatformError) as failed:
        build(platform=platform).login.person_of("code-1")

    assert ("feishu_20065", True) == (failed.value.code, failed.value.permanent)
    assert CONFIG.app_secret not in str(failed.value)


def test_a_platform_in_trouble_is_no_permanent_failure(platform):
    platform.answers[TOKEN] = httpx.Response(503, json={"code": 20050})

    with pytest.raises(PlatformError) as failed:
        build(platform=platform).login.person_of("code-1")

    assert not failed.value.permanent


def test_page_scripts_get_a_signature_in_milliseconds_and_the_ticket_is_fetched_once(platform):
    platform.answers[TICKET] = {"code": 0, "msg": "ok", "data": {"ticket": "T", "expire_in": 7200}}
    login = build(platform=platform).login

    config = login.js_config("https://crm.example.com/h5/visit?id=1#top")
    login.js_config("https://crm.example.com/h5/visit?id=2")

    assert int(NOW.timestamp() * 1000) == config["timestamp"]
    assert config["signature"] == js_sdk.signature(
        ticket="T", nonce=config["nonceStr"], timestamp=config["timestamp"], url="https://crm.example.com/h5/visit?id=1"
    )
    assert [f"POST {TICKET}"] == platform.calls()
