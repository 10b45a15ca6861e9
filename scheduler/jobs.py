"""
The jobs: what runs when. The use cases are in `handlers/`, running them is in `scheduler/runner.py`.
"""

from __future__ import annotations

from bot.jobs import JobSpec
from handlers import alarms, approval_decision, departures, digest, housekeeping, people, protection, renewal

EVERY_MINUTE = "* * * * *"

JOBS: tuple[JobSpec, ...] = (
    JobSpec("approval_timers", EVERY_MINUTE, approval_decision.run_timers, "latest", approval_decision.next_timer),
    JobSpec("ownership_clocks", EVERY_MINUTE, protection.run_clocks, "latest", protection.next_deadline),
    JobSpec("stuck_events", EVERY_MINUTE, housekeeping.give_up_stuck_events, "latest", housekeeping.next_stuck_event),
    JobSpec("departures", EVERY_MINUTE, departures.carry_out, "latest", departures.next_leaver),
    JobSpec("alarms", EVERY_MINUTE, alarms.tell, "latest", alarms.next_untold),
    JobSpec("lost_messages", EVERY_MINUTE, alarms.tell_lost, "latest", alarms.next_lost),
    JobSpec("directory", "30 2 * * *", people.ask_for_readings, "latest"),
    JobSpec("fading_cards", "15 8 * * *", renewal.send_again, "latest"),
    JobSpec("protection_reminders", "0 9 * * *", protection.send_reminders, "latest"),
    JobSpec("morning_cards", "45 8 * * *", digest.send_morning_cards, "none"),
    JobSpec("group_digest", "0 18 * * *", digest.send_group_digest, "none"),
    JobSpec("purge", "30 3 * * *", housekeeping.purge, "latest"),
)
