"""
The gallery draws every card on every platform, on a desk and on a phone.
"""

import pytest

from tests.gallery.__main__ import CARDS, Gallery

NOTHING = "这里没有收到"


def shown(page):
    return page.locator("main section").evaluate_all("sections => sections.map(section => section.ariaLabel)")


@pytest.fixture(scope="module")
def gallery():
    gallery = Gallery(port=0)
    gallery.fill()
    yield gallery
    gallery.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_every_card_is_drawn_everywhere(chromium, gallery, width):
    page = chromium.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{gallery.url}/#gallery")
    page.get_by_role("heading", name="sample.notice", exact=True).wait_for()

    assert list(CARDS) == shown(page)
    assert 0 == page.get_by_text(NOTHING).count()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [] == complaints
    page.close()


def test_a_card_is_found_by_its_name(chromium, gallery):
    page = chromium.new_page(locale="zh-CN")
    page.goto(f"{gallery.url}/#gallery")
    page.get_by_label("按名称查找").fill("pool.list")

    page.get_by_role("heading", name="pool.listing", exact=True).wait_for()
    page.get_by_role("heading", name="sample.notice", exact=True).wait_for(state="detached")
    assert ["pool.listing", "pool.listing.empty"] == shown(page)
    page.close()


def test_dingtalk_can_draw_all_of_the_template(gallery):
    faces = gallery.seen("dingtalk", "xiaoli")

    assert len(CARDS) == sum(message["kind"] == "card" for message in faces)
    assert [] == [flag for message in faces for flag in message["flags"]]
