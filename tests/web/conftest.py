import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser

from domain.access import Actor
from domain.protection import Protection
from store import history, members, tokens
from store.customers import NewCustomer
from store.history import PastCustomer

OPERATOR = Actor.system("test")


@dataclass
class Api:
    """
    The API as one member calls it.
    """

    client: FlaskClient
    token: str

    def post(self, path: str, body=None, *, headers=None, **raw) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self.client.post(f"/api/v1/{path}", headers=sent, **(raw or {"json": body}))


@pytest.fixture
def client(product):
    from app import parts_of
    from web.server import create_server

    server = create_server(parts_of(product))
    server.testing = False
    return server.test_client()


@pytest.fixture
def company(product):
    """
    小李, 小王 and 小赵 sell; 小王 has one protected customer. Returns its id.
    """
    protection = Protection(start=product.clock.now(), end=product.clock.now() + timedelta(days=30))
    with product.units.write(OPERATOR, cause="company") as ctx:
        ids = [_seller(ctx, name) for name in ("小李", "小王", "小赵")]
        past = PastCustomer(
            new=NewCustomer(name="杭州锐铠精密机械有限公司", contact="贾立新", phone="18800004035"),
            created_at=ctx.now,
            owner_id=ids[1],
            pool=None,
            department_id=None,
            former_owner_id=None,
            pooled_at=None,
            stage="proposal",
            level="A",
            protection=protection,
            follow_ups=(),
        )
        return history.add(ctx.tx, OPERATOR, past)


def _seller(ctx, name: str) -> int:
    return members.add_member(
        ctx.tx, name=name, title="", roles=["sales"], department_id=None, leads_department_id=None, now=ctx.now
    )


@pytest.fixture
def token_of(product):
    def token(name: str, *scopes: str) -> str:
        with product.units.write(OPERATOR, cause="token") as ctx:
            [member] = members.find_members(ctx.tx, name)
            return tokens.create(ctx.tx, OPERATOR, member.id, scopes or ["api"], ctx.now)

    return token


@pytest.fixture
def api_of(client, company, token_of):
    return lambda name: Api(client, token_of(name))


@pytest.fixture
def api(api_of):
    return api_of("小李")


@pytest.fixture
def server(product):
    from app import parts_of
    from web.server import create_server

    server = create_server(parts_of(product))
    server.testing = False
    return server


@pytest.fixture
def browser(server):
    return Browser(server)


@pytest.fixture
def new_browser(server):
    return lambda **how: Browser(server, **how)
