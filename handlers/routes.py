"""
Everything the bot answers to: the routes of all topics.
"""

from __future__ import annotations

from bot.router import Route
from handlers import (
    approval_decision,
    approval_text,
    business_card,
    collaboration,
    customer,
    departures,
    digest,
    duplicates,
    follow_up_chat,
    handover,
    linking,
    login,
    pool,
    protection,
    registration_chat,
    registration_merge,
    registration_text,
    task,
    withdrawal,
)
from handlers import (
    help as help_topic,
)

ROUTES: tuple[Route, ...] = (
    *registration_chat.ROUTES,
    *registration_text.ROUTES,
    *registration_merge.ROUTES,
    *business_card.ROUTES,
    *duplicates.ROUTES,
    *approval_decision.ROUTES,
    *approval_text.ROUTES,
    *customer.ROUTES,
    *follow_up_chat.ROUTES,
    *collaboration.ROUTES,
    *pool.ROUTES,
    *protection.ROUTES,
    *task.ROUTES,
    *withdrawal.ROUTES,
    *digest.ROUTES,
    *handover.ROUTES,
    *linking.ROUTES,
    *login.ROUTES,
    *departures.ROUTES,
    *help_topic.ROUTES,
)
