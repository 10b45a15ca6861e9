"""
Choosing a platform, filling in its settings, and watching the steps; for administrators only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from bot.trials import RunningTrial, Trials
from cards import connect as steps
from cards import setup as words
from domain.access import Role
from domain.errors import SettingsError
from web.login.guard import Current, check_form, require_session
from web.login.pages import drawn, go, refuse
from web.parts import parts

ACCOUNT_NAME = re.compile(r"[a-z0-9]{1,20}")
LONGEST_VALUE = 2000


def start() -> Response:
    """
    The platforms to choose from, and the accounts there are, each with a button to try it.
    """
    here = _administrator()
    return drawn("setup/start.html", s=words.WORDS, platforms=steps.PLATFORMS, places=_places(), name=_name(here))


def form(platform: str) -> Response:
    """
    What has to be filled in for a new account.
    """
    here = _administrator()
    return _form(_known(platform), 200, {"account": "main", "me": _name(here)}, {})


def begin(platform: str) -> Response:
    """
    Keep what was filled in, and try it out as far as that is possible before a restart.
    """
    here = _administrator()
    check_form()
    given = {name: value.strip()[:LONGEST_VALUE] for name, value in request.form.items() if name != "csrf"}
    desk, account, me = parts().setup, given.pop("account", ""), given.pop("me", "")
    shown = {**given, "account": account, "me": me}
    if not ACCOUNT_NAME.fullmatch(account):
        return _form(_known(platform), 422, shown, {"account": words.WORDS["account_rule"]})
    values = {field["name"]: given[field["name"]] for field in _fields(_known(platform)) if given.get(field["name"])}
    faults = desk.faults(platform, account, values)
    if faults:
        return _form(platform, 422, shown, {name: words.fault(why) for name, why in faults.items()})
    note = words.WORDS["demo_keeps_nothing"] if parts().is_demo else ""
    if not parts().is_demo:
        try:
            note = words.kept(desk.save(platform, account, values))
        except SettingsError as error:
            note = words.not_kept("; ".join(error.faults))
    running = RunningTrial(here.record.actor.member_id, desk.newcomer(platform, account, values, me), note)
    return go(f"/setup/trial/{_trials().start(running)}")


def again(platform: str, account: str) -> Response:
    """
    Try out an account that this process serves, with everything that comes in.
    """
    here = _administrator()
    check_form()
    if (platform, account) not in parts().adapters:
        refuse("not_found", 404)
    tried = parts().setup.served(platform, account, request.form.get("me", "").strip())
    return go(f"/setup/trial/{_trials().start(RunningTrial(here.record.actor.member_id, tried))}")


def trial(number: str) -> Response:
    """
    The steps so far; the page comes again by itself while there are more.
    """
    here = _administrator()
    running = _trials().find(number, here.record.actor.member_id)
    if running is None:
        refuse("not_found", 404)
    adapter, found, is_done = running.trial.adapter, tuple(running.found), running.is_done
    lines = [
        {"state": one.state, "title": steps.STEPS[one.step], "text": steps.sentence(one.state, one.code, one.values)}
        for one in found
    ]
    lines += [_pending(running, step) for step in tuple(steps.STEPS)[len(found) :]]
    failed = sum(one.state == "failed" for one in found)
    return drawn(
        "setup/trial.html",
        s=words.WORDS,
        title=words.place(adapter.platform, adapter.account),
        lines=lines,
        note=running.note,
        is_done=is_done,
        verdict=steps.summary(failed) if is_done else "",
        failed=failed,
        platform=adapter.platform,
    )


def _pending(running: RunningTrial, step: str) -> dict[str, str]:
    adapter = running.trial.adapter
    is_next = running.next_step == step
    address = f"{parts().public_url.rstrip('/')}/cb/{adapter.platform}/{adapter.account}"
    text = steps.waiting(step, address) if is_next and running.waiting == step else words.WORDS["running"]
    return {"state": "running" if is_next else "later", "title": steps.STEPS[step], "text": text if is_next else ""}


def _administrator() -> Current:
    """
    Who is signed in and administrator; everybody else is sent to sign in or refused.
    """
    here = require_session()
    if Role.ADMIN not in here.record.actor.roles:
        refuse("admin_only", 403)
    return here


def _form(platform: str, status: int, given: Mapping[str, str], faults: Mapping[str, str]) -> Response:
    """
    The form with what was typed, but the secrets.
    """
    fields = [
        {**field, "value": "" if field["is_secret"] else given.get(field["name"], field["default"].removeprefix("0"))}
        for field in _fields(platform)
    ]
    main = [field for field in fields if field["is_usual"] or field["name"] in faults]
    return drawn(
        "setup/form.html",
        status,
        s=words.WORDS,
        platform=platform,
        title=steps.PLATFORMS[platform],
        fields=main,
        more=[field for field in fields if field not in main],
        given=given,
        faults=faults,
        is_demo=parts().is_demo,
    )


def _fields(platform: str) -> list[Mapping[str, Any]]:
    return list(parts().setup.fields(platform))


def _known(platform: str) -> str:
    if platform not in steps.PLATFORMS:
        refuse("not_found", 404)
    return platform


def _places() -> list[dict[str, str]]:
    return [
        {"platform": platform, "account": account, "title": words.place(platform, account)}
        for platform, account in parts().adapters
    ]


def _name(here: Current) -> str:
    """
    The administrator's own name: who tries a connection mostly sends to themselves.
    """
    with parts().units.read(here.record.actor) as ctx:
        return ctx.member.name if ctx.member else ""


def _trials() -> Trials:
    return parts().trials
