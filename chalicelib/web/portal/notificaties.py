"""Notificaties: sending them after klaarzetten, and what the school must see (R69-R72, 15.13)."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field

from chalicelib.domain.notificatie import Notificatie, Richting
from chalicelib.domain.rechten import Recht
from chalicelib.flows import notificaties
from chalicelib.store import Bladzijde
from chalicelib.store.items import load
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import notificatie_uit, plain
from chalicelib.web.portal.lijsten import BLADEREN, bladzijde
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
    query=BLADEREN,
    antwoorden={200: {"items": uit.NotificatieUit}},
)
def lijst(vraag: Vraag) -> Antwoord:
    """R71: each names the own request that it is about (`aanvraagId`), and the pupil where there is one."""
    stores, soort = vraag.werk.stores, f"NOTIFICATIE#{Richting.IN.value}"

    def lees(limiet: int, na: Mapping[str, Any] | None) -> Bladzijde:
        gelezen = stores.lijst(soort, vraag.school, limiet=limiet, na=na)
        alle = notificaties.met_leerling(vraag.werk, [load(Notificatie, rij) for rij in gelezen.rijen])
        return Bladzijde(tuple({"een": een} for een in alle), gelezen.volgende)

    return bladzijde(
        vraag,
        "notificaties",
        lees,
        lambda rij: notificatie_uit(rij["een"]),
        lambda: stores.state.tel(f"{soort}#{vraag.school}", index="lijst"),
    )


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
