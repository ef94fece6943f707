"""The sweep: each flow is run once without faults, then once for every call and message of it in every way it can go
wrong; what is left must be what is left without.
"""

import difflib
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from tests.conftest import Provisioned
from tests.faults.account import Kept, compare, drain, keep, lines, random_in, restore, still
from tests.faults.flows import FLOWS, Flow, Step
from tests.faults.seam import Seam, Way, cases
from tests.faults.world import World, outside, settle


class Differs(AssertionError):
    """What is left after a fault is not what is left without; the text shows how."""


class Ground:
    """One account, and how it was after each step that a flow begins with: flows share most of them."""

    def __init__(self, aws: Provisioned) -> None:
        still(aws)
        world = World.around(aws)
        self._seen: dict[tuple[Step, ...], tuple[World, Kept]] = {(): (world, keep(aws))}

    def before(self, steps: tuple[Step, ...]) -> tuple[World, Kept]:
        """The world and the account after these steps."""
        if steps not in self._seen:
            earlier, kept = self.before(steps[:-1])
            world, aws = earlier.copy(None), earlier.town.aws
            restore(aws, kept)
            steps[-1](world)
            self._seen[steps] = world, keep(aws)
        return self._seen[steps]


@dataclass
class Sweep:
    """One flow in one account: how it begins, what it leaves behind, and what was counted."""

    flow: Flow
    world: World
    begin: Kept
    calm: Seam
    expected: list[str]
    same: set[str]
    done: Counter[str] = field(default_factory=Counter)
    orphans: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, flow: Flow, ground: "Ground") -> "Sweep":
        """Prepare, and run it twice without faults: what differs then is random."""
        world, begin = ground.before(flow.before)
        made = cls(flow, world, begin, Seam(), [], set())
        first, second = made._run(made.calm)[0], made._run(Seam())[0]
        made.same = random_in(first) & random_in(second)
        made.expected = compare(second, made.same)
        if compare(first, made.same) != made.expected:
            raise Differs(f"{flow.name} differs from itself:\n{_difference(made.expected, compare(first, made.same))}")
        return made

    def cases(self) -> list[tuple[int, Way]]:
        """Every call in every way, every message in two."""
        return list(cases(self.calm))

    def run(self, at: int, way: Way) -> None:
        """One case. Raises Differs, or what went wrong, with the name of the call."""
        names = self.calm.messages if way in (Way.TWICE, Way.LATE) else self.calm.names
        what = f"{self.flow.name}: call {at} of {len(names)}, {names[at - 1]}, {way}"
        try:
            found, orphans, keys = self._run(Seam(at, way))
            left = compare(found, self.same)
        except BaseException as fault:
            fault.add_note(what)
            drain(self.world.town.aws)
            raise
        if left != self.expected:
            drain(self.world.town.aws)
            raise Differs(f"{what}\n{_difference(self.expected, left)}")
        self.done[way.name] += 1
        self.orphans["objects"] += orphans
        self.orphans["koppelsleutels"] += keys

    def _run(self, seam: Seam) -> tuple[list[str], int, int]:
        restore(self.world.town.aws, self.begin)
        world = self.world.copy(seam)
        for act in self.flow.acts:
            act(world)
        settle(world)
        found, orphans = lines(world.town.aws, self.flow.repeats)
        keys = len(world.village.issued()) - len(world.village.kept())
        return [*found, *outside(world)], orphans, keys


def _difference(expected: Iterable[str], found: Iterable[str]) -> str:
    return "\n".join(difflib.unified_diff(list(expected), list(found), "without", "with", lineterm="", n=0))


def chosen(name: str) -> tuple[Flow, ...]:
    """The flows of this name; all of them for an empty one."""
    return tuple(flow for flow in FLOWS if name in ("", flow.name))


def sample(sweeps: Iterable[Sweep], seed: str, number: int | None) -> list[tuple[Sweep, int, Way]]:
    """Every case of these, or about so many of them, as the seed chooses: of each flow as many."""
    rng, picked, every = Random(seed), [], [(one, one.cases()) for one in sweeps]
    for one, found in every:
        few = found if number is None else rng.sample(found, min(len(found), -(-number // len(every))))
        picked += [(one, at, way) for at, way in few]
    return picked


def report(sweeps: Iterable[Sweep], began: float) -> str:
    """A line per flow, and one for all."""
    told, calls, count = [], 0, 0
    for one in sweeps:
        done = sum(one.done.values())
        ways = ", ".join(f"{name.lower()} {one.done[name]}" for name in Way.__members__ if one.done[name])
        told.append(
            f"  {one.flow.name:15} {len(one.calm.names):4} calls {len(one.calm.messages):2} messages "
            f"{done:5} cases ({ways}); left for the clean-up {one.orphans['objects']} objects, "
            f"left to expire at the Traffic Center {one.orphans['koppelsleutels']} koppelsleutels"
        )
        calls, count = calls + len(one.calm.names), count + done
    told.append(
        f"{len(told)} flows, {calls} calls, {count} cases, all as without the fault, {time.monotonic() - began:.0f} s"
    )
    return "\n".join(told)
