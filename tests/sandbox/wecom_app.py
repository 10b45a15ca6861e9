"""
The product's side of WeCom's wire, as bare as the tests need it.
"""

from __future__ import annotations

from sandbox_bench import WECOM

from sandbox.envelope import Envelope
from sandbox.wecom import xml

CARD = {
    "card_type": "button_interaction",
    "source": {"desc": "客户报备"},
    "main_title": {"title": "报备待审批", "desc": "提交人 小李"},
    "horizontal_content_list": [{"keyname": "客户", "value": "杭州云图科技有限公司"}],
    "task_id": "reg-42@1",
    "button_selection": {
        "question_key": "reason",
        "title": "原因",
        "option_list": [{"id": "r1", "text": "无冲突"}, {"id": "r2", "text": "老客户"}],
    },
    "button_list": [{"text": "同意", "style": 1, "key": "approve"}, {"text": "驳回", "style": 3, "key": "reject"}],
}


class WeComApp:
    def __init__(self, bench):
        self._bench = bench
        self.renew()

    def renew(self):
        self.token = self.fetch_token()["access_token"]

    def fetch_token(self, **changed) -> dict:
        query = {"corpid": WECOM.corp_id, "corpsecret": WECOM.secret} | changed
        return self._bench.call("GET", "/wecom/cgi-bin/gettoken", params=query).json()

    def raw(self, path: str, **query):
        query = {"access_token": self.token} | query
        return self._bench.call("GET", f"/wecom/cgi-bin{path}", params=query)

    def get(self, path: str, **query) -> dict:
        return self.raw(path, **query).json()

    def post(self, path: str, body: dict) -> dict:
        query = {"access_token": self.token}
        body = {"agentid": WECOM.agent_id} | body
        return self._bench.call("POST", f"/wecom/cgi-bin{path}", params=query, json=body).json()

    def send(self, touser: str, msgtype: str, content: dict, **more) -> dict:
        return self.post("/message/send", {"touser": touser, "msgtype": msgtype, msgtype: content, **more})


def passive_reply(fields: dict) -> bytes:
    envelope = Envelope(WECOM.token, WECOM.aes_key, WECOM.corp_id)
    head = {"ToUserName": "laozhang", "FromUserName": WECOM.corp_id, "CreateTime": 1}
    encrypted = envelope.seal(xml.write(head | fields))
    signature = envelope.signature("1763779500", "42", encrypted)
    outer = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": 1763779500, "Nonce": "42"}
    return xml.write(outer).encode()
