"""
Facts about this database itself.
"""

from __future__ import annotations

from store.models import Meta
from store.transaction import Transaction

DEMO = "demo"


def mark_demo(tx: Transaction) -> None:
    """
    From now on this database was a demo: production refuses it.
    """
    tx.session.merge(Meta(key=DEMO, value="yes"))
    tx.session.flush()


def was_demo(tx: Transaction) -> bool:
    """
    Whether the demo company was ever loaded.
    """
    return tx.session.get(Meta, DEMO) is not None
