"""
What a platform, or whatever stands in front of it, may answer to a call: everything but a clean success.
"""

import json

import httpx

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
LARGE = 9 * 1024 * 1024


def raw(status, body=b"", **headers):
    return httpx.Response(status, content=body, headers=headers)


def answers(success):
    """
    Faults by name; `success` is the platform's own good answer. Values are made anew for each call.
    """
    good = json.dumps(success).encode()
    return {
        "nobody there": lambda: httpx.ConnectError("refused"),
        "no way there": lambda: httpx.ConnectTimeout("black hole"),
        "no answer in time": lambda: httpx.ReadTimeout("black hole"),
        "cut before the answer": lambda: httpx.RemoteProtocolError("peer closed connection"),
        "cut while we wrote": lambda: httpx.WriteError("reset"),
        "empty": lambda: raw(200),
        "no content": lambda: raw(204),
        "a page": lambda: raw(200, PAGE, **{"content-type": "text/html"}),
        "a gateway's page": lambda: raw(502, PAGE, **{"content-type": "text/html"}),
        "a page that forbids": lambda: raw(403, PAGE, **{"content-type": "text/html"}),
        "sent elsewhere": lambda: raw(302, b"", location="https://portal.example/login"),
        "busy": lambda: raw(503, b"{}"),
        "gateway time-out": lambda: raw(504, b"{}"),
        "good, with a status of failure": lambda: raw(500, good),
        "cut in the middle": lambda: raw(200, good[:-7]),
        "two answers": lambda: raw(200, good + good),
        "not UTF-8": lambda: raw(200, b'{"msg":"\xff\xfe'),
        "a list": lambda: raw(200, b"[" + good + b"]"),
        "a text": lambda: raw(200, b'"ok"'),
        "a number": lambda: raw(200, b"0"),
        "null": lambda: raw(200, b"null"),
        "deeply nested": lambda: raw(200, b"[" * 100_000),
        "too large": lambda: raw(200, good + b" " * LARGE),
        "an object without anything": lambda: raw(200, b"{}"),
    }
