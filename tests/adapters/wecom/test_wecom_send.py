import contextlib
import json
from datetime import timedelta

import httpx
import pytest

from adapters.wecom import limits
from adapters.wecom.errors import masked, platform_error
from bot.events import Attachment
from bot.ports import (
    CannotUpdate,
    DirectoryDepartment,
    DirectoryPerson,
    Media,
    Recipient,
    SendResult,
    SentCard,
)
from cards.model import Button, Card, CardAction
from domain.errors import PlatformError
from tests.adapters.wecom.wecom_rig import NOW, Rig, outbound

OK = {"errcode": 0, "errmsg": "ok", "msgid": "m-1", "response_code": "rc-1"}
CARD = Card("审批", buttons=(Button("同意", CardAction("approve")),))
DECIDED = Card("审批", status="已同意", closed=True)


def refusal(code, text="no"):
    return {"errcode": code, "errmsg": text}


@pytest.fixture
def rig():
    rig = Rig()
    rig.platform.answers["message/send"] = [OK]
    rig.platform.answers["appchat/send"] = [{"errcode": 0, "errmsg": "ok"}]
    rig.platform.answers["message/update_template_card"] = [{"errcode": 0, "errmsg": "ok", "invaliduser": []}]
    return rig


def update_of(**changes):
    sent = {
        "message_id": "m-1", "card_ref": "o-1", "recipient": Recipient("person", "zhangsan"), "sent_at": NOW,
        "update_token": "rc-1", "update_token_expires_at": NOW + timedelta(hours=72),
    }  # fmt: skip
    return outbound(DECIDED, ref="o-2", update=SentCard(**{**sent, **changes}))


def test_sent_card_can_be_changed_with_its_response_code_for_72_hours(rig):
    result = rig.send(outbound(CARD))

    assert SendResult("m-1", "o-1", "rc-1", NOW + timedelta(hours=72)) == result


def test_rendered_bytes_are_sent_unchanged(rig):
    message = outbound(CARD)
    rendered = rig.adapter.render(message)

    rig.adapter.send(message, rendered)

    method, path, query, content = rig.platform.calls[-1]
    assert ("POST", "message/send", {"access_token": "token-1"}) == (method, path, query)
    assert rendered.encode() == content


def test_text_has_no_card_to_change(rig):
    rig.platform.answers["message/send"] = [{"errcode": 0, "errmsg": "ok", "msgid": "m-1"}]

    assert SendResult("m-1") == rig.send(outbound(text="你好"))


def test_group_message_goes_to_the_apps_own_chat(rig):
    result = rig.send(outbound(CARD, to="chat_east", group=True))

    assert SendResult("") == result
    assert "appchat/send" == rig.platform.paths()[-1]


def test_one_token_serves_many_messages(rig):
    rig.send(outbound(CARD))
    rig.send(outbound(CARD, ref="o-2"))

    assert ["gettoken", "message/send", "message/send"] == rig.platform.paths()


def test_token_is_renewed_before_it_expires(rig):
    rig.send(outbound(CARD))
    rig.clock.advance(seconds=7200 - 299)
    rig.send(outbound(CARD, ref="o-2"))

    assert 2 == rig.platform.issued


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_refused_token_is_renewed_once_and_the_call_repeated(rig, code):
    rig.platform.answers["message/send"] = [refusal(code), OK]

    result = rig.send(outbound(CARD))

    assert "m-1" == result.message_id
    assert ["gettoken", "message/send", "gettoken", "message/send"] == rig.platform.paths()
    assert "token-2" == rig.platform.calls[-1][2]["access_token"]


def test_token_refused_again_is_not_renewed_again(rig):
    rig.platform.answers["message/send"] = [refusal(42001)]

    with pytest.raises(PlatformError) as caught:
        rig.send(outbound(CARD))

    assert ("wecom_42001", False) == (caught.value.code, caught.value.permanent)
    assert ["gettoken", "message/send"] * 2 == rig.platform.paths()


def test_token_of_another_process_is_used_after_ours_was_refused(rig):
    rig.state.store_token("wecom:ww1f2e3d4c5b6a7980:1000002", "stale", NOW + timedelta(hours=1))
    rig.platform.answers["message/send"] = [refusal(40014), OK]

    rig.send(outbound(CARD))

    assert ["message/send", "gettoken", "message/send"] == rig.platform.paths()


def test_wrong_secret_is_not_tried_again_for_five_minutes(rig):
    rig.platform.answers["gettoken"] = [refusal(40001, "invalid credential")]

    for _ in range(3):
        with pytest.raises(PlatformError) as caught:
            rig.send(outbound(CARD))

    assert not caught.value.permanent
    assert 300 == caught.value.retry_after
    assert ["gettoken"] == rig.platform.paths()


def test_wrong_secret_is_tried_again_after_five_minutes(rig):
    rig.platform.answers["gettoken"] = [
        refusal(40001),
        {"errcode": 0, "errmsg": "ok", "access_token": "t", "expires_in": 7200},
    ]
    with pytest.raises(PlatformError):
        rig.send(outbound(CARD))

    rig.clock.advance(seconds=300)

    assert "m-1" == rig.send(outbound(CARD)).message_id


def test_answer_without_a_token_is_an_error_and_no_token(rig):
    rig.platform.answers["gettoken"] = [{"errcode": 0, "errmsg": "ok"}]

    with pytest.raises(PlatformError, match="wecom_token"):
        rig.send(outbound(CARD))


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
def test_success_that_reached_nobody_is_an_error(rig, field):
    rig.platform.answers["message/send"] = [OK | {field: "zhangsan|lisi"}]

    with pytest.raises(PlatformError) as caught:
        rig.send(outbound(CARD, to="ZhangSan"))

    assert caught.value.permanent


@pytest.mark.parametrize(
    ("code", "permanent", "retry_after"),
    [
        (-1, False, 5),
        (45009, False, 60),
        (45033, False, 2),
        (60020, False, 300),
        (301002, False, 300),
        (43012, False, 300),
        (81013, True, None),
        (42014, True, None),
        (44004, True, None),
        (999999, True, None),
    ],
)
def test_vendor_codes_tell_whether_to_try_again(code, permanent, retry_after):
    error = platform_error(code, "text")

    assert (f"wecom_{code}", permanent, retry_after) == (error.code, error.permanent, error.retry_after)


def test_secrets_in_addresses_are_masked():
    text = "GET /gettoken?corpid=ww1&corpsecret=abc123&access_token=tok"

    assert "GET /gettoken?corpid=ww1&corpsecret=***&access_token=***" == masked(text)


@pytest.mark.parametrize(
    ("answer", "unknown"),
    [
        (httpx.Response(502, text="bad gateway"), True),
        (httpx.Response(200, text="<html>"), True),
        (httpx.ReadTimeout("slow"), True),
        (httpx.ConnectError("down"), False),
    ],
)
def test_lost_answers_are_told_from_calls_that_never_arrived(rig, answer, unknown):
    rig.platform.answers["message/send"] = [answer]

    with pytest.raises(PlatformError) as caught:
        rig.send(outbound(CARD))

    assert (False, unknown) == (caught.value.permanent, caught.value.unknown_outcome)


def test_no_error_shows_token_or_secret(rig):
    rig.platform.answers["message/send"] = [httpx.ReadTimeout("https://x/?access_token=token-1")]

    with pytest.raises(PlatformError) as caught:
        rig.send(outbound(CARD))

    assert "token-1" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_member_gets_at_most_twenty_messages_in_any_minute(rig):
    arrived = []
    for second in range(180):
        with contextlib.suppress(PlatformError):
            rig.send(outbound(text="你好", ref=f"o-{second}"))
            arrived.append(second)
        rig.clock.advance(seconds=1)

    busiest = max(sum(1 for second in arrived if start <= second < start + 60) for start in range(180))
    assert 10 <= busiest <= 20


def test_a_waiting_member_does_not_hold_up_another(rig):
    for number in range(10):
        rig.send(outbound(text="你好", ref=f"o-{number}"))
    with pytest.raises(PlatformError) as caught:
        rig.send(outbound(text="你好", ref="o-10"))

    assert 6 == caught.value.retry_after
    assert "m-1" == rig.send(outbound(text="你好", ref="o-11", to="lisi")).message_id


def test_member_is_the_same_in_any_case_of_letters(rig):
    for number in range(10):
        rig.send(outbound(text="你好", ref=f"o-{number}", to="lisi"))

    with pytest.raises(PlatformError):
        rig.send(outbound(text="你好", ref="o-10", to="LiSi"))


def test_update_spends_the_response_code_for_the_one_person(rig):
    result = rig.send(update_of())

    assert "message/update_template_card" == rig.platform.paths()[-1]
    assert (["zhangsan"], "rc-1") == (rig.platform.body()["userids"], rig.platform.body()["response_code"])
    assert SendResult("m-1", "o-1") == result


@pytest.mark.parametrize("changes", [{"update_token": None}, {"update_token_expires_at": NOW}])
def test_card_without_a_living_code_cannot_change_and_nothing_is_sent(rig, changes):
    with pytest.raises(CannotUpdate):
        rig.send(update_of(**changes))

    assert [] == rig.platform.paths()


@pytest.mark.parametrize("code", [42015, 42016, 42022, 60140, 82101, 82102])
def test_spent_or_unknown_code_means_that_a_new_message_must_tell(rig, code):
    rig.platform.answers["message/update_template_card"] = [refusal(code)]

    with pytest.raises(CannotUpdate):
        rig.send(update_of())


def test_person_who_never_got_the_card_cannot_see_it_change(rig):
    rig.platform.answers["message/update_template_card"] = [OK | {"invaliduser": ["zhangsan"]}]

    with pytest.raises(CannotUpdate):
        rig.send(update_of(recipient=Recipient("person", "ZhangSan")))


def test_busy_platform_does_not_make_a_card_unchangeable(rig):
    rig.platform.answers["message/update_template_card"] = [refusal(-1)]

    with pytest.raises(PlatformError) as caught:
        rig.send(update_of())

    assert not caught.value.permanent


def test_message_can_be_taken_back(rig):
    rig.platform.answers["message/recall"] = [{"errcode": 0, "errmsg": "ok"}]

    rig.adapter.recall(update_of().update)

    assert {"msgid": "m-1"} == rig.platform.body()


def test_what_has_no_number_cannot_be_withdrawn(rig):
    with pytest.raises(PlatformError, match="wecom_no_recall") as caught:
        rig.adapter.recall(update_of(message_id="").update)

    assert caught.value.permanent


def test_file_is_fetched_as_it_is(rig):
    headers = {"content-type": "image/png", "content-disposition": 'attachment; filename="a.png"'}
    rig.platform.answers["media/get"] = [httpx.Response(200, content=b"\x89PNG", headers=headers)]

    assert Media("image", "a.png", b"\x89PNG") == rig.adapter.download(Attachment("image", ref="media-1"))
    assert "media-1" == rig.platform.calls[-1][2]["media_id"]


def test_expired_file_is_an_error(rig):
    rig.platform.answers["media/get"] = [refusal(40007)]

    with pytest.raises(PlatformError, match="40007"):
        rig.adapter.download(Attachment("image", ref="media-1"))


def test_a_file_keeps_the_name_its_sender_gave_it(rig):
    headers = {"content-disposition": "attachment; filename=\"file\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"}
    rig.platform.answers["media/get"] = [httpx.Response(200, content=b"%PDF-1.7", headers=headers)]

    assert Media("file", "合同.pdf", b"%PDF-1.7") == rig.adapter.download(Attachment("file", ref="media-1"))


@pytest.mark.parametrize("attachment", [Attachment("location", ref="1,2"), Attachment("file")])
def test_what_is_no_file_cannot_be_fetched(rig, attachment):
    with pytest.raises(PlatformError, match="wecom_no_file"):
        rig.adapter.download(attachment)


def test_departments_come_with_parent_and_leader(rig):
    east = {"id": 3, "name": "华东一组", "parentid": 1, "order": 1, "department_leader": ["laozhang"]}
    rig.platform.answers["department/list"] = [OK | {"department": [{"id": 1, "name": "公司", "parentid": 0}, east]}]

    departments = list(rig.adapter.departments())

    assert [
        DirectoryDepartment("1", "公司", "", None),
        DirectoryDepartment("3", "华东一组", "1", "laozhang"),
    ] == departments


def test_people_come_with_their_manager_and_the_main_department_first(rig):
    user = {
        "userid": "xiaoli", "name": "小李", "department": [2, 3], "main_department": 3, "position": "销售",
        "direct_leader": ["laozhang"], "status": 1,
    }  # fmt: skip
    gone = {"userid": "laowang", "department": [3], "status": 5}
    rig.platform.answers["user/list"] = [OK | {"userlist": [user, gone]}]

    rig.platform.answers["department/list"] = [OK | {"department": [{"id": 3, "name": "华东一组", "parentid": 1}]}]

    people = list(rig.adapter.people())

    assert [
        DirectoryPerson("xiaoli", "小李", ("3", "2"), "laozhang", "销售", None, None, is_active=True),
        DirectoryPerson("laowang", None, ("3",), None, None, None, None, is_active=False),
    ] == people
    assert "3" == rig.platform.calls[-1][2]["department_id"]


def test_calls_of_all_processes_stay_below_the_platforms_limit():
    capacity, seconds = limits.API_RATE

    assert 2 * capacity * 60 / seconds <= 10_000
    assert capacity + capacity * 3600 / seconds <= 150_000


def test_request_bodies_carry_chinese_unescaped(rig):
    rig.send(outbound(text="你好"))

    assert "你好" in rig.platform.calls[-1][3].decode()
    assert {"content": "你好"} == json.loads(rig.platform.calls[-1][3])["text"]
