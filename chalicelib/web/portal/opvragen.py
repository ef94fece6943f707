"""The page Overstapdossier opvragen of a pupil who is already here (R98-R103)."""

from collections.abc import Set
from uuid import uuid4

from pydantic import AwareDatetime

from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Dossieraanvraag
from chalicelib.domain.dossier import Dossier, Herkomst
from chalicelib.domain.mogelijkheden import Mogelijkheid
from chalicelib.domain.rechten import Recht
from chalicelib.flows import opvragen
from chalicelib.web import uit
from chalicelib.web.aanvraagkaarten import aanvraag_uit, bijlagen_uit, waarom_niet_importeren
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import acties, herkomst_uit, plain
from chalicelib.web.klok import NEDERLAND
from chalicelib.web.portal.aanvragen import daglimiet
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Vorm

_PAD = "/leerlingen/{leerlingId}/overstapdossier/opvragen"


class OpvraagVorm(Vorm):
    """Ask for a pupil who is already here; only for something newer, if a moment is given (R98)."""

    alleen_als_nieuwer_dan: AwareDatetime | None = None


class OpvraagpaginaUit(Vorm):
    """The page Overstapdossier opvragen of a pupil who is already here (R100, R103)."""

    titel: str
    school_van_herkomst: uit.HerkomstUit
    laatst_opgevraagd_tekst: str
    laatst_ontvangen_tekst: str
    toelichting_onderwijsbehoeften: list[uit.BijlageUit]
    bijlagen: list[uit.BijlageUit]
    aanvragen: list[uit.DossieraanvraagUit]
    acties: list[uit.ActieUit]


@route(
    "GET",
    _PAD,
    "De pagina Overstapdossier opvragen",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: OpvraagpaginaUit},
)
def haal(vraag: Vraag) -> Antwoord:
    """R100, R103: its texts and files, and the earlier requests with their results."""
    dossier = vraag.werk.stores.dossier(vraag.school, vraag.leerling_id)
    aanvragen = opvragen.van_leerling(vraag.werk, vraag.leerling_id)
    return Antwoord(plain(opvraagpagina(dossier, aanvragen, vraag.toegang.rechten)))


@route(
    "POST",
    _PAD,
    "Het dossier van deze leerling (opnieuw) opvragen",
    recht=Recht.OPVRAGEN,
    body=OpvraagVorm,
    antwoorden={202: uit.IdUit},
    idempotent=True,
    fouten=(
        "INHOUD_WEG",
        "HERKOMST_ONTBREEKT",
        "NUMMER_ONTBREEKT",
        "AANLEVERPUNT_ONTBREEKT",
        "SLEUTEL_HERGEBRUIKT",
        "TE_VEEL_AANVRAGEN",
    ),
)
def vraag_op(vraag: Vraag) -> Antwoord:
    """R98, R100: at the school of herkomst."""
    sleutel = vraag.idempotency_key
    nieuwer = vraag.body.alleen_als_nieuwer_dan
    limiet = daglimiet(vraag)
    aanvraag = opvragen.vraag_opnieuw(vraag.werk, vraag.leerling_id, nieuwer, sleutel, uuid4().hex, limiet)
    return Antwoord({"id": aanvraag.id}, 202, {"Location": f"/v1/dossieraanvragen/{aanvraag.id}"})


def opvraagpagina(dossier: Dossier, aanvragen: list[Dossieraanvraag], rechten: Set[Recht]) -> OpvraagpaginaUit:
    """The page of a pupil with these requests, the newest first."""
    herkomst = dossier.herkomst or Herkomst()
    ontvangen = next((een for een in aanvragen if een.ontvangen_op), None)
    gevraagd = aanvragen[0].gevraagd_op.astimezone(NEDERLAND) if aanvragen else None
    bijlagen = bijlagen_uit(ontvangen) if ontvangen else []
    geen_herkomst = None if herkomst.brin else teksten.melding("HERKOMST_ONTBREEKT")
    niets = waarom_niet_importeren(ontvangen) if ontvangen else teksten.melding("NOG_NIET_ONTVANGEN")
    return OpvraagpaginaUit(
        titel=teksten.opvragen_titel(
            dossier.naam, herkomst.brin if herkomst else "", herkomst.naam if herkomst else None
        ),
        school_van_herkomst=herkomst_uit(dossier),
        laatst_opgevraagd_tekst=teksten.opgevraagd(gevraagd) if gevraagd else teksten.NOOIT_OPGEVRAAGD,
        laatst_ontvangen_tekst=teksten.ontvangen(ontvangen.ontvangen_op.astimezone(NEDERLAND), ontvangen.verzameld_op)
        if ontvangen and ontvangen.ontvangen_op
        else teksten.NOOIT_ONTVANGEN,
        toelichting_onderwijsbehoeften=bijlagen[: ontvangen.toelichtingen] if ontvangen else [],
        bijlagen=bijlagen[ontvangen.toelichtingen :] if ontvangen else [],
        aanvragen=[aanvraag_uit(een, rechten) for een in aanvragen],
        acties=acties(
            [
                Mogelijkheid("opvragen", Recht.OPVRAGEN, geen_herkomst),
                Mogelijkheid("importeren", Recht.OPVRAGEN, niets),
            ],
            rechten,
        ),
    )
