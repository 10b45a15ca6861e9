"""
`POST /api/v1/duplicate-check`: the counted question of the chat's 查重, with the caller's rights and just as masked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, g

from cards.dedup import MatchView
from domain.access import Actor
from domain.dedup import Party
from domain.errors import UserError
from domain.text.policy import scrub
from domain.worktime import SHANGHAI
from handlers import duplicates
from web.api.models import DuplicateCheckAnswer, DuplicateCheckRequest, FoundMatch, ProblemDetails, without_gaps
from web.api.schema import Answers, api
from web.parts import parts
from web.problems import refuse

blueprint = Blueprint("api_duplicates", __name__)


@blueprint.post("/duplicate-check")
@api.validate(
    resp=Answers(DuplicateCheckAnswer, HTTP_429=ProblemDetails), tags=["customers"], operation_id="duplicateCheck"
)
def duplicate_check(json: DuplicateCheckRequest) -> tuple[dict[str, Any], int, dict[str, str]]:
    """
    Whether a company is already known, who holds it and until when.
    """
    actor: Actor = g.actor
    party = Party(
        name=scrub(json.name),
        phones=tuple(scrub(phone) for phone in json.phones),
        region=scrub(json.region) if json.region else None,
        uscc=scrub(json.uscc) if json.uscc else None,
    )
    try:
        with parts().units.write(actor, cause=f"api:{uuid.uuid4()}") as ctx:
            found, shown, left = duplicates.look_up(ctx, party)
            headers = _allowance(ctx.now, ctx.policy.registration.look_ups_per_day, left)
    except UserError as refused:
        headers = _allowance(parts().units.clock.now(), int(str(refused.values["limit"])), 0)
        refuse(429, refused.code, headers={**headers, "Retry-After": headers["RateLimit-Reset"]}, **refused.values)
    answer = DuplicateCheckAnswer.model_validate(
        {"verdict": found.level, "matches": [_match(view, actor) for view in shown]}
    )
    return without_gaps(answer), 200, headers


def _match(view: MatchView, actor: Actor) -> FoundMatch:
    return FoundMatch.model_validate(
        {
            "ref": f"C{view.customer_id}" if view.is_visible else _code(view.customer_id, actor),
            "level": view.level,
            "score": view.score,
            "reasons": list(view.reasons),
            "owner": view.holder or None,
            "stage_band": view.stage_band,
            "protected_until": view.protected_until.astimezone(SHANGHAI).isoformat() if view.protected_until else None,
        }
    )


def _code(customer_id: int, actor: Actor) -> str:
    """
    The same customer has the same code for one member and another for everybody else.
    """
    text = f"customer reference:{actor.member_id}:{customer_id}".encode()
    digest = hmac.digest(parts().secret, text, hashlib.sha256)
    return "X" + base64.b32encode(digest[:10]).decode()


def _allowance(now: datetime, limit: int, left: int) -> dict[str, str]:
    local = now.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(math.ceil((midnight - local).total_seconds())),
    }
