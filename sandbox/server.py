"""
The HTTP server of the sandbox: vendor APIs, control API and the chat page on one loopback port.

Threads, because long polls, calls of the product and control calls that wait for the product run at once.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, send_from_directory
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.clock import Clock
from sandbox.company import read_company
from sandbox.control import ControlApi, ProductSilentError
from sandbox.dingtalk.platform import DingTalkPlatform
from sandbox.feishu.platform import FeishuPlatform
from sandbox.local import is_loopback
from sandbox.wecom.platform import WeComPlatform
from sandbox.world import World

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from sandbox.company import Company
    from sandbox.config import SandboxConfig
    from sandbox.platform import Platform

PAGE = Path(__file__).parent / "dist"
LARGEST_REQUEST_BYTES = 40 * 1024 * 1024
# Pictures and files that people send are served beside the page: nothing in them may run.
CONTENT_SECURITY_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>聊单沙箱</title>
<body>
<h1>聊单沙箱已启动</h1><p>聊天页面还没有构建。运行 <code>python3 dev.py run</code> 会自动构建它；
控制接口在 <code>/sandbox/api/world</code>。</p></body></html>"""


class PublicAddressError(ValueError):
    """
    The sandbox pretends to be a company's platform without any login: it is for this machine only.
    """


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        if type == "error":
            logging.getLogger("sandbox").error(message, *args)


class Sandbox:
    """
    The running parts: world, platforms and the WSGI application.
    """

    def __init__(self, config: SandboxConfig, *, company: Company | None = None, clock: Clock | None = None) -> None:
        self.world = World(company or read_company(config.company), clock or Clock())
        self.platforms: dict[str, Platform] = {
            "feishu": FeishuPlatform(self.world, config.feishu, config.product_url),
            "wecom": WeComPlatform(self.world, config.wecom, config.product_url),
            "dingtalk": DingTalkPlatform(self.world, config.dingtalk, config.product_url),
        }
        self._control = ControlApi(config, self.world, self.platforms)
        self.app = create_app(self._control, self.platforms)
        self._stopped = threading.Event()

    def listen(self, host: str, port: int) -> BaseWSGIServer:
        """
        Raises: PublicAddressError when others than this machine could connect.
        """
        if not is_loopback(host):
            raise PublicAddressError(f"host {host!r}: the sandbox listens on loopback only, use 127.0.0.1")
        return make_server(host, port, self.app, threaded=True, request_handler=Handler)

    def tick(self, every_seconds: float = 1.0) -> None:
        """
        Repeats failed callbacks as their time comes, until `stop`.
        """
        while not self._stopped.wait(every_seconds):
            for platform in self.platforms.values():
                platform.fire_due()

    def stop(self) -> None:
        self._stopped.set()
        self._control.close()
        for platform in self.platforms.values():
            platform.close()


def create_app(control: ControlApi, platforms: dict[str, Platform]) -> Flask:
    app = Flask("sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # same
    app.register_blueprint(control.blueprint())
    for platform in platforms.values():
        app.register_blueprint(platform.vendor_api())
    app.register_error_handler(ProductSilentError, lambda error: (jsonify(error=str(error)), 502))
    app.after_request(_harden)
    app.add_url_rule("/", "page", _page)
    app.add_url_rule("/assets/<path:name>", "assets", _asset)
    return app


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    return response


def _page() -> Response:
    if (PAGE / "index.html").exists():
        return send_from_directory(PAGE, "index.html", max_age=0)
    return Response(NOT_BUILT, content_type="text/html; charset=utf-8")


def _asset(name: str) -> Response:
    return send_from_directory(PAGE / "assets", name)
