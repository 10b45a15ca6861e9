"""
What buttons mean: typed actions, and the sealed text that carries one through a chat platform and back.

The seal is an HMAC over version, name and arguments: nobody can make a button of their own. It says nothing about who
may press it; rights are checked when the click arrives.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from cards.action import Action
from cards.model import CardAction
from cards.people_actions import AnswerLink, AssignHandover, ConfirmDepartures, DismissDepartures, LinkAll

VERSION = "1"
MAC_BYTES = 12


@dataclass(frozen=True)
class SubmitRegistration(Action):
    """
    提交: register the draft as the form now says.
    """

    NAME = "registration.submit"
    draft: int


@dataclass(frozen=True)
class EditRegistration(Action):
    """
    修改: ask for one field of the draft again (`field` empty: ask which).
    """

    NAME = "registration.edit"
    draft: int
    field: str


@dataclass(frozen=True)
class CancelRegistration(Action):
    """
    取消: throw the draft away.
    """

    NAME = "registration.cancel"
    draft: int


@dataclass(frozen=True)
class SubmitForReview(Action):
    """
    继续提交: the seller insists although the company looks like a known one; the approver rules.
    """

    NAME = "registration.review"
    draft: int


@dataclass(frozen=True)
class OpenMerge(Action):
    """
    合并到现有客户: show the draft and the seller's own customer field by field.
    """

    NAME = "registration.merge_open"
    draft: int
    customer: int


@dataclass(frozen=True)
class ApplyMerge(Action):
    """
    确认合并: take the chosen values over into the customer. `take` is `form` (the form says), `new` or `missing`.
    """

    NAME = "registration.merge_apply"
    draft: int
    customer: int
    take: str


@dataclass(frozen=True)
class RequestJoin(Action):
    """
    申请协作: ask the owner to work on the customer together.
    """

    NAME = "conflict.join"
    customer: int


@dataclass(frozen=True)
class AnswerJoin(Action):
    """
    The owner's answer to a request to join: `answer` is accept or decline.
    """

    NAME = "conflict.answer"
    request: int
    answer: str


@dataclass(frozen=True)
class Approve(Action):
    """
    同意.
    """

    NAME = "approval.approve"
    approval: int


@dataclass(frozen=True)
class Reject(Action):
    """
    驳回.
    """

    NAME = "approval.reject"
    approval: int


@dataclass(frozen=True)
class Delegate(Action):
    """
    转交: hand the decision to a colleague (the form or a question says to whom).
    """

    NAME = "approval.delegate"
    approval: int


@dataclass(frozen=True)
class WithdrawRequest(Action):
    """
    撤回: the requester takes an undecided request back.
    """

    NAME = "approval.withdraw"
    approval: int


@dataclass(frozen=True)
class ShowCustomer(Action):
    """
    查看: the customer's card.
    """

    NAME = "customer.show"
    customer: int


@dataclass(frozen=True)
class ListMine(Action):
    """
    A page of 我的客户; `within_days` 0 means all.
    """

    NAME = "customer.mine"
    page: int
    within_days: int


@dataclass(frozen=True)
class WriteFollowUp(Action):
    """
    写跟进: ask for the text of a follow-up, or take it from the form.
    """

    NAME = "follow_up.write"
    customer: int


@dataclass(frozen=True)
class SaveFollowUp(Action):
    """
    保存跟进: write the follow-up the form holds.
    """

    NAME = "follow_up.save"
    customer: int


@dataclass(frozen=True)
class Extend(Action):
    """
    延保: ask the manager for more protection.
    """

    NAME = "protection.extend"
    customer: int


@dataclass(frozen=True)
class OpenReturn(Action):
    """
    放弃 / 退回: ask for the reason.
    """

    NAME = "pool.return_open"
    customer: int


@dataclass(frozen=True)
class ReturnCustomer(Action):
    """
    确认退回 with the reason the form or `reason` says.
    """

    NAME = "pool.return"
    customer: int
    reason: str


@dataclass(frozen=True)
class Claim(Action):
    """
    领取.
    """

    NAME = "pool.claim"
    customer: int


@dataclass(frozen=True)
class ListPool(Action):
    """
    A page of 公海.
    """

    NAME = "pool.list"
    page: int


@dataclass(frozen=True)
class FinishTask(Action):
    """
    完成: the task is done.
    """

    NAME = "task.done"
    task: int


@dataclass(frozen=True)
class RunCommand(Action):
    """
    A button that does what typing a command does.
    """

    NAME = "command.run"
    key: str
    argument: str


@dataclass(frozen=True)
class SwitchDialogue(Action):
    """
    放弃填写: end the open dialogue and do the command that was typed meanwhile.
    """

    NAME = "dialogue.switch"
    key: str


@dataclass(frozen=True)
class KeepDialogue(Action):
    """
    继续填写: stay in the open dialogue.
    """

    NAME = "dialogue.keep"


ACTIONS: dict[str, type[Action]] = {
    cls.NAME: cls
    for cls in (
        SubmitRegistration,
        EditRegistration,
        CancelRegistration,
        SubmitForReview,
        OpenMerge,
        ApplyMerge,
        RequestJoin,
        AnswerJoin,
        Approve,
        Reject,
        Delegate,
        WithdrawRequest,
        ShowCustomer,
        ListMine,
        WriteFollowUp,
        SaveFollowUp,
        Extend,
        OpenReturn,
        ReturnCustomer,
        Claim,
        ListPool,
        FinishTask,
        ConfirmDepartures,
        DismissDepartures,
        AnswerLink,
        LinkAll,
        AssignHandover,
        RunCommand,
        SwitchDialogue,
        KeepDialogue,
    )
}


def typed(action: CardAction) -> Action | None:
    """
    The typed action of a card's button, None when no such action exists (any more).
    """
    cls = ACTIONS.get(action.name)
    return cls.read(action) if cls else None


class ActionSeal:
    """
    Seals and opens actions with the installation's secret.
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(b"card action " + secret).digest()

    def seal(self, action: CardAction) -> str:
        """
        The text a platform hands back on a click: `[A-Za-z0-9_.-]` only.
        """
        content = json.dumps([action.name, dict(action.args)], ensure_ascii=False, separators=(",", ":"))
        body = f"{VERSION}.{_encode(content.encode())}"
        return f"{body}.{self._mac(body)}"

    def open(self, sealed: str) -> CardAction | None:
        """
        The action, None when the text was not sealed by us or is of another version.
        """
        body, _, mac = sealed.rpartition(".")
        if not body.startswith(f"{VERSION}.") or not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            return None
        try:
            name, args = json.loads(_decode(body[len(VERSION) + 1 :]))
        except (binascii.Error, ValueError):
            return None
        return CardAction(name, args)

    def _mac(self, body: str) -> str:
        return _encode(hmac.digest(self._key, body.encode(), "sha256")[:MAC_BYTES])


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
