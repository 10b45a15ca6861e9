"""
The start page and its assets, built by Vite into `web/dist`.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, jsonify, send_from_directory

from web.parts import parts

YEAR_SECONDS = 365 * 24 * 3600
NOT_BUILT = "<!doctype html><meta charset=utf-8><title>聊单</title><p>页面还没有构建，请运行 python3 dev.py run。"


def blueprint(dist: Path) -> Blueprint:
    """
    The pages under `dist`.
    """
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def start() -> Response:
        if not (dist / "index.html").is_file():
            return Response(NOT_BUILT, content_type="text/html; charset=utf-8")
        response = send_from_directory(dist, "index.html")
        response.headers["Cache-Control"] = "no-cache"
        return response

    @pages.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(dist / "assets", name, max_age=YEAR_SECONDS)

    @pages.get("/api/start")
    def start_facts() -> Response:
        """
        What the start page shows: no data, only where to go.
        """
        mode = "demo" if parts().is_demo else "production"
        return jsonify(chat_url=parts().sandbox_url or None, mode=mode, version=parts().version)

    return pages
