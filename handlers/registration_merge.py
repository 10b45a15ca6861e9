"""
合并: what a registration says that the seller's own customer does not have yet, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.context import Context
from bot.events import ActionClicked
from bot.reply import Reply
from bot.router import Click
from cards import registration as cards
from cards import registration_result as results
from cards.actions import ApplyMerge, OpenMerge
from domain.access import can_edit
from domain.customer import Choice, conflicting_fields, merge_fields
from domain.errors import UserError
from handlers.registration import open_draft
from store import customer_changes, customers, registrations
from store.customers import CustomerRecord

OVERWRITE = {"missing": Choice.KEEP, "new": Choice.TAKE}


def on_open_merge(ctx: Context, _event: ActionClicked, action: OpenMerge) -> Reply:
    """
    合并到现有客户: field by field.
    """
    draft = open_draft(ctx, action.draft)
    record = own_customer(ctx, action.customer)
    mine, incoming = record.field_values(), _incoming(draft.form)
    contested = conflicting_fields(mine, incoming)
    rows = [(field, _shown(mine, field), _shown(incoming, field)) for field in _display(contested)]
    filled = [
        (field, _shown(incoming, field))
        for field in _display(tuple(news(record, draft.form)))
        if field not in _display(contested)
    ]
    return Reply(card=cards.merge(draft.id, record.id, record.name, rows, filled, editable=ctx.has_forms))


def on_apply_merge(ctx: Context, event: ActionClicked, action: ApplyMerge) -> Reply:
    """
    确认合并.
    """
    draft = open_draft(ctx, action.draft)
    record = own_customer(ctx, action.customer)
    incoming = _incoming(draft.form)
    if action.take in OVERWRITE:
        choices = dict.fromkeys(incoming, OVERWRITE[action.take])
    else:
        choices = {
            field: Choice.TAKE if event.form.get(_input_name(field)) == str(Choice.TAKE) else Choice.KEEP
            for field in incoming
        }
    changes = merge_fields(record.field_values(), incoming, choices)
    if changes:
        new = {change.field: change.after for change in changes}
        customer_changes.change_fields(ctx.tx, ctx.actor, record.id, new, reason="merge", now=ctx.now)
    registrations.close_draft(ctx.tx, draft.id, "submitted", ctx.now)
    after = {**record.field_values(), **{change.field: change.after for change in changes}}
    shown = [(field, _shown(after, field)) for field in _display(tuple(change.field for change in changes))]
    return Reply(card=results.merged(record.name, shown))


def _incoming(form: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "contact",
        "title",
        "phone",
        "email",
        "amount_fen",
        "amount_max_fen",
        "source",
        "region",
        "industry",
        "need",
    )
    return {name: form[name] for name in names if form.get(name)}


def news(record: CustomerRecord, form: Mapping[str, Any]) -> list[str]:
    """
    The fields of a form that say something else than the customer's record.
    """
    mine, incoming = record.field_values(), _incoming(form)
    return [field for field, value in incoming.items() if mine.get(field) != value]


def _display(fields: tuple[str, ...]) -> list[str]:
    """
    Stored fields as the form shows them: the two ends of an amount are one.
    """
    return list(dict.fromkeys(_input_name(field) for field in fields))


def _input_name(field: str) -> str:
    return "amount" if field in {"amount_fen", "amount_max_fen"} else field


def _shown(values: Mapping[str, Any], field: str) -> str:
    return cards.value_of(values, field)


def own_customer(ctx: Context, customer_id: int) -> CustomerRecord:
    """
    A customer the acting member may change, locked.

    Raises:
        UserError: it is none of theirs.
    """
    record = customers.lock(ctx.tx, ctx.actor, customer_id)
    if record is None or not can_edit(ctx.actor, record.facts):
        raise UserError("customer_not_found")
    return record


ROUTES = (
    Click(OpenMerge, on_open_merge),
    Click(ApplyMerge, on_apply_merge),
)
