"""
How fast we call DingTalk, below what it allows; how much in a month is in `quota.py`, how large in `limits.py`.

Sources (read 2026-08): https://open.dingtalk.com/document/development/call-frequency-limit (20 calls a second for each
interface of an app) and …/custom-robots-send-group-messages (20 messages a minute in a group, then ten of silence).
"""

from __future__ import annotations

from typing import Final

# (units, seconds): units at once, refilled evenly over the seconds. One and 19.5 a second are at most 20 in any second,
# and so are ten and ten a second; ten and ten a minute are at most 20 in any minute
API_RATE: Final = (1, 1 / 19.5)
READ_RATE: Final = (10, 1.0)
GROUP_RATE: Final = (10, 60.0)

_READS: Final = ("/topapi/v2/", "/topapi/user/")


def rate_of(path: str) -> tuple[int, float]:
    """
    How often one interface is called: messages come evenly, the directory is read in one go.
    """
    return READ_RATE if path.startswith(_READS) else API_RATE
