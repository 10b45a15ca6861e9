"""
When the cards are shown: Tuesday 24 November 2026, ten in the morning in Shanghai.
"""

from datetime import UTC, date, datetime, timedelta

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def ago(days=0, hours=0):
    return NOW - timedelta(days=days, hours=hours)


def ahead(days=0, hours=0):
    return NOW + timedelta(days=days, hours=hours)
