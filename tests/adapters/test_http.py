"""
The one way out to the platforms, against a scripted network.
"""

import itertools
import logging

import httpx
import pytest

from adapters.http import MAX_ANSWER_BYTES, HttpResponse, Transport
from domain.errors import PlatformError, SettingsError

BASE = "https://open.example.com"


def transport(answer, **kwargs):
    return Transport([BASE, "http://127.0.0.1:8010/feishu"], network=httpx.MockTransport(answer), **kwargs)


def raising(error):
    def answer(request):
        raise error

    return answer


def test_an_answer_comes_back_as_it_was_sent():
    http = transport(lambda request: httpx.Response(400, headers={"X-Tt-Logid": "L1"}, content=b'{"code":1}'))

    response = http.request("POST", f"{BASE}/a", json={"x": "客户"}, params={"k": "v"})

    assert (400, "L1", {"code": 1}) == (response.status, response.headers["x-tt-logid"], response.json_object())


def test_query_headers_and_body_reach_the_wire():
    seen = []

    def answer(request):
        seen.append((request.method, str(request.url), request.headers["authorization"], request.content))
        return httpx.Response(200, content=b"{}")

    transport(answer).request(
        "PUT", f"{BASE}/a?x=0", content=b"raw", params=[("id", "1"), ("id", "2")], headers={"Authorization": "Bearer t"}
    )

    assert [("PUT", f"{BASE}/a?id=1&id=2", "Bearer t", b"raw")] == seen


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "http://open.example.com/a",
        "https://open.example.com:8443/a",
        "https://open.example.com@evil.example/a",
        "https://user:pw@open.example.com/a",
        "https://open.example.com.evil.example/a",
        "http://127.0.0.1:8011/a",
        "https://[half/a",
    ],
)
def test_only_the_exact_configured_origins_are_called(url):
    http = transport(lambda request: pytest.fail(f"called {request.url}"))

    with pytest.raises(PlatformError, match="http_origin_refused") as refused:
        http.request("GET", url)

    assert refused.value.permanent


@pytest.mark.parametrize(
    "base",
    ["http://open.example.com", "ftp://127.0.0.1", "https://", "https://a:b@open.example.com", "nonsense", "http://["],
)
def test_an_unsafe_api_base_is_a_configuration_fault(base):
    with pytest.raises(SettingsError, match="API_BASE"):
        Transport([base])


def test_a_redirect_is_an_answer_and_is_not_followed():
    http = transport(lambda request: httpx.Response(302, headers={"location": "https://evil.example/"}))

    assert 302 == http.request("GET", f"{BASE}/a").status


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")])
def test_a_call_that_never_left_may_be_repeated(error):
    with pytest.raises(PlatformError, match="http_unreachable") as failed:
        transport(raising(error)).request("POST", f"{BASE}/a")

    assert (False, False) == (failed.value.permanent, failed.value.unknown_outcome)


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x")])
def test_an_answer_that_was_not_read_leaves_the_outcome_unknown(error):
    with pytest.raises(PlatformError, match="http_no_answer") as failed:
        transport(raising(error)).request("POST", f"{BASE}/a")

    assert (False, True) == (failed.value.permanent, failed.value.unknown_outcome)


def test_failures_name_host_and_path_but_never_the_query():
    with pytest.raises(PlatformError) as failed:
        transport(raising(httpx.ReadTimeout("x"))).request("POST", f"{BASE}/cgi-bin/send?access_token=SECRET")

    assert "SECRET" not in str(failed.value)
    assert "/cgi-bin/send" in str(failed.value)


def test_addresses_with_tokens_are_not_logged(caplog):
    caplog.set_level(logging.DEBUG)

    transport(lambda request: httpx.Response(200, content=b"{}")).request("GET", f"{BASE}/a?access_token=SECRET")

    assert "SECRET" not in caplog.text


def test_an_oversized_answer_is_given_up():
    http = transport(lambda request: httpx.Response(200, content=b"x" * (MAX_ANSWER_BYTES + 1)))

    with pytest.raises(PlatformError, match="http_too_large"):
        http.request("GET", f"{BASE}/a")


def test_an_answer_that_drips_is_given_up():
    clock = itertools.count(step=20)
    http = transport(
        lambda request: httpx.Response(200, content=iter([b"a", b"b", b"c"])), monotonic=lambda: float(next(clock))
    )

    with pytest.raises(PlatformError, match="http_too_slow"):
        http.request("GET", f"{BASE}/a")


@pytest.mark.parametrize("body", [b"<html>502</html>", b"", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_json_object_leaves_the_outcome_unknown(body):
    with pytest.raises(PlatformError, match="http_502") as failed:
        HttpResponse(502, {}, body).json_object()

    assert failed.value.unknown_outcome


def test_a_loopback_call_ignores_a_proxy_from_the_environment(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    http = transport(lambda request: httpx.Response(200, content=b"{}"))

    assert 200 == http.request("GET", "http://127.0.0.1:8010/feishu/x").status


def test_files_travel_as_a_multipart_form():
    seen = []
    http = transport(lambda request: seen.append(request) or httpx.Response(200, content=b"{}"))

    http.request("POST", f"{BASE}/up", form={"type": "image"}, files={"media": ("报价.png", b"\x89PNG")})

    content = seen[0].read()
    assert seen[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert [True, True, True] == [
        part in content for part in (b'name="type"', b"\x89PNG", 'filename="报价.png"'.encode())
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/a",
        "https://example.com/a",
        "https://evilexample.com/a",
        "https://files.example.com.evil.org/a",
        "https://user@files.example.com/a",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
def test_files_are_fetched_from_the_platforms_hosts_only(url):
    http = transport(lambda request: pytest.fail("called"))

    with pytest.raises(PlatformError, match="http_origin_refused") as failed:
        http.download(url, hosts=[".example.com"])

    assert failed.value.permanent


@pytest.mark.parametrize("url", ["https://files.example.com/a?sign=x", f"{BASE}/a"])
def test_a_file_comes_from_a_host_of_the_platform_or_a_configured_origin(url):
    http = transport(lambda request: httpx.Response(200, content=b"bytes"))

    assert b"bytes" == http.download(url, hosts=[".example.com"]).body


def test_a_file_that_is_too_large_stays_too_large():
    http = transport(lambda request: httpx.Response(200, content=b"x" * 11))

    with pytest.raises(PlatformError, match="http_too_large") as failed:
        http.download(f"{BASE}/a", hosts=[], max_bytes=10)

    assert (True, False) == (failed.value.permanent, failed.value.unknown_outcome)
