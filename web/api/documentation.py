"""
`/api/docs`: the OpenAPI description as one page without a script, so that it needs nothing from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response
from markupsafe import Markup

from cards.problems import PROBLEMS

STYLE: Final = (
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif;color:#1f2329}"
    "h2{margin-top:2.5rem}code,pre{background:#f5f6f7;border-radius:4px}code{padding:0 .25em}"
    "pre{padding:.75rem;overflow:auto}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #dee0e3;padding:.35rem .5rem;text-align:left;vertical-align:top}"
)
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def page(spec: Mapping[str, Any]) -> Response:
    """
    The page for a description.
    """
    body = Markup("").join(_body(spec))
    head = Markup("<!doctype html><html lang=zh-CN><meta charset=utf-8><title>聊单 API</title><style>{}</style>")
    answer = Response(head.format(Markup(STYLE)) + body, content_type="text/html; charset=utf-8")  # noqa: S704 - ours
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _body(spec: Mapping[str, Any]) -> Iterator[Markup]:
    yield Markup("<h1>聊单 API</h1><p>机器可读的说明：<a href=/api/openapi.json>/api/openapi.json</a>")
    yield Markup("<p>令牌：<code>liaodan token create --member 姓名</code>，随请求头 <code>Authorization</code> 发送。")
    schemas = spec["components"]["schemas"]
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            yield from _operation(path, method.upper(), operation, schemas)
    yield Markup(
        "<h2>出错时</h2><p>RFC 9457，<code>application/problem+json</code>；中文或英文随 Accept-Language。<table>"
    )
    for code, problem in PROBLEMS.items():
        yield Markup("<tr id={}><td><code>{}</code><td>{}<td>{}").format(code, code, problem.title.zh, problem.title.en)
    yield Markup("</table>")


def _operation(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Markup]:
    yield Markup("<h2><code>{} {}</code></h2><p>{}").format(method, path, operation["summary"])
    asked = _schema(operation["requestBody"], schemas)
    yield Markup("<h3>请求</h3><pre>{}</pre>").format(
        json.dumps(_example(asked, schemas), ensure_ascii=False, indent=2)
    )
    yield from _table(asked)
    yield Markup("<h3>回答</h3>")
    yield from _table(_schema(operation["responses"]["200"], schemas))


def _table(schema: Mapping[str, Any]) -> Iterator[Markup]:
    yield Markup("<table>")
    for name, field in schema["properties"].items():
        need = "" if name in schema.get("required", ()) else "（可不填）"
        yield Markup("<tr><td><code>{}</code>{}<td>{}<td>{}").format(
            name, need, _kind(field), field.get("description", "")
        )
    yield Markup("</table>")


def _kind(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in field:
        return " | ".join(_kind(one) for one in field["anyOf"] if one.get("type") != "null")
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if field.get("type") == "array":
        return f"{_kind(field['items'])}[]"
    return str(field.get("type", ""))


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> object:
    """
    A body with the required fields, from the examples in the description.
    """
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if "properties" in schema:
        needed = schema.get("required", ())
        return {name: _example(schema["properties"][name], schemas) for name in needed}
    return next(iter(schema.get("examples", ("…",))))


def _schema(holder: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference: str = holder["content"]["application/json"]["schema"]["$ref"]
    found: Mapping[str, Any] = schemas[reference.rsplit("/", 1)[1]]
    return found
