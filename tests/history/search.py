"""Whether what happened can be explained: an order of the acts in which each answer is the right one (Wing and Gong).

An act that ended before another began comes before it in that order; of two that overlapped, either may be first.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.history.model import CHANGED, Act, Answer

State = TypeVar("State", bound=Hashable)


@dataclass(frozen=True)
class Done:
    """One act of one actor: from when to when (seconds), and what it was told."""

    who: str
    act: Act
    began: float
    ended: float
    answer: Answer

    def __str__(self) -> str:
        return f"{self.began:8.3f} {self.ended:8.3f} {self.who:12} {self.act.word:9} {self.act[1:]} -> {self.answer}"


def explain(
    history: Sequence[Done], begin: State, apply: Callable[[State, Act], tuple[Answer, State]]
) -> list[Done] | None:
    """An order of all these acts that gives these answers from this beginning, or None when there is none.

    An act that lost every race and was told so changed nothing; the rules need not explain why it lost.
    """
    acts = sorted(history, key=lambda one: one.began)
    tried: set[tuple[int, State]] = set()
    path: list[Done] = []

    def go(left: int, state: State) -> bool:
        if not left:
            return True
        if (left, state) in tried:
            return False
        tried.add((left, state))
        first_end = min(one.ended for n, one in enumerate(acts) if left >> n & 1)
        for n, one in enumerate(acts):
            if one.began > first_end:
                break
            if not left >> n & 1:
                continue
            answer, then = apply(state, one.act)
            gave_up = one.answer == CHANGED and not one.act.seen
            if answer == one.answer or gave_up:
                path.append(one)
                if go(left & ~(1 << n), state if gave_up else then):
                    return True
                path.pop()
        return False

    return path if go((1 << len(acts)) - 1, begin) else None
