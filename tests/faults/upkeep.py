"""What the clock and the operator do: finish what waits, clean up, rotate a pepper, put dead letters back."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.termijnen import Termijnen
from chalicelib.flows import ophalen
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.roteren import verplaats
from chalicelib.store import Stores
from infra.redrive import redrive
from tests.faults.seam import PEPPER
from tests.faults.steps import NUMBER, order
from tests.faults.town import ask as post_request
from tests.faults.world import DOEL, World, answered, drive, until
from tests.pupil import NOW


def forgotten(world: World) -> None:
    """A request whose message got lost."""
    post_request(world.stores(), DOEL, NUMBER)
    drop_messages(world)


def drop_messages(world: World) -> None:
    sqs = world.town.aws.client("sqs")
    for name in ("OSO_QUEUE_AANVRAGEN", "OSO_QUEUE_PUBLICATIES", "OSO_QUEUE_ZORGVRAGEN"):
        sqs.purge_queue(QueueUrl=world.town.aws.names[name])


def nudge(world: World) -> None:
    """The clock finds it; should its process end half way, it is there again ten minutes later."""
    answered(lambda: ophalen.nudge_open(world.stores("clock"), NOW + timedelta(minutes=20)))
    drive(world)


def clean_up(world: World) -> None:
    """Twelve years later, night after night, until there is nothing left to do."""
    for night in range(1, 5):
        later = NOW.replace(year=NOW.year + 12) + timedelta(days=night)
        answered(lambda at=later: ruim_op(world.stores("clock"), Termijnen(), at))  # type: ignore[misc]


def rotate(world: World) -> None:
    """The operator moves every row to a new pepper, and again until nothing needs the old one."""

    def both(stores: Stores) -> Stores:
        return replace(stores, geheim=replace(stores.geheim, pepper={**PEPPER, "2": b"q" * 32}))

    until(
        lambda: not verplaats(both(world.look()), NOW, doe=False).blijft,
        lambda: verplaats(both(world.stores("operator")), NOW, doe=True),
    )


def fail_for_good(world: World) -> None:
    """A bulk act whose worker died five times: its messages lie in the dead letter queue."""
    order(world)
    sqs, url = world.town.aws.client("sqs"), world.town.aws.names["OSO_QUEUE_PUBLICATIES"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
        for one in found:
            sqs.send_message(QueueUrl=f"{url}-dood", MessageBody=one["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])


def put_back(world: World) -> None:
    """The operator puts the dead letters back, and again those that are still there."""
    url = world.town.aws.names["OSO_QUEUE_PUBLICATIES"]
    until(lambda: _nobody_is_dead(world, f"{url}-dood"), lambda: _redrive(world, url))
    drive(world)


def _redrive(world: World, url: str) -> None:
    sqs = world.stores("operator").nudges.client
    redrive(sqs, url, 100, doe=True)


def _nobody_is_dead(world: World, url: str) -> bool:
    """What somebody who died had in hand comes back after two minutes; here at once."""
    sqs = world.town.aws.client("sqs")
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {told["ApproximateNumberOfMessages"], told["ApproximateNumberOfMessagesNotVisible"]} == {"0"}
