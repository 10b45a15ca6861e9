"""
The page behind a link from the chat: opening it changes nothing, pressing the button signs in once.
"""

import pytest

from domain.access import Actor
from store import login_links, members

SYSTEM = Actor.system("test links")


@pytest.fixture
def link(product, company):
    with product.units.write(SYSTEM, cause="link") as ctx:
        [member] = members.find_members(ctx.tx, "小李")
        token = login_links.create(ctx.tx, SYSTEM, member.id, platform="wecom", account="main", now=ctx.now)
    return f"/login/link/{token}"


def test_the_button_signs_in(browser, link):
    browser.open(link)
    assert "以小李的身份" in browser.text

    browser.submit(link)

    assert (303, True) == (browser.page.status_code, browser.is_signed_in)
    assert "企业微信，" in browser.open("/me").get_data(as_text=True)


def test_a_preview_of_the_link_does_not_use_it_up(browser, new_browser, link):
    for _ in range(3):
        new_browser(agent="Feishu-Preview/1.0").open(link)

    browser.open(link)
    browser.submit(link)

    assert browser.is_signed_in


def test_a_second_use_says_what_to_do(browser, new_browser, link):
    other = new_browser()
    other.open(link)
    browser.open(link)
    browser.submit(link)

    other.submit(link)

    assert (410, False) == (other.page.status_code, other.is_signed_in)
    assert "再发一次“登录”" in other.text
    assert 410 == new_browser().open(link).status_code


def test_another_site_cannot_press_the_button(browser, link):
    browser.open(link)

    browser.submit(link, headers={"Origin": "https://evil.example"})

    assert (403, False) == (browser.page.status_code, browser.is_signed_in)
