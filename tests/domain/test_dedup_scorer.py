import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dedup import Party, profile
from domain.dedup_facts import facts, region_agreement
from domain.dedup_names import look_alike
from domain.dedup_phones import PhoneMatch, phone_marks, phone_match
from domain.dedup_scorer import FEATURES, score, trained, vector


def seen(one, other):
    return facts(profile(Party(one)).sides[0], profile(Party(other)).sides[0])


def test_the_shipped_weights_fit_the_features_of_this_version():
    model = trained()

    assert len(FEATURES) == len(model.weights) == len(vector(seen("云图", "云图"), 0))
    assert 0 < model.possible < model.probable < 1


def test_the_more_others_are_as_like_the_less_likely_is_each():
    alone, crowded = (score(seen("宏达科技", "杭州宏达科技"), rivals, trained()) for rivals in (0, 20))

    assert crowded < alone


@pytest.mark.parametrize(
    ("closer", "farther"),
    [
        ("杭州云途科技有限公司", "杭州明州餐饮有限公司"),
        ("杭州云图网络科技有限公司", "杭州云图餐饮有限公司"),
        ("杭州云图科技有限公司", "宁波云图科技有限公司"),
    ],
)
def test_the_likelier_name_scores_higher(closer, farther):
    near, far = (score(seen("杭州云图科技", other), 0, trained()) for other in (closer, farther))

    assert far < near


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("浙江/杭州", "浙江/杭州", "same"),
        ("浙江", "浙江/杭州", "nested"),
        ("浙江/杭州/余杭", "浙江/杭州", "nested"),
        ("鼓楼区", "江苏/南京/鼓楼区", "nested"),
        ("浙江/杭州", "浙江/宁波", "differs"),
        ("", "浙江/杭州", "one_silent"),
        ("", "", "both_silent"),
    ],
)
def test_places_agree_when_one_lies_in_the_other(one, other, agreement):
    assert (agreement, agreement) == (region_agreement(one, other), region_agreement(other, one))


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("13800001111", "13800001111", PhoneMatch.MOBILE),
        ("13800001111", "13800001112", PhoneMatch.ONE_DIGIT),
        ("13800001111", "13800002222", PhoneMatch.NONE),
        ("057188886666", "057188886666", PhoneMatch.LANDLINE),
        ("057188886666-801", "057188886666", PhoneMatch.LANDLINE),
        ("057188886666-801", "057188886666-802", PhoneMatch.EXTENSION_DIFFERS),
        ("057188886666", "88886666", PhoneMatch.LANDLINE),
        ("057188886666 13800001111", "13800001111", PhoneMatch.MOBILE),
        ("", "13800001111", PhoneMatch.NONE),
    ],
)
def test_two_lists_of_numbers_match_by_their_strongest_pair(one, other, match):
    assert (match, match) == (phone_match(one, other), phone_match(other, one))


@pytest.mark.parametrize(
    ("pair", "alike"), [("未末", True), ("泰秦", True), ("己已", True), ("联润", False), ("云图", False)]
)
def test_characters_that_print_alike_are_known(pair, alike):
    assert alike == look_alike(*pair)


@given(
    number=st.from_regex(r"(1[3-9]\d{9}|0571\d{8}|\d{7,8})(-\d{3})?", fullmatch=True),
    at=st.integers(0, 10),
    slip=st.sampled_from("0123456789"),
    way=st.sampled_from(["other digit", "swapped", "without area", "other extension"]),
)
def test_numbers_that_share_something_share_a_mark(number, at, slip, way):
    trunk = number.partition("-")[0]
    at = min(at, len(trunk) - 2)
    changed = {
        "other digit": trunk[:at] + slip + trunk[at + 1 :],
        "swapped": trunk[:at] + trunk[at + 1] + trunk[at] + trunk[at + 2 :],
        "without area": trunk[-8:],
        "other extension": trunk + "-999",
    }[way]

    shares = phone_match(number, changed) is not PhoneMatch.NONE

    assert not shares or any(mark in changed for mark in phone_marks(number))
