"""
The robot's own messages: answers by sessionWebhook, one-to-one batches, group messages, what was read, recalls.

Source: https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches (read 2026-08)
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.bodies import Content, read_robot, read_webhook
from sandbox.dingtalk.errors import QUOTA, ApiError, OapiError, invalid
from sandbox.dingtalk.state import Sent
from sandbox.world import direct_chat

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.world import Message

MOST_USERS = 20
MOST_KEYS = 20
LARGEST_PARAM = 15_000
RECALLABLE_FOR = timedelta(hours=24)
SCOPE = "qyapi_robot_sendmsg"
SESSION_GONE = 300001


class Robot:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._state = platform.state

    def routes(self) -> list[Route]:
        oto, groups = "/v1.0/robot/oToMessages", "/v1.0/robot/groupMessages"
        other = "/v1.0/robot/otoMessages"
        return [
            Route("POST", "/robot/sendBySession", self.reply, billed=False, token=False),
            Route("POST", f"{oto}/batchSend", self.send_to_people, SCOPE, aliases=(f"{other}/batchSend",)),
            Route("POST", f"{oto}/batchRecall", self.recall, SCOPE, aliases=(f"{other}/batchRecall",)),
            Route("GET", f"{oto}/readStatus", self.read_status, SCOPE, aliases=(f"{other}/readStatus",)),
            Route("POST", f"{groups}/send", self.send_to_group, SCOPE),
            Route("POST", f"{groups}/recall", self.recall_in_group, SCOPE),
            Route("POST", f"{groups}/query", self.read_in_group, SCOPE),
        ]

    def reply(self, call: Call) -> dict[str, Any]:
        """
        The address that came with a message answers there for ninety minutes, without a token, and never with a card.
        """
        session = self._state.sessions.get(call.query.get("session", ""))
        now = self._platform.world.clock.now()
        if session is None or session.expires_at <= now or self._platform.switches["sessions_expired"]:
            raise OapiError(SESSION_GONE)
        body = call.body()
        content = read_webhook(body)
        if not self._platform.take_message_quota():
            raise OapiError(QUOTA)
        self.add(session.chat, content, at=body.get("at"))
        return {}

    def add(self, chat: str, content: Content, *, at: object = None) -> Message:
        payload = content.payload | ({"at": at} if isinstance(at, dict) else {})
        return self._platform.book.add(
            chat=chat,
            sender=None,
            kind=content.kind,
            text=content.text + self._called(payload, content.text),
            vendor_id=f"msg{secrets.token_urlsafe(18)}==",
            payload=payload,
        )

    def _called(self, payload: dict[str, Any], text: str) -> str:
        """
        Who is called with @ beyond those whom the text names: the client adds their names at the end.
        """
        at = payload.get("at") or {}
        if payload["msgtype"] not in {"text", "markdown"}:
            return ""
        names = ["所有人"] if at.get("isAtAll") else []
        for user_id in at.get("atUserIds") or ():
            person = self._platform.person_by_user_id(str(user_id))
            if person is not None and f"@{user_id}" not in text:
                names.append(person.name)
        return "".join(f" @{name}" for name in names)

    def send_to_people(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_robot(body)
        user_ids = body.get("userIds")
        if not isinstance(user_ids, list) or not user_ids:
            raise invalid("userIds.empty")
        if len(user_ids) > MOST_USERS:
            raise invalid("userIds.overMax")
        content = self._content(body)
        people, unknown = self._receivers(user_ids)
        if not people and self._platform.switches["refuse_all_unknown"]:
            raise ApiError("staffId.notExisted")
        flooded = [person for person in people if person.key in self._platform.switches["flow_controlled_users"]]
        messages = [self.add(direct_chat(person.key), content) for person in people if person not in flooded]
        return {
            "processQueryKey": self.keep(messages, in_group=False),
            "invalidStaffIdList": unknown,
            "flowControlledStaffIdList": [person.ids["dingtalk"] for person in flooded],
            "filteredStaffIdList": [],
        }

    def send_to_group(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_robot(body)
        conversation = str(body.get("openConversationId") or "")
        if not conversation:
            raise ApiError("miss.openConversationId")
        chat = self._platform.group_by_conversation(conversation)
        if chat is None:
            raise ApiError("invalid.openConversationId")
        self._platform.check_group(chat)
        return {"processQueryKey": self.keep([self.add(chat, self._content(body))], in_group=True)}

    def recall(self, call: Call) -> dict[str, Any]:
        return self._recall(call.body(), in_group=False)

    def recall_in_group(self, call: Call) -> dict[str, Any]:
        return self._recall(call.body(), in_group=True)

    def read_status(self, call: Call) -> dict[str, Any]:
        """
        Everybody in this sandbox reads at once.
        """
        sent = self._sent(call.query.get("processQueryKey", ""), in_group=False)
        readers = [self._platform.person_of_direct_chat(message.chat) for message in sent.messages]
        status = "RECALLED" if sent.recalled else "SUCCESS"
        read = [{"name": p.name, "userId": p.ids["dingtalk"], "readStatus": "READ"} for p in readers]
        return {"sendStatus": status, "messageReadInfoList": read}

    def read_in_group(self, call: Call) -> dict[str, Any]:
        body = call.body()
        sent = self._sent(str(body.get("processQueryKey", "")), in_group=True)
        members = [person.ids["dingtalk"] for person in self._platform.people_in(sent.messages[0].chat)]
        start, size = int(body.get("nextToken") or 0), min(int(body.get("maxResults") or 200), 200)
        page = {"sendStatus": "SUCCESS", "readUserIds": members[start : start + size]}
        more = start + size < len(members)
        return page | {"hasMore": more} | ({"nextToken": str(start + size)} if more else {})

    def keep(self, messages: list[Message], *, in_group: bool) -> str:
        key = secrets.token_urlsafe(32)
        self._state.sent[key] = Sent(messages, self._platform.world.clock.now(), in_group)
        for message in messages:
            message.payload["processQueryKey"] = key
        return key

    def _recall(self, body: dict[str, Any], *, in_group: bool) -> dict[str, Any]:
        keys = body.get("processQueryKeys")
        if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_KEYS:
            raise ApiError("invalid.processQueryKey")
        done: list[str] = []
        failed: dict[str, str] = {}
        for key in map(str, keys):
            reason = self._recall_one(key, in_group=in_group)
            if reason is None:
                done.append(key)
            else:
                failed[key] = reason
        return {"successResult": done, "failedResult": failed}

    def _recall_one(self, key: str, *, in_group: bool) -> str | None:
        """
        Why the send cannot be taken back; None when it was.
        """
        sent = self._state.sent.get(key)
        if sent is None or sent.in_group is not in_group:
            return "invalid.processQueryKey"
        if self._platform.world.clock.now() - sent.sent_at > RECALLABLE_FOR:
            return "robot.processQueryKey.expired"
        if sent.recalled:
            return "message has been recalled"
        sent.recalled = True
        for message in sent.messages:
            message.recalled = True
            self._platform.book.touch(message)
        return None

    def _sent(self, key: str, *, in_group: bool) -> Sent:
        sent = self._state.sent.get(key)
        is_fresh = sent is not None and self._platform.world.clock.now() - sent.sent_at <= RECALLABLE_FOR
        if sent is None or not is_fresh or sent.in_group is not in_group:
            raise ApiError("processQueryKey.expireTime")
        return sent

    def _check_robot(self, body: dict[str, Any]) -> None:
        code = body.get("robotCode")
        if not code:
            raise invalid("robotCode.empty")
        if code != self._platform.account.robot_code:
            raise invalid("robotCode.notExsit")

    def _content(self, body: dict[str, Any]) -> Content:
        if len(str(body.get("msgParam") or "").encode()) > LARGEST_PARAM:
            raise invalid("msgParam.tooLong")
        return read_robot(body, self._state.uploads)

    def _receivers(self, user_ids: list[Any]) -> tuple[list[Person], list[str]]:
        """
        Those in the app's visible range, once each, and the ids of all others.
        """
        people: dict[str, Person] = {}
        unknown = []
        for user_id in map(str, user_ids):
            person = self._platform.reachable(user_id)
            if person is None:
                unknown.append(user_id)
            else:
                people[person.key] = person
        return list(people.values()), unknown
