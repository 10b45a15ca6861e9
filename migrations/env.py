"""
Alembic's entry: migrations run on the connection the caller hands over, in one transaction.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import store.dedup
import store.models  # noqa: F401 - completes the metadata
from store.base import Instant, metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """
    Write our own column type by its name.
    """
    if kind == "type" and isinstance(item, Instant):
        return "Instant()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    transactional_ddl=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
