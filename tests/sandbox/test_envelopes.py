"""
The emulators' crypto against vectors which independent implementations made; the values are copied, not computed.
"""

import pytest

from sandbox.feishu import crypto
from sandbox.wecom.crypto import Envelope, EnvelopeError

FEISHU_VECTORS = [
    ("test key", "3f7ef0f9564898d80f10ed5106127a46", "hello world", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="),
    (
        "kudryavka-encrypt-key-2026",
        "000102030405060708090a0b0c0d0e0f",
        "fifteen bytes!!",
        "AAECAwQFBgcICQoLDA0OD0i8kSwZZN1d5yrDS6hNTf4=",
    ),
    (
        "kudryavka-encrypt-key-2026",
        "101112131415161718191a1b1c1d1e1f",
        "exactly16bytes!!",
        "EBESExQVFhcYGRobHB0eH5iBnwusaaLEH6W9HmZm1+WlqL5eSITziMY1AmZWoXDb",
    ),
    (
        "kudryavka-encrypt-key-2026",
        "202122232425262728292a2b2c2d2e2f",
        "客户报备：上海某某科技有限公司 👍 ¥1,280.50",
        "ICEiIyQlJicoKSorLC0uL0Znv3FEGcUI/GMgXNlRY4dTzCtaADcnRpgkKgJrJM3jRdG3ufVurtWmg1e4GfWWsi7hlJ4vxnJDEhmjY/+FwP4=",
    ),
    (
        "kudryavka-encrypt-key-2026",
        "303132333435363738393a3b3c3d3e3f",
        "tail\x01\x02",
        "MDEyMzQ1Njc4OTo7PD0+P7KUd2Orse9SgXcd58G4oSQ=",
    ),
    ("密钥-ключ", "404142434445464748494a4b4c4d4e4f", '{"ok":true}', "QEFCQ0RFRkdISUpLTE1OTytYSxNuvrXK1OXEoOUiVoQ="),
]
FEISHU_SIGNED = {
    "key": "kudryavka-encrypt-key-2026",
    "timestamp": "1795305604",
    "nonce": "1000031676",
    "body": '{"encrypt":"DGBTX6MUbYZvS3C3+g+N6K6UGf67ZTOdzRq6DxCVWnfoU9X6rEOJ5r6DGfLif2KhRo/hkQjFU0u1rSMf964lh21bDE8zl9JhbM3U7V4yeeQoNLS9kuUAyD9x2eEZTjSFHSydZABk0eQpD0BcFZFW5hywW+X2X3suyXeGGgq5DyYjSkkv9n6BgWVznh2E9jH0STM0+ul2ax2Bvp2EpScjWCghct8dz6hq03dEzWqa6PYt1EJMohX/FxZEqp0VYuhc9UBKKqGOPBiBSzkBLBHtFyFNIfqxayO9MsGuic07k/uh9RTunLuDFpYFG9Q1ap0w4ZSXthQic4aa5vQCnjWZjRebfMuAS1KhHSyjDGz2i+5cRtlLgfTdqwnjYmJ/Se/TQWBi7yF4ehq8qDAJJvDnMxWjYxOaK7jAuKfzzSoF1Q5VC2TIGiqVxFLnKLXi+hTYTEI8hI+puxsi2bZvYxcoMkbfuOQuS+6PXPR18BNeiSx+0OgtgF2XfWNcik5aVb73WhWAnkU5yYeNFcQxtEoWW5mOdgvhtpd09gXADYHDxDkF6DEo01QAtFrJgRvX/YjEDAL3l5DTJBw3ryyDjp3Q9vx9sEEFeOYf6WxroH2OduN3YBoFKya9k3TsrPmqHkZK"}',
    "signature": "5c6d5bad6e02230ef75318337bb797f1d3272bb3a36b1e245db313267c4719cf",
}
WECOM_VECTORS = [
    (
        "QDG6eK",
        "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        "wx5823bf96d3bd56c7",
        "c41b64491c2468d0",
        "1409659589",
        "263014780",
        "1616140317555161061",
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    ),
    (
        "crmToken01",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "ww1f2e3d4c5b6a7980",
        "0123456789abcdef",
        "1763779200",
        "1372623149",
        "1616140317555161061",
        "Q3stYC6hdFzMh9T8HCvyDH0IHJENRtL8kKsqSYgg4gB3URKUl5O4pxUlC83GjyEFx9cBOrRyc8TArlrd40msag==",
        "993eb74fccf45d8a7437a25cd1cac6ddd5b5f0ff",
    ),
    (
        "crmToken01",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "ww1f2e3d4c5b6a7980",
        "fedcba9876543210",
        "1763779201",
        "882341190",
        "<xml><ToUserName><![CDATA[ww1f2e3d4c5b6a7980]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName><CreateTime>1763779201</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[报备 上海测试科技有限公司 王总 13800000000]]></Content><MsgId>7300000000000000001</MsgId><AgentID>1000002</AgentID></xml>",
        "DpQeJfnf/MGZ/+GTIspwVAdipXISIfcol3bMV648/HTasTzTNu16YYndHA+ZeU5xZqUeBlHx7IBAqH5nvyLSNjRP3avEoFhe72yePJ1jpov+Ik0836WTJfQxfYBhGEhknOqJBwJET+LvquZP794WSaDM/+DZEWceq7N/FXKOnqkrjuly5QeZmE6rQlftl+lEpydZdnllFMem9lhCg1TlBr77jnbqtbfcnMjNVDion2dtP2M2+oBUjAA5oqTOiQ3wsyjmx8kvSRNSS3sO5CsqEVoPP5sFmCByRrA1tnoZ+6H0+7UEElkhHxnYPgPSNJ4bF1tYtWhpjO1CZhr0eXpQG9Fn6vHLqemC0TD0lZtBE654mfnQFIGBJgndYA7RddffGWEfaw9eLC1/H53MMTexexmwYmHelvLx5JBt5PxqWhQbHsvkShcR5mEFgJ+bXntJzqrZX4IRKGwJraf8g+6R3V2iLcSGjJTXUNc/BPBAZbF5g4yUJACBk6ShzOtLFJFS",
        "aafebf4cb828f8b65dd681e5c12448f7f809ae3c",
    ),
    (
        "crmToken01",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "ww1f2e3d4c5b6a7980",
        "qwertyuiopasdfgh",
        "1763779400",
        "1",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "RdomVk4m2nBz4G5ypLLCSrl7dhv/FJpZeb2KMuYDfCDRPj0LCSqnYUw7x8zBSewcVLExs3+xYPH5YHEDSBkWjL66FHsxWkpVp+jF3mJJjqzROGGXXBsyT6//hhU5HjqHU8YJXY6hj0AZj3N/z2SoLjP5Lqcu+E6+9ZEdW1ZIZlo=",
        "9302350b21a8b03c534de4e97a135198d391b916",
    ),
    (
        "crmToken01",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "ww1f2e3d4c5b6a7980",
        "qwertyuiopasdfgh",
        "1763779400",
        "1",
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        "RdomVk4m2nBz4G5ypLLCSgiNEAsZN9cZJDRx5nA11S9AwmdaFbygrQrtWMfcr8eq3RuVNw5s1wJZoCFf+k/D1slZsqJuL8h2jsczCxytZE+yZUlFt0vxPbz3jf1K+Hhg",
        "3587faefb5da9694d107b02297fb43b0caf40c03",
    ),
    (
        "crmToken01",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "ww1f2e3d4c5b6a7980",
        "qwertyuiopasdfgh",
        "1763779400",
        "1",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "RdomVk4m2nBz4G5ypLLCStbXWeLBQ3JV5bj4KW4Czr9Ovw3ihXyzU6KjT0xMlxss4trMhWNAgk+5cWNqYvDxcRqKBd26ABnuCIwy76iNpAWOabCvIBTkPxRR9/jD/dJV",
        "a627e27224c0d8309f4c563df2d669e04e49ce3d",
    ),
]


@pytest.mark.parametrize(("key", "iv", "plaintext", "encrypted"), FEISHU_VECTORS)
def test_feishu_encryption_matches_other_implementations(key, iv, plaintext, encrypted):
    assert encrypted == crypto.encrypt(key, plaintext.encode(), bytes.fromhex(iv))
    assert plaintext == crypto.decrypt(key, encrypted).decode()


def test_feishu_signature_matches_other_implementations():
    signed = FEISHU_SIGNED

    assert signed["signature"] == crypto.signature(
        signed["timestamp"], signed["nonce"], signed["key"], signed["body"].encode()
    )


@pytest.mark.parametrize("vector", WECOM_VECTORS)
def test_wecom_envelope_matches_other_implementations(vector):
    token, aes_key, receive_id, random16, timestamp, nonce, plaintext, ciphertext, signature = vector
    envelope = Envelope(token, aes_key, receive_id)

    assert ciphertext == envelope.seal(plaintext, random16.encode())
    assert signature == envelope.signature(timestamp, nonce, ciphertext)
    assert plaintext == envelope.open(signature, timestamp, nonce, ciphertext)


@pytest.mark.parametrize(
    ("timestamp", "cut", "receiver", "complaint"),
    [
        ("1763779202", None, "ww1f2e3d4c5b6a7980", "signature"),
        ("1763779201", -4, "ww1f2e3d4c5b6a7980", "padding"),
        ("1763779201", None, "wwffffffffffffffff", "receiver"),
    ],
)
def test_wecom_envelope_refuses_what_was_bent(timestamp, cut, receiver, complaint):
    token, aes_key, _, _, _, nonce, _, ciphertext, signature = WECOM_VECTORS[2]
    bent = ciphertext[:cut]
    envelope = Envelope(token, aes_key, receiver)
    resigned = envelope.signature(timestamp, nonce, bent) if cut else signature

    with pytest.raises(EnvelopeError, match=complaint):
        envelope.open(resigned, timestamp, nonce, bent)
