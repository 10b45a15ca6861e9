"""
People at the emulated platforms, by the sandbox's control API: they write, read and click.

Waiting is polling with a deadline: the sandbox says when anything changed, and what is waited for is looked at again.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

WAIT_SECONDS = 90.0


def until(look: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS, pause: Callable = lambda: None) -> Any:
    """
    The first true value of `look`; fails after `seconds`. `pause` holds on until another look may pay.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what() if callable(what) else what}"
        pause()


class Sandbox:
    def __init__(self, url: str):
        self.url = url
        self._http = httpx.Client(base_url=f"{url}/sandbox/api", timeout=180, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def answers(self, url: str) -> bool:
        try:
            return self._http.get(url).is_success
        except httpx.TransportError:
            time.sleep(0)
            return False

    def get(self, path: str, **query) -> Any:
        return self._read(self._http.get(path, params=query))

    def post(self, path: str, **body) -> Any:
        return self._read(self._http.post(path, json=body))

    @staticmethod
    def _read(answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.text}"
        return answer.json()

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.get("/world")["clock"])

    def set_clock(self, instant: datetime) -> list[dict]:
        return self.post("/clock", set=instant.isoformat())["ran"]

    def start_of_story(self) -> datetime:
        """
        Move to the next Monday 10:00 in China, so that a story meets the same weekdays whenever the tests run.
        """
        now = self.now
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)
        self.set_clock(monday)
        return monday

    def wait_for(self, look: Callable[[], Any], what: Any) -> Any:
        seq = 0

        def pause() -> None:
            nonlocal seq
            seq = self.get("/changes", after=seq, wait=2)["seq"]

        return until(look, what, pause=pause)


class Platform:
    """
    One platform's side of the control API.
    """

    def __init__(self, sandbox: Sandbox, name: str):
        self.sandbox, self.name = sandbox, name

    def person(self, name: str, chat: str = "p2p") -> "Person":
        return Person(self, name, chat)

    def fault(self, api: str, kind: str, times: int) -> None:
        self.sandbox.post(f"/{self.name}/faults", api=api, kind=kind, times=times)

    def switch(self, name: str, value: object) -> None:
        self.sandbox.post(f"/{self.name}/switches", name=name, value=value)

    def wire(self) -> list[dict]:
        return self.sandbox.get(f"/{self.name}/wire")


class Person:
    """
    Somebody in one chat. What was there before the last thing they did is not looked at by `wait_for`.
    """

    def __init__(self, platform: Platform, name: str, chat: str = "p2p"):
        self.platform, self.name, self.chat = platform, name, chat
        self.sandbox = platform.sandbox
        self._seen = self._newest()

    def say(self, words: str, times: int = 1) -> list[dict]:
        self._seen = self._newest()
        body = {"user": self.name, "chat": self.chat, "text": words, "times": times}
        return self.sandbox.post(f"/{self.platform.name}/messages", **body)["deliveries"]

    def send(self, **what: object) -> list[dict]:
        """
        Send something other than text: `image`, `file`, `location` or `voice_text`.
        """
        self._seen = self._newest()
        body = {"user": self.name, "chat": self.chat, **what}
        return self.sandbox.post(f"/{self.platform.name}/messages", **body)["deliveries"]

    def ask(self, words: str, *expected: str) -> dict:
        """
        Say something and wait for the answer that contains all of `expected`.
        """
        self.say(words)
        return self.wait_for(*expected)

    def click(self, message: dict, button: str, **form: str) -> dict:
        self._seen = self._newest()
        body = {"user": self.name, "message_id": message["id"], "button": button, "form": form}
        return self.sandbox.post(f"/{self.platform.name}/clicks", **body)

    def messages(self) -> list[dict]:
        return self.sandbox.get(f"/{self.platform.name}/chats/{self.chat}/messages", user=self.name)

    def from_bot(self) -> list[dict]:
        return [message for message in self.messages() if message["from"]["bot"]]

    def wait_for(self, *expected: str) -> dict:
        """
        The newest message of the bot, written or changed since this person last acted, that contains all of `expected`.
        """

        def look() -> dict | None:
            fresh = [message for message in self.from_bot() if message["revision"] > self._seen]
            return next((m for m in reversed(fresh) if all(part in m["text"] for part in expected)), None)

        return self.sandbox.wait_for(look, lambda: f"{self.name} to read {expected}; there is:\n{self.transcript()}")

    def wait_until(self, message: dict, *expected: str) -> dict:
        """
        That message, once its face contains all of `expected`.
        """

        def look() -> dict | None:
            now = next(m for m in self.messages() if m["id"] == message["id"])
            return now if all(part in now["text"] for part in expected) else None

        return self.sandbox.wait_for(
            look, lambda: f"{self.name}'s card to read {expected}; there is:\n{self.transcript()}"
        )

    def look_from_now(self) -> None:
        """
        What is there already counts as read.
        """
        self._seen = self._newest()

    def transcript(self) -> str:
        return "\n".join(f"[{m['id']} r{m['revision']}] {m['from']['name']}: {m['text']}" for m in self.messages()[-8:])

    def _newest(self) -> int:
        return max((message["revision"] for message in self.messages()), default=0)


def labels(message: dict) -> list[str]:
    return [button["label"] for button in message["card"]["buttons"]]
