"""
A long reading waits where it is told to, and only there.
"""

import pytest

from adapters import patience
from adapters.patience import MOST_WAITS, patiently
from domain.errors import PlatformError

RATE = PlatformError("dingtalk_rate", retry_after=0.4, tried=False)


@pytest.fixture
def waits(monkeypatch):
    waited = []
    monkeypatch.setattr(patience.time, "sleep", waited.append)
    return waited


def scripted(*outcomes):
    left = list(outcomes)

    def call():
        outcome = left.pop(0)
        if isinstance(outcome, PlatformError):
            raise outcome
        return outcome

    return call


def test_what_a_rate_limit_holds_back_is_asked_again(waits):
    assert "page" == patiently(scripted(RATE, RATE, "page"))
    assert [0.4, 0.4] == waits


@pytest.mark.parametrize(
    "error",
    [
        PlatformError("refused", permanent=True, retry_after=1.0),
        PlatformError("unreachable"),
        PlatformError("dingtalk_quota", retry_after=3600.0, tried=False),
    ],
)
def test_anything_else_ends_the_reading_at_once(waits, error):
    with pytest.raises(PlatformError) as raised:
        patiently(scripted(error, "page"))

    assert (error, []) == (raised.value, waits)


def test_patience_ends(waits):
    with pytest.raises(PlatformError):
        patiently(scripted(*[RATE] * (MOST_WAITS + 1), "page"))

    assert MOST_WAITS == len(waits)
