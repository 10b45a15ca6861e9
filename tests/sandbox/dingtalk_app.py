"""
The product's side of DingTalk's wire, as bare as the tests need it.
"""

from __future__ import annotations

import json
import queue
import threading
from urllib.parse import parse_qsl, quote, urlsplit

from sandbox_bench import DINGTALK
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sandbox.dingtalk.crypto import robot_sign
from sandbox.envelope import Envelope

TEMPLATE_ID = "11111111-2222-3333-4444-555555555555.schema"
EVERYTHING = [
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"},
    {"type": "CALLBACK", "topic": "/v1.0/card/instances/callback"},
]
ENVELOPE = Envelope(DINGTALK.token, DINGTALK.aes_key, DINGTALK.client_id)


def bound(variable: str, **more) -> dict:
    return {"type": "variableValue", "variableType": "global", "variable": variable, **more}


def shown_when(variable: str, op: str, value: str) -> dict:
    one = {"type": "variable", "variable": variable, "op": op, "valueType": "fixed", "value": value}
    condition = {"op": "and", "conditions": [one]}
    return {"type": "dynamicVisible", "valueType": "condition", "value": True, "condition": condition}


def node(component: str, **props) -> dict:
    return {"componentName": component, "id": f"node_{component}", "props": props, "hidden": False}


def fixed_button(text: str, action: str, **more) -> dict:
    params = [{"type": "fixed", "name": "action", "value": action, "variable": ""}]
    says = {"type": "dynamicString", "content": text}
    action_id = {"type": "dynamicString", "content": action}
    return {
        "id": action,
        "text": says,
        "color": "blue",
        "actionType": "request",
        "actionId": action_id,
        "params": params,
    } | more


MARKDOWN = node("MarkdownBlock", content=bound("content", varType="markdown"))
DECISIONS = node(
    "ButtonList",
    buttons={
        "type": "button",
        "list": [
            fixed_button("同意", "agree", visible=shown_when("status", "equal", "")),
            fixed_button("驳回", "reject", color="red", visible=shown_when("status", "equal", "")),
        ],
    },
)
FORM = node(
    "Form",
    id="form",
    submitText={"type": "dynamicString", "content": "${form_btn_text}"},
    formSchema=bound("form"),
    params=[],
    status={"type": "dynamicSelect", "valueType": "variable", "variable": "form_status", "value": "normal"},
)
GROUP = node("ButtonGroup", dynamicButtons=bound("btns"))
VARIABLES = {
    "content": False,
    "status": False,
    "note": True,
    "form": True,
    "form_btn_text": True,
    "form_status": True,
    "btns": False,
}
NOTE = node("MarkdownBlock", content=bound("note", varType="markdown"))


def template(*nodes: dict, variables: dict[str, bool] | None = None) -> dict:
    names = VARIABLES if variables is None else variables
    editor = {
        "schema": {"componentsTree": [{"componentName": "Card", "id": "root", "props": {}, "children": list(nodes)}]},
        "variableList": [{"name": name, "type": "string", "private": private} for name, private in names.items()],
    }
    return {"editorData": json.dumps(editor), "widgetInfo": "", "type": "im", "mode": "card"}


WHOLE = template(MARKDOWN, NOTE, DECISIONS, FORM, GROUP)


class DingTalkApp:
    def __init__(self, bench):
        self.bench = bench
        bench.post("/dingtalk/console", op="import_template", id=TEMPLATE_ID, template=WHOLE)
        self.renew()

    def renew(self):
        self.token = self.fetch_token().json()["accessToken"]

    def fetch_token(self, **changed):
        body = {"appKey": DINGTALK.client_id, "appSecret": DINGTALK.client_secret} | changed
        return self.bench.call("POST", "/dingtalk/v1.0/oauth2/accessToken", json=body)

    def raw(self, method: str, path: str, body: dict | None = None, **query):
        headers = {"x-acs-dingtalk-access-token": self.token}
        return self.bench.call(method, f"/dingtalk/v1.0{path}", json=body, params=query, headers=headers)

    def call(self, method: str, path: str, body: dict | None = None, **query) -> dict:
        return self.raw(method, path, body, **query).json()

    def old(self, path: str, body: dict | None = None) -> dict:
        return self.bench.call("POST", f"/dingtalk{path}", json=body or {}, params={"access_token": self.token}).json()

    def send(self, *user_ids: str, key: str = "sampleMarkdown", param: dict | str | None = None, **changed) -> dict:
        given = {"title": "提醒", "text": "**到期** 明天"} if param is None else param
        text = given if isinstance(given, str) else json.dumps(given)
        body = {"robotCode": DINGTALK.robot_code, "userIds": list(user_ids), "msgKey": key, "msgParam": text}
        return self.call("POST", "/robot/oToMessages/batchSend", body | changed)

    def send_to_group(self, conversation: str, **changed) -> dict:
        text = json.dumps({"title": "日报", "text": "今天 3 家"})
        body = {
            "robotCode": DINGTALK.robot_code,
            "openConversationId": conversation,
            "msgKey": "sampleMarkdown",
            "msgParam": text,
        }
        return self.call("POST", "/robot/groupMessages/send", body | changed)

    def card_body(self, space: str, track_id: str = "card-1", **changed) -> dict:
        return {
            "cardTemplateId": TEMPLATE_ID,
            "outTrackId": track_id,
            "callbackType": "HTTP",
            "callbackRouteKey": "crm",
            "cardData": {"cardParamMap": {"content": "**客户**：杭州云图", "status": ""}},
            "openSpaceId": f"dtv1.card//{space}",
            "imGroupOpenSpaceModel": {"supportForward": False},
            "imRobotOpenSpaceModel": {"supportForward": False},
            "imGroupOpenDeliverModel": {"robotCode": DINGTALK.robot_code},
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT"},
        } | changed

    def show(self, space: str = "IM_ROBOT.dt_laozhang", track_id: str = "card-1", **changed) -> dict:
        return self.call("POST", "/card/instances/createAndDeliver", self.card_body(space, track_id, **changed))

    def update(self, track_id: str = "card-1", *, by_key: bool = True, private: dict | None = None, **values) -> dict:
        options = {"updateCardDataByKey": by_key, "updatePrivateDataByKey": by_key}
        body: dict = {"outTrackId": track_id, "cardUpdateOptions": options}
        if values:
            body["cardData"] = {"cardParamMap": values}
        if private:
            body["privateData"] = {user: {"cardParamMap": given} for user, given in private.items()}
        return self.call("PUT", "/card/instances", body)

    def register(self, secret: str = "card-secret", **changed) -> dict:
        url = f"{self.bench.product.url}/cb/dingtalk/demo/card"
        body = {"callbackRouteKey": "crm", "callbackUrl": url, "apiSecret": secret, "forceUpdate": True}
        return self.call("POST", "/card/callbacks/register", body | changed)

    def open_stream(self, **changed):
        body = {"clientId": DINGTALK.client_id, "clientSecret": DINGTALK.client_secret, "subscriptions": EVERYTHING}
        headers = {"Accept": "application/json"}
        return self.bench.call("POST", "/dingtalk/v1.0/gateway/connections/open", json=body | changed, headers=headers)

    def stream(self, answer=None, **changed) -> StreamClient:
        opened = self.open_stream(**changed).json()
        return StreamClient(f"{opened['endpoint']}?ticket={quote(opened['ticket'])}", answer)


class StreamClient:
    """
    A connection of the app: `answer` makes the acknowledgement's code and data of a frame, None for no answer.
    """

    def __init__(self, url: str, answer=None):
        self.frames: queue.Queue = queue.Queue()
        self.answer = answer or (lambda frame: (200, _usual(frame)))
        self._connection = connect(url)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        try:
            for text in self._connection:
                frame = json.loads(text)
                self.frames.put(frame)
                answer = self.answer(frame)
                if answer is not None and "messageId" in frame["headers"]:
                    self.acknowledge(frame, *answer)
        except ConnectionClosed:
            pass
        self.frames.put(None)

    def acknowledge(self, frame: dict, code: int, data: object):
        headers = {"messageId": frame["headers"]["messageId"], "contentType": "application/json"}
        self._connection.send(json.dumps({"code": code, "message": "OK", "headers": headers, "data": json.dumps(data)}))

    def say(self, text: str):
        self._connection.send(text)

    def next(self) -> dict | None:
        return self.frames.get(timeout=10)

    def drained(self) -> list[dict]:
        """
        Everything that came until the line is closed, which this does.
        """
        self.close()
        return list(iter(self.next, None))

    def close(self):
        self._connection.close()
        self._reader.join(10)


def _usual(frame: dict) -> dict:
    if frame["type"] == "EVENT":
        return {"status": "SUCCESS", "message": "success"}
    return json.loads(frame["data"]) if frame["type"] == "SYSTEM" else {"response": None}


def robot_body(seen) -> dict:
    """
    The robot message after the checks that a product makes.
    """
    assert robot_sign(DINGTALK.client_secret, seen.headers["timestamp"]) == seen.headers["sign"]
    try:
        return json.loads(seen.body)
    except ValueError as error:
        raise AssertionError("cannot be read") from error


def event_body(seen) -> dict:
    query = dict(parse_qsl(urlsplit(seen.path).query))
    encrypted = json.loads(seen.body)["encrypt"]
    return json.loads(ENVELOPE.open(query["msg_signature"], query["timestamp"], query["nonce"], encrypted))


def success(message: str = "success") -> dict:
    encrypted = ENVELOPE.seal(message)
    signature = ENVELOPE.signature("1", "n", encrypted)
    return {"msg_signature": signature, "encrypt": encrypted, "timeStamp": "1", "nonce": "n"}
