"""The world of one case: two schools, an SWV and a Traffic Center around one account, and who acts in it.

Each act of a person and each message is a process of its own. What goes wrong goes wrong once; whoever was at it tries
again as they would: a person looks at the card first, a client sends the same key, a queue gives the message again.
"""

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.nummers import Vestiging
from chalicelib.flows import Werk, opdrachten, ophalen, zorgvraag_melden
from chalicelib.flows.notificaties import bezorg
from chalicelib.store import Nudge, Stores
from chalicelib.web.workers import publiceer
from infra.local.register import Register
from tests.conftest import Provisioned
from tests.faults.seam import WRONG, Seam, Way
from tests.faults.town import BRON, Town, work
from tests.faults.zorgvraag import Swv, Village
from tests.pupil import NOW

DOEL = Vestiging("99EF00")
_QUEUES = ("OSO_QUEUE_AANVRAGEN", "OSO_QUEUE_PUBLICATIES", "OSO_QUEUE_ZORGVRAGEN")
_ASK: Any = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageSystemAttributeNames": ["All"]}


@dataclass
class World:
    """What one case acts upon; `memory` is what its people wrote down, `seam` what is to go wrong."""

    town: Town
    village: Village
    seam: Seam | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    late: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def around(cls, aws: Provisioned) -> "World":
        """A new one, in an account where both schools are enrolled by now."""
        town = Town(aws, Register({}))
        for school in (BRON, DOEL):
            town.settle(school, "0")
        return cls(town, Village(town, BRON).with_swv())

    def copy(self, seam: Seam | None) -> "World":
        """The same moment again: what is outside the account is copied; the account is put back by the caller."""
        register = replace(
            self.town.register,
            sessies=copy.deepcopy(self.town.register.sessies),
            koppelsleutels=dict(self.town.register.koppelsleutels),
            geteld=copy.copy(self.town.register.geteld),
        )
        town = Town(self.town.aws, register)
        swv = copy.deepcopy(self.village.swv)
        return World(town, Village(town, BRON, swv, seam), seam, dict(self.memory))

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.seam, self.village = None, self.village.calm()

    def stores(self, who: str = "portal") -> Stores:
        """The stores of a process that just started."""
        return self.town.stores(self.seam, who)

    def work(self, school: Vestiging = BRON) -> Werk:
        """An employee's act, in a process of the portal."""
        return work(self.stores(), school)

    def look(self) -> Stores:
        """What a person sees: a fresh look, in which nothing goes wrong."""
        return self.town.stores()


def until(done: Callable[[], object], act: Callable[[], object]) -> None:
    """Somebody acts, and again when it went wrong and is not done."""
    for _ in range(3):
        with suppress(*WRONG):
            act()
        if done():
            return
    raise AssertionError("it keeps going wrong")


def answered(act: Callable[[], Any]) -> Any:
    """A client that asks again with the same key when it got no answer."""
    for _ in range(2):
        with suppress(*WRONG):
            return act()
    return act()


def drive(world: World) -> None:
    """Give every message that waits to a worker; what it did not do comes back at once, to a worker without faults."""
    sqs = world.town.aws.client("sqs")
    for name in _QUEUES:
        url = world.town.aws.names[name]
        while messages := sqs.receive_message(QueueUrl=url, **_ASK).get("Messages", []):
            ready = [one for one in messages if not _is_late(world, name, one)]
            failed = _give(world, name, ready)
            for one in messages:
                place = {"QueueUrl": url, "ReceiptHandle": one["ReceiptHandle"]}
                if one["MessageId"] in failed:
                    sqs.change_message_visibility(**place, VisibilityTimeout=0)
                else:
                    sqs.delete_message(**place)


def _is_late(world: World, queue: str, message: dict[str, Any]) -> bool:
    """Ask the seam about a message that is delivered for the first time; keep one that comes late, or comes twice."""
    if world.seam is None or message["Attributes"]["ApproximateReceiveCount"] != "1":
        return False
    way = world.seam.delivery(message["Body"])
    if way is not None:
        world.late.append((queue, message))
    return way is Way.LATE


def _give(world: World, queue: str, messages: list[dict[str, Any]]) -> set[str]:
    """Let workers have them; the ids of those that were not done. A message that comes twice is given again at once."""
    failed = _handle(world, queue, messages)
    twice = [one for _, one in world.late if one in messages]
    if twice:
        world.late.clear()
        failed |= _handle(world, queue, twice)
    return failed


def _handle(world: World, queue: str, messages: list[dict[str, Any]]) -> set[str]:
    if queue == "OSO_QUEUE_PUBLICATIES":
        return _publish(world, messages) if messages else set()
    return {one["MessageId"] for one in messages if not _done(world, one)}


def _done(world: World, message: dict[str, Any]) -> bool:
    nudge = Nudge.parse(message["Body"])
    last = int(message["Attributes"]["ApproximateReceiveCount"]) >= 5
    try:
        stores = world.stores("worker")
        if nudge.soort == "ZORGVRAAG":
            zorgvraag_melden.meld(stores, world.village.center("worker"), nudge, NOW, laatste_keer=last)
        elif nudge.soort == "NOTIFICATIE":
            bezorg(stores, world.town.center(world.seam, "worker"), nudge, NOW, laatste_keer=last)
        else:
            center = world.town.center(world.seam, "worker")
            ophalen.haal_op(stores, center, nudge, NOW, laatste_keer=last)
    except WRONG:
        return False
    return True


def _publish(world: World, messages: list[dict[str, Any]]) -> set[str]:
    arn = "arn:aws:sqs:eu-west-1:0:publicaties"
    records = [
        {"messageId": one["MessageId"], "body": one["Body"], "attributes": one["Attributes"], "eventSourceARN": arn}
        for one in messages
    ]
    try:
        answer = publiceer(world.stores("worker"), records, {}, nu=lambda: NOW)
    except WRONG:
        return {one["MessageId"] for one in messages}
    return {one["itemIdentifier"] for one in answer["batchItemFailures"]}


def clock(world: World, later: timedelta) -> int:
    """What the schedule `afmaken` does, some time later; how much it found."""
    stores = world.look()
    found = ophalen.nudge_open(stores, NOW + later) + zorgvraag_melden.nudge_open(stores, NOW + later)
    return found + opdrachten.nudge_open(stores, NOW + later)


def settle(world: World) -> None:
    """Queues and clock run on, and the SWV does its part, without faults; what comes late comes last of all."""
    world.calm()
    for hours in range(1, 6):
        drive(world)
        if world.memory.get("swv fetches"):
            world.village.swv_fetches()
        if world.memory.get("swv answers"):
            world.village.swv_answers()
        if not clock(world, timedelta(hours=hours)):
            break
    for queue, message in world.late:
        assert _handle(world, queue, [message]) == set()
    if world.late:
        drive(world)


def outside(world: World) -> list[str]:
    """What the others have: how much the SWV was told, fetched and answered."""
    swv: Swv = world.village.swv
    return [f"swv {len(swv.told)} told, {len(swv.fetched)} fetched, {len(swv.answered)} answered, {swv.refused}"]
