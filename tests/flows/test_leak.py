"""
A collision tells the other seller who holds a customer, and never how to reach it: looked for in every byte.
"""

import json
import re
from collections.abc import Iterator

from installations import ON_POSTGRESQL, everywhere, on

pytestmark = on(*everywhere(), ON_POSTGRESQL)
CONTACT = "欧阳清扬"
PHONE = {"feishu": "13987654321", "wecom": "18765432109", "dingtalk": "15976543218"}
COMPANY = {"feishu": "衢州巨化氟材料公司", "wecom": "舟山定海船用电机厂", "dingtalk": "丽水遂昌竹炭制品厂"}
READABLE = re.compile(r"[^\w.+/=:@-]|[一-鿿]|^\d{5,12}$")
IDENTIFIERS = {"xiaozhao", "ou_demo_xiaozhao", "dt_xiaozhao"}


def leaves(text: str) -> Iterator[str]:
    """
    The texts in a body for people: strings of the JSON, and of the JSON within; the body itself where it is none.
    """
    try:
        value = json.loads(text)
    except ValueError:
        yield text
        return
    yield from strings(value)


def strings(value: object) -> Iterator[str]:
    match value:
        case str():
            if value.startswith(("{", "[")):
                yield from leaves(value)
            elif READABLE.search(value):
                yield value
        case dict():
            for entry in value.values():
                yield from strings(entry)
        case list():
            for entry in value:
                yield from strings(entry)


def secrets(phone: str) -> list[str]:
    return [CONTACT, *(phone[start : start + 5] for start in range(len(phone) - 4))]


def register_as_li(platform) -> None:
    li, zhang = platform.person("小李"), platform.person("老张")
    echo = li.ask(f"报备 {COMPANY[platform.name]} {CONTACT} {PHONE[platform.name]} 预算50万", "客户报备")
    li.click(echo, "提交")
    zhang.click(zhang.wait_for("客户报备待审批", COMPANY[platform.name]), "同意")
    li.wait_for("报备通过", COMPANY[platform.name])


def test_no_digits_of_the_phone_and_no_contact_reach_the_seller_who_collides(platform, running):
    register_as_li(platform)
    zhao, company = platform.person("小赵"), COMPANY[platform.name]
    before = max(entry["n"] for entry in platform.wire())
    inbox_before = running.rows("SELECT coalesce(max(id), 0) FROM inbox")[0][0]

    echo = zhao.ask(f"报备 {company} 王芳 13500000000", "客户报备")
    zhao.click(echo, "提交")
    conflict = zhao.wait_until(echo, "撞单", "小李")
    zhao.ask(f"查重 {company}", "查重结果", "小李")
    zhao.ask(f"查客户 {company}", "没有找到")
    zhao.ask(f"领取 {company}", "没有")
    zhao.ask(f"跟进 {company} 电话沟通，客户要报价", company)
    zhao.click(conflict, "申请协作")
    zhao.wait_until(conflict, "协作申请已发给")

    wire = [entry for entry in platform.wire() if entry["n"] > before]
    received = [entry["body"] for entry in wire if entry["direction"] == "in"]
    answered = [entry["response"] for entry in wire if entry["direction"] == "out"]
    replies = running.rows("SELECT reply FROM inbox WHERE id > :id", id=inbox_before)
    rows = running.rows(
        "SELECT card, text, rendered FROM outbox WHERE recipient_id IN ('xiaozhao', 'ou_demo_xiaozhao', 'dt_xiaozhao')"
    )
    stored = [text for row in [*replies, *rows] for text in row if text]
    seen = [text for message in zhao.messages() for text in (message["text"], json.dumps(message["raw"]))]
    told = "\n".join(leaf for body in [*received, *answered, *stored, *seen] for leaf in leaves(body))
    assert company in told
    assert [] == [secret for secret in secrets(PHONE[platform.name]) if secret in told]
