"""
The addresses for answers that messages bring along: no token, no API call of the month's quota, gone after 90 minutes.

They are kept in memory, and written to the shared state when that knows none that lasts, so that another process can
answer too without every message costing a write.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from adapters.dingtalk.inbound import Session
from bot.ports import SharedState

CHATS: Final = 5000
EARLY: Final = timedelta(minutes=2)
"""How long before its end a session is no longer trusted."""
_LASTS: Final = timedelta(minutes=45)


class Sessions:
    """
    The newest address of each chat of one account; a chat is a group's id, or a person's for their direct chat.
    """

    def __init__(self, account: str, *, origin: str, shared: SharedState, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._origin = origin.rstrip("/") + "/"
        self._shared = shared
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._stored_until: dict[str, datetime] = {}

    def note(self, session: Session) -> None:
        """
        Remember the address that came with a message; one that leads anywhere but to DingTalk is none.
        """
        if not session.url.startswith(self._origin):
            return
        with self._lock:
            self._known[session.chat] = session
            self._known.move_to_end(session.chat)
            while len(self._known) > CHATS:
                old, _ = self._known.popitem(last=False)
                self._stored_until.pop(old, None)
            is_stored = self._stored_until.get(session.chat, self._clock()) > self._clock() + _LASTS
            if is_stored:
                return
            self._stored_until[session.chat] = session.expires_at
        self._shared.store_token(self._name(session.chat), session.url, session.expires_at)

    def url(self, chat: str) -> str | None:
        """
        Where to answer in this chat, None when nobody wrote there lately.
        """
        with self._lock:
            known = self._known.get(chat)
        if known is not None and known.expires_at > self._clock() + EARLY:
            return known.url
        return self._shared.token(self._name(chat), self._clock())

    def forget(self, chat: str, url: str) -> None:
        """
        DingTalk says this address has ended before its time.
        """
        with self._lock:
            if chat in self._known and self._known[chat].url == url:
                del self._known[chat]
            self._stored_until.pop(chat, None)
        self._shared.forget_token(self._name(chat), url)

    def _name(self, chat: str) -> str:
        # ids of chats are long, names of tokens short
        return f"dingtalk-session:{hashlib.sha256(f'{self._account}:{chat}'.encode()).hexdigest()[:40]}"
