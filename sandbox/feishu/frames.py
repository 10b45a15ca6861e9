"""
The frames of the long connection: protocol buffers of one message type, packed and unpacked by its field numbers.

Source: `pbbp2.proto` in the vendor's public Go and Node SDKs (read 2026-08)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CONTROL = 0
DATA = 1
NUMBERS = {"seq_id": 1, "log_id": 2, "service": 3, "method": 4}
HEADERS = 5
PAYLOAD = 8
VARINT = 0
BLOCK = 2
SEVEN_BITS = 0x7F


@dataclass
class Frame:
    method: int
    headers: dict[str, str] = field(default_factory=dict)
    payload: bytes = b""
    service: int = 0
    seq_id: int = 0
    log_id: int = 0

    def pack(self) -> bytes:
        packed = b"".join(_key(number, VARINT) + _number(getattr(self, name)) for name, number in NUMBERS.items())
        for name, value in self.headers.items():
            packed += _block(HEADERS, _block(1, name.encode()) + _block(2, value.encode()))
        return packed + (_block(PAYLOAD, self.payload) if self.payload else b"")


def unpack(raw: bytes) -> Frame:
    """
    Raises: ValueError when it is no frame.
    """
    frame = Frame(method=-1)
    names = {number: name for name, number in NUMBERS.items()}
    for number, value in _parts(raw):
        if number in names and isinstance(value, int):
            setattr(frame, names[number], value)
        elif number == HEADERS and isinstance(value, bytes):
            header = dict(_parts(value))
            frame.headers[_text(header.get(1))] = _text(header.get(2))
        elif number == PAYLOAD and isinstance(value, bytes):
            frame.payload = value
    if frame.method not in {CONTROL, DATA}:
        raise ValueError("a frame has a method")
    return frame


def _parts(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    stream = iter(raw)
    while (first := next(stream, None)) is not None:
        key = _take_number(stream, first)
        value = _take_number(stream, next(stream, None))
        match key & 0b111:
            case 0:
                yield key >> 3, value
            case 2:
                block = bytes(byte for _, byte in zip(range(value), stream, strict=False))
                if len(block) != value:
                    raise ValueError("the frame ends too early")
                yield key >> 3, block
            case other:
                raise ValueError(f"no frame has wire type {other}")


def _take_number(stream: Iterator[int], first: int | None) -> int:
    value, shift, byte = 0, 0, first
    while byte is not None:
        value |= (byte & SEVEN_BITS) << shift
        if byte <= SEVEN_BITS:
            return value
        shift += 7
        byte = next(stream, None)
    raise ValueError("the frame ends within a number")


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        raise ValueError("a header has a key and a value")  # noqa: TRY004 - the bytes are wrong, not a type
    return value.decode()


def _number(value: int) -> bytes:
    if value <= SEVEN_BITS:
        return bytes([value])
    return bytes([value & SEVEN_BITS | 0x80]) + _number(value >> 7)


def _key(number: int, kind: int) -> bytes:
    return _number(number << 3 | kind)


def _block(number: int, content: bytes) -> bytes:
    return _key(number, BLOCK) + _number(len(content)) + content
