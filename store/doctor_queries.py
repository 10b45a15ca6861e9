"""
What must always be true of the tables, as queries that return the keys of rows that break it.

Each runs unchanged on SQLite and PostgreSQL. Most of it is also a constraint; the doctor is the second line, for
databases that were restored, edited by hand or written by a bug. What needs code is in `store/doctor_recompute.py`.
Parameters: `now` and the limits of `store.doctor.Limits`, instants in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["P0", "P1"]


@dataclass(frozen=True)
class Invariant:
    """
    One statement about the data. P0: somebody has to act now; P1: a warning. No rows from `sql` means it holds.
    """

    code: str
    severity: Severity
    meaning: str
    sql: str


OWNERSHIP: Final = (
    Invariant(
        "OWN-1",
        "P0",
        "an active customer has exactly one of owner and pool",
        "SELECT id FROM customer WHERE state = 'active' AND (owner_id IS NULL) = (pool IS NULL)",
    ),
    Invariant(
        "OWN-2",
        "P0",
        "a customer that is not active has neither owner nor pool",
        "SELECT id FROM customer WHERE state <> 'active' AND (owner_id IS NOT NULL OR pool IS NOT NULL)",
    ),
    Invariant(
        "OWN-3",
        "P0",
        "an owner is an active member: a leaver holds no customer",
        "SELECT c.id FROM customer c LEFT JOIN member m ON m.id = c.owner_id"
        " WHERE c.owner_id IS NOT NULL AND (m.id IS NULL OR m.status <> 'active')",
    ),
    Invariant(
        "OWN-4",
        "P0",
        "owner and pool are those of the last line of the ledger",
        "SELECT c.id FROM customer c JOIN ownership_entry e ON e.customer_id = c.id"
        " AND e.seq = (SELECT MAX(x.seq) FROM ownership_entry x WHERE x.customer_id = c.id)"
        " WHERE c.state = 'active' AND (COALESCE(c.owner_id, -1) <> COALESCE(e.to_owner_id, -1)"
        " OR COALESCE(c.pool, '') <> COALESCE(e.to_pool, ''))",
    ),
    Invariant(
        "OWN-5",
        "P0",
        "the ledger of a customer is a chain: each line starts where the one before ended",
        "SELECT e.id FROM ownership_entry e LEFT JOIN ownership_entry p"
        " ON p.customer_id = e.customer_id AND p.seq = e.seq - 1"
        " WHERE (e.seq = 1 AND (e.from_owner_id IS NOT NULL OR e.from_pool IS NOT NULL))"
        " OR (e.seq <> 1 AND (p.id IS NULL OR COALESCE(p.to_owner_id, -1) <> COALESCE(e.from_owner_id, -1)"
        " OR COALESCE(p.to_pool, '') <> COALESCE(e.from_pool, '')))",
    ),
    Invariant(
        "OWN-6",
        "P1",
        "every active customer has a line in the ledger",
        "SELECT c.id FROM customer c WHERE c.state = 'active'"
        " AND NOT EXISTS (SELECT 1 FROM ownership_entry e WHERE e.customer_id = c.id)",
    ),
    Invariant(
        "OWN-8",
        "P1",
        "protection has an end after its start, and an owner",
        "SELECT id FROM customer WHERE protected_until IS NOT NULL AND (owner_id IS NULL OR protected_from IS NULL"
        " OR protected_until <= protected_from)",
    ),
)
MERGING: Final = (
    Invariant(
        "MRG-1",
        "P0",
        "a merged customer points at an active one, and no other customer points anywhere",
        "SELECT c.id FROM customer c LEFT JOIN customer t ON t.id = c.merged_into_id"
        " WHERE (c.state = 'merged' AND (t.id IS NULL OR t.state <> 'active'))"
        " OR (c.state <> 'merged' AND c.merged_into_id IS NOT NULL)",
    ),
    Invariant(
        "MRG-2",
        "P0",
        "nothing open hangs off a merged customer",
        "SELECT t.id FROM task t JOIN customer c ON c.id = t.customer_id WHERE c.state = 'merged' AND t.state = 'open'"
        " UNION ALL SELECT j.id FROM join_request j JOIN customer c ON c.id = j.customer_id"
        " WHERE c.state = 'merged' AND j.state = 'pending'",
    ),
)
DUPLICATES: Final = (
    Invariant(
        "DUP-1",
        "P0",
        "a unique key has at most one live holder",
        "SELECT kind, value FROM dedup_unique WHERE live GROUP BY kind, value HAVING COUNT(*) > 1",
    ),
    Invariant(
        "DUP-2",
        "P0",
        "the holder of a live unique key is an active customer or a pending registration",
        "SELECT u.customer_id FROM dedup_unique u LEFT JOIN customer c ON c.id = u.customer_id"
        " WHERE u.live AND (c.id IS NULL OR c.state NOT IN ('active', 'pending'))",
    ),
    Invariant(
        "DUP-4",
        "P0",
        "every active customer and pending registration can be found by the duplicate check",
        "SELECT c.id FROM customer c WHERE c.state IN ('active', 'pending')"
        " AND NOT EXISTS (SELECT 1 FROM dedup_doc d WHERE d.customer_id = c.id AND d.name_no = 0)",
    ),
)
REGISTRATIONS: Final = (
    Invariant(
        "REG-1",
        "P0",
        "a decided registration has its time, an undecided one none",
        "SELECT id FROM registration WHERE (state IN ('approved', 'rejected')) <> (decided_at IS NOT NULL)",
    ),
    Invariant(
        "REG-2",
        "P0",
        "a registration and its customer agree whether it is decided",
        "SELECT c.id FROM customer c LEFT JOIN registration r ON r.customer_id = c.id AND r.state = 'pending'"
        " WHERE (c.state = 'pending') <> (r.id IS NOT NULL)",
    ),
)
APPROVALS: Final = (
    Invariant(
        "APR-1",
        "P0",
        "a step has at most one decision",
        "SELECT approval_id, step FROM approval_decision GROUP BY approval_id, step HAVING COUNT(*) > 1",
    ),
    Invariant(
        "APR-2",
        "P0",
        "an approval's state agrees with its decisions",
        "SELECT a.id FROM approval a WHERE"
        " (a.state = 'approved' AND (a.decided_by IS NULL OR a.decided_at IS NULL OR a.steps <>"
        " (SELECT COUNT(DISTINCT d.step) FROM approval_decision d"
        " WHERE d.approval_id = a.id AND d.decision = 'approve')))"
        " OR (a.state = 'rejected' AND (a.decided_at IS NULL OR NOT EXISTS"
        " (SELECT 1 FROM approval_decision d WHERE d.approval_id = a.id AND d.decision = 'reject')))"
        " OR (a.state IN ('pending', 'cancelled', 'approved') AND EXISTS"
        " (SELECT 1 FROM approval_decision d WHERE d.approval_id = a.id AND d.decision = 'reject'))"
        " OR (a.state IN ('pending', 'cancelled') AND EXISTS"
        " (SELECT 1 FROM approval_decision d WHERE d.approval_id = a.id AND d.step >= a.step))",
    ),
    Invariant(
        "APR-3",
        "P0",
        "a decision was made by an approver of its step who is not the requester, or by the clock as a refusal",
        "SELECT d.id FROM approval_decision d JOIN approval a ON a.id = d.approval_id"
        " WHERE (d.actor_id IS NULL AND d.decision <> 'reject') OR d.actor_id = a.requester_id"
        " OR (d.actor_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approver p"
        " WHERE p.approval_id = d.approval_id AND p.step = d.step AND p.member_id = d.actor_id AND p.active))",
    ),
    Invariant(
        "APR-4",
        "P0",
        "an object has at most one undecided approval",
        "SELECT object_type, object_id FROM approval WHERE state = 'pending'"
        " GROUP BY object_type, object_id HAVING COUNT(*) > 1",
    ),
    Invariant(
        "APR-5",
        "P0",
        "a registration is in the state of its approval",
        "SELECT r.id FROM registration r WHERE NOT EXISTS (SELECT 1 FROM approval a"
        " WHERE a.object_type = 'registration' AND a.object_id = r.id AND a.state = r.state)",
    ),
)
AUDIT: Final = (
    Invariant(
        "AUD-1",
        "P0",
        "every recorded change of state is a legal one",
        "SELECT id FROM audit WHERE to_state IS NOT NULL AND object_type IN"
        " ('registration', 'approval', 'customer', 'member', 'task', 'join_request')"
        " AND object_type || ':' || COALESCE(from_state, '') || '>' || to_state NOT IN"
        " ('registration:>pending', 'registration:pending>approved', 'registration:pending>rejected',"
        " 'registration:pending>cancelled', 'approval:>pending', 'approval:pending>approved',"
        " 'approval:pending>rejected', 'approval:pending>cancelled', 'customer:>pending', 'customer:pending>active',"
        " 'customer:pending>rejected', 'customer:active>merged', 'customer:active>erased', 'customer:rejected>erased',"
        " 'customer:merged>erased', 'member:>active', 'member:active>left', 'member:left>active',"
        " 'task:>open', 'task:open>done',"
        " 'task:open>cancelled', 'join_request:>pending', 'join_request:pending>accepted',"
        " 'join_request:pending>declined')",
    ),
    Invariant(
        "AUD-2",
        "P0",
        "the state of a registration or approval is that of its newest audit row",
        "SELECT o.id FROM (SELECT 'registration' AS kind, id, state FROM registration"
        " UNION ALL SELECT 'approval' AS kind, id, state FROM approval) o"
        " LEFT JOIN audit a ON a.object_type = o.kind AND a.object_id = o.id AND a.version ="
        " (SELECT MAX(x.version) FROM audit x"
        " WHERE x.object_type = o.kind AND x.object_id = o.id AND x.to_state IS NOT NULL)"
        " WHERE a.id IS NULL OR a.to_state <> o.state",
    ),
    Invariant(
        "AUD-3",
        "P0",
        "the audit versions of an object run from 1 without gap or repetition",
        "SELECT object_type, object_id FROM audit GROUP BY object_type, object_id"
        " HAVING MIN(version) <> 1 OR COUNT(*) <> MAX(version) OR COUNT(DISTINCT version) <> COUNT(*)",
    ),
    Invariant(
        "AUD-4",
        "P0",
        "the sealed audit rows are numbered from 1 without gap, and each carries the chain",
        "SELECT id FROM audit WHERE (sealed_seq IS NULL) <> (chain_hash IS NULL)"
        " UNION ALL SELECT s.last FROM (SELECT MIN(sealed_seq) AS first, MAX(sealed_seq) AS last,"
        " COUNT(sealed_seq) AS number, COUNT(DISTINCT sealed_seq) AS different FROM audit) s"
        " WHERE s.number > 0 AND (s.first <> 1 OR s.number <> s.last OR s.different <> s.number)",
    ),
    Invariant(
        "AUD-5",
        "P0",
        "every move of ownership has an audit row",
        "SELECT e.id FROM ownership_entry e WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.object_type = 'ownership'"
        " AND a.object_id = e.customer_id AND a.action = 'customer.owner' AND a.version = e.seq)",
    ),
    Invariant(
        "AUD-6",
        "P1",
        "no audit row lies in the future",
        "SELECT id FROM audit WHERE at > :now + :clock_skew",
    ),
)
INBOX: Final = (
    Invariant(
        "IN-1",
        "P0",
        "a platform event has one row",
        "SELECT platform, account, event_key FROM inbox GROUP BY platform, account, event_key HAVING COUNT(*) > 1",
    ),
    Invariant(
        "IN-2",
        "P0",
        "no event waits for longer than the limit without being done or given up",
        "SELECT id FROM inbox WHERE state NOT IN ('done', 'dead') AND received_at < :now - :stuck",
    ),
    Invariant(
        "IN-3",
        "P1",
        "an event that was given up says why and was tried",
        "SELECT id FROM inbox WHERE state = 'dead' AND (error IS NULL OR attempts = 0)",
    ),
)
OUTBOX: Final = (
    Invariant(
        "OUT-1",
        "P0",
        "an idempotency key has one row",
        "SELECT idempotency_key FROM outbox GROUP BY idempotency_key HAVING COUNT(*) > 1",
    ),
    Invariant(
        "OUT-2",
        "P0",
        "every message is finished, or due and not overdue beyond the limit",
        "SELECT id FROM outbox WHERE state NOT IN ('sent', 'dead', 'uncertain', 'cancelled', 'leased')"
        " AND (state <> 'pending' OR next_at < :now - :stuck OR expires_at < :now)",
    ),
    Invariant(
        "OUT-3",
        "P0",
        "a sent message has its time and the platform's id, an unsent one no time",
        "SELECT id FROM outbox WHERE (state = 'sent' AND (sent_at IS NULL OR message_id IS NULL))"
        " OR (state IN ('pending', 'leased') AND sent_at IS NOT NULL)",
    ),
    Invariant(
        "OUT-4",
        "P0",
        "a platform's message id belongs to one message; updates carry that of their card",
        "SELECT platform, account, message_id FROM outbox WHERE message_id <> '' AND target_id IS NULL"
        " GROUP BY platform, account, message_id HAVING COUNT(*) > 1",
    ),
    Invariant(
        "OUT-5",
        "P0",
        "no lease outlives its time by more than the limit",
        "SELECT id FROM outbox WHERE state = 'leased' AND (lease_until IS NULL OR lease_until < :now - :stuck)",
    ),
    Invariant(
        "OUT-6",
        "P1",
        "attempts stay below the maximum, and a message that was given up says why",
        "SELECT id FROM outbox WHERE attempts > :max_attempts OR (state = 'dead' AND error IS NULL)",
    ),
    Invariant(
        "OUT-7",
        "P0",
        "every approver of an open step got the card: nobody is waited for unknowingly",
        "SELECT a.id FROM approval a JOIN approver p ON p.approval_id = a.id AND p.step = a.step AND p.active"
        " WHERE a.state = 'pending' AND NOT EXISTS (SELECT 1 FROM outbox o"
        " WHERE o.subject = 'approval:' || a.id AND o.purpose = 'request' AND o.member_id = p.member_id"
        " AND o.state <> 'cancelled')",
    ),
    Invariant(
        "OUT-8",
        "P0",
        "nothing waits for or was sent to a leaver",
        "SELECT o.id FROM outbox o JOIN member m ON m.id = o.member_id WHERE m.status = 'left'"
        " AND (o.state IN ('pending', 'leased') OR (o.state = 'sent' AND o.sent_at > m.left_at))",
    ),
)
OPERATION: Final = (
    Invariant(
        "ALM-1",
        "P0",
        "every event and message that was given up or is uncertain raised an alarm",
        "SELECT 'inbox', i.id FROM inbox i WHERE i.state = 'dead' AND NOT EXISTS (SELECT 1 FROM alarm a"
        " WHERE a.source = 'inbox' AND a.source_id = CAST(i.id AS TEXT))"
        " UNION ALL SELECT 'outbox', o.id FROM outbox o WHERE o.state IN ('dead', 'uncertain') AND NOT EXISTS"
        " (SELECT 1 FROM alarm a WHERE a.source = 'outbox' AND a.source_id = CAST(o.id AS TEXT))",
    ),
    Invariant(
        "ATT-1",
        "P1",
        "no picture or file that was sent has waited for too long to be read",
        "SELECT id FROM attachment WHERE state IN ('waiting', 'leased') AND created_at < :now - :stuck",
    ),
    Invariant(
        "CON-1",
        "P0",
        "no long connection has been down for minutes",
        "SELECT source_id FROM alarm WHERE source = 'connection' AND acknowledged_at IS NULL",
    ),
    Invariant(
        "DIR-1",
        "P1",
        "every directory that is followed can be read",
        "SELECT source_id FROM alarm WHERE source = 'directory' AND acknowledged_at IS NULL",
    ),
    Invariant(
        "DIR-2",
        "P1",
        "nobody who seems to have left waits for an administrator's word, or for being let go",
        "SELECT member_id FROM departure WHERE state = 'asked' OR (state = 'due' AND noticed_at < :now - :stuck)",
    ),
    Invariant(
        "JOB-1",
        "P0",
        "a slot of a job runs once",
        "SELECT job, slot FROM job_run GROUP BY job, slot HAVING COUNT(*) > 1",
    ),
    Invariant(
        "JOB-3",
        "P0",
        "a reminder is sent once",
        "SELECT kind, object_type, object_id, due_at FROM reminder"
        " GROUP BY kind, object_type, object_id, due_at HAVING COUNT(*) > 1",
    ),
    Invariant(
        "JOB-4",
        "P0",
        "no run of a job hangs longer than the limit",
        "SELECT id FROM job_run WHERE state = 'running' AND claimed_at < :now - :job_stuck",
    ),
    Invariant(
        "SES-1",
        "P0",
        "no valid token, session or own password belongs to a leaver",
        "SELECT 'api_token', t.id FROM api_token t JOIN member m ON m.id = t.member_id"
        " WHERE m.status = 'left' AND t.revoked_at IS NULL"
        " UNION ALL SELECT 'login_session', s.id FROM login_session s JOIN member m ON m.id = s.member_id"
        " WHERE m.status = 'left' AND s.ended_at IS NULL AND s.expires_at > :now"
        " UNION ALL SELECT 'local_account', a.id FROM local_account a JOIN member m ON m.id = a.member_id"
        " WHERE m.status = 'left'",
    ),
)
INVARIANTS: Final[tuple[Invariant, ...]] = (
    *OWNERSHIP,
    *MERGING,
    *DUPLICATES,
    *REGISTRATIONS,
    *APPROVALS,
    *AUDIT,
    *INBOX,
    *OUTBOX,
    *OPERATION,
)
