from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from adapters import js_sdk
from adapters.dingtalk.adapter import DingTalkAdapter
from adapters.dingtalk.config import DingTalkConfig
from adapters.http import Transport
from domain.errors import PlatformError
from tests.adapters.wecom.wecom_rig import MemoryState

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
BACK = "https://crm.example.com/login/dingtalk/back"
CONFIG = DingTalkConfig(
    account="main",
    client_id="dingclient01",
    client_secret="s3cret-of-the-app",
    corp_id="dingcorp01",
    start_url="https://crm.example.com/",
    mode="http",
    token="tokentoken",
    aes_key="a" * 43,
    agent_id=77,
)


class Counting(MemoryState):
    """
    Shared state with the month's counter, which free calls never touch.
    """

    def add(self, *arguments, **options):
        raise AssertionError("this call costs no quota")


class Platform:
    """
    Both hosts of DingTalk: scripted answers by path; every request is kept.
    """

    def __init__(self):
        self.requests = []
        self.answers = {
            "/v1.0/oauth2/accessToken": {"accessToken": "app-token", "expireIn": 7200},
            "/v1.0/oauth2/userAccessToken": {"accessToken": "user-token", "expireIn": 7200, "corpId": "dingcorp01"},
            "/v1.0/contact/users/me": {"nick": "小李", "unionId": "un_1"},
            "/topapi/user/getbyunionid": {"errcode": 0, "result": {"contact_type": 0, "userid": "u1"}},
            "/topapi/v2/user/getuserinfo": {"errcode": 0, "result": {"userid": "u1", "unionid": "un_1"}},
            "/v1.0/oauth2/jsapiTickets": {"jsapiTicket": "T", "expireIn": 7200},
        }

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers[request.url.path]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def paths(self):
        return [request.url.path for request in self.requests]


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def login(platform):
    http = Transport(CONFIG.origins, network=httpx.MockTransport(platform))
    return DingTalkAdapter(CONFIG, http=http, shared=Counting(), seal=str, clock=lambda: NOW).login


def test_the_page_with_the_qr_code_gets_state_and_redirect(login):
    address = login.authorize_url("abc123", BACK)

    assert address.startswith("https://login.dingtalk.com/oauth2/auth?")
    assert {
        "redirect_uri": BACK,
        "response_type": "code",
        "client_id": "dingclient01",
        "scope": "openid corpid",
        "state": "abc123",
        "prompt": "consent",
    } == dict(parse_qsl(urlsplit(address).query))


def test_inside_the_app_a_script_asks(login):
    assert ("dingcorp01", "dingclient01") == (login.script.corp_id, login.script.client_id)
    assert login.script.url.startswith("https://g.alicdn.com/dingding/dingtalk-jsapi/3.")


def test_a_code_of_the_page_becomes_a_user_id(login, platform):
    assert "u1" == login.person_of("code-1", redirect=BACK)
    assert "user-token" == platform.requests[1].headers["x-acs-dingtalk-access-token"]


def test_a_code_of_the_script_becomes_a_user_id(login, platform):
    assert "u1" == login.person_of("code-1", in_app=True)
    assert "/topapi/v2/user/getuserinfo" == platform.paths()[-1]


def test_somebody_of_another_company_is_nobody(login, platform):
    platform.answers["/v1.0/oauth2/userAccessToken"]["corpId"] = "another"

    assert login.person_of("code-1") is None


@pytest.mark.parametrize(
    "answer",
    [{"errcode": 0, "result": {"contact_type": 1, "userid": "u9"}}, {"errcode": 60121, "errmsg": "找不到该用户"}],
)
def test_a_contact_outside_the_company_is_nobody(login, platform, answer):
    platform.answers["/topapi/user/getbyunionid"] = answer

    assert login.person_of("code-1") is None


def test_a_spent_code_is_a_permanent_failure_and_keeps_the_secret(login, platform):
    refused = {"code": "invalidParameter.authCode.notFound", "message": "不合法的临时授权码"}
    platform.answers["/v1.0/oauth2/userAccessToken"] = httpx.Response(400, json=refused)
    platform.answers["/topapi/v2/user/getuserinfo"] = {"errcode": 40078, "errmsg": "不存在的临时授权码"}

    for in_app in (False, True):
        with pytest.raises(PlatformError) as failed:
            login.person_of("code-1", in_app=in_app)
        assert failed.value.permanent
        assert CONFIG.client_secret not in str(failed.value)


def test_a_platform_in_trouble_is_no_permanent_failure(login, platform):
    platform.answers["/v1.0/oauth2/userAccessToken"] = httpx.Response(503, json={"code": "system.busy"})

    with pytest.raises(PlatformError) as failed:
        login.person_of("code-1")

    assert not failed.value.permanent


def test_page_scripts_get_a_sha256_signature_and_the_ticket_is_fetched_once(login, platform):
    config = login.js_config("https://crm.example.com/h5/visit?id=1#top")
    login.js_config("https://crm.example.com/h5/visit?id=2")

    assert (77, "dingcorp01", int(NOW.timestamp() * 1000)) == (
        config["agentId"],
        config["corpId"],
        config["timeStamp"],
    )
    assert config["signature"] == js_sdk.signature(
        ticket="T",
        nonce=config["nonceStr"],
        timestamp=config["timeStamp"],
        url="https://crm.example.com/h5/visit?id=1",
        digest="sha256",
    )
    assert 1 == platform.paths().count("/v1.0/oauth2/jsapiTickets")
