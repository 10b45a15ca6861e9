"""
What an administrator does in the vendor's console: import and publish card templates, drop connections, add to groups.

The card template of the account is there from the start; what else is imported goes when the world is reset.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.template import Template, read_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.dingtalk.platform import DingTalkPlatform


class Console:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self.templates: dict[str, Template] = {}
        self._do: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "import_template": self._import,
            "disconnect": self._disconnect,
            "cut": self._cut,
            "expire_tokens": self._expire,
            "expire_sessions": self._expire_sessions,
            "enter_group": self._enter_group,
            "leave_group": self._leave_group,
            "quota": self._quota,
        }
        self.reset()

    def reset(self) -> None:
        self.templates.clear()
        account = self._platform.account
        if account.card_template:
            envelope = json.loads(Path(account.card_template).read_text(encoding="utf-8"))
            template = read_template(account.card_template_id, account.client_id, envelope)
            self.templates[template.id] = template

    def do(self, operation: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """
        Raises: ValueError when there is no such operation or its details make no sense.
        """
        work = self._do.get(operation)
        if work is None:
            raise ValueError(f"op 要是其中之一：{'、'.join(self._do)}")
        return work(details)

    def _import(self, details: Mapping[str, Any]) -> dict[str, Any]:
        template_id = str(details.get("id") or f"{uuid.uuid4()}.schema")
        app_id = str(details.get("app") or self._platform.account.client_id)
        published = details.get("published", True) is True
        template = read_template(template_id, app_id, details.get("template"), is_published=published)
        self.templates[template_id] = template
        return {"id": template_id, "variables": sorted(template.types)}

    def _disconnect(self, details: Mapping[str, Any]) -> dict[str, Any]:
        del details
        self._platform.stream.disconnect()
        return {}

    def _cut(self, details: Mapping[str, Any]) -> dict[str, Any]:
        del details
        self._platform.stream.cut()
        return {}

    def _expire(self, details: Mapping[str, Any]) -> dict[str, Any]:
        del details
        self._platform.expire_tokens()
        return {}

    def _expire_sessions(self, details: Mapping[str, Any]) -> dict[str, Any]:
        del details
        self._platform.state.sessions.clear()
        return {}

    def _enter_group(self, details: Mapping[str, Any]) -> dict[str, Any]:
        return self._change_group(details, enters=True)

    def _leave_group(self, details: Mapping[str, Any]) -> dict[str, Any]:
        return self._change_group(details, enters=False)

    def _change_group(self, details: Mapping[str, Any], *, enters: bool) -> dict[str, Any]:
        person = self._platform.world.person(str(details.get("user", "")))
        group = self._platform.world.group(str(details.get("group", "")))
        deliveries = self._platform.directory.change_group(group.key, person, enters=enters)
        return {"deliveries": [delivery.as_json() for delivery in deliveries]}

    def _quota(self, details: Mapping[str, Any]) -> dict[str, Any]:
        """
        How much of the month is used.
        """
        del details
        return {"used": self._platform.quota.used(self._platform.world.clock.now())}
