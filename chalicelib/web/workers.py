"""The queues' doors: a message is a nudge, the row behind it is the truth (house 1.3)."""

from typing import Any

from chalice.app import Blueprint

from chalicelib.errors import Conflict, Invalid, Unavailable
from chalicelib.flows.opvragen import haal_op
from chalicelib.store import Nudge
from chalicelib.web import klok, verbinding
from chalicelib.web.log import log

blueprint = Blueprint(__name__)
MAX_ONTVANGSTEN = 5
"""As in infra/resources.yaml, maxReceiveCount: after the last one the message goes to the DLQ."""


@blueprint.on_sqs_message(queue="aanvragen", batch_size=10, name="aanvragen")
def aanvragen(event: Any) -> dict[str, list[dict[str, str]]]:
    """Ask for dossiers at other schools; one that cannot be done now comes back, the others do not."""
    mislukt = [record["messageId"] for record in event.to_dict()["Records"] if not _doe(record)]
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in mislukt]}


def _doe(record: dict[str, Any]) -> bool:
    """Do one message; False when it must come back."""
    keer = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        nudge = Nudge.parse(record["body"])
        stand = haal_op(
            verbinding.stores(), verbinding.traffic_center(), nudge, klok.nu(), laatste_keer=keer >= MAX_ONTVANGSTEN
        )
    except (Unavailable, Conflict, Invalid) as fout:
        log.warning("aanvraag", extra={"event": "aanvraag", "code": fout.code, "keer": keer})
        return False
    log.info("aanvraag", extra={"event": "aanvraag", "school": nudge.school, "id": nudge.id, "code": stand})
    return True
