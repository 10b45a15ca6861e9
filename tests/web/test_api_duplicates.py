import re
from datetime import timedelta

NAME, CONTACT, PHONE = "杭州锐铠精密机械有限公司", "贾立新", "18800004035"


def test_a_colleagues_customer_is_shown_masked(api_of, company):
    answer = api_of("小赵").post("duplicate-check", {"name": NAME})

    [match, *_] = answer.json["matches"]
    assert (200, "certain", "小王") == (answer.status_code, answer.json["verdict"], match["owner"])
    assert re.fullmatch(r"X[A-Z2-7]{16}", match["ref"])
    assert ("advancing", "2026-12-23T09:00:00+08:00") == (match["stage_band"], match["protected_until"])
    assert PHONE not in answer.text
    assert CONTACT not in answer.text


def test_the_owner_gets_the_customers_own_reference(api_of, company):
    answer = api_of("小王").post("duplicate-check", {"name": NAME})

    assert f"C{company}" == answer.json["matches"][0]["ref"]


def test_a_masked_reference_is_stable_for_one_member_and_useless_to_another(api_of, company):
    asked = {"name": NAME}
    zhao, li = api_of("小赵"), api_of("小李")

    refs = [caller.post("duplicate-check", asked).json["matches"][0]["ref"] for caller in (zhao, zhao, li)]

    assert refs[0] == refs[1] != refs[2]


def test_a_new_company_has_no_match(api):
    answer = api.post("duplicate-check", {"name": "昆明滇池星河仪表有限公司", "phones": ["18700009999"]})

    assert {"verdict": "none", "matches": []} == answer.json


def test_look_ups_are_counted_until_the_day_is_used_up(api, product):
    lefts = [
        api.post("duplicate-check", {"name": f"昆明测试{number}号公司"}).headers["RateLimit-Remaining"]
        for number in range(30)
    ]
    refused = api.post("duplicate-check", {"name": "昆明测试公司"})
    product.clock.set(product.clock.now() + timedelta(days=1))
    tomorrow = api.post("duplicate-check", {"name": "昆明测试公司"})

    assert ["29", "0"] == [lefts[0], lefts[-1]]
    assert (429, "lookup_limit", "0") == (
        refused.status_code,
        refused.json["code"],
        refused.headers["RateLimit-Remaining"],
    )
    assert str(15 * 3600) == refused.headers["Retry-After"]
    assert 200 == tomorrow.status_code


def test_a_refused_body_costs_no_look_up(api):
    api.post("duplicate-check", {"name": ""})

    assert "29" == api.post("duplicate-check", {"name": "昆明测试公司"}).headers["RateLimit-Remaining"]
