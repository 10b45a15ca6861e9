"""
One person's messages at the same instant: every one of them is answered, none breaks another.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy import text
from structlog.testing import capture_logs


def test_two_first_messages_of_a_member_at_once_are_both_answered(crowd):
    crowd.at_once([crowd.message("seller1", "报备") for _ in range(4)])

    said = crowd.rows("SELECT card FROM outbox WHERE recipient_id = 'ou_seller1'")
    assert Counter({True: 4}) == Counter("客户报备" in card for (card,) in said)
    assert [("done",)] * 4 == crowd.rows("SELECT state FROM inbox")


def test_a_reply_to_a_question_beside_a_cancel_leaves_no_half_dialogue(crowd):
    crowd.without_forms()
    crowd.handle(crowd.message("seller1", "报备"))

    crowd.at_once([crowd.message("seller1", "杭州云途科技"), crowd.message("seller1", "取消")])

    assert [("done",)] * 3 == crowd.rows("SELECT state FROM inbox")
    assert [(0,)] == crowd.rows("SELECT count(*) FROM inbox WHERE error IS NOT NULL")


def test_a_first_question_is_answered_although_somebody_else_writes_meanwhile(crowd):
    """
    Where a member was seen last was once written down while reading: SQLite refused it once another writer had ended.
    """
    crowd.handle(crowd.message("seller2", "公海"))

    with capture_logs() as logs, ThreadPoolExecutor(1) as pool:
        with crowd.processes[1].database.write() as tx:
            tx.session.execute(text("UPDATE member SET title = 'x'"))
            asked = pool.submit(crowd.handle, crowd.message("seller1", "公海"))
            with suppress(TimeoutError):
                asked.result(timeout=0.5)
        asked.result()

    assert [("done",)] * 2 == crowd.rows("SELECT state FROM inbox")
    assert [] == [entry for entry in logs if entry["event"] == "event.retried"]
