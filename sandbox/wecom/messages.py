"""
Sending to members, changing template cards and recalling, as an app does it over WeCom's API.

Source: https://developer.work.weixin.qq.com/document/path/90236, 94888 and 94867 (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.wecom import card_rules, card_view
from sandbox.wecom.api import Call, Route
from sandbox.wecom.bodies import Body, is_known, read_body
from sandbox.wecom.errors import WeComError
from sandbox.wecom.state import CODE_LIFE, ResponseCode, Sent
from sandbox.world import Message, direct_chat

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.wecom.platform import WeComPlatform

MOST_USERS, MOST_PARTIES, MOST_TAGS = 1000, 100, 100
PER_MEMBER = ((30, 60), (1000, 3600))
DOUBLE_SECONDS, MOST_DOUBLE_SECONDS = 1800, 14400
RECALLABLE_FOR = timedelta(hours=24)
EVERYBODY = "@all"


@dataclass(frozen=True)
class Receivers:
    people: list[Person]
    bad_users: list[str]
    bad_parties: list[str]
    bad_tags: list[str]

    def complaints(self) -> dict[str, str]:
        lists = {"invaliduser": self.bad_users, "invalidparty": self.bad_parties, "invalidtag": self.bad_tags}
        return {name: "|".join(bad) for name, bad in lists.items() if bad}


class Messages:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        self._state = platform.state
        self._book = platform.book

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/message/send", self.send),
            Route("POST", "/message/update_template_card", self.update_card),
            Route("POST", "/message/recall", self.recall),
        ]

    def send(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_agent(body)
        targets = [_split(body.get(name)) for name in ("touser", "toparty", "totag")]
        _check_counts(targets)
        msgtype = body.get("msgtype")
        if not is_known(msgtype):
            raise WeComError(40008)
        content = self._body(str(msgtype), body)
        receivers = self._receivers(*targets)
        if not receivers.people:
            raise WeComError(81013, **receivers.complaints())
        earlier = self._earlier(body)
        if earlier is not None:
            return earlier
        answer = self._deliver(receivers, content)
        self._remember(body, answer)
        return answer

    def update_card(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_agent(body)
        code = self._code(str(body.get("response_code", "")))
        wanted = self._wanted(body, code.sent)
        face = self._new_face(body, code.sent)
        reached = [person for person in wanted.people if person.key in code.sent.copies]
        missed = [p.ids["wecom"].lower() for p in wanted.people if p.key not in code.sent.copies]
        if not reached:
            raise WeComError(82102)
        code.used = True
        for person in reached:
            self.show_face(code.sent.copies[person.key], face)
        return {"invaliduser": [*wanted.bad_users, *missed]}

    def recall(self, call: Call) -> dict[str, Any]:
        sent = self._state.sent.get(str(call.body().get("msgid", "")))
        if sent is None:
            raise WeComError(40058)
        if self._platform.world.clock.now() - sent.sent_at > RECALLABLE_FOR:
            raise WeComError(42052)
        for message in sent.copies.values():
            message.recalled = True
            self._book.touch(message)
        return {}

    def show_face(self, message: Message, face: dict[str, Any]) -> None:
        """
        One member's copy changes: `replace_name` alone greys the buttons, anything else is the whole new card.
        """
        old = message.payload["card"]
        if set(face) == {"replace_name"}:
            new = {**old, "replaced_by": face["replace_name"]}
        else:
            new = {**face, "task_id": face.get("task_id") or old.get("task_id")}
            if face.get("replace_text"):
                new["replaced_by"] = face["replace_text"]
        message.payload["card"] = new
        message.text = card_view.readable(new)
        message.flags = [f"truncated:{path}" for path in card_rules.cut_texts(new)]
        self._book.touch(message)

    def check_face(self, face: dict[str, Any], original: str) -> None:
        """
        Raises: WeComError when this original cannot be shown so.
        """
        if set(face) == {"replace_name"}:
            if not face["replace_name"] or original not in card_rules.INTERACTIVE:
                raise WeComError(40058, "button")
            return
        card_rules.check_card(face, needs_task_id=False)

    def _check_agent(self, body: dict[str, Any]) -> None:
        agent_id = body.get("agentid")
        if agent_id is None:
            raise WeComError(41011)
        if not str(agent_id).isdigit():
            raise WeComError(40056)
        if int(agent_id) != self._platform.account.agent_id:
            raise WeComError(301002)

    def _body(self, msgtype: str, request: dict[str, Any]) -> Body:
        body = read_body(msgtype, request.get(msgtype), self._state, self._platform.world.clock.now())
        if msgtype != "template_card":
            return body
        card = body.payload["card"]
        if card_rules.has_callback(card) and not self._platform.switches["callback_configured"]:
            raise WeComError(43012)
        if card.get("task_id") in self._state.task_ids and not self._earlier(request):
            raise WeComError(42014)
        if body.flags and self._platform.switches["strict_lengths"]:
            raise WeComError(40058, body.flags[0])
        return body

    def _receivers(self, users: list[str], parties: list[str], tags: list[str]) -> Receivers:
        present = self._platform.present()
        if users == [EVERYBODY]:
            return Receivers(present, [], [], [])
        by_id = {person.ids["wecom"].lower(): person for person in present}
        found = {by_id[user.lower()].key: by_id[user.lower()] for user in users if user.lower() in by_id}
        bad_parties = []
        for party in parties:
            members = self._platform.directory.members_below(party)
            if members is None:
                bad_parties.append(party)
            found |= {person.key: person for person in members or ()}
        bad_users = [user.lower() for user in users if user.lower() not in by_id]
        return Receivers(list(found.values()), bad_users, bad_parties, tags)

    def _deliver(self, receivers: Receivers, body: Body) -> dict[str, Any]:
        now = self._platform.world.clock.now()
        sent = Sent(secrets.token_urlsafe(32), now, {}, str(body.payload.get("card", {}).get("card_type", "")))
        for person in receivers.people:
            if self._may_reach(person):
                copy = self.add(direct_chat(person.key), body)
                sent.copies[person.key] = copy
                self._state.sent_by_message[copy.id] = sent
            else:
                self._platform.dropped.append({"user": person.key, "text": body.text, "msgid": sent.msgid})
        self._state.sent[sent.msgid] = sent
        answer: dict[str, Any] = receivers.complaints() | {"msgid": sent.msgid}
        card = body.payload["card"] if body.payload["msgtype"] == "template_card" else {}
        if card.get("task_id"):
            self._state.task_ids.add(card["task_id"])
        if card_rules.has_callback(card):
            answer["response_code"] = self._state.new_code(sent, now)
        return answer

    def add(self, chat: str, body: Body) -> Message:
        payload = {**body.payload}
        message = self._book.add(
            chat=chat, sender=None, kind=body.kind, text=body.text, vendor_id=uuid.uuid4().hex, payload=payload
        )
        message.flags = list(body.flags)
        return message

    def _may_reach(self, person: Person) -> bool:
        """
        What exceeds a member's limit is dropped without a word to the app.
        """
        limits = [(self._platform.switches["per_member_minute"], 60), PER_MEMBER[1]]
        return all(self._platform.allow(f"to {person.key}", limit=limit, seconds=s) for limit, s in limits)

    def _earlier(self, body: dict[str, Any]) -> dict[str, Any] | None:
        if not body.get("enable_duplicate_check"):
            return None
        seconds = min(int(body.get("duplicate_check_interval") or DOUBLE_SECONDS), MOST_DOUBLE_SECONDS)
        sent_at, answer = self._state.recent.get(_canonical(body), (None, {}))
        if sent_at is None or self._platform.world.clock.now() - sent_at > timedelta(seconds=seconds):
            return None
        return answer

    def _remember(self, body: dict[str, Any], answer: dict[str, Any]) -> None:
        if body.get("enable_duplicate_check"):
            self._state.recent[_canonical(body)] = (self._platform.world.clock.now(), answer)

    def _code(self, text: str) -> ResponseCode:
        code = self._state.codes.get(text)
        if code is None or self._platform.world.clock.now() - code.issued_at > CODE_LIFE:
            raise WeComError(60140)
        if code.used:
            raise WeComError(42022)
        return code

    def _wanted(self, body: dict[str, Any], sent: Sent) -> Receivers:
        if body.get("atall") == 1:
            people = [self._platform.world.people[key] for key in sent.copies]
            return Receivers(people, [], [], [])
        targets = [[str(one) for one in body.get(name) or ()] for name in ("userids", "partyids", "tagids")]
        if not any(targets):
            raise WeComError(82101)
        _check_counts(targets)
        return self._receivers(*targets)

    def _new_face(self, body: dict[str, Any], sent: Sent) -> dict[str, Any]:
        button, card = body.get("button"), body.get("template_card")
        if (button is None) == (card is None):
            raise WeComError(40058, "button or template_card")
        face = button if button is not None else card
        if not isinstance(face, dict) or (button is not None and set(face) != {"replace_name"}):
            raise WeComError(40058)
        self.check_face(face, sent.card_type)
        return face


def _split(targets: object) -> list[str]:
    return [part for part in str(targets or "").split("|") if part]


def _check_counts(targets: list[list[str]]) -> None:
    if not any(targets):
        raise WeComError(82001)
    for some, most, code in zip(targets, (MOST_USERS, MOST_PARTIES, MOST_TAGS), (40032, 82002, 82003), strict=True):
        if len(some) > most:
            raise WeComError(code)


def _canonical(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False)
