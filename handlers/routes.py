"""
Everything the bot answers to: the routes of all topics.
"""

from __future__ import annotations

from bot.router import Route
from handlers import (
    approval_decision,
    collaboration,
    customer,
    duplicates,
    follow_up,
    pool,
    protection,
    registration_chat,
    task,
)
from handlers import (
    help as help_topic,
)

ROUTES: tuple[Route, ...] = (
    *registration_chat.ROUTES,
    *duplicates.ROUTES,
    *approval_decision.ROUTES,
    *customer.ROUTES,
    *follow_up.ROUTES,
    *collaboration.ROUTES,
    *pool.ROUTES,
    *protection.ROUTES,
    *task.ROUTES,
    *help_topic.ROUTES,
)
