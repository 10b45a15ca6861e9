"""
Pictures and files both ways, calling people with @, and withdrawing a message.
"""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from adapters.feishu.limits import MAX_FILE_BYTES, MAX_IMAGE_BYTES
from bot.events import Attachment
from bot.ports import Media, Outbound, Recipient, SentCard
from cards.model import Card
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import NOW, Platform, build
from tests.adapters.sample_cards import NOTICE

CREATE = "/open-apis/im/v1/messages"
IMAGES, FILES = "/open-apis/im/v1/images", "/open-apis/im/v1/files"
RESOURCE = "/open-apis/im/v1/messages/om_1/resources/img_1"
ONE = "/open-apis/im/v1/messages/om_1"
PERSON, GROUP = Recipient("person", "ou_1"), Recipient("group", "oc_9")
PICTURE = Media("image", "名片.png", b"\x89PNG\r\n")
TAKEN = {"code": 0, "msg": "success", "data": {"message_id": "om_1", "chat_id": "oc_1"}}
SENT = SentCard("om_1", "om_1", PERSON, NOW - timedelta(hours=1))
IMAGE = Attachment("image", ref="om_1/image/img_1")


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers = {
        CREATE: TAKEN,
        IMAGES: {"code": 0, "data": {"image_key": "img_new"}},
        FILES: {"code": 0, "data": {"file_key": "file_new"}},
        ONE: {"code": 0, "data": {}},
    }
    return platform


def send(platform, message):
    adapter = build(platform=platform)
    return adapter.send(message, adapter.render(message))


def sent(platform):
    body = json.loads(platform.requests[-1][3])
    return body["msg_type"], json.loads(body["content"])


def test_a_picture_is_handed_in_and_then_sent_by_its_key(platform):
    send(platform, Outbound("r1", PERSON, None, "", media=PICTURE))

    upload = platform.requests[-2]
    assert [f"POST {IMAGES}", f"POST {CREATE}"] == platform.calls()
    assert all(part in upload[3] for part in (b'name="image_type"', b"message", PICTURE.content))
    assert upload[4]["content-type"].startswith("multipart/form-data")
    assert ("image", {"image_key": "img_new"}) == sent(platform)


def test_a_picture_with_a_caption_is_a_post(platform):
    send(platform, Outbound("r1", PERSON, None, "本周 <at user_id=all> 排行", media=PICTURE))

    kind, content = sent(platform)
    text, image = content["zh_cn"]["content"]
    assert ("post", "img_new") == (kind, image[0]["image_key"])
    assert "本周 ＜at user_id=all> 排行" == text[0]["text"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("报价.pdf", "pdf"), ("客户.XLSX", "xls"), ("方案.pptx", "ppt"), ("x.zip", "stream"), ("无", "stream")],
)
def test_a_file_is_handed_in_by_its_kind_and_name(platform, name, kind):
    send(platform, Outbound("r1", PERSON, None, "", media=Media("file", name, b"x")))

    upload = platform.requests[-2][3].decode()
    assert f'name="file_type"\r\n\r\n{kind}\r\n' in upload
    assert f'name="file_name"\r\n\r\n{name}\r\n' in upload
    assert ("file", {"file_key": "file_new"}) == sent(platform)


@pytest.mark.parametrize(
    "media",
    [
        Media("image", "a.png", b""),
        Media("file", "a.pdf", b""),
        Media("image", "a.png", bytes(MAX_IMAGE_BYTES + 1)),
        Media("file", "a.pdf", bytes(MAX_FILE_BYTES + 1)),
    ],
    ids=["no picture", "no file", "large picture", "large file"],
)
def test_what_feishu_would_not_take_is_not_handed_in(platform, media):
    with pytest.raises(PlatformError, match="feishu_media_size") as error:
        send(platform, Outbound("r1", PERSON, None, "", media=media))

    assert (True, []) == (error.value.permanent, platform.requests)


@pytest.mark.parametrize("answer", [{"code": 0, "data": {}}, {"code": 0}, {"code": 0, "data": {"image_key": 1}}])
def test_an_upload_without_a_key_may_be_tried_again(platform, answer):
    platform.answers[IMAGES] = answer

    with pytest.raises(PlatformError, match="feishu_no_media_key") as error:
        send(platform, Outbound("r1", PERSON, None, "", media=PICTURE))

    assert not error.value.permanent


def test_a_refused_format_is_permanent(platform):
    platform.answers[IMAGES] = httpx.Response(400, json={"code": 234011, "msg": "x"})

    with pytest.raises(PlatformError, match="feishu_234011") as error:
        send(platform, Outbound("r1", PERSON, None, "", media=PICTURE))

    assert error.value.permanent


def test_a_refused_token_is_replaced_for_uploads_too(platform):
    refused = httpx.Response(400, json={"code": 99991663, "msg": "x"})
    platform.answers[IMAGES] = [refused, {"code": 0, "data": {"image_key": "img_new"}}]

    send(platform, Outbound("r1", PERSON, None, "", media=PICTURE))

    assert 2 == platform.issued


def test_people_are_called_in_a_text_and_on_a_card(platform):
    send(platform, Outbound("r1", GROUP, None, "请看", mentions=("ou_1", "ou_2")))
    text = sent(platform)
    send(platform, Outbound("r2", GROUP, NOTICE, "", mentions=("ou_1", "ou_2")))
    _, card = sent(platform)

    assert ("text", {"text": '<at user_id="ou_1"></at> <at user_id="ou_2"></at> 请看'}) == text
    assert {"tag": "markdown", "content": "<at id=ou_1></at> <at id=ou_2></at>"} == card["body"]["elements"][0]


@pytest.mark.parametrize("mention", ["all", 'x"></at><at user_id="all', "ou 1", ""])
def test_nobody_is_called_by_what_is_no_id(platform, mention):
    send(platform, Outbound("r1", GROUP, None, "请看", mentions=(mention,)))

    assert ("text", {"text": "请看"}) == sent(platform)


def test_in_a_direct_chat_nobody_needs_to_be_called(platform):
    send(platform, Outbound("r1", PERSON, None, "请看", mentions=("ou_1",)))

    assert ("text", {"text": "请看"}) == sent(platform)


def test_a_card_that_calls_somebody_unknown_is_sent_without_the_call(platform):
    text = "Failed to create card content, ext=ErrCode: 100290; ErrMsg: invalid user resource; ErrorValue: ou_9; "
    platform.answers[CREATE] = [httpx.Response(400, json={"code": 230099, "msg": text}), TAKEN]

    send(platform, Outbound("r1", GROUP, NOTICE, "", mentions=("ou_9",)))

    first, second = (json.loads(body) for _, path, _, body, _ in platform.requests if path == CREATE)
    assert "<at" in first["content"]
    assert "<at" not in second["content"]
    assert first["uuid"] != second["uuid"]


def test_what_a_person_sent_is_fetched_with_its_message(platform):
    headers = {"content-type": "image/png", "content-disposition": "attachment; filename*=UTF-8''%E5%90%8D.png"}
    platform.answers[RESOURCE] = httpx.Response(200, content=b"\x89PNG", headers=headers)

    media = build(platform=platform).download(IMAGE)

    assert Media("image", "名.png", b"\x89PNG") == media
    assert {"type": "image"} == platform.requests[-1][2]


def test_a_file_of_json_is_a_file(platform):
    platform.answers[RESOURCE] = httpx.Response(200, json={"code": 230001, "客户": "云途"})

    media = build(platform=platform).download(Attachment("file", ref="om_1/file/img_1", name="数据.json"))

    assert ("file", "数据.json", 230001) == (media.kind, media.name, json.loads(media.content)["code"])


@pytest.mark.parametrize(
    ("attachment", "headers", "name"),
    [
        (IMAGE, {"content-type": "image/jpeg"}, "img_1.jpg"),
        (IMAGE, {}, "img_1.bin"),
        (replace(IMAGE, name="../../etc/passwd"), {}, "_.._etc_passwd"),
        (replace(IMAGE, name="..\\evil.exe\n"), {}, "_evil.exe_"),
        (IMAGE, {"content-disposition": 'attachment; filename="/etc/x.png"'}, "_etc_x.png"),
        (replace(IMAGE, name="x" * 300 + ".png"), {}, "x" * 196 + ".png"),
    ],
)
def test_a_files_name_has_an_ending_and_no_folder(platform, attachment, headers, name):
    platform.answers[RESOURCE] = httpx.Response(200, content=b"x", headers=headers)

    assert name == build(platform=platform).download(attachment).name


@pytest.mark.parametrize(("code", "permanent"), [(234003, True), (234037, True), (99991400, False)])
def test_what_cannot_be_fetched_says_whether_to_try_again(platform, code, permanent):
    platform.answers[RESOURCE] = httpx.Response(400, json={"code": code, "msg": "x"})

    with pytest.raises(PlatformError, match=f"feishu_{code}") as error:
        build(platform=platform).download(IMAGE)

    assert permanent is error.value.permanent


def test_a_file_larger_than_we_read_is_permanent(platform, monkeypatch):
    monkeypatch.setattr("adapters.feishu.client.MAX_DOWNLOAD_BYTES", 10)
    platform.answers[RESOURCE] = httpx.Response(200, content=b"x" * 11)

    with pytest.raises(PlatformError, match="http_too_large") as error:
        build(platform=platform).download(IMAGE)

    assert error.value.permanent


@pytest.mark.parametrize("ref", ["", "30.200000,120.100000", "ou_9", "om_1/video/k", "om_1/image/a/b", "om 1/image/a"])
def test_places_and_people_cannot_be_downloaded(platform, ref):
    with pytest.raises(PlatformError, match="feishu_nothing_to_download") as error:
        build(platform=platform).download(Attachment("location", ref=ref))

    assert (True, []) == (error.value.permanent, platform.requests)


def test_a_message_is_withdrawn(platform):
    build(platform=platform).recall(SENT)

    assert [f"DELETE {ONE}"] == platform.calls()


@pytest.mark.parametrize("code", [230011, 230110])
def test_a_message_that_is_gone_needs_no_withdrawing(platform, code):
    platform.answers[ONE] = httpx.Response(400, json={"code": code, "msg": "x"})

    build(platform=platform).recall(SENT)


@pytest.mark.parametrize(("code", "permanent"), [(230009, True), (230026, True), (99991400, False)])
def test_a_message_that_cannot_be_withdrawn_says_so(platform, code, permanent):
    platform.answers[ONE] = httpx.Response(400, json={"code": code, "msg": "x"})

    with pytest.raises(PlatformError) as error:
        build(platform=platform).recall(SENT)

    assert permanent is error.value.permanent


def test_no_card_is_a_card():
    with pytest.raises(PlatformError, match="feishu_update_without_card"):
        build().render(Outbound("r1", PERSON, None, "x", update=SENT))
    assert Card("x")
