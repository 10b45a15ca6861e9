"""
What the demo company needs before it can start: a data folder, accounts at the emulated platforms, settings.

The company itself is data in ``demo/company.yaml``; loading it belongs to the product.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import string
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.shell import ROOT, Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPANY = ROOT / "demo" / "company.yaml"
# What an administrator imports into DingTalk's card platform.
CARD_TEMPLATE = ROOT / "adapters" / "dingtalk" / "template" / "liaodan-card.json"
SECRETS_FILE = "demo-secrets.json"


def sandbox_port() -> int:
    given = os.environ.get("LIAODAN_SANDBOX_PORT", "8010")
    if not given.isdecimal() or int(given) > 65535:
        raise Failure(f"LIAODAN_SANDBOX_PORT={given!r} is no port; take a number below 65536")
    return int(given)


def data_folder(given: str, *, fresh: bool) -> Path:
    """
    The folder of everything the product keeps. `--fresh` empties it, but only when it holds a demo.
    """
    data = Path(given).resolve()
    if fresh and data.is_dir() and any(data.iterdir()):
        if not (data / SECRETS_FILE).is_file():
            raise Failure(f"--fresh deletes demo data only, and {data} holds no {SECRETS_FILE}")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    return data


def product_env(data: Path, port: int, *, demo: bool) -> dict[str, str]:
    """
    The product's settings. What the person set in the environment wins, except for the demo accounts.
    """
    url = f"http://127.0.0.1:{port}"
    env = {"LIAODAN_DATA_DIR": str(data), "LIAODAN_PUBLIC_URL": url, **os.environ, "PYTHONUNBUFFERED": "1"}
    if not demo:
        return env
    accounts = demo_accounts(data / SECRETS_FILE)
    # New with every start: only these two processes know it.
    demo_secret = secrets.token_urlsafe(32)
    write_private(data / "sandbox.json", sandbox_config(accounts, url, demo_secret))
    vendors = f"http://127.0.0.1:{sandbox_port()}"
    env |= {"LIAODAN_MODE": "demo", "LIAODAN_DEMO_SECRET": demo_secret, "LIAODAN_SANDBOX_URL": f"{vendors}/"}
    for platform, account in accounts.items():
        values = {**account, "api_base": f"{vendors}/{platform}"}
        env |= {f"LIAODAN_{platform.upper()}__demo__{key.upper()}": str(value) for key, value in values.items()}
    env |= {"LIAODAN_DINGTALK__demo__OAPI_BASE": f"{vendors}/dingtalk", "LIAODAN_DINGTALK__demo__MODE": "http"}
    env |= {
        "LIAODAN_DINGTALK__demo__LOGIN_BASE": f"{vendors}/dingtalk",
        "LIAODAN_DINGTALK__demo__JSAPI_URL": f"{vendors}/dingtalk/jsapi/dingtalk.open.js",
        "LIAODAN_WECOM__demo__OAUTH_BASE": f"{vendors}/wecom",
        "LIAODAN_WECOM__demo__MODE": "both",
        "LIAODAN_WECOM__demo__SOCKET_BASE": f"{vendors.replace('http', 'ws')}/wecom/ws",
        "LIAODAN_FEISHU__demo__ACCOUNTS_BASE": f"{vendors}/feishu",
    }
    return env | {"LIAODAN_FEISHU__demo__MODE": "http"}


def demo_accounts(path: Path) -> dict[str, dict[str, str | int]]:
    """
    The demo company's accounts at the emulated platforms: random, made once for each data folder.
    """
    known: dict[str, dict[str, str | int]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    # a folder of an older version lacks what came later
    accounts = {platform: {**made, **known.get(platform, {})} for platform, made in new_accounts().items()}
    if accounts != known:
        write_private(path, accounts)
    return accounts


def new_accounts() -> dict[str, dict[str, str | int]]:
    wecom_corp, feishu_tenant, dingtalk_corp = company_ids()
    client_id = f"ding{letters(16).lower()}"
    return {
        "wecom": {
            "corp_id": wecom_corp,
            "agent_id": 1000002,
            "secret": letters(43),
            "token": letters(24),
            "aes_key": aes_key(),
            "bot_id": f"aib{letters(20)}",
            "bot_secret": letters(43),
            "contact_token": letters(24),
            "contact_aes_key": aes_key(),
        },
        "feishu": {
            "app_id": f"cli_{secrets.token_hex(8)}",
            "app_secret": letters(32),
            "encrypt_key": letters(32),
            "verification_token": letters(32),
            "tenant_key": feishu_tenant,
        },
        "dingtalk": {
            "client_id": client_id,
            "client_secret": letters(64),
            "corp_id": dingtalk_corp,
            "robot_code": client_id,
            "agent_id": 3000000001,
            "token": letters(24),
            "aes_key": aes_key(),
            "card_template_id": f"{uuid.uuid4()}.schema",
        },
    }


def company_ids() -> tuple[str, str, str]:
    """
    The company's ids at WeCom, Feishu and DingTalk, from the `corp:` line of the demo company.
    """
    pattern = r"^corp:.*\bwecom: *(\w+).*\bfeishu: *([\w-]+).*\bdingtalk: *(\w+)"
    line = re.search(pattern, COMPANY.read_text(encoding="utf-8"), re.MULTILINE)
    if line is None:
        raise Failure(f"{COMPANY} has no line `corp: {{wecom: …, feishu: …, dingtalk: …}}`")
    return line[1], line[2], line[3]


def sandbox_config(
    accounts: Mapping[str, Mapping[str, str | int]], product_url: str, demo_secret: str
) -> dict[str, object]:
    named = {platform: {"account": "demo", **account} for platform, account in accounts.items()}
    named["dingtalk"] |= {"mode": "http", "card_template": str(CARD_TEMPLATE)}
    place = {"host": "127.0.0.1", "port": sandbox_port(), "product_url": product_url, "company": str(COMPANY)}
    return {**place, "demo_secret": demo_secret, **named}


def letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(count))


def aes_key() -> str:
    """
    43 letters and digits that are base64 for 32 bytes, as the vendor's console makes them.
    """
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if key.isalnum():
            return key


def write_private(path: Path, values: Mapping[str, object]) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2)
