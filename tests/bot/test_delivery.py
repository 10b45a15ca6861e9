import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parent.parent / "handlers"))

from conversation import Conversation
from small_company import GROUP, MONDAY, SmallCompany

from bot.ports import Media, Outbound, SendResult
from bot.post import About, Address
from cards.model import Card, Text
from domain.access import Actor
from domain.errors import PlatformError
from handlers import housekeeping
from store import media, scope
from store.models import Alarm, MediaContent, OutboxMessage

SYSTEM = Actor.system("test")
CARD = Card("请审批", elements=(Text("杭州云途"),))
ABOUT = About("approval:7", "request")
PICTURE = Media("image", "code.png", b"\x89PNG picture")


class Platform:
    """
    A platform that keeps what it was asked, and refuses what the test says: everything, or `only` one message.
    """

    def __init__(self, fake, clock):
        self._clock = clock
        self.asked: list[Outbound] = []
        self.asked_at: list[datetime] = []
        self.recalled: list[str] = []
        self.refuses: PlatformError | None = None
        self.only = ""
        self._send = fake.send
        fake.send, fake.recall = self.send, self.recall

    def send(self, message, rendered):
        self.asked.append(message)
        self.asked_at.append(self._clock.now())
        if self.refuses is not None and self.only in ("", message.ref):
            raise self.refuses
        if message.media is not None:
            return SendResult(message.ref)
        return self._send(message, rendered)

    def recall(self, sent):
        if self.refuses is not None:
            raise self.refuses
        self.recalled.append(sent.message_id)


class Office:
    """
    What a job writes, and the platform that gets it.
    """

    def __init__(self, database):
        scope.install()
        self.talk = Conversation(database, now=MONDAY)
        self.company = SmallCompany.in_database(database)
        self.platform = Platform(self.talk.platform, self.talk.clock)

    def write(self, work):
        with self.talk.units.write(SYSTEM, cause=f"test:{next(self.talk._keys)}") as ctx:
            work(ctx.post)

    def deliver(self):
        self.talk.delivery.drain()
        return self.platform.asked

    def states(self):
        with self.talk.database.read() as tx:
            return list(tx.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))

    def count(self, mapped):
        with self.talk.database.read() as tx:
            return tx.session.scalar(select(func.count()).select_from(mapped))


@pytest.fixture
def office(database):
    office = Office(database)
    yield office
    office.talk.close()


def person(office, name="小李"):
    return Address("feishu", "demo", "person", office.talk.user_id(name))


def test_a_picture_is_sent_with_its_bytes_and_its_caption(office):
    office.write(lambda post: post.media_to_address(person(office), PICTURE, caption="扫码报备"))

    (sent,) = office.deliver()

    assert (PICTURE, "扫码报备") == (sent.media, sent.text)
    assert ["sent"] == office.states()


def test_a_retry_sends_the_same_picture(office):
    office.platform.refuses = PlatformError("http_no_answer", unknown_outcome=True)
    office.write(lambda post: post.media_to_address(person(office), PICTURE))
    office.deliver()
    office.platform.refuses = None
    office.talk.pass_time(seconds=10)

    asked = office.deliver()

    assert len(asked) > 1
    assert [(asked[0].ref, PICTURE)] * len(asked) == [(sent.ref, sent.media) for sent in asked]


def test_a_message_that_is_rolled_back_leaves_no_picture(office):
    def fail(post):
        post.media_to_address(person(office), PICTURE)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        office.write(fail)

    assert 0 == office.count(MediaContent)


@pytest.mark.parametrize("content", [b"", b"x" * (media.MAX_BYTES + 1)], ids=["empty", "too large"])
def test_what_no_platform_takes_is_refused_where_it_is_made(office, content):
    with pytest.raises(ValueError, match=r"media 'a\.pdf'"):
        office.write(lambda post: post.media_to_address(person(office), Media("file", "a.pdf", content)))


def test_pictures_go_when_no_message_carries_them(office):
    office.write(lambda post: post.media_to_address(person(office), PICTURE))
    office.deliver()
    office.talk.run(housekeeping.purge, MONDAY)
    assert 1 == office.count(MediaContent)

    office.talk.pass_time(days=31)
    office.talk.run(housekeeping.purge, MONDAY)

    assert 0 == office.count(MediaContent)


def test_people_in_a_group_are_called_by_their_ids_on_that_platform(office):
    office.company.add_group()
    ids = office.company.ids
    called = [ids["小李"], ids["老张"]]
    office.write(lambda post: post.to_group("feishu", "demo", GROUP, CARD, calling=called))

    (sent,) = office.deliver()

    assert (office.talk.user_id("小李"), office.talk.user_id("老张")) == sent.mentions


def ask(office):
    office.write(lambda post: post.to_member(office.company.ids["老张"], CARD, ABOUT))


def take_back(office):
    counts = []
    office.write(lambda post: counts.append(post.recall(ABOUT)))
    office.deliver()
    return counts[0]


def test_a_sent_card_is_taken_back_and_changes_no_more(office):
    ask(office)
    office.deliver()

    assert 1 == take_back(office)
    assert [office.talk.platform.messages[0].ref] == office.platform.recalled
    office.write(lambda post: post.change_face(ABOUT, Card("已同意")))
    office.deliver()
    assert 1 == office.talk.platform.messages[0].faces
    assert ["sent", "sent"] == office.states()


def test_a_card_that_was_never_tried_is_taken_back_without_asking_the_platform(office):
    ask(office)

    assert 1 == take_back(office)
    assert [] == office.platform.recalled
    assert ["cancelled"] == office.states()


def test_a_card_taken_back_twice_is_recalled_once(office):
    ask(office)
    office.deliver()

    assert [1, 0] == [take_back(office), take_back(office)]
    assert 1 == len(office.platform.recalled)


def test_what_a_platform_cannot_take_back_stays_and_is_no_alarm(office):
    ask(office)
    office.deliver()
    office.platform.refuses = PlatformError("feishu_230009", "too late", permanent=True)

    take_back(office)

    assert ["sent", "cancelled"] == office.states()
    assert 0 == office.count(Alarm)


def test_a_platform_that_is_away_is_asked_again_to_take_back(office):
    ask(office)
    office.deliver()
    office.platform.refuses = PlatformError("http_unreachable")
    take_back(office)
    office.platform.refuses = None
    office.talk.pass_time(seconds=10)

    office.deliver()

    assert 1 == len(office.platform.recalled)


def test_a_new_face_in_a_group_goes_without_contacts(office):
    office.company.add_group()
    address = Address("feishu", "demo", "group", GROUP)
    office.write(lambda post: post.to_address(address, card=CARD, about=ABOUT))
    office.deliver()

    office.write(lambda post: post.change_face(ABOUT, Card("已同意", elements=(Text("电话 13800001111"),))))
    office.deliver()

    assert "138****1111" in office.talk.platform.messages[0].text


def test_to_a_group_a_caption_goes_without_contacts(office):
    office.company.add_group()
    address = Address("feishu", "demo", "group", GROUP)
    office.write(lambda post: post.media_to_address(address, PICTURE, caption="找 13800001111"))

    (sent,) = office.deliver()

    assert "找 138****1111" == sent.text
