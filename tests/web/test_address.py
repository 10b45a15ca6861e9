from dataclasses import replace
from ipaddress import ip_network

import pytest

from web.address import client_address

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "198.51.100.1, 10.0.0.6", "198.51.100.1"),
        ("10.0.0.5", "6.6.6.6, nonsense", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("fd00::1", "2001:db8::9", "2001:db8::9"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("", "198.51.100.1", ""),
        ("@", "", ""),
    ],
)
def test_only_trusted_proxies_are_believed(server, remote, forwarded, address):
    server.extensions["liaodan"] = replace(server.extensions["liaodan"], trusted_proxies=PROXIES)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    with server.test_request_context(headers=headers, environ_overrides={"REMOTE_ADDR": remote}):
        assert address == client_address()


def test_without_a_trusted_proxy_nobody_can_choose_an_address(server):
    with server.test_request_context(
        headers={"X-Forwarded-For": "198.51.100.1"}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    ):
        assert "127.0.0.1" == client_address()
