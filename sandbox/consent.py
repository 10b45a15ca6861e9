"""
What the vendors' sign-in pages have in common: who wants to sign in, the page that asks, and the codes it hands out.

Addresses, parameters and refusals are each vendor's own and stand in `<platform>/login.py`. On the real platforms the
page knows who holds the phone; here the person is chosen, or named by the switch `login_as`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, request
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from sandbox.company import Person
    from sandbox.platform import Platform

CODE_LIFE = timedelta(minutes=5)
STYLE = """
:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;min-height:100vh;padding:12vh 20px 40px;
background:light-dark(#f2f4f8,#121418);color:light-dark(#1b2130,#e8ebf2);
font:16px/1.6 "PingFang SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif}
main{max-width:440px;margin:0 auto;padding:28px;border-radius:18px;background:light-dark(#fff,#1c1f26);
box-shadow:0 12px 40px rgb(20 30 60/12%)}
h1{margin:0;font-size:20px}p{margin:6px 0 20px;color:light-dark(#5a6476,#a3acbd);font-size:14px}
a{display:flex;justify-content:space-between;gap:12px;padding:11px 14px;border-radius:10px;
color:inherit;text-decoration:none}
a:hover,a:focus-visible{background:light-dark(#eef3ff,#2a3040)}span{color:light-dark(#8c95a6,#7d8698);font-size:14px}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


class CodeState(Enum):
    GOOD = "good"
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Grant:
    """
    What a code stands for: a person, and what the product said when it sent the browser here.
    """

    person: str
    redirect: str
    challenge: str
    issued_at: datetime


class Codes:
    """
    Each code works once, within five minutes of the virtual clock.
    """

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._used: set[str] = set()

    def issue(self, grant: Grant) -> str:
        code = secrets.token_urlsafe(48)
        self._grants[code] = grant
        return code

    def redeem(self, code: str, now: datetime) -> tuple[CodeState, Grant | None]:
        grant = self._grants.get(code)
        if grant is None:
            return CodeState.UNKNOWN, None
        if code in self._used:
            return CodeState.USED, None
        if now - grant.issued_at > CODE_LIFE:
            return CodeState.EXPIRED, None
        self._used.add(code)
        return CodeState.GOOD, grant

    def clear(self) -> None:
        self._grants.clear()
        self._used.clear()


class ConsentPage:
    """
    One vendor's page. `check` refuses what the vendor would refuse: it returns a sentence, or None.

    `redirect_key` and `code_key` are the vendor's names for where to go back to and for the code.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        check: Callable[[], str | None],
        redirect_key: str = "redirect_uri",
        code_key: str = "code",
    ) -> None:
        self.codes = Codes()
        self._platform = platform
        self._check = check
        self._redirect_key = redirect_key
        self._code_key = code_key

    def add_to(self, blueprint: Blueprint, *rules: str) -> None:
        for rule in rules:
            blueprint.add_url_rule(rule, f"consent {rule}", self.show, methods=["GET"])

    def show(self) -> ResponseReturnValue:
        """
        Ask who signs in; once a person is chosen, go back with a code.
        """
        refused = self._check()
        if refused is not None:
            return _page(self._platform.name, Markup("<p>{}").format(refused), 400)
        chosen = request.args.get("sandbox_person") or self._platform.switches["login_as"]
        person = self._platform.world.people.get(chosen)
        if person is not None and person.key not in self._platform.left:
            return self._back(person)
        choices = Markup("").join(self._choice(each) for each in self._platform.present())
        asked = Markup("<p>{}</p>{}").format("沙箱：现实中平台知道是谁在登录，这里由你选。", choices)
        return _page(self._platform.name, asked, 200)

    def _back(self, person: Person) -> Response:
        grant = Grant(
            person=person.key,
            redirect=request.args[self._redirect_key],
            challenge=request.args.get("code_challenge", ""),
            issued_at=self._platform.world.clock.now(),
        )
        answer = {self._code_key: self.codes.issue(grant), "state": request.args.get("state", "")}
        joint = "&" if urlsplit(grant.redirect).query else "?"
        return redirect(f"{grant.redirect}{joint}{urlencode(answer)}")  # type: ignore[return-value]  # it is Flask's

    def _choice(self, person: Person) -> Markup:
        query = urlencode({**request.args.to_dict(), "sandbox_person": person.key})
        return Markup('<a href="?{}">{} <span>{}</span></a>').format(query, person.name, person.title)


def is_own_address(address: str, product_url: str) -> bool:
    """
    Whether a redirect leads to the host that the product's administrator has registered.
    """
    wanted, own = urlsplit(address), urlsplit(product_url)
    return (wanted.scheme, wanted.netloc) == (own.scheme, own.netloc)


def _page(name: str, body: Markup, status: int) -> Response:
    head = Markup(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>{} 登录</title><style>{}</style><main><h1>用{}登录聊单</h1>"
    )
    text = head.format(name, Markup(STYLE), name) + body  # noqa: S704 - our own style sheet
    response = Response(text, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response
