"""
What the bot says about pictures, files, places and voices it is sent; the card that registers is in `registration.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cards.model import Card, Text
from cards.translation import _

EXAMPLE: Final = _("报备 杭州云途科技 张伟 13800001111 采购经理")
LINES_SHOWN: Final = 20
FAULTS: Final[Mapping[str, str]] = {
    "no_reader": _("这张图片里没有名片二维码，而这里没有安装文字识别，我读不了图上的字。"),
    "unsupported": _("这个文件我打不开。名片请发 JPG 或 PNG 图片，或者手机通讯录导出的 .vcf 文件。"),
    "too_large": _("这个文件太大了，我最多读 10 MB。请截图或压缩后再发。"),
    "nothing_found": _("没有在里面找到联系方式。请把名片拍正、拍满画面再发一次，或者直接打字。"),
    "failed": _("没能取到或读出这个文件。请再发一次，或者直接打字。"),
}


def reading(*, in_group: bool) -> str:
    """
    The picture or file was taken; what it says follows.
    """
    return _("收到，正在识别，结果稍后发到你和我的单聊里。") if in_group else _("收到，正在识别，请稍等几秒。")


def too_many() -> str:
    """
    So many wait already that this one is not taken.
    """
    return _("前面的还没识别完，这一份没有收下。请等它们出结果后再发。")


def head() -> str:
    """
    The first line of a registration that was read from a business card.
    """
    return _("已从名片读出下面的信息，可能有错字，请核对后点“提交”。提交前不会保存。")


def unreadable(fault: str) -> Card:
    """
    Nothing could be read: why, and what to type instead.
    """
    return Card(
        _("没有读出名片"), tone="orange", elements=(Text(FAULTS.get(fault, FAULTS["failed"])), *_type_instead())
    )


def without_contact(text: str) -> Card:
    """
    Text was read, but nothing to reach anybody by: the lines, so that they can be copied.
    """
    lines = text.splitlines()
    shown = "\n".join(lines[:LINES_SHOWN]) + ("\n…" if len(lines) > LINES_SHOWN else "")
    note = Text(_("图上有这些字，但没有看到电话或邮箱："))
    return Card(_("没有读出名片"), tone="orange", elements=(note, Text(shown, tone="note"), *_type_instead()))


def no_reader() -> Card:
    """
    This installation reads no pictures at all.
    """
    line = Text(_("这里没有安装图片识别，我读不了图片。手机通讯录导出的 .vcf 文件可以直接发给我。"))
    return Card(_("请把名片打成字"), tone="grey", elements=(line, *_type_instead()))


def no_card(name: str) -> Card:
    """
    A file of a kind that is no business card.
    """
    said = _("“{name}”不是名片，我读不了它。").format(name=name) if name else _("这个文件不是名片，我读不了它。")
    line = Text(said + _("名片可以发图片（JPG、PNG）或 .vcf 文件。"))
    return Card(_("请发名片或文字"), tone="grey", elements=(line, *_type_instead()))


def place(name: str) -> Card:
    """
    A place was sent while nothing was asked.
    """
    shown = name or _("你发的位置")
    lines = (
        Text(_("收到位置：{place}。").format(place=shown)),
        Text(_("要记成拜访，请发：跟进 云途 拜访，在{place}，客户……").format(place=shown), tone="note"),
    )
    return Card(_("收到位置"), tone="grey", elements=lines)


def at_place(name: str) -> str:
    """
    A place as the answer to a question: what somebody would have typed.
    """
    return _("拜访地点：{place}").format(place=name)


def colleague() -> Card:
    """
    A colleague's contact card of the platform: it says nothing that could be registered.
    """
    line = Text(_("这是同事的名片，里面没有客户信息。要报备客户，请发客户的名片照片、.vcf 文件或文字。"))
    return Card(_("请发客户的名片"), tone="grey", elements=(line, *_type_instead()))


def voice() -> Card:
    """
    A voice message of which the platform says no text.
    """
    line = Text(_("这条语音没有转成文字，我听不了。请先在聊天里“转文字”再发给我，或者直接打字。"))
    return Card(_("请发文字"), tone="grey", elements=(line, *_type_instead()))


def _type_instead() -> tuple[Text, ...]:
    return (Text(_("打字一行就行，例如：{example}").format(example=EXAMPLE), tone="note"),)
