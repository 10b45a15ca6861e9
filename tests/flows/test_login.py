"""
From the chat to the web pages and from the platforms' sign-in pages, with the running product.
"""

import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from installations import on_every_way

CSRF = re.compile(r'name="csrf" value="(\w+)"')


@pytest.fixture
def browser(running):
    with httpx.Client(base_url=running.url, trust_env=False, follow_redirects=True, timeout=30) as browser:
        yield browser


def press(browser, page):
    """
    The one button of a page of ours.
    """
    address = urlsplit(str(page.url))
    headers = {"Origin": f"{address.scheme}://{address.netloc}"}
    return browser.post(str(page.url), data={"csrf": CSRF.search(page.text)[1]}, headers=headers)


@pytest.mark.parametrize("name", ["feishu", "wecom"])
def test_a_link_from_the_chat_leads_to_the_own_page(running, browser, name):
    person = running.platform(name).person("小赵")
    card = person.ask("登录", "登录网页")

    link = person.click(card, "打开登录页")["url"]

    page = browser.get(link)
    assert "以小赵的身份" in page.text
    assert "<h1>小赵</h1>" in press(browser, page).text
    assert "链接已失效" in browser.get(link).text


def test_over_dingtalks_callbacks_nobody_gets_a_link(running):
    person = running.platform("dingtalk").person("小赵")

    told = person.ask("登录", "用浏览器打开")

    assert "/login/link/" not in told["text"]


@on_every_way
def test_each_platforms_page_leads_back_signed_in(running, browser, platform):
    away = browser.get(f"/login/{platform.name}", follow_redirects=False).headers["Location"]
    asked = {**dict(parse_qsl(urlsplit(away).query)), "sandbox_person": "laozhang"}

    page = browser.get(away.partition("?")[0], params=asked)

    assert "<h1>老张</h1>" in page.text
    assert str(page.url) == f"{running.url}/me"
