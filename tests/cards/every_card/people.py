"""
Colleagues who come and go, business cards, help, and what the bot says when something does not work.
"""

from cards import alarms, business_card, common, connect, errors, handover, login, people
from cards import help as help_cards
from cards.handover import HeirLine, HeldCustomer, LeaverLine
from cards.people import DepartureLine, ProposalLine
from tests.cards.every_card.moments import NOW

NAME = "杭州云途科技有限公司"
HELD = (
    HeldCustomer(NAME, "proposal"),
    HeldCustomer("宁波海天机械有限公司", "negotiation"),
    HeldCustomer("苏州蓝鲸软件有限公司", "first_contact"),
)

CARDS = {
    "handover.handover": handover.handover(
        6, "小李", HELD, 12, (HeirLine(5, "小王", 18), HeirLine(9, "小赵", 23)), note="已把 3 家分配给小王。"
    ),
    "handover.finished": handover.finished("小李", (("小王", 9), ("小赵", 3))),
    "handover.received": handover.received("小李", HELD, 12, 30),
    "handover.waiting": handover.waiting((LeaverLine("小李", 12), LeaverLine("何工", 2))),
    "handover.request_ended": handover.request_ended(NAME, "小李"),
    "people.departures": people.departures(
        "feishu",
        "demo",
        31,
        (DepartureLine("小李", "华东一组", "missing"), DepartureLine("小赵", "华南组", "inactive")),
    ),
    "people.departures_confirmed": people.departures_confirmed(2, "陈姐"),
    "people.departures_dismissed": people.departures_dismissed(2, "陈姐"),
    "people.departures_over": people.departures_over(),
    "people.proposals_over": people.proposals_over(),
    "people.proposals": people.proposals(
        (
            ProposalLine(1, "dingtalk", "小李", "华东一组", "mobile"),
            ProposalLine(2, "feishu", "李雷", "华东一组", "name"),
        )
    ),
    "people.proposals.several": people.proposals(
        (
            ProposalLine(1, "dingtalk", "小李", "华东一组", "mobile"),
            ProposalLine(3, "dingtalk", "小王", "华东一组", "email"),
        )
    ),
    "business_card.unreadable": business_card.unreadable("nothing_found"),
    "business_card.without_contact": business_card.without_contact("云途科技\n数字化转型伙伴\n杭州·滨江"),
    "business_card.no_reader": business_card.no_reader(),
    "business_card.no_card": business_card.no_card("会议纪要.docx"),
    "business_card.place": business_card.place("杭州滨江区网商路 699 号"),
    "business_card.colleague": business_card.colleague(),
    "business_card.voice": business_card.voice(),
    "connect.try_card": connect.try_card("a1b2c3d4"),
    "connect.tried_card": connect.tried_card(),
    "login.sign_in_link": login.sign_in_link("小李", "https://crm.example.com/login/link/3kf9"),
    "common.stranger": common.stranger(),
    "common.not_understood": common.not_understood("今天天气不错"),
    "common.leave_dialogue": common.leave_dialogue("填写报备", "公海", "pool"),
    "common.greeting": common.greeting("小李"),
    "common.group_greeting": common.group_greeting(external=False),
    "common.group_greeting.external": common.group_greeting(external=True),
    "alarms.account_trouble": alarms.account_trouble(
        "connection", "dingtalk/main", "no connection since 2026-11-24T01:20:00+00:00", NOW
    ),
    "alarms.account_trouble.quota": alarms.account_trouble(
        "platform", "dingtalk/main:warning", "4210 of 5000 calls, 6890 by the end of the month", NOW
    ),
    "errors.refusal": errors.refusal("lookup_limit", {"limit": 20}),
    "errors.internal": errors.internal("A7K2"),
    "help.overview": help_cards.overview(),
    "help.brief": help_cards.brief(),
    "help.one": help_cards.one("follow_up"),
    "help.switched": help_cards.switched(),
    "help.kept": help_cards.kept("填写报备"),
}
