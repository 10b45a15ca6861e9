"""
Turns policy values into plain mappings and back, and finds every fault of a configuration in one pass.

The dataclasses of `policy` are the schema: their field names are the keys, their types the checks. Text for people
about a fault belongs in `cards/`; here a fault is a path and a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import TYPE_CHECKING, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

P = TypeVar("P")


class FaultCode(StrEnum):
    """
    What is wrong with one configured value.
    """

    UNKNOWN_KEY = "unknown_key"
    WRONG_TYPE = "wrong_type"
    NEGATIVE = "negative"
    UNKNOWN_CHOICE = "unknown_choice"


@dataclass(frozen=True)
class PolicyFault:
    """
    One fault; `path` is dotted, for example `pools.regional.daily_claims`.
    """

    path: str
    code: FaultCode
    value: object


@dataclass(frozen=True)
class PolicyFaults:
    """
    Everything that keeps a configuration from being a policy, never empty.
    """

    faults: tuple[PolicyFault, ...]


def read_policy(policy_type: type[P], data: Mapping[str, object]) -> P | PolicyFaults:
    """
    An instance of `policy_type` with the values of `data`, missing keys taking their defaults.
    """
    faults: list[PolicyFault] = []
    policy = _read_dataclass(policy_type, data, "", faults)
    return PolicyFaults(tuple(faults)) if faults else policy


def write_policy(policy: DataclassInstance) -> dict[str, object]:
    """
    The fields of a policy dataclass as plain JSON values; sets are sorted.
    """
    return {field.name: _write(getattr(policy, field.name)) for field in fields(policy)}


def _write(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return write_policy(value)
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _write(item) for key, item in value.items()}
    return str(value) if isinstance(value, StrEnum) else value


def _read_dataclass(wanted: type[P], data: Mapping[str, object], path: str, faults: list[PolicyFault]) -> P:
    types = get_type_hints(wanted)
    given: dict[str, object] = {}
    for key, raw in data.items():
        at = f"{path}{key}"
        if key not in types:
            faults.append(PolicyFault(at, FaultCode.UNKNOWN_KEY, raw))
            continue
        read = _read(types[key], raw, at, faults)
        if not isinstance(read, PolicyFault):
            given[key] = read
    return wanted(**given)


def _read(wanted: object, raw: object, path: str, faults: list[PolicyFault]) -> object:
    """
    The value `raw` stands for, or the fault that was also added to `faults`.
    """
    if isinstance(wanted, type) and is_dataclass(wanted) and isinstance(raw, Mapping):
        return _read_dataclass(wanted, raw, f"{path}.", faults)
    if isinstance(wanted, UnionType):
        if raw is None:
            return None
        wanted = get_args(wanted)[0]
    if get_origin(wanted) is not None:
        return _read_many(wanted, raw, path, faults)
    read = _read_scalar(wanted, raw, path)
    if isinstance(read, PolicyFault):
        faults.append(read)
    return read


def _read_many(wanted: object, raw: object, path: str, faults: list[PolicyFault]) -> object:
    kind, item_type = get_origin(wanted), get_args(wanted)
    if kind is Mapping and isinstance(raw, Mapping):
        return {str(key): _read(item_type[1], item, f"{path}.{key}", faults) for key, item in raw.items()}
    if kind in {tuple, frozenset} and isinstance(raw, list | tuple):
        build: Callable[[list[object]], object] = tuple if kind is tuple else frozenset
        return build([_read(item_type[0], item, f"{path}.{n}", faults) for n, item in enumerate(raw)])
    fault = PolicyFault(path, FaultCode.WRONG_TYPE, raw)
    faults.append(fault)
    return fault


def _read_scalar(wanted: object, raw: object, path: str) -> object:
    if isinstance(wanted, type) and issubclass(wanted, StrEnum) and isinstance(raw, str):
        known = raw in {str(item) for item in wanted}
        return wanted(raw) if known else PolicyFault(path, FaultCode.UNKNOWN_CHOICE, raw)
    if wanted is float and isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw) if raw >= 0 else PolicyFault(path, FaultCode.NEGATIVE, raw)
    if wanted is int and isinstance(raw, int) and not isinstance(raw, bool):
        return raw if raw >= 0 else PolicyFault(path, FaultCode.NEGATIVE, raw)
    if wanted in {bool, str} and type(raw) is wanted:
        return raw
    return PolicyFault(path, FaultCode.WRONG_TYPE, raw)
