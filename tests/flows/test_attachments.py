"""
What people send besides text: a photographed business card, a contact of the phone, speech, a place.
"""

import base64
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "bot"))

from card_pictures import VCARD, card, photo
from installations import on_every_way
from platform_people import labels

COMPANY = {"feishu": "湖州织里童装公司", "wecom": "湖州南浔木业公司", "dingtalk": "湖州长兴电池公司"}
PHONE = {"feishu": "13611117001", "wecom": "13611117002", "dingtalk": "13611117003"}


def encoded(name, content):
    return {"name": name, "base64": base64.b64encode(content).decode()}


def vcard_of(platform):
    return VCARD.replace("杭州云途科技有限公司", COMPANY[platform.name]).replace("13800001111", PHONE[platform.name])


@on_every_way
def test_a_photographed_card_becomes_a_registration(platform):
    li, company = platform.person("小李"), COMPANY[platform.name]

    li.send(image=encoded("IMG_1.jpg", photo(card(lines=(), code=vcard_of(platform)))))
    li.wait_for("正在识别")
    echo = li.wait_for("客户报备", company, "张伟", PHONE[platform.name])
    assert "提交" in labels(echo)

    li.click(echo, "取消")
    li.wait_until(echo, "已取消")


def test_a_contact_of_the_phone_becomes_a_registration(feishu):
    wang = feishu.person("小王")

    wang.send(file=encoded("张伟.vcf", VCARD.replace("杭州云途科技有限公司", "嘉兴海宁皮革公司").encode()))

    wang.wait_for("客户报备", "嘉兴海宁皮革公司", "采购经理")


@on_every_way
def test_a_picture_without_a_card_is_answered_with_what_to_type(platform):
    zhao = platform.person("小赵")

    zhao.send(image=encoded("猫.jpg", photo(card(lines=()))))

    zhao.wait_for("没有读出名片", "报备 杭州云途科技 张伟")


def test_a_place_is_answered_with_how_to_note_a_visit(feishu, wecom):
    for platform in (feishu, wecom):
        zhao = platform.person("小赵")

        zhao.send(location={"latitude": "30.27", "longitude": "120.15", "name": "杭州市文三路 1 号"})

        zhao.wait_for("收到位置", "文三路")


def test_a_text_in_answer_to_a_card_is_about_its_customer(feishu):
    li = feishu.person("小李")
    card_of_customer = li.ask("查客户 锐铠", "苏州锐铠精密机械有限公司")

    li.send(text="电话沟通，客户要新报价", reply_to=card_of_customer["id"])

    li.wait_for("苏州锐铠精密机械有限公司", "电话沟通，客户要新报价")
