from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.text import FieldProblem, RegistrationFields, understand

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
WAN = 10_000 * 100


def registered(text):
    found = understand(text, now=NOW)
    assert found.kind == "registration"
    return found.registration


@pytest.mark.parametrize(
    "text",
    [
        "报备 杭州云途科技 张伟 13800001111 50万 展会",
        "报备 50万 展会上认识的 13800001111 张伟 杭州云途科技",
        "报备：杭州云途科技，张伟，138-0000-1111，约50w，展会",
        "报备杭州云途科技/张伟/13800001111/五十万/展会",
        "报备\n客户名称：杭州云途科技\n联系人：张伟\n手机：138 0000 1111\n预计金额：500,000元\n来源：展会",
        "报备\n1、客户名称: 杭州云途科技\n2、联系人: 张伟\n3、电话: +86 13800001111\n4、预算（万元）: 50\n5、来源: 展会",
        "报备\n【客户】杭州云途科技\n【联系人】张伟\n【手机】13800001111\n【预算】50万\n【来源】展会",
        "报备\n| 客户名称 | 杭州云途科技 |\n| 联系人 | 张伟 |\n| 手机 | 13800001111 |\n| 预算 | 50万 |\n| 来源 | 展会 |",
        "报备一下杭州云途科技联系人张伟电话幺三八零零零零幺幺幺幺预算大概五十万展会上认识的",
        "報備 客戶名稱：杭州云途科技 聯繫人：张伟 電話：13800001111 預算：50萬 來源：展會",
    ],
)
def test_one_customer_is_understood_in_any_order_and_style(text):
    expected = RegistrationFields(
        name="杭州云途科技",
        contact="张伟",
        phone="13800001111",
        phones=("13800001111",),
        amount_fen=50 * WAN,
        source="展会/活动",
    )

    assert expected == registered(text)


def test_a_signature_gives_the_person_the_mobile_and_the_city_but_no_fax_or_account():
    fields = registered(
        "杭州云途科技有限公司\n张伟 采购经理\nTel: 0571-88886666-801\nFax: 0571-88886667\nMob: l3800001111\n"
        "E-mail: ZhangWei@yuntu.com\n开户行: 工行 账号: 1202021809900012345\nAdd: 杭州市余杭区文一西路969号 邮编: 310000"
    )

    assert fields.name == "杭州云途科技有限公司"
    assert (fields.contact, fields.title) == ("张伟", "采购经理")
    assert fields.phone == "13800001111"
    assert fields.phones == ("0571-88886666-801", "13800001111")
    assert fields.email == "zhangwei@yuntu.com"
    assert fields.region == "杭州"


def test_the_end_customer_is_registered_and_the_agent_is_only_the_source():
    fields = registered(
        "报备 代理商上海智联信息技术有限公司李总13900002222，终端客户是宁波凯迪模具厂，联系人王工 13811112222，需要ERP"
    )

    assert fields.name == "宁波凯迪模具厂"
    assert (fields.contact, fields.phone, fields.phones) == ("王工", "13811112222", ("13811112222",))
    assert fields.source == "代理商/伙伴报备"
    assert fields.need == "ERP"


def test_our_own_sellers_number_is_not_the_customers():
    fields = registered("报备\n报备人：小李 13900000000\n客户：云途科技\n联系人：张伟\n电话：13800001111")

    assert fields.phones == ("13800001111",)
    assert fields.contact == "张伟"


def test_a_place_inside_the_name_is_not_the_region_until_it_is_said():
    assert registered("报备 杭州云途科技 张伟").region is None
    assert registered("报备 杭州云途科技 张伟 浙江杭州").region == "浙江杭州"


@pytest.mark.parametrize(
    ("text", "name"), [("报备 云途", "云途"), ("报备 金蝶 李总 13800001111", "金蝶"), ("报备", None)]
)
def test_the_word_alone_or_with_a_bare_brand_begins_a_registration(text, name):
    assert registered(text).name == name


def test_a_person_alone_is_no_company():
    fields = registered("报备 张伟 13800001111")

    assert (fields.name, fields.contact) == (None, "张伟")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("报备 杭州云途科技 张伟 1380000111", FieldProblem("phone", "phone_digits", "1380000111")),
        ("报备 杭州云途科技 张伟 13800001111 负五万", FieldProblem("amount", "amount_negative", "负五万")),
        ("报备\n客户：杭州云途科技\n邮箱：zhangwei#yuntu", FieldProblem("email", "email_format", "zhangwei#yuntu")),
    ],
)
def test_a_wrong_value_is_a_problem_and_the_rest_is_kept(text, problem):
    found = understand(text, now=NOW)

    assert problem in found.problems
    assert found.registration.name == "杭州云途科技"


def test_pieces_nobody_can_place_are_handed_back():
    found = understand("报备 杭州云途科技 张伟 13800001111 买2台激光切割机，对方不着急", now=NOW)

    assert found.unknown == ("对方不着急",)
