"""
The signature formula against values that independent implementations agree on.
"""

import json
from pathlib import Path

import pytest

from adapters import js_sdk

HERE = Path(__file__).parent
WECOM = json.loads((HERE / "wecom" / "wecom_vectors.json").read_text(encoding="utf-8"))["jsapi"]
FEISHU = json.loads((HERE / "feishu" / "feishu_vectors.json").read_text(encoding="utf-8"))["jsapi_sign"]
# made with Python and Node, see the DingTalk sheet: current pages name SHA-256, older ones SHA-1
DINGTALK = {
    "ticket": "ticket0001",
    "nonce": "nonce01",
    "timestamp": 1763800000000,
    "url": "https://crm.example.com/h5/index.html?corpId=dingcorp&x=1",
}
SHA256 = "b8a228f80ab8b59c56c829094e48ce30f0a978818d06811e0262149bf5d02634"
SHA1 = "496fd657999c2f8d41224e61e41c33c372fb5750"


@pytest.mark.parametrize("vector", WECOM, ids=lambda vector: vector["id"])
def test_wecom_signatures_are_those_of_the_vectors(vector):
    signed = js_sdk.signature(
        ticket=vector["ticket"], nonce=vector["noncestr"], timestamp=vector["timestamp"], url=vector["url"]
    )

    assert vector["signature"] == signed


@pytest.mark.parametrize("vector", FEISHU, ids=lambda vector: vector["url"])
def test_feishu_signatures_are_those_of_the_vectors(vector):
    signed = js_sdk.signature(
        ticket=vector["jsapi_ticket"], nonce=vector["noncestr"], timestamp=int(vector["timestamp"]), url=vector["url"]
    )

    assert vector["signature"] == signed


def test_dingtalk_signatures_are_those_of_both_hashes():
    assert (SHA256, SHA1) == (js_sdk.signature(**DINGTALK, digest="sha256"), js_sdk.signature(**DINGTALK))


def test_what_follows_the_hash_of_an_address_is_not_signed():
    bare = {**DINGTALK, "url": DINGTALK["url"] + "#/customers"}

    assert js_sdk.signature(**DINGTALK) == js_sdk.signature(**bare)
