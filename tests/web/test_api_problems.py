import pytest

from domain.access import Actor
from store import members, tokens

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_without_a_token_nothing_is_said_about_the_body(client):
    answer = client.post("/api/v1/parse", data="{")

    assert (401, "application/problem+json", "token_missing") == (
        answer.status_code,
        answer.content_type,
        answer.json["code"],
    )
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_refused_like_an_unknown_one(product, api):
    unknown = api.post("parse", {"text": ""}, headers={"Authorization": "Bearer ld_no"})
    with product.units.write(Actor.system("test"), cause="revoke") as ctx:
        [member] = members.find_members(ctx.tx, "小李")
        tokens.revoke_all(ctx.tx, member.id, ctx.now)
    revoked = api.post("parse", {"text": ""})

    assert (401, 401, unknown.json) == (unknown.status_code, revoked.status_code, revoked.json)


def test_a_token_for_metrics_does_not_open_the_api(api, token_of):
    api.token = token_of("小李", "metrics")

    answer = api.post("parse", {"text": ""})

    assert (403, "scope_missing") == (answer.status_code, answer.json["code"])


def test_a_form_is_no_json(api):
    answer = api.post("parse", data={"text": "公海"})

    assert (415, "media_type") == (answer.status_code, answer.json["code"])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"text": NaN}', b"[]", b"null", b"[" * 100_000, b'{"text": "\\ud800"}', b'{"text": "\xff"}'],
    ids=["empty", "cut", "nan", "list", "null", "deep", "surrogate", "bytes"],
)
def test_a_body_that_is_no_json_object_is_refused(api, body):
    answer = api.post("parse", data=body, content_type="application/json")

    assert (400, "not_json") == (answer.status_code, answer.json["code"])


def test_each_fault_is_named_by_its_place_and_what_was_sent_is_not_repeated(api):
    answer = api.post("compare", {"a": {"name": 13800001111, "tel": "x"}, "b": {}})

    assert 422 == answer.status_code
    assert [
        {"pointer": "/a/name", "code": "string_type", "detail": "应为字符串"},
        {"pointer": "/a/tel", "code": "extra_forbidden", "detail": "没有这个字段"},
        {"pointer": "/b/name", "code": "missing", "detail": "缺少这个字段"},
    ] == answer.json["errors"]
    assert "13800001111" not in answer.text


@pytest.mark.parametrize(
    "now", ["2026-11-23T09:00:00", "2026-02-30T09:00:00Z", "1999-01-01T00:00:00Z", "soon", 0, True]
)
def test_a_time_needs_its_offset_and_this_century(api, now):
    answer = api.post("parse", {"text": "公海", "now": now})

    assert (422, "instant") == (answer.status_code, answer.json["errors"][0]["code"])


def test_a_message_has_a_length(api):
    assert 200 == api.post("parse", {"text": "云" * 5000}).status_code
    assert "最多 5000 个字" == api.post("parse", {"text": "云" * 5001}).json["errors"][0]["detail"]


def test_a_body_beyond_the_limit_is_refused_unread(api):
    answer = api.post("parse", data=b"x" * (1024 * 1024 + 1), content_type="application/json")

    assert (413, "请求内容不能超过 1024 KB。") == (answer.status_code, answer.json["detail"])


def test_the_wrong_method_is_told_the_right_one(client):
    answer = client.get("/api/v1/parse")

    assert (405, "method_not_allowed") == (answer.status_code, answer.json["code"])
    assert "POST" in answer.headers["Allow"]


def test_an_unknown_address_is_a_problem_too(client):
    answer = client.get("/api/v2/parse")

    assert (404, "application/problem+json") == (answer.status_code, answer.content_type)


def test_problems_are_told_in_the_readers_language(api):
    english = api.post("parse", {}, headers={"Accept-Language": "en-GB,en;q=0.9"})
    chinese = api.post("parse", {}, headers={"Accept-Language": "zh-CN"})

    assert ("The content is not valid", "en") == (english.json["title"], english.headers["Content-Language"])
    assert ("内容不合要求", "zh") == (chinese.json["title"], chinese.headers["Content-Language"])


def test_a_bug_says_nothing_about_itself(api, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("13800001111")

    monkeypatch.setattr("web.api.understanding.understand", broken)

    answer = api.post("parse", {"text": "公海"})

    assert (500, "internal") == (answer.status_code, answer.json["code"])
    assert "13800001111" not in answer.text
