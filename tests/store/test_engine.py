import pytest
from sqlalchemy import text

from store.engine import checkpoint

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_checkpoint_moves_the_whole_log_into_the_database_file(database):
    with database.write() as tx:
        tx.session.execute(text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))

    left_behind = [checkpoint(database.engine, mode).behind for mode in ("PASSIVE", "RESTART")]

    assert [0, 0] == left_behind


def test_a_checkpoint_leaves_what_a_reader_still_needs(database):
    with database.read() as reader:
        reader.session.execute(text("SELECT * FROM meta")).all()
        with database.write() as tx:
            tx.session.execute(text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))

        assert checkpoint(database.engine, "PASSIVE").behind > 0
