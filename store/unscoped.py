"""
The store's modules that may read or write without a row filter, each with the reason.

All others reach rows only through `Transaction.scalars`, `first` and `rows`, which take an actor, and `Transaction.row`
for a row their caller was already allowed to reach. A test reads this list and the source of every module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

UNSCOPED: Final[Mapping[str, str]] = {
    "alarms": "for administrators only; holds no business rows",
    "approvals": "callers check the approvers of the approval itself",
    "attachments": "what a member sent and waits to be read, by its lease",
    "audit": "append only; read by the auditor's own door",
    "chats": "groups are known to the whole company",
    "collaboration": "callers check that they are the owner or the asker",
    "customer_changes": "writes to rows the caller has locked for its actor",
    "customers": "collaborators of rows that were read for an actor, and how many customers a member holds",
    "customer_search": "names from the duplicate index are filtered for the actor in the next statement",
    "dedup": "returns ids and names only; callers mask them",
    "departments": "the tree is known to the whole company; customers follow their owner's move",
    "departures": "members who seem to have left; asked of administrators",
    "dialogues": "keyed by the member who talks",
    "directory": "what the platforms' directories show of colleagues",
    "doctor": "read only, reports keys",
    "doctor_recompute": "read only, reports keys",
    "engine": "opens the database",
    "guesses": "counters by hashed keys",
    "inbox": "platform events by their key",
    "jobs": "due slots",
    "leaver": "marks the member who left",
    "links": "ids of members; proposals are asked of administrators",
    "local_accounts": "found by sign-in name or by the hash of a set-up link",
    "login_links": "found by the hash of their token",
    "lookups": "counts of the member who asks",
    "media": "bytes of messages by their id; read by the delivery loop",
    "members": "colleagues are known to the whole company",
    "meta": "facts about the database",
    "outbox": "text for people by platform address; read by the delivery loop",
    "ownership": "the ledger of rows the caller has locked for its actor",
    "pools": "the conditional update that decides a claim, and the clock's own field",
    "registrations": "drafts are checked against their member; rows the caller was allowed to reach",
    "sessions": "found by the hash of a cookie, or the member's own",
    "rosters": "who is in which group; members are known to the whole company",
    "settings": "configuration",
    "shared_state": "platform tokens and rate buckets",
    "tokens": "looked up by their hash",
    "transaction": "the door itself",
}
