"""
Members are kept between transactions as long as nobody changes them, in whichever process.
"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from store import members
from store.engine import Database

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


class RefusedError(Exception):
    pass


def add(tx, name):
    return members.add_member(
        tx, name=name, title="", roles=["sales"], department_id=None, leads_department_id=None, now=MONDAY
    )


def names_in(database):
    with database.read() as tx:
        return [member.name for member in members.active_members(tx)]


def version_in(database):
    with database.read() as tx:
        return tx.session.execute(text("SELECT value FROM meta WHERE key = 'members_version'")).scalar()


@pytest.fixture
def company(database):
    with database.write() as tx:
        add(tx, "小李")
    return database


def test_what_another_process_changed_is_seen_by_the_next_transaction(company, database_url):
    assert names_in(company) == ["小李"]
    other = Database(database_url)
    with other.write() as tx:
        add(tx, "小王")
    other.close()

    assert names_in(company) == ["小李", "小王"]


def test_what_was_rolled_back_is_not_kept(company):
    def refused():
        with company.write() as tx:
            add(tx, "小王")
            assert [member.name for member in members.active_members(tx)] == ["小李", "小王"]
            raise RefusedError

    with pytest.raises(RefusedError):
        refused()

    assert names_in(company) == ["小李"]


def test_a_change_is_seen_in_its_own_transaction(company):
    with company.write() as tx:
        first = members.active_members(tx)[0].id
        second = add(tx, "老张")
        members.set_manager(tx, first, second)

        assert members.get_member(tx, first).manager_id == second


def test_locking_a_member_tells_nobody_that_members_changed(company):
    before = version_in(company)
    with company.write() as tx:
        members.lock(tx, members.active_members(tx)[0].id)

    assert before is not None
    assert version_in(company) == before
