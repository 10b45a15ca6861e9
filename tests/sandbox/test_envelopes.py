"""
The emulators' crypto against vectors which independent implementations made; the values are copied, not computed.
"""

import pytest

from sandbox.dingtalk import crypto as dingtalk
from sandbox.envelope import Envelope, EnvelopeError
from sandbox.feishu import crypto

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
DINGTALK_VECTORS = [
    (
        "crmtoken01",
        "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
        "dingappkey000000001",
        "0123456789abcdef",
        "1763800000000",
        "Nonce0001abcdefg",
        '{"EventType":"check_url"}',
        "HcA0QDKRG/U9FnFvX30Rg3cmHeq0C2cGbcAKqeLm0GR3PgT+O4U/IdQpmL45HaxvV0qQDJF718uNLEWawS3OZESkUUPVMEJ4ZNpaBy4gNFRIV7InCYEhdsdXa7gYZaM2",
        "d190b05d796c52bb1b8d5b2f2ae354516e2bf517",
    ),
    (
        "crmtoken01",
        "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
        "dingappkey000000001",
        "aaaabbbbccccdddd",
        "1763800000123",
        "Nonce0002abcdefg",
        "success",
        "t5BhzMl4vwWDGqbT+PBJEfcrgnOx1aFglI6qnv4t8UhWd8/wkXeVdHoRn9o5RbK41DFtzoVRP3kxyNOnzODPOQ==",
        "9aaded3576f44a91d63db9ea1848f5c1453965c8",
    ),
    (
        "crmtoken01",
        "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
        "dingappkey000000001",
        "ZZZZYYYYXXXXWWWW",
        "1763800001000",
        "Nonce0003abcdefg",
        '{"EventType":"user_leave_org","EventTime":1763800000000,"CorpId":"dingcorp0000000001","BizId":"1763800000000","eventId":"evt0001","timeStamp":"1763800000000","userId":["user001"]}',
        "x+JpJY9qO2aH9UD8wdS6GJHi0xNVPBbbz9G0J7hS6Bq89Q2ezdy74G9VNGr+sVJnex5ApgymPwgoAod/0Cm85B0fiTfD3QlhpznaoaDhUBNNKrjxyh9wBxBNkLcjw2pyosB7v06eV6MD0oRUw0A5TpGR/uslodMBN5fz9jY+pKtpD8qmX4852omdDYMJpT7d6E0xY5sxY3C7m308WugqIZE8awnpzk/4Lh8WNQOMJp3YQKaGofqx0Bif1FkyTR2DzVygn02x6gR3OGPPH20AgSlRV7wIsK7S0eeMl//KzHY=",
        "5a2e056b0e2983821cbabecc95c56c84a0f2e012",
    ),
    (
        "crmtoken01",
        "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
        "dingappkey01",
        "0000111122223333",
        "1763800002000",
        "Nonce0004",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pgVMHNzt9lliqKN1xlG/A+Lg6+cc/tNFso3F2YYTbYPExJOTgbaODNNpOshAQhCnV1pVtKNyG2K2ztZsWnGQ7+wiw7ZfBDkwRrp8TVSRueUWXJoXlPkq1a4rAsf1KsL2",
        "34c1da5085494f219ab5e75a769e633b03334db3",
    ),
    (
        "tok",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "ding12345678901234567890123456789012",
        "qwertyuiopasdfgh",
        "1",
        "n",
        "{}",
        "RdomVk4m2nBz4G5ypLLCSkCuHlCtl7AYsCV5fCh+NyDw/sMwM4uGu1skUmq5aZlYHBxH2glSdEZcmQ/RiIHnxQ==",
        "1dd0e99b4775a218dcdddd426aab865b0234ddfc",
    ),
    (
        "crmtoken01",
        "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
        "dingappkey000000001",
        "fedcba9876543210",
        "1763800003000",
        "Nonce0005abcdefg",
        '{"EventType":"user_modify_org","diffInfo":{"curr":{"name":"张三"}},"userId":["user001"]}',
        "B+N5/9IoV0UVcnIy5lrOKAUgbFpxIt8IWBQ8vpnbYK7ZAXy5qtrZx1xcfyZbnHhKC5f633xS2SCjk22BJYPgcm9GhBsZP4LrdtjiBZpLmEKku4S32TGIM1/OtLS8gEe4ox+rtT29j8+YI4Oa4KvUjxn/XneINVRYCAfkd4jzfR59OHhN3RR26oSCVQozh7JplGdmfafqAqPm0E+C+Z76rw==",
        "dbd760db0d05371deade028c93a8e62407bd7bab",
    ),
    (
        "crmtoken01",
        "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
        "dingappkey000000001",
        "1111222233334444",
        "1763800004000",
        "Nonce0006abcdefg",
        "客户报备✅：上海测试科技有限公司—联系人李四",
        "0bghQX9L7DuJ+XvMcLttGsI4VJDf7SEgkkRapbTkKtBXmUWQoYHO4gpF0kTlIL300/7/HoJuMg9JLiFTPj2G62gEGBqKaxEhKarF4zyiJ1Dd1LCjPN1f/p9T51CgtKOqVchoOmMSq71QnkwvjcUW04c/kX7el9+5WLcHhwpC7Zw=",
        "135415c5f66ef3b4518dcace44ce452305f7238a",
    ),
]
DINGTALK_KNOWN = [
    (
        "mryue",
        "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7",
        "ding6ccabc44d2c8d38b",
        "1608001896814",
        "WL4PK6yA",
        '{"EventType":"check_url"}',
        "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3",
        "03044561471240d4a14bb09372dfcfd4fd0e40cb",
    ),
    (
        "123456",
        "1234567890123456789012345678901234567890123",
        "dingsnotzck6pm5veliw",
        "1614767836",
        "A7Co0cJLMzIDtMMI",
        "success",
        "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==",
        "9a95a004dd16f5c307e849b994173f76aa26e5eb",
    ),
]
DINGTALK_ROBOT_SIGNS = [
    ("this is a secret", "1577262236757", "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="),
    ("crm-app-secret-0001", "1763800000000", "PdMFJD2jBxJ2uqGdsZjdx0maE5crTzLpumhqM1UMx9c="),
    ("GT-lsu-taDAxxxsTsxxxx", "1763800000000", "LiZ9ophhFvpvFX8oyLt7kMbteK673mtjDjXd9P7AmSE="),
]
DINGTALK_CARD_SIGNS = [
    ("card-api-secret-1", "1763800000000", "Zk3L1VZ17RggZKmd0x+xthWIAd5jqWKuTZNAt3tz1f0="),
    ("ACTION", "1763800000001", "XZvdlnSXmSSJDlq89fguwY+YEuWflziWQv25Qln662I="),
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


@pytest.mark.parametrize(
    ("token", "key", "receiver", "random16", "timestamp", "nonce", "plaintext", "encrypted", "signature"),
    DINGTALK_VECTORS,
)
def test_dingtalk_envelope_agrees_with_independent_vectors(
    token, key, receiver, random16, timestamp, nonce, plaintext, encrypted, signature
):
    envelope = Envelope(token, key, receiver)

    assert encrypted == envelope.seal(plaintext, random16.encode())
    assert signature == envelope.signature(timestamp, nonce, encrypted)
    assert plaintext == envelope.open(signature, timestamp, nonce, encrypted)


@pytest.mark.parametrize(
    ("token", "key", "receiver", "timestamp", "nonce", "plaintext", "encrypted", "signature"), DINGTALK_KNOWN
)
def test_dingtalk_envelope_opens_the_vendors_samples(
    token, key, receiver, timestamp, nonce, plaintext, encrypted, signature
):
    assert plaintext == Envelope(token, key, receiver).open(signature, timestamp, nonce, encrypted)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"signature": "0" * 40}, "signature"),
        ({"nonce": "other"}, "signature"),
        ({"token": "other"}, "signature"),
        ({"receiver": "dingcorp0000000001"}, "receiver"),
    ],
)
def test_dingtalk_envelope_for_others_is_refused(changed, reason):
    token, key, receiver, _, timestamp, nonce, _, encrypted, signature = DINGTALK_VECTORS[0]
    given = {"token": token, "receiver": receiver, "nonce": nonce, "signature": signature} | changed
    envelope = Envelope(given["token"], key, given["receiver"])

    with pytest.raises(EnvelopeError, match=reason):
        envelope.open(given["signature"], timestamp, given["nonce"], encrypted)


@pytest.mark.parametrize(("secret", "timestamp", "expected"), DINGTALK_ROBOT_SIGNS)
def test_dingtalk_robot_signature_agrees_with_independent_vectors(secret, timestamp, expected):
    assert expected == dingtalk.robot_sign(secret, timestamp)


@pytest.mark.parametrize(("secret", "timestamp", "expected"), DINGTALK_CARD_SIGNS)
def test_dingtalk_card_signature_agrees_with_independent_vectors(secret, timestamp, expected):
    assert expected == dingtalk.card_sign(secret, timestamp)
