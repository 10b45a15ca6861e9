"""
`POST /api/v1/parse` and `/compare`: what a message says, and whether two names are one company. No database is asked.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask import Blueprint

from cards import dedup as cards
from domain.dedup import Party, compare
from domain.text import Understanding, understand
from domain.text.policy import scrub
from domain.worktime import SHANGHAI
from web.api.models import (
    CompareAnswer,
    CompareRequest,
    Fields,
    ParseAnswer,
    ParseRequest,
    PartyToCompare,
    without_gaps,
)
from web.api.schema import Answers, api
from web.parts import parts

blueprint = Blueprint("api_understanding", __name__)


@blueprint.post("/parse")
@api.validate(resp=Answers(ParseAnswer), tags=["understanding"], operation_id="parse")
def parse(json: ParseRequest) -> dict[str, Any]:
    """
    What a chat message is and says.
    """
    understood = understand(json.text, now=json.now or parts().units.clock.now(), kind=json.kind)
    answer = ParseAnswer(
        kind=understood.kind,
        command=understood.command.key if understood.command else None,
        fields=Fields.model_validate(_said(understood)),
        unknown=list(understood.unknown),
    )
    return without_gaps(answer)


@blueprint.post("/compare")
@api.validate(resp=Answers(CompareAnswer), tags=["understanding"], operation_id="compare")
def compare_companies(json: CompareRequest) -> dict[str, Any]:
    """
    Whether two companies are one, and why.
    """
    found = compare(_party(json.a), _party(json.b))
    answer = CompareAnswer(
        relation=found.relation.value,
        level=found.level.value,
        score=found.score,
        reasons=[cards.reason(reason.code, reason.values) for reason in found.reasons],
    )
    return without_gaps(answer)


def _said(understood: Understanding) -> dict[str, object]:
    match understood.kind:
        case "registration" if understood.registration:
            said = asdict(understood.registration)
            del said["phones"]
            return said
        case "follow_up" if understood.follow_up:
            said = asdict(understood.follow_up)
            return {**said, "next_at": _moment(said["next_at"])}
        case _:
            return {}


def _moment(value: datetime | date | None) -> str | None:
    """
    A time in China's offset, a date alone where no hour was said.
    """
    if value is None:
        return None
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else value.isoformat()


def _party(given: PartyToCompare) -> Party:
    return Party(
        name=scrub(given.name),
        phones=(scrub(given.phone),) if given.phone else (),
        region=scrub(given.region) if given.region else None,
        uscc=scrub(given.uscc) if given.uscc else None,
    )
