"""
The control API: what the world is, what changed, trouble on demand, the clock, and the record of the wire.
"""

import json
import threading
from dataclasses import asdict

import pytest
from feishu_app import APPROVAL, FeishuApp
from sandbox_bench import COMPANY, DINGTALK, FEISHU, WECOM
from wecom_app import CARD, WeComApp

from sandbox.__main__ import main
from sandbox.clock import parse_duration
from sandbox.server import PublicAddressError


@pytest.fixture
def feishu(bench):
    return FeishuApp(bench)


@pytest.fixture
def wecom(bench):
    return WeComApp(bench)


def test_world_names_platforms_people_groups_and_examples(bench):
    world = bench.get("/world")

    assert ["feishu", "wecom", "dingtalk"] == [platform["id"] for platform in world["platforms"]]
    assert ("小李", "销售", "华东一组") == tuple(world["people"][0][key] for key in ("name", "title", "department"))
    assert ["外人"] == [person["name"] for person in world["people"] if person["outsider"]]
    assert {"华东销售群", "全体销售群", "内勤群"} == {group["name"] for group in world["groups"]}
    assert f"{bench.product.url}/cb/feishu/demo" == world["callbacks"]["feishu"]
    assert "2026-11-23T09:00:00.000+08:00" == world["clock"]
    assert all(example["user"] and example["text"] for example in world["examples"])


def test_chats_show_their_last_message(bench):
    bench.post("/feishu/messages", user="小李", text="你好")

    direct, group = bench.get("/feishu/chats", user="小李")[:2]

    assert ("p2p", "direct", 1, "你好") == (direct["id"], direct["kind"], direct["count"], direct["last"]["text"])
    assert ("east_group", "group", None) == (group["id"], group["kind"], group["last"])


def test_direct_chats_are_private(bench, feishu):
    feishu.send("ou_demo_laozhang", "interactive", APPROVAL)
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]

    assert [] == bench.get("/feishu/chats/p2p/messages", user="小李")
    assert (
        "小李看不到这条消息"
        == bench.post("/feishu/clicks", user="小李", message_id=message["id"], button="同意")["error"]
    )


def test_after_returns_new_and_changed_messages(bench, feishu):
    sent = feishu.send("ou_demo_xiaoli", "interactive", APPROVAL)["data"]["message_id"]
    feishu.send("ou_demo_xiaoli", "text", {"text": "第二条"})
    first, second = bench.get("/feishu/chats/p2p/messages", user="小李")
    feishu.patch(sent, APPROVAL)

    changed = bench.get("/feishu/chats/p2p/messages", user="小李", after=second["id"])

    assert [first["id"]] == [message["id"] for message in changed]
    assert changed[0]["revision"] > int(second["id"])


def test_waiting_for_changes_ends_with_the_change(bench):
    before = bench.get("/changes", after=0)["seq"]
    found = []
    waiting = threading.Thread(target=lambda: found.append(bench.get("/changes", after=before, wait=20)["seq"]))
    waiting.start()

    bench.post("/feishu/messages", user="小李", text="你好")
    waiting.join(20)

    assert found[0] > before


def test_nothing_new_answers_after_the_wait(bench):
    seq = bench.get("/changes", after=0)["seq"]

    assert seq == bench.get("/changes", after=seq, wait=0.01)["seq"]


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("/feishu/messages", {"user": "谁", "text": "x"}, "没有叫“谁”的人"),
        ("/feishu/messages", {"user": "小李"}, "要有 text、image、file、location、voice_text、contact 中的一个"),
        ("/feishu/messages", {"user": "小李", "chat": "没有的群", "text": "x"}, "没有叫“没有的群”的群"),
        ("/feishu/messages", {"user": "小李", "text": "x", "times": 0}, "times 要在 1 和 50 之间"),
        ("/feishu/messages", {"user": "小李", "image": "?"}, "附件要是 base64"),
        ("/qq/messages", {"user": "小李", "text": "x"}, "没有叫“qq”的平台"),
        ("/feishu/clicks", {"user": "小李", "message_id": "9999", "button": "x"}, "没有编号为 9999 的消息"),
        ("/feishu/switches", {"name": "dlp", "value": "yes"}, "开关 dlp 的值要像 False"),
        ("/feishu/members", {"op": "fly", "user": "小李"}, "op 要是 leave、join 或 update"),
        ("/wecom/members", {"op": "join", "user": "xin", "department": "mars"}, "没有代号为 mars 的部门"),
        ("/wecom/members", {"op": "join", "user": "xin", "manager": "nobody"}, "没有代号为 nobody 的人"),
        ("/clock", {"back": 1}, '要么 {"advance": "P1DT2H"}，要么 {"set": "2026-11-23T09:00:00+08:00"}'),
        ("/clock", {"set": "2026-11-01T09:00:00+08:00"}, "时钟只能往前走"),
    ],
)
def test_mistakes_are_explained(bench, path, body, error):
    assert error == bench.post(path, **body)["error"]


def test_unknown_button_is_answered_with_those_there_are(bench, feishu):
    feishu.send("ou_demo_xiaoli", "interactive", APPROVAL)
    message = bench.get("/feishu/chats/p2p/messages", user="小李")[0]

    outcome = bench.post("/feishu/clicks", user="小李", message_id=message["id"], button="放弃")

    assert "卡片上没有“放弃”，有：同意、驳回" == outcome["error"]


def test_clock_moves_the_emulators_before_the_product(bench, feishu):
    clock_seen = []

    def notice(seen):
        clock_seen.append(bench.get("/world")["clock"])
        return 200, json.dumps({"now": "x", "ran": [{"job": "release", "slot": "2026-11-24"}]}).encode()

    bench.product.demo = notice

    answer = bench.post("/clock", advance="P1DT2H")

    demo = bench.product.seen[-1]
    assert ("/demo/clock", "demo-secret") == (demo.path, demo.headers["x-demo-secret"])
    assert {"set": "2026-11-24T11:00:00.000+08:00"} == json.loads(demo.body)
    assert ["2026-11-24T11:00:00.000+08:00"] == clock_seen
    assert [{"job": "release", "slot": "2026-11-24"}] == answer["ran"]
    assert 99991663 == feishu.call("GET", "/bot/v3/info")["code"]


def test_clock_repeats_what_was_due_on_the_way(bench):
    bench.product.will_answer(b"", status=500)
    bench.post("/feishu/messages", user="小李", text="报备")

    bench.post("/clock", set="2026-11-23T10:00:00+08:00")

    assert ["/cb/feishu/demo", "/cb/feishu/demo", "/demo/clock"] == [seen.path for seen in bench.product.seen]


def test_no_rate_limit_applies_while_the_clock_jumps(bench, wecom):
    def many(_):
        for number in range(40):
            wecom.send("xiaoli", "text", {"content": f"第 {number} 天"})
        return 200, b'{"ran": []}'

    wecom.renew()
    bench.product.demo = many

    bench.post("/clock", advance="PT1H")

    assert 40 == len(bench.get("/wecom/chats/p2p/messages", user="小李"))


def test_silent_product_is_reported(bench):
    bench.product.demo = lambda _: (500, b"")

    assert bench.post("/clock", advance="PT1H")["error"].startswith("聊单没有完成 /demo/clock")


def test_reset_gives_a_fresh_world(bench, feishu, wecom):
    feishu.send("ou_demo_xiaoli", "text", {"text": "旧"})
    wecom.send("xiaoli", "template_card", CARD)
    bench.post("/wecom/members", op="join", user="xiaolin", name="小林")
    bench.post("/feishu/switches", name="dlp", value=True)
    bench.post("/clock", advance="P3D")

    bench.post("/reset")

    feishu.renew()
    wecom.renew()
    assert "2026-11-23T09:00:00.000+08:00" == bench.get("/world")["clock"]
    assert "小林" not in [person["name"] for person in bench.get("/world")["people"]]
    assert [[], []] == [bench.get(f"/{p}/chats/p2p/messages", user="小李") for p in ("feishu", "wecom")]
    assert "/demo/reset" == bench.product.seen[-1].path
    assert 0 == wecom.send("xiaoli", "template_card", CARD)["errcode"]
    assert 0 == feishu.send("ou_demo_xiaoli", "text", {"text": "13800001111"})["code"]


def test_wire_keeps_every_byte_in_both_directions(bench, feishu):
    bench.post("/feishu/messages", user="小李", text="报备")
    feishu.send("ou_demo_xiaoli", "text", {"text": "收到"})

    token, out, sent = bench.get("/feishu/wire")
    later = bench.get("/feishu/wire", after=out["n"])

    assert ("in", "out", "in") == (token["direction"], out["direction"], sent["direction"])
    assert FEISHU.app_secret in token["body"]
    assert ("POST", 200, "{}") == (out["method"], out["status"], out["response"])
    assert "/open-apis/im/v1/messages?receive_id_type=open_id" == sent["path"]
    assert [sent] == later


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("http500", 500, None), ("rate_limit", 429, 99991400), ("invalid_user", 400, 230013)]
)
def test_feishu_fails_as_often_as_told(bench, feishu, kind, status, code):
    bench.post("/feishu/faults", api="im/v1/messages", kind=kind, times=1)
    body = {"receive_id": "ou_demo_xiaoli", "msg_type": "text", "content": '{"text": "x"}'}

    answers = [feishu.raw("POST", "/im/v1/messages", body, receive_id_type="open_id") for _ in range(2)]

    assert [status, 200] == [answer.status_code for answer in answers]
    assert code is None or code == answers[0].json()["code"]


@pytest.mark.parametrize(("kind", "code"), [("rate_limit", 45009), ("invalid_user", 81013), ("token_expired", 42001)])
def test_wecom_fails_as_often_as_told(bench, wecom, kind, code):
    bench.post("/wecom/faults", api="message/send", kind=kind, times=1)

    first = wecom.send("xiaoli", "text", {"content": "x"})["errcode"]
    wecom.renew()

    assert [code, 0] == [first, wecom.send("xiaoli", "text", {"content": "x"})["errcode"]]


def test_expired_token_stays_expired(bench, feishu):
    bench.post("/feishu/faults", kind="token_expired")

    codes = [feishu.call("GET", "/bot/v3/info")["code"] for _ in range(2)]

    assert [99991663, 99991663] == codes


def test_answer_can_be_lost_after_the_work_was_done(bench, wecom):
    bench.post("/wecom/faults", api="message/send", kind="drop_after_accept")

    with pytest.raises(ConnectionError):
        wecom.send("xiaoli", "text", {"content": "已送达"})

    assert ["已送达"] == [m["text"] for m in bench.get("/wecom/chats/p2p/messages", user="小李")]


def test_time_out_does_nothing_and_answers_nothing(bench, wecom):
    bench.post("/wecom/faults", api="message/send", kind="timeout", seconds=0.01)

    with pytest.raises(ConnectionError):
        wecom.send("xiaoli", "text", {"content": "x"})

    assert [] == bench.get("/wecom/chats/p2p/messages", user="小李")


def test_slow_answer_is_an_answer(bench, wecom):
    bench.post("/wecom/faults", api="message/send", kind="slow", seconds=0.01)

    assert 0 == wecom.send("xiaoli", "text", {"content": "x"})["errcode"]


def test_unknown_fault_is_explained(bench):
    assert "kind 要是其中之一" in bench.post("/feishu/faults", kind="flood")["error"]


def test_only_this_machine_may_connect(bench):
    for host in ("0.0.0.0", "192.168.1.2", "example.test"):
        with pytest.raises(PublicAddressError):
            bench.sandbox.listen(host, 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example:8010"}, 403),
        ({"Origin": "http://localhost:5173"}, 200),
        ({}, 200),
    ],
)
def test_pages_of_other_sites_cannot_act(bench, headers, status):
    answer = bench.call("POST", "/sandbox/api/feishu/messages", json={"user": "小李", "text": "报备"}, headers=headers)

    assert status == answer.status_code
    assert (status == 200) == bool(bench.product.callbacks("feishu"))


def test_leaver_can_do_nothing_more(bench):
    bench.post("/feishu/members", op="leave", user="小李")

    assert ["feishu"] == bench.get("/world")["people"][0]["left"]
    assert "小李已经离开公司" == bench.post("/feishu/messages", user="小李", text="报备")["error"]
    assert 1 == len(bench.post("/wecom/messages", user="小李", text="报备")["deliveries"])


def test_unusable_settings_end_the_start_with_one_line(tmp_path, capsys):
    path = tmp_path / "sandbox.json"
    path.write_text('{"port": 0}', encoding="utf-8")

    assert 2 == main(["--config", str(path)])
    assert "sandbox.json cannot be used: KeyError('product_url')" in capsys.readouterr().err


def test_public_address_ends_the_start_with_one_line(tmp_path, capsys):
    path = tmp_path / "sandbox.json"
    accounts = {"feishu": asdict(FEISHU), "wecom": asdict(WECOM), "dingtalk": asdict(DINGTALK)}
    start = {"host": "0.0.0.0", "product_url": "http://127.0.0.1:1/", "demo_secret": "x", "company": str(COMPANY)}
    path.write_text(json.dumps(start | accounts), encoding="utf-8")

    assert 2 == main(["--config", str(path)])
    assert "use 127.0.0.1" in capsys.readouterr().err


def test_page_says_what_to_do_before_it_is_built(bench, monkeypatch, tmp_path):
    monkeypatch.setattr("sandbox.server.PAGE", tmp_path)

    before = bench.call("GET", "/").text
    (tmp_path / "index.html").write_text("<p>聊天</p>", encoding="utf-8")

    assert "聊天页面还没有构建" in before
    assert "<p>聊天</p>" == bench.call("GET", "/").text


def test_secrets_are_not_in_reprs():
    shown = repr((FEISHU, WECOM, DINGTALK))

    secrets = (FEISHU.app_secret, FEISHU.encrypt_key, WECOM.secret, WECOM.aes_key)
    assert not any(secret in shown for secret in (*secrets, DINGTALK.client_secret, DINGTALK.aes_key))


@pytest.mark.parametrize("text", ["", "P", "1D", "P1M", "PT", "P1Y"])
def test_durations_without_a_fixed_length_are_refused(text):
    with pytest.raises(ValueError, match="P1DT2H"):
        parse_duration(text)
