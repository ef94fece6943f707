"""Legal hold, and proof of what was destroyed (ch. 16)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints

from chalicelib.domain.rechten import Recht
from chalicelib.flows import bewaren
from chalicelib.store import opruiming
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Vorm, Xml

_PAD = "/leerlingen/{leerlingId}/bewaren"
_OP_VERZOEK = "op verzoek"


class BewarenVorm(Vorm):
    """Why nothing of a pupil may be destroyed (ch. 16)."""

    reden: Annotated[str, Xml, StringConstraints(min_length=1, max_length=200)]


class BewijsUit(Vorm):
    """Proof of destruction (ch. 16): kind, how many, when, ground, and until when backups hold it. No content."""

    soort: str
    aantal: int
    objecten: int
    op: date
    grond: str
    backups_tot: date


@route(
    "PUT",
    _PAD,
    "Een bewaarplicht opleggen",
    recht=Recht.BEWAREN,
    body=BewarenVorm,
    antwoorden={200: uit.BewarenUit},
    fouten=("VERNIETIGING_BEGONNEN",),
)
def leg_op(vraag: Vraag) -> Antwoord:
    """Until it is lifted nothing of the pupil is destroyed: not by its term, not on request."""
    plicht = bewaren.leg_op(vraag.werk, vraag.leerling_id, vraag.body.reden)
    return Antwoord(plain(uit.BewarenUit(reden=plicht.reden, op=plicht.op, door=plicht.door)))


@route("DELETE", _PAD, "Een bewaarplicht opheffen", recht=Recht.BEWAREN, antwoorden={204: None})
def hef_op(vraag: Vraag) -> Antwoord:
    """From then on the terms hold again. Without one nothing happens."""
    bewaren.hef_op(vraag.werk, vraag.leerling_id)
    return Antwoord(None, 204)


@route(
    "GET",
    "/vernietigingen",
    "Bewijs van wat is vernietigd",
    recht=Recht.SCHOOLLOG_LEZEN,
    antwoorden={200: {"items": BewijsUit}},
)
def lijst(vraag: Vraag) -> Antwoord:
    """By day and kind: how many, on what ground, until when backups hold it. No content, no names."""
    rijen = [plain(_bewijs(row)) for row in opruiming.bewijzen(vraag.werk.stores, vraag.school)]
    rijen.sort(key=lambda rij: (rij["op"], rij["soort"]), reverse=True)
    return Antwoord({"items": rijen, "volgende": None, "totaal": len(rijen)})


def _bewijs(row: Mapping[str, Any]) -> BewijsUit:
    """A row of the clean-up, or one of destruction by request (`flows/avg.py`); its typed ground is not shown."""
    op_verzoek = dict(map(tuple, row.get("aantallen", ())))
    return BewijsUit(
        soort=row.get("soort", _OP_VERZOEK),
        aantal=row.get("aantal", op_verzoek.get("rijen", 0)),
        objecten=row.get("objecten", op_verzoek.get("objecten", 0)),
        op=row["op"][:10],
        grond=row["grond"] if "soort" in row else _OP_VERZOEK,
        backups_tot=row["backups_tot"][:10],
    )
