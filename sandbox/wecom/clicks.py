"""
A member uses a template card: the event, and what the passive reply does to this member's own copy.

Source: https://developer.work.weixin.qq.com/document/path/90240 (read 2026-08)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.platform import ClickOutcome
from sandbox.wecom.callbacks import OK, BadReplyError
from sandbox.wecom.card_view import Action, actions, questions
from sandbox.wecom.errors import WeComError
from sandbox.world import UnknownThingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.company import Person
    from sandbox.wecom.platform import WeComPlatform
    from sandbox.wire import Delivery
    from sandbox.world import Message

RECALLED = "消息已被撤回"
GREY = "按钮已不能再点"
NO_ANSWER = "应用暂时无法响应，请稍后再试"


class Clicks:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        if message.kind != "card":
            raise UnknownThingError("这条消息不是卡片")
        card = message.payload["card"]
        if message.recalled:
            return ClickOutcome(client_error=RECALLED)
        action = find_action(card, button)
        if action.kind == "link":
            return ClickOutcome(url=action.url)
        if card.get("replaced_by") and action.kind != "menu":
            return ClickOutcome(client_error=GREY)
        deliveries = self._platform.callbacks.push(person, self._event(message, action, chosen(card, form)))
        delivery = deliveries[-1]
        if delivery.status != OK:
            return ClickOutcome(status=delivery.status, ms=delivery.ms, client_error=NO_ANSWER)
        changed = self._apply(person, message, action, delivery)
        return ClickOutcome(status=delivery.status, ms=delivery.ms, card_changed=changed)

    def _event(self, message: Message, action: Action, picked: dict[str, list[str]]) -> dict[str, Any]:
        card = message.payload["card"]
        is_menu = action.kind == "menu"
        sent = self._platform.state.sent_by_message[message.id]
        with self._platform.world.lock:
            code = self._platform.state.new_code(sent, self._platform.world.clock.now())
        event: dict[str, Any] = {
            "MsgType": "event",
            "Event": "template_card_menu_event" if is_menu else "template_card_event",
            "EventKey": action.key,
            "TaskId": card.get("task_id") or "",
            "CardType": card["card_type"],
            "ResponseCode": code,
        }
        if not is_menu and picked:
            event["SelectedItems"] = {"SelectedItem": [self._selected(key, ids) for key, ids in picked.items()]}
        return event

    def _selected(self, question_key: str, ids: list[str]) -> dict[str, Any]:
        # Some tenants are said to receive the misspelt names of older documents.
        option = "OpitonId" if self._platform.switches["opiton_spelling"] else "OptionId"
        return {"QuestionKey": question_key, f"{option}s": {option: ids}}

    def _apply(self, person: Person, message: Message, action: Action, delivery: Delivery) -> bool:
        try:
            reply = self._platform.callbacks.reply(delivery)
            if reply is None:
                return False
            if action.kind == "menu":
                self._platform.callbacks.say(person, reply)
                return False
            face = self._platform.callbacks.card_face(reply)
            self._platform.messages.check_face(face, message.payload["card"]["card_type"])
        except (BadReplyError, WeComError) as error:
            self._flag(message, error)
            return False
        with self._platform.world.lock:
            self._platform.messages.show_face(message, face)
        return True

    def _flag(self, message: Message, error: Exception) -> None:
        with self._platform.world.lock:
            message.flags.append(f"reply_ignored:{error}")
            self._platform.book.touch(message)


def find_action(card: Mapping[str, Any], button: str) -> Action:
    """
    What is pressed, by its key or its label.
    """
    found = actions(card)
    by_key = next((action for action in found if action.key == button), None)
    action = by_key or next((action for action in found if action.label == button), None)
    if action is None:
        raise UnknownThingError(f"卡片上没有“{button}”，有：{'、'.join(a.label for a in found)}")
    return action


def chosen(card: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, list[str]]:
    """
    What every choice of the card holds: the given value or what stood there.
    """
    asked = {question["question_key"]: question for question in questions(card)}
    unknown = set(form) - set(asked)
    if unknown:
        raise UnknownThingError(f"卡片上没有选择项 {'、'.join(sorted(unknown))}")
    return {key: _ids(question, form.get(key, question["chosen"])) for key, question in asked.items()}


def _ids(question: Mapping[str, Any], given: object) -> list[str]:
    """
    Option ids for given ids or labels; a locked choice keeps what it holds.
    """
    if question.get("disable"):
        return list(question["chosen"])
    wanted = [str(one) for one in (given if isinstance(given, list) else [given]) if one]
    ids = []
    for one in wanted:
        option = next((o for o in question["option_list"] if one in {o["id"], o["text"]}), None)
        if option is None:
            raise UnknownThingError(f"没有选项 {one}")
        ids.append(str(option["id"]))
    return ids
