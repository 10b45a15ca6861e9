"""
Sending and updating on Feishu, against a scripted API: what is called, how often, and what failures mean.
"""

import json
import subprocess
import sys
import threading
from datetime import timedelta

import httpx
import pytest

from adapters.feishu.limits import APP_RATE, CHAT_RATE
from adapters.feishu.sdk import part
from bot.ports import CannotUpdate, Outbound, Recipient, SendResult, SentCard
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import BASE, CONFIG, NOW, Platform, Shared, build
from tests.adapters.sample_cards import DECIDED, NOTICE

CREATE = "/open-apis/im/v1/messages"
PATCH = "/open-apis/im/v1/messages/om_1"
PERSON, GROUP = Recipient("person", "ou_1"), Recipient("group", "oc_9")
SENT = SentCard("om_1", "om_1", PERSON, NOW - timedelta(days=1))
TAKEN = {"code": 0, "msg": "success", "data": {"message_id": "om_1", "chat_id": "oc_1"}}
EXPIRED = {"code": 99991663, "msg": "Invalid access token for authorization."}


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers = {CREATE: TAKEN, PATCH: {"code": 0, "msg": "success", "data": {}}}
    return platform


def send(platform, message, **kwargs):
    adapter = build(platform=platform, **kwargs)
    return adapter.send(message, adapter.render(message))


def failed(platform, answer, message=None, *, status=400, headers=None):
    message = message or Outbound("r1", PERSON, NOTICE, "")
    path = PATCH if message.update else CREATE
    platform.answers[path] = httpx.Response(status, json=answer, headers=headers)
    with pytest.raises(PlatformError) as error:
        send(platform, message)
    return error.value


@pytest.mark.parametrize(("recipient", "id_type"), [(PERSON, "open_id"), (GROUP, "chat_id")])
def test_a_card_goes_to_a_person_or_a_group_with_its_key_against_duplicates(platform, recipient, id_type):
    result = send(platform, Outbound("row-42", recipient, NOTICE, ""))

    _, _, query, body, headers = platform.requests[-1]
    sent = json.loads(body)
    assert SendResult("om_1", card_ref="om_1") == result
    assert {"receive_id_type": id_type} == query
    assert (recipient.id, "interactive", "row-42") == (sent["receive_id"], sent["msg_type"], sent["uuid"])
    assert "已保护" == json.loads(sent["content"])["header"]["title"]["content"]
    assert "Bearer t-1" == headers["authorization"]


def test_retries_send_the_same_bytes(platform):
    adapter = build(platform=platform)
    message = Outbound("row-42", PERSON, NOTICE, "")
    rendered = adapter.render(message)

    adapter.send(message, rendered)
    adapter.send(message, rendered)

    assert platform.requests[-1][3] == platform.requests[-2][3]


def test_a_long_reference_still_makes_a_unique_key_within_feishus_limit(platform):
    for last in "ab":
        send(platform, Outbound("r" * 59 + last, PERSON, NOTICE, ""))
    keys = [json.loads(body)["uuid"] for _, path, _, body, _ in platform.requests if path == CREATE]

    assert (2, [50, 50]) == (len(set(keys)), [len(key) for key in keys])


def test_a_sent_card_gets_its_new_face(platform):
    result = send(platform, Outbound("r1", PERSON, DECIDED, "", update=SENT))

    assert SendResult("om_1", card_ref="om_1") == result
    assert [f"PATCH {PATCH}"] == platform.calls()
    assert "报备审批" in platform.requests[-1][3].decode()


def test_a_card_of_fourteen_days_is_beyond_change_without_asking_feishu(platform):
    old = SentCard("om_1", "om_1", PERSON, NOW - timedelta(days=14))

    with pytest.raises(CannotUpdate):
        send(platform, Outbound("r1", PERSON, DECIDED, "", update=old))

    assert [] == platform.requests


@pytest.mark.parametrize("code", [230011, 230031, 230110, 99992354])
def test_a_withdrawn_or_expired_card_is_beyond_change(platform, code):
    platform.answers[PATCH] = httpx.Response(400, json={"code": code, "msg": "x"})

    with pytest.raises(CannotUpdate):
        send(platform, Outbound("r1", PERSON, DECIDED, "", update=SENT))


def test_a_card_locked_by_a_click_is_tried_again(platform):
    text = "Failed to create card content, ext=ErrCode: 11310; ErrMsg: card action is lock; ErrorValue: ; "
    error = failed(platform, {"code": 230099, "msg": text}, Outbound("r1", PERSON, DECIDED, "", update=SENT))

    assert ("feishu_card_locked", False, 1.0) == (error.code, error.permanent, error.retry_after)


@pytest.mark.parametrize(
    ("code", "permanent", "retry_after"),
    [
        (230001, True, None),
        (230013, True, None),
        (230028, True, None),
        (230029, True, None),
        (230099, True, None),
        (99991672, False, 300.0),
        (230020, False, 1.0),
        (230049, False, 2.0),
        (99991400, False, 1.0),
        (99991403, False, 3600.0),
        (424242, False, None),
    ],
)
def test_codes_say_whether_and_when_to_try_again(platform, code, permanent, retry_after):
    error = failed(platform, {"code": code, "msg": "x"})

    assert (f"feishu_{code}", permanent, retry_after) == (error.code, error.permanent, error.retry_after)


def test_the_gateways_own_waiting_time_is_kept(platform):
    error = failed(platform, {"code": 99991400, "msg": "x"}, status=429, headers={"x-ogw-ratelimit-reset": "7"})

    assert 7.0 == error.retry_after


def test_errors_carry_the_log_id_but_nothing_a_user_typed(platform):
    text = "Failed, ext=ErrCode: 200621; ErrMsg: parse card json err; ErrorValue: 张伟 13800001111; "
    error = failed(platform, {"code": 230099, "msg": text}, headers={"X-Tt-Logid": "LOG7"})

    assert "feishu_230099: http 400, sub code 200621, log id LOG7" == str(error)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("x"),
        httpx.Response(502, content=b"<html>bad gateway</html>"),
        httpx.Response(500, json={"code": 1, "msg": "x"}),
        httpx.Response(200, json={"data": {}}),
        httpx.Response(200, json={"code": "0"}),
        httpx.Response(200, json={"code": 0, "data": {}}),
        httpx.Response(200, json={"code": 0, "data": "x"}),
        httpx.Response(200, json={"code": 0}),
    ],
)
def test_an_answer_that_cannot_be_understood_leaves_the_outcome_unknown(platform, answer):
    platform.answers[CREATE] = answer

    with pytest.raises(PlatformError) as error:
        send(platform, Outbound("r1", PERSON, NOTICE, ""))

    assert (False, True) == (error.value.permanent, error.value.unknown_outcome)


def test_the_token_is_fetched_once_and_shared(platform):
    shared = Shared()

    send(platform, Outbound("r1", PERSON, NOTICE, ""), shared=shared)
    send(platform, Outbound("r2", PERSON, NOTICE, ""), shared=shared)

    assert (1, {f"feishu:{CONFIG.app_id}": ("t-1", NOW + timedelta(seconds=7200))}) == (platform.issued, shared.tokens)


def test_a_refused_token_is_replaced_and_the_call_repeated(platform):
    platform.answers[CREATE] = [EXPIRED, TAKEN]

    result = send(platform, Outbound("r1", PERSON, NOTICE, ""))

    assert ("om_1", 2, "Bearer t-2") == (result.message_id, platform.issued, platform.requests[-1][4]["authorization"])


def test_a_second_refusal_is_an_error_and_never_a_third_token(platform):
    platform.answers[CREATE] = [EXPIRED, EXPIRED]

    with pytest.raises(PlatformError, match="feishu_99991663") as error:
        send(platform, Outbound("r1", PERSON, NOTICE, ""))

    assert (2, False) == (platform.issued, error.value.permanent)


def test_another_threads_fresh_token_is_used_instead_of_fetching_one(platform):
    shared = Shared()
    name = f"feishu:{CONFIG.app_id}"
    shared.store_token(name, "t-old", NOW + timedelta(hours=1))
    adapter = build(platform=platform, shared=shared)
    shared.store_token(name, "t-new", NOW + timedelta(hours=2))

    assert "t-new" == adapter.client._fresh_token("t-old")
    assert 0 == platform.issued


def test_threads_that_need_a_token_together_fetch_one(platform):
    adapter = build(platform=platform)
    start = threading.Barrier(8)
    tokens = []

    def work():
        start.wait()
        tokens.append(adapter.client._token())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (["t-1"] * 8, 1) == (tokens, platform.issued)


@pytest.mark.parametrize(
    ("answer", "retry_after"), [({"code": 10014, "msg": "app secret invalid"}, 300.0), ({"code": 0, "msg": "ok"}, None)]
)
def test_a_refused_app_secret_waits_for_the_operator_and_is_never_shown(platform, answer, retry_after):
    platform.answers["token"] = answer

    with pytest.raises(PlatformError) as error:
        send(platform, Outbound("r1", PERSON, NOTICE, ""))

    assert (False, retry_after) == (error.value.permanent, error.value.retry_after)
    assert CONFIG.app_secret not in repr(error.value)


def test_secrets_are_not_in_the_settings_repr():
    shown = repr(CONFIG)

    assert not [
        secret for secret in (CONFIG.app_secret, CONFIG.encrypt_key, CONFIG.verification_token) if secret in shown
    ]


@pytest.mark.parametrize(
    ("message", "bucket"),
    [
        (Outbound("r1", GROUP, NOTICE, ""), "feishu:chat:oc_9"),
        (Outbound("r1", PERSON, NOTICE, "", update=SENT), "feishu:card:om_1"),
        (Outbound("r1", PERSON, NOTICE, ""), f"feishu:app:{CONFIG.app_id}"),
    ],
)
def test_an_empty_bucket_postpones_the_call(platform, message, bucket):
    shared = Shared()
    shared.waits[bucket] = 0.4

    with pytest.raises(PlatformError, match="feishu_governed") as error:
        send(platform, message, shared=shared)

    assert (0.4, False, []) == (error.value.retry_after, error.value.permanent, platform.requests)


CALLBACK_PATH = """
import sys
from tests.adapters.feishu.feishu_rig import NOW, VECTORS, build, request
from tests.adapters.sample_cards import SAMPLES
from adapters.registry import PLATFORMS
from bot.ports import Outbound, Recipient
from bot.reply import toast

adapter = build()
for vector in VECTORS["signed_requests"]:
    event = adapter.receive(request(vector["raw_body"], vector["headers"])).event
    for card in SAMPLES.values():
        adapter.encode(event, toast("好", card=card), NOW)
        adapter.render(Outbound("r", Recipient("person", "ou_1"), card, ""))
assert PLATFORMS["feishu"].adapter is type(adapter)
print(sorted(name for name in sys.modules if name.partition(".")[0] == "lark_oapi"))
"""


def test_the_callback_path_never_imports_the_sdk():
    done = subprocess.run([sys.executable, "-c", CALLBACK_PATH], capture_output=True, text=True, check=False)

    assert ("[]\n", "") == (done.stdout, done.stderr)


def test_calls_go_to_the_configured_host_only(platform):
    send(platform, Outbound("r1", PERSON, NOTICE, ""))

    assert BASE.startswith("http://127.0.0.1")
    assert {"127.0.0.1:8010"} == {headers["host"] for *_, headers in platform.requests}


SDK_PARTS = """
import sys
from tests.adapters.feishu.feishu_rig import Platform, build

platform = Platform()
platform.answers["/open-apis/bot/v3/info"] = {"code": 0, "bot": {"open_id": "ou_bot"}}
build(platform=platform).warm_up()
loaded = {name.split(".")[2] for name in sys.modules if name.startswith("lark_oapi.api.")}
print(sorted(loaded), "requests" in sys.modules)
"""


def test_only_the_parts_of_the_sdk_that_are_used_are_loaded():
    done = subprocess.run([sys.executable, "-c", SDK_PARTS], capture_output=True, text=True, check=False)

    assert ("['auth', 'im'] False\n", "") == (done.stdout, done.stderr)


def test_an_unknown_part_of_the_sdk_is_an_import_error():
    with pytest.raises(ModuleNotFoundError):
        part("api.nonsense")


def test_the_governed_rates_stay_below_feishus_and_use_nearly_all_of_them():
    capacity, seconds = APP_RATE
    chat_capacity, chat_seconds = CHAT_RATE

    assert capacity + capacity / seconds <= 50
    assert 950 <= 60 * capacity / seconds <= capacity + 60 * capacity / seconds <= 1000
    assert chat_capacity + chat_capacity / chat_seconds <= 5
