"""
What a follow-up's text or form says about a contact, ready to be stored; whose it is, is found by the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from cards import follow_up as cards
from cards.follow_up import FormValues
from domain.errors import UserError
from domain.policy import FollowUpMethod
from domain.text import FIELD_LIMITS, Understanding, clean_text, understand
from domain.text.outcomes import find_feedback, find_next_step, find_slip, find_vague_time
from domain.worktime import local_date
from handlers.follow_up import NewFollowUp

METHODS = frozenset(str(method) for method in FollowUpMethod)


@dataclass(frozen=True)
class Told:
    """
    What a text says about a contact, without whose. `past` is a next time that lies in the past, as it was written.
    """

    content: str = ""
    method: FollowUpMethod = FollowUpMethod.OTHER
    feedback: str = ""
    next_step: str = ""
    next_at: datetime | date | None = None
    complaint: bool = False
    past: str = ""
    vague: str = ""

    def about(self, customer_id: int) -> NewFollowUp:
        """
        The follow-up on one customer.
        """
        return NewFollowUp(
            customer_id=customer_id,
            method=self.method,
            content=self.content,
            feedback=self.feedback,
            next_step=self.next_step,
            next_at=self.next_at,
            complaint=self.complaint,
        )


def told_by_text(said: Understanding, now: datetime, *, content: str | None = None) -> Told:
    """
    What an understood text says; `content` replaces the understood one where it is known.
    """
    fields = said.follow_up
    if fields is None:
        return Told(content=content or "")
    words = fields.content or "" if content is None else content
    past = next((problem.raw for problem in said.problems if problem.code == "date_past"), "")
    past = past or find_slip(words, fields.next_at, now)
    next_at = None if past else fields.next_at
    return Told(
        content=words,
        method=FollowUpMethod(fields.method) if fields.method else FollowUpMethod.OTHER,
        feedback=find_feedback(words),
        next_step=find_next_step(words, next_at, now),
        next_at=next_at,
        complaint=fields.complaint,
        past=past,
        vague="" if next_at or past else find_vague_time(words),
    )


def told_about(name: str, text: str, now: datetime) -> Told:
    """
    A content typed for a customer that is known already.
    """
    content = checked(text)
    return told_by_text(understand(f"跟进 {name}，{content}", now=now, kind="follow_up"), now, content=content)


def checked(text: str) -> str:
    cleaned = clean_text(text, limit=FIELD_LIMITS["note"])
    if not isinstance(cleaned, str):
        raise UserError("follow_up_too_long", limit=FIELD_LIMITS["note"])
    return cleaned


def told_by_form(values: FormValues, name: str, now: datetime) -> Told | str:
    """
    What the form says, or the sentence that says what has to be put right.
    """
    content = clean_text(values.content, limit=FIELD_LIMITS["note"])
    feedback = clean_text(values.feedback, limit=FIELD_LIMITS["need"])
    if not isinstance(content, str) or not isinstance(feedback, str):
        return cards.content_too_long(FIELD_LIMITS["note"])
    if not content:
        return cards.content_missing()
    told = told_about(name, content, now)
    next_at = _next_at(values.next_on, told, now)
    if isinstance(next_at, str):
        return next_at
    method = FollowUpMethod(values.method) if values.method in METHODS else FollowUpMethod.OTHER
    vague = "" if next_at else told.vague
    return replace(told, method=method, feedback=feedback or told.feedback, next_at=next_at, past="", vague=vague)


def _next_at(next_on: str, told: Told, now: datetime) -> datetime | date | str | None:
    """
    The day the form says, with the hour the content names for that day; a sentence when the day will not do.
    """
    if not next_on:
        return cards.past_date(told.past) if told.past else told.next_at
    try:
        chosen = date.fromisoformat(next_on)
    except ValueError:
        return cards.unknown_time(next_on)
    if chosen < local_date(now):
        return cards.past_date(next_on)
    is_that_day = isinstance(told.next_at, datetime) and local_date(told.next_at) == chosen
    return told.next_at if is_that_day else chosen
