"""
Work notices: accepted at once, dropped in silence above a member's daily limits, and told only when asked.

Source: https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
(read 2026-08)
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.clock import CHINA
from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.bodies import Content
from sandbox.dingtalk.errors import OapiError
from sandbox.dingtalk.markdown import plain
from sandbox.world import direct_chat

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.world import Message

MOST_USERS = 100
LARGEST = 2048
PER_DAY = 500
RESULT_FOR = timedelta(hours=24)
STATUS_FOR = timedelta(days=7)
MOST_STATUS_USERS = 5
TOO_MANY_A_DAY, SAME_TODAY = 143105, 143106
KINDS = frozenset({"text", "image", "voice", "file", "link", "oa", "markdown", "action_card"})
PREFIX = "/topapi/message/corpconversation"


@dataclass
class Notice:
    """
    One call. `forbidden` names each silent drop: the code and whom it hit.
    """

    task_id: int
    sent_at: datetime
    messages: dict[str, Message] = field(default_factory=dict)
    invalid: list[str] = field(default_factory=list)
    forbidden: list[tuple[int, str]] = field(default_factory=list)


class Notices:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._sent: dict[int, Notice] = {}
        # By person and day in China: the contents that were shown.
        self._today: dict[tuple[str, str], list[str]] = {}

    def routes(self) -> list[Route]:
        return [
            Route("POST", f"{PREFIX}/asyncsend_v2", self.send),
            Route("POST", f"{PREFIX}/getsendprogress", self.progress, billed=False),
            Route("POST", f"{PREFIX}/getsendresult", self.result, billed=False),
            Route("POST", f"{PREFIX}/recall", self.recall),
            Route("POST", f"{PREFIX}/status_bar/update", self.update_status),
        ]

    def clear(self) -> None:
        self._sent.clear()
        self._today.clear()

    def send(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_agent(body)
        message = body.get("msg")
        if not isinstance(message, dict) or message.get("msgtype") not in KINDS:
            raise OapiError(40008)
        if len(json.dumps(message, ensure_ascii=False).encode()) > LARGEST:
            raise OapiError(40035, "消息体超过2048字节")
        user_ids = [part for part in str(body.get("userid_list") or "").split(",") if part]
        if not user_ids or len(user_ids) > MOST_USERS:
            raise OapiError(40035)
        notice = Notice(secrets.randbelow(10**12), self._platform.world.clock.now())
        self._sent[notice.task_id] = notice
        for user_id in user_ids:
            self._show(notice, user_id, message)
        return {"task_id": notice.task_id}

    def progress(self, call: Call) -> dict[str, Any]:
        self._notice(call)
        return {"progress": {"progress_in_percent": 100, "status": 2}}

    def result(self, call: Call) -> dict[str, Any]:
        notice = self._notice(call)
        forbidden = [{"code": str(code), "count": 1, "userid": user_id} for code, user_id in notice.forbidden]
        result = {
            "invalid_user_id_list": notice.invalid,
            "forbidden_user_id_list": [user_id for _, user_id in notice.forbidden],
            "failed_user_id_list": [],
            "read_user_id_list": list(notice.messages),
            "unread_user_id_list": [],
            "invalid_dept_id_list": [],
            "forbidden_list": forbidden,
        }
        return {"send_result": result}

    def recall(self, call: Call) -> dict[str, Any]:
        for message in self._notice(call, name="msg_task_id").messages.values():
            message.recalled = True
            self._platform.book.touch(message)
        return {}

    def update_status(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_agent(body)
        notice = self._sent.get(_number(body.get("task_id")))
        is_fresh = notice is not None and self._platform.world.clock.now() - notice.sent_at <= STATUS_FOR
        if notice is None or not is_fresh or len(notice.messages) > MOST_STATUS_USERS:
            raise OapiError(40035)
        shown = list(notice.messages.values())
        if not all((m.payload.get("oa") or {}).get("status_bar") for m in shown) or not body.get("status_value"):
            raise OapiError(40035)
        status = {"status_value": str(body["status_value"]), "status_bg": str(body.get("status_bg") or "")}
        for message in shown:
            message.payload["oa"] = {**message.payload["oa"], "status_bar": status}
            message.text = _oa_text(message.payload["oa"])
            self._platform.book.touch(message)
        return {}

    def _show(self, notice: Notice, user_id: str, message: dict[str, Any]) -> None:
        person = self._platform.reachable(user_id)
        if person is None:
            notice.invalid.append(user_id)
            return
        drop = self._drop_code(person, json.dumps(message, sort_keys=True), notice.sent_at)
        if drop is not None:
            notice.forbidden.append((drop, user_id))
            self._platform.dropped.append({"api": "asyncsend_v2", "user": user_id, "code": str(drop)})
            return
        content = _content(message)
        notice.messages[user_id] = self._platform.robot.add(direct_chat(person.key), content)

    def _drop_code(self, person: Person, content: str, now: datetime) -> int | None:
        today = self._today.setdefault((person.key, f"{now.astimezone(CHINA):%Y-%m-%d}"), [])
        if content in today:
            return SAME_TODAY
        if len(today) >= PER_DAY:
            return TOO_MANY_A_DAY
        today.append(content)
        return None

    def _notice(self, call: Call, name: str = "task_id") -> Notice:
        body = call.body()
        self._check_agent(body)
        notice = self._sent.get(_number(body.get(name)))
        if notice is None or self._platform.world.clock.now() - notice.sent_at > RESULT_FOR:
            raise OapiError(40035)
        return notice

    def _check_agent(self, body: dict[str, Any]) -> None:
        if str(body.get("agent_id")) != str(self._platform.account.agent_id):
            raise OapiError(40056)


def _content(message: dict[str, Any]) -> Content:
    kind = str(message["msgtype"])
    part: dict[str, Any] = message.get(kind) or {}
    match kind:
        case "text":
            return Content("text", str(part.get("content", "")), message)
        case "markdown":
            return Content("markdown", plain(part.get("text")), message)
        case "oa":
            return Content("card", _oa_text(part), dict(message))
        case "action_card":
            card = _action_card(part)
            text = "\n".join(line for line in (card["title"], plain(card["text"])) if line)
            return Content("card", text, {"msgtype": "actionCard", "actionCard": card})
        case "image":
            return Content("image", "[图片]", message)
        case _:
            return Content("file", "[文件]", {"msgtype": "file", "file": part})


def _action_card(part: dict[str, Any]) -> dict[str, Any]:
    card = {"title": str(part.get("title", "")), "text": str(part.get("markdown", ""))}
    if part.get("single_title"):
        return card | {"singleTitle": str(part["single_title"]), "singleURL": str(part.get("single_url", ""))}
    buttons = [
        {"title": b.get("title", ""), "actionURL": b.get("action_url", "")} for b in part.get("btn_json_list") or ()
    ]
    return card | {"btnOrientation": str(part.get("btn_orientation", "0")), "btns": buttons}


def _oa_text(part: dict[str, Any]) -> str:
    head, body = part.get("head") or {}, part.get("body") or {}
    lines = [str(head.get("text", "")), str((part.get("status_bar") or {}).get("status_value", ""))]
    lines += [str(body.get("title", ""))]
    lines += [f"{row.get('key', '')}{row.get('value', '')}" for row in (body.get("form") or ())[:6]]
    lines += [str(body.get("content", "")), str(body.get("author", ""))]
    return "\n".join(line for line in lines if line)


def _number(text: object) -> int:
    try:
        return int(str(text))
    except ValueError:
        return -1
