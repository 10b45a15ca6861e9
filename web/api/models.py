"""
The shapes of the REST API's bodies, as pydantic models: they check what comes in and describe both in the OpenAPI page.

Values that are not there are left out of an answer. An unknown key is refused, so that a misspelt one never passes
silently.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.text.policy import MESSAGE_LIMIT

EXAMPLE_INSTANT = "2026-11-23T09:00:00+08:00"
INSTANT_PATTERN = (
    r"^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
    r"(Z|[+-](0\d|1[0-3]):[0-5]\d)$"
)


def _instant(value: object) -> datetime:
    """
    A time of this century with its offset; a number is no time.
    """
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not 2000 <= instant.year < 2100:
        raise PydanticCustomError("instant", "a time with an offset is needed")
    return instant


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": INSTANT_PATTERN, "examples": [EXAMPLE_INSTANT]}
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=120, examples=["杭州云途科技有限公司"])]
Phone = Annotated[str, Field(max_length=40, examples=["13800001111"])]
Region = Annotated[str, Field(max_length=60, examples=["杭州"])]
CreditCode = Annotated[str, Field(max_length=40, examples=["91330106MA2AXXXX0X"])]
Level = Literal["certain", "probable", "possible", "none"]


class Incoming(BaseModel):
    """
    What comes in.
    """

    model_config = ConfigDict(extra="forbid")


class ParseRequest(Incoming):
    """
    A chat message to understand. `kind` says what it is where that is known; `now` is the moment it was sent.
    """

    text: Annotated[str, Field(max_length=MESSAGE_LIMIT, examples=["报备 杭州云途科技 张伟 13800001111 预算50万 展会"])]
    now: Instant | None = None
    kind: Literal["registration", "follow_up"] | None = None


class Fields(BaseModel):
    """
    What a message says: the fields of a registration (money in fen), or those of a follow-up.
    """

    name: str | None = None
    contact: str | None = None
    title: str | None = None
    phone: str | None = None
    email: str | None = None
    amount_fen: int | None = None
    amount_max_fen: int | None = None
    source: str | None = None
    region: str | None = None
    industry: str | None = None
    need: str | None = None
    customer: str | None = None
    method: Literal["call", "visit", "meeting", "wechat", "email", "other"] | None = None
    content: str | None = None
    next_at: Annotated[str | None, Field(description="a time with its offset, or a date where no hour was said")] = None
    complaint: bool | None = None


class ParseAnswer(BaseModel):
    """
    What a message is and says. `command` is the key of the command it calls; `unknown` are pieces nobody could place.
    """

    kind: Literal["registration", "follow_up", "command", "none"]
    command: str | None = None
    fields: Fields
    unknown: list[str]


class PartyToCompare(Incoming):
    """
    A company as people wrote it.
    """

    name: Name
    phone: Phone | None = None
    region: Region | None = None
    uscc: CreditCode | None = None


class CompareRequest(Incoming):
    """
    Two companies.
    """

    a: PartyToCompare
    b: PartyToCompare


class CompareAnswer(BaseModel):
    """
    What two companies are to each other, how sure that is, and why.
    """

    relation: Literal["same", "related", "different"]
    level: Level
    score: Annotated[float, Field(ge=0, le=1)]
    reasons: list[str]


class DuplicateCheckRequest(Incoming):
    """
    A company to look for in the customer base.
    """

    name: Name
    phones: Annotated[list[Phone], Field(max_length=20)] = []
    uscc: CreditCode | None = None
    region: Region | None = None


class FoundMatch(BaseModel):
    """
    A customer that may be the one asked about.

    `ref` is `C` and the number where the caller may open the customer, else a code that means nothing elsewhere.
    `protected_until` is absent where nothing is protected.
    """

    ref: str
    level: Level
    score: Annotated[float, Field(ge=0, le=1)]
    reasons: list[str]
    owner: str | None = None
    stage_band: str
    protected_until: str | None = None


class DuplicateCheckAnswer(BaseModel):
    """
    The verdict of a check, which is that of its best match, and the matches, best first.
    """

    verdict: Level
    matches: list[FoundMatch]


class Fault(BaseModel):
    """
    One value that is not valid: where it stands (a JSON pointer), which rule it breaks, and what that means.
    """

    pointer: str
    code: str
    detail: str


class ProblemDetails(BaseModel):
    """
    Why something was not done (RFC 9457). `code` is stable; the sentences are in the reader's language.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str


class InvalidContent(ProblemDetails):
    """
    A problem that lists what is wrong with each value.
    """

    errors: list[Fault]


def without_gaps(model: BaseModel) -> dict[str, Any]:
    """
    A body without the values that are not there.
    """
    return model.model_dump(mode="json", exclude_none=True)
