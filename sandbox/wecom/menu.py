"""
The menu at the bottom of the app's chat: made by the app, tapped by members.

Source: https://developer.work.weixin.qq.com/document/path/90231 (read 2026-08)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.wecom.api import Call, Route
from sandbox.wecom.errors import WeComError

if TYPE_CHECKING:
    from sandbox.wecom.platform import WeComPlatform

MOST_TOP, MOST_SUB = 3, 5
LONGEST_TOP, LONGEST_SUB, LONGEST_KEY, LONGEST_URL = 16, 40, 128, 1024
KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
MINI = "view_miniprogram"


class Menu:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        self.buttons: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/menu/create", self.create),
            Route("GET", "/menu/get", self.read),
            Route("GET", "/menu/delete", self.delete),
        ]

    def create(self, call: Call) -> dict[str, Any]:
        self._check_agent(call)
        buttons = call.body().get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= MOST_TOP:
            raise WeComError(40016)
        for button in buttons:
            _check(button, LONGEST_TOP, can_hold=True)
        self.buttons = buttons
        return {}

    def read(self, call: Call) -> dict[str, Any]:
        self._check_agent(call)
        if not self.buttons:
            raise WeComError(46003)
        return {"button": self.buttons}

    def delete(self, call: Call) -> dict[str, Any]:
        self._check_agent(call)
        self.buttons = []
        return {}

    def event_of(self, key: str) -> str:
        """
        What tapping the entry with this key tells the app.

        Raises: ValueError when the menu has no such entry.
        """
        entries = [entry for button in self.buttons for entry in (button, *(button.get("sub_button") or ()))]
        found = next((entry for entry in entries if entry.get("key") == key), None)
        if self.buttons and found is None:
            raise ValueError(f"菜单里没有 {key}")
        return str(found["type"]) if found else "click"

    def _check_agent(self, call: Call) -> None:
        agent = call.query.get("agentid")
        if not agent:
            raise WeComError(41011)
        if agent != str(self._platform.account.agent_id):
            raise WeComError(301002)


def _check(button: object, longest: int, *, can_hold: bool) -> None:
    if not isinstance(button, dict):
        raise WeComError(40058)
    name = button.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= longest:
        raise WeComError(40018)
    entries = button.get("sub_button")
    if entries:
        if not can_hold or not isinstance(entries, list) or len(entries) > MOST_SUB:
            raise WeComError(40023)
        for entry in entries:
            _check(entry, LONGEST_SUB, can_hold=False)
        return
    _check_entry(button)


def _check_entry(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind in KEYED:
        if not 1 <= len(str(button.get("key") or "").encode()) <= LONGEST_KEY:
            raise WeComError(40019)
    elif kind == "view":
        if not 1 <= len(str(button.get("url") or "").encode()) <= LONGEST_URL:
            raise WeComError(40020)
    elif kind != MINI or not button.get("appid"):
        raise WeComError(40017)
