import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_parse_returns_only_the_fields_that_were_said(api):
    answer = api.post("parse", {"text": "报备 杭州云途科技 张伟 13800001111 预算50万 展会"})

    assert 200 == answer.status_code
    assert {
        "kind": "registration",
        "command": "register",
        "fields": {
            "name": "杭州云途科技",
            "contact": "张伟",
            "phone": "13800001111",
            "amount_fen": 50_000_000,
            "source": "展会/活动",
        },
        "unknown": [],
    } == answer.json


def test_a_follow_up_speaks_of_time_with_chinas_offset(api):
    answer = api.post(
        "parse",
        {"text": "跟进 云途 电话沟通，客户要报价，下周三下午3点前给", "now": "2026-11-23T09:00:00+08:00"},
    )

    fields = answer.json["fields"]
    assert ("follow_up", "call", "2026-12-02T15:00:00+08:00", False) == (
        answer.json["kind"],
        fields["method"],
        fields["next_at"],
        fields["complaint"],
    )


def test_a_date_without_an_hour_stays_a_date(api):
    answer = api.post("parse", {"text": "跟进 云途 电话沟通，下周三再联系", "now": "2026-11-23T09:00:00+08:00"})

    assert "2026-12-02" == answer.json["fields"]["next_at"]


@pytest.mark.parametrize(
    ("text", "kind", "command"), [("公海", "command", "pool"), ("你好", "none", None), ("", "none", None)]
)
def test_other_messages_have_no_fields(api, text, kind, command):
    answer = api.post("parse", {"text": text})

    assert (kind, {}, command) == (answer.json["kind"], answer.json["fields"], answer.json.get("command"))


def test_the_caller_may_say_what_a_message_is(api):
    answer = api.post("parse", {"text": "杭州云途科技 张伟", "kind": "registration"})

    assert ("registration", "杭州云途科技") == (answer.json["kind"], answer.json["fields"]["name"])


def test_compare_explains_in_sentences(api):
    answer = api.post("compare", {"a": {"name": "杭州云途科技"}, "b": {"name": "杭州云图科技有限公司", "phone": None}})

    assert ("same", ["核心名同音：云途/云图"]) == (answer.json["relation"], answer.json["reasons"])
    assert 0 <= answer.json["score"] <= 1


def test_one_phone_with_a_like_name_is_certain(api):
    phone = "13800001111"

    answer = api.post(
        "compare", {"a": {"name": "杭州云途科技", "phone": phone}, "b": {"name": "云途科技", "phone": "138 0000 1111"}}
    )

    assert ("same", "certain", 1.0) == (answer.json["relation"], answer.json["level"], answer.json["score"])
