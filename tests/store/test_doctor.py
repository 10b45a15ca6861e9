import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "rigs"))

from doctor_clinic import NOW, Clinic
from scratch_databases import BACKENDS, scratch_database

from bot.clock import Clock
from bot.post import Account
from bot.units import Units
from cards.doctor import STATEMENTS
from domain.policy import BusinessPolicy
from handlers.demo import load_demo_company
from store import audit, migrate, scope
from store.base import to_millis
from store.doctor import Due, examine, snapshot
from store.doctor_queries import INVARIANTS
from store.engine import Database

LATER = to_millis(NOW + timedelta(hours=1))
LONG_AGO = to_millis(NOW - timedelta(days=2))
SHIPPED = BusinessPolicy()
CAP_OF_ONE = json.dumps(replace(SHIPPED, holding=replace(SHIPPED.holding, sales=1)).to_mapping())
NO_LONGER_OWNED = "owner_id = NULL, protected_from = NULL, protected_until = NULL"

# What makes the clinic ill: the invariants that must fire, the statements, the tables whose constraints forbid it.
ILLNESSES = [
    (
        "OWN-1",
        [
            "UPDATE customer SET owner_id = 2 WHERE id = 2",
            "UPDATE ownership_entry SET to_owner_id = 2 WHERE customer_id = 2",
        ],
        ["customer"],
    ),
    ("OWN-2", ["UPDATE customer SET owner_id = 2 WHERE id = 4"], ["customer"]),
    (
        "OWN-3",
        [
            "UPDATE customer SET owner_id = 4 WHERE id = 1",
            "UPDATE ownership_entry SET to_owner_id = 4 WHERE customer_id = 1",
        ],
        [],
    ),
    ("OWN-4", ["UPDATE customer SET owner_id = 3 WHERE id = 1"], []),
    ("OWN-5", ["UPDATE ownership_entry SET from_pool = 'new' WHERE customer_id = 3 AND seq = 3"], []),
    ("OWN-6", ["DELETE FROM ownership_entry WHERE customer_id = 1"], []),
    (
        "OWN-7",
        [(f"INSERT INTO setting (key, version, value, created_at) VALUES ('business_policy', 1, '{CAP_OF_ONE}', 0)")],
        [],
    ),
    ("OWN-8", ["UPDATE customer SET protected_until = protected_from WHERE id = 1"], ["customer"]),
    (
        "MRG-1",
        [
            "UPDATE customer SET state = 'merged', pool = NULL, merged_into_id = 4 WHERE id = 2",
            "DELETE FROM dedup_unique WHERE customer_id = 2",
        ],
        [],
    ),
    (
        "MRG-2",
        [
            f"UPDATE customer SET state = 'merged', {NO_LONGER_OWNED}, merged_into_id = 2 WHERE id = 1",
            "DELETE FROM dedup_unique WHERE customer_id = 1",
        ],
        [],
    ),
    (
        "DUP-1",
        [
            (
                "UPDATE dedup_unique SET value = (SELECT x.value FROM dedup_unique x WHERE x.customer_id = 1 AND"
                " x.kind = 'name') WHERE customer_id = 2 AND kind = 'name'"
            )
        ],
        ["dedup_unique"],
    ),
    ("DUP-2", ["UPDATE dedup_unique SET customer_id = 999 WHERE customer_id = 2"], []),
    ("DUP-4", ["DELETE FROM dedup_doc WHERE customer_id = 2"], []),
    ("REG-1", ["UPDATE registration SET decided_at = NULL WHERE id = 1"], ["registration"]),
    ("REG-2", ["UPDATE customer SET state = 'pending', pool = NULL WHERE id = 2"], []),
    (
        "APR-1",
        [
            (
                "INSERT INTO approval_decision (approval_id, step, actor_id, decision, reason, at)"
                " SELECT approval_id, step, actor_id, decision, reason, at FROM approval_decision WHERE approval_id = 1"
            )
        ],
        ["approval_decision"],
    ),
    ("APR-2", ["UPDATE approval_decision SET decision = 'reject' WHERE approval_id = 1"], []),
    ("APR-3", ["UPDATE approval_decision SET actor_id = 3 WHERE approval_id = 1"], []),
    (
        "APR-4",
        [
            "UPDATE approval SET object_id = 3, object_type = 'registration', state = 'pending', decided_at = NULL WHERE id = 2"
        ],
        ["approval"],
    ),
    ("APR-5", ["UPDATE approval SET object_id = 99 WHERE id = 1"], []),
    ("AUD-1", ["UPDATE audit SET from_state = 'rejected' WHERE action = 'registration.approved'"], []),
    ("AUD-2", ["UPDATE audit SET to_state = 'cancelled' WHERE action = 'approval.rejected'"], []),
    ("AUD-3", ["UPDATE audit SET version = 7 WHERE action = 'token.create'"], []),
    ("AUD-4", ["UPDATE audit SET sealed_seq = NULL, chain_hash = NULL WHERE sealed_seq = 3"], []),
    ("AUD-5", ["UPDATE audit SET action = 'customer.other' WHERE object_type = 'ownership' AND object_id = 1"], []),
    ("AUD-6", [f"UPDATE audit SET at = {LATER} WHERE action = 'token.create'"], []),
    (
        "IN-1",
        [
            (
                "INSERT INTO inbox (platform, account, event_key, state, attempts, received_at)"
                " SELECT platform, account, event_key, state, attempts, received_at FROM inbox"
            )
        ],
        ["inbox"],
    ),
    ("IN-2", ["UPDATE inbox SET state = 'received', done_at = NULL"], []),
    (
        "IN-3",
        [
            "UPDATE inbox SET state = 'dead', attempts = 0",
            (
                "INSERT INTO alarm (source, source_id, message, raised_at)"
                " SELECT 'inbox', CAST(id AS TEXT), 'parked', 0 FROM inbox"
            ),
        ],
        [],
    ),
    ("OUT-1", ["UPDATE outbox SET idempotency_key = 'ask:1' WHERE id = 2"], ["outbox"]),
    ("OUT-2", ["UPDATE outbox SET state = 'pending', sent_at = NULL WHERE id = 1"], []),
    ("OUT-3", ["UPDATE outbox SET message_id = NULL WHERE id = 1"], []),
    ("OUT-4", ["UPDATE outbox SET message_id = 'om_ask:1' WHERE id = 2"], []),
    ("OUT-5", [f"UPDATE outbox SET state = 'leased', sent_at = NULL, lease_until = {LONG_AGO} WHERE id = 1"], []),
    ("OUT-6", ["UPDATE outbox SET attempts = 99 WHERE id = 1"], []),
    ("OUT-7", ["UPDATE outbox SET state = 'cancelled', sent_at = NULL WHERE id = 3"], []),
    ("OUT-8", [f"UPDATE outbox SET sent_at = {LATER} WHERE id = 4"], []),
    ("ALM-1", ["UPDATE outbox SET state = 'uncertain', sent_at = NULL WHERE id = 1"], []),
    (
        "JOB-1",
        [
            "INSERT INTO job_run (job, slot, state, claimed_at, result) SELECT job, slot, state, claimed_at, result FROM job_run"
        ],
        ["job_run"],
    ),
    ("JOB-2", ["UPDATE job_run SET state = 'failed'"], []),
    (
        "JOB-3",
        [
            (
                "INSERT INTO reminder (kind, object_type, object_id, due_at, sent_at)"
                " SELECT kind, object_type, object_id, due_at, sent_at FROM reminder"
            )
        ],
        ["reminder"],
    ),
    (
        "ATT-1",
        [
            (
                "INSERT INTO attachment (platform, account, event_key, position, member_id, user_id, chat_kind, chat_id,"
                " message_id, kind, ref, name, state, attempts, created_at, next_at) VALUES ('feishu', 'main', 'e', 0, 2,"
                f" 'ou_2', 'direct', '', 'om_1', 'image', 'img_1', '', 'waiting', 1, {LONG_AGO}, {LATER})"
            )
        ],
        [],
    ),
    (
        "CON-1",
        ["INSERT INTO alarm (source, source_id, message, raised_at) VALUES ('connection', 'feishu/main@1', 'down', 0)"],
        [],
    ),
    (
        "DIR-1",
        ["INSERT INTO alarm (source, source_id, message, raised_at) VALUES ('directory', 'feishu/main x', 'shut', 0)"],
        [],
    ),
    (
        "DIR-2",
        [
            (
                "INSERT INTO departure (member_id, platform, account, user_id, sign, state, noticed_at)"
                f" VALUES (2, 'feishu', 'main', 'ou_2', 'missing', 'due', {LONG_AGO})"
            )
        ],
        [],
    ),
    (
        "DIR-2",
        [
            (
                "INSERT INTO departure (member_id, platform, account, user_id, sign, state, noticed_at)"
                " VALUES (2, 'feishu', 'main', 'ou_2', 'out_of_sight', 'asked', 0)"
            )
        ],
        [],
    ),
    ("JOB-4", [f"UPDATE job_run SET state = 'running', claimed_at = {LONG_AGO}"], []),
    ("SES-1", ["UPDATE api_token SET member_id = 4"], []),
    ("MIG-1", ["UPDATE alembic_version SET version_num = '0000'"], []),
]
# What only `--full` sees.
DEEP_ILLNESSES = [
    ("AUD-7", ["UPDATE audit SET reason = 'rewritten' WHERE action = 'token.create'"], []),
    ("AUD-7", ["UPDATE audit SET chain_hash = 'cut' WHERE sealed_seq = 2"], []),
    ("DUP-3", ["UPDATE dedup_doc SET core = '别的' WHERE customer_id = 1"], []),
    ("DUP-3", ["DELETE FROM dedup_key WHERE customer_id = 1"], []),
    ("DUP-3", ["INSERT INTO dedup_key (k, customer_id) VALUES (1, 999)"], []),
    ("DUP-3", ["UPDATE dedup_unique SET value = '别的' WHERE customer_id = 1"], []),
    ("OWN-9", ["UPDATE customer SET protected_until = protected_until + 86400000 WHERE id = 3"], []),
]
# A second invariant is broken by the same hand where the two are one fact.
ALSO = {"APR-4": {"APR-2", "APR-5", "AUD-2"}, "JOB-4": {"JOB-2"}}
DUE = [Due("purge", NOW - timedelta(days=1))]


@pytest.fixture(scope="module", params=BACKENDS)
def clinic(request, tmp_path_factory):
    scope.install()
    with scratch_database(request.param, tmp_path_factory.mktemp("clinic")) as url:
        clinic = Clinic(url)
        migrate.upgrade(clinic.database.engine)
        clinic.fill()
        yield clinic
        clinic.database.close()


def test_a_healthy_database_has_no_findings(clinic):
    with snapshot(clinic.database) as tx:
        assert [] == examine(tx, NOW, due=DUE, full=True)


@pytest.mark.parametrize(("code", "statements", "tables"), ILLNESSES)
def test_exactly_the_broken_invariant_is_reported(clinic, code, statements, tables):
    with clinic.ill(*statements, tables=tables) as tx:
        found = {finding.code for finding in examine(tx, NOW, due=DUE)}

    assert {code} | ALSO.get(code, set()) == found


@pytest.mark.parametrize(("code", "statements", "tables"), DEEP_ILLNESSES)
def test_the_full_examination_sees_what_has_to_be_worked_out(clinic, code, statements, tables):
    with clinic.ill(*statements, tables=tables) as tx:
        quick = examine(tx, NOW, due=DUE)
        found = {finding.code for finding in examine(tx, NOW, due=DUE, full=True)}

    assert ([], {code}) == (quick, found)


def test_every_invariant_has_its_illness():
    in_code = {"OWN-7", "JOB-2", "MIG-1"}
    in_full = {"AUD-7", "DUP-3", "OWN-9"}

    assert {each.code for each in INVARIANTS} | in_code == {code for code, *_ in ILLNESSES}
    assert in_full == {code for code, *_ in DEEP_ILLNESSES}
    assert {each.code for each in INVARIANTS} | in_code | in_full == set(STATEMENTS)


def test_a_finding_counts_all_rows_and_names_the_first(clinic):
    with clinic.ill("DELETE FROM dedup_doc") as tx:
        [finding] = examine(tx, NOW)

    assert ("DUP-4", "P0", 4, ("1", "2", "3", "5")) == (
        finding.code,
        finding.severity,
        finding.count,
        tuple(sorted(finding.keys)),
    )


def test_the_examination_cannot_write(clinic):
    with snapshot(clinic.database) as tx, pytest.raises(Exception, match=r"read-?only|readonly"):
        tx.connection.exec_driver_sql("UPDATE customer SET name = 'x'")


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_empty_database_and_the_demo_company_are_well(backend, tmp_path):
    scope.install()
    accounts = [Account("wecom", "demo", "corp"), Account("feishu", "demo", "tenant")]
    with scratch_database(backend, tmp_path) as url:
        database, clock = Database(url), Clock()
        migrate.upgrade(database.engine)
        with snapshot(database) as tx:
            empty = examine(tx, clock.now(), full=True)
        load_demo_company(Units(database, clock, accounts, public_url=""), accounts)
        with database.write() as tx:
            audit.seal(tx)
        with snapshot(database) as tx:
            demo = examine(tx, clock.now(), full=True)
        database.close()

    assert ([], []) == (empty, demo)
