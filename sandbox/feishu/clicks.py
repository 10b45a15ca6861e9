"""
A person uses a card: the client's own checks, the callback, and what the answer does to the card.

Source: https://open.feishu.cn/document/feishu-cards/card-callback-communication (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.feishu.card_rules import is_second_version
from sandbox.feishu.card_view import INPUTS, Part, initial_value, link_of, usable_parts
from sandbox.feishu.errors import FeishuError
from sandbox.feishu.state import UpdateToken
from sandbox.platform import ClickOutcome
from sandbox.world import UnknownThingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.company import Person
    from sandbox.feishu.platform import FeishuPlatform
    from sandbox.wire import Delivery
    from sandbox.world import Message

CLICKABLE_FOR = {True: timedelta(days=14), False: timedelta(days=30)}
OK = 200
TOASTS = frozenset({"success", "info", "warning", "error"})
OFFSET = "+0800"


class ClientRefusalError(Exception):
    """
    The vendor's client refuses the click by itself or cannot use the answer; the text is what it shows.
    """


class Clicks:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        if message.kind != "card":
            raise UnknownThingError("这条消息不是卡片")
        part, option = _find(message.payload["card"], button)
        try:
            self._check_usable(message, part)
            link = link_of(part.element)
            if link and not _has_callback(part):
                return ClickOutcome(url=link)
            if part.element.get("form_action_type") == "reset":
                return ClickOutcome()
            action = self._action(message, part, option, form)
        except ClientRefusalError as refusal:
            return ClickOutcome(client_error=str(refusal))
        return self._call_back(person, message, action)

    def _check_usable(self, message: Message, part: Part) -> None:
        if message.recalled:
            raise ClientRefusalError("消息已被撤回")
        age = self._platform.world.clock.now() - message.at
        if age > CLICKABLE_FOR[is_second_version(message.payload["card"])]:
            raise ClientRefusalError("卡片已过期，无法操作")
        if part.element.get("disabled"):
            tip = part.element.get("disabled_tips") or {}
            raise ClientRefusalError(str(tip.get("content") or "按钮不可用"))

    def _action(self, message: Message, part: Part, option: str | None, form: Mapping[str, Any]) -> dict[str, Any]:
        action: dict[str, Any] = {"tag": part.tag, "timezone": "Asia/Shanghai"}
        is_submit = part.form is not None and _submits(part)
        value = _callback_value(part)
        if value is not None and not (is_submit and self._platform.switches["drop_submit_value"]):
            action["value"] = value
        if part.element.get("name"):
            action["name"] = part.element["name"]
        if is_submit:
            if not part.element.get("name"):
                raise ClientRefusalError(_client_code(200530))
            action["form_value"] = self._form_value(message, part, form)
        elif part.tag in INPUTS:
            action |= _loose_choice(part, form)
        elif option is not None:
            action["option"] = option
        return action

    def _form_value(self, message: Message, submit: Part, given: Mapping[str, Any]) -> dict[str, Any]:
        parts = [
            part for part in usable_parts(message.payload["card"]) if part.form is submit.form and part.tag in INPUTS
        ]
        unknown = set(given) - {part.id for part in parts}
        if unknown:
            raise UnknownThingError(f"表单里没有 {'、'.join(sorted(unknown))}")
        values = {}
        for part in parts:
            if not part.element.get("name"):
                raise ClientRefusalError(_client_code(200530))
            touched = part.id in given
            value = _typed(part, given[part.id] if touched else initial_value(part))
            _check_filled(part, value)
            if touched or value not in ("", []) or not self._platform.switches["omit_untouched_fields"]:
                values[part.id] = value
        return values

    def _call_back(self, person: Person, message: Message, action: dict[str, Any]) -> ClickOutcome:
        platform = self._platform
        now = platform.world.clock.now()
        token = f"c-{secrets.token_hex(20)}"
        update_token = UpdateToken(message, now)
        with platform.world.lock:
            platform.state.update_tokens[token] = update_token
            platform.state.lock(message, 1)
        try:
            delivery = platform.events.push(self._callback(person, message, action, token))
        finally:
            with platform.world.lock:
                platform.state.lock(message, -1)
                update_token.answered = True
        return self._apply(message, delivery)

    def _callback(self, person: Person, message: Message, action: dict[str, Any], token: str) -> dict[str, Any]:
        platform = self._platform
        event = {
            "operator": {"tenant_key": platform.account.tenant_key, **platform.directory.ids(person)},
            "token": token,
            "action": action,
            "host": "im_message",
            "context": {
                "open_message_id": message.vendor_id,
                "open_chat_id": platform.chat_id(message.chat),
            },
        }
        microseconds = str(round(platform.world.clock.now().timestamp() * 1_000_000))
        return platform.events.envelope("card.action.trigger", event, microseconds)

    def _apply(self, message: Message, delivery: Delivery) -> ClickOutcome:
        try:
            toast, card = _read_answer(delivery)
            if card is not None:
                self._replace(message, card)
        except ClientRefusalError as refusal:
            return ClickOutcome(status=delivery.status, ms=delivery.ms, client_error=str(refusal))
        return ClickOutcome(status=delivery.status, ms=delivery.ms, toast=toast, card_changed=card is not None)

    def _replace(self, message: Message, card: dict[str, Any]) -> None:
        if is_second_version(message.payload["card"]) and not is_second_version(card):
            raise ClientRefusalError(_client_code(200830))
        try:
            self._platform.messages.check(card)
        except FeishuError as error:
            raise ClientRefusalError(f"{_client_code(200673)} {error.message}") from error
        with self._platform.world.lock:
            self._platform.messages.show_card(message, card)


def _find(card: Mapping[str, Any], button: str) -> tuple[Part, str | None]:
    parts = usable_parts(card)
    for part in parts:
        if button == part.id:
            return part, None
        for option in part.element.get("options") or () if part.tag == "overflow" else ():
            label = (option.get("text") or {}).get("content")
            if button in {f"{part.id}:{option.get('value')}", label}:
                return part, str(option.get("value"))
    by_label = next((part for part in parts if part.label == button), None)
    if by_label is None:
        raise UnknownThingError(f"卡片上没有“{button}”，有：{'、'.join(part.label for part in parts)}")
    return by_label, None


def _has_callback(part: Part) -> bool:
    return _submits(part) or _callback_value(part) is not None


def _submits(part: Part) -> bool:
    return part.element.get("form_action_type") == "submit" or part.element.get("action_type") == "form_submit"


def _callback_value(part: Part) -> dict[str, Any] | None:
    for behavior in part.element.get("behaviors") or ():
        if behavior.get("type") == "callback":
            return dict(behavior.get("value") or {})
    value = part.element.get("value")
    return value if isinstance(value, dict) else None


def _loose_choice(part: Part, given: Mapping[str, Any]) -> dict[str, Any]:
    """
    The choice of an input that stands outside a form, under the name which its kind uses.
    """
    value = _typed(part, given.get(part.id, initial_value(part)))
    match part.tag:
        case "input":
            return {"input_value": value}
        case "checker":
            return {"checked": value}
        case "multi_select_static" | "multi_select_person":
            return {"options": value}
        case _:
            return {"option": value}


def _typed(part: Part, value: object) -> object:
    """
    A value as the client sends it for this component.
    """
    match part.tag:
        case "checker":
            return bool(value)
        case "multi_select_static" | "multi_select_person":
            return [_option(part, one) for one in (value if isinstance(value, list) else [value] if value else [])]
        case "select_static" | "select_person":
            return _option(part, value) if value else ""
        case "date_picker" | "picker_time" | "picker_datetime":
            text = str(value or "")
            return f"{text} {OFFSET}" if text and not text.endswith(OFFSET) else text
        case _:
            return _typed_text(part, str(value if value is not None else ""))


def _typed_text(part: Part, text: str) -> str:
    longest = part.element.get("max_length")
    if longest and len(text) > longest:
        raise ClientRefusalError(f"“{part.label}”最多 {longest} 个字")
    return text


def _option(part: Part, wanted: object) -> str:
    options = part.element.get("options") or ()
    for option in options:
        if str(wanted) in {str(option.get("value")), str((option.get("text") or {}).get("content"))}:
            return str(option["value"])
    if part.tag.endswith("person"):
        return str(wanted)
    raise UnknownThingError(f"“{part.label}”里没有选项 {wanted}")


def _check_filled(part: Part, value: object) -> None:
    if part.element.get("required") and value in ("", [], False):
        raise ClientRefusalError(f"请填写“{part.label}”")


def _read_answer(delivery: Delivery) -> tuple[dict[str, str] | None, dict[str, Any] | None]:
    if delivery.failure is not None:
        raise ClientRefusalError(_client_code(200341 if delivery.failure == "timeout" else 200342))
    if delivery.status != OK:
        raise ClientRefusalError(_client_code(200671))
    try:
        answer = json.loads(delivery.body or b"{}")
    except ValueError as error:
        raise ClientRefusalError(_client_code(200672)) from error
    if not isinstance(answer, dict) or set(answer) - {"toast", "card"}:
        raise ClientRefusalError(_client_code(200672))
    return _toast(answer.get("toast")), _card(answer.get("card"))


def _toast(toast: object) -> dict[str, str] | None:
    match toast:
        case None:
            return None
        case {"type": str(kind), "content": str(content)} if kind in TOASTS:
            i18n = toast.get("i18n") if isinstance(toast, dict) else None
            return {"type": kind, "text": (i18n or {}).get("zh_cn", content)}
        case _:
            raise ClientRefusalError(_client_code(200672))


def _card(card: object) -> dict[str, Any] | None:
    match card:
        case None:
            return None
        case {"type": "raw", "data": dict(data)}:
            return data
        case _:
            raise ClientRefusalError(_client_code(200672))


def _client_code(code: int) -> str:
    return f"操作失败，请稍后重试（code: {code}）"
