"""
WeCom's API: wechatpy's classes for directory, media, OAuth and menus, and the calls it lacks, over our own transport.

wechatpy's client fetches tokens from a fixed host without a time limit and repeats itself without end when a token is
refused; here both the token and every request are ours, so its API classes inherit time limits, the allow-list, one
refresh and our errors.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from typing import Any
from urllib.parse import unquote, urlencode

from wechatpy.work.client import WeChatClient

from adapters.http import HttpResponse, Transport, preparing
from adapters.wecom import limits
from adapters.wecom.config import WeComConfig
from adapters.wecom.errors import BUSY, SETTINGS_PAUSE, TOKEN_REFUSED, platform_error
from bot.ports import Media, SharedState
from domain.errors import PlatformError

_TOKEN_LIFE = 7200
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_EXTENDED_NAME = re.compile(r"filename\*=utf-8''([^;\s]+)", re.IGNORECASE)

Answer = dict[str, object]
Params = Mapping[str, object]


@dataclass(frozen=True)
class Download:
    """
    A media file: its bytes, and the type and name the platform gives it.
    """

    content: bytes
    content_type: str
    name: str


class WeComClient(WeChatClient):  # type: ignore[misc] # wechatpy ships no types
    """
    One app's API client, safe to share between threads.
    """

    def __init__(
        self, config: WeComConfig, *, http: Transport, shared: SharedState, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(config.corp_id, config.secret, auto_retry=False)
        self._config = config
        self._transport = http
        self._shared = shared
        self._clock = clock
        self._refresh = threading.Lock()
        self._refused_until: datetime | None = None
        self._token_name = f"wecom:{config.corp_id}:{config.agent_id}"

    @property
    def access_token(self) -> str:
        """
        A token good for at least five minutes, shared by all processes; fetched by one thread when there is none.
        """
        found = self._shared.token(self._token_name, self._clock())
        return found or self.fetch_access_token()

    def fetch_access_token(self) -> str:
        """
        Ask for a token, unless another thread has just got one or WeCom has just refused our settings.

        Raises:
            PlatformError: WeCom gives none.
        """
        with self._refresh:
            now = self._clock()
            found = self._shared.token(self._token_name, now)
            if found:
                return found
            if self._refused_until is not None and now < self._refused_until:
                wait = (self._refused_until - now).total_seconds()
                raise PlatformError(
                    "wecom_settings", "WeCom refused corp id or secret just now", retry_after=wait, tried=False
                )
            return self._ask_for_token(now)

    def _ask_for_token(self, now: datetime) -> str:
        secret = {"corpid": self._config.corp_id, "corpsecret": self._config.secret}
        with preparing():
            response = self._exchange("GET", "gettoken", params=secret)
            answer, code = response.json_object(), _refusal(response)
        if code:
            self._refused_until = None if code == BUSY else now + timedelta(seconds=SETTINGS_PAUSE)
            raise platform_error(code, str(answer.get("errmsg", "")))
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            raise PlatformError("wecom_token", "gettoken answered without a token")
        life = timedelta(seconds=seconds if isinstance(seconds, int) else _TOKEN_LIFE)
        self._shared.store_token(self._token_name, token, now + life)
        return token

    def authenticate(self) -> None:
        """
        Ask for a token whether or not one is kept.
        """
        with self._refresh:
            self._ask_for_token(self._clock())

    def send_message(self, body: bytes) -> Answer:
        """
        A message to a person, as rendered.
        """
        return self._call("POST", "message/send", content=body)

    def send_to_group(self, body: bytes) -> Answer:
        """
        A message to a group that this app created, as rendered.
        """
        return self._call("POST", "appchat/send", content=body)

    def update_card(self, body: bytes) -> Answer:
        """
        A new face for a sent card, as rendered with its response code.
        """
        return self._call("POST", "message/update_template_card", content=body)

    def recall(self, message_id: str) -> None:
        """
        Take a message back, within 24 hours of sending.
        """
        self.post("message/recall", data={"msgid": message_id})

    def upload(self, media: Media, kind: str) -> str:
        """
        The id of a picture or file, kept for three days.
        """
        files = {"media": (media.name, media.content)}

        def send(query: Params) -> HttpResponse:
            return self._exchange("POST", "media/upload", params={**query, "type": kind}, files=files)

        return _media_id(self._authorised("media/upload", send).json_object())

    def send_to_webhook(self, key: str, body: bytes) -> None:
        """
        A message to the group whose robot has this key.
        """
        _accepted(self._exchange("POST", "webhook/send", params={"key": key}, content=body))

    def upload_to_webhook(self, key: str, media: Media) -> str:
        """
        The id of a file, for this robot only.
        """
        files = {"media": (media.name, media.content)}
        answer = self._exchange("POST", "webhook/upload_media", params={"key": key, "type": "file"}, files=files)
        return _media_id(_accepted(answer))

    def group(self, chat_id: str) -> Answer:
        """
        A group that this app created: its name, owner and members.
        """
        info = self._call("GET", "appchat/get", params={"chatid": chat_id}).get("chat_info")
        return info if isinstance(info, dict) else {}

    def download(self, media_id: str) -> Download:
        """
        A file somebody sent to the app, within three days.
        """

        def send(query: Params) -> HttpResponse:
            address = f"{self._address('media/get')}?{urlencode({**query, 'media_id': media_id})}"
            return _whole(self._transport.download(address, hosts=()))

        return file_of(self._authorised("media/get", send))

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """
        The one door of wechatpy's API classes.
        """
        data, result = kwargs.get("data"), kwargs.get("result_processor")
        content = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        answer = self._call(method.upper(), url_or_endpoint, params=kwargs.get("params"), content=content)
        return result(answer) if result else answer

    def _call(
        self, method: str, endpoint: str, *, params: Params | None = None, content: bytes | None = None
    ) -> Answer:
        def send(query: Params) -> HttpResponse:
            return self._exchange(method, endpoint, params={**(params or {}), **query}, content=content)

        return self._authorised(endpoint, send).json_object()

    def _authorised(self, endpoint: str, send: Callable[[Params], HttpResponse]) -> HttpResponse:
        """
        The call with a token; when that is refused, once more with a new one, and never a third time.
        """
        self.take(f"wecom:{self._config.corp_id}:{endpoint}", limits.API_RATE)
        token = self.access_token
        response = send({"access_token": token})
        if _refusal(response) in TOKEN_REFUSED:
            self._shared.forget_token(self._token_name, token)
            response = send({"access_token": self.access_token})
        if _refusal(response):
            _accepted(response)
        return response

    def take(self, bucket: str, rate: tuple[int, float]) -> None:
        """
        One unit of a rate that all processes share.

        Raises:
            PlatformError: there is none just now; `retry_after` says when there will be.
        """
        capacity, seconds = rate
        wait = self._shared.take(bucket, capacity=capacity, per_seconds=seconds, now=self._clock())
        if wait > 0:
            raise PlatformError("wecom_rate", "our own limit, below the platform's", retry_after=wait, tried=False)

    def _address(self, endpoint: str) -> str:
        return f"{self._config.api_base.rstrip('/')}/cgi-bin/{endpoint}"

    def _exchange(
        self,
        method: str,
        endpoint: str,
        *,
        params: Params,
        content: bytes | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> HttpResponse:
        response = self._transport.request(
            method,
            self._address(endpoint),
            params={name: str(value) for name, value in params.items()},
            content=content,
            files=files,
            headers={"content-type": "application/json; charset=utf-8"} if content is not None else None,
        )
        return _whole(response)


def file_of(response: HttpResponse) -> Download:
    """
    The file in an answer, named by its `content-disposition`.
    """
    disposition = response.headers.get("content-disposition", "")
    extended = _EXTENDED_NAME.search(disposition)
    header = Message()
    header["content-disposition"] = disposition
    name = unquote(extended[1]) if extended else header.get_filename() or ""
    return Download(response.body, response.headers.get("content-type", ""), name)


def _media_id(answer: Mapping[str, object]) -> str:
    media_id = answer.get("media_id")
    if not isinstance(media_id, str) or not media_id:
        raise PlatformError("wecom_upload", "an upload was answered without a media_id")
    return media_id


def _accepted(response: HttpResponse) -> Answer:
    answer = response.json_object()
    if code := _refusal(response):
        raise platform_error(code, str(answer.get("errmsg", "")))
    return answer


def _whole(response: HttpResponse) -> HttpResponse:
    if response.status >= 500:
        raise PlatformError(f"http_{response.status}", "WeCom failed", unknown_outcome=True)
    return response


def _refusal(response: HttpResponse) -> int:
    """
    The `errcode` of an answer, 0 for success and for a file, which comes without one.

    Raises:
        PlatformError: there is none, so this is no answer of WeCom.
    """
    if "content-disposition" in response.headers:
        return 0
    code = response.json_object().get("errcode")
    if isinstance(code, str) and _NUMBER.fullmatch(code):
        return int(code)
    if isinstance(code, bool) or not isinstance(code, int):
        raise PlatformError("wecom_no_code", "the answer carries no code", unknown_outcome=True)
    return code
