"""
The administrators' password over HTTP: the set-up link, the form, and what a guesser meets.
"""

import re

import pyotp
import pytest
import zxingcpp
from argon2 import PasswordHasher

from domain.access import Actor
from store import local_accounts, members

# what the databases have to do with it is proved in tests/handlers/test_local_login.py
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SYSTEM = Actor.system("test passwords")
PASSWORD = "一句只有我知道的话 123"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def server(server):
    server.extensions["liaodan"].local_login._hasher = QUICK
    return server


@pytest.fixture
def admin(product):
    with product.units.write(SYSTEM, cause="admin") as ctx:
        return members.add_member(
            ctx.tx, name="陈姐", title="", roles=["admin"], department_id=None, leads_department_id=None, now=ctx.now
        )


@pytest.fixture
def link(product, admin):
    with product.units.write(SYSTEM, cause="link") as ctx:
        return f"/login/setup/{local_accounts.invite(ctx.tx, SYSTEM, admin, 'root', ctx.now)}"


@pytest.fixture
def phone(browser, link, product):
    """
    The authenticator of an administrator who has set up their password in this browser.
    """
    browser.open(link)
    phone = pyotp.TOTP(re.search(r"<code>(\w+)</code>", browser.text)[1])
    now = product.clock.now()
    browser.submit(link, password=PASSWORD, repeat=PASSWORD, code=phone.at(now))
    assert 200 == browser.page.status_code, browser.text
    product.clock.set(now.replace(minute=20))
    return lambda: phone.at(product.clock.now())


def try_in(browser, **fields):
    browser.open("/login?stay=1")
    return browser.submit("/login/password", **{"name": "root", "password": PASSWORD, "code": "000000", **fields})


def test_the_link_leads_from_the_qr_code_to_the_own_page(browser, phone):
    assert 10 == len(re.findall(r"<code>\w{4}-\w{4}-\w{4}</code>", browser.text))
    assert browser.is_signed_in


def test_the_qr_code_holds_what_the_authenticator_needs(browser, link, tmp_path):
    page = browser.open(link).get_data(as_text=True)
    drawn = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]

    [read] = zxingcpp.read_barcodes(picture_of(drawn))

    secret = re.search(r"<code>(\w+)</code>", page)[1]
    assert read.text.startswith("otpauth://totp/")
    assert f"secret={secret}" in read.text


def picture_of(svg):
    """
    The modules of a QR code drawn by segno as lines: `M x y h n` moves and draws n modules to the right.
    """
    from PIL import Image

    size = int(re.search(r'width="(\d+)"', svg)[1])
    scale = float(re.search(r"scale\((\d+)\)", svg)[1])
    image = Image.new("L", (size, size), 255)
    at_x = at_y = 0.0
    for command, arguments in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", arguments)]
        if command == "M":
            at_x, at_y = numbers
        elif command == "m":
            at_x, at_y = at_x + numbers[0], at_y + numbers[1]
        else:
            box = [at_x * scale, (at_y - 0.5) * scale, (at_x + numbers[0]) * scale, (at_y + 0.5) * scale]
            image.paste(0, [round(edge) for edge in box])
            at_x += numbers[0]
    return image


def test_password_and_code_let_in(phone, new_browser):
    browser = new_browser()

    page = try_in(browser, code=phone())

    assert (303, "/me") == (page.status_code, page.headers["Location"])
    assert "陈姐" in browser.open("/me").get_data(as_text=True)


@pytest.mark.parametrize("wrong", [{"name": "boot"}, {"password": "guess"}, {"code": "123"}])
def test_what_is_wrong_is_not_said_and_no_secret_comes_back(phone, new_browser, wrong):
    browser = new_browser()

    page = try_in(browser, **{"code": phone(), **wrong})

    assert 401 == page.status_code
    assert "用户名、密码或动态码不对" in browser.text
    assert PASSWORD not in browser.text
    assert not browser.is_signed_in


def test_a_guesser_is_told_when_to_come_back(phone, new_browser):
    browser = new_browser()
    for _ in range(5):
        try_in(browser, password="guess")

    page = try_in(browser, code=phone())

    assert (429, False) == (page.status_code, browser.is_signed_in)
    assert 800 <= int(page.headers["Retry-After"]) <= 900
    assert "11月23日 周一 09:35之前不能再试" in browser.text


def test_the_administrators_own_browser_is_not_locked_out_by_strangers(phone, new_browser):
    own, stranger = new_browser(), new_browser(address="198.51.100.9")
    assert 303 == try_in(own, code=phone()).status_code
    for _ in range(6):
        try_in(stranger, password="guess")
    assert 429 == try_in(stranger, code="1").status_code

    assert 401 == try_in(own, password="mistyped").status_code


def test_the_mark_of_a_known_browser_is_worth_nothing_for_another_name(phone, new_browser):
    own = new_browser()
    try_in(own, code=phone())
    for _ in range(6):
        try_in(own, name="another", password="guess")

    assert 429 == try_in(own, name="another").status_code
    assert 401 == try_in(own).status_code


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "kurz", "repeat": "kurz"}, "密码太短"),
        ({"repeat": "anders geschrieben"}, "两次输入的密码不一样"),
        ({"code": "000000"}, "验证器现在显示"),
    ],
)
def test_a_set_up_that_does_not_fit_can_be_tried_again(browser, link, fields, said):
    browser.open(link)

    page = browser.submit(link, **{"password": PASSWORD, "repeat": PASSWORD, "code": "1", **fields})

    assert 422 == page.status_code
    assert said in browser.text
    assert PASSWORD not in browser.text
    assert 200 == browser.open(link).status_code


@pytest.mark.parametrize("path", ["/login/setup/x", "/login/setup/%00", "/login/setup/" + "y" * 2000])
def test_a_link_that_is_none_says_what_to_do(browser, path):
    page = browser.open(path)

    assert 410 == page.status_code
    assert "liaodan admin link" in browser.text


def test_a_used_link_is_gone(browser, phone, link):
    assert 410 == browser.open(link).status_code


def test_a_link_of_another_site_cannot_set_a_password(browser, link):
    browser.open(link)

    page = browser.submit(
        link, password=PASSWORD, repeat=PASSWORD, code="1", headers={"Origin": "https://evil.example"}
    )

    assert 403 == page.status_code
