"""
`migrate`.
"""

from __future__ import annotations

import argparse

from commands.opening import opened, settings_of
from store import migrate as migrations


def migrate(options: argparse.Namespace) -> int:
    """
    Bring the schema up to this version.
    """
    with opened(settings_of(options)) as database:
        if migrations.is_current(database.engine):
            print(f"the database is already at {migrations.code_revision()}")
            return 0
        migrations.upgrade(database.engine)
    print(f"the database is now at {migrations.code_revision()}")
    return 0
