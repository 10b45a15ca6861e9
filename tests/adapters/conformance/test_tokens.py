"""
A token that the platform takes back early costs one new one, however many messages meet it.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from bot.ports import Recipient
from domain.errors import PlatformError
from tests.adapters.conformance.outbound import PLACES, TAKEN

PEOPLE = {"feishu": "飞书单聊", "dingtalk": "钉钉单聊", "wecom": "企业微信应用"}
REFUSALS = {
    "feishu": lambda: httpx.Response(400, json={"code": 99991663, "msg": "Invalid access token"}),
    "dingtalk": lambda: httpx.Response(400, json={"code": "InvalidAuthentication", "message": "不合法的access_token"}),
    "wecom": lambda: httpx.Response(200, json={"errcode": 42001, "errmsg": "access_token expired"}),
}
AT_ONCE = 16


class Revoking:
    """
    A platform that gives out t-1, t-2 …, and refuses the first only when everybody has called with it.
    """

    def __init__(self, refusal):
        self._refusal, self._lock = refusal, threading.Lock()
        self._all_here = threading.Barrier(AT_ONCE)
        self.issued = self.taken = 0
        self.is_dead = False

    def __call__(self, request):
        if any(word in request.url.path for word in ("tenant_access_token", "gettoken", "accessToken")):
            return self._token()
        if self.is_dead or "t-1" in (request.headers.get("authorization", "")[-3:], *self._token_of(request)):
            if not self.is_dead:
                self._all_here.wait(10)
            return self._refusal()
        with self._lock:
            self.taken += 1
        return httpx.Response(200, json=TAKEN)

    @staticmethod
    def _token_of(request):
        return request.headers.get("x-acs-dingtalk-access-token"), request.url.params.get("access_token")

    def _token(self):
        with self._lock:
            self.issued += 1
            name = f"t-{self.issued}"
        fields = dict.fromkeys(("tenant_access_token", "access_token", "accessToken"), name)
        return httpx.Response(200, json=TAKEN | fields)


@pytest.mark.parametrize("platform", PEOPLE)
def test_a_token_revoked_under_many_messages_is_renewed_once_and_all_arrive(platform):
    place, vendor = PLACES[PEOPLE[platform]], Revoking(REFUSALS[platform])
    adapter = place.adapter(vendor)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        people = [replace(place, to=Recipient("person", f"person{number}")) for number in range(AT_ONCE)]
        messages = [each.message(f"o-{number}", text="日报") for number, each in enumerate(people)]
        sent = [pool.submit(adapter.send, each, adapter.render(each)) for each in messages]
        ids = [each.result(20).message_id for each in sent]

    assert (2, AT_ONCE) == (vendor.issued, vendor.taken)
    assert all(ids)


@pytest.mark.parametrize("platform", PEOPLE)
def test_a_platform_that_refuses_every_token_is_asked_twice_and_no_more(platform):
    place, vendor = PLACES[PEOPLE[platform]], Revoking(REFUSALS[platform])
    vendor.is_dead = True
    adapter, message = place.adapter(vendor), place.message("o-1", text="日报")

    with pytest.raises(PlatformError) as refused:
        adapter.send(message, adapter.render(message))

    assert 2 == vendor.issued
    assert (False, True) == (refused.value.permanent, refused.value.about_account)
