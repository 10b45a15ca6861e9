"""
WeCom's sizes and rates, and the check that a message keeps them before it is sent.

"字" are characters, "B" bytes of UTF-8. Display lengths are the client's (it cuts with an ellipsis, so we cut first);
list lengths, ids and required fields are enforced by the server with the codes 42014-42051.
Source: https://developer.work.weixin.qq.com/document/path/90236 (message and cards), /94888 (update), /90248 (group),
/96213 (rates), /91770 (webhook) and /101032 (cards of the bot), read 2026-08
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

CALLBACK_BYTES = 64 * 1024  # ours: the largest text message with XML and base64 stays under half of it

TEXT_BYTES = 2048
URL_BYTES = 2048
KEY_BYTES = 1024
ID_BYTES = 128

QUOTE_CHARS = 320  # ours: the vendor names none
KEYNAME_CHARS = 5
BUTTON_CHARS = 10


@dataclass(frozen=True)
class Sizes:
    """
    How much fits into a message: the app's cards show more than the bot's, the bot's markdown more than the app's.

    `link_buttons`: a button may open an address. `colors`: markdown knows `<font color>`.
    """

    source: int
    title: int
    title_desc: int
    subtitle: int
    value: int
    jump: int
    option: int
    checkbox_option: int
    markdown_bytes: int
    link_buttons: bool
    colors: bool


APP = Sizes(
    source=20, title=36, title_desc=44, subtitle=160, value=30, jump=18, option=16, checkbox_option=17,
    markdown_bytes=2048, link_buttons=True, colors=True,
)  # fmt: skip
BOT = Sizes(
    source=13, title=26, title_desc=30, subtitle=112, value=26, jump=13, option=10, checkbox_option=11,
    markdown_bytes=20_480, link_buttons=False, colors=False,
)  # fmt: skip
WEBHOOK = replace(APP, markdown_bytes=4096)

ROWS = 6
JUMPS = 3
BUTTONS = 6
MENU_ENTRIES = 3
SELECTS = 3
OPTIONS = 10
CHECKBOX_OPTIONS = 20

NOT_CHOSEN = "-"
"""The id of the option that means "nothing chosen": WeCom's lists always hold a value."""

RESPONSE_CODE_LIFE = 72 * 3600
"""Seconds in which a response code can change its card, once."""

MEDIA_LIFE = 3 * 24 * 3600
"""Seconds for which an uploaded picture or file is kept."""

MEDIA_BYTES_LEAST = 6
IMAGE_BYTES = 10 * 1024 * 1024
FILE_BYTES = 20 * 1024 * 1024
WEBHOOK_IMAGE_BYTES = 2 * 1024 * 1024

DUPLICATE_WINDOW = 1800
DUPLICATE_WINDOW_MAX = 14_400
"""Seconds in which WeCom drops a byte-identical message: the default and the longest."""

# A full bucket lets through its capacity at once and the same again while it refills: twice the capacity a period.
MEMBER_RATE = (10, 60.0)  # ≤ 20 a minute and ≤ 610 an hour; the vendor drops silently above 30 and 1000
CHAT_RATE = (10, 60.0)  # groups: a member gets ≤ 200 a minute
API_RATE = (2_400, 60.0)  # ≤ 146 400 an hour; the vendor refuses above 10 000 a minute and 150 000 an hour

_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_INTERACTIVE = {"button_interaction", "vote_interaction", "multiple_interaction"}

Block = Mapping[str, object]


def card_faults(card: Block, *, new: bool, sizes: Sizes = APP) -> tuple[str, ...]:
    """
    What the server would refuse or the client would cut in a template card; empty when nothing.

    `new` cards that can be clicked need a task id; a new face of a sent card keeps the old one.
    """
    return tuple(_card_faults(card, new=new, sizes=sizes))


def _card_faults(card: Block, *, new: bool, sizes: Sizes) -> Iterator[str]:
    kind = card.get("card_type")
    if kind not in {"text_notice", *_INTERACTIVE}:
        yield f"42031 card_type {kind}"
    if (new and kind in _INTERACTIVE) or "task_id" in card:
        yield from _matches(_TASK_ID, card.get("task_id"), "42014 task_id")
    yield from _head_faults(card, sizes)
    yield from _body_faults(card, sizes)
    yield from _control_faults(card, str(kind), sizes)


def _head_faults(card: Block, sizes: Sizes) -> Iterator[str]:
    title = _block(card, "main_title")
    yield from _chars(_block(card, "source").get("desc", "-"), sizes.source, "source.desc")
    yield from _chars(title.get("title"), sizes.title, "41016 main_title.title")
    yield from _chars(title.get("desc", "-"), sizes.title_desc, "main_title.desc")
    action = _block(card, "card_action")
    if card.get("card_type") == "text_notice" and not action:
        yield "42045 card_action missing"
    if action:
        yield from _url(action.get("url"), "card_action.url")


def _body_faults(card: Block, sizes: Sizes) -> Iterator[str]:
    yield from _chars(card.get("sub_title_text", "-"), sizes.subtitle, "sub_title_text")
    yield from _chars(_block(card, "quote_area").get("quote_text", "-"), QUOTE_CHARS, "quote_area.quote_text")
    rows = _list(card, "horizontal_content_list")
    yield from _at_most(rows, ROWS, "42035 horizontal_content_list")
    for row in rows:
        yield from _chars(row.get("keyname"), KEYNAME_CHARS, "42027 keyname")
        yield from _chars(row.get("value", "-") or "-", sizes.value, "horizontal value")
    jumps = _list(card, "jump_list")
    yield from _at_most(jumps, JUMPS, "42042 jump_list")
    for jump in jumps:
        yield from _chars(jump.get("title"), sizes.jump, "42033 jump title")
        yield from _url(jump.get("url"), "jump url")


def _control_faults(card: Block, kind: str, sizes: Sizes) -> Iterator[str]:
    buttons, entries = _list(card, "button_list"), _list(_block(card, "action_menu"), "action_list")
    if kind == "button_interaction" and not buttons:
        yield "40058 button_list empty"
    yield from _at_most(buttons, BUTTONS, "40058 button_list")
    yield from _at_most(entries, MENU_ENTRIES, "action_list")
    for button in buttons:
        yield from _chars(button.get("text"), BUTTON_CHARS, "42038 button text")
        if button.get("type") == 1 and not sizes.link_buttons:
            yield "40058 button_list type"
        yield from _url(button.get("url"), "button url") if button.get("type") == 1 else ()
    keys = [str(entry.get("key", "")) for entry in (*buttons, *entries) if entry.get("type") != 1]
    yield from _unique_ids(keys, KEY_BYTES, "42039 button key")
    yield from _list_faults(card, kind, sizes)


def _list_faults(card: Block, kind: str, sizes: Sizes) -> Iterator[str]:
    selects = _list(card, "select_list")
    if kind == "multiple_interaction" and not 1 <= len(selects) <= SELECTS:
        yield f"42047 select_list {len(selects)}"
    if kind in {"vote_interaction", "multiple_interaction"}:
        submit = _block(card, "submit_button")
        yield from _unique_ids([str(submit.get("key", ""))], KEY_BYTES, "42046 submit_button.key")
        yield from _chars(submit.get("text"), BUTTON_CHARS, "42049 submit_button.text")
    choices = [(block, OPTIONS, sizes.option) for block in (*selects, _block(card, "button_selection")) if block]
    if box := _block(card, "checkbox"):
        choices.append((box, CHECKBOX_OPTIONS, sizes.checkbox_option))
    yield from _unique_ids(
        [str(block.get("question_key", "")) for block, *_ in choices], KEY_BYTES, "42043 question_key"
    )
    for block, most, chars in choices:
        options = _list(block, "option_list")
        if not 1 <= len(options) <= most:
            yield f"42037 option_list {len(options)}"
        yield from _unique_ids([str(option.get("id", "")) for option in options], ID_BYTES, "42040 option id")
        for option in options:
            yield from _chars(option.get("text"), chars, "42041 option text")


def _block(card: Block, name: str) -> Block:
    value = card.get(name)
    return value if isinstance(value, Mapping) else {}


def _list(card: Block, name: str) -> Sequence[Block]:
    value = card.get(name)
    return value if isinstance(value, list) else []


def _chars(value: object, most: int, name: str) -> Iterator[str]:
    if not isinstance(value, str) or not value or len(value) > most:
        yield f"{name} must have 1 to {most} characters"


def _at_most(entries: Sequence[Block], most: int, name: str) -> Iterator[str]:
    if len(entries) > most:
        yield f"{name} has {len(entries)} entries, at most {most}"


def _unique_ids(ids: Sequence[str], most: int, name: str) -> Iterator[str]:
    if any(not 1 <= len(value.encode()) <= most for value in ids):
        yield f"{name} must have 1 to {most} bytes"
    if len(set(ids)) < len(ids):
        yield f"{name} is there twice"


def _url(value: object, name: str) -> Iterator[str]:
    text = value if isinstance(value, str) else ""
    if not text.startswith(("http://", "https://")) or len(text.encode()) > URL_BYTES:
        yield f"40094 {name} must be http(s) and at most {URL_BYTES} bytes"


def _matches(pattern: re.Pattern[str], value: object, name: str) -> Iterator[str]:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        yield f"{name} must match {pattern.pattern}"
