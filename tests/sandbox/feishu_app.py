"""
The product's side of Feishu's wire, as bare as the tests need it.
"""

from __future__ import annotations

import json

from sandbox_bench import FEISHU


def plain_text(content: str) -> dict:
    return {"tag": "plain_text", "content": content}


def button(label: str, name: str, **more) -> dict:
    value = {"action": name}
    return {
        "tag": "button",
        "name": name,
        "text": plain_text(label),
        "behaviors": [{"type": "callback", "value": value}],
        **more,
    }


def card(*elements: dict, title: str = "报备待审批") -> dict:
    header = {"title": plain_text(title)}
    return {"schema": "2.0", "config": {"update_multi": True}, "header": header, "body": {"elements": list(elements)}}


APPROVAL = card(
    {"tag": "markdown", "content": "**客户** 杭州云图科技有限公司<br>**报备人** <at id=ou_demo_xiaoli></at>"},
    button("同意", "approve", type="primary"),
    button("驳回", "reject", type="danger"),
)
DONE = card({"tag": "markdown", "content": "**已同意**"}, title="报备已通过")
FORM = card(
    {
        "tag": "form",
        "name": "f_report",
        "elements": [
            {"tag": "input", "name": "company", "required": True, "label": plain_text("公司全称"), "max_length": 20},
            {
                "tag": "select_static",
                "name": "level",
                "placeholder": plain_text("客户等级"),
                "initial_option": "B",
                "options": [{"text": plain_text("重点"), "value": "A"}, {"text": plain_text("普通"), "value": "B"}],
            },
            {"tag": "date_picker", "name": "due", "placeholder": plain_text("预计签约")},
            {
                "tag": "multi_select_static",
                "name": "tags",
                "options": [
                    {"text": plain_text("展会"), "value": "expo"},
                    {"text": plain_text("转介绍"), "value": "ref"},
                ],
            },
            {"tag": "checker", "name": "urgent", "text": plain_text("加急")},
            button("提交", "submit", form_action_type="submit"),
            {"tag": "button", "name": "clear", "form_action_type": "reset", "text": plain_text("清空")},
        ],
    },
    title="客户报备",
)


class FeishuApp:
    def __init__(self, bench):
        self._bench = bench
        self.renew()

    def renew(self):
        self.token = self.fetch_token()["tenant_access_token"]

    def fetch_token(self, **changed) -> dict:
        path = "/feishu/open-apis/auth/v3/tenant_access_token/internal"
        body = {"app_id": FEISHU.app_id, "app_secret": FEISHU.app_secret} | changed
        return self._bench.call("POST", path, json=body).json()

    def raw(self, method: str, path: str, body: dict | None = None, **query):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self._bench.call(method, f"/feishu/open-apis{path}", json=body, params=query, headers=headers)

    def call(self, method: str, path: str, body: dict | None = None, **query) -> dict:
        return self.raw(method, path, body, **query).json()

    def send(self, receive_id: str, kind: str, content: dict, id_type: str = "open_id", **more) -> dict:
        body = {"receive_id": receive_id, "msg_type": kind, "content": json.dumps(content, ensure_ascii=False), **more}
        return self.call("POST", "/im/v1/messages", body, receive_id_type=id_type)

    def patch(self, message_id: str, content: dict) -> dict:
        return self.call("PATCH", f"/im/v1/messages/{message_id}", {"content": json.dumps(content, ensure_ascii=False)})

    def delayed(self, token: str, content: dict) -> dict:
        return self.call("POST", "/interactive/v1/card/update", {"token": token, "card": content})
