"""
The delivery loop: takes due outbox rows, draws them for their platform, sends them, and writes down how it ended.

No transaction is open while a platform is being called. The bytes of the first attempt are stored and sent again on
every retry, so that the platforms' own de-duplication recognises them.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.outages import Outages
from bot.ports import Adapter, CannotUpdate, Media, NotWorthACall, Outbound, Recipient, SendResult, SentCard
from cards import model
from cards.text import card_text
from domain.errors import PlatformError
from store import alarms, media, outbox
from store.engine import Database
from store.models import OutboxMessage
from store.transaction import Transaction

log = structlog.get_logger()

BATCH = 20
SENDERS = 4
IDLE_SECONDS = 5.0
GATHER_SECONDS = 0.02
"""So many messages of a busy moment share a round; nobody sees the difference."""
HELD_BACK_SECONDS = 0.05
FIRST_BACKOFF = timedelta(seconds=2)
LONGEST_BACKOFF = timedelta(minutes=10)
SAME_BYTES_WINDOW = timedelta(minutes=25)
"""Below the 30 minutes in which WeCom recognises the same bytes; the others remember longer."""
BUG = "bug"


@dataclass(frozen=True)
class Job:
    """
    A leased row with all that is needed to send it without a transaction.

    `doubted_before`: since when it may have been said already, None when it surely was not.
    """

    row_id: int
    lease: str
    platform: str
    account: str
    message: Outbound
    media_id: int | None
    recalls: bool
    rendered: str | None
    attempts: int
    claimed_at: datetime
    doubted_before: datetime | None

    @property
    def place(self) -> str:
        """
        The account, as alarms name it.
        """
        return f"{self.platform}/{self.account}"


class Delivery:
    """
    The loop. `run_once` is one round; `drain` rounds until nothing is due; `start` runs rounds in a thread.
    """

    def __init__(self, database: Database, adapters: Mapping[tuple[str, str], Adapter], clock: Clock) -> None:
        self._database = database
        self._adapters = adapters
        self._clock = clock
        self._outages = Outages()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")

    def wake(self) -> None:
        """
        There may be something new to send.
        """
        self._wake.set()

    def start(self) -> None:
        """
        Run in the background until `stop`.
        """
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """
        Finish the round in progress and end.
        """
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._senders.shutdown()

    def drain(self, ahead: timedelta = timedelta(seconds=2)) -> int:
        """
        Send everything due within `ahead` from now; returns how many rows were tried.
        """
        tried = 0
        while round_size := self._round(self._clock.now() + ahead):
            tried += round_size
        return tried

    def run_once(self, until: datetime) -> list[bool]:
        """
        Claim one batch of rows due until then and try each; False for those that a rate limit held back.
        """
        with self._turn:
            return list(self._senders.map(self._deliver, self._claim(until)))

    def _round(self, until: datetime) -> int:
        """
        One batch, then a pause when rate limits held all of it back; returns how many rows were tried.
        """
        outcomes = self.run_once(until)
        if outcomes and not any(outcomes):
            self._stop.wait(HELD_BACK_SECONDS)
        return len(outcomes)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if self._safe_round():
                continue
            if self._wake.wait(self._pause()):
                self._stop.wait(GATHER_SECONDS)

    def _safe_round(self) -> int:
        try:
            return self._round(self._clock.now())
        except Exception:  # boundary: the loop must outlive a broken round; its leases expire by themselves
            log.exception("delivery.round_failed")
            self._stop.wait(1.0)
            return 0

    def _pause(self) -> float:
        with self._database.read() as tx:
            due = outbox.next_due(tx)
        if due is None:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.05, (due - self._clock.now()).total_seconds()))

    def _claim(self, until: datetime) -> list[Job]:
        lease = secrets.token_hex(8)
        with self._database.write() as tx:
            rows = outbox.claim_due(tx, until, limit=BATCH, lease=lease)
            return [job for row in rows if (job := self._job(tx, row, lease, until)) is not None]

    def _job(self, tx: Transaction, row: OutboxMessage, lease: str, claimed_at: datetime) -> Job | None:
        if (row.platform, row.account) not in self._adapters:
            self._end(tx, row.id, lease, "dead", f"no account {row.platform}/{row.account} is configured")
            return None
        if row.expires_at < self._clock.now():
            self._end(tx, row.id, lease, "dead", "expired before it could be sent")
            return None
        doubted_before = row.in_doubt_since if row.in_doubt_since != claimed_at else None
        if doubted_before is not None and claimed_at - doubted_before > SAME_BYTES_WINDOW:
            self._end(tx, row.id, lease, "uncertain", row.error or "it may have been sent when the process ended")
            return None
        target = _target(tx, row)
        if row.target_id is not None and target is None:
            outbox.mark_ended(tx, row.id, lease, "cancelled", "the card was never sent")
            return None
        card = model.from_json(row.card) if row.card else None
        recipient = Recipient("group" if row.recipient_kind == "group" else "person", row.recipient_id)
        message = Outbound(f"o{row.id}", recipient, card, row.text, target, mentions=tuple(row.mentions or ()))
        return Job(
            row_id=row.id,
            lease=lease,
            platform=row.platform,
            account=row.account,
            message=message,
            media_id=row.media_id,
            recalls=row.recalls,
            rendered=row.rendered,
            attempts=row.attempts,
            claimed_at=claimed_at,
            doubted_before=doubted_before,
        )

    def _deliver(self, job: Job) -> bool:
        """
        Try one row; False when a rate limit held it back.
        """
        adapter = self._adapters[job.platform, job.account]
        try:
            self._finish(job, self._withdrawn(job, adapter) if job.recalls else self._sent(job, adapter))
        except CannotUpdate:
            self._say_instead(job)
        except NotWorthACall as reason:
            self._leave_out(job, str(reason))
        except PlatformError as error:
            if not error.tried and error.retry_after is not None:
                self._hold_back(job, error, error.retry_after)
                return False
            self._failed(job, error)
        except Exception as bug:  # boundary: one broken message must not stop the others
            log.exception("outbox.failed", platform=job.platform, row=job.row_id)
            self._failed(job, PlatformError(BUG, repr(bug)))
        return True

    def _hold_back(self, job: Job, error: PlatformError, seconds: float) -> None:
        with self._database.write() as tx:
            at = self._clock.now() + timedelta(seconds=seconds)
            outbox.postpone(tx, job.row_id, job.lease, at=at, in_doubt_since=job.doubted_before)
            if error.about_account:
                self._account_alarm(tx, job, error.code, str(error))

    def _leave_out(self, job: Job, reason: str) -> None:
        with self._database.write() as tx:
            outbox.mark_ended(tx, job.row_id, job.lease, "cancelled", reason)
            self._account_alarm(tx, job, "saving", reason)

    def _sent(self, job: Job, adapter: Adapter) -> SendResult:
        message = job.message if job.media_id is None else replace(job.message, media=self._media(job.media_id))
        return adapter.send(message, self._rendered(job, message, adapter))

    def _withdrawn(self, job: Job, adapter: Adapter) -> SendResult:
        target = job.message.update
        if target is None:
            raise PlatformError("nothing_to_recall", "the row has no target", permanent=True)
        adapter.recall(target)
        return SendResult(target.message_id)

    def _media(self, media_id: int) -> Media:
        """
        What the message carries, read only now: a batch of large files would fill the memory.
        """
        with self._database.read() as tx:
            stored = media.load(tx, media_id)
        return Media("image" if stored.kind == "image" else "file", stored.name, stored.content)

    def _rendered(self, job: Job, message: Outbound, adapter: Adapter) -> str:
        if job.rendered is not None:
            return job.rendered
        rendered = adapter.render(message)
        with self._database.write() as tx:
            outbox.store_rendered(tx, job.row_id, rendered)
        return rendered

    def _finish(self, job: Job, result: SendResult) -> None:
        with self._database.write() as tx:
            sent = outbox.Sent(
                message_id=result.message_id,
                card_ref=result.card_ref,
                update_token=result.update_token,
                update_token_expires_at=result.update_token_expires_at,
            )
            outbox.mark_sent(tx, job.row_id, job.lease, sent, self._clock.now())
            if self._outages.over(tx, job.place, self._clock.now()):
                outbox.try_now(tx, job.platform, job.account, self._clock.now())
            if result.warning:
                self._account_alarm(tx, job, "warning", result.warning)
            if job.message.update is not None:
                self._spend_update_token(tx, job, result)
        log.info("outbox.sent", platform=job.platform, row=job.row_id, attempt=job.attempts)

    def _spend_update_token(self, tx: Transaction, job: Job, result: SendResult) -> None:
        row = tx.session.get(OutboxMessage, job.row_id)
        if row is not None and row.target_id is not None:
            outbox.set_update_token(tx, row.target_id, result.update_token, result.update_token_expires_at)

    def _say_instead(self, job: Job) -> None:
        """
        The card is beyond change: a new message says what its face would have said.
        """
        now = self._clock.now()
        with self._database.write() as tx:
            if not outbox.mark_ended(tx, job.row_id, job.lease, "cancelled", "the card can no longer be changed"):
                return
            row = tx.session.get_one(OutboxMessage, job.row_id)
            draft = outbox.Draft(
                key=f"instead:{job.row_id}",
                platform=row.platform,
                account=row.account,
                recipient_kind=row.recipient_kind,
                recipient_id=row.recipient_id,
                member_id=row.member_id,
                card=row.card,
                text=row.text,
                due_at=now,
                cause_inbox_id=row.cause_inbox_id,
            )
            outbox.enqueue(tx, draft, now)

    def _failed(self, job: Job, error: PlatformError) -> None:
        now = self._clock.now()
        with self._database.write() as tx:
            if error.about_account:
                self._account_alarm(tx, job, error.code, str(error))
            if job.recalls and error.permanent:  # too old, or the platform cannot: the message stays, nothing is lost
                outbox.mark_ended(tx, job.row_id, job.lease, "cancelled", str(error))
            elif error.permanent:
                # what may have been said and would not be recognised when said again is for an operator to decide
                self._end(tx, job.row_id, job.lease, "uncertain" if error.unknown_outcome else "dead", str(error))
            else:
                self._try_again(tx, job, error, now)
            if error.tried and error.code != BUG and (error.unknown_outcome or not error.permanent):
                self._outages.failed(tx, job.place, error, now)
        log.warning("outbox.attempt_failed", platform=job.platform, row=job.row_id, code=error.code)

    def _try_again(self, tx: Transaction, job: Job, error: PlatformError, now: datetime) -> None:
        """
        Later and later, never before the platform said. Where it answers nobody, the attempts are not the message's.
        """
        at = now + max(_backoff(job.attempts), timedelta(seconds=error.retry_after or 0))
        doubt = job.doubted_before or (job.claimed_at if error.unknown_outcome else None)
        if doubt is not None and at - doubt > SAME_BYTES_WINDOW:
            self._end(tx, job.row_id, job.lease, "uncertain", str(error))
        elif job.attempts < outbox.MAX_ATTEMPTS:
            outbox.mark_again(tx, job.row_id, job.lease, at=at, error=str(error), in_doubt_since=doubt)
        elif self._outages.is_out(job.place):
            outbox.postpone(tx, job.row_id, job.lease, at=at, in_doubt_since=doubt)
        else:
            self._end(tx, job.row_id, job.lease, "dead", str(error))

    def _account_alarm(self, tx: Transaction, job: Job, code: str, message: str) -> None:
        """
        Something about the whole account: one alarm a month for each kind of trouble.
        """
        now = self._clock.now()
        alarms.raise_alarm(tx, "account", f"{job.place}:{now:%Y-%m}:{code}"[:80], f"{job.place}: {message}", now)

    def _end(self, tx: Transaction, row_id: int, lease: str, state: str, error: str) -> None:
        if outbox.mark_ended(tx, row_id, lease, state, error):
            alarms.raise_alarm(tx, "outbox", str(row_id), f"{state}: {error}", self._clock.now())


def _target(tx: Transaction, row: OutboxMessage) -> SentCard | None:
    if row.target_id is None:
        return None
    target = tx.session.get(OutboxMessage, row.target_id)
    if target is None or target.sent_at is None:
        return None
    return SentCard(
        message_id=target.message_id or "",
        card_ref=target.card_ref or "",
        recipient=Recipient("group" if target.recipient_kind == "group" else "person", target.recipient_id),
        sent_at=target.sent_at,
        update_token=target.update_token,
        update_token_expires_at=target.update_token_expires_at,
    )


def _backoff(attempts: int) -> timedelta:
    doublings: int = 2 ** min(attempts - 1, 10)
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * doublings)


def readable(row: OutboxMessage) -> str:
    """
    What a row says, as plain text for the operator.
    """
    return card_text(model.from_json(row.card)) if row.card else row.text
