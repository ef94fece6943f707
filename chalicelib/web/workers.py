"""The queues' doors: a message is a nudge, the row behind it is the truth (house 1.3)."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from chalice.app import Blueprint

from chalicelib.config import settings
from chalicelib.errors import Invalid, OsoError
from chalicelib.flows import bulk
from chalicelib.flows.notificaties import bezorg
from chalicelib.flows.opdrachten import voed
from chalicelib.flows.ophalen import Regionaal, haal_op
from chalicelib.flows.zorgvraag_melden import meld
from chalicelib.store import Nudge, Stores
from chalicelib.web import klok, verbinding
from chalicelib.web.log import begin, regel, soort

blueprint = Blueprint(__name__)
MAX_ONTVANGSTEN = 5
"""As in infra/resources.yaml, maxReceiveCount: after the last one the message goes to the DLQ."""
_ALLEEN = 1
"""What waits for the system of somebody else has a run for itself: a school that does not answer takes 23 of the 60
seconds, and who shares them with three of those is never tried (infra/decisions/exchange.md)."""
_VRAGEN_SECONDEN = 30.0
"""After so long no further aanleverpunt is asked: the last one may take 23 seconds, and the session is signed off."""


@blueprint.on_sqs_message(queue="aanvragen", batch_size=_ALLEEN, name="aanvragen")
def aanvragen(event: Any) -> dict[str, Any]:
    """Ask for dossiers, and tell schools that one is ready; what cannot be done now comes back, the rest does not."""
    return _per_stuk(event.to_dict()["Records"], _vraag_of_meld, event.context)


def _vraag_of_meld(record: SQSRecord) -> None:
    nudge, stores, tc = Nudge.parse(record.body), verbinding.stores(), verbinding.traffic_center()
    keer, einde = _keer(record.raw_event), time.monotonic() + _VRAGEN_SECONDEN
    laatste_keer = keer >= MAX_ONTVANGSTEN
    if nudge.soort == "NOTIFICATIE":
        stand = bezorg(stores, tc, nudge, klok.nu(), laatste_keer=laatste_keer)
    else:
        platforms = frozenset(leverancier.oin for leverancier in settings().leveranciers if leverancier.platform)
        regionaal = Regionaal(verbinding.overzicht, platforms)
        stand = haal_op(
            stores,
            tc,
            nudge,
            klok.nu(),
            laatste_keer=laatste_keer,
            regionaal=regionaal,
            keer=keer,
            nog=lambda: time.monotonic() < einde,
        )
    regel("aanvraag", stand, school=nudge.school, id=nudge.id)


def _per_stuk(records: Sequence[dict[str, Any]], doe: Callable[[SQSRecord], None], context: Any) -> dict[str, Any]:
    """Each message by itself: whatever one of them raises, the others are done; that one comes back."""
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

    def een(record: SQSRecord) -> None:  # Powertools asks for this name of the argument
        begin()
        doe(record)

    antwoord = process_partial_response({"Records": list(records)}, een, processor, cast(LambdaContext, context))
    for _, fout, _ in processor.exceptions:
        code = fout.code if isinstance(fout, OsoError) else soort(cast(BaseException, fout))
        regel("bericht", code, waarschuwing=True)
    return cast(dict[str, Any], antwoord)


@blueprint.on_sqs_message(queue="zorgvragen", batch_size=_ALLEEN, name="zorgvragen")
def zorgvraag(event: Any) -> dict[str, Any]:
    """Announce zorgvragen at the Traffic Center and tell the SWV; what cannot be done now comes back."""
    return _per_stuk(event.to_dict()["Records"], _meld_zorgvraag, event.context)


def _meld_zorgvraag(record: SQSRecord) -> None:
    nudge, laatste_keer = Nudge.parse(record.body), _keer(record.raw_event) >= MAX_ONTVANGSTEN
    stand = meld(verbinding.stores(), verbinding.traffic_center(), nudge, klok.nu(), laatste_keer=laatste_keer)
    regel("zorgvraag", stand, school=nudge.school, id=nudge.id)


_LIJSTEN: bulk.Lijsten = {}


@blueprint.on_sqs_message(queue="publicaties", batch_size=10, name="publicaties")
def publicaties(event: Any) -> dict[str, Any]:
    """Do pupils of bulk acts (15.14). Whatever one of them raises, the others are done; that one comes back."""
    return publiceer(verbinding.stores(), event.to_dict()["Records"], _LIJSTEN, event.context)


def publiceer(
    stores: Stores,
    records: Sequence[dict[str, Any]],
    lijsten: bulk.Lijsten,
    context: Any = None,
    nu: Callable[[], datetime] = klok.nu,
) -> dict[str, Any]:
    """One batch of messages for these stores; gives which must come back. `lijsten`: what this process read before."""
    records = _op_volgorde(records)
    batch = bulk.Batch.van(_nudges(records), lijsten, settings().aanmeldweek)
    uitkomsten: dict[str, str] = {}

    def doe(record: SQSRecord) -> None:
        nudge = Nudge.parse(record.body)
        laatste_keer = _keer(record.raw_event) >= MAX_ONTVANGSTEN
        uitkomst = bulk.doe(stores, batch, nudge, nu(), laatste_keer=laatste_keer)
        uitkomsten[record.message_id] = uitkomst
        regel("publicatie", uitkomst, school=nudge.school, id=nudge.id)

    antwoord = _per_stuk(records, doe, context)
    for sleutel, aantal in _te_voeden(records, uitkomsten).items():
        if werk := batch.gelezen.get(sleutel):
            voed(stores, werk.opdracht, aantal, nu())
    return antwoord


def _keer(record: dict[str, Any]) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _op_volgorde(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fresh messages first, and the other way round each next time: who waited behind a deadly one goes before it."""
    keren = Counter(map(_keer, records))
    return [
        record
        for keer in sorted(keren)
        for record in [r for r in records if _keer(r) == keer][:: 1 if keer % 2 else -1]
    ]


def _nudges(records: Sequence[dict[str, Any]]) -> Iterator[Nudge]:
    for record in records:
        try:
            yield Nudge.parse(record["body"])
        except Invalid:
            continue  # said when it has its turn


def _te_voeden(records: Sequence[dict[str, Any]], uitkomsten: dict[str, str]) -> Counter[tuple[str, str]]:
    """How many places of each opdracht in the queue came free.

    Not for a second delivery of what was done, and not again for what failed before: it gave its place up then.
    """
    vrij: Counter[tuple[str, str]] = Counter()
    for record in records:
        uitkomst, eerste_keer = uitkomsten.get(record["messageId"]), _keer(record) == 1
        if (uitkomst is None and not eerste_keer) or (uitkomst == bulk.AL_GEDAAN and eerste_keer):
            continue
        for nudge in _nudges([record]):
            vrij[nudge.school, nudge.id.partition(".")[0]] += 1
    return vrij
