"""Doing a step again that lost a race which its caller could not see."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from chalicelib.errors import Conflict

T = TypeVar("T")
BOTSING = "BOTSING"
"""The code of a Conflict between two writers of one row; it never leaves the app."""
_POGINGEN = 12


def herhaal(poging: Callable[[], T]) -> T:
    """Do `poging` again, after a short random wait, while it loses a race that its caller could not see.

    A Conflict that the caller can see (INTUSSEN_GEWIJZIGD) passes at once.
    """
    for keer in range(_POGINGEN):
        try:
            return poging()
        except Conflict as botsing:
            if botsing.code != BOTSING:
                raise
            time.sleep(random.uniform(0, min(1.0, 0.01 * 2**keer)))  # noqa: S311  jitter, not a secret
    raise Conflict("INTUSSEN_GEWIJZIGD")
