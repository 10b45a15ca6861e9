"""
The frames of Feishu's long connection: `pbbp2.Frame` of protocol buffers, version 2, read and written.

The message has nine fields, so it is read here by hand. Reading never trusts a length, and unknown fields are skipped.
Source: lark-oapi 1.7.5, `lark_oapi/ws/pb/pbbp2_pb2.py`, and https://protobuf.dev/programming-guides/encoding (2026-05).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

CONTROL: Final = 0
DATA: Final = 1

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_BYTES: Final = {_FIXED64: 8, _FIXED32: 4}
_LONGEST_VARINT: Final = 10
_SEQ_ID, _LOG_ID, _SERVICE, _METHOD, _HEADERS = 1, 2, 3, 4, 5
_PAYLOAD_ENCODING, _PAYLOAD_TYPE, _PAYLOAD, _LOG_ID_NEW = 6, 7, 8, 9
_KEY, _VALUE = 1, 2


class BadFrame(ValueError):  # noqa: N818 - names a fact about the input
    """
    The bytes are no frame.
    """


@dataclass(frozen=True)
class Frame:
    """
    One frame. `headers` keeps the order; a frame is answered with its own numbers and headers.
    """

    method: int
    service: int
    headers: Mapping[str, str]
    payload: bytes = b""
    seq_id: int = 0
    log_id: int = 0
    more: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)
    """Payload encoding, payload type and the new log id, kept as they came."""


def write_frame(frame: Frame) -> bytes:
    """
    The frame as bytes, fields in the order of their numbers.
    """
    numbers = ((_SEQ_ID, frame.seq_id), (_LOG_ID, frame.log_id), (_SERVICE, frame.service), (_METHOD, frame.method))
    written = [_varint(number << 3 | _VARINT) + _varint(value) for number, value in numbers]
    written += [
        _block(_HEADERS, _block(_KEY, k.encode()) + _block(_VALUE, v.encode())) for k, v in frame.headers.items()
    ]
    blocks = [*frame.more, *([(_PAYLOAD, frame.payload)] if frame.payload else [])]
    return b"".join([*written, *(_block(number, content) for number, content in sorted(blocks))])


def read_frame(raw: bytes) -> Frame:
    """
    The frame these bytes are.

    Raises:
        BadFrame: they are none.
    """
    numbers = {_SEQ_ID: 0, _LOG_ID: 0}
    headers: dict[str, str] = {}
    more: list[tuple[int, bytes]] = []
    payload = b""
    for number, value in _fields(raw):
        match number, value:
            case ((1 | 2 | 3 | 4), int()):
                numbers[number] = value
            case 5, bytes():
                headers |= _header(value)
            case 8, bytes():
                payload = value
            case ((6 | 7 | 9), bytes()):
                more.append((number, value))
            case _:
                pass
    if not {_SERVICE, _METHOD} <= set(numbers):
        raise BadFrame("service or method is missing")
    return Frame(
        method=numbers[_METHOD],
        service=numbers[_SERVICE],
        headers=headers,
        payload=payload,
        seq_id=numbers[_SEQ_ID],
        log_id=numbers[_LOG_ID],
        more=tuple(more),
    )


def _header(raw: bytes) -> dict[str, str]:
    parts = dict(_fields(raw))
    key, value = parts.get(_KEY), parts.get(_VALUE)
    if not isinstance(key, bytes) or not isinstance(value, bytes):
        raise BadFrame("a header without key or value")
    try:
        return {key.decode(): value.decode()}
    except UnicodeDecodeError:
        raise BadFrame("a header that is no text") from None


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(raw):
        key, at = _read_varint(raw, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _read_varint(raw, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _read_varint(raw, at)
        elif kind in _FIXED_BYTES:
            length = _FIXED_BYTES[kind]
        else:
            raise BadFrame(f"wire type {kind}")
        if length > len(raw) - at:
            raise BadFrame("cut off")
        yield number, raw[at : at + length]
        at += length


def _read_varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(raw[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise BadFrame("a number without end")


def _varint(value: int) -> bytes:
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def _block(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content
