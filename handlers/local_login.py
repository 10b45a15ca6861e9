"""
The administrators' own sign-in: password and one-time code, for when no platform can vouch for them.

Hashing a password takes a fifth of a second on purpose. It happens between two units of work, never inside one, so
that a sign-in does not hold the write lock. Every answer to a wrong try is the same and costs the same.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import InvalidToken

from bot.context import Context
from bot.keyring import Keyring
from bot.units import Units
from domain.access import Role
from domain.login import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    MAX_PASSWORD,
    GuessLimit,
    SessionLimits,
    network_key,
    password_fault,
)
from handlers.login import SIGNING_IN, SignedIn, TooManyTries, begin
from store import guesses, local_accounts, members, sessions
from store.local_accounts import AccountRecord, Credentials
from store.sessions import Proof

STEP_SECONDS: Final = 30
DRIFT: Final = (-1, 0, 1)
"""Codes of the neighbouring half minutes count too: clocks differ."""
RECOVERY_CODES: Final = 10
AT_ONCE: Final = 2
"""Passwords hashed at the same time: the other request threads stay free for callbacks."""
ISSUER: Final = "聊单"
_TOTP_BOX: Final = "second factors"


@dataclass(frozen=True)
class Given:
    """
    What somebody typed, and the browser it came from: `known_as` names a browser that signed in to this account before.
    """

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    known_as: str = field(default="", repr=False)


@dataclass(frozen=True)
class WrongCredentials:
    """
    Name, password or code is wrong; which one is not said.
    """


@dataclass(frozen=True)
class TooBusy:
    """
    Other passwords are being checked right now.
    """


@dataclass(frozen=True)
class SetupOffer:
    """
    What a set-up link shows: whom it is for, and the secret for the authenticator app.
    """

    name: str
    member: str
    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class Unsuitable:
    """
    The set-up cannot be done this way; `code` selects the sentence, and the link still works.
    """

    code: str


@dataclass(frozen=True)
class LinkGone:
    """
    The link was used, has expired, or never was one.
    """


@dataclass(frozen=True)
class SetUp:
    """
    Password and second factor are set; the recovery codes exist in clear only here.
    """

    signed_in: SignedIn
    recovery_codes: tuple[str, ...] = field(repr=False)


class LocalLogin:
    """
    Checks and sets the administrators' passwords. Safe to call from several threads.
    """

    def __init__(
        self, units: Units, keys: Keyring, limits: SessionLimits, *, hasher: PasswordHasher | None = None
    ) -> None:
        self._units = units
        self._keys = keys
        self._limits = limits
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    @functools.cached_property
    def _nobody(self) -> str:
        """
        The hash of a password nobody knows, made at the first try: the start of the product need not wait for it.
        """
        return self._hasher.hash(self._keys.unguessable())

    def sign_in(self, given: Given, proof: Proof) -> SignedIn | WrongCredentials | TooManyTries | TooBusy:
        """
        Count the try, check password and code, then begin a session.
        """
        if not self._slots.acquire(blocking=False):
            return TooBusy()
        try:
            return self._checked(given, proof)
        finally:
            self._slots.release()

    def offer(self, token: str) -> SetupOffer | None:
        """
        What a set-up link leads to, None when it no longer works. The same at each call.
        """
        with self._units.read(SIGNING_IN) as ctx:
            link = local_accounts.invitation(ctx.tx, token, ctx.now)
            member = members.get_member(ctx.tx, link.member_id) if link else None
        if link is None or member is None or not member.is_active:
            return None
        secret = self._secret_of(token)
        uri = pyotp.TOTP(secret).provisioning_uri(name=link.name, issuer_name=ISSUER)
        return SetupOffer(name=link.name, member=member.name, secret=secret, uri=uri)

    def set_up(self, token: str, password: str, code: str, proof: Proof) -> SetUp | Unsuitable | LinkGone:
        """
        Set password and second factor with a link; other sessions of the member end.
        """
        offered = self.offer(token)
        if offered is None:
            return LinkGone()
        fault = password_fault(password, offered.name)
        if fault is not None:
            return Unsuitable(fault)
        step = matching_step(offered.secret, code, self._units.clock.now())
        if step is None:
            return Unsuitable("code_wrong")
        if not self._slots.acquire(blocking=False):
            return Unsuitable("login_busy")
        try:
            hashed = self._hasher.hash(password)
        finally:
            self._slots.release()
        codes = tuple(self._keys.spoken_code() for _ in range(RECOVERY_CODES))
        encrypted = self._keys.box(_TOTP_BOX).encrypt(offered.secret.encode()).decode()
        made = Credentials(hashed, encrypted, step, [recovery_hash(each) for each in codes])
        return self._accepted(token, made, codes, proof)

    def _checked(self, given: Given, proof: Proof) -> SignedIn | WrongCredentials | TooManyTries:
        limits = limits_for(given, proof.address)
        with self._units.write(SIGNING_IN, cause="login") as ctx:
            until = guesses.take(ctx.tx, limits, ctx.now)
            account = local_accounts.named(ctx.tx, given.name)
        if until is not None:
            return TooManyTries(until)
        is_right = self._is_password(account, given.password)
        step, recovery = self._second_factor(account, given.code), recovery_hash(given.code)
        if account is None or not is_right:
            return WrongCredentials()
        newer = self._hasher.hash(given.password) if self._hasher.check_needs_rehash(account.password_hash) else None
        with self._units.write(SIGNING_IN, cause="login") as ctx:
            signed_in = self._admitted(ctx, account, step, recovery, proof)
            if isinstance(signed_in, SignedIn):
                guesses.forgive(ctx.tx, frozenset(limits) - {network_key(proof.address)})
                if newer is not None:
                    local_accounts.rehash(ctx.tx, account.id, newer)
        return signed_in

    def _admitted(
        self, ctx: Context, account: AccountRecord, step: int | None, recovery: str, proof: Proof
    ) -> SignedIn | WrongCredentials:
        """
        The code is used up, and whoever it belongs to has to be an administrator still.
        """
        is_fresh = (
            local_accounts.use_recovery(ctx.tx, account.id, recovery)
            if step is None
            else local_accounts.use_step(ctx.tx, account.id, step)
        )
        member = members.read_anew(ctx.tx, account.member_id)
        if not is_fresh or member is None or Role.ADMIN not in member.facts.roles:
            return WrongCredentials()
        begun = begin(ctx, member.id, proof, self._limits)
        return begun if isinstance(begun, SignedIn) else WrongCredentials()

    def _accepted(self, token: str, made: Credentials, codes: tuple[str, ...], proof: Proof) -> SetUp | LinkGone:
        with self._units.write(SIGNING_IN, cause="login") as ctx:
            link = local_accounts.invitation(ctx.tx, token, ctx.now)
            member = members.read_anew(ctx.tx, link.member_id) if link else None
            taken = local_accounts.named(ctx.tx, link.name) if link else None
            if link is None or member is None or (taken is not None and taken.member_id != member.id):
                return LinkGone()
            actor = members.actor_for(ctx.tx, member, SIGNING_IN.via)
            if not local_accounts.accept(ctx.tx, actor, link, made, ctx.now):
                return LinkGone()
            sessions.end_all(ctx.tx, actor, member.id, ctx.now, reason="password changed")
            begun = begin(ctx, member.id, proof, self._limits)
            return SetUp(begun, codes) if isinstance(begun, SignedIn) else LinkGone()

    def _is_password(self, account: AccountRecord | None, password: str) -> bool:
        """
        An unknown name costs as much time as a wrong password.
        """
        known = account.password_hash if account else self._nobody
        try:
            return self._hasher.verify(known, password[: MAX_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False

    def _second_factor(self, account: AccountRecord | None, code: str) -> int | None:
        try:
            box = self._keys.box(_TOTP_BOX)
            secret = box.decrypt(account.totp_secret).decode() if account else self._secret_of("nobody")
        except InvalidToken:
            return None
        return matching_step(secret, code, self._units.clock.now())

    def _secret_of(self, token: str) -> str:
        """
        The second factor that a link stands for: 160 bits, the same however often the page is opened.
        """
        return base64.b32encode(self._keys.digest("set-up of second factors", token)[:20]).decode()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """
    The half minute whose one-time code this is, the newest where several match; None for a wrong code.
    """
    given = "".join(unicodedata.normalize("NFKC", code).split()).encode("utf-8", "replace")
    current, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    steps = [current + drift for drift in DRIFT]
    matching = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), given)]
    return max(matching, default=None)


def recovery_hash(code: str) -> str:
    """
    How a recovery code is stored: it has 60 random bits, so a plain hash is safe.
    """
    plain = "".join(each for each in unicodedata.normalize("NFKC", code).lower() if each.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def limits_for(given: Given, address: str) -> Mapping[str, GuessLimit]:
    """
    What a try counts against. A browser that was in before counts for itself alone: strangers cannot lock it out.

    Source: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies (read 2026-08).
    """
    if given.known_as:
        return {f"browser:{given.known_as}": ACCOUNT_LIMIT}
    return {f"account:{local_accounts.folded(given.name)}": ACCOUNT_LIMIT, network_key(address): ADDRESS_LIMIT}
