import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.crypto import EnvelopeError, WeComCrypto
from bot.events import (
    ActionClicked,
    Attachment,
    ChatEntered,
    ChatRef,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    OtherEvent,
    Person,
)
from bot.ports import Accepted, Answered, RawRequest, RawResponse, Refused
from tests.adapters.wecom.wecom_rig import (
    CORP_ID,
    VECTORS,
    Rig,
    encrypted,
    message_xml,
    signature,
    signed_post,
)

APP_VECTORS = [vector for vector in VECTORS["vectors"] if not vector["kind"].startswith("aibot")]
BY_ID = {vector["id"]: vector for vector in VECTORS["vectors"]}


@pytest.fixture
def rig():
    return Rig()


def vector_post(vector) -> RawRequest:
    return RawRequest("POST", {}, vector["http_query"], vector["http_body"].encode())


def accepted(received):
    assert isinstance(received, Accepted), received
    return received.event


def crypto_of(vector) -> WeComCrypto:
    fixed = vector["random16"].encode()
    return WeComCrypto(
        token=vector["token"],
        aes_key=vector["encoding_aes_key"],
        receiver=vector["receive_id"],
        random_bytes=lambda _: fixed,
    )


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_envelope_of_independent_makers_is_opened(vector):
    text = crypto_of(vector).open(
        signature=vector["msg_signature"],
        timestamp=vector["timestamp"],
        nonce=vector["nonce"],
        ciphertext=vector["ciphertext"],
    )

    assert vector["plaintext"] == text.decode()


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_envelope_is_made_byte_for_byte_like_that_of_independent_makers(vector):
    crypto = crypto_of(vector)

    sealed = crypto.seal(vector["plaintext"].encode())

    assert vector["ciphertext"] == sealed
    assert vector["msg_signature"] == crypto.sign(vector["timestamp"], vector["nonce"], sealed)


@given(st.text(), st.text(max_size=40))
def test_what_is_sealed_opens_to_the_same_text(text, nonce):
    crypto = crypto_of(BY_ID["V2"])
    sealed = crypto.seal(text.encode())

    opened = crypto.open(signature=crypto.sign("1", nonce, sealed), timestamp="1", nonce=nonce, ciphertext=sealed)

    assert text.encode() == opened


def test_two_seals_of_one_text_differ():
    vector = BY_ID["V2"]
    crypto = WeComCrypto(token=vector["token"], aes_key=vector["encoding_aes_key"], receiver=vector["receive_id"])

    assert crypto.seal(b"x") != crypto.seal(b"x")


def test_an_aes_key_of_the_wrong_length_is_a_fault_of_the_settings():
    with pytest.raises(ValueError, match="EncodingAESKey"):
        WeComCrypto(token="t", aes_key="short", receiver="r")


@given(st.binary(max_size=200))
def test_any_bytes_under_a_right_signature_open_or_are_refused(junk):
    crypto = crypto_of(BY_ID["V2"])
    ciphertext = base64.b64encode(junk).decode()

    with pytest.raises(EnvelopeError, match=r"ciphertext|receiver"):
        crypto.open(signature=crypto.sign("1", "2", ciphertext), timestamp="1", nonce="2", ciphertext=ciphertext)


def test_address_verification_is_answered_with_the_bare_plain_text(rig):
    vector = BY_ID["V1"]

    received = rig.adapter.receive(RawRequest("GET", {}, vector["http_query"], b""))

    expected = vector["expected_response_body"].encode()
    assert Answered(RawResponse(body=expected, content_type="text/plain; charset=utf-8")) == received


def test_address_verification_with_a_wrong_signature_is_refused(rig):
    query = BY_ID["V1"]["http_query"] | {"nonce": "1"}

    assert Refused("signature") == rig.adapter.receive(RawRequest("GET", {}, query, b""))


def test_text_message_becomes_a_message_received(rig):
    event = accepted(rig.adapter.receive(vector_post(BY_ID["V2"])))

    assert (
        MessageReceived(
            platform="wecom",
            account="main",
            key="message:7300000000000000001",
            sender=Person("zhangsan"),
            chat=ChatRef("direct"),
            sent_at=datetime(2025, 11, 22, 2, 40, 1, tzinfo=UTC),
            message_id="7300000000000000001",
            text="报备 上海测试科技有限公司 王总 13800000000",
        )
        == event
    )


def test_card_click_carries_payload_choice_and_a_code_valid_for_72_hours(rig):
    event = accepted(rig.adapter.receive(vector_post(BY_ID["V3"])))

    assert isinstance(event, ActionClicked)
    assert ("lisi", "approve", "reg-42@1", {"reason": "r1"}) == (
        event.sender.user_id,
        event.payload,
        event.card_ref,
        event.form,
    )
    assert ("RC_0001", event.sent_at + timedelta(hours=72)) == (event.update_token, event.update_token_expires_at)


@pytest.mark.parametrize("vector_id", ["V5", "V6", "V7"])
def test_text_that_is_no_xml_is_refused_after_it_was_verified(rig, vector_id):
    assert Refused("xml") == rig.adapter.receive(vector_post(BY_ID[vector_id]))


def negative_posts():
    vector = BY_ID["V2"]
    flipped = vector["msg_signature"][:-1] + ("0" if vector["msg_signature"][-1] != "0" else "1")
    yield "N1", vector["http_query"] | {"msg_signature": flipped}, vector["http_body"], "signature"
    other = signed_post(vector["plaintext"], receiver="wwffffffffffffffff")
    yield "N2", other.query, other.body.decode(), "receiver"
    short = vector["ciphertext"][:-4]
    query = vector["http_query"] | {"msg_signature": signature(vector["timestamp"], vector["nonce"], short)}
    yield "N3", query, vector["http_body"].replace(vector["ciphertext"], short), "ciphertext"
    later = str(int(vector["timestamp"]) + 1)
    yield "N4", vector["http_query"] | {"timestamp": later}, vector["http_body"], "signature"


@pytest.mark.parametrize(
    ("query", "body", "reason"), [post[1:] for post in negative_posts()], ids=["N1", "N2", "N3", "N4"]
)
def test_forged_or_damaged_envelope_is_refused(rig, query, body, reason):
    assert Refused(reason) == rig.adapter.receive(RawRequest("POST", {}, query, body.encode()))


ENTITY = '<!DOCTYPE xml [<!ENTITY a "b">]>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "xml"),
        (b"\xff\xfe\x00", "xml"),
        (b"<xml>", "xml"),
        (b"<other><Encrypt>x</Encrypt></other>", "xml"),
        (f"{ENTITY}<xml><Encrypt>&a;</Encrypt></xml>".encode(), "xml"),
        (b'<?xml version="1.0" encoding="no-such"?><xml/>', "xml"),
        (b"<xml></xml>", "envelope"),
        (b"<xml><Encrypt></Encrypt></xml>", "envelope"),
        (b"<xml><Encrypt>x</Encrypt><Encrypt>x</Encrypt></xml>", "envelope"),
        (b"<xml><Encrypt>x</Encrypt></xml>", "signature"),
        ("<xml><Encrypt>密文</Encrypt></xml>".encode(), "signature"),
        (b"<xml>" + b"x" * 70_000 + b"</xml>", "oversize"),
    ],
)
def test_broken_envelope_is_refused(rig, body, reason):
    query = {"msg_signature": "0", "timestamp": "1", "nonce": "1"}

    assert Refused(reason) == rig.adapter.receive(RawRequest("POST", {}, query, body))


def test_other_http_methods_are_refused(rig):
    assert Refused("method") == rig.adapter.receive(RawRequest("PUT", {}, {}, b""))


TEXT = "<Content><![CDATA[你好]]></Content><MsgId>1</MsgId>"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (message_xml("text", TEXT, ToUserName="wwother"), "receiver"),
        (message_xml("text", TEXT, AgentID="1000003"), "agent"),
        (message_xml("text", TEXT, CreateTime="soon"), "fields"),
        (message_xml("text", TEXT, CreateTime="-1"), "fields"),
        (message_xml("text", TEXT, CreateTime="9" * 30), "fields"),
        (message_xml("text", TEXT, FromUserName=""), "fields"),
        (message_xml("text", "<Content>x</Content>"), "fields"),
        (message_xml("text", "<Content>x</Content><MsgId>one</MsgId>"), "fields"),
        (message_xml("location", "<Location_X>north</Location_X><MsgId>1</MsgId>"), "fields"),
        (message_xml("event", ""), "fields"),
        (message_xml("event", "<Event>template_card_event</Event>"), "fields"),
        (ENTITY + message_xml("text", "<Content>&a;</Content><MsgId>1</MsgId>"), "xml"),
        ("<xml/>", "receiver"),
    ],
)
def test_verified_text_that_makes_no_sense_is_refused(rig, xml, reason):
    assert Refused(reason) == rig.adapter.receive(signed_post(xml))


MEDIA = "<MediaId>m-1</MediaId><MsgId>5</MsgId>"
PLACE = (
    "<Location_X>30.274151</Location_X><Location_Y>120.155150</Location_Y><Scale>15</Scale>"
    "<Label><![CDATA[杭州市西湖区]]></Label><MsgId>5</MsgId>"
)


@pytest.mark.parametrize(
    ("kind", "inner", "attachment"),
    [
        ("image", f"<PicUrl>http://p</PicUrl>{MEDIA}", Attachment("image", ref="m-1")),
        ("voice", f"<Format>amr</Format>{MEDIA}", Attachment("voice", ref="m-1", name="voice.amr")),
        ("video", f"<ThumbMediaId>t</ThumbMediaId>{MEDIA}", Attachment("file", ref="m-1", name="video.mp4")),
        ("file", f"<FileName><![CDATA[合同.pdf]]></FileName>{MEDIA}", Attachment("file", ref="m-1", name="合同.pdf")),
        ("location", PLACE, Attachment("location", ref="30.274151,120.155150", text="杭州市西湖区")),
    ],
)
def test_what_comes_with_a_message_becomes_an_attachment(rig, kind, inner, attachment):
    event = accepted(rig.adapter.receive(signed_post(message_xml(kind, inner))))

    assert isinstance(event, MessageReceived)
    assert ("", (attachment,)) == (event.text, event.attachments)


def test_link_becomes_its_title_description_and_address(rig):
    inner = "<Title>官网</Title><Description>介绍</Description><Url>https://a.example</Url><PicUrl/><MsgId>5</MsgId>"

    event = accepted(rig.adapter.receive(signed_post(message_xml("link", inner))))

    assert isinstance(event, MessageReceived)
    assert event.text == "官网\n介绍\nhttps://a.example"


def test_unknown_kind_of_message_is_an_other_event(rig):
    event = accepted(rig.adapter.receive(signed_post(message_xml("hologram", "<MsgId>5</MsgId>"))))

    assert isinstance(event, OtherEvent)
    assert event.kind == "message:hologram"


@pytest.mark.parametrize("name", ["LOCATION", "view", "batch_job_result", "inactive_alert", "brand_new_event"])
def test_verified_events_without_use_are_other_events(rig, name):
    event = accepted(rig.adapter.receive(signed_post(message_xml("event", f"<Event>{name}</Event><EventKey/>"))))

    assert isinstance(event, OtherEvent)
    assert name.lower() == event.kind


@pytest.mark.parametrize(("name", "change"), [("subscribe", "joined"), ("unsubscribe", "left")])
def test_who_enters_or_leaves_the_apps_range_joined_or_left(rig, name, change):
    event = accepted(rig.adapter.receive(signed_post(message_xml("event", f"<Event>{name}</Event><EventKey/>"))))

    assert isinstance(event, MemberChanged)
    assert ("zhangsan", change) == (event.sender.user_id, event.change)


def test_place_chosen_through_the_menu_is_a_message_with_it(rig):
    place = (
        "<Location_X>30.27</Location_X><Location_Y>120.15</Location_Y><Scale>15</Scale><Label>杭州</Label>"
        "<Poiname>西湖</Poiname>"
    )
    inner = f"<Event>location_select</Event><EventKey>HERE</EventKey><SendLocationInfo>{place}</SendLocationInfo>"

    event = accepted(rig.adapter.receive(signed_post(message_xml("event", inner))))

    assert isinstance(event, MessageReceived)
    assert (Attachment("location", ref="30.270000,120.150000", text="西湖"),) == event.attachments


@pytest.mark.parametrize(
    ("result", "text", "attachments"),
    [
        ("报备 杭州云途", "报备 杭州云途", ()),
        ("MECARD:N:张伟;;", "", (Attachment("contact", text="MECARD:N:张伟;;"),)),
        ("BEGIN:VCARD\nFN:张伟", "", (Attachment("contact", text="BEGIN:VCARD\nFN:张伟"),)),
    ],
)
def test_code_scanned_through_the_menu_is_a_contact_or_text(rig, result, text, attachments):
    code = f"<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[{result}]]></ScanResult></ScanCodeInfo>"
    inner = f"<Event>scancode_waitmsg</Event><EventKey>SCAN</EventKey>{code}"

    event = accepted(rig.adapter.receive(signed_post(message_xml("event", inner))))

    assert isinstance(event, MessageReceived)
    assert (text, attachments) == (event.text, event.attachments)


def test_an_account_that_is_only_a_bot_takes_no_callbacks():
    rig = Rig(mode="aibot", bot_id="b", bot_secret="s", token="", aes_key="")

    assert Refused("no_http") == rig.adapter.receive(signed_post(message_xml("text", TEXT)))


def test_opening_the_chat_is_chat_entered(rig):
    event = accepted(rig.adapter.receive(signed_post(message_xml("event", "<Event>enter_agent</Event><EventKey/>"))))

    assert isinstance(event, ChatEntered)


def test_menu_click_carries_the_menu_key(rig):
    xml = message_xml("event", "<Event>click</Event><EventKey>REG_NEW</EventKey>")

    event = accepted(rig.adapter.receive(signed_post(xml)))

    assert isinstance(event, MenuClicked)
    assert event.menu_key == "REG_NEW"


def click_xml(selected: str = "", *, event: str = "template_card_event", **changes: str) -> str:
    fields = {
        "EventKey": "v1.ok.sig",
        "TaskId": "o-1",
        "CardType": "button_interaction",
        "ResponseCode": "rc-1",
    } | changes
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return message_xml("event", f"<Event>{event}</Event>{inner}{selected}")


def selection(key: str, *options: str, typo: bool = False) -> str:
    name = "OpitonId" if typo else "OptionId"
    inside = "".join(f"<{name}>{option}</{name}>" for option in options)
    return f"<SelectedItem><QuestionKey>{key}</QuestionKey><{name}s>{inside}</{name}s></SelectedItem>"


@pytest.mark.parametrize("typo", [False, True])
def test_choices_are_read_in_both_spellings_of_the_vendor(rig, typo):
    items = selection("stage", "s2", typo=typo) + selection("tags", "a", "b", typo=typo)

    event = accepted(rig.adapter.receive(signed_post(click_xml(f"<SelectedItems>{items}</SelectedItems>"))))

    assert isinstance(event, ActionClicked)
    assert {"stage": "s2", "tags": ("a", "b")} == event.form


def test_the_option_for_nothing_chosen_is_no_answer(rig):
    items = f"<SelectedItems>{selection('reason', '-')}</SelectedItems>"

    event = accepted(rig.adapter.receive(signed_post(click_xml(items))))

    assert isinstance(event, ActionClicked)
    assert {} == event.form


def test_entry_of_a_cards_menu_is_a_click_too(rig):
    event = accepted(rig.adapter.receive(signed_post(click_xml(event="template_card_menu_event"))))

    assert isinstance(event, ActionClicked)
    assert event.payload == "v1.ok.sig"


def test_click_without_response_code_cannot_change_the_card_later(rig):
    event = accepted(rig.adapter.receive(signed_post(click_xml(ResponseCode=""))))

    assert isinstance(event, ActionClicked)
    assert (None, None) == (event.update_token, event.update_token_expires_at)


def test_redelivery_in_a_new_envelope_has_the_same_key(rig):
    first = rig.adapter.receive(signed_post(click_xml(), nonce="1", timestamp="1763779300"))
    again = rig.adapter.receive(signed_post(click_xml(), nonce="2", timestamp="1763779305"))

    assert accepted(first).key == accepted(again).key


@pytest.mark.parametrize(
    "other",
    [
        click_xml(EventKey="v1.no.sig"),
        click_xml(TaskId="o-2"),
        click_xml(ResponseCode="rc-2"),
        click_xml(event="template_card_menu_event"),
        click_xml(f"<SelectedItems>{selection('a', 'b')}</SelectedItems>"),
    ],
)
def test_different_clicks_in_one_second_have_different_keys(rig, other):
    first = accepted(rig.adapter.receive(signed_post(click_xml())))

    assert first.key != accepted(rig.adapter.receive(signed_post(other))).key


def test_all_refusals_are_values_whatever_is_signed(rig):
    for text in (b"", b"\x00" * 40, b"<xml>\x00</xml>", b"<xml><MsgType/></xml>", b"\xff" * 100):
        assert isinstance(rig.adapter.receive(signed_post(text)), Refused)


@given(
    st.binary(max_size=400),
    st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr"]), st.text()),
)
def test_no_request_makes_the_adapter_fail(body, query):
    rig = Rig()

    for method in ("GET", "POST"):
        assert isinstance(rig.adapter.receive(RawRequest(method, {}, query, body)), Refused)


@given(st.integers(0, 900), st.integers(1, 255))
def test_no_flipped_byte_of_an_envelope_is_accepted(position, mask):
    rig = Rig()
    ciphertext = encrypted(BY_ID["V2"]["plaintext"].encode())
    raw = bytearray(f"<xml><Encrypt>{ciphertext}</Encrypt></xml>".encode())
    raw[position % len(raw)] ^= mask
    query = {"msg_signature": signature("1", "2", ciphertext), "timestamp": "1", "nonce": "2"}

    received = rig.adapter.receive(RawRequest("POST", {}, query, bytes(raw)))

    assert isinstance(received, Refused) or f"<Encrypt>{ciphertext}</Encrypt>".encode() in bytes(raw)


def test_settings_never_show_their_secrets(rig):
    shown = repr(rig.config)

    assert CORP_ID in shown
    assert not [secret for secret in (rig.config.secret, rig.config.token, rig.config.aes_key) if secret in shown]
