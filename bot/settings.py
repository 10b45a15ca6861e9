"""
The settings, read once in `app.py` from `liaodan.toml` and the environment (`LIAODAN_…`, path joined by `__`).

Every fault is reported in one run. Platform accounts are checked by their adapter's own configuration class.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from domain.errors import SettingsError

MIN_SECRET_LENGTH = 32
FILE_NAME = "liaodan.toml"


class Settings(BaseSettings):
    """
    All settings. Each field's description is the documentation table's text.
    """

    model_config = SettingsConfigDict(
        env_prefix="LIAODAN_", env_nested_delimiter="__", extra="forbid", toml_file=FILE_NAME, frozen=True
    )

    mode: Literal["production", "demo"] = Field(
        "production", description="`demo` adds the demo company, sandbox accounts and the test clock"
    )
    database_url: str = Field(
        "", description="`sqlite:///…` or `postgresql+psycopg://…`; empty: `liaodan.db` in the data directory"
    )
    data_dir: Path = Field(Path("data"), description="database, attachments and logs")
    public_url: str = Field("http://127.0.0.1:8000", description="address under which people reach this product")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    secret_key: SecretStr = Field(
        SecretStr(""), description="signs buttons and sessions; generated into the data directory on first start"
    )
    demo_secret: SecretStr = Field(SecretStr(""), description="demo mode only: guards `/demo/…`; set by dev.py")
    sandbox_url: str = Field("", description="demo mode only: address of the chat page; set by dev.py")
    session_idle_minutes: int = Field(30, ge=5, le=1440, description="a web session ends after so long without use")
    session_hours: int = Field(12, ge=1, le=720, description="a web session ends at the latest after so many hours")
    trusted_proxies: str = Field(
        "",
        description="addresses or networks of reverse proxies whose `X-Forwarded-For` is believed, separated by commas",
    )
    newcomer_role: Literal["sales", "senior_sales", ""] = Field(
        "sales", description="role of somebody new in the directory who leads no department; empty: no rights yet"
    )
    threads: int = Field(8, ge=1, le=64, description="request threads of the embedded server")
    wecom: dict[str, dict[str, str]] = Field(default_factory=dict, description="WeCom accounts by name")
    dingtalk: dict[str, dict[str, str]] = Field(default_factory=dict, description="DingTalk accounts by name")
    feishu: dict[str, dict[str, str]] = Field(default_factory=dict, description="Feishu accounts by name")

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and (len(text) < MIN_SECRET_LENGTH or len(set(text)) < 10):
            msg = f"must be at least {MIN_SECRET_LENGTH} varied characters; remove it to have one generated"
            raise ValueError(msg)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                msg = f"{part!r} is no address or network; write for example 10.0.0.5, 172.16.0.0/12"
                raise ValueError(msg) from None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """
        Arguments, then environment, then the TOML file.
        """
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """
        The trusted reverse proxies.
        """
        parts = filter(None, map(str.strip, self.trusted_proxies.split(",")))
        return tuple(ipaddress.ip_network(part, strict=False) for part in parts)

    @property
    def effective_database_url(self) -> str:
        """
        The database address with the default filled in.
        """
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'liaodan.db'}"


def load(path: Path | None = None, **overrides: Any) -> Settings:
    """
    The settings from file and environment.

    Raises:
        SettingsError: every fault, each with key, environment variable and what is wrong.
    """
    if path is not None and not path.is_file():
        raise SettingsError([f"--config {path}: no such file"])
    source = type("FileSettings", (Settings,), {"model_config": SettingsConfigDict(toml_file=path or FILE_NAME)})
    try:
        settings: Settings = source(**overrides)
    except ValidationError as error:
        raise SettingsError([_fault(entry) for entry in error.errors()]) from None
    return settings


def _fault(entry: Mapping[str, Any]) -> str:
    path = [str(part) for part in entry["loc"]]
    variable = "LIAODAN_" + "__".join(part.upper() for part in path)
    return f"{'.'.join(path)} (environment {variable}): {entry['msg']}"


def secret_of(settings: Settings) -> bytes:
    """
    The installation's secret: as set, else read from the data directory, where the first start puts it.
    """
    text = settings.secret_key.get_secret_value()
    if text:
        return text.encode()
    file = settings.data_dir / "secret.key"
    if not file.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text().strip().encode()
