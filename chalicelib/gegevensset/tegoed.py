"""How much of the files of strangers is still unpacked: some hundred bytes can hold megabytes, many times over."""

import zlib
from typing import Final

_GROOTST: Final = 8 * 1024 * 1024
_HAP: Final = 16 * 1024
_MINST: Final = 1024


class Tegoed:
    """A number of bytes to unpack, for all files that share it. Whoever asks more gets less."""

    def __init__(self, over: int) -> None:
        self.over = over

    def neem(self, data: bytes, begin: int = 0, einde: int | None = None) -> bytes:
        """What need not be unpacked, from `begin` to `einde`, at most 8 MiB."""
        uiterst = begin + max(0, min(_GROOTST, self.over))
        deel = data[begin : uiterst if einde is None else min(einde, uiterst)]
        self.over -= max(len(deel), _MINST)
        return deel

    def pak_uit(self, data: bytes, begin: int = 0, wbits: int = zlib.MAX_WBITS) -> bytes:
        """What is packed in `data` from `begin`, at most 8 MiB; of damaged data what stands in front of the damage.

        In small bites, so that what ends in an error is counted too.
        """
        lezer, uit, ruimte = zlib.decompressobj(wbits), bytearray(), min(_GROOTST, self.over)
        try:
            for plek in range(begin, len(data), _HAP):
                invoer, hap = data[plek : plek + _HAP], b""
                while (invoer or len(hap) == _HAP) and len(uit) < ruimte and not lezer.eof:
                    hap = lezer.decompress(invoer, _HAP)
                    invoer = lezer.unconsumed_tail
                    uit += hap
                if lezer.eof or len(uit) >= ruimte:
                    break
        except zlib.error:
            pass  # the rest of it nobody can read
        self.over -= max(len(uit), _MINST)
        return bytes(uit)
