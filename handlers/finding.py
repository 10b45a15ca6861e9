"""
Finding the customer a command is about: by any fragment, one of several by number or by asking.
"""

from __future__ import annotations

import re

from bot.context import Context
from domain.errors import UserError
from store import customer_search
from store.customers import CustomerRecord


def one_customer(ctx: Context, text: str, *, example: str) -> CustomerRecord:
    """
    The customer this text means among those the member may see.

    Raises:
        UserError: no text, nobody, or several fit; the sentence says which.
    """
    query = text.strip().strip("“”\"'「」")
    if not query:
        raise UserError("name_missing", example=example)
    found = customer_search.search(ctx.tx, ctx.actor, query)
    exact = [record for record in found if query in {record.name, record.short_name}]
    if len(exact) == 1:
        return exact[0]
    own = [record for record in found if record.facts.owner_id == ctx.actor.member_id]
    if len(found) == 1 or len(own) == 1:
        return own[0] if len(own) == 1 else found[0]
    if not found:
        raise UserError("customer_not_found")
    listed = "、".join(record.name for record in found[:5])
    raise UserError("customer_ambiguous", query=query, names=listed)


def page_of(condition: str) -> tuple[int, str]:
    """
    The page a condition asks for (第2页), the first where it asks for none, and the rest of the condition.
    """
    page = re.search(r"第\s*(\d{1,3})\s*页", condition)
    return (max(1, int(page[1])), condition.replace(page[0], "").strip()) if page else (1, condition)
