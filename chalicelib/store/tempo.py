"""How fast somebody asks: counted by us, per minute, over all processes together (api.md, 429).

A process writes its count away once in ten requests, so that counting costs a tenth of a write. What others counted
meanwhile it hears then: with n processes at work, up to 20 n requests more than the limit may pass.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

STAP = 10
_BEWAARD = 300


@dataclass
class Tempo:
    """The counts of this minute in this process. `tel_op` adds to what all processes counted, and returns that."""

    tel_op: Callable[[str, str, int, int], int]
    _minuut: int = 0
    _los: dict[str, int] = field(default_factory=dict, repr=False)
    _samen: dict[str, int] = field(default_factory=dict, repr=False)
    _slot: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def wacht(self, wie: str, nu: float, grens: int) -> int:
        """Count one request of `wie` at `nu` (epoch seconds). 0, or the seconds to wait when it is one too many."""
        minuut = int(nu) // 60
        with self._slot:
            if minuut != self._minuut:
                self._minuut, self._los, self._samen = minuut, {}, {}
            los = self._los.get(wie, 0) + 1
            self._los[wie] = 0 if los >= STAP else los
        if los >= STAP:
            self._samen[wie] = self.tel_op(f"TEMPO#{wie}", str(minuut), los, (minuut + 1) * 60 + _BEWAARD)
            los = 0
        return 60 - int(nu) % 60 if self._samen.get(wie, 0) + los > grens else 0
