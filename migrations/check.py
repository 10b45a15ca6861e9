"""
Fails when a mapped class has changed and no migration says so: ``python migrations/check.py``.

Writing the missing migration is ``store.migrate.new_revision``.
"""

import sys
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from store import migrate


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'fresh.db'}")
        migrate.upgrade(engine)
        differences = migrate.missing_changes(engine)
        engine.dispose()
    for difference in differences:
        print(f"no migration for: {difference}", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
