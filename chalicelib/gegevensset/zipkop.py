"""The end record of a ZIP, read before anything else of it: how much the archive claims to hold."""

import struct
from dataclasses import dataclass
from typing import Final, Self

_EINDE: Final = struct.Struct("<4s4H2LH")
_ZIP64: Final = b"PK\x06\x07"
_LANGSTE_OPMERKING: Final = 65_535


@dataclass(frozen=True)
class ZipKop:
    """`aantal` entries, an index of `grootte_index` bytes; both as claimed, not as found."""

    aantal: int
    grootte_index: int
    is_zip64: bool

    @classmethod
    def lees(cls, data: bytes) -> Self | None:
        """The record where `zipfile` finds it, or None if there is none."""
        begin = len(data) - _EINDE.size
        if begin < 0 or data[begin : begin + 4] != b"PK\x05\x06" or data[-2:] != b"\0\0":
            begin = data.rfind(b"PK\x05\x06", max(0, len(data) - _EINDE.size - _LANGSTE_OPMERKING))
        if begin < 0 or begin + _EINDE.size > len(data):
            return None
        _, _, _, _, aantal, grootte, _, _ = _EINDE.unpack_from(data, begin)
        return cls(aantal, grootte, data[max(0, begin - 20) : begin].startswith(_ZIP64))
