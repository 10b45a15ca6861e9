"""
Logging: event names with key-values on stderr, one JSON line each; personal data and secrets never.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

DIGITS = re.compile(r"(?<!\d)(\+?\d[\d -]{5,}\d)(?!\d)")
SECRET_KEYS = frozenset({"token", "secret", "access_token", "authorization", "password", "key"})


def configure(stream: TextIO | None = None) -> None:
    """
    Set up structlog for this process. `stream` keeps a terminal free on which somebody answers questions.
    """
    logging.basicConfig(stream=stream or sys.stderr, level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=True,
    )


def redact(_logger: object, _name: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """
    Mask long digit runs (phones) and values under secret names.
    """
    for name, value in values.items():
        if name in SECRET_KEYS:
            values[name] = "***"
        elif isinstance(value, str) and name != "timestamp":
            values[name] = DIGITS.sub(_masked, value)
    return values


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[1])
    return f"{digits[:3]}****{digits[-2:]}" if len(digits) >= 7 else found[1]
