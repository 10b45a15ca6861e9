"""
What Feishu accepts: sizes, rates, how long things live.

Which fields a card may have is `card_fields.py`, whether it keeps all rules `card_check.py`.

Sources (read 2026-05): https://open.feishu.cn/document/feishu-cards/card-json-v2-structure,
https://open.feishu.cn/document/feishu-cards/card-json-v2-breaking-changes-release-notes,
https://open.feishu.cn/document/server-docs/im-v1/message/create (30 KB a card, 150 KB a text, 5/s and chat),
https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control (50 calls a second and 1,000 a minute).
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

MAX_CALLBACK_BYTES: Final = 1024 * 1024
MAX_CARD_BYTES: Final = 30 * 1024
MAX_TEXT_BYTES: Final = 150 * 1024
MAX_IMAGE_BYTES: Final = 10 * 1024 * 1024
MAX_FILE_BYTES: Final = 30 * 1024 * 1024
ENVELOPE_BYTES: Final = 512  # receive_id, msg_type and uuid around the content
MAX_NODES: Final = 200
MAX_TABLES: Final = 5
MAX_CHARTS: Final = 5
MAX_TABLE_PAGE: Final = 10
MAX_OPTION_TEXT: Final = 100
MAX_TABLE_COLUMNS: Final = 50
MAX_DEPTH: Final = 5
MAX_HEADER_TAGS: Final = 3
MAX_PLACEHOLDER: Final = 100
MAX_INPUT_LENGTH: Final = 1000

CARD_LIFE: Final = timedelta(days=14)
CLICK_TOKEN_LIFE: Final = timedelta(minutes=30)
CLICK_ANSWER: Final = timedelta(seconds=3)

# (units, seconds): units at once, refilled evenly over the seconds. 24 per 1.5 s is at most 40 in any second, 984 in
# any minute and 960 in the long run; 2 per second is at most 4 in any second where Feishu allows 5
APP_RATE: Final = (24, 1.5)
CHAT_RATE: Final = (2, 1.0)
CARD_RATE: Final = (2, 1.0)


def text_bytes(content: str) -> int:
    """
    The size of `content` on the wire, where it is a JSON string inside the request.
    """
    return len(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
