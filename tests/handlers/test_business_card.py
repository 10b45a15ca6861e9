import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conversation import Conversation, only
from small_company import MONDAY
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent.parent / "bot"))

from card_pictures import VCARD, card, photo

from bot import attachments as reading
from bot.attachments import Attachments
from bot.events import Attachment, MessageReceived
from bot.pictures import Picture, Unreadable
from bot.ports import Media
from bot.reply import NOTHING
from domain.errors import PlatformError
from handlers import business_card, housekeeping
from store.models import InboxEvent, RegistrationDraft, WaitingAttachment

LINES = ("杭州云途科技有限公司", "张伟采购经理", "手机：13800001111", "邮箱：zhangwei@example.com")


@dataclass
class Desk:
    """
    A conversation whose platform keeps files, and the loop that reads them.
    """

    talk: Conversation
    readers: Attachments
    files: dict

    def send(self, person, *sent, text="", group=None):
        """
        What the bot says at once.
        """
        before = len(self.talk.platform.messages)
        event = self.event(person, *sent, text=text, group=group)
        self.talk.bot.handle(event)
        return self.talk._news(before, person, group)

    def event(self, person, *sent, text="", group=None):
        common = self.talk._common(person, group)
        return MessageReceived(**common, message_id=common["key"], text=text, attachments=sent)

    def read(self, person="小李"):
        """
        What comes when everything that waits has been read.
        """
        before = len(self.talk.platform.messages)
        while self.readers.run_once():
            pass
        return self.talk._news(before, person, None)

    def states(self):
        with self.talk.database.read() as tx:
            return list(tx.session.scalars(select(WaitingAttachment.state).order_by(WaitingAttachment.id)))


def desk_of(conversation):
    files = {"vcf": VCARD.encode(), "photo": photo(card(lines=(), code=VCARD))}

    def download(attachment):
        found = files[attachment.ref]
        if isinstance(found, Exception):
            raise found
        return Media("file", attachment.name, found)

    conversation.platform.download = download
    adapters = {(conversation.platform.platform, "demo"): conversation.platform}
    readers = Attachments(conversation.database, adapters, conversation.bot.handle, conversation.clock)
    return Desk(conversation, readers, files)


@pytest.fixture
def desk(feishu):
    desk = desk_of(feishu)
    yield desk
    desk.readers.stop()


@pytest.fixture
def wecom_desk(wecom):
    desk = desk_of(wecom)
    yield desk
    desk.readers.stop()


PICTURE = Attachment("image", ref="photo")
VCF = Attachment("file", ref="vcf", name="张伟.vcf")


def printed(monkeypatch, *lines, codes=()):
    monkeypatch.setattr(reading, "read_picture", lambda _content: Picture(codes, lines))


@pytest.mark.parametrize("sent", [PICTURE, VCF, Attachment("file", ref="photo", name="IMG_1.JPG")])
def test_a_card_is_answered_at_once_and_then_becomes_a_filled_in_registration(desk, sent):
    at_once = only(desk.send("小李", sent))
    form = only(desk.read())

    assert "正在识别" in at_once.text
    for value in ("杭州云途科技有限公司", "张伟", "采购经理", "13800001111", "zhangwei@example.com"):
        assert value in form.text
    assert "可能有错字" in form.text


def test_what_was_read_is_submitted_like_what_was_typed(desk):
    desk.send("小李", PICTURE)
    form = only(desk.read())

    clicked = desk.talk.click("小李", form, "提交", form={"need": "上 MES", "amount": "50万", "source": "展会/活动"})

    assert "已提交" in clicked.card


def test_where_no_form_can_be_shown_the_missing_field_is_asked(wecom_desk):
    wecom_desk.files["vcf"] = b"BEGIN:VCARD\nFN:\xe5\xbc\xa0\xe4\xbc\x9f\nTEL:13800001111\nEND:VCARD"
    wecom_desk.send("小李", VCF)

    assert "请发送客户名称" in only(wecom_desk.read()).text
    assert "待提交" in only(wecom_desk.talk.say("小李", "杭州云途科技有限公司")).text


def test_lines_read_from_a_picture_are_understood(desk, monkeypatch):
    printed(monkeypatch, *LINES)
    desk.send("小李", PICTURE)

    form = only(desk.read())

    for value in ("杭州云途科技有限公司", "张伟", "采购经理", "13800001111", "zhangwei@example.com"):
        assert value in form.text


def test_lines_without_a_way_to_reach_anybody_are_shown_and_not_registered(desk, monkeypatch):
    printed(monkeypatch, "会议通知", "下周三下午")
    desk.send("小李", PICTURE)

    said = only(desk.read()).text

    assert "会议通知" in said
    assert "报备 杭州云途科技 张伟" in said
    assert "[提交]" not in said


def test_a_value_that_will_not_do_stands_beside_its_reason(desk):
    desk.files["vcf"] = "BEGIN:VCARD\nORG:杭州云途科技有限公司\nTEL:1380000111\nEND:VCARD".encode()
    desk.send("小李", VCF)

    assert "“1380000111”不是 11 位手机号" in only(desk.read()).text


def test_in_a_group_only_the_person_sees_what_the_card_says(desk, company):
    group = company.add_group()

    at_once = only(desk.send("小李", PICTURE, group=group))
    form = only(desk.read())

    assert group == at_once.to
    assert desk.talk.user_id("小李") == form.to
    assert [at_once] == desk.talk.in_group(group)


def test_several_cards_in_one_message_become_one_registration_each(desk):
    desk.files["other"] = "BEGIN:VCARD\nFN:李娜\nORG:苏州智造\nTEL:13900002222\nEND:VCARD".encode()
    desk.send("小李", PICTURE, Attachment("file", ref="other", name="李娜.vcf"))

    said = "\n".join(message.text for message in desk.read())

    assert "张伟" in said
    assert "李娜" in said


@pytest.mark.parametrize("text", ["报备", "这是刚拿到的"])
def test_a_picture_may_come_with_words(desk, text):
    desk.send("小李", PICTURE, text=text)

    assert "13800001111" in only(desk.read()).text


def test_words_that_say_what_to_do_are_done_and_the_picture_is_left(desk):
    said = only(desk.send("小李", PICTURE, text="帮助"))

    assert "我能帮你做这些" in said.text
    assert [] == desk.states()


def test_a_card_answers_the_question_for_a_new_customer(wecom_desk):
    wecom_desk.talk.say("小李", "报备")
    wecom_desk.send("小李", VCF)

    assert "13800001111" in only(wecom_desk.read()).text
    with wecom_desk.talk.database.read() as tx:
        assert 1 == len(tx.session.scalars(select(RegistrationDraft)).all())


def test_a_dialogue_about_something_else_is_left_alone(wecom_desk, company):
    company.owned("苏州智造科技有限公司", "小李")
    wecom_desk.talk.say("小李", "跟进 苏州智造")
    wecom_desk.send("小李", VCF)
    wecom_desk.read()

    said = only(wecom_desk.talk.say("小李", "电话沟通了新产线的方案，客户很认可，要我们报价"))

    assert "苏州智造" in said.text
    assert "跟进" in said.text


def test_without_a_reader_the_bot_says_what_to_type(desk, monkeypatch):
    monkeypatch.setattr(business_card, "can_read_pictures", lambda: False)

    said = only(desk.send("小李", PICTURE)).text

    assert "没有安装图片识别" in said
    assert "报备 杭州云途科技 张伟" in said
    assert [] == desk.states()


def test_without_a_reader_a_vcf_is_still_read(desk, monkeypatch):
    monkeypatch.setattr(business_card, "can_read_pictures", lambda: False)
    desk.send("小李", VCF)

    assert "13800001111" in only(desk.read()).text


def test_where_only_codes_are_read_a_card_without_one_is_answered_with_what_to_type(desk, monkeypatch):
    monkeypatch.setattr(reading, "read_picture", lambda _content: Picture(("https://u.wechat.com/x",), None))
    desk.send("小李", PICTURE)

    assert "没有安装文字识别" in only(desk.read()).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PlatformError("feishu_234", permanent=True), "没能取到"),
        (PlatformError("http_too_large", permanent=True), "太大"),
        (b"x" * (10 * 1024 * 1024 + 1), "太大"),
        (b"GIF89a", "打不开"),
        (b"BEGIN:VCARD\nEND:VCARD", "没有在里面找到"),
    ],
    ids=["gone", "refused as too large", "too large", "other kind", "empty card"],
)
def test_what_cannot_be_read_is_said_with_what_to_do(desk, content, said):
    desk.files["vcf"] = content
    desk.send("小李", VCF)

    told = only(desk.read()).text

    assert said in told
    assert "打字一行就行" in told
    assert ["failed"] == desk.states()


def test_a_platform_that_is_away_is_asked_again(desk):
    desk.files["vcf"] = PlatformError("http_unreachable")
    desk.send("小李", VCF)

    assert [] == desk.read()
    desk.files["vcf"] = VCARD.encode()
    desk.talk.pass_time(seconds=10)

    assert "13800001111" in only(desk.read()).text
    assert ["done"] == desk.states()


def test_a_platform_that_stays_away_is_given_up_with_an_answer(desk):
    desk.files["vcf"] = PlatformError("http_unreachable")
    desk.send("小李", VCF)

    said = []
    for _ in range(6):
        said += desk.read()
        desk.talk.pass_time(minutes=5)

    assert "没能取到" in only(said).text


def test_a_bug_of_a_reader_does_not_stop_the_others(desk):
    desk.files["vcf"] = ZeroDivisionError("of an adapter")
    desk.send("小李", VCF)
    desk.send("小李", PICTURE)

    assert "13800001111" in only(desk.read()).text
    assert ["waiting", "done"] == desk.states()


def test_a_process_that_died_while_reading_leaves_nothing_undone_and_nothing_twice(desk, monkeypatch):
    desk.send("小李", VCF)
    dying = Attachments(
        desk.talk.database, {("feishu", "demo"): desk.talk.platform}, lambda _e: NOTHING, desk.talk.clock
    )
    job = only(dying._claim())
    monkeypatch.setattr(dying, "_take", desk.talk.bot.handle)
    monkeypatch.setattr(reading.attachments, "mark_done", lambda *_a, **_k: None)
    dying._read(job)
    monkeypatch.undo()
    dying.stop()
    assert ["leased"] == desk.states()

    desk.talk.pass_time(minutes=10)
    said = desk.read()

    assert ["done"] == desk.states()
    assert 1 == sum("13800001111" in message.text for message in desk.talk.inbox("小李"))
    assert [] == [message for message in said if "13800001111" not in message.text]


def test_one_member_cannot_fill_the_line(desk):
    for _ in range(business_card.IN_LINE):
        desk.send("小李", VCF)

    assert "没有收下" in only(desk.send("小李", VCF)).text
    assert "正在识别" in only(desk.send("小王", VCF)).text
    assert business_card.IN_LINE + 1 == len(desk.states())


def test_a_redelivered_picture_is_read_once(desk):
    event = desk.event("小李", PICTURE)
    for _ in range(3):
        desk.talk.bot.handle(event)
    desk.read()

    assert ["done"] == desk.states()


def test_a_picture_whose_answer_fails_is_read_again(desk, monkeypatch):
    desk.send("小李", VCF)
    real = business_card._offer
    monkeypatch.setattr(business_card, "_offer", lambda *_args: 1 / 0)
    desk.read()
    monkeypatch.setattr(business_card, "_offer", real)
    desk.talk.pass_time(minutes=1)

    assert "13800001111" in only(desk.read()).text
    with desk.talk.database.read() as tx:
        assert {"done"} == set(tx.session.scalars(select(InboxEvent.state)))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Attachment("file", ref="x", name="报价单.xlsx"), "“报价单.xlsx”不是名片"),
        (Attachment("voice", ref="x"), "转文字"),
        (Attachment("contact", ref="ou_2"), "同事的名片"),
        (Attachment("location", ref="30.2,120.1", name="杭州市文三路 1 号"), "在杭州市文三路 1 号"),
    ],
)
def test_other_attachments_get_an_answer_that_helps(desk, sent, said):
    assert said in only(desk.send("小李", sent)).text
    assert [] == desk.states()


def test_speech_the_platform_has_read_is_like_typed_text(desk):
    said = only(desk.send("小李", Attachment("voice", text="报备杭州云途科技张伟13800001111")))

    assert "13800001111" in said.text
    assert "客户报备" in said.text


def test_a_place_answers_the_question_for_the_content_of_a_follow_up(wecom_desk, company):
    company.owned("苏州智造科技有限公司", "小李")
    wecom_desk.talk.say("小李", "跟进 苏州智造")

    said = only(wecom_desk.send("小李", Attachment("location", ref="31.3,120.6", name="苏州工业园区星湖街 1 号")))

    assert "苏州工业园区星湖街 1 号" in said.text
    assert "拜访" in said.text


def test_what_was_done_with_is_forgotten_after_a_month(desk):
    desk.send("小李", VCF)
    desk.read()

    desk.talk.pass_time(days=31)
    desk.talk.run(housekeeping.purge, MONDAY)

    assert [] == desk.states()


def test_an_unknown_picture_of_a_stranger_is_not_read(desk):
    event = desk.event("小李", PICTURE)
    desk.talk.bot.handle(MessageReceived(**{**vars(event), "sender": type(event.sender)("ou_stranger")}))

    assert [] == desk.states()


def test_a_picture_that_breaks_the_reader_is_named_as_such(desk, monkeypatch):
    monkeypatch.setattr(reading, "read_picture", lambda _content: Unreadable("failed"))
    desk.send("小李", PICTURE)

    assert "没能取到或读出" in only(desk.read()).text


def test_of_two_processes_one_reads_it_on_both_databases(anywhere):
    _, conversation = anywhere
    desk = desk_of(conversation)
    other = Attachments(conversation.database, desk.readers._adapters, conversation.bot.handle, conversation.clock)
    desk.send("小李", VCF)

    (job,) = desk.readers._claim()
    taken_twice = other._claim()
    desk.readers._read(job)
    read_again = other.run_once()
    desk.readers.stop()
    other.stop()

    assert ([], 0) == (taken_twice, read_again)
    assert ["done"] == desk.states()
