"""
One person's messages at the same instant: every one of them is answered, none breaks another.
"""

from collections import Counter


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
