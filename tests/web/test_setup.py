"""
The set-up page: for administrators only, every fault beside its field, secrets never shown again.
"""

import stat
import time
import tomllib

import pytest

from domain.access import Actor
from store import members

OPERATOR = Actor.system("test")
FEISHU = {"mode": "websocket", "app_id": "cli_a1", "app_secret": "very-secret", "account": "main"}


pytestmark = pytest.mark.respx(assert_all_called=False)


def until(look, seconds=30):
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline


@pytest.fixture
def sign_in(product, browser):
    def sign_in(name, role):
        with product.units.write(OPERATOR, cause="member") as ctx:
            member = members.add_member(
                ctx.tx, name=name, title="", roles=[role], department_id=None, leads_department_id=None, now=ctx.now
            )
        browser.open("/login?stay=1")
        browser.submit("/login/demo", member=str(member))
        return browser

    return sign_in


@pytest.fixture(autouse=True)
def feishu(respx_mock):
    """
    Feishu refuses every secret.
    """
    return respx_mock.post(url__startswith="https://open.feishu.cn/").respond(json={"code": 10014, "msg": "no"})


@pytest.fixture
def admin(sign_in):
    return sign_in("陈姐", "admin")


def test_who_is_not_signed_in_is_sent_to_sign_in(browser):
    page = browser.open("/setup/feishu")

    assert (303, "/login?next=%2Fsetup%2Ffeishu") == (page.status_code, page.headers["Location"])


def test_a_seller_is_refused(sign_in):
    seller = sign_in("小李", "sales")

    assert 403 == seller.open("/setup").status_code
    assert "只有系统管理员能打开" in seller.text


def test_every_platform_is_offered_with_the_place_of_each_setting(admin):
    assert 200 == admin.open("/setup").status_code
    for platform, place in {
        "feishu": "基础信息 → 凭证与基础信息 → App Secret",
        "dingtalk": "卡片平台 → 模板列表 → 模板 ID",
        "wecom": "设置 API 接收 → EncodingAESKey",
    }.items():
        assert f'href="/setup/{platform}"' in admin.text or admin.open("/setup")
        admin.open(f"/setup/{platform}")
        assert place in admin.text
        assert "api_base" not in admin.text


def test_a_platform_nobody_speaks_is_no_page(admin):
    assert 404 == admin.open("/setup/slack").status_code
    assert 404 == admin.open("/setup/trial/unknown").status_code


def test_every_fault_stands_beside_its_field_and_no_secret_comes_back(admin):
    admin.open("/setup/feishu")
    page = admin.submit("/setup/feishu", **FEISHU | {"app_id": "wrong<b>", "me": "陈姐"})

    assert 422 == page.status_code
    assert 1 == admin.text.count('class="fault"')
    assert "wrong&lt;b&gt;" in admin.text
    assert "very-secret" not in admin.text


def test_an_account_name_that_could_not_stand_in_an_address_is_refused(admin):
    admin.open("/setup/feishu")

    assert 422 == admin.submit("/setup/feishu", **FEISHU | {"account": "../x"}).status_code


def test_a_form_of_another_site_is_refused(admin):
    admin.open("/setup/feishu")

    assert 403 == admin.submit("/setup/feishu", headers={"Sec-Fetch-Site": "cross-site"}, **FEISHU).status_code


def test_an_address_cannot_be_smuggled_in(admin, product):
    admin.open("/setup/feishu")
    page = admin.submit("/setup/feishu", **FEISHU | {"api_base": "http://169.254.169.254"})

    number = page.headers["Location"].rpartition("/")[2]
    running = admin.client.application.extensions["liaodan"].trials.find(number, 1)
    assert "https://open.feishu.cn" == running.trial.adapter._config.api_base


def test_refused_credentials_are_explained_and_the_rest_is_left_out(admin, feishu):
    admin.open("/setup/feishu")
    admin.submit("/setup/feishu", **FEISHU)
    where = admin.page.headers["Location"]
    until(lambda: 'role="status"' in admin.open(where).get_data(as_text=True))

    assert feishu.called
    assert "App ID 或 App Secret 不对" in admin.text
    assert 4 == admin.text.count('class="left_out"')
    assert "1 步没有通过" in admin.text
    assert "演示模式只检查，不保存。" in admin.text


def test_a_trial_is_seen_by_who_started_it_only(admin, sign_in):
    admin.open("/setup/feishu")
    where = admin.submit("/setup/feishu", **FEISHU).headers["Location"]
    assert 200 == admin.open(where).status_code

    other = sign_in("老陈", "admin")

    assert 404 == other.open(where).status_code


def test_saving_keeps_the_rest_of_the_file_and_its_secrets_private(product, tmp_path):
    from app import Desk

    file = tmp_path / "liaodan.toml"
    file.write_text('# ours\nport = 8001\n\n[feishu.main]\napp_id = "old"\n\n[wecom.main]\ncorp_id = "ww1"  # keep\n')
    Desk(product, file).save("feishu", "main", {"app_id": "cli_1", "app_secret": 'a"b\\c\x7f'})

    text = file.read_text()
    assert "# ours\nport = 8001\n" in text
    assert 'corp_id = "ww1"  # keep' in text
    assert {"app_id": "cli_1", "app_secret": 'a"b\\c\x7f'} == tomllib.loads(text)["feishu"]["main"]
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
