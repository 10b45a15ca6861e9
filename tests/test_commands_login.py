"""
`liaodan admin …` and `liaodan member logout`, as the shell runs them.
"""

from datetime import UTC, datetime

import pytest

from bot.settings import Settings
from commands import run
from domain.access import Actor
from domain.login import SessionLimits
from store import local_accounts, members, sessions
from store.local_accounts import Credentials
from store.sessions import Proof

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SYSTEM = Actor.system("test commands")


@pytest.fixture
def liaodan(own_settings, database_url, monkeypatch, capsys):
    monkeypatch.setenv("LIAODAN_DATABASE_URL", database_url)

    def command(*arguments):
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def member(database):
    def add(name, *roles):
        with database.write() as tx:
            return members.add_member(
                tx,
                name=name,
                title="",
                roles=list(roles),
                department_id=None,
                leads_department_id=None,
                now=datetime.now(UTC),
            )

    return add


def token_in(said):
    *_, address = said.splitlines()
    start = f"{Settings().public_url}/login/setup/"
    assert address.startswith(start)
    return address.removeprefix(start)


def invited(database, said):
    with database.read() as tx:
        return local_accounts.invitation(tx, token_in(said), datetime.now(UTC))


def test_a_new_administrator_gets_a_link_that_works_once(liaodan, database):
    code, said, _ = liaodan("admin", "create", "--name", "管理员", "--login", " Root ")

    link = invited(database, said)
    with database.read() as tx:
        member = members.get_member(tx, link.member_id)
    assert (0, "root", frozenset({"admin"})) == (code, link.name, member.roles)


def test_a_newer_link_ends_the_older_one(liaodan, database, member):
    member("陈姐", "admin")
    _, first, _ = liaodan("admin", "link", "陈姐")

    _, second, _ = liaodan("admin", "link", "陈姐")

    assert invited(database, first) is None
    assert "陈姐" == invited(database, second).name


def test_only_administrators_have_a_password(liaodan, member):
    member("小李", "sales")

    code, _, complaint = liaodan("admin", "link", "小李")

    assert 1 == code
    assert "only administrators" in complaint


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_sign_in_name_has_to_be_one(liaodan, member, name):
    member("陈姐", "admin")

    code, _, complaint = liaodan("admin", "link", "陈姐", f"--login={name or ' '}")

    assert (1, True) == (code, "sign-in name" in complaint)


def test_two_administrators_cannot_share_a_name(liaodan, database, member):
    first = member("陈姐", "admin")
    member("王姐", "admin")
    now = datetime.now(UTC)
    with database.write() as tx:
        token = local_accounts.invite(tx, SYSTEM, first, "root", now)
        link = local_accounts.invitation(tx, token, now)
        local_accounts.accept(tx, SYSTEM, link, Credentials("h", "t", 1, []), now)

    code, _, complaint = liaodan("admin", "link", "王姐", "--login", "ROOT")

    assert (1, True) == (code, "another administrator" in complaint)


def test_removing_a_password_ends_the_sessions(liaodan, database, member):
    admin, now = member("陈姐", "admin"), datetime.now(UTC)
    liaodan("admin", "link", "陈姐")
    with database.write() as tx:
        cookie = sessions.begin(tx, SYSTEM, admin, Proof("demo"), now, SessionLimits())

    code, said, _ = liaodan("admin", "remove", "陈姐")
    again, _, complaint = liaodan("admin", "remove", "陈姐")

    with database.read() as tx:
        assert sessions.find(tx, cookie, now, SessionLimits()) is None
    assert (0, True) == (code, "1 session ended" in said)
    assert (1, True) == (again, "no password" in complaint)


def test_a_members_sessions_can_be_ended(liaodan, database, member):
    seller, now = member("小李", "sales"), datetime.now(UTC)
    with database.write() as tx:
        for _ in range(2):
            sessions.begin(tx, SYSTEM, seller, Proof("demo"), now, SessionLimits())

    assert (0, "小李: 2 sessions ended\n", "") == liaodan("member", "logout", "小李")
    assert (0, "小李: 0 sessions ended\n", "") == liaodan("member", "logout", "小李")
