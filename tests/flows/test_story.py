"""
The newcomer's story, played over the wire of every platform by both of its ways, and on both databases.

小李 registers, 小王 collides, 老张 approves, nobody follows up, the clock takes the customer away, 小王 claims it.
"""

import re
from datetime import datetime, timedelta

import pytest
from installations import DAYS, DAYS_CONNECTED, ON_POSTGRESQL, everywhere, on
from platform_people import Platform, labels

pytestmark = on(*everywhere(DAYS, DAYS_CONNECTED), ON_POSTGRESQL)
COMPANY = {"feishu": "杭州云途科技", "wecom": "宁波星澜智能", "dingtalk": "温州瑞翔科技"}
OTHER_SPELLING = {"feishu": "杭州云图科技有限公司", "wecom": "宁波星蓝智能有限公司", "dingtalk": "温州瑞祥科技有限公司"}
PHONE = {"feishu": "13800001111", "wecom": "13800003333", "dingtalk": "13800007777"}
WEEKDAYS = "一二三四五六日"


def day_time(instant: datetime) -> str:
    return f"{day(instant)} 周{WEEKDAYS[instant.weekday()]} {instant:%H:%M}"


def day(instant: datetime) -> str:
    return f"{instant.month}月{instant.day}日"


class Story:
    def __init__(self, platform: Platform, *, is_bot_alone: bool):
        self.is_bot_alone = is_bot_alone
        self.platform, self.sandbox, self.name = platform, platform.sandbox, platform.name
        self.company, self.phone = COMPANY[self.name], PHONE[self.name]
        self.start = self.sandbox.start_of_story()
        self.li, self.wang, self.zhang = (platform.person(name) for name in ("小李", "小王", "老张"))

    def register(self) -> tuple[dict, dict]:
        """
        小李's card and 老张's, once the registration waits for approval.
        """
        self.zhang.look_from_now()
        echo = self.li.ask(f"报备 {self.company} 张伟 {self.phone} 预算50万 展会", "客户报备", "50 万元", "展会/活动")
        assert "提交前不会保存" in echo["text"]
        assert "提交" in labels(echo)
        self.li.click(echo, "提交")
        mine = self.li.wait_until(echo, "待审批", "等待老张审批")
        return mine, self.zhang.wait_for("客户报备待审批", self.company, "小李")

    def collide(self) -> dict:
        """
        小王's card after he has registered the same company in another spelling.
        """
        echo = self.wang.ask(f"报备 {OTHER_SPELLING[self.name]} 王芳 {self.phone}", "客户报备")
        self.wang.click(echo, "提交")
        return self.wang.wait_until(echo, "撞单：客户已有归属")

    def approve(self, mine: dict, request: dict) -> datetime:
        """
        老张 agrees, every card turns; until when the customer is protected.
        """
        assert {"同意", "驳回", "转交"} <= set(labels(request))
        self.zhang.click(request, "同意")
        self.zhang.wait_until(request, "已同意", "由 小李 负责", "老张")
        # the 智能机器人 may change a card only while a click on it is answered; later it writes anew
        is_told_anew = self.is_bot_alone and self.name == "wecom"
        passed = ("报备通过", "已保护至")
        turned = self.li.wait_for(*passed) if is_told_anew else self.li.wait_until(mine, *passed)
        until = self.start + timedelta(days=30)
        assert f"已保护至 {day(until)}" in turned["text"]
        return until

    def jump(self, days: int) -> None:
        """
        To noon of the day, so that what happens at the exact minute of the approval has happened.
        """
        for person in (self.li, self.wang, self.zhang):
            person.look_from_now()
        self.sandbox.set_clock(self.start + timedelta(days=days, hours=2))


@pytest.fixture
def story(platform, running):
    return Story(platform, is_bot_alone=running.env["LIAODAN_WECOM__demo__MODE"] == "aibot")


def test_a_customer_is_registered_contested_protected_released_and_claimed(story):
    mine, request = story.register()

    conflict = story.collide()
    assert "小李 已经报备了这家客户" in conflict["text"]
    assert "同音" in conflict["text"]

    until = story.approve(mine, request)
    conflict = story.collide()
    assert "已由 小李 负责" in conflict["text"]
    assert story.phone not in conflict["text"]
    assert "张伟" not in conflict["text"]
    assert "申请协作" in labels(conflict)

    for days, left in ((23, 7), (27, 3), (29, 1)):
        story.jump(days)
        reminder = story.li.wait_for(f"保护期还剩 {left} 天", story.company, "还没有有效跟进")
        assert ["写跟进", "延保", "放弃"] == labels(reminder)[:3]

    story.jump(30)
    released = story.li.wait_for("客户已回公海", story.company, "保护期内没有有效跟进")
    opens = re.search(r"可领取：?\s*(\S+ \S+ \S+)", released["text"])[1]
    assert opens.startswith(day(until + timedelta(days=1)))
    refused = story.wang.ask(f"领取 {story.company}", "起可以领取")
    assert opens in refused["text"]

    story.jump(31)
    claimed = story.wang.ask(f"领取 {story.company}", "领取成功", story.phone)
    assert "张伟" in claimed["text"]
    refused = story.li.ask(f"领取 {story.company}", "没有办成")
    assert story.phone not in refused["text"]
