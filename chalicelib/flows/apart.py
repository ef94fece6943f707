"""Rows that this release cannot read, such as after rolling back: one of them stops nobody else."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from chalicelib.errors import Conflict, NotFound, OsoError

ONLEESBAAR = (ValueError, LookupError, TypeError, AttributeError, OsoError)
"""What reading a row of another release raises. What AWS raises is no matter of one row, and ends the run."""
Een = TypeVar("Een")


class RijenOnleesbaar(RuntimeError):
    """Said when all others had their turn; the text names nobody."""


def elk_apart(rijen: Iterable[Een], doe: Callable[[Een], int]) -> int:
    """The sum of what is done with each row; raises RijenOnleesbaar after the last when some could not be read."""
    gedaan = onleesbaar = 0
    for een in rijen:
        try:
            gedaan += doe(een)
        except (Conflict, NotFound):
            continue  # somebody works with it, or it went: the next run sees
        except ONLEESBAAR:
            onleesbaar += 1
    if onleesbaar:
        raise RijenOnleesbaar(f"{onleesbaar} rij(en) niet te lezen")
    return gedaan
