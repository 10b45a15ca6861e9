import pytest

from cards import words
from cards.customer import CLOCKS
from cards.follow_up import NOT_COUNTED, REFUSALS, task_title
from domain.customer import Lifecycle, Stage, StageBand
from domain.follow_up import FollowUpRefusal, Ineffective
from domain.masking import AmountBand
from domain.policy import FollowUpMethod
from domain.protection import ClockKind

SAID_ELSEWHERE = {FollowUpRefusal.NOT_VISIBLE, FollowUpRefusal.IN_POOL}
"""Not visible is said like a customer that does not exist; in the pool has a card of its own."""


@pytest.mark.parametrize(
    ("sentences", "codes"),
    [
        (NOT_COUNTED, set(Ineffective)),
        (REFUSALS, set(FollowUpRefusal) - SAID_ELSEWHERE),
        (CLOCKS, set(ClockKind)),
        (words.LIFECYCLES, set(Lifecycle)),
        (words.STAGES, set(Stage)),
        (words.BANDS, set(StageBand)),
        (words.AMOUNT_BANDS, set(AmountBand)),
        (words.METHODS, set(FollowUpMethod)),
    ],
)
def test_every_code_has_its_words_and_no_words_lack_a_code(sentences, codes):
    assert set(sentences) == {str(code) for code in codes}


def test_a_to_do_is_called_after_its_next_step():
    assert task_title("云途", "下周三给报价") == "云途：下周三给报价"
    assert task_title("云途", "") == "跟进 云途"
