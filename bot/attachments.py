"""
Reading what people send: takes waiting pictures and files, fetches them, reads them, and tells the bot what they say.

No transaction is open while a platform is asked or a picture is read. What was read becomes an event like any other, so
a process that dies in between does it again and the person gets one answer.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.events import Attachment, AttachmentKind, AttachmentRead, ChatRef, Event, Person
from bot.pictures import Picture, Unreadable, read_picture
from bot.ports import Adapter
from bot.reply import Reply
from domain.errors import PlatformError
from domain.text.vcard import decode_card, read_card
from store import attachments, inbox
from store.engine import Database
from store.models import WaitingAttachment

log = structlog.get_logger()

MAX_BYTES = 10 * 1024 * 1024
READERS = 2
MAX_ATTEMPTS = 5
FIRST_BACKOFF = timedelta(seconds=5)
IDLE_SECONDS = 1.0


@dataclass(frozen=True)
class Found:
    """
    What a picture or file says: a card's values by name, or lines of text; with a fault, neither.
    """

    contact: Mapping[str, str] | None = None
    text: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Job:
    """
    A leased row with all that is needed to read it without a transaction.
    """

    row_id: int
    lease: str
    attempts: int
    event: AttachmentRead
    attachment: Attachment


class Attachments:
    """
    The loop. `take` is what an event is given to. `run_once` is one round; `start` runs rounds in a thread.
    """

    def __init__(
        self,
        database: Database,
        adapters: Mapping[tuple[str, str], Adapter],
        take: Callable[[Event], Reply],
        clock: Clock,
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._take = take
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def start(self) -> None:
        """
        Run in the background until `stop`.
        """
        self._thread = threading.Thread(target=self._run, name="attachments", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """
        Finish the round in progress and end.
        """
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._readers.shutdown()

    def run_once(self) -> int:
        """
        Read what is due, a few at a time; returns how many. Whatever happens to one does not concern the others.
        """
        jobs = self._claim()
        readings = [self._readers.submit(self._read, job) for job in jobs]
        for job, reading in zip(jobs, readings, strict=True):
            if (error := reading.exception()) is not None:
                log.error("attachment.failed", platform=job.event.platform, row=job.row_id, exc_info=error)
                self._failed(job, PlatformError("bug", repr(error)))
        return len(jobs)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                was_busy = self.run_once() > 0
            except SQLAlchemyError as error:  # the database is away for a moment; leases expire by themselves
                log.warning("attachments.round_failed", error=type(error).__name__)
                was_busy = False
            if not was_busy:
                self._stop.wait(IDLE_SECONDS)

    def _claim(self) -> list[Job]:
        now, lease = self._clock.now(), secrets.token_hex(8)
        with self._database.read() as tx:
            if not attachments.is_due(tx, now):
                return []
        with self._database.write() as tx:
            return [_job(row, lease) for row in attachments.claim_due(tx, now, limit=READERS, lease=lease)]

    def _read(self, job: Job) -> None:
        try:
            found = self._fetched(job)
        except PlatformError as error:
            self._failed(job, error)
        else:
            self._tell(job, found)

    def _fetched(self, job: Job) -> Found:
        adapter = self._adapters.get((job.event.platform, job.event.account))
        if adapter is None:
            raise PlatformError("no_account", f"{job.event.platform}/{job.event.account}", permanent=True)
        content = adapter.download(job.attachment).content
        return Found(fault="too_large") if len(content) > MAX_BYTES else read(content)

    def _failed(self, job: Job, error: PlatformError) -> None:
        """
        Try again later; when that is no use, the person learns it and can type instead.
        """
        log.warning("attachment.not_read", platform=job.event.platform, row=job.row_id, code=error.code)
        if error.permanent or job.attempts >= MAX_ATTEMPTS:
            self._tell(job, Found(fault="too_large" if error.code.endswith("too_large") else "failed"), str(error))
            return
        wait = timedelta(seconds=error.retry_after) if error.retry_after else _backoff(job.attempts)
        with self._database.write() as tx:
            attachments.mark_again(tx, job.row_id, job.lease, at=self._clock.now() + wait, error=str(error))

    def _tell(self, job: Job, found: Found, error: str = "") -> None:
        """
        Hand the bot what was found. It answers once per row, however often it is told.
        """
        event = _told(job.event, found)
        self._take(event)
        now = self._clock.now()
        with self._database.write() as tx:
            if inbox.peek(tx, event.platform, event.account, event.key) is not None:
                attachments.mark_done(tx, job.row_id, job.lease, now, error=error or found.fault)
            elif job.attempts >= inbox.MAX_ATTEMPTS:
                attachments.mark_done(tx, job.row_id, job.lease, now, error="the event was given up")
            else:
                again = now + _backoff(job.attempts)
                attachments.mark_again(tx, job.row_id, job.lease, at=again, error="the event could not be handled")


def read(content: bytes) -> Found:
    """
    What a file says, by what it is and not by its name.
    """
    if content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").replace(b"\x00", b"")[:11].upper() == b"BEGIN:VCARD":
        card = read_card(decode_card(content))
        return Found(contact=card) if card else Found(fault="nothing_found")
    match read_picture(content):
        case Unreadable(fault=fault):
            return Found(fault=fault)
        case Picture(codes=codes, lines=lines):
            return _on_picture(codes, lines)


def _on_picture(codes: tuple[str, ...], lines: tuple[str, ...] | None) -> Found:
    card = next((card for code in codes if (card := read_card(code))), None)
    if card:
        return Found(contact=card)
    if lines is None:
        return Found(fault="no_reader")
    return Found(text="\n".join(lines)) if lines else Found(fault="nothing_found")


def _told(event: AttachmentRead, found: Found) -> AttachmentRead:
    return replace(event, text=found.text, contact=found.contact or {}, fault=found.fault)


def _job(row: WaitingAttachment, lease: str) -> Job:
    """
    What is found in a group's picture is told to the person alone: a card is full of personal data.
    """
    event = AttachmentRead(
        platform=row.platform,
        account=row.account,
        key=f"attachment:{row.id}",
        sender=Person(row.user_id),
        chat=ChatRef("direct", row.chat_id if row.chat_kind == "direct" else ""),
        sent_at=row.created_at,
        message_id=row.message_id,
    )
    kind: AttachmentKind = "image" if row.kind == "image" else "file"
    return Job(row.id, lease, row.attempts, event, Attachment(kind, ref=row.ref, name=row.name))


def _backoff(attempts: int) -> timedelta:
    doublings: int = 2 ** min(attempts - 1, 8)
    return FIRST_BACKOFF * doublings
