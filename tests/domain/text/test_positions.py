"""
Names and people that only their place in the message gives away: beside a phone, before a title, glued together.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.text import understand
from domain.text.companies import find_company
from domain.text.employers import find_employer
from domain.text.people import called_by_title, may_be_name, read_person

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(text):
    found = understand(text, now=NOW)
    assert found.registration is not None
    return found.registration


@pytest.mark.parametrize(
    ("text", "name", "contact"),
    [
        ("无锡尚德，过晓明，13861812345", "无锡尚德", "过晓明"),
        ("报备：新疆八一钢铁，阿不都热合曼，13999112345", "新疆八一钢铁", "阿不都热合曼"),
        ("江小白陶石泉13996312345，旋盖机，38万", "江小白", "陶石泉"),
        ("新希望六和暴总 13905321234 饲料膨化机", "新希望六和", "暴总"),
        ("庞松涛，济南浪潮的，13805312345，要整机柜装配线", "济南浪潮", "庞松涛"),
        ("河北敬业钢铁 底总 13931112345 两万五", "河北敬业钢铁", "底总"),
    ],
)
def test_an_unknown_name_beside_the_phone_is_the_contact(text, name, contact):
    fields = read(text)

    assert (name, contact) == (fields.name, fields.contact)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("赣州金力永磁，娄宁，13879312345，单晶炉，三千万", "单晶炉"),
        ("报备 拉萨啤酒有限责任公司，普布，13989012345，瓶盖检测仪两台", "瓶盖检测仪两台"),
        ("报备江西铜业的万里，手机13970112345，主要是阀门备件", "阀门备件"),
        ("佛山顺德美迪电器的黎生，13702901234，要两台注塑机机械手", "两台注塑机机械手"),
    ],
)
def test_a_thing_behind_the_facts_is_the_need_and_no_name(text, need):
    fields = read(text)

    assert need in (fields.need or "")
    assert need not in (fields.contact or "", fields.name)


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("厦门金龙旅行车IT部经理苏文彬", "厦门金龙旅行车"),
        ("老干妈的陶小姐", "老干妈"),
        ("深圳迈瑞毕经理", "深圳迈瑞"),
        ("济南浪潮王建国", "济南浪潮"),
    ],
)
def test_who_works_there_names_the_firm(text, brand):
    found = find_employer(text)

    assert found is not None
    assert brand == text[found.start : found.end]


@pytest.mark.parametrize("text", ["今天和采购经理聊了", "我们的王经理", "客户的张总", "设备管理", "你好"])
def test_talk_names_no_firm(text):
    assert find_employer(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("杭州市公安局西湖分局", "杭州市公安局西湖分局"),
        ("日照港集团岚山港务", "日照港集团岚山港务"),
        ("吉利汽车宝鸡基地的祁工", "吉利汽车宝鸡基地"),
        ("天津港务局信息中心主任于洋", "天津港务局"),
        ("连云港江苏恒瑞医药", "江苏恒瑞医药"),
        ("Foxconn Zhengzhou", "Foxconn Zhengzhou"),
    ],
)
def test_a_branch_belongs_to_the_name_and_an_office_does_not(text, name):
    found = find_company(text)

    assert found is not None
    assert name == text[found.start : found.end]


def test_a_place_in_a_bracket_behind_a_brand_is_the_region():
    fields = read("客户周黑鸭（武汉的），周富裕，电话13871012345，预算55万，真空包装机")

    assert ("周黑鸭", "武汉", "周富裕", "真空包装机") == (fields.name, fields.region, fields.contact, fields.need)


def test_the_source_before_a_name_is_no_part_of_it():
    fields = read("招标网上看到南京地铁集团有限公司要采购站台门，联系人佘才高13905112345")

    assert ("南京地铁集团有限公司", "招投标信息") == (fields.name, fields.source)


def test_a_title_may_stand_as_the_label():
    fields = read("华润置地（成都）有限公司\n工程部经理：简阳\n联系方式：13880012345")

    assert ("简阳", "工程部经理") == (fields.contact, fields.title)
    assert called_by_title("负责人") is None


def test_the_word_behind_the_facts_asks_for_a_registration():
    found = understand("贵阳南明老干妈，陶小姐，18685123344，报备下", now=NOW)

    assert ("registration", True) == (found.kind, found.explicit)


@pytest.mark.parametrize("text", ["过晓明", "普加福", "才让多杰", "欧阳娜娜", "曲波"])
def test_letters_of_a_name_are_known(text):
    assert may_be_name(text)


@pytest.mark.parametrize("text", ["杭州", "方案", "门禁系统改造", "A", "叉车"])
def test_other_words_have_not_the_letters_of_a_name(text):
    assert not may_be_name(text)


@pytest.mark.parametrize("text", ["来工", "果总", "徐研究员", "应秘书长", "衣小姐"])
def test_who_is_called_by_any_surname_is_a_person(text):
    person = read_person(text)

    assert person is not None
    assert text == person.contact


@pytest.mark.parametrize("text", ["加工", "施工", "汇总", "员工"])
def test_everyday_words_are_not_called_so(text):
    assert read_person(text) is None


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("刚给比音勒芬谢总打了电话，约下周三下午两点见面", "比音勒芬"),
        ("跟宁德时代开了个视频会，方案基本认可，下周五交最终版", "宁德时代"),
        ("恒安集团跟进：一起吃了饭，关系不错，12月5号再约", "恒安集团"),
    ],
)
def test_a_contact_with_a_brand_is_a_follow_up_without_the_command(text, customer):
    found = understand(text, now=NOW)

    assert found.follow_up is not None
    assert customer == found.follow_up.customer


@pytest.mark.parametrize(
    "text", ["跟老婆打了电话", "和同事们开了会", "报备有效期多长", "领取员工福利请到前台", "那个客户是谁在跟"]
)
def test_talk_about_others_is_none(text):
    assert understand(text, now=NOW).kind == "none"
