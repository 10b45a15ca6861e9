import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dedup import Candidate, Level, Party, Relation, compare, dedup_phone, judge, profile, unique_keys

VALID_CODE = "91330106MA2CF0DP6N"


def party(name, phone=None, **known):
    return Party(name, (phone,) if phone else (), **known)


def codes(comparison):
    return [reason.code for reason in comparison.reasons]


def test_the_same_full_name_in_another_spelling_is_certain():
    found = compare(party("杭州云图科技有限公司"), party("云图科技（杭州）有限责任公司"))

    assert (Relation.SAME, Level.CERTAIN, ["full_name_equal"]) == (found.relation, found.level, codes(found))


def test_a_homophone_is_probable_and_says_which_words_sound_alike():
    found = compare(party("杭州云图科技有限公司"), party("杭州云途科技有限公司"))

    assert (Level.PROBABLE, {"a": "云图", "b": "云途"}) == (found.level, found.reasons[0].values)


def test_the_same_phone_with_a_like_name_is_certain():
    found = compare(party("杭州云图科技有限公司", "13800001111"), party("杭州云途科技", "+86 138-0000-1111"))

    assert (Level.CERTAIN, ["phone_equal", "core_homophone"]) == (found.level, codes(found))


def test_a_phone_alone_is_probable_and_never_certain():
    found = compare(party("杭州云图科技有限公司", "0571-88886666"), party("绍兴明州餐饮管理有限公司", "0571 8888 6666"))

    assert (Relation.DIFFERENT, Level.PROBABLE) == (found.relation, found.level)


def test_the_desks_of_one_switchboard_are_not_one_company():
    found = compare(
        party("杭州云图科技有限公司", "0571-88886666-801"), party("绍兴明州餐饮管理有限公司", "0571-88886666转802")
    )

    assert (Relation.DIFFERENT, ["extension_differs"]) == (found.relation, codes(found)[:1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州市第一人民医院", "杭州市第二人民医院"),
        ("中铁一局集团有限公司", "中铁四局集团有限公司"),
        ("中国东方航空股份有限公司", "中国南方航空股份有限公司"),
        ("北京宏达科技有限公司", "上海宏达科技有限公司"),
        ("中石化", "中石油"),
    ],
)
def test_names_alike_on_purpose_stay_different(one, other):
    found = compare(party(one), party(other))

    assert Relation.DIFFERENT == found.relation
    assert found.level in {Level.NONE, Level.POSSIBLE}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("云图科技有限公司", "云图科技有限公司上海分公司"),
        ("云图科技有限公司北京分公司", "云图科技有限公司上海分公司"),
        ("云图科技有限公司一分公司", "云图科技有限公司二分公司"),
        ("宏达集团有限公司", "宏达有限公司"),
    ],
)
def test_branches_and_groups_are_related_and_never_certain(one, other):
    found = compare(party(one, "13800001111"), party(other, "13800001111"))

    assert Relation.RELATED == found.relation
    assert found.level is not Level.CERTAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("腾讯", "深圳市腾讯计算机系统有限公司"),
        ("中石化", "中国石油化工集团有限公司"),
        ("IBM", "国际商业机器（中国）有限公司"),
    ],
)
def test_well_known_short_names_are_found(one, other):
    assert Level.PROBABLE == compare(party(one), party(other)).level


def test_equal_credit_codes_are_certain_whatever_the_names():
    found = compare(party("云图", uscc=VALID_CODE), party("绍兴明州餐饮", uscc=VALID_CODE.lower()))

    assert (Level.CERTAIN, "uscc_equal") == (found.level, codes(found)[0])


def test_a_credit_code_with_a_wrong_check_character_counts_for_nothing():
    wrong = VALID_CODE[:-1] + "0"

    assert Level.NONE == compare(party("云图", uscc=wrong), party("绍兴明州餐饮", uscc=wrong)).level


def test_the_old_name_in_brackets_finds_the_company():
    found = compare(party("杭州新名科技有限公司（原杭州旧名科技有限公司）"), party("杭州旧名科技有限公司"))

    assert Level.CERTAIN == found.level


NAMES = st.text(alphabet="杭州宁波宏达云图科技贸易有限公司集团分第一二厂()", min_size=1, max_size=14)
PHONES = st.sampled_from([None, "13800001111", "13800001112", "0571-88886666-801", "88886666", "0571-88886666"])


@given(NAMES, NAMES, PHONES, PHONES)
def test_comparing_is_symmetric(one, other, phone, other_phone):
    a, b = party(one, phone), party(other, other_phone)
    there, back = compare(a, b), compare(b, a)

    assert (there.relation, there.level, there.score) == (back.relation, back.level, back.score)


@given(NAMES, NAMES)
def test_certain_by_name_alone_means_an_equal_unique_key(one, other):
    certain = compare(party(one), party(other)).level is Level.CERTAIN
    shared = set(unique_keys(profile(party(one)))) & set(unique_keys(profile(party(other))))

    assert certain == bool(shared)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800001111", "13800001111"),
        ("+86 138-0000-1111", "13800001111"),
        ("0086１３８００００１１１１", "13800001111"),
        ("tel:13800001111", "13800001111"),
        ("013800001111", "13800001111"),
        ("0571-88886666", "057188886666"),
        ("0571-88886666-801", "057188886666-801"),
        ("(0571)88886666转801", "057188886666-801"),
        ("+86-571-88886666", "057188886666"),
        ("010-6234 5678 ext. 12", "01062345678-12"),
        ("400-800-1234", "4008001234"),
        ("88886666", "88886666"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_number_has_one_form(written, number):
    assert number == dedup_phone(written)


def candidate(number, name, phone=None):
    return Candidate(number, profile(party(name, phone)).sides[0])


def test_the_best_match_stands_first_and_gives_the_level():
    found = judge(
        profile(party("杭州云图科技有限公司")),
        [candidate(1, "杭州云途科技有限公司"), candidate(2, "云图科技（杭州）有限公司"), candidate(3, "绍兴明州餐饮")],
    )

    assert (Level.CERTAIN, [2, 1]) == (found.level, [match.customer_id for match in found.matches])


def test_a_pair_ruled_different_is_not_shown_again():
    found = judge(
        profile(party("杭州云图科技有限公司")), [candidate(2, "云图科技（杭州）有限公司")], not_same=frozenset({2})
    )

    assert (Level.NONE, ()) == (found.level, found.matches)


def test_at_most_five_matches_are_shown():
    namesakes = [candidate(number, "杭州云图科技有限公司") for number in range(9)]

    assert 5 == len(judge(profile(party("杭州云图科技有限公司")), namesakes).matches)


def test_the_true_row_is_seen_among_very_many_candidates():
    crowd = [candidate(number, f"杭州云{chr(0x4E00 + number)}科技有限公司") for number in range(200)]

    found = judge(profile(party("绍兴明州餐饮", "13800001111")), [*crowd, candidate(999, "云图", "13800001111")])

    assert [999] == [match.customer_id for match in found.matches]


def test_two_swapped_syllables_in_the_same_place_are_probable():
    found = compare(party("兰州伟嘉电梯有限公司"), party("兰州嘉伟电梯有限公司"))

    assert (Level.PROBABLE, ["reordered"]) == (found.level, codes(found))


def test_a_name_without_place_is_held_back_when_other_places_have_it_too():
    placeless = Candidate(1, profile(party("永利餐饮管理有限公司")).sides[0])
    elsewhere = [
        Candidate(number, profile(party(f"{place}永利餐饮管理有限公司")).sides[0])
        for number, place in enumerate(["成都", "北京", "沈阳", "广州"], start=2)
    ]
    query = profile(party("珠海永利餐饮管理有限公司"))

    alone, one_of_many = (judge(query, rivals).matches[0] for rivals in ([placeless], [placeless, *elsewhere]))

    assert (1, 1) == (alone.customer_id, one_of_many.customer_id)
    assert one_of_many.level.rank < Level.PROBABLE.rank
    assert one_of_many.score < alone.score


def test_names_that_share_no_sound_are_not_even_a_note():
    found = compare(party("云图"), party("绍兴明州餐饮"))

    assert (Level.NONE, 0.0) == (found.level, found.score)


def test_a_region_given_apart_counts_as_part_of_the_name():
    apart, inside = party("云图科技有限公司", region="浙江杭州"), party("杭州云图科技有限公司")

    assert unique_keys(profile(apart)) == unique_keys(profile(inside))


@pytest.mark.parametrize("name", ["宏达", "第一人民医院", "公司", "", "ABC"])
def test_a_name_that_names_nobody_is_no_unique_key(name):
    assert () == unique_keys(profile(party(name)))


def test_a_ruling_lets_a_namesake_in():
    subject = profile(party("杭州云图科技有限公司"))

    assert unique_keys(subject) != unique_keys(subject, disambiguator="2")


def test_reasons_hold_no_number_and_no_person():
    found = compare(
        party("云图科技", "13800001111", contact="张伟"), party("杭州云图科技", "13800001111", contact="张伟")
    )

    said = str(found)
    assert "contact_equal" in said
    assert "13800001111" not in said
    assert "张伟" not in said


def test_a_name_typed_in_pinyin_is_shown_in_letters():
    found = compare(party("yun tu ke ji"), party("杭州云图科技有限公司"))

    assert {"a": "yun tu ke ji", "b": "云图科技"} == found.reasons[0].values
