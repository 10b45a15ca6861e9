"""
People talk to the bot on the emulated Feishu, and the bot answers through the vendor's API.
"""

import json

import pytest
from sandbox_bench import FEISHU

BUTTON_CARD = {
    "schema": "2.0",
    "config": {"update_multi": True},
    "header": {"title": {"tag": "plain_text", "content": "报备待审批"}, "template": "orange"},
    "body": {
        "elements": [
            {"tag": "markdown", "content": "**客户** 杭州云图科技有限公司<br>**报备人** <at id=ou_demo_xiaoli></at>"},
            {
                "tag": "button",
                "name": "approve",
                "type": "primary",
                "text": {"tag": "plain_text", "content": "同意"},
                "behaviors": [{"type": "callback", "value": {"action": "approve", "id": "42"}}],
            },
        ]
    },
}
DONE_CARD = {"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "**已同意**"}]}}


@pytest.fixture
def feishu(bench):
    return FeishuApp(bench)


class FeishuApp:
    """
    The product's side of the wire, as bare as possible.
    """

    def __init__(self, bench):
        self._bench = bench
        self.token = self.fetch_token()["tenant_access_token"]

    def fetch_token(self, secret: str = FEISHU.app_secret) -> dict:
        path = "/feishu/open-apis/auth/v3/tenant_access_token/internal"
        return self._bench.call("POST", path, json={"app_id": FEISHU.app_id, "app_secret": secret}).json()

    def call(self, method: str, path: str, body: dict | None = None, **query):
        headers = {"Authorization": f"Bearer {self.token}"}
        return self._bench.call(method, f"/feishu/open-apis{path}", json=body, params=query, headers=headers)

    def send(self, receive_id: str, kind: str, content: dict, id_type: str = "open_id", **more) -> dict:
        body = {"receive_id": receive_id, "msg_type": kind, "content": json.dumps(content, ensure_ascii=False), **more}
        return self.call("POST", "/im/v1/messages", body, receive_id_type=id_type).json()


def test_direct_text_reaches_the_product_encrypted_and_signed(bench):
    sent = bench.post("/feishu/messages", user="小李", chat="p2p", text="报备 杭州云图科技")

    event = bench.product.callbacks("feishu")[0].feishu(FEISHU.encrypt_key)
    assert [200] == [delivery["status"] for delivery in sent["deliveries"]]
    assert "im.message.receive_v1" == event["header"]["event_type"]
    assert "ou_demo_xiaoli" == event["event"]["sender"]["sender_id"]["open_id"]
    assert {"text": "报备 杭州云图科技"} == json.loads(event["event"]["message"]["content"])
    assert "p2p" == event["event"]["message"]["chat_type"]


def test_bot_sends_a_card_which_is_clicked_and_replaced(bench, feishu):
    feishu.send("ou_demo_laozhang", "interactive", BUTTON_CARD)
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]
    bench.product.will_answer(
        {"toast": {"type": "success", "content": "已同意"}, "card": {"type": "raw", "data": DONE_CARD}}
    )

    outcome = bench.post("/feishu/clicks", user="老张", message_id=message["id"], button="同意")

    action = bench.product.callbacks("feishu")[0].feishu(FEISHU.encrypt_key)["event"]
    after = bench.get("/feishu/chats/p2p/messages", user="老张", after=message["revision"])
    assert {"action": "approve", "id": "42"} == action["action"]["value"]
    assert "ou_demo_laozhang" == action["operator"]["open_id"]
    assert {"type": "success", "text": "已同意"} == outcome["toast"]
    assert outcome["card_changed"]
    assert ["已同意"] == [changed["text"] for changed in after]


def test_bot_patches_an_own_card(bench, feishu):
    sent = feishu.send("ou_demo_laozhang", "interactive", BUTTON_CARD)

    answer = feishu.call("PATCH", f"/im/v1/messages/{sent['data']['message_id']}", {"content": json.dumps(DONE_CARD)})

    assert 0 == answer.json()["code"]
    assert "已同意" == bench.get("/feishu/chats/p2p/messages", user="老张")[0]["text"]
