"""Notificaties: sending them after klaarzetten, and what the school must see (R69-R72, 15.13)."""

from typing import Annotated
from uuid import uuid4

from pydantic import Field

from chalicelib.domain.notificatie import Richting
from chalicelib.domain.rechten import Recht
from chalicelib.flows import notificaties
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import notificatie_uit, plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Kort, Vorm


class NotificatieVorm(Vorm):
    """Which earlier requests are answered with a notificatie; never ticked beforehand (9b.5)."""

    aanvraag_ids: Annotated[list[Kort], Field(min_length=1, max_length=25)]


@route(
    "POST",
    "/leerlingen/{leerlingId}/overstapdossier/notificaties",
    "Een notificatie (opnieuw) versturen",
    recht=Recht.KLAARZETTEN,
    body=NotificatieVorm,
    antwoorden={202: {"items": uit.NotificatieUit}},
    idempotent=True,
    fouten=("NIET_KLAAR", "AANVRAAG_ONBEKEND", "SLEUTEL_HERGEBRUIKT"),
)
def verstuur(vraag: Vraag) -> Antwoord:
    """15.13: a conscious act, per earlier request; its failure changes nothing about klaarzetten."""
    sleutel = vraag.idempotency_key
    ids = list(dict.fromkeys(vraag.body.aanvraag_ids))
    nieuw = notificaties.verstuur(vraag.werk, vraag.leerling_id, ids, sleutel, uuid4().hex)
    rijen = [plain(notificatie_uit(een)) for een in nieuw]
    kaart = f"/v1/leerlingen/{vraag.leerling_id}/overstapdossier"
    return Antwoord({"items": rijen, "volgende": None, "totaal": len(rijen)}, 202, {"Location": kaart})


@route(
    "GET",
    "/notificaties",
    "Wat andere scholen melden",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: {"items": uit.NotificatieUit}},
)
def lijst(vraag: Vraag) -> Antwoord:
    """R71: each names the own request that it is about (`aanvraagId`), and the pupil where there is one."""
    alle = notificaties.met_leerling(vraag.werk, vraag.werk.stores.notificaties(vraag.school, Richting.IN))
    rijen = [plain(notificatie_uit(een)) for een in alle]
    return Antwoord({"items": rijen, "volgende": None, "totaal": len(rijen)})


@route(
    "POST",
    "/notificaties/{id}/gelezen",
    "Een notificatie als gelezen markeren",
    recht=Recht.OPVRAGEN,
    antwoorden={200: uit.NotificatieUit},
)
def lees(vraag: Vraag) -> Antwoord:
    """Again is the same."""
    (gelezen,) = notificaties.met_leerling(vraag.werk, [notificaties.lees(vraag.werk, vraag.pad["id"])])
    return Antwoord(plain(notificatie_uit(gelezen)))
