"""
Platform accounts on trial, as a person reads it on a terminal; shared by `connect` and `doctor --platform`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import httpx

from bot.platform_checks import Finding, Inbound, Trial, examine
from cards import connect as words
from store import meta
from store.engine import Database

REACH_SECONDS = 5.0


def tell(trial: Trial, *, public_url: str) -> int:
    """
    Try the account out and print a line for each step; returns how many failed.
    """
    address = callback_address(public_url, trial)
    trial.waiting = lambda step: print(f"  … {words.waiting(step, address)}", flush=True)
    failed = 0
    for finding in examine(trial):
        print(f"{words.MARKS[finding.state]} {words.STEPS[finding.step]}：{_said(finding)}", flush=True)
        failed += finding.state == "failed"
    return failed


def tell_as_json(found: Iterable[Trial]) -> int:
    """
    The same as one JSON object, for scripts.
    """
    failed, accounts = 0, []
    for trial in found:
        findings = list(examine(trial))
        failed += sum(finding.state == "failed" for finding in findings)
        steps = [{"step": each.step, "state": each.state, "code": each.code, "says": _said(each)} for each in findings]
        accounts.append({"platform": trial.adapter.platform, "account": trial.adapter.account, "steps": steps})
    print(json.dumps({"platforms": accounts}, ensure_ascii=False))
    return failed


def callback_address(public_url: str, trial: Trial) -> str:
    """
    Where the platform reaches this account.
    """
    return f"{public_url.rstrip('/')}/cb/{trial.adapter.platform}/{trial.adapter.account}"


def seen_beside(trial: Trial, database: Database, *, public_url: str) -> Callable[[], Inbound]:
    """
    What can be said of an account that another process serves: what it noted, or whether its address answers from here.
    """

    def connection() -> Inbound:
        with database.read() as tx:
            noted = meta.connection(tx, f"{trial.adapter.platform}/{trial.adapter.account}")
        return Inbound(is_up=True) if noted == meta.UP else Inbound(trouble=(noted or "").partition(":")[0])

    def callback() -> Inbound:
        address = callback_address(public_url, trial)
        try:
            answer = httpx.get(address, timeout=REACH_SECONDS)
        except httpx.HTTPError:
            return Inbound(is_up=False, trouble="address_unreachable", values={"address": address})
        # our own door refuses everything unsigned alike, and so shows that it is ours
        if answer.status_code == httpx.codes.FORBIDDEN and not answer.content:
            return Inbound(is_up=True, proof="answers")
        return Inbound(is_up=False, trouble="address_wrong", values={"address": address})

    return connection if trial.adapter.connection is not None else callback


def _said(finding: Finding) -> str:
    return words.sentence(finding.state, finding.code, finding.values)
