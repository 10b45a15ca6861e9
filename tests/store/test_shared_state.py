"""
What all processes of an installation share about calls to platforms, on both databases.
"""

import itertools
import threading
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from store.shared_state import DatabaseSharedState
from tests.conftest import MONDAY as NOW

KEY = Fernet.generate_key()


@pytest.fixture
def shared(database):
    return DatabaseSharedState(database, KEY)


def together(work, times=8):
    """
    The results of `work` done by several threads at the same moment.
    """
    start, results = threading.Barrier(times), []

    def run():
        start.wait()
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def names(database):
    with database.read() as tx:
        return [row[0] for row in tx.session.execute(text("SELECT name FROM shared_token ORDER BY name"))]


def test_a_counter_starts_at_nothing_and_never_loses_a_unit(shared):
    assert 0 == shared.count("calls:2026-11", 0, NOW)

    totals = together(lambda: shared.count("calls:2026-11", 1, NOW))

    assert [1, 2, 3, 4, 5, 6, 7, 8] == sorted(totals)
    assert (18, 0) == (shared.count("calls:2026-11", 10, NOW), shared.count("calls:2026-12", 0, NOW))


def test_a_counter_and_a_bucket_of_one_name_are_two_things(shared):
    shared.count("x", 5, NOW)

    assert 0.0 == shared.take("x", capacity=1, per_seconds=60, now=NOW)
    assert 5 == shared.count("x", 0, NOW)


def test_all_learn_what_a_name_was_used_with_first(shared):
    ids = itertools.count()

    used = together(lambda: shared.first_use("s", str(next(ids)), until=NOW + timedelta(minutes=2), now=NOW))

    assert (8, 1) == (len(used), len(set(used)))
    assert used[0] == shared.first_use("s", "later", until=NOW + timedelta(minutes=2), now=NOW)


def test_used_names_are_forgotten_when_their_time_is_over(shared, database):
    shared.store_token("feishu:app", "t-1", NOW - timedelta(days=1))
    shared.first_use("old", "1", until=NOW + timedelta(minutes=2), now=NOW)

    shared.first_use("new", "1", until=NOW + timedelta(minutes=9), now=NOW + timedelta(minutes=5))

    assert ["feishu:app", "used:new"] == names(database)


def test_a_used_name_is_no_token(shared):
    shared.first_use("name", "1", until=NOW + timedelta(hours=1), now=NOW)

    assert shared.token("name", NOW) is None
