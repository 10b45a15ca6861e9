"""
Cuts personal data and amounts down to what a group or a competitor inside the firm may read (脱敏).

Masks are one-way and keep no digit run of the middle. Who gets the masked form is decided by `access`.
"""

from __future__ import annotations

import re
from enum import StrEnum


class AmountBand(StrEnum):
    """
    An expected amount as a group may read it, in yuan: <50万, 50–200万, 200–500万, ≥500万, or not known.
    """

    UNKNOWN = "unknown"
    BELOW_500K = "below_500k"
    FROM_500K = "from_500k"
    FROM_2M = "from_2m"
    FROM_5M = "from_5m"


def amount_band(amount_fen: int | None) -> AmountBand:
    """
    The band of an amount; the lower bound belongs to the band.
    """
    if amount_fen is None:
        return AmountBand.UNKNOWN
    for below_fen, band in _BANDS:
        if amount_fen < below_fen:
            return band
    return AmountBand.FROM_5M


def mask_phone(phone: str) -> str:
    """
    `13800000000` becomes `138****0000`, `0571-88886666-801` becomes `0571-****66`; short numbers vanish.
    """
    digits = re.sub(r"\D", "", phone)
    if _is_mobile(digits):
        return f"{digits[-11:-8]}****{digits[-4:]}"
    area, number = _landline_parts(phone)
    shown = number[-2:] if len(number) >= _LANDLINE_DIGITS else ""
    return f"{area}-****{shown}" if area else f"****{shown}"


def mask_email(email: str) -> str:
    """
    `zhangwei@example.com` becomes `z***@example.com`.
    """
    local, at, domain = email.strip().rpartition("@")
    return f"{local[0]}***@{domain}" if at and local else "***"


def mask_name(name: str) -> str:
    """
    `张伟` becomes `张*` and `欧阳修文` `欧***`; in Latin names only the first letter stays.
    """
    stripped = name.strip()
    if not stripped:
        return ""
    is_chinese = "\u4e00" <= stripped[0] <= "\u9fff"
    return stripped[0] + ("*" * max(1, len(stripped) - 1) if is_chinese else "***")


def mask_contacts(text: str) -> str:
    """
    Free text without the numbers and mailboxes somebody typed into it: `请打13800000000` becomes `请打****`.
    """
    return re.sub(r"\d(?:[\s-]?\d){6,}|[\w.+-]+@[\w.-]+", "****", text)


def mask_numbers(text: str) -> str:
    """
    Free text with its phones and mailboxes masked one by one; dates, amounts and other numbers stay readable.
    """
    without_mail = _MAIL.sub(lambda found: mask_email(found[0]), text)
    return _PHONE.sub(lambda found: mask_phone(found[0]), without_mail)


_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}")
_PHONE = re.compile(
    r"(?<![\d.])(?:(?:(?:\+|00) ?)?86[ -]?)?1[3-9]\d(?:[ -]?\d){8}(?!\d)"
    r"|(?<![\d.])0\d{2,3}[ -]?\d{3,4}[ -]?\d{4}(?:-\d{1,6})?(?!\d)"
    r"|(?<![\d.])400[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"
)
_BANDS = (
    (50_000_000, AmountBand.BELOW_500K),
    (200_000_000, AmountBand.FROM_500K),
    (500_000_000, AmountBand.FROM_2M),
)
_LANDLINE_DIGITS = 7


def _is_mobile(digits: str) -> bool:
    """
    Whether these digits are a mainland mobile, with or without the country code.
    """
    return re.fullmatch(r"(?:0{0,2}86)?1[3-9]\d{9}", digits) is not None


def _landline_parts(phone: str) -> tuple[str, str]:
    """
    The area code (empty when there is none) and the number of a landline, without its extension.
    """
    parts = [part for part in re.split(r"\D+", phone) if part]
    if len(parts) > 1 and parts[0].startswith("0"):
        return parts[0], parts[1]
    return "", parts[0] if parts else ""
