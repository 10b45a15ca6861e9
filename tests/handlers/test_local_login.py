"""
The administrators' passwords: what lets somebody in, what does not, and what guessing runs into.
"""

from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from small_company import MONDAY

from bot.keyring import Keyring
from domain.access import Actor
from domain.login import ACCOUNT_LIMIT, SessionLimits
from handlers.local_login import (
    DRIFT,
    STEP_SECONDS,
    Given,
    LinkGone,
    LocalLogin,
    SetUp,
    TooBusy,
    Unsuitable,
    WrongCredentials,
    limits_for,
    matching_step,
    recovery_hash,
)
from handlers.login import SignedIn, TooManyTries
from store import audit, local_accounts, members, sessions
from store.sessions import Proof

SYSTEM = Actor.system("test sign-in")
PASSWORD = "正确的 马 电池 订书钉 一句话"
HERE = Proof("password", address="203.0.113.7")
AWAY = Proof("password", address="198.51.100.9")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Desk:
    """
    An administrator with a password, and the clock of the product.
    """

    def __init__(self, product):
        self.product, self.clock = product, product.clock
        self.login = LocalLogin(product.units, Keyring(b"s" * 32), SessionLimits(), hasher=QUICK)
        with product.units.write(SYSTEM, cause="desk") as ctx:
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
        self.secret = self.login.offer(self.token).secret
        self.made = self.login.set_up(self.token, PASSWORD, self.code(), HERE)

    def invite(self):
        with self.product.units.write(SYSTEM, cause="invite") as ctx:
            return local_accounts.invite(ctx.tx, SYSTEM, self.member_id, "Root", ctx.now)

    def code(self, drift=0):
        step = int(self.clock.now().timestamp()) // STEP_SECONDS
        return pyotp.TOTP(self.secret).generate_otp(step + drift)

    def pass_time(self, **span):
        self.clock.set(self.clock.now() + timedelta(**span))

    def try_in(self, name="root", password=PASSWORD, code=None, *, proof=HERE, known_as=""):
        return self.login.sign_in(Given(name, password, self.code() if code is None else code, known_as), proof)

    def live(self):
        with self.product.database.read() as tx:
            actor = members.actor_by_id(tx, self.member_id, "test")
            return len(sessions.listing(tx, actor, self.clock.now(), SessionLimits()))


@pytest.fixture
def desk(product):
    desk = Desk(product)
    desk.pass_time(minutes=5)
    return desk


def test_setting_up_signs_in_and_gives_ten_recovery_codes(desk):
    assert isinstance(desk.made, SetUp)
    assert 10 == len(set(desk.made.recovery_codes))
    assert 1 == desk.live()


def test_name_password_and_code_together_let_in(desk):
    assert isinstance(desk.try_in(" ROOT "), SignedIn)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "nobody"},
        {"password": PASSWORD + "!"},
        {"password": ""},
        {"password": "x" * 100_000},
        {"code": ""},
        {"code": "000000"},
        {"code": "not-a-code"},
        {"code": "１２３４５６７"},
        {"name": "\x00'; DROP TABLE member", "code": "\ud800"},
    ],
)
def test_anything_wrong_is_answered_the_same(desk, wrong):
    assert WrongCredentials() == desk.try_in(**wrong)


def test_a_code_works_once(desk):
    code = desk.code()

    assert isinstance(desk.try_in(code=code), SignedIn)
    assert WrongCredentials() == desk.try_in(code=code)


def test_an_older_code_is_worth_nothing_after_a_newer_one(desk):
    older = desk.code(drift=-1)
    desk.try_in()

    assert WrongCredentials() == desk.try_in(code=older)


def test_the_code_of_the_setup_is_used_up(product):
    desk = Desk(product)

    assert WrongCredentials() == desk.try_in()


def test_a_recovery_code_stands_for_the_phone_once(desk):
    code = desk.made.recovery_codes[3]

    assert isinstance(desk.try_in(code=code.upper().replace("-", " ")), SignedIn)
    assert WrongCredentials() == desk.try_in(code=code)
    assert isinstance(desk.try_in(code=desk.made.recovery_codes[4]), SignedIn)


def test_after_five_failures_even_the_right_password_waits(desk):
    for _ in range(ACCOUNT_LIMIT.tries):
        assert WrongCredentials() == desk.try_in(password="wrong")
    began = desk.clock.now()

    assert TooManyTries(began + ACCOUNT_LIMIT.window) == desk.try_in()
    desk.pass_time(minutes=16)
    assert isinstance(desk.try_in(), SignedIn)


def test_who_is_turned_away_cannot_prolong_the_wait(desk):
    for _ in range(ACCOUNT_LIMIT.tries):
        desk.try_in(password="wrong")
    desk.pass_time(minutes=14)
    for _ in range(50):
        desk.try_in(password="wrong")

    desk.pass_time(minutes=2)

    assert isinstance(desk.try_in(), SignedIn)


def test_strangers_cannot_lock_the_administrator_out_of_a_known_browser(desk):
    for _ in range(20):
        desk.try_in(password="guess", proof=AWAY)
    assert isinstance(desk.try_in(), TooManyTries)

    assert isinstance(desk.try_in(known_as="b1"), SignedIn)


def test_a_known_browser_may_not_guess_without_end_either(desk):
    for _ in range(ACCOUNT_LIMIT.tries):
        desk.try_in(password="guess", known_as="b1")

    assert isinstance(desk.try_in(known_as="b1"), TooManyTries)


def test_one_address_cannot_try_many_names(desk):
    for number in range(20):
        desk.try_in(name=f"name{number}", proof=AWAY)

    assert isinstance(desk.try_in(name="another", proof=AWAY), TooManyTries)
    assert isinstance(desk.try_in(), SignedIn)


def test_a_success_forgets_the_failures_of_the_account_but_not_of_the_address(desk):
    for _ in range(4):
        desk.try_in(password="wrong")
    desk.try_in()
    desk.pass_time(seconds=30)

    for _ in range(4):
        assert WrongCredentials() == desk.try_in(password="wrong")


def test_addresses_of_one_network_count_as_one():
    given = Given("root", "p", "c")

    near, far = limits_for(given, "2001:db8:1:2::1"), limits_for(given, "2001:db8:1:2:ffff::9")

    assert near.keys() == far.keys()
    assert near.keys() != limits_for(given, "2001:db8:1:3::1").keys()


def test_whoever_is_no_administrator_any_more_is_not_let_in(desk):
    with desk.product.units.write(SYSTEM, cause="demote") as ctx:
        ctx.tx.session.get(members.Member, desk.member_id).roles = ["sales"]

    assert WrongCredentials() == desk.try_in()


def test_passwords_are_checked_two_at_a_time_and_no_more(desk):
    for _ in range(2):
        desk.login._slots.acquire()

    assert TooBusy() == desk.try_in()


def test_a_link_works_once(desk):
    assert desk.login.offer(desk.token) is None
    assert LinkGone() == desk.login.set_up(desk.token, PASSWORD, "000000", HERE)


def test_a_link_ends_after_a_day(desk):
    token = desk.invite()
    assert desk.login.offer(token) is not None

    desk.pass_time(hours=24)

    assert desk.login.offer(token) is None


def test_a_link_shows_the_same_secret_however_often_it_is_opened(desk):
    token = desk.invite()

    assert desk.login.offer(token) == desk.login.offer(token)
    assert desk.login.offer(token).secret != desk.secret


@pytest.mark.parametrize(
    ("password", "code", "fault"),
    [("kurz", None, "password_short"), ("rootrootroot1", None, "password_simple"), (PASSWORD, "123", "code_wrong")],
)
def test_an_unsuitable_setup_leaves_the_link_working(desk, password, code, fault):
    token = desk.invite()
    right = pyotp.TOTP(desk.login.offer(token).secret).at(desk.clock.now())

    assert Unsuitable(fault) == desk.login.set_up(token, password, code or right, HERE)
    assert desk.login.offer(token) is not None


def test_a_new_password_ends_the_old_one_and_other_sessions(desk):
    desk.try_in()
    token = desk.invite()
    desk.secret, old = desk.login.offer(token).secret, desk.secret
    desk.pass_time(seconds=30)

    desk.login.set_up(token, "another sentence entirely", desk.code(), HERE)

    desk.pass_time(seconds=30)
    assert 1 == desk.live()
    assert WrongCredentials() == desk.try_in(password=PASSWORD, code=pyotp.TOTP(old).at(desk.clock.now()))
    assert isinstance(desk.try_in(password="another sentence entirely"), SignedIn)


def test_secrets_are_stored_neither_in_clear_nor_in_the_audit(desk):
    with desk.product.database.write() as tx:
        audit.seal(tx)
    with desk.product.database.read() as tx:
        account = local_accounts.of_member(tx, desk.member_id)
        lines = tx.connection.exec_driver_sql("SELECT changes, reason FROM audit").all()

    kept = f"{account} {lines}"
    secrets = [PASSWORD, desk.secret, desk.token, *desk.made.recovery_codes, desk.made.signed_in.token]
    assert [] == [secret for secret in secrets if secret in kept]
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(Given("root", PASSWORD, "1"))


@given(st.integers(min_value=-5, max_value=5), st.integers(min_value=0, max_value=STEP_SECONDS - 1))
def test_codes_of_the_neighbouring_half_minutes_count_and_no_others(drift, second):
    instant = MONDAY + timedelta(seconds=second)
    step = int(MONDAY.timestamp()) // STEP_SECONDS
    code = pyotp.TOTP(SECRET).generate_otp(step + drift)

    found = matching_step(SECRET, code, instant)

    assert (step + drift if drift in DRIFT else None) == found


@given(st.text())
def test_any_text_may_be_typed_as_a_code(code):
    assert len(recovery_hash(code)) == 64
    matching_step(SECRET, code, MONDAY)
