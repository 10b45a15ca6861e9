"""
The one way out to the chat platforms: time limits, a size cap, no redirects and an allow-list of exact origins.

Every platform call of every adapter passes through `Transport`, those built with a vendor's SDK included. What an
answer means is the adapter's business. Addresses that users may enter (webhooks) do not belong here.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from domain.errors import PlatformError, SettingsError

CONNECT_S: Final = 3.0
READ_S: Final = 10.0
TOTAL_S: Final = 30.0
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
MAX_DOWNLOAD_BYTES: Final = 10 * 1024 * 1024
MAX_CONNECTIONS: Final = 20
TOO_LARGE: Final = "http_too_large"

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Params = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True)
class HttpResponse:
    """
    An answer as it came; header names in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json_object(self) -> dict[str, object]:
        """
        The JSON object in the body, whatever the status: platforms send error codes with any.

        Raises:
            PlatformError: the body is none (a gateway's page, a cut answer), so nobody knows what the platform did.
        """
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise PlatformError(f"http_{self.status}", "the answer is no JSON object", unknown_outcome=True)
        return value


class Transport:
    """
    HTTP to the configured platform hosts and to nothing else; safe to share between threads and adapters.
    """

    def __init__(
        self,
        api_bases: Iterable[str],
        *,
        network: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._origins = frozenset(_allowed_origin(base) for base in api_bases)
        self._monotonic = monotonic
        # httpx logs whole addresses at INFO, and WeCom carries its access token in the address
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._client = httpx.Client(
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS),
            follow_redirects=False,
            transport=network,
            # plain http only ever goes to loopback: never through a proxy taken from the environment
            mounts={"http://": None},
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        json: object | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpResponse:
        """
        One call, one answer of any status. `files` are (name, bytes) by field, sent as a multipart form with `form`.

        Raises:
            PlatformError: the host is not allowed, cannot be reached, or its answer could not be read to the end.
        """
        address = self._checked(url)
        query = None if params is None else _pairs(params)
        request = self._client.build_request(
            method, address, json=json, content=content, data=form, files=files, params=query, headers=headers
        )
        return self._exchange(request, max_bytes)

    def download(self, url: str, *, hosts: Iterable[str], max_bytes: int = MAX_DOWNLOAD_BYTES) -> HttpResponse:
        """
        A file at an address that a platform gave us: on a configured origin, or by https on one of `hosts`.

        `hosts` are exact names, or `.example.com` for everything below one. Nothing of ours is sent along.

        Raises:
            PlatformError: as for `request`; permanent when the file is larger than `max_bytes`.
        """
        request = self._client.build_request("GET", self._checked(url, tuple(hosts)))
        try:
            return self._exchange(request, max_bytes)
        except PlatformError as error:
            if error.code == TOO_LARGE:
                raise PlatformError(TOO_LARGE, f"more than {max_bytes} bytes", permanent=True) from None
            raise

    def _exchange(self, request: httpx.Request, max_bytes: int) -> HttpResponse:
        address = request.url
        try:
            with closing(self._client.send(request, stream=True)) as response:
                body = self._read(response, max_bytes)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise PlatformError("http_unreachable", _where(address, error)) from None
        except httpx.HTTPError as error:
            raise PlatformError("http_no_answer", _where(address, error), unknown_outcome=True) from None
        return HttpResponse(response.status_code, {name.lower(): text for name, text in response.headers.items()}, body)

    def close(self) -> None:
        """
        Give the connections back; the transport cannot be used afterwards.
        """
        self._client.close()

    def _checked(self, url: str, hosts: tuple[str, ...] = ()) -> httpx.URL:
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL:
            raise PlatformError("http_origin_refused", "the address cannot be read", permanent=True) from None
        is_known = _origin(address) in self._origins or (address.scheme == "https" and _is_among(address.host, hosts))
        if address.userinfo or not is_known:
            message = f"{_origin(address)} is not the origin of any configured API_BASE"
            raise PlatformError("http_origin_refused", message, permanent=True)
        return address

    def _read(self, response: httpx.Response, max_bytes: int) -> bytes:
        until = self._monotonic() + TOTAL_S
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > max_bytes:
                raise PlatformError(TOO_LARGE, f"more than {max_bytes} bytes", unknown_outcome=True)
            if self._monotonic() > until:
                raise PlatformError("http_too_slow", f"longer than {TOTAL_S:.0f} s", unknown_outcome=True)
        return bytes(body)


@contextmanager
def preparing() -> Iterator[None]:
    """
    Around calls that only prepare another, as for a token or an upload: whatever became of them, that one was not made.
    """
    try:
        yield
    except PlatformError as error:
        error.unknown_outcome = False
        raise


@contextmanager
def at_most_once() -> Iterator[None]:
    """
    Around calls that the platform does not recognise when they come again: what may have been said is not said again.

    The error becomes permanent with an unknown outcome; an operator decides.
    """
    try:
        yield
    except PlatformError as error:
        error.permanent = error.permanent or error.unknown_outcome
        raise


def _allowed_origin(api_base: str) -> str:
    try:
        address = httpx.URL(api_base)
    except httpx.InvalidURL:
        address = httpx.URL("")
    is_loopback = address.scheme == "http" and address.host in _LOOPBACK
    if not address.host or address.userinfo or not (address.scheme == "https" or is_loopback):
        raise SettingsError([f"API_BASE {api_base!r}: write https://host, or http:// with a loopback address"])
    return _origin(address)


def _is_among(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == known or (known.startswith(".") and host.endswith(known)) for known in hosts)


def _origin(address: httpx.URL) -> str:
    port = address.port or {"https": 443, "http": 80}.get(address.scheme, 0)
    return f"{address.scheme}://{address.host}:{port}"


def _pairs(params: Params) -> httpx.QueryParams:
    pairs = params.items() if isinstance(params, Mapping) else params
    return httpx.QueryParams(tuple(pairs))


def _where(address: httpx.URL, error: Exception) -> str:
    # the query may carry a token: host and path only
    return f"{_origin(address)}{address.path} {type(error).__name__}"
