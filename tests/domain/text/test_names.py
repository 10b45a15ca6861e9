import pytest

from domain.text import fold
from domain.text.companies import find_company
from domain.text.people import Person, read_person, read_title


@pytest.mark.parametrize(
    ("said", "contact", "title"),
    [
        ("张伟", "张伟", None),
        ("欧阳修文", "欧阳修文", None),
        ("张总", "张总", None),
        ("采购部陈主任", "陈主任", None),
        ("信息化办韩老师", "韩老师", None),
        ("采购经理张伟", "张伟", "采购经理"),
        ("张伟（采购经理）", "张伟", "采购经理"),
        ("张伟经理", "张伟", "经理"),
        ("张伟先生", "张伟", None),
        ("张先生", "张先生", None),
        ("老张", "老张", None),
        ("总经理李总", "李总", "总经理"),
        ("阿迪力·买买提", "阿迪力·买买提", None),
        ("普布次仁", "普布次仁", None),
    ],
)
def test_the_contact_keeps_what_people_call_them_and_a_full_name_sheds_its_title(said, contact, title):
    assert Person(contact, title) == read_person(fold(said))


@pytest.mark.parametrize("said", ["高端", "方案", "安装", "成都", "万达", "明年", "云途", "13800001111"])
def test_everyday_words_that_begin_with_a_surname_are_nobody(said):
    assert read_person(said) is None


def test_a_rare_combination_only_might_be_a_name():
    assert read_person("金蝶").sure is False


@pytest.mark.parametrize("said", ["总经理", "华东区销售总监", "IT经理", "总经理兼技术总监", "调度中心主任"])
def test_a_title_is_read_whole(said):
    assert read_title(said) == said


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今天展会认识了苏州博远自动化设备有限公司的张总", "苏州博远自动化设备有限公司"),
        ("杭州云途科技张伟", "杭州云途科技"),
        ("云途科技做系统集成", "云途科技"),
        ("ABB（中国）有限公司", "ABB（中国）有限公司"),
        ("Siemens中国", "Siemens中国"),
        ("Shenzhen Yuntu Technology Co., Ltd.", "Shenzhen Yuntu Technology Co., Ltd."),
        ("中铁四局集团第二工程有限公司", "中铁四局集团第二工程有限公司"),
        ("中国建设银行股份有限公司苏州分行", "中国建设银行股份有限公司苏州分行"),
        ("浙江大学医学院附属第一医院采购科王主任", "浙江大学医学院附属第一医院"),
        ("杭州报备通信息技术有限公司", "杭州报备通信息技术有限公司"),
        ("合肥阳光电源的供应链经理", "合肥阳光电源"),
        ("义乌市鑫达五金商行", "义乌市鑫达五金商行"),
        ("个体户王老五", "个体户王老五"),
        ("沈阳机床", "沈阳机床"),
    ],
)
def test_an_organisation_is_cut_out_of_the_words_around_it(text, name):
    found = find_company(fold(text))

    assert name == text[found.start : found.end]


@pytest.mark.parametrize(
    "text", ["智能工厂改造项目", "想做数据中心建设", "他们公司", "昆山工厂", "张伟", "做电商的公司"]
)
def test_words_of_trade_alone_name_nobody(text):
    assert find_company(text) is None
