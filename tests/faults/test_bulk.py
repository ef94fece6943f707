"""Whatever call of a bulk act goes wrong, in the portal or in a worker: each pupil is done once, and the order ends."""

import itertools
from datetime import timedelta
from typing import Any

from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.opdracht import Bulksoort, Opdracht, Opdrachtstatus, Taak, Telling
from chalicelib.errors import OsoError
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opdrachten import Bulkvraag, geef_opdracht, nudge_open
from chalicelib.web import klok
from chalicelib.web.workers import publiceer
from tests.faults.seam import Died, Seam, sweep
from tests.faults.town import Town, intact, try_until_done, work
from tests.pupil import record

_NUMBERS = itertools.count(1)
PUPILS = ("l-1", "onbekend", "l-2")
_ASK: Any = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageSystemAttributeNames": ["All"]}


def new_school(town: Town) -> Vestiging:
    """A school that nobody used before, with two pupils."""
    number = next(_NUMBERS)
    school = Vestiging(f"15BU{number:02d}")
    town.settle(school, str(number))
    for pupil in ("l-1", "l-2"):
        zet_record(work(town.stores(), school), pupil, Record("2019.1", record()), None)
    return school


def order(town: Town, school: Vestiging, seam: Seam | None) -> Opdracht:
    """What the portal's process does with one POST; the client asks again with the same key."""
    vraag = Bulkvraag(Bulksoort.BINNEN_BRIN, tuple(map(Taak, PUPILS)), Profiel.BB_POPO)
    ids = itertools.count(1)

    def post() -> Opdracht:
        id_ = f"{int(school.code[4:]):016x}{next(ids):016x}"
        return geef_opdracht(work(town.stores(seam, "portal"), school), vraag, "sleutel", id_)

    found: Opdracht = try_until_done(post)
    return found


def drive(town: Town, seam: Seam | None) -> None:
    """Give every batch that waits to a worker, each a process of its own; what failed or died comes back at once."""
    sqs, url = town.aws.client("sqs"), town.aws.names["OSO_QUEUE_PUBLICATIES"]
    while messages := sqs.receive_message(QueueUrl=url, **_ASK).get("Messages", []):
        records = [
            {
                "messageId": one["MessageId"],
                "body": one["Body"],
                "attributes": one["Attributes"],
                "eventSourceARN": "arn:aws:sqs:eu-west-1:0:publicaties",
            }
            for one in messages
        ]
        try:
            answer = publiceer(town.stores(seam, "worker"), records, {})
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        except (Died, OsoError, EndpointConnectionError):
            failed = {one["MessageId"] for one in messages}
        for one in messages:
            place = {"QueueUrl": url, "ReceiptHandle": one["ReceiptHandle"]}
            if one["MessageId"] in failed:
                sqs.change_message_visibility(**place, VisibilityTimeout=0)
            else:
                sqs.delete_message(**place)


def run(town: Town, school: Vestiging, seam: Seam | None = None) -> Opdracht:
    """The act with this fault, then queue and clock do the rest without."""
    found = order(town, school, seam)
    drive(town, seam)
    for hours in range(1, 4):
        nudge_open(town.stores(), klok.nu() + timedelta(hours=hours))
        drive(town, None)
    return found


def end_state(town: Town, school: Vestiging, opdracht: Opdracht) -> tuple[object, ...]:
    """What is left: a result per pupil, each done once, and an order that is closed."""
    stores = town.stores()
    own = stores.opdracht(school, opdracht.id)
    results = [result.resultaat.value for _, result in sorted(stores.regels(own, range(len(PUPILS))).items())]
    cards = [stores.dossier(school, pupil) for pupil in ("l-1", "l-2")]
    acts = [intact(stores, card.onderwerp, card.kop) for card in cards]
    versions = [
        (card.status.value, card.laatste_nummer, len(stores.versies(school, card.leerling_id))) for card in cards
    ]
    orders = [row["sk"] for row in stores.state.alles(f"SCHOOL#{school}", "OPDRACHT#")]
    closed = (own.status, own.telling, intact(stores, own.onderwerp, own.kop))
    return results, acts, versions, len(orders), closed


def test_no_fault_of_a_bulk_act_leaves_anything_lost_or_done_twice(town: Town) -> None:
    calm, school = Seam(), new_school(town)
    expected = end_state(town, school, run(town, school, calm))
    done = ["LEERLING_AANGEMAAKT", "VERZAMELD", "KLAARGEZET"]
    closed = (Opdrachtstatus.GEREED, Telling(gelukt=2, mislukt=1), ["OPDRACHT_GEGEVEN", "OPDRACHT_GEREED"])
    assert expected == (["GELUKT", "MISLUKT", "GELUKT"], [done] * 2, [("KLAAR", 1, 1)] * 2, 1, closed)
    assert {name.split()[0] for name in calm.names} == {"portal", "worker"}
    cases = 0
    for at, way in sweep(calm.names):
        school = new_school(town)
        found = run(town, school, Seam(at, way))
        assert end_state(town, school, found) == expected, (at, way, calm.names[at - 1])
        cases += 1
    print(f"\nbulk: {len(calm.names)} calls, {cases} cases")
    assert cases >= 2 * len(calm.names) > 30
