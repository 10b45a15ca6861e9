"""
What administrators are told about platforms that do not answer, and about messages that were given up.
"""

from cards import alarms
from tests.cards.every_card.moments import NOW

CARDS = {
    "alarms.account_trouble.outage": alarms.account_trouble(
        "outage", "wecom/main@20261124T012000", "no message got through since 2026-11-24 01:20 UTC: http_502", NOW
    ),
    "alarms.lost": alarms.lost(3, 1, 2, "dead: wecom_81013: the member cannot get messages of this app"),
}
