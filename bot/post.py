"""
Writing to people: chooses where a member is reached and puts cards into the outbox of the running transaction.

Used by handlers (through the context) and by jobs. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Media
from cards import model
from cards.group import without_contacts
from cards.model import Card
from domain.audience import Audience, may_show_contacts
from domain.masking import mask_numbers
from store import media as store_media
from store import members, outbox, rosters
from store.models import OutboxMessage
from store.outbox import ClickedCard
from store.transaction import Transaction

UPDATE_DELAY = timedelta(seconds=1)
RECALL_WINDOW = timedelta(hours=23)
"""Every platform takes a direct message back for 24 hours; an hour is left for a queue."""


@dataclass(frozen=True)
class Account:
    """
    A configured platform account.
    """

    platform: str
    account: str
    corp_id: str


@dataclass(frozen=True)
class Address:
    """
    Where somebody is reached: an account and the platform's id of the person or group.
    """

    platform: str
    account: str
    kind: str
    id: str


@dataclass(frozen=True)
class About:
    """
    What a card is about, so that all its copies can be found: subject `approval:42`, purpose `request`.
    """

    subject: str
    purpose: str


class Post:
    """
    The outbox as one transaction uses it.

    `origin` is where the event came from: members who have an id there are reached there. `cause` prefixes the
    idempotency keys, so that the same step never writes twice. `letters`, when given, collects what would be written,
    because the transaction only reads.
    """

    def __init__(
        self,
        tx: Transaction,
        accounts: Sequence[Account],
        now: datetime,
        *,
        cause: str,
        origin: tuple[str, str] | None = None,
        inbox_id: int | None = None,
        letters: list[outbox.Draft] | None = None,
    ) -> None:
        self._letters = letters
        self._tx = tx
        self._accounts = accounts
        self._now = now
        self._cause = cause
        self._origin = origin
        self._inbox_id = inbox_id
        self._count = 0

    @property
    def is_draft(self) -> bool:
        """
        Whether letters are only collected: the transaction is for reading, nothing may be written in it.
        """
        return self._letters is not None

    @property
    def accounts(self) -> Sequence[Account]:
        """
        The configured platform accounts.
        """
        return self._accounts

    def to_member(self, member_id: int, card: Card, about: About | None = None, *, key: str | None = None) -> bool:
        """
        A card to a member's direct chat; False when the member has no address here (left, or on no platform).
        """
        address = self.address_of(member_id)
        if address is None:
            return False
        self.to_address(address, card=card, about=about, key=key, member_id=member_id)
        return True

    def to_address(
        self,
        address: Address,
        *,
        card: Card | None = None,
        text: str = "",
        about: About | None = None,
        key: str | None = None,
        member_id: int | None = None,
        calling: tuple[str, ...] = (),
    ) -> None:
        """
        A card or text to a known place; in a group, as everybody there may read it.

        `calling` are the platform's ids of people to be called with @ in a group.
        """
        if address.kind == "group":
            card, text = self.for_group(address, card) if card else None, mask_numbers(text)
        self._write(address, card=card, text=text, about=about, key=key, member_id=member_id, mentions=calling)

    def for_group(self, address: Address, card: Card) -> Card:
        """
        The card as the whole group may read it: without contacts, unless the group is cleared for them.
        """
        masked = without_contacts(card)
        return card if masked == card or may_show_contacts(self.audience_of(address)) else masked

    def audience_of(self, address: Address) -> Audience:
        """
        Who reads what is posted in a group.
        """
        place = (address.platform, address.account)
        corp_id = next((one.corp_id for one in self._accounts if (one.platform, one.account) == place), "")
        return rosters.audience(self._tx, *place, address.id, corp_id=corp_id, now=self._now)

    def _write(
        self,
        address: Address,
        *,
        card: Card | None = None,
        text: str = "",
        about: About | None = None,
        key: str | None = None,
        member_id: int | None = None,
        media_id: int | None = None,
        mentions: tuple[str, ...] = (),
    ) -> None:
        self._count += 1
        about = about or About("", "")
        draft = outbox.Draft(
            key=key or f"{self._cause}:{self._count}",
            platform=address.platform,
            account=address.account,
            recipient_kind=address.kind,
            recipient_id=address.id,
            member_id=member_id,
            card=model.to_json(card) if card else None,
            text=text,
            subject=about.subject,
            purpose=about.purpose,
            media_id=media_id,
            mentions=mentions,
            due_at=self._now,
            cause_inbox_id=self._inbox_id,
        )
        self._put(draft)

    def _put(self, draft: outbox.Draft) -> None:
        if self._letters is None:
            outbox.enqueue(self._tx, draft, self._now)
        else:
            self._letters.append(draft)

    def to_group(
        self,
        platform: str,
        account: str,
        chat_id: str,
        card: Card,
        *,
        key: str | None = None,
        calling: Sequence[int] = (),
    ) -> None:
        """
        A card to a group. The caller has cut it to what the least entitled member may see.

        `calling` are members to be called with @, those who have an id on this platform.
        """
        address = Address(platform, account, "group", chat_id)
        ids = (self._places(member_id).get((platform, account)) for member_id in calling)
        self._write(address, card=card, key=key, mentions=tuple(place.id for place in ids if place is not None))

    def media_to_address(self, address: Address, media: Media, *, caption: str = "", key: str | None = None) -> None:
        """
        A picture or file to a known place, with a caption where the platform has captions.

        Raises:
            ValueError: it is empty or larger than any platform takes.
        """
        if self._letters is not None:
            raise RuntimeError("post: a picture or file needs a transaction that writes")
        media_id = store_media.keep(self._tx, media.kind, media.name, media.content, self._now)
        text = mask_numbers(caption) if address.kind == "group" else caption
        self._write(address, text=text, key=key, media_id=media_id)

    def recall(self, about: About) -> int:
        """
        Take back every copy of a card, where the platform can; returns how many there are or were to be.
        """
        rows = outbox.copies(self._tx, about.subject, about.purpose)
        for row in rows:
            self._recall(row)
        return len(rows)

    def _recall(self, row: OutboxMessage) -> None:
        self._count += 1
        if outbox.mark_recalled(self._tx, row, self._now):
            self._put(self._beside(row, f"recall:{row.id}", due_at=self._now, recalls=True))

    def take_back(self, about: About, face: Card) -> None:
        """
        Make every copy of a card disappear, where that is still possible; an older one gets a face that says so.
        """
        for row in outbox.copies(self._tx, about.subject, about.purpose):
            if row.sent_at is not None and (row.recipient_kind == "group" or row.sent_at <= self._now - RECALL_WINDOW):
                self.change_copy(row, face)
            else:
                self._recall(row)

    def change_face(self, about: About, card: Card, *, clicked: ClickedCard | None = None) -> int:
        """
        Give every copy of a card its new face; returns how many. The clicked copy already has it from the answer.
        """
        changed = 0
        for row in outbox.copies(self._tx, about.subject, about.purpose):
            if clicked is not None and row.id == clicked.id:
                continue
            self.change_copy(row, card)
            changed += 1
        return changed

    def change_clicked(self, clicked: ClickedCard, card: Card) -> None:
        """
        Show the pressed card's new face to everybody else who sees it, where the answer reaches who pressed only.
        """
        self.change_copy(self._tx.row(OutboxMessage, clicked.id), card)

    def change_copy(self, row: OutboxMessage, card: Card) -> None:
        """
        Give one sent card a new face: at once while it still waits, else as an update after it.
        """
        self._count += 1
        if row.recipient_kind == "group":
            card = self.for_group(Address(row.platform, row.account, "group", row.recipient_id), card)
        face = model.to_json(card)
        if outbox.replace_card(self._tx, row, face):
            return
        key = f"{self._cause}:{self._count}:update:{row.id}"
        self._put(self._beside(row, key, due_at=self._now + UPDATE_DELAY, card=face))

    def _beside(
        self, row: OutboxMessage, key: str, *, due_at: datetime, card: str | None = None, recalls: bool = False
    ) -> outbox.Draft:
        """
        A row about a row that was sent: its new face, or its withdrawal.
        """
        return outbox.Draft(
            key=key,
            platform=row.platform,
            account=row.account,
            recipient_kind=row.recipient_kind,
            recipient_id=row.recipient_id,
            member_id=row.member_id,
            card=card,
            target_id=row.id,
            recalls=recalls,
            due_at=due_at,
            cause_inbox_id=self._inbox_id,
        )

    def address_of(self, member_id: int) -> Address | None:
        """
        Where to write to a member: where the event came from, else where they were last active, else anywhere.
        """
        member = members.get_record(self._tx, member_id)
        if member is None or not member.facts.is_active:
            return None
        places = self._places(member_id)
        if self._origin in places:
            return places[self._origin]
        seen = members.last_seen(self._tx, member_id)
        if seen in places:
            return places[seen]
        return next(iter(places.values()), None)

    def _places(self, member_id: int) -> dict[tuple[str, str] | None, Address]:
        identities = {(i.platform, i.corp_id): i.user_id for i in members.addresses(self._tx, member_id)}
        return {
            (account.platform, account.account): Address(account.platform, account.account, "person", user_id)
            for account in self._accounts
            if (user_id := identities.get((account.platform, account.corp_id)))
        }
