"""
DingTalk's signatures of robot and card callbacks: HMAC-SHA256 over a time stamp.

Source: https://open.dingtalk.com/document/development/configure-stream-push (read 2026-08)
"""

from __future__ import annotations

import base64
import hmac


def robot_sign(app_secret: str, timestamp: str) -> str:
    return _hmac(app_secret, f"{timestamp}\n{app_secret}")


def card_sign(api_secret: str, timestamp: str) -> str:
    return _hmac(api_secret, timestamp)


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), "sha256")).decode()
