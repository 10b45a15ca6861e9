"""
The emulated sign-in pages: who is let through, what a code is good for, and what each vendor refuses.
"""

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from sandbox_bench import DINGTALK, FEISHU, WECOM

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


class Browser:
    """
    A browser at one vendor's sign-in page; the product's redirect address is never fetched.
    """

    def __init__(self, bench, path, query):
        self.bench, self.path, self.query = bench, path, query

    def open(self, **changes):
        return self.bench.call("GET", self.path, params={**self.query, **changes})

    def choose(self, person, **changes):
        """
        What comes back to the product once this person is chosen.
        """
        answer = self.open(sandbox_person=person, **changes)
        assert 302 == answer.status_code, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@pytest.fixture
def wecom(bench):
    query = {
        "login_type": "CorpApp",
        "appid": WECOM.corp_id,
        "agentid": WECOM.agent_id,
        "redirect_uri": f"{bench.product.url}/login/wecom/back",
        "state": "s1",
    }
    return Browser(bench, "/wecom/wwlogin/sso/login", query)


@pytest.fixture
def feishu(bench):
    query = {
        "client_id": FEISHU.app_id,
        "response_type": "code",
        "redirect_uri": f"{bench.product.url}/login/feishu/back",
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return Browser(bench, "/feishu/open-apis/authen/v1/authorize", query)


def wecom_call(bench, path, **query):
    secret = {"corpid": WECOM.corp_id, "corpsecret": WECOM.secret}
    token = bench.call("GET", "/wecom/cgi-bin/gettoken", params=secret).json()["access_token"]
    return bench.call("GET", f"/wecom/cgi-bin/{path}", params={"access_token": token, **query}).json()


def feishu_token(bench, feishu, granted, **changes):
    body = {
        "grant_type": "authorization_code",
        "client_id": FEISHU.app_id,
        "client_secret": FEISHU.app_secret,
        "code": granted,
        "redirect_uri": feishu.query["redirect_uri"],
        "code_verifier": VERIFIER,
    }
    return bench.call("POST", "/feishu/open-apis/authen/v2/oauth/token", json=body | changes)


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
def test_the_page_asks_who_signs_in_and_runs_no_script(request, name):
    answer = request.getfixturevalue(name).open()

    assert "小李" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
def test_the_state_comes_back_unchanged_with_a_code(request, name):
    back = request.getfixturevalue(name).choose("xiaoli", state="abc123")

    code = "authCode" if name == "dingtalk" else "code"
    assert ({code, "state"}, "abc123") == (set(back), back["state"])


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
@pytest.mark.parametrize("address", ["https://evil.example/", "", "http://127.0.0.1/login"])
def test_an_address_that_is_not_registered_is_refused(request, name, address):
    answer = request.getfixturevalue(name).open(redirect_uri=address, sandbox_person="xiaoli")

    assert 400 == answer.status_code


def test_who_holds_the_phone_is_not_asked(bench, wecom):
    bench.post("/wecom/switches", name="login_as", value="xiaoli")

    assert 302 == wecom.open().status_code


def test_a_wecom_code_names_the_member_once(bench, wecom):
    code = wecom.choose("xiaoli")["code"]

    assert "xiaoli" == wecom_call(bench, "auth/getuserinfo", code=code)["userid"]
    assert 40029 == wecom_call(bench, "auth/getuserinfo", code=code)["errcode"]
    assert 40029 == wecom_call(bench, "auth/getuserinfo", code="made-up")["errcode"]
    assert 41008 == wecom_call(bench, "auth/getuserinfo")["errcode"]


def test_a_wecom_code_ends_after_five_minutes(bench, wecom):
    code = wecom.choose("xiaoli")["code"]

    bench.pass_time(minutes=5, seconds=1)

    assert 42003 == wecom_call(bench, "auth/getuserinfo", code=code)["errcode"]


def test_wecom_names_no_member_for_an_outsider(bench, wecom):
    answer = wecom_call(bench, "auth/getuserinfo", code=wecom.choose("wairen")["code"])

    assert ("oDemo_wairen", False) == (answer["openid"], "userid" in answer)


def test_wecom_checks_the_signature_of_a_page(bench):
    ticket = wecom_call(bench, "get_jsapi_ticket")["ticket"]
    text = f"jsapi_ticket={ticket}&noncestr=n&timestamp=1&url=https://crm.example/h5"
    values = {"noncestr": "n", "timestamp": 1, "url": "https://crm.example/h5"}
    signed = hashlib.sha1(text.encode()).hexdigest()

    assert 0 == wecom_call(bench, "sandbox/check_signature", **values, signature=signed)["errcode"]
    assert 40093 == wecom_call(bench, "sandbox/check_signature", **values, signature="0" * 40)["errcode"]


def test_a_feishu_code_becomes_a_token_that_names_the_person(bench, feishu):
    answer = feishu_token(bench, feishu, feishu.choose("xiaoli")["code"]).json()

    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    person = bench.call("GET", "/feishu/open-apis/authen/v1/user_info", headers=headers).json()["data"]
    assert ("ou_demo_xiaoli", FEISHU.tenant_key) == (person["open_id"], person["tenant_key"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_verifier": "another"}, 20049),
        ({"client_secret": "wrong"}, 20002),
        ({"client_id": "cli_other"}, 20048),
        ({"redirect_uri": "http://127.0.0.1/other"}, 20071),
        ({"code": "made-up"}, 20003),
        ({"grant_type": "password"}, 20036),
    ],
)
def test_feishu_refuses_what_does_not_fit_the_authorization(bench, feishu, changes, code):
    answer = feishu_token(bench, feishu, feishu.choose("xiaoli")["code"], **changes)

    assert (400, code) == (answer.status_code, answer.json()["code"])


def test_a_feishu_code_works_once_and_for_five_minutes(bench, feishu):
    spent, old = feishu.choose("xiaoli")["code"], feishu.choose("xiaoli")["code"]
    feishu_token(bench, feishu, spent)
    again = feishu_token(bench, feishu, spent)
    bench.pass_time(minutes=5, seconds=1)

    assert (20065, 20004) == (again.json()["code"], feishu_token(bench, feishu, old).json()["code"])


@pytest.fixture
def dingtalk(bench):
    query = {
        "client_id": DINGTALK.client_id,
        "response_type": "code",
        "scope": "openid corpid",
        "redirect_uri": f"{bench.product.url}/login/dingtalk/back",
        "state": "s1",
        "prompt": "consent",
    }
    return Browser(bench, "/dingtalk/oauth2/auth", query)


def user_token(bench, code, **changes):
    body = {"clientId": DINGTALK.client_id, "clientSecret": DINGTALK.client_secret, "code": code}
    sent = {**body, "grantType": "authorization_code", **changes}
    return bench.call("POST", "/dingtalk/v1.0/oauth2/userAccessToken", json=sent)


def test_a_dingtalk_code_becomes_a_token_that_names_the_person_once(bench, dingtalk):
    code = dingtalk.choose("xiaoli")["authCode"]
    answer = user_token(bench, code).json()

    headers = {"x-acs-dingtalk-access-token": answer["accessToken"]}
    person = bench.call("GET", "/dingtalk/v1.0/contact/users/me", headers=headers).json()
    assert (DINGTALK.corp_id, "小李", "un_demo_xiaoli") == (answer["corpId"], person["nick"], person["unionId"])
    assert 400 == user_token(bench, code).status_code


def test_dingtalk_codes_end_and_want_the_secret(bench, dingtalk):
    code = dingtalk.choose("xiaoli")["authCode"]
    assert 400 == user_token(bench, code, clientSecret="wrong").status_code

    bench.pass_time(minutes=5, seconds=1)

    assert "invalidParameter.authCode.notFound" == user_token(bench, code).json()["code"]


@pytest.mark.parametrize(
    "changes", [{"client_id": "other"}, {"scope": "corpid"}, {"redirect_uri": "https://evil.example"}]
)
def test_dingtalk_asks_nobody_for_a_stranger(dingtalk, changes):
    assert 400 == dingtalk.open(sandbox_person="xiaoli", **changes).status_code


def test_an_outsider_belongs_to_another_company(bench, dingtalk):
    answer = user_token(bench, dingtalk.choose("wairen")["authCode"]).json()

    assert DINGTALK.corp_id != answer["corpId"]


def test_inside_dingtalk_the_holder_of_the_phone_gets_a_code(bench):
    path, ours = "/dingtalk/jsapi/auth_code.js", {"corpId": DINGTALK.corp_id}
    assert 'sandboxAuthCode("")' == bench.call("GET", path, params=ours).text

    bench.post("/dingtalk/switches", name="login_as", value="xiaoli")

    said = bench.call("GET", path, params=ours).text
    secret = {"appKey": DINGTALK.client_id, "appSecret": DINGTALK.client_secret}
    token = bench.call("POST", "/dingtalk/v1.0/oauth2/accessToken", json=secret).json()["accessToken"]
    query, body = {"access_token": token}, {"code": said.split('"')[1]}
    first, again = (
        bench.call("POST", "/dingtalk/topapi/v2/user/getuserinfo", params=query, json=body).json() for _ in range(2)
    )
    assert ("dt_xiaoli", 40078) == (first["result"]["userid"], again["errcode"])
    assert 'sandboxAuthCode("")' == bench.call("GET", path, params={"corpId": "another"}).text
