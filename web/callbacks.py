"""
`/cb/<platform>/<account>[/<part>]`: raw bytes in, the platform's answer out. All refusals look the same: 403, no body.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog
from flask import Blueprint, Response, request
from prometheus_client import Counter, Histogram

from bot.arrivals import Arrival, Outcome
from bot.ports import Accepted, Adapter, Answered, RawRequest, RawResponse, Refused
from web.parts import parts

log = structlog.get_logger()
blueprint = Blueprint("callbacks", __name__)

MAX_CALLBACK_BYTES = 256 * 1024
TOO_OLD = timedelta(days=30)
"""An event is remembered for 30 days; what was created earlier could be a replay nobody remembers."""
REFUSED = Counter("liaodan_callbacks_refused_total", "Callbacks refused", ["platform", "reason"])
SECONDS = Histogram("liaodan_callback_seconds", "Time to answer a callback", ["platform"])


@blueprint.route("/cb/<platform>/<account>", methods=["GET", "POST"])
@blueprint.route("/cb/<platform>/<account>/<part>", methods=["GET", "POST"])
def receive(platform: str, account: str, part: str = "") -> Response:
    """
    One callback; platforms with several callback addresses name them by `part`.
    """
    adapter = parts().adapters.get((platform, account))
    if adapter is None or (request.content_length or 0) > MAX_CALLBACK_BYTES:
        return _refuse(platform if adapter else "unknown", "no_account" if adapter is None else "too_large")
    with SECONDS.labels(platform).time():
        match adapter.receive(_raw(part)):
            case Refused(reason=reason):
                _note(adapter, "refused", reason)
                return _refuse(platform, reason)
            case Answered(response=response):
                _note(adapter, "verified")
                return _answer(response)
            case Accepted(event=event) if event.sent_at < parts().units.clock.now() - TOO_OLD:
                return _refuse(platform, "too_old")
            case Accepted(event=event, others=others):
                _note(adapter, "event")
                for other in others:
                    parts().door.handle(other)
                reply = parts().door.handle(event)
                return _answer(adapter.encode(event, reply, parts().units.clock.now()))


def _note(adapter: Adapter, outcome: Outcome, reason: str = "") -> None:
    arrival = Arrival(outcome, parts().units.clock.now(), reason)
    parts().arrivals.note(adapter.platform, adapter.account, arrival)


def _raw(part: str) -> RawRequest:
    headers = {name.lower(): value for name, value in request.headers.items()}
    query: Mapping[str, str] = request.args.to_dict()
    return RawRequest(request.method, headers, query, request.get_data(cache=False), part)


def _refuse(platform: str, reason: str) -> Response:
    REFUSED.labels(platform, reason).inc()
    log.warning("callback.refused", platform=platform, reason=reason)
    return Response(status=403)


def _answer(response: RawResponse) -> Response:
    return Response(response.body, response.status, content_type=response.content_type)
