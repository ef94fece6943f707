"""Each flow with a fault at a call of it, from the table in `flows.py`: a sample here, all of them by `make faults`.

A sweep in which nothing is ever found would be green too: the last tests are about flows that do lose something, or do
it twice.
"""

import time
import uuid
from contextlib import suppress

import pytest

from chalicelib.flows.klaarzetten import zet_klaar
from infra.local.aws import Aws, provision
from tests.conftest import Provisioned
from tests.faults.flows import FLOWS, ONCE_MORE, Flow
from tests.faults.seam import WRONG, Way, cases
from tests.faults.steps import COLLECTED, READY
from tests.faults.sweep import Differs, Ground, Sweep, chosen, report, sample
from tests.faults.town import PUPIL, ask
from tests.faults.world import DOEL, World, drive
from tests.pupil import NUMBERS

_ACCOUNT, _SEED, _NUMBER = "310000000001", "20261124", 34

_LONG = "bulk-vol"
"""More than twenty pupils in each case: by `make faults` alone."""


@pytest.fixture(scope="module")
def ground(ministack: str) -> Ground:
    return Ground(Provisioned(ministack, _ACCOUNT, provision(Aws(ministack, _ACCOUNT))))


def test_what_is_left_after_a_fault_is_what_is_left_without(ground: Ground) -> None:
    began = time.monotonic()
    sweeps = [Sweep.of(flow, ground) for flow in FLOWS if flow.name != _LONG]
    for one, at, way in sample(sweeps, _SEED, _NUMBER):
        one.run(at, way)
    print(f"\n{report(sweeps, began)}")
    assert sum(len(one.cases()) for one in sweeps) > 1000
    assert all(len(one.calm.names) > 1 for one in sweeps)
    assert {name.split()[0] for one in sweeps for name in one.calm.names} >= {
        "portal",
        "worker",
        "bron",
        "clock",
        "swv",
    }


def test_every_call_has_its_ways(ground: Ground) -> None:
    """A read fails, is throttled or is the last act of its process; a transaction collides too; a message comes odd."""
    calm = Sweep.of(chosen("ask")[0], ground).calm
    found = list(cases(calm))
    read, transaction = calm.names.index("portal get_item SCHOOL"), calm.names.index("portal transact_write_items")
    assert [way for at, way in found if at == read + 1 and way not in (Way.TWICE, Way.LATE)] == [
        Way.FAILS,
        Way.DIES,
        Way.THROTTLED,
    ]
    assert {way for at, way in found if at == transaction + 1} >= set(Way) - {Way.TWICE, Way.LATE}
    assert [way for _, way in found][-2:] == [Way.TWICE, Way.LATE]


def never_looks(world: World) -> None:
    """Somebody who does not look whether it was done."""
    with suppress(*WRONG):
        zet_klaar(world.work(), PUPIL)


def new_key_each_time(world: World) -> None:
    """A client that takes another Idempotency-Key for each attempt."""
    for _ in range(2):
        with suppress(*WRONG):
            ask(world.stores(), DOEL, NUMBERS[0], uuid.uuid4().hex)
            break
    drive(world)


@pytest.mark.parametrize(
    ("flow", "way"),
    [
        (Flow("lost", COLLECTED, (never_looks,)), Way.FAILS),
        (Flow("twice", READY, (new_key_each_time,), ONCE_MORE), Way.ANSWER_LOST),
    ],
    ids=("lost", "twice"),
)
def test_a_flow_that_loses_something_or_does_it_twice_is_found(ground: Ground, flow: Flow, way: Way) -> None:
    one = Sweep.of(flow, ground)
    at = next(n for n, name in enumerate(one.calm.names, 1) if name == "portal transact_write_items")
    with pytest.raises(Differs, match="portal transact_write_items"):
        one.run(at, way)
    one.run(at, Way.CONFLICT)  # which the flow itself tries again
