"""
`migrate` and `doctor`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from datetime import UTC, datetime

from commands.errors import CommandError
from commands.opening import opened, settings_of
from commands.platform_doctor import examine_platforms
from scheduler.jobs import JOBS
from scheduler.runner import slot_before_last
from store import doctor as doctors
from store import migrate as migrations
from store.doctor import Due, Finding


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


def examine(options: argparse.Namespace) -> int:
    """
    Say which invariants do not hold; nothing is changed. Exit code 1 when one of them needs somebody to act now.
    """
    if options.platform is not None:
        return examine_platforms(options)
    now = datetime.now(UTC)
    due = [Due(spec.name, since) for spec in JOBS if (since := slot_before_last(spec, now)) is not None]
    with opened(settings_of(options)) as database, doctors.snapshot(database) as tx:
        findings = doctors.examine(tx, now, due=due, full=options.full)
    if options.json:
        print(json.dumps({"findings": [dataclasses.asdict(finding) for finding in findings]}, ensure_ascii=False))
    else:
        _tell(findings)
    urgent = [finding.code for finding in findings if finding.severity == "P0"]
    if urgent:
        raise CommandError(f"doctor: {', '.join(urgent)} broken", "see docs/admin/doctor.md for each")
    return 0


def _tell(findings: list[Finding]) -> None:
    for finding in findings:
        shown = ", ".join(finding.keys) + (" …" if finding.count > len(finding.keys) else "")
        print(f"{finding.severity} {finding.code}: {finding.meaning}; broken by {finding.count}: {shown}")
    if not findings:
        print("all is well")
