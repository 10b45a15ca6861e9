"""
Every command with its arguments and the function that does it. Only argparse lives here: help has to come at once.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from domain.access import Role
from domain.audience import Clearance

SCOPES = ("api", "metrics")
CLEARANCES = tuple(str(clearance) for clearance in Clearance)
ROLES = tuple(str(role) for role in Role)


def parser() -> argparse.ArgumentParser:
    """
    The whole command line.
    """
    top = argparse.ArgumentParser(prog="liaodan", description="聊单: the CRM that lives in the chat.")
    top.add_argument("--config", type=Path, metavar="FILE", help="settings file (default ./liaodan.toml)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _serving(commands)
    _token(commands)
    _member(commands)
    _admin(commands)
    _groups(commands)
    _schedule(commands)
    _outbox(commands)
    return top


def _serving(commands: Any) -> None:
    serve = _command(commands, "serve", "serving:serve", "serve callbacks, pages and API, deliver, run the jobs")
    serve.add_argument("--host", help="address to listen on (default: setting `host`)")
    serve.add_argument("--port", type=int, help="port to listen on (default: setting `port`)")
    _connect(commands)
    _command(commands, "migrate", "database:migrate", "bring the database up to this version")
    doctor = _command(commands, "doctor", "database:examine", "check that the data is consistent; changes nothing")
    doctor.add_argument("--full", action="store_true", help="also work out hashes, duplicate keys and dates anew")
    doctor.add_argument("--json", action="store_true", help="findings as one JSON object")
    doctor.add_argument(
        "--platform",
        nargs="?",
        const="",
        metavar="NAME",
        help="check the connection to the platforms instead: all, PLATFORM or PLATFORM/ACCOUNT",
    )
    doctor.add_argument("--me", default="", metavar="NAME_OR_ID", help="with --platform: who gets a message and a card")


def _connect(commands: Any) -> None:
    connect = _command(commands, "connect", "connect:connect", "connect a platform step by step, each step checked")
    connect.add_argument("platform", choices=("wecom", "dingtalk", "feishu"))
    connect.add_argument("--account", default="main", metavar="NAME", help="name of the account (default main)")
    connect.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting; with --set nothing is asked"
    )
    connect.add_argument("--me", default="", metavar="NAME_OR_ID", help="who gets a message and a card to try")
    connect.add_argument("--print", action="store_true", help="print environment lines instead of writing the file")
    connect.add_argument("--template", type=Path, metavar="FILE", help="write DingTalk's card template to FILE first")
    connect.add_argument("--no-check", action="store_true", help="only write the settings")


def _token(commands: Any) -> None:
    actions = _group(commands, "token", "bearer tokens of the REST API")
    create = _command(actions, "create", "people:create_token", "make a token; it stands alone on the last line")
    create.add_argument("--member", required=True, metavar="NAME_OR_ID", help="whose rights the token has")
    create.add_argument(
        "--scopes", type=_scopes, default=["api"], help=f"what it is for: {','.join(SCOPES)} (default api)"
    )
    revoke = _command(actions, "revoke", "people:revoke_tokens", "end all tokens of a member")
    revoke.add_argument("--member", required=True, metavar="NAME_OR_ID")


def _member(commands: Any) -> None:
    actions = _group(commands, "member", "the people who use the product")
    _command(actions, "list", "people:list_members", "everybody, leavers too")
    add = _command(actions, "add", "people:add_member", "a new member")
    add.add_argument("--name", required=True)
    add.add_argument("--title", default="", help="job title")
    add.add_argument("--role", action="append", choices=ROLES, metavar="ROLE", help=f"one of {', '.join(ROLES)}")
    add.add_argument("--department", help="name of the department; it is made where it does not exist")
    add.add_argument("--leads", action="store_true", help="the member leads that department")
    add.add_argument("--manager", metavar="NAME_OR_ID", help="whom the member reports to")
    _ids(add, "the member's id")
    leave = _command(actions, "leave", "people:let_member_leave", "a member left: hand over customers, end tokens")
    leave.add_argument("member", metavar="NAME_OR_ID")
    _directory(actions)
    logout = _command(actions, "logout", "login:log_out", "end all web sessions of a member")
    logout.add_argument("member", metavar="NAME_OR_ID")


def _directory(actions: Any) -> None:
    role = _command(actions, "role", "directory:change_roles", "give a member roles, take roles away")
    role.add_argument("member", metavar="NAME_OR_ID")
    for verb in ("add", "remove"):
        role.add_argument(
            f"--{verb}", action="append", choices=ROLES, metavar="ROLE", help=f"one of {', '.join(ROLES)}"
        )
    _command(actions, "sync", "directory:sync", "read the platforms' directories now, and how it went last")
    left = _command(
        actions, "departures", "directory:list_departures", "who seems to have left and has to be confirmed"
    )
    answers = left.add_mutually_exclusive_group()
    answers.add_argument("--confirm", metavar="PLATFORM/ACCOUNT", help="all of this account's list have left")
    answers.add_argument("--dismiss", metavar="PLATFORM/ACCOUNT", help="all of this account's list are still here")
    proposed = _command(actions, "links", "directory:list_links", "which ids may be members known already")
    answers = proposed.add_mutually_exclusive_group()
    answers.add_argument("--accept", type=int, metavar="N", help="they are the same person")
    answers.add_argument("--refuse", type=int, metavar="N", help="they are two people")
    link = _command(actions, "link", "directory:link", "an id at a platform is this member's")
    link.add_argument("member", metavar="NAME_OR_ID")
    _ids(link, "the id")
    _ids(_command(actions, "unlink", "directory:unlink", "an id at a platform is nobody's"), "the id")


def _ids(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--wecom", metavar="USER_ID", help=f"{what} at WeCom")
    command.add_argument("--dingtalk", metavar="USER_ID", help=f"{what} at DingTalk")
    command.add_argument("--feishu", metavar="OPEN_ID", help=f"{what} at Feishu")


def _admin(commands: Any) -> None:
    actions = _group(commands, "admin", "administrators who sign in with a password of their own")
    create = _command(
        actions, "create", "login:create_admin", "a new administrator; prints the link to set the password"
    )
    create.add_argument("--name", required=True)
    create.add_argument("--login", metavar="NAME", help="name to sign in with (default: the name)")
    link = _command(actions, "link", "login:link_admin", "a link to set password and second factor anew")
    link.add_argument("member", metavar="NAME_OR_ID")
    link.add_argument("--login", metavar="NAME", help="name to sign in with (default: as before)")
    remove = _command(actions, "remove", "login:remove_admin", "take the password away; ends all sessions")
    remove.add_argument("member", metavar="NAME_OR_ID")


def _groups(commands: Any) -> None:
    actions = _group(commands, "group", "the groups the bot is in")
    _command(actions, "list", "groups:list_groups", "the groups, and by what it is decided what may be shown there")
    add = _command(actions, "add", "groups:add_group", "a group that no platform tells of")
    add.add_argument("place", metavar="PLATFORM/ACCOUNT", help="the account that reaches it")
    add.add_argument("chat", metavar="ID", help="the platform's id of the group; `webhook:NAME` for a WeCom webhook")
    add.add_argument("--name", default="", help="how the group is called (default: what its id says)")
    change = _command(actions, "set", "groups:change_group", "set what may be shown in a group")
    change.add_argument("id", type=int, metavar="N")
    change.add_argument(
        "--clearance",
        choices=CLEARANCES,
        help="where the platform does not tell who is there: nothing of customers, their business facts, contacts too",
    )
    change.add_argument("--digest", choices=("on", "off"), help="whether it gets the daily digest")


def _schedule(commands: Any) -> None:
    actions = _group(commands, "schedule", "the jobs that run by the clock")
    _command(actions, "list", "operating:list_jobs", "the jobs and their last runs")
    once = _command(actions, "run", "operating:run_job", "run a job now")
    once.add_argument("name", metavar="NAME")
    once.add_argument("--confirm", action="store_true", help="run it although it would touch very many rows")


def _outbox(commands: Any) -> None:
    actions = _group(commands, "outbox", "messages on their way to the platforms")
    _command(actions, "list", "operating:list_outbox", "what is waiting or could not be sent")
    retry = _command(actions, "retry", "operating:retry_message", "try a dead or uncertain message again")
    retry.add_argument("id", type=int, metavar="ID")
    drop = _command(actions, "drop", "operating:drop_message", "give a message up")
    drop.add_argument("id", type=int, metavar="ID")


def _group(commands: Any, name: str, help_text: str) -> Any:
    return commands.add_parser(name, help=help_text).add_subparsers(required=True, metavar="ACTION")


def _command(commands: Any, name: str, handler: str, help_text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
    command.set_defaults(handler=handler)
    return command


def _scopes(text: str) -> list[str]:
    scopes = [scope.strip() for scope in text.split(",") if scope.strip()]
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of scopes; choose from {','.join(SCOPES)}")
    return scopes
