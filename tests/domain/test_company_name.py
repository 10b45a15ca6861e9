from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company_name import normalise
from domain.company_spelling import spell, syllables_of


@pytest.mark.parametrize(
    "name",
    [
        "杭州市云图科技有限公司",
        "云图科技（杭州）有限责任公司",
        "浙江省杭州市云图科技股份有限公司",
        "杭州雲圖科技有限公司",
        "　杭州 云图·科技－有限公司",
        "杭州云图(集团)科技有限公司",
        "杭州云图科技有限公司采购部",
        "Hang zhou yun tu ke ji",
    ],
)
def test_spellings_of_one_company_share_place_and_sound(name):
    found = normalise(name)

    assert ("浙江/杭州", syllables_of("云图科技")) == (found.region, found.syllables)


@pytest.mark.parametrize(
    ("name", "region", "brand", "industry", "form"),
    [
        ("重庆长安汽车股份有限公司", "重庆", "长安", "汽车", "company"),
        ("东方科技有限公司", "", "东方", "科技", "company"),
        ("宏达集团有限公司", "", "宏达", "", "group"),
        ("杭州宏达服饰厂", "浙江/杭州", "宏达", "服饰", "厂"),
        ("西门子（中国）有限公司", "", "西门子", "", "company"),
        ("杭州市第一人民医院", "浙江/杭州", "", "第一人民医院", ""),
        ("广东省深圳市南山区云图网络科技有限公司", "广东/深圳/南山", "云图", "网络科技", "company"),
        ("Siemens Ltd.", "", "siemens", "", ""),
    ],
)
def test_a_name_is_taken_apart(name, region, brand, industry, form):
    found = normalise(name)

    assert (region, brand, industry, form) == (found.region, found.brand, found.industry, found.form)


@pytest.mark.parametrize(
    ("name", "core", "branch"),
    [
        ("云图科技有限公司上海分公司", "云图科技", "上海"),
        ("云图科技有限公司上海市分公司", "云图科技", "上海"),
        ("云图科技上海分公司", "云图科技", "上海"),
        ("云图科技有限公司第一分公司", "云图科技", "一"),
        ("云图科技有限公司一分公司", "云图科技", "一"),
        ("云图科技有限公司分公司", "云图科技", "分"),
        ("工商银行杭州西湖支行", "工商银行", "西湖"),
        ("海底捞（万达店）", "海底捞", "万达"),
        ("云图科技有限公司", "云图科技", ""),
    ],
)
def test_a_branch_is_told_from_its_company(name, core, branch):
    found = normalise(name)

    assert (core, branch) == (found.core, found.branch)


@pytest.mark.parametrize(
    ("one", "other"), [("第11中学", "第十一中学"), ("3M", "三M"), ("２院", "二院"), ("58同城", "五八同城")]
)
def test_digits_and_chinese_numbers_are_one_spelling(one, other):
    assert spell(one) == spell(other)


@pytest.mark.parametrize(
    ("word", "twin"), [("重庆", "从庆"), ("厦门", "下门"), ("单县", "善县"), ("银行", "银杭"), ("音乐", "音月")]
)
def test_characters_with_several_readings_sound_as_in_their_word(word, twin):
    assert syllables_of(twin) == syllables_of(word)


def test_the_former_name_in_brackets_is_kept():
    found = normalise("杭州新名科技有限公司（原杭州旧名科技有限公司）")

    assert ("新名科技", ("杭州旧名科技有限公司",)) == (found.core, found.former)


@pytest.mark.parametrize(
    "name", ["", " ", "()", "公司", "有限公司", "123", "a", "🙂", "杭州", "中国", "(((", "\x00", "杭州市余杭区"]
)
def test_names_that_say_nothing_are_still_taken_apart(name):
    found = normalise(name)

    assert len(found.core) <= len(found.text)


@given(
    st.text(
        alphabet=st.sampled_from("杭州宏达科技有限公司集团分（）第一二厂店 ·上海市中国" + ascii_letters), max_size=24
    )
)
def test_normalising_the_normal_spelling_changes_nothing(name):
    text = normalise(name).text

    assert text == normalise(text).text


@given(st.text(max_size=40))
def test_any_text_is_taken_apart_into_parts_of_itself(name):
    found = normalise(name)

    assert found.core == found.brand + found.industry
