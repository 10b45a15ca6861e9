"""
Sessions, forms and the page about oneself, with the demo's buttons as the shortest way in.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.login import SessionLimits
from handlers import leaver
from store import members
from tests.web.browser import Browser
from tests.web.conftest import OPERATOR

FORMS = [("/login/demo", {"member": "1"}), ("/login/password", {"name": "a", "password": "b", "code": "c"})]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def staff(product, company):
    """
    小李, 小王 and 小赵 by name.
    """
    with product.database.read() as tx:
        return {member.name: member.id for member in members.active_members(tx)}


@pytest.fixture
def signed_in(browser, staff):
    browser.open("/login")
    browser.submit("/login/demo", member=staff["小李"])
    return browser


def test_one_click_signs_a_demo_member_in(signed_in):
    assert (303, "/me") == (signed_in.page.status_code, signed_in.page.headers["Location"])
    signed_in.follow()
    assert "<h1>小李</h1>" in signed_in.text
    assert "销售" in signed_in.text
    assert "Chrome · Windows" in signed_in.text


def test_whoever_is_not_signed_in_is_asked_and_comes_back(browser, staff):
    browser.open("/me")
    assert "/login?next=%2Fme" == browser.page.headers["Location"]

    browser.follow()
    browser.submit("/login/demo", member=staff["小王"], next="/me")

    assert "/me" == browser.page.headers["Location"]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/logout", "/me\\@evil.example"])
def test_a_sign_in_never_leads_to_another_site(browser, staff, target):
    browser.open(f"/login?next={target}")
    browser.submit("/login/demo", member=staff["小李"], next=target)

    assert "/me" == browser.page.headers["Location"]
    browser.open(f"/login?next={target}")
    assert "/me" == browser.page.headers["Location"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(signed_in):
    [cookie] = [each for each in signed_in.cookies_set() if each.startswith("liaodan_session=")]

    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))


def test_the_database_holds_no_token(signed_in, product):
    token = signed_in.cookie("session")

    with product.database.read() as tx:
        kept = tx.session.execute(text("SELECT * FROM login_session")).all()
        audited = tx.session.execute(text("SELECT changes FROM audit WHERE action = 'session.begin'")).all()

    assert len(kept) == len(audited) == 1
    assert token not in str(kept) + str(audited)


def test_a_second_sign_in_ends_the_session_before(signed_in, staff):
    before = signed_in.cookie("session")
    signed_in.open("/login?stay=1")

    signed_in.submit("/login/demo", member=staff["小王"])

    assert before != signed_in.cookie("session")
    assert signed_in.is_signed_in
    signed_in.client.set_cookie("liaodan_session", before)
    assert not signed_in.is_signed_in


def test_a_planted_session_cookie_is_not_kept(browser, staff):
    browser.open("/login")
    browser.client.set_cookie("liaodan_session", "planted-by-somebody-else")
    browser.open("/login")

    browser.submit("/login/demo", member=staff["小李"])

    assert browser.cookie("session") not in {None, "planted-by-somebody-else"}


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_a_form_without_its_token_does_nothing(browser, staff, path, fields):
    browser.open("/login")

    browser.submit(path, **{**fields, "csrf": "0" * 64})

    assert 403 == browser.page.status_code
    assert "页面已过期" in browser.text
    assert not browser.is_signed_in


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_does_nothing(browser, staff, headers):
    browser.open("/login")

    browser.submit("/login/demo", headers=headers, member=staff["小李"])

    assert 403 == browser.page.status_code
    assert not browser.is_signed_in


def test_the_token_of_another_browser_is_worth_nothing(browser, new_browser, staff):
    other = new_browser()
    other.open("/login")
    browser.open("/login")
    stolen = re.search(r'name="csrf" value="(\w+)"', other.text)[1]

    browser.submit("/login/demo", member=staff["小李"], csrf=stolen)

    assert 403 == browser.page.status_code


def test_signing_out_ends_the_session_on_the_server_too(signed_in):
    token = signed_in.cookie("session")
    signed_in.open("/logout")
    assert "要退出登录吗" in signed_in.text

    signed_in.submit("/logout")

    assert ("/login?stay=1", None) == (signed_in.page.headers["Location"], signed_in.cookie("session"))
    signed_in.client.set_cookie("liaodan_session", token)
    assert not signed_in.is_signed_in


def test_a_link_signs_nobody_out(signed_in):
    signed_in.open("/logout")

    assert signed_in.is_signed_in


def test_other_devices_can_be_signed_out(signed_in, new_browser, staff):
    phone = new_browser(agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1 wxwork/4.1")
    phone.open("/login")
    phone.submit("/login/demo", member=staff["小李"])
    signed_in.open("/me")
    assert "企业微信 · iPhone" in signed_in.text

    signed_in.submit("/me/sign-out-elsewhere")

    assert (True, False) == (signed_in.is_signed_in, phone.is_signed_in)
    assert "没有在其他设备上登录" in signed_in.follow().get_data(as_text=True)


def test_an_idle_session_ends_and_a_used_one_stays(signed_in, product):
    idle = SessionLimits().idle
    for _ in range(4):
        product.clock.set(product.clock.now() + idle * 0.8)
        assert signed_in.is_signed_in

    product.clock.set(product.clock.now() + idle)

    assert not signed_in.is_signed_in


def test_even_a_used_session_ends_one_day(signed_in, product):
    ends = product.clock.now() + SessionLimits().absolute
    while product.clock.now() < ends - timedelta(minutes=20):
        product.clock.set(product.clock.now() + timedelta(minutes=20))
        assert signed_in.is_signed_in

    product.clock.set(ends)

    assert not signed_in.is_signed_in


def test_a_leaver_is_signed_out(signed_in, product, staff):
    with product.units.write(OPERATOR, cause="leave") as ctx:
        leaver.leave(ctx, staff["小李"])

    assert not signed_in.is_signed_in


@pytest.mark.parametrize("member", ["", "0", "999", "-1", "1e3", "９", "9" * 400, "x"])
def test_an_impossible_choice_is_refused_with_a_sentence(browser, staff, member):
    browser.open("/login")

    browser.submit("/login/demo", member=member)

    assert 404 == browser.page.status_code
    assert "已经离职或不存在" in browser.text


def test_with_https_cookies_stay_with_this_host_and_with_https(product, staff):
    from dataclasses import replace

    from app import parts_of
    from web.server import create_server

    browser = Browser(create_server(replace(parts_of(product), public_url="https://crm.example.com")))
    browser.open("/login")
    [cookie] = browser.cookies_set()

    assert cookie.startswith("__Host-liaodan_browser=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert browser.page.headers["Strict-Transport-Security"].startswith("max-age=")


def test_without_demo_mode_nobody_is_offered_or_let_in(product, staff):
    from dataclasses import replace

    from app import parts_of
    from web.server import create_server

    browser = Browser(create_server(replace(parts_of(product), is_demo=False)))
    browser.open("/login")
    assert "小李" not in browser.text

    browser.submit("/login/demo", member=staff["小李"])

    assert 404 == browser.page.status_code
    assert not browser.is_signed_in


def test_pages_are_kept_by_no_cache_and_run_no_script(signed_in):
    for path in ("/login?stay=1", "/me", "/logout", "/login/setup/x", "/login/wecom"):
        page = signed_in.open(path)
        assert "no-store" == page.headers["Cache-Control"]
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "<script" not in signed_in.text
        assert "style=" not in signed_in.text


def test_what_people_are_called_is_shown_as_text(browser, product):
    with product.units.write(OPERATOR, cause="member") as ctx:
        hostile = members.add_member(
            ctx.tx, name=HOSTILE, title=HOSTILE, roles=[], department_id=None, leads_department_id=None, now=ctx.now
        )
    browser.open("/login")
    browser.submit("/login/demo", member=hostile)
    browser.headers["User-Agent"] = HOSTILE

    for path in ("/login?stay=1", "/me"):
        browser.open(path)
        assert HOSTILE not in browser.text
    assert "&lt;script&gt;" in browser.text


def test_what_was_typed_is_shown_as_text(browser):
    browser.open("/login")

    browser.submit("/login/password", name=f'"{HOSTILE}', password="x", code="1")

    assert HOSTILE not in browser.text
    assert "&lt;script&gt;" in browser.text


def test_a_platform_that_is_not_connected_says_so(browser):
    browser.open("/login/feishu")

    assert 404 == browser.page.status_code
    assert "没有接入飞书" in browser.text


@pytest.mark.parametrize("path", ["/login/nowhere", "/login/nowhere/back", "/login/feishu/back"])
def test_addresses_made_up_are_refused_with_a_page(browser, path):
    browser.open(path)

    assert browser.page.status_code in {400, 404}
    assert "重新登录" in browser.text


def test_made_up_platforms_make_no_metrics_of_their_own(browser):
    from prometheus_client import generate_latest

    browser.open("/login/made-up-by-a-stranger/back?state=x")

    assert b"made-up-by-a-stranger" not in generate_latest()


def test_where_one_is_sent_on_is_kept_by_no_cache(browser, staff):
    assert "no-store" == browser.open("/me").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/login/setup/", 404, "没有这个页面"),
        ("GET", "/me/elsewhere", 404, "没有这个页面"),
        ("GET", "/login/password", 404, "没有接入"),
        ("PUT", "/login/password", 405, "没有这个页面"),
        ("DELETE", "/me", 405, "没有这个页面"),
    ],
)
def test_errors_of_the_framework_are_told_in_a_sentence_too(browser, method, path, status, said):
    page = browser.client.open(path, method=method)

    assert (status, True) == (page.status_code, said in page.get_data(as_text=True))


def test_what_breaks_is_told_in_a_sentence_without_a_trace(browser, product, monkeypatch):
    monkeypatch.setattr("web.login.start.choices", lambda: 1 / 0)

    page = browser.open("/login")

    assert 500 == page.status_code
    assert "系统出了点问题" in browser.text
    assert "ZeroDivision" not in browser.text


def test_a_form_that_is_too_large_is_refused(browser):
    browser.open("/login")

    page = browser.submit("/login/password", name="x" * 2_000_000)

    assert 413 == page.status_code
    assert "内容太多" in browser.text
