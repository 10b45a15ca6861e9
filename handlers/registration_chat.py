"""
The conversation of a registration: reading what was typed, echoing it on a card, asking for what is missing.

What a registration does is in `handlers/registration.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from bot.context import Context
from bot.events import ActionClicked, FormValue, MessageReceived
from bot.reply import NOTHING, Reply, Say, say, toast
from bot.router import Click, Command, Talk
from bot.typed import is_typed
from cards import dedup as dedup_cards
from cards import registration as cards
from cards import registration_result as results
from cards.actions import (
    CancelRegistration,
    EditRegistration,
    SubmitForReview,
    SubmitRegistration,
)
from cards.model import Card
from cards.registration import Slip
from domain.registration import AlreadySubmitted, Blocked, CapReached, InPool, OwnCustomer, missing_fields
from domain.text import Amount, FieldProblem, RegistrationFields, parse_field, understand
from domain.text.data.sources import SOURCES
from handlers import registration, registration_merge, registration_outcome
from handlers.registration import (
    Incomplete,
    NobodyApproves,
    Refused,
    RegisterCustomer,
    ReviewOffered,
    Submitted,
)
from store import outbox, registrations
from store.registrations import DraftRecord

TOPIC = "registration"


def on_register(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    报备 …, or a text that carries a company with a phone or contact.
    """
    said = understand(event.text, now=event.sent_at)
    fields = said.registration if said.kind == "registration" else None
    if fields is None and argument.strip():
        said = understand(argument, now=event.sent_at, kind="registration")
        fields = said.registration
    form = form_of(fields) if fields else {}
    problems = {problem.field: cards.problem(problem.field, problem.code, problem.raw) for problem in said.problems}
    draft_id = registrations.open_draft(ctx.tx, ctx.member_id, form, ctx.now)
    return proceed(ctx, draft_id, form, problems, is_offer=bool(form) and not said.explicit)


def form_of(fields: RegistrationFields) -> dict[str, Any]:
    """
    Understood fields as the form keeps them.
    """
    values = {name: getattr(fields, name) for name in RegistrationFields.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


def proceed(
    ctx: Context,
    draft_id: int,
    form: Mapping[str, Any],
    problems: Mapping[str, Slip],
    *,
    is_offer: bool = False,
) -> Reply:
    """
    The card to correct and submit; where no form can be shown, first one question per missing field.
    """
    missing = missing_fields(registration.draft_of(form), ctx.policy.registration.required_fields)
    if ctx.has_forms:
        ctx.end_dialogue()
        card = cards.confirm(draft_id, form, problems=problems, missing=missing, editable=True, is_offer=is_offer)
        return say(card)
    wrong = next((field for field in problems if field in cards.FORM_FIELDS), None)
    field = wrong or (missing[0] if missing else None)
    if field is not None:
        ctx.begin_dialogue(TOPIC, draft=draft_id, field=field)
        if not form and not problems:
            return say(cards.how_to())
        done = [name for name in cards.FORM_FIELDS if cards.value_of(form, name)]
        return say(cards.ask(field, fault=problems[field].line if field in problems else None, done=done))
    ctx.end_dialogue()
    return say(cards.confirm(draft_id, form, problems={}, missing=(), editable=False, is_offer=is_offer))


def on_answer(ctx: Context, event: MessageReceived) -> Reply:
    """
    The answer to a question of the dialogue: one field, a choice by number, or several fields at once.
    """
    data = ctx.dialogue.data if ctx.dialogue else {}
    draft = registration.open_draft(ctx, int(data["draft"]))
    field = str(data.get("field") or "")
    if not field:
        return _choose_field(ctx, draft, event)
    form = dict(draft.form)
    whole = understand(event.text, now=event.sent_at, kind="registration")
    told = form_of(whole.registration) if whole.registration else {}
    if not form and len(told) > 1:
        problems = {p.field: cards.problem(p.field, p.code, p.raw) for p in whole.problems}
        registrations.save_draft(ctx.tx, draft.id, told, ctx.now)
        return proceed(ctx, draft.id, told, problems)
    problem = put(ctx, form, field, _numbered_source(field, event.text))
    registrations.save_draft(ctx.tx, draft.id, form, ctx.now)
    return proceed(ctx, draft.id, form, {field: problem} if problem else {})


def _numbered_source(field: str, text: str) -> str:
    number = text.strip()
    if field == "source" and number.isdigit() and 1 <= int(number) <= len(SOURCES):
        return SOURCES[int(number) - 1]
    return text


def _choose_field(ctx: Context, draft: DraftRecord, event: MessageReceived) -> Reply:
    """
    The answer to 要改哪一项: a number, or a field's name with its new value.
    """
    text = event.text.strip()
    if text.isdigit() and 1 <= int(text) <= len(cards.FORM_FIELDS):
        field = cards.FORM_FIELDS[int(text) - 1]
        ctx.begin_dialogue(TOPIC, draft=draft.id, field=field)
        return say(cards.ask(field, fault=None, done=()))
    named = cards.field_named(text)
    if named is None:
        return say(cards.ask_which(draft.form))
    form = dict(draft.form)
    problem = put(ctx, form, named, text[len(cards.label(named)) :].strip(" ：:，,"))
    registrations.save_draft(ctx.tx, draft.id, form, ctx.now)
    return proceed(ctx, draft.id, form, {named: problem} if problem else {})


def put(ctx: Context, form: dict[str, Any], field: str, text: str) -> Slip | None:
    """
    Put one typed answer into the form; returns what is wrong with it.
    """
    if not text.strip():
        form.pop(field, None)
        if field == "amount":
            form.pop("amount_fen", None)
            form.pop("amount_max_fen", None)
        return None
    value = parse_field(field, text, now=ctx.now)
    match value:
        case FieldProblem(code=code, raw=raw):
            return cards.problem(field, code, raw)
        case Amount(fen=fen, max_fen=max_fen):
            form["amount_fen"], form["amount_max_fen"] = fen, max_fen
        case str():
            form[field] = value
            if field == "phone":
                form["phones"] = [value]
        case _:
            assert_never(value)
    return None


def on_submit(ctx: Context, event: ActionClicked, action: SubmitRegistration) -> Reply:
    """
    提交 on the form or the echo.
    """
    draft = registration.open_draft(ctx, action.draft)
    form = dict(draft.form)
    problems = _take_form(ctx, form, event.form)
    if form != draft.form:
        registrations.save_draft(ctx.tx, draft.id, form, ctx.now)
    missing = missing_fields(registration.draft_of(form), ctx.policy.registration.required_fields)
    if problems or missing:
        return _correct(ctx, draft.id, form, problems, missing)
    return _submit(ctx, event, draft.id, form, insists=False)


def _take_form(ctx: Context, form: dict[str, Any], values: Mapping[str, FormValue]) -> dict[str, Slip]:
    """
    Put the changed inputs of a submitted form into `form`; returns what is wrong by field.
    """
    problems: dict[str, Slip] = {}
    for field in cards.FORM_FIELDS:
        value = values.get(field)
        if not isinstance(value, str) or value.strip() == cards.value_of(form, field):
            continue
        problem = put(ctx, form, field, value)
        if problem is not None:
            problems[field] = problem
    return problems


def _correct(
    ctx: Context, draft_id: int, form: Mapping[str, Any], problems: Mapping[str, Slip], missing: tuple[str, ...]
) -> Reply:
    """
    The same card again with what is wrong; what was typed stays.
    """
    if not ctx.has_forms:
        return proceed(ctx, draft_id, form, problems)
    card = cards.confirm(draft_id, form, problems=problems, missing=missing, editable=True)
    first = next((slip.line for slip in problems.values()), None) or cards.missing_line(missing)
    return toast(first, "warning", card=card)


def on_review(ctx: Context, event: ActionClicked, action: SubmitForReview) -> Reply:
    """
    继续提交 although a customer is highly suspicious.
    """
    draft = registration.open_draft(ctx, action.draft)
    return _submit(ctx, event, draft.id, draft.form, insists=True)


def _submit(ctx: Context, event: ActionClicked, draft_id: int, form: Mapping[str, Any], *, insists: bool) -> Reply:
    result = registration.register(ctx, RegisterCustomer(form=form, insists=insists))
    match result:
        case Incomplete(missing=missing):
            return _correct(ctx, draft_id, form, {}, missing)
        case NobodyApproves():
            return _face(results.no_approver())
        case ReviewOffered(matches=matches):
            return _face(results.review_offer(draft_id, matches, ctx.now))
        case Refused():
            return _face(_refusal(draft_id, form, result, ctx))
        case Submitted():
            registrations.close_draft(ctx.tx, draft_id, "submitted", ctx.now, registration_id=result.registration_id)
            face = results.submitted(form, result.approvers, notes=result.notes, review=result.is_review)
            where = registration_outcome.about(result.registration_id)
            if is_typed(event):  # there is no card to change: one of its own takes the result
                ctx.post.to_member(ctx.member_id, face, where)
                return NOTHING
            if ctx.clicked is not None:
                outbox.file_under(ctx.tx, ctx.clicked.id, where.subject, where.purpose)
            return _face(face)
        case _:
            assert_never(result)


def _refusal(draft_id: int, form: Mapping[str, Any], refused: Refused, ctx: Context) -> Card:
    match refused.decision:
        case Blocked(match=match):
            return dedup_cards.conflict(_view(refused, match.customer_id), ctx.now)
        case InPool(match=match):
            return dedup_cards.in_pool(_view(refused, match.customer_id), ctx.now)
        case OwnCustomer(customer_id=customer_id):
            record = registration_merge.own_customer(ctx, customer_id)
            return results.own_customer(
                draft_id, _view(refused, customer_id), has_news=bool(registration_merge.news(record, form))
            )
        case AlreadySubmitted():
            return results.already_submitted(str(form["name"]))
        case CapReached(cap=cap):
            return results.cap_reached(cap)
        case _:
            assert_never(refused.decision)


def _view(refused: Refused, customer_id: int) -> dedup_cards.MatchView:
    return next(view for view in refused.matches if view.customer_id == customer_id)


def _face(card: Card) -> Reply:
    return Reply(card=card)


def on_cancel(ctx: Context, _event: ActionClicked, action: CancelRegistration) -> Reply:
    """
    取消 on any card of the draft.
    """
    draft = registration.open_draft(ctx, action.draft)
    registrations.close_draft(ctx.tx, draft.id, "cancelled", ctx.now)
    if ctx.dialogue is not None and ctx.dialogue.topic == TOPIC:
        ctx.end_dialogue()
    return _face(cards.cancelled())


def on_edit(ctx: Context, _event: ActionClicked, action: EditRegistration) -> Reply:
    """
    修改, where no form can be shown: ask which field.
    """
    draft = registration.open_draft(ctx, action.draft)
    ctx.begin_dialogue(TOPIC, draft=draft.id, field=action.field)
    question = cards.ask(action.field, fault=None, done=()) if action.field else cards.ask_which(draft.form)
    return Reply(messages=(Say(card=question),))


ROUTES = (
    Command("register", on_register, usage="报备 杭州云途科技 张伟 13800001111 预算50万", private=False),
    Talk(TOPIC, on_answer),
    Click(SubmitRegistration, on_submit),
    Click(SubmitForReview, on_review),
    Click(CancelRegistration, on_cancel),
    Click(EditRegistration, on_edit),
)
