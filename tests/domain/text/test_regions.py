from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.regions import COUNTY_NAMES, PROVINCE_NAMES, PROVINCE_OF, REGION_NAMES, canonical_region, find_regions


def test_all_34_provinces_and_their_prefectures_are_known():
    assert len(PROVINCE_NAMES) == 34
    assert {"杭州", "恩施", "延边", "阿克苏", "三沙", "义乌", "昆山"} <= REGION_NAMES
    assert len(COUNTY_NAMES) > 2500


@pytest.mark.parametrize(
    ("name", "province"),
    [("杭州", "浙江"), ("吉林", "吉林"), ("海南", "海南"), ("义乌", "浙江"), ("余杭区", "浙江"), ("上海", "上海")],
)
def test_a_place_knows_its_province(name, province):
    assert PROVINCE_OF[name] == province


def test_a_county_name_shared_by_provinces_has_no_province():
    assert "鼓楼" not in PROVINCE_OF


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("浙江省杭州市", "浙江杭州"),
        ("浙江 杭州", "浙江杭州"),
        ("浙江-杭州-余杭区", "浙江杭州余杭"),
        ("杭州", "杭州"),
        ("上海市浦东新区", "上海浦东"),
        ("北京朝阳区", "北京朝阳"),
        ("内蒙古自治区包头市", "内蒙古包头"),
        ("延边朝鲜族自治州", "延边"),
        ("单县", "单县"),
        ("华东地区", "华东"),
        ("吉林省吉林市", "吉林"),
        ("香港", "香港"),
    ],
)
def test_a_region_is_named_by_short_names_from_large_to_small(said, canonical):
    assert canonical == canonical_region(said)


@pytest.mark.parametrize("said", ["", "云途", "杭州云途", "没说", "1", "我在杭州"])
def test_what_is_not_wholly_a_region_is_none(said):
    assert canonical_region(said) is None


def test_running_text_names_regions_but_not_brands_that_share_a_county_name():
    found = find_regions("客户浙江省杭州市，工厂在昆山，品牌德兴、东方")

    assert [one.name for one in found] == ["浙江杭州", "昆山"]


@given(st.text(max_size=80))
def test_found_regions_lie_in_the_text_in_order(text):
    found = find_regions(text)

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
