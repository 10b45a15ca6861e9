import json
import socket
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from commands import run
from commands.arguments import parser
from domain.access import Actor
from domain.directory import Gone, Person, Sign
from store import chats, departures, directory, history, links, members, meta, outbox, rosters, tokens
from store.customers import NewCustomer
from store.history import PastCustomer
from store.models import AuditEntry
from store.outbox import Draft
from store.transaction import Transaction

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SYSTEM = Actor.system("test")
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def liaodan(own_settings, database_url, monkeypatch, capsys):
    """
    The command as the shell runs it: exit code, standard output, standard error.
    """
    monkeypatch.setenv("LIAODAN_DATABASE_URL", database_url)

    def command(*arguments):
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def with_accounts(monkeypatch):
    monkeypatch.setenv("LIAODAN_WECOM__main__CORP_ID", "ww1")
    monkeypatch.setenv("LIAODAN_FEISHU__main__TENANT_KEY", "t1")


def _message(tx: Transaction, state: str) -> int:
    draft = Draft(
        key="k",
        platform="feishu",
        account="main",
        recipient_kind="person",
        recipient_id="ou_1",
        member_id=None,
        text="很私密的内容",
        due_at=NOW,
    )
    row_id = outbox.enqueue(tx, draft, NOW)
    tx.connection.exec_driver_sql(f"UPDATE outbox SET state = '{state}', attempts = 12, error = 'feishu_99'")
    return row_id


def test_migrate_makes_the_schema_and_says_when_there_is_nothing_to_do(own_settings, tmp_path, capsys, database_url):
    assert 0 == run(["migrate"])
    assert "the database is now at" in capsys.readouterr().out
    assert 0 == run(["migrate"])
    assert "already at" in capsys.readouterr().out


def test_a_command_on_an_old_schema_names_the_remedy(own_settings, capsys, database_url):
    code = run(["member", "list"])

    said = capsys.readouterr().err
    assert (1, 1) == (code, said.count("\n"))
    assert "run 'liaodan migrate'" in said


def test_a_new_member_gets_department_manager_and_ids(liaodan, with_accounts, database):
    assert 0 == liaodan("member", "add", "--name", "老张", "--role", "manager", "--department", "华东", "--leads")[0]
    added = liaodan(
        "member",
        "add",
        "--name",
        "小李",
        "--department",
        "华东",
        "--manager",
        "老张",
        "--wecom",
        "li",
        "--feishu",
        "ou_li",
    )
    _, listed, _ = liaodan("member", "list")

    assert (0, "小李 is member 2\n", "") == added
    assert "2\t小李\tactive\tsales\t华东\twecom:li feishu:ou_li" in listed
    with database.read() as tx:
        assert 1 == members.get_member(tx, 2).manager_id


def test_an_id_without_a_configured_account_is_a_configuration_fault(liaodan):
    code, _, said = liaodan("member", "add", "--name", "小李", "--wecom", "li")

    assert 2 == code
    assert "wecom" in said


def test_a_token_stands_alone_on_the_last_line_and_opens_the_door(liaodan, database):
    liaodan("member", "add", "--name", "小李")
    code, said, _ = liaodan("token", "create", "--member", "小李", "--scopes", "api,metrics")

    token = said.splitlines()[-1]
    with database.read() as tx:
        owner = tokens.check(tx, token, NOW)
    assert (0, 1, {"api", "metrics"}) == (code, owner.actor.member_id, set(owner.scopes))


def test_revoked_tokens_open_nothing(liaodan, database):
    liaodan("member", "add", "--name", "小李")
    token = liaodan("token", "create", "--member", "1")[1].splitlines()[-1]

    assert 0 == liaodan("token", "revoke", "--member", "小李")[0]
    with database.read() as tx:
        assert tokens.check(tx, token, NOW) is None


def test_nobody_and_several_are_told_apart(liaodan):
    liaodan("member", "add", "--name", "小李")
    liaodan("member", "add", "--name", "小李")

    assert (1, "", "member '小王': nobody active has this name or id; see 'liaodan member list'\n") == liaodan(
        "token", "create", "--member", "小王"
    )
    assert (1, "", "member '小李': several have this name; say which by id: 1, 2\n") == liaodan(
        "token", "create", "--member", "小李"
    )


def test_a_leaver_leaves_once(liaodan):
    liaodan("member", "add", "--name", "小李")

    assert "0 customers to the handover pool" in liaodan("member", "leave", "小李")[1]
    assert "1\t小李\tleft" in liaodan("member", "list")[1]
    assert 1 == liaodan("member", "leave", "小李")[0]


def test_the_outbox_is_listed_without_content_and_can_be_retried_or_dropped(liaodan, database):
    with database.write() as tx:
        row_id = str(_message(tx, "dead"))

    _, listed, _ = liaodan("outbox", "list")
    retried, dropped, again = (liaodan("outbox", verb, row_id) for verb in ("retry", "drop", "retry"))

    assert "dead\tfeishu/main/person:ou_1" in listed
    assert "很私密的内容" not in listed
    assert [0, 0, 1] == [retried[0], dropped[0], again[0]]
    assert "" == liaodan("outbox", "list")[1]


def test_jobs_are_listed_and_run(liaodan, monkeypatch):
    monkeypatch.setattr("bot.logs.configure", lambda: None)

    _, listed, _ = liaodan("schedule", "list")
    code, ran, _ = liaodan("schedule", "run", "purge")

    assert "purge\t30 3 * * *\tnever ran" in listed
    assert (0, "purge: 0") == (code, ran.splitlines()[-1])
    assert (1, "", "job 'tidy': there is none of this name; see 'liaodan schedule list'\n") == liaodan(
        "schedule", "run", "tidy"
    )


def test_the_doctor_says_all_is_well_or_what_is_not(liaodan, database):
    well = liaodan("doctor", "--full")
    with database.write() as tx:
        _message(tx, "dead")
    ill, said, fault = liaodan("doctor", "--json")

    assert (0, "all is well\n", "") == well
    assert (1, ["ALM-1"]) == (ill, [finding["code"] for finding in json.loads(said)["findings"]])
    assert "ALM-1" in fault


def test_all_configuration_faults_come_in_one_run(liaodan, monkeypatch):
    monkeypatch.setenv("LIAODAN_PORT", "70000")
    monkeypatch.setenv("LIAODAN_SECRET_KEY", "weak")

    code, _, said = liaodan("member", "list")

    assert 2 == code
    assert "LIAODAN_PORT" in said
    assert "LIAODAN_SECRET_KEY" in said
    assert "weak" not in said


def test_a_settings_file_that_is_not_there_is_a_fault(liaodan):
    assert (2, "", "--config no.toml: no such file\n") == liaodan("--config", "no.toml", "member", "list")


def test_wrong_usage_ends_with_code_2(liaodan):
    with pytest.raises(SystemExit) as ended:
        run(["token", "create", "--member", "x", "--scopes", "admin"])

    assert 2 == ended.value.code


def test_a_database_that_cannot_be_reached_is_one_line(liaodan, monkeypatch):
    monkeypatch.setenv("LIAODAN_DATABASE_URL", "postgresql+psycopg://nobody:hidden@127.0.0.1:1/none")

    code, _, said = liaodan("member", "list")

    assert (1, 1) == (code, said.count("\n"))
    assert "hidden" not in said


def test_the_demo_listens_on_this_machine_only(liaodan, monkeypatch):
    monkeypatch.setenv("LIAODAN_MODE", "demo")

    code, _, said = liaodan("serve", "--host", "0.0.0.0")

    assert 2 == code
    assert "127.0.0.1" in said


def test_a_used_port_is_refused(liaodan):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, said = liaodan("serve", "--port", str(port))

    assert (1, 1) == (code, said.count("\n"))
    assert f"port {port}" in said


def test_production_refuses_a_database_that_was_a_demo(own_settings, database_url):
    import app
    from bot.settings import load
    from domain.errors import SettingsError

    product = app.build(load(database_url=database_url))
    with product.database.write() as tx:
        meta.mark_demo(tx)

    with pytest.raises(SettingsError, match="it held a demo"):
        app._keep_demo_apart(product)

    product.database.close()


def test_every_command_has_help(database_url):
    assert "serve" in parser().format_help()
    assert "worker" not in parser().format_help()


def test_groups_are_listed_with_what_decides_what_is_shown_there(liaodan, database):
    with database.write() as tx:
        for number, name in enumerate(("华东销售群", "客户群", "内勤群")):
            chats.remember(tx, "feishu", "main", f"oc_{number}", name=name, external=name == "客户群", now=NOW)
        rosters.keep(tx, 1, {"ou_1"}, NOW)

    listed = liaodan("group", "list")[1].splitlines()

    assert [
        "1\tfeishu/main\t华东销售群\tby its members' rights\tdigest",
        "2\tfeishu/main\t客户群\twith outsiders: nothing is said there\tno digest",
        "3\tfeishu/main\t内勤群\tclearance business\tdigest",
    ] == listed


def test_what_may_be_shown_in_a_group_is_set_and_audited(liaodan, database):
    with database.write() as tx:
        chats.remember(tx, "wecom", "main", "wr_1", name="", external=False, now=NOW)

    assert 0 == liaodan("group", "set", "1", "--clearance", "contacts", "--digest", "off")[0]
    assert "1\twecom/main\twr_1\tclearance contacts\tno digest\n" == liaodan("group", "list")[1]
    with database.read() as tx:
        assert ["group.change"] == list(tx.session.scalars(select(AuditEntry.action)))


def test_a_group_that_is_not_there_is_named(liaodan):
    code, _, said = liaodan("group", "set", "7", "--digest", "off")

    assert (1, True) == (code, "group 7" in said)


def test_tokens_of_a_leaver_can_be_named_too(liaodan, database):
    liaodan("member", "add", "--name", "小李")
    liaodan("member", "leave", "小李")
    liaodan("member", "add", "--name", "小王")

    assert (0, "小李 has no valid token any more\n", "") == liaodan("token", "revoke", "--member", "小李")
    assert (0, "小李 has no valid token any more\n", "") == liaodan("token", "revoke", "--member", "1")
    assert (1, "", "member '小周': nobody has this name or id; see 'liaodan member list'\n") == liaodan(
        "token", "revoke", "--member", "小周"
    )


def test_an_id_is_linked_and_unlinked(liaodan, with_accounts):
    liaodan("member", "add", "--name", "小李", "--wecom", "li")

    linked = liaodan("member", "link", "小李", "--feishu", "ou_li")
    listed = liaodan("member", "list")[1]
    unlinked = liaodan("member", "unlink", "--feishu", "ou_li")

    assert (0, "feishu:ou_li is 小李\n", "") == linked
    assert "wecom:li feishu:ou_li" in listed
    assert (0, "feishu:ou_li is 小李 no longer\n", "") == unlinked
    assert "ou_li" not in liaodan("member", "list")[1]
    assert (1, "", "feishu:ou_li: no member has this id; see 'liaodan member list'\n") == liaodan(
        "member", "unlink", "--feishu", "ou_li"
    )


def test_linking_names_an_id(liaodan):
    liaodan("member", "add", "--name", "小李")

    assert (2, "", "say which id: --wecom, --dingtalk or --feishu\n") == liaodan("member", "link", "小李")


def test_directories_are_asked_for_and_their_state_is_told(liaodan, with_accounts, database):
    first = liaodan("member", "sync")

    assert (0, ["feishu/main\tnever read\t0 people", "wecom/main\tnever read\t0 people"]) == (
        first[0],
        sorted(first[1].splitlines()[:-1]),
    )
    with database.read() as tx:
        assert all(state.wanted_at is not None for state in directory.sources(tx))


def test_a_list_of_departures_is_shown_and_answered(liaodan, with_accounts, database):
    for name in ("小李", "小王"):
        liaodan("member", "add", "--name", name)
    with database.write() as tx:
        for number, name in ((1, "li"), (2, "wang")):
            gone = Gone(user_id=name, member_id=number, sign=Sign.OUT_OF_SIGHT)
            departures.notice(tx, "feishu", "main", gone, "asked", NOW)

    _, listed, _ = liaodan("member", "departures")
    answered = liaodan("member", "departures", "--dismiss", "feishu/main")
    again = liaodan("member", "departures", "--confirm", "feishu/main")

    assert "feishu/main\t1\t小李\tout_of_sight\tasked" in listed
    assert (0, "2 stay members\n", "") == answered
    assert (1, "") == again[:2]
    assert "nothing is asked" in again[2]


def test_proposals_are_shown_and_answered(liaodan, with_accounts, database):
    liaodan("member", "add", "--name", "小李", "--wecom", "li")
    person = Person("ou_li", "小李", (), None, None, None, None, is_active=True)
    with database.write() as tx:
        links.propose(tx, "feishu", "main", "t1", person, links.Candidate(1, "mobile"), NOW)

    _, listed, _ = liaodan("member", "links")
    accepted = liaodan("member", "links", "--accept", "1")
    missing = liaodan("member", "links", "--accept", "9")

    assert "1\tfeishu:ou_li\t小李\tmember 1\tsame mobile\n" == listed
    assert (0, "feishu:ou_li is 小李\n", "") == accepted
    assert (1, "", "proposal 9: there is none; see 'liaodan member links'\n") == missing


def test_two_members_with_work_are_not_linked(liaodan, with_accounts, database):
    liaodan("member", "add", "--name", "小李", "--wecom", "li")
    liaodan("member", "add", "--name", "李小", "--feishu", "ou_li")
    with database.write() as tx:
        past = PastCustomer(
            new=NewCustomer(name="苏州锐铠精密机械有限公司"),
            created_at=NOW,
            owner_id=2,
            pool=None,
            department_id=None,
            former_owner_id=None,
            pooled_at=None,
            stage="lead",
            level="",
            protection=None,
            follow_ups=(),
        )
        history.add(tx, SYSTEM, past)

    code, _, said = liaodan("member", "link", "小李", "--feishu", "ou_li")

    assert (1, 1) == (code, said.count("\n"))
    assert "李小 has customers" in said


def test_roles_are_given_and_taken_away(liaodan):
    liaodan("member", "add", "--name", "周总")

    changed = liaodan("member", "role", "周总", "--add", "director", "--add", "admin", "--remove", "sales")

    assert (0, "周总: admin, director\n", "") == changed
    assert "周总\tactive\tadmin,director" in liaodan("member", "list")[1]
    assert (2, "", "say which role: --add ROLE or --remove ROLE\n") == liaodan("member", "role", "周总")


@pytest.mark.usefixtures("own_settings", "with_accounts")
def test_a_group_that_no_platform_tells_of_is_added_by_hand(liaodan):
    added = liaodan("group", "add", "wecom/main", "webhook:华东销售群")

    assert (0, "group 1 is known; it gets the daily digest\n", "") == added

    assert "1\twecom/main\t华东销售群\tclearance business\tdigest\n" == liaodan("group", "list")[1]


@pytest.mark.usefixtures("own_settings", "with_accounts")
@pytest.mark.parametrize("place", ["wecom/other", "wecom", "slack/main"])
def test_a_group_of_an_account_that_is_not_configured_is_refused(liaodan, place):
    code, _, said = liaodan("group", "add", place, "webhook:华东销售群")

    assert (1, True) == (code, place in said)
