"""
The control API under /sandbox/api: what tests, scripts and the chat page use to act as people and to move the clock.

Nothing of a vendor's protocol is known here.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import threading
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from flask import Blueprint, Response, jsonify, request

from sandbox.clock import in_china, parse_duration, parse_instant
from sandbox.faults import BadFaultError
from sandbox.local import is_loopback
from sandbox.platform import Attachment, Utterance
from sandbox.wire import loopback_client
from sandbox.world import DIRECT, UnknownThingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sandbox.company import Person
    from sandbox.config import SandboxConfig
    from sandbox.platform import Platform
    from sandbox.world import Message, World

LONGEST_WAIT_SECONDS = 25.0
PRODUCT_SECONDS = 130.0
MOST_DELIVERIES = 50


class ControlApi:
    def __init__(self, config: SandboxConfig, world: World, platforms: Mapping[str, Platform]) -> None:
        self._config = config
        self._world = world
        self._platforms = platforms
        self._turn = threading.Lock()
        self._product = loopback_client(
            base_url=config.product_url, headers={"X-Demo-Secret": config.demo_secret}, timeout=PRODUCT_SECONDS
        )

    def close(self) -> None:
        self._product.close()

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("control", __name__, url_prefix="/sandbox/api")
        routes: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", "/world", self.world),
            ("GET", "/changes", self.changes),
            ("POST", "/clock", self.clock),
            ("POST", "/reset", self.reset),
            ("POST", "/<platform_id>/messages", self.send),
            ("POST", "/<platform_id>/clicks", self.click),
            ("POST", "/<platform_id>/events", self.event),
            ("POST", "/<platform_id>/faults", self.fault),
            ("POST", "/<platform_id>/switches", self.switch),
            ("POST", "/<platform_id>/members", self.member),
            ("POST", "/<platform_id>/verify", self.verify),
            ("POST", "/<platform_id>/console", self.administer),
            ("GET", "/<platform_id>/chats", self.chats),
            ("GET", "/<platform_id>/chats/<chat>/messages", self.messages),
            ("GET", "/<platform_id>/messages/<message_id>/attachment", self.attachment),
            ("GET", "/<platform_id>/wire", self.wire),
            ("GET", "/<platform_id>/dropped", self.dropped),
        ]
        for method, rule, view in routes:
            blueprint.add_url_rule(rule, f"{method} {rule}".replace(".", "_"), view, methods=[method])
        blueprint.before_request(_refuse_other_sites)
        blueprint.register_error_handler(UnknownThingError, lambda error: (jsonify(error=str(error)), 404))
        blueprint.register_error_handler(ValueError, lambda error: (jsonify(error=str(error)), 400))
        return blueprint

    def world(self) -> Response:
        world, company = self._world, self._world.company
        return jsonify(
            name=company.name,
            bot={"name": company.bot_name},
            clock=in_china(world.clock.now()),
            clock_offset_seconds=world.clock.offset_seconds,
            product_url=self._config.product_url,
            platforms=[
                {"id": p.id, "name": p.name, "group_inbound": p.group_inbound, "forms": p.forms}
                for p in self._platforms.values()
            ],
            people=[self._person(key) for key in world.people],
            groups=[{"key": g.key, "name": g.name, "members": list(g.members)} for g in world.groups.values()],
            callbacks={p.id: p.callback_url for p in self._platforms.values()},
            examples=[dict(example) for example in company.examples],
        )

    def _person(self, key: str) -> dict[str, Any]:
        person = self._world.people[key]
        departments = {d.key: d.name for d in self._world.company.departments}
        return {
            "key": person.key,
            "name": person.name,
            "title": person.title,
            "department": departments.get(person.department or "", ""),
            "outsider": person.outsider,
            "roles": list(person.roles),
            "left": [platform.id for platform in self._platforms.values() if key in platform.left],
        }

    def changes(self) -> Response:
        wait = min(_number(request.args.get("wait", "0"), "wait"), LONGEST_WAIT_SECONDS)
        seq = self._world.wait_after(int(_number(request.args.get("after", "0"), "after")), wait)
        return jsonify(seq=seq, clock=in_china(self._world.clock.now()))

    def send(self, platform_id: str) -> Response:
        platform, body = self._platform(platform_id), _body()
        person = self._acting(platform, body)
        chat = self._world.chat_of(person, str(body.get("chat", DIRECT)))
        times = int(body.get("times", 1))
        if not 1 <= times <= MOST_DELIVERIES:
            raise ValueError(f"times 要在 1 和 {MOST_DELIVERIES} 之间")
        utterance = replace(_utterance(self._world, body), reply_to=_quoted(platform, chat, body))
        if utterance.contact is not None and not platform.contacts:
            raise ValueError(f"{platform.name}里不能发同事的名片")
        message, deliveries = platform.send(person, chat, utterance, times)
        return jsonify(message_id=str(message.id), deliveries=[d.as_json() for d in deliveries])

    def click(self, platform_id: str) -> Response:
        platform, body = self._platform(platform_id), _body()
        person = self._acting(platform, body)
        message = platform.book.find(str(body.get("message_id", "")))
        is_open = message.chat in {key for _, _, key in platform.chats(person)}
        if not is_open or platform.seen_by(message, person) is None:
            raise UnknownThingError(f"{person.name}看不到这条消息")
        form = body.get("form") or {}
        if not isinstance(form, dict):
            raise BadRequestError("form 要是一个对象")
        return jsonify(asdict(platform.click(person, message, str(body.get("button", "")), form)))

    def event(self, platform_id: str) -> Response:
        platform, body = self._platform(platform_id), _body()
        person = self._acting(platform, body)
        match body.get("event"):
            case "open":
                deliveries = platform.open_bot(person)
            case "menu":
                deliveries = platform.choose_menu(person, str(body.get("key", "")))
            case other:
                raise ValueError(f"event 要是 open 或 menu，不是 {other}")
        return jsonify(deliveries=[d.as_json() for d in deliveries])

    def member(self, platform_id: str) -> Response:
        body = _body()
        operation = str(body.get("op", ""))
        if operation not in {"leave", "join", "update"}:
            raise ValueError("op 要是 leave、join 或 update")
        deliveries = self._platform(platform_id).change_member(operation, body)
        return jsonify(deliveries=[d.as_json() for d in deliveries])

    def fault(self, platform_id: str) -> Response:
        try:
            self._platform(platform_id).faults.plan(_body())
        except BadFaultError as error:
            raise ValueError(str(error)) from error
        return jsonify(planned=True)

    def switch(self, platform_id: str) -> Response:
        body = _body()
        self._platform(platform_id).switches.set(str(body.get("name", "")), body.get("value"))
        return jsonify(set=True)

    def verify(self, platform_id: str) -> Response:
        return jsonify(verified=self._platform(platform_id).verify_callback())

    def administer(self, platform_id: str) -> Response:
        body = _body()
        return jsonify(self._platform(platform_id).administer(str(body.get("op", "")), body))

    def chats(self, platform_id: str) -> Response:
        platform = self._platform(platform_id)
        person = self._world.person(request.args.get("user", ""))
        return jsonify([_chat(platform, person, *names) for names in platform.chats(person)])

    def messages(self, platform_id: str, chat: str) -> Response:
        platform = self._platform(platform_id)
        person = self._world.person(request.args.get("user", ""))
        after = int(_number(request.args.get("after") or "0", "after"))
        with self._world.lock:
            seen = _seen(platform, person, self._world.chat_of(person, chat), after)
            return jsonify([self._message(platform, message) for message in seen])

    def _message(self, platform: Platform, message: Message) -> dict[str, Any]:
        sender = self._world.people[message.sender] if message.sender else None
        return {
            "id": str(message.id),
            "from": {
                "key": message.sender,
                "name": sender.name if sender else self._world.company.bot_name,
                "bot": sender is None,
            },
            "at": in_china(message.at),
            "kind": message.kind,
            "text": message.text,
            "card": platform.card(message),
            "raw": platform.raw(message),
            "updated": in_china(message.updated) if message.updated else None,
            "revision": message.revision,
            "recalled": message.recalled,
            "flags": list(message.flags),
            "attachment": _attachment_address(platform, message),
        }

    def attachment(self, platform_id: str, message_id: str) -> Response:
        platform = self._platform(platform_id)
        attachment = platform.attachment(platform.book.find(message_id))
        if attachment is None:
            raise UnknownThingError("这条消息没有附件")
        safe = attachment.content_type if attachment.content_type.startswith("image/") else "application/octet-stream"
        return Response(attachment.content, content_type=safe, headers={"X-Content-Type-Options": "nosniff"})

    def wire(self, platform_id: str) -> Response:
        return jsonify(self._platform(platform_id).wire.after(int(_number(request.args.get("after", "0"), "after"))))

    def dropped(self, platform_id: str) -> Response:
        return jsonify(self._platform(platform_id).dropped)

    def clock(self) -> Response:
        """
        The emulators move first, so that a token which ends on the way is refused as it would be; then the product.
        """
        with self._turn:
            return self._move_clock(self._target(_body()))

    def _move_clock(self, target: datetime) -> Response:
        if target < self._world.clock.now() - timedelta(seconds=1):
            raise ValueError("时钟只能往前走")
        self._world.clock.set(target)
        self._world.next_seq()
        self._world.jumping = True
        try:
            for platform in self._platforms.values():
                platform.fire_due()
            answer = self._ask_product("/demo/clock", {"set": in_china(target)})
        finally:
            self._world.jumping = False
            self._world.next_seq()
        return jsonify(clock=in_china(self._world.clock.now()), ran=answer.get("ran", []))

    def _target(self, body: dict[str, Any]) -> datetime:
        match body:
            case {"advance": str(duration)}:
                return self._world.clock.now() + parse_duration(duration)
            case {"set": str(instant)}:
                return parse_instant(instant)
            case _:
                raise ValueError('要么 {"advance": "P1DT2H"}，要么 {"set": "2026-11-23T09:00:00+08:00"}')

    def reset(self) -> Response:
        with self._turn:
            self._world.reset()
            for platform in self._platforms.values():
                platform.reset()
            self._ask_product("/demo/reset", {})
        return jsonify(clock=in_china(self._world.clock.now()))

    def _ask_product(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self._product.post(path, json=body)
            answer.raise_for_status()
            result = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProductSilentError(f"聊单没有完成 {path}：{error}") from error
        return result if isinstance(result, dict) else {}

    def _acting(self, platform: Platform, body: Mapping[str, Any]) -> Person:
        person = self._world.person(str(body.get("user", "")))
        if person.key in platform.left:
            raise ValueError(f"{person.name}已经离开公司")
        return person

    def _platform(self, platform_id: str) -> Platform:
        platform = self._platforms.get(platform_id)
        if platform is None:
            raise UnknownThingError(f"没有叫“{platform_id}”的平台")
        return platform


class BadRequestError(ValueError):
    """
    A control call that cannot be understood; the text says how to write it.
    """


class ProductSilentError(RuntimeError):
    """
    The product did not do what the control API asked of it.
    """


def _refuse_other_sites() -> tuple[Response, int] | None:
    """
    A page of another site must not act through the browser of whoever runs the sandbox.
    """
    origin = request.headers.get("Origin")
    addresses = [f"//{request.host}", *([origin] if origin else [])]
    if all(is_loopback(urlsplit(address).hostname or "") for address in addresses):
        return None
    return jsonify(error="只接受本机页面的请求"), 403


def _seen(platform: Platform, person: Person, chat: str, after: int = 0) -> list[Message]:
    faces = (platform.seen_by(message, person) for message in platform.book.in_chat(chat, after))
    return [face for face in faces if face is not None]


def _chat(platform: Platform, person: Person, name_in_api: str, name: str, key: str) -> dict[str, Any]:
    messages = _seen(platform, person, key)
    last = messages[-1] if messages else None
    return {
        "id": name_in_api,
        "name": name,
        "kind": "direct" if name_in_api == DIRECT else "group",
        "last": {"id": str(last.id), "text": last.text, "at": in_china(last.at)} if last else None,
        "count": len(messages),
    }


def _attachment_address(platform: Platform, message: Message) -> str | None:
    if platform.attachment(message) is None:
        return None
    return f"/sandbox/api/{platform.id}/messages/{message.id}/attachment"


def _quoted(platform: Platform, chat: str, body: Mapping[str, Any]) -> Message | None:
    if "reply_to" not in body:
        return None
    message = platform.book.find(str(body["reply_to"]))
    if message.chat != chat:
        raise UnknownThingError("要回复的消息不在这个会话里")
    return message


def _utterance(world: World, body: Mapping[str, Any]) -> Utterance:
    match body:
        case {"text": str(text)}:
            return Utterance(text=text)
        case {"image": image} if image:
            return Utterance(image=_read_attachment(image, "图片.png"))
        case {"file": file} if file:
            return Utterance(file=_read_attachment(file, "文件.txt"))
        case {"location": dict(location)}:
            return Utterance(location={key: str(value) for key, value in location.items()})
        case {"voice_text": str(words)}:
            return Utterance(voice_text=words)
        case {"contact": str(name)}:
            return Utterance(contact=world.person(name))
        case _:
            raise ValueError("要有 text、image、file、location、voice_text、contact 中的一个")


def _read_attachment(given: object, default_name: str) -> Attachment:
    """
    A base64 text, a data: address, or {"name", "base64"}.
    """
    name, encoded = default_name, given
    if isinstance(given, dict):
        name, encoded = str(given.get("name") or default_name), given.get("base64", "")
    text = str(encoded).rpartition(",")[2]
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("附件要是 base64") from error
    return Attachment(name, content, mimetypes.guess_type(name)[0] or "application/octet-stream")


def _body() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise BadRequestError("请求要是一个 JSON 对象")
    return body


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{name} 要是数字") from error
