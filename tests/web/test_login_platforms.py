"""
Signing in with each platform over the wire: the product against the emulators, a browser in between.
"""

import hashlib
import os
import re
import threading
from pathlib import Path
from unittest import mock
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devtools.demo import product_env
from domain.access import Actor
from handlers.demo import load_demo_company
from sandbox.config import read_config
from sandbox.server import Sandbox
from tests.web.browser import AGENT, Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLATFORMS = ["wecom", "dingtalk", "feishu"]
APPS = {"wecom": f"{AGENT} wxwork/4.1.30", "dingtalk": f"{AGENT} DingTalk/7.6.35", "feishu": f"{AGENT} Lark/7.30"}
SYSTEM = Actor.system("test platforms")
PORT = 8000


class Vendors:
    """
    The listening emulators, and a browser's view of their pages.
    """

    def __init__(self, config):
        self.sandbox = Sandbox(config)
        self.server = self.sandbox.listen("127.0.0.1", config.port)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{config.port}"
        self.http = httpx.Client(trust_env=False, timeout=30)

    def switch(self, platform, name, value):
        sent = self.http.post(f"{self.url}/sandbox/api/{platform}/switches", json={"name": name, "value": value})
        assert sent.status_code == 200, sent.text

    def fault(self, platform, **fault):
        assert self.http.post(f"{self.url}/sandbox/api/{platform}/faults", json=fault).status_code == 200

    def choose(self, address, person):
        """
        Pick a person on the vendor's page; returns where the vendor sends the browser.
        """
        assert address.startswith(self.url), address
        asked = self.http.get(address)
        assert asked.status_code == 200, asked.text
        query = {**dict(parse_qsl(urlsplit(address).query)), "sandbox_person": person}
        answer = self.http.get(address.partition("?")[0], params=query)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def close(self):
        self.http.close()
        self.server.shutdown()
        self.server.server_close()
        self.sandbox.stop()


@pytest.fixture(scope="module")
def demo_env(tmp_path_factory):
    """
    The settings that `dev.py run` gives the two processes, on a free port for the emulators.
    """
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("demo")
    with mock.patch.dict(os.environ, LIAODAN_SANDBOX_PORT=str(port)):
        return {name: value for name, value in product_env(data, PORT, demo=True).items() if name.startswith("LIAODAN")}


@pytest.fixture(scope="module")
def shared_vendors(demo_env):
    vendors = Vendors(read_config(Path(demo_env["LIAODAN_DATA_DIR"]) / "sandbox.json"))
    yield vendors
    vendors.close()


@pytest.fixture
def vendors(shared_vendors, product):
    shared_vendors.http.post(f"{shared_vendors.url}/sandbox/api/reset")
    shared_vendors.sandbox.world.clock.set(product.clock.now())
    return shared_vendors


@pytest.fixture
def product(own_settings, demo_env, database_url, monkeypatch):
    """
    The product with the demo's accounts and company; nothing runs in the background.
    """
    from app import accounts_of, build
    from bot.settings import Settings
    from tests.conftest import StillClock

    for name, value in demo_env.items():
        if name != "LIAODAN_SANDBOX_PORT":
            monkeypatch.setenv(name, value)
    product = build(Settings(database_url=database_url), clock=StillClock())
    load_demo_company(product.units, accounts_of(product.adapters))
    yield product
    product.database.close()


def go_out(browser, platform, *, path=None):
    """
    From the sign-in page to the vendor's; returns its address.
    """
    browser.open(path or f"/login/{platform}")
    assert browser.page.status_code == 303, browser.text
    return browser.page.headers["Location"]


def come_back(browser, address):
    parts = urlsplit(address)
    assert f"127.0.0.1:{PORT}" == parts.netloc
    return browser.open(f"{parts.path}?{parts.query}")


def sign_in(browser, vendors, platform, person="xiaoli", **how):
    return come_back(browser, vendors.choose(go_out(browser, platform, **how), person))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_whoever_the_platform_names_is_signed_in_once_and_returns_to_the_page(browser, vendors, platform):
    page = sign_in(browser, vendors, platform, path=f"/login/{platform}?next=/me%3Ffrom%3Dcard")

    assert (303, "/me?from=card") == (page.status_code, page.headers["Location"])
    browser.follow()
    assert "<h1>小李</h1>" in browser.text
    assert "华东一组" in browser.text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_sign_in_page_offers_the_platform(browser, vendors, platform):
    browser.open("/login")

    assert f'class="way {platform}" href="/login/{platform}?account=demo&amp;next=%2Fme"' in browser.text


@pytest.mark.parametrize("platform", ["wecom", "feishu"])
def test_inside_the_app_nobody_has_to_press_anything(new_browser, vendors, platform):
    browser = new_browser(agent=APPS[platform])
    vendors.switch(platform, "login_as", "laozhang")

    browser.open("/me")
    browser.follow()
    browser.follow()
    asked = vendors.http.get(browser.page.headers["Location"])
    come_back(browser, asked.headers["location"])

    assert browser.is_signed_in
    assert "老张" in browser.open("/me").get_data(as_text=True)


def test_inside_dingtalk_a_script_of_the_platform_brings_the_code(new_browser, vendors):
    browser = new_browser(agent=APPS["dingtalk"])
    vendors.switch("dingtalk", "login_as", "laozhang")
    browser.open("/login")
    browser.follow()
    script = re.search(r'<script src="(http[^"]+)"', browser.text)[1]
    back = re.search(r'data-back="([^"]+)"', browser.text)[1].replace("&amp;", "&")
    corp = re.search(r'data-corp="([^"]+)"', browser.text)[1]
    assert "requestAuthCode" in vendors.http.get(script).text
    assert f"script-src 'self' {vendors.url}" in browser.page.headers["Content-Security-Policy"]

    said = vendors.http.get(f"{script.rpartition('/')[0]}/auth_code.js", params={"corpId": corp}).text
    code = re.search(r'"(.+)"', said)[1]
    browser.open(back + code)

    assert browser.is_signed_in


def test_inside_an_app_the_way_out_is_not_the_way_back_in(new_browser, vendors):
    browser = new_browser(agent=APPS["feishu"])

    browser.open("/login?stay=1")

    assert 200 == browser.page.status_code


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_outsider_is_told_whom_to_ask(browser, vendors, platform):
    page = sign_in(browser, vendors, platform, "wairen")

    assert 403 == page.status_code
    assert "还没有你" in browser.text
    assert not browser.is_signed_in


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_one_browser_began_no_other_can_finish(browser, new_browser, vendors, platform):
    address = vendors.choose(go_out(browser, platform), "xiaoli")

    victim = new_browser()
    page = come_back(victim, address)

    assert (400, False) == (page.status_code, victim.is_signed_in)
    assert "登录请求已失效" in victim.text
    assert come_back(browser, address).status_code == 303


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_way_back_can_be_gone_once(browser, new_browser, vendors, platform):
    address = vendors.choose(go_out(browser, platform), "xiaoli")
    kept = {cookie.key: cookie.value for cookie in browser.client._cookies.values()}
    assert come_back(browser, address).status_code == 303

    thief = new_browser()
    for name, value in kept.items():
        thief.client.set_cookie(name, value)

    assert 400 == come_back(thief, address).status_code


def test_the_state_of_one_platform_is_worth_nothing_at_another(browser, vendors):
    address = vendors.choose(go_out(browser, "feishu"), "xiaoli")

    page = browser.open(f"/login/wecom/back?{urlsplit(address).query}")

    assert 400 == page.status_code


def test_two_tabs_may_be_on_their_way_at_once(browser, vendors):
    first, second = go_out(browser, "feishu"), go_out(browser, "wecom")

    assert 303 == come_back(browser, vendors.choose(first, "xiaoli")).status_code
    assert 303 == come_back(browser, vendors.choose(second, "xiaowang")).status_code
    assert "小王" in browser.open("/me").get_data(as_text=True)


def test_whoever_takes_too_long_starts_again(browser, vendors, product):
    from datetime import timedelta

    address = vendors.choose(go_out(browser, "feishu"), "xiaoli")

    product.clock.set(product.clock.now() + timedelta(minutes=11))

    assert 400 == come_back(browser, address).status_code


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_code_that_is_not_the_platforms_is_refused_with_a_sentence(browser, vendors, platform):
    state = dict(parse_qsl(urlsplit(go_out(browser, platform)).query))["state"]

    page = browser.open(f"/login/{platform}/back?{urlencode({'code': 'made-up', 'state': state})}")

    assert 400 == page.status_code
    assert "登录码已失效" in browser.text


def test_made_up_codes_are_not_taken_to_the_platform_without_end(browser, new_browser, vendors, product):
    asked = []
    product.adapters["feishu", "demo"].login.person_of = lambda *_, **__: asked.append(1)

    for _ in range(30):
        state = dict(parse_qsl(urlsplit(go_out(browser, "feishu")).query))["state"]
        browser.open(f"/login/feishu/back?code=made-up&state={state}")

    assert (429, 20) == (browser.page.status_code, len(asked))
    elsewhere = new_browser(address="198.51.100.9")
    state = dict(parse_qsl(urlsplit(go_out(elsewhere, "feishu")).query))["state"]
    assert 403 == elsewhere.open(f"/login/feishu/back?code=made-up&state={state}").status_code


def test_a_busy_office_behind_one_address_signs_in_all_day(browser, vendors):
    for _ in range(25):
        assert 303 == sign_in(browser, vendors, "wecom").status_code


def test_whoever_refuses_at_the_platform_can_try_again(browser, vendors):
    state = dict(parse_qsl(urlsplit(go_out(browser, "feishu")).query))["state"]

    browser.open(f"/login/feishu/back?error=access_denied&state={state}")

    assert "登录已取消" in browser.text
    assert 'href="/login?stay=1"' in browser.text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_in_trouble_is_named(browser, vendors, platform):
    address = vendors.choose(go_out(browser, platform), "xiaoli")
    vendors.fault(platform, api="*", kind="http500", times=3)

    page = come_back(browser, address)

    assert 502 == page.status_code
    assert "暂时连不上" in browser.text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_leaver_whom_the_platform_still_knows_is_not_let_in(browser, vendors, product, platform):
    from handlers import leaver
    from store import members

    with product.units.write(SYSTEM, cause="leave") as ctx:
        [member] = members.find_members(ctx.tx, "小李")
        leaver.leave(ctx, member.id)

    assert 403 == sign_in(browser, vendors, platform).status_code


@given(state=st.one_of(st.text(max_size=80), st.text(alphabet="0123456789abcdef", min_size=8, max_size=40)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_state_but_the_given_one_is_taken(server, vendors, state):
    browser = Browser(server)
    given_state = dict(parse_qsl(urlsplit(go_out(browser, "feishu")).query))["state"]
    assert given_state.isalnum()

    page = browser.open(f"/login/feishu/back?{urlencode({'code': 'x', 'state': state}, errors='replace')}")

    assert 400 == page.status_code
    assert "登录请求已失效" in browser.text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_page_scripts_get_a_signature_for_pages_of_ours(browser, vendors, platform):
    sign_in(browser, vendors, platform)

    answer = browser.open(f"/h5/js-config?{urlencode({'url': f'http://127.0.0.1:{PORT}/h5/visit?id=1#a'})}").get_json()

    assert platform == answer["platform"]
    assert re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", answer["config"]["signature"])


def test_wecom_accepts_our_signature(browser, vendors, product):
    sign_in(browser, vendors, "wecom")
    url = f"http://127.0.0.1:{PORT}/h5/visit?id=1"

    config = browser.open(f"/h5/js-config?{urlencode({'url': url})}").get_json()["config"]

    token = product.adapters["wecom", "demo"].client.access_token
    given_values = {"noncestr": config["nonceStr"], "timestamp": config["timestamp"], "url": url}
    query = {"access_token": token, **given_values, "signature": config["signature"]}
    checked = vendors.http.get(f"{vendors.url}/wecom/cgi-bin/sandbox/check_signature", params=query).json()
    assert 0 == checked["errcode"]


@pytest.mark.parametrize(
    ("url", "platform", "status", "code"),
    [
        ("https://evil.example/h5", "", 400, "foreign_page"),
        ("http://127.0.0.1:8000.evil.example/", "", 400, "foreign_page"),
        ("", "", 400, "foreign_page"),
        ("http://127.0.0.1:8000/" + "x" * 2000, "", 400, "foreign_page"),
        ("http://127.0.0.1:8000/h5", "telegram", 404, "platform_unknown"),
    ],
)
def test_no_other_page_gets_a_signature(browser, vendors, url, platform, status, code):
    sign_in(browser, vendors, "feishu")
    query = {"url": url, **({"platform": platform} if platform else {})}

    answer = browser.open(f"/h5/js-config?{urlencode(query)}")

    assert (status, code) == (answer.status_code, answer.get_json()["code"])


def test_signatures_are_for_people_who_are_signed_in(browser, vendors):
    answer = browser.open("/h5/js-config?url=http://127.0.0.1:8000/h5")

    assert (401, "session_missing") == (answer.status_code, answer.get_json()["code"])


def test_no_secret_of_a_sign_in_is_logged(browser, vendors, product, capfd):
    address = vendors.choose(go_out(browser, "feishu"), "xiaoli")
    come_back(browser, address)
    code = dict(parse_qsl(urlsplit(address).query))["code"]
    come_back(browser, address)

    written = "".join(capfd.readouterr())

    secrets = [code, browser.cookie("session"), hashlib.sha256(code.encode()).hexdigest()]
    assert [] == [secret for secret in secrets if secret in written]
