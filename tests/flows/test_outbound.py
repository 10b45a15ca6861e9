"""
What the product sends besides cards: pictures, files, calls with @ and what it takes back, as people see it.

They are written into the outbox as a job would, beside the running product.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bot"))

from card_pictures import card, encoded
from installations import on_every_way

from bot.clock import Clock
from bot.ports import Media
from bot.post import About, Account, Address
from bot.units import Units
from cards.model import Card, Text
from domain.access import Actor
from store import chats, members, scope
from store.engine import Database

SYSTEM = Actor.system("flow test")
PICTURE = Media("image", "名片.png", encoded(card(lines=()), "PNG"))
FILE = Media("file", "报价单.pdf", b"%PDF-1.7 quotation of a test")


@pytest.fixture
def desk(running, platform):
    """
    A post office of one platform on the running product's database.
    """
    scope.install()
    database = Database(running.database_url)
    yield Desk(database, platform)
    database.close()


class Desk:
    written = 0

    def __init__(self, database, platform):
        self.database, self.platform = database, platform
        self.units = Units(database, Clock(), [], public_url="http://127.0.0.1")

    def write(self, work):
        Desk.written += 1
        with self.units.write(SYSTEM, cause=f"flow test {Desk.written}") as ctx:
            work(ctx.post)

    def person(self, name):
        with self.database.read() as tx:
            (member,) = members.find_members(tx, name)
            ids = {one.platform: one for one in members.addresses(tx, member.id)}
            return Address(self.platform.name, "demo", "person", ids[self.platform.name].user_id)

    def seen_by(self, name, kind):
        person = self.platform.person(name)
        return [message for message in person.from_bot() if message["kind"] == kind]


@on_every_way
def test_a_picture_and_a_file_arrive(desk):
    before = len(desk.seen_by("小赵", "image")), len(desk.seen_by("小赵", "file"))
    person = desk.person("小赵")
    desk.write(lambda post: post.media_to_address(person, PICTURE))
    desk.write(lambda post: post.media_to_address(person, FILE))

    desk.platform.sandbox.wait_for(lambda: len(desk.seen_by("小赵", "file")) > before[1], "the file")

    assert len(desk.seen_by("小赵", "image")) == before[0] + 1
    assert "报价单.pdf" in desk.seen_by("小赵", "file")[-1]["text"]


@on_every_way
def test_a_card_is_taken_back_where_the_platform_can(desk, running):
    title, about, person = f"请撤回 {desk.platform.name}", About("test:1", desk.platform.name), desk.person("小赵")
    reader = desk.platform.person("小赵")
    desk.write(lambda post: post.to_address(person, card=Card(title, elements=(Text("写错了"),)), about=about))
    sent = reader.wait_for(title)

    desk.write(lambda post: post.recall(about))

    def is_gone():
        return next(message for message in reader.messages() if message["id"] == sent["id"])["recalled"]

    def is_given_up():
        return running.rows("SELECT 1 FROM outbox WHERE recalls AND state = 'cancelled'")

    if running.env["LIAODAN_WECOM__demo__MODE"] == "aibot" and desk.platform.name == "wecom":
        # WeCom's 智能机器人 has no way to withdraw: the card stays, and nobody waits for ever
        desk.platform.sandbox.wait_for(is_given_up, lambda: f"the recall to end; there is:\n{reader.transcript()}")
        assert not is_gone()
    else:
        desk.platform.sandbox.wait_for(is_gone, lambda: f"the card to go; there is:\n{reader.transcript()}")


def test_in_a_feishu_group_people_are_called(running, feishu):
    scope.install()
    database = Database(running.database_url)
    units = Units(database, Clock(), _accounts(database), public_url="http://127.0.0.1")
    with units.write(SYSTEM, cause="flow test of calling") as ctx:
        group = next(row for row in chats.everywhere(ctx.tx) if row.platform == "feishu" and row.name == "华东销售群")
        (member,) = members.find_members(ctx.tx, "小王")
        ctx.post.to_group(
            "feishu", "demo", group.chat_id, Card("请看一下", elements=(Text("新线索"),)), calling=[member.id]
        )
    database.close()

    feishu.person("小李", "华东销售群").wait_for("请看一下", "小王")


def _accounts(database):
    with database.read() as tx:
        (member,) = members.find_members(tx, "小王")
        return [Account(one.platform, "demo", one.corp_id) for one in members.addresses(tx, member.id)]
