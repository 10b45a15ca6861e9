"""
名片: pictures and files people send become pre-filled registrations; other attachments get an answer that helps.

Fetching and reading happens later and elsewhere (`bot/attachments.py`); here is what is said at once, and what becomes
of what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.context import Context
from bot.events import Attachment, AttachmentRead, MessageReceived
from bot.pictures import can_read_pictures
from bot.reply import Reply, say, say_text
from bot.router import Attached, Happening
from cards import business_card as cards
from cards import registration as registration_cards
from cards.registration import Slip
from domain.registration import missing_fields
from domain.text import understand
from handlers import registration, registration_chat
from store import attachments, registrations
from store.attachments import Sent

AT_ONCE = 5
IN_LINE = 20
"""Nobody's pictures keep everybody else's waiting for long."""
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
CARD_ENDINGS = (".vcf", ".vcard")
CARD_FIELDS = ("name", "contact", "title", "phone", "email", "region")


def on_attachment(ctx: Context, event: MessageReceived) -> Reply:
    """
    Pictures and files: those that may be business cards are read after the answer.
    """
    sent = [(position, one) for position, one in enumerate(event.attachments) if _may_be_card(one)]
    if not sent:
        return say(cards.no_card(event.attachments[0].name))
    readable = [(position, one) for position, one in sent if can_read_pictures() or not _is_picture(one)]
    if not readable:
        return say(cards.no_reader())
    if attachments.waiting_of(ctx.tx, ctx.member_id) >= IN_LINE:
        return say_text(cards.too_many())
    for position, one in readable[:AT_ONCE]:
        attachments.queue(ctx.tx, _sent(ctx, event, position, one), ctx.now)
    return say_text(cards.reading(in_group=ctx.is_group))


def _is_picture(one: Attachment) -> bool:
    return one.kind == "image" or one.name.lower().endswith(PICTURE_ENDINGS)


def _may_be_card(one: Attachment) -> bool:
    """
    A file without a name may be anything; what it is, is seen when it is read.
    """
    return one.kind == "image" or (
        one.kind == "file" and (not one.name or one.name.lower().endswith((*PICTURE_ENDINGS, *CARD_ENDINGS)))
    )


def _sent(ctx: Context, event: MessageReceived, position: int, one: Attachment) -> Sent:
    return Sent(
        platform=event.platform,
        account=event.account,
        event_key=event.key,
        position=position,
        member_id=ctx.member_id,
        user_id=event.sender.user_id,
        chat_kind=event.chat.kind,
        chat_id=event.chat.id,
        message_id=event.message_id,
        kind=one.kind,
        ref=one.ref,
        name=one.name,
    )


def on_read(ctx: Context, event: AttachmentRead) -> Reply:
    """
    What was found: a registration to be checked and submitted, or why there is none.
    """
    if event.fault:
        return say(cards.unreadable(event.fault))
    form, problems = _said_by_name(ctx, event.contact) if event.contact else _said_in_lines(ctx, event.text)
    if not (form.get("phone") or form.get("email") or problems or event.contact):
        return say(cards.without_contact(event.text))
    return _offer(ctx, form, problems)


def _said_by_name(ctx: Context, contact: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Slip]]:
    """
    A vCard's values, each read like an answer to the form.
    """
    form: dict[str, Any] = {}
    slips = {field: registration_chat.put(ctx, form, field, contact.get(field, "")) for field in CARD_FIELDS}
    return form, {field: slip for field, slip in slips.items() if slip is not None}


def _said_in_lines(ctx: Context, text: str) -> tuple[dict[str, Any], dict[str, Slip]]:
    """
    What the lines read from a picture say; numbers that only look like phones are noise there.
    """
    said = understand(text, now=ctx.now, kind="registration").registration
    return (registration_chat.form_of(said) if said else {}), {}


def _offer(ctx: Context, form: Mapping[str, Any], problems: Mapping[str, Slip]) -> Reply:
    """
    The registration with what was read. A dialogue about something else is left alone.
    """
    waiting = _empty_draft(ctx)
    if waiting is not None:
        registrations.save_draft(ctx.tx, waiting, form, ctx.now)
        return registration_chat.proceed(ctx, waiting, form, problems)
    draft_id = registrations.open_draft(ctx.tx, ctx.member_id, dict(form), ctx.now)
    if ctx.dialogue is None and not ctx.has_forms:
        return registration_chat.proceed(ctx, draft_id, form, problems)
    missing = missing_fields(registration.draft_of(form), ctx.policy.registration.required_fields)
    card = registration_cards.confirm(
        draft_id, form, problems=problems, missing=missing, editable=ctx.has_forms, head=cards.head()
    )
    return say(card)


def _empty_draft(ctx: Context) -> int | None:
    """
    The draft of 报备 that asks for its first words: the card is the answer.
    """
    if ctx.dialogue is None or ctx.dialogue.topic != registration_chat.TOPIC:
        return None
    draft = registrations.draft(ctx.tx, ctx.member_id, int(ctx.dialogue.data["draft"]))
    return draft.id if draft is not None and draft.state == "open" and not draft.form else None


def on_place(_ctx: Context, event: MessageReceived) -> Reply:
    """
    A place, while nothing is asked.
    """
    return say(cards.place(event.attachments[0].name or event.attachments[0].text))


def on_contact(_ctx: Context, _event: MessageReceived) -> Reply:
    """
    A colleague's contact card.
    """
    return say(cards.colleague())


def on_voice(_ctx: Context, _event: MessageReceived) -> Reply:
    """
    A voice message without text; one with text is handled like a typed message.
    """
    return say(cards.voice())


ROUTES = (
    Attached("image", on_attachment),
    Attached("file", on_attachment),
    Attached("location", on_place),
    Attached("contact", on_contact),
    Attached("voice", on_voice),
    Happening(AttachmentRead, on_read),
)
