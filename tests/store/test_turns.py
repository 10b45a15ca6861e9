"""
Units that share a commit: each in order and alone in its success or failure, none before the disk has it.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text

WRITE = "INSERT INTO meta (key, value) VALUES (:key, 'x')"


class RefusedError(Exception):
    pass


def writing(key):
    def work(tx):
        tx.session.execute(text(WRITE), {"key": key})
        return key

    return work


def refusing(tx):
    tx.session.execute(text(WRITE), {"key": "refused"})
    raise RefusedError


def keys(database):
    with database.read() as tx:
        return set(tx.session.scalars(text("SELECT key FROM meta")))


def test_a_unit_is_committed_when_it_returns(database):
    assert database.unit(writing("a")) == "a"

    assert "a" in keys(database)


def test_what_a_unit_raises_undoes_it_and_reaches_its_caller(database):
    before = keys(database)

    with pytest.raises(RefusedError):
        database.unit(refusing)

    assert keys(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_units_that_come_together_share_commits_and_fail_alone(database):
    commits = []
    event.listen(database._writer, "commit", commits.append)
    is_open, go_on = threading.Event(), threading.Event()

    def slow(tx):
        is_open.set()
        assert go_on.wait(10)
        return writing("slow")(tx)

    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(database.unit, slow)
        assert is_open.wait(10)
        others = [pool.submit(database.unit, writing(f"k{number}")) for number in range(9)]
        refused = pool.submit(database.unit, refusing)
        go_on.set()
        assert [each.result(10) for each in (first, *others)] == ["slow", *(f"k{number}" for number in range(9))]
        with pytest.raises(RefusedError):
            refused.result(10)

    assert {"slow", *(f"k{number}" for number in range(9))} <= keys(database)
    assert "refused" not in keys(database)
    assert 2 <= len(commits) <= 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_the_commit_fails_nobody_is_told_of_success(database):
    def fail(connection):
        raise RefusedError

    event.listen(database._writer, "commit", fail)
    with pytest.raises(RefusedError):
        database.unit(writing("lost"))
    event.remove(database._writer, "commit", fail)

    assert "lost" not in keys(database)
    assert database.unit(writing("kept")) == "kept"
