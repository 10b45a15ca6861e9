"""
Who is calling: bearer tokens for the API. A token acts with the rights of its member, checked at every use.
"""

from __future__ import annotations

from flask import request

from domain.access import Actor
from store import tokens
from web.parts import parts
from web.problems import refuse

SCHEME = "Bearer "


def require_token(scope: str) -> Actor:
    """
    The member behind the request's bearer token; refuses with 401 without a valid one, 403 when it lacks the scope.
    """
    header = request.headers.get("Authorization", "")
    if not header.startswith(SCHEME):
        refuse(401, "token_missing")
    units = parts().units
    with units.database.read() as tx:
        found = tokens.check(tx, header[len(SCHEME) :].strip(), units.clock.now())
    if found is None:
        refuse(401, "token_invalid")
    if scope not in found.scopes:
        refuse(403, "scope_missing", scope=scope)
    return found.actor
