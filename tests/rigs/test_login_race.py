"""
Signing in at the same instant at several processes: whatever is good for once is used once, and no try goes uncounted.
"""

import pyotp
import pytest
from argon2 import PasswordHasher
from crowd import SYSTEM, together

from bot.keyring import Keyring
from domain.login import ACCOUNT_LIMIT, SessionLimits
from handlers import leaver, login
from handlers.local_login import Given, LocalLogin, SetUp, WrongCredentials
from handlers.login import SignedIn, TooManyTries
from store import local_accounts, members, sessions
from store.doctor import examine, snapshot
from store.sessions import Proof

PASSWORD = "eine ganze Reihe von Worten"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HERE = Proof("password", address="203.0.113.7")
KEYS = Keyring(b"r" * 32)
ROUNDS = 6


class Desk:
    """
    An administrator whose password every process checks for itself.
    """

    def __init__(self, crowd):
        self.crowd = crowd
        self.logins = [LocalLogin(process.units, KEYS, SessionLimits(), hasher=QUICK) for process in crowd.processes]
        with crowd.processes[0].units.write(SYSTEM, cause="desk") as ctx:
            self.member_id = members.add_member(
                ctx.tx,
                name="陈姐",
                title="",
                roles=["admin"],
                department_id=None,
                leads_department_id=None,
                now=ctx.now,
            )
        self.token = self.invite()
        self.made = self.set_up(self.logins[0])

    def invite(self):
        with self.crowd.processes[0].units.write(SYSTEM, cause="invite") as ctx:
            return local_accounts.invite(ctx.tx, SYSTEM, self.member_id, "root", ctx.now)

    def set_up(self, at, token=None):
        token = token or self.token
        offer = at.offer(token)
        return at.set_up(token, PASSWORD, self.code(offer.secret if offer else pyotp.random_base32()), HERE)

    def code(self, secret):
        return pyotp.TOTP(secret).at(self.crowd.clock.now())

    def at_once(self, *given):
        """
        Each process is given something at the same instant.
        """
        return together(
            [lambda at=at, what=what: at.sign_in(what, HERE) for at, what in zip(self.logins, given, strict=True)]
        )


@pytest.fixture
def desk(crowd):
    return Desk(crowd)


def kinds(outcomes, kind):
    return sum(isinstance(outcome, kind) for outcome in outcomes)


def test_a_state_is_spent_once(crowd):
    for number in range(ROUNDS):

        def spend(process, state=f"state{number}"):
            with process.units.write(SYSTEM, cause="race") as ctx:
                return sessions.spend(ctx.tx, state, ctx.now)

        spent = together([lambda process=process: spend(process) for process in crowd.processes])

        assert 1 == sum(spent)


def test_a_recovery_code_lets_in_once(desk):
    for code in desk.made.recovery_codes[:ROUNDS]:
        outcomes = desk.at_once(*[Given("root", PASSWORD, code, f"b{code}")] * 4)

        assert (1, 3) == (kinds(outcomes, SignedIn), kinds(outcomes, WrongCredentials))


def test_different_recovery_codes_at_once_are_all_used_up(desk):
    codes = desk.made.recovery_codes[:4]

    first = desk.at_once(*(Given("root", PASSWORD, code, f"b{code}") for code in codes))
    again = desk.at_once(*(Given("root", PASSWORD, code, f"b{code}") for code in codes))

    assert (4, 0) == (kinds(first, SignedIn), kinds(again, SignedIn))


def test_a_set_up_link_works_once(desk):
    token = desk.invite()

    outcomes = together([lambda at=at: desk.set_up(at, token) for at in desk.logins])

    assert 1 == kinds(outcomes, SetUp)


def test_no_more_passwords_are_tried_than_the_limit_however_many_come_at_once(desk):
    outcomes = [outcome for _ in range(ROUNDS) for outcome in desk.at_once(*[Given("root", "guess", "000000")] * 4)]

    assert ACCOUNT_LIMIT.tries == kinds(outcomes, WrongCredentials)
    assert 4 * ROUNDS - ACCOUNT_LIMIT.tries == kinds(outcomes, TooManyTries)


def test_whoever_leaves_while_signing_in_has_no_session_afterwards(crowd):
    first, second = crowd.processes[:2]
    for seller in crowd.sellers:
        member_id = crowd.ids[seller]

        def sign_in(member_id=member_id):
            with first.units.write(SYSTEM, cause="race") as ctx:
                login.begin(ctx, member_id, HERE, SessionLimits())

        def leave(member_id=member_id):
            with second.units.write(SYSTEM, cause="race") as ctx:
                leaver.leave(ctx, member_id)

        together([sign_in, leave])

    with snapshot(crowd.database) as tx:
        assert "SES-1" not in {finding.code for finding in examine(tx, crowd.clock.now())}
