"""Bulk acts on a selection of pupils, and how far they are (R75-R81, 15.14, 15.15)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from chalicelib.domain import teksten
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.opdracht import (
    MEESTE_LEERLINGEN,
    Bulkresultaat,
    Bulksoort,
    Opdrachtstatus,
    Taak,
    opdracht_tekst,
)
from chalicelib.domain.rechten import Recht
from chalicelib.errors import Invalid, Melding, NotFound, Refused
from chalicelib.flows import opdrachten, pakket
from chalicelib.flows.leerlingen import controleer_leerling_id
from chalicelib.flows.opdrachten import Bulkvraag
from chalicelib.flows.opdrachtlijst import lees_taken
from chalicelib.flows.vragenlijst import aanvraag_id
from chalicelib.store import Bladzijde, herhaal
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, onjuist, route
from chalicelib.web.kaarten import meldingen, plain
from chalicelib.web.opdrachtvormen import (
    BulkBinnenBrinVorm,
    BulkInzageVorm,
    BulkVerzamelVorm,
    BulkVorm,
    OpdrachtUit,
    PakketVorm,
    ResultaatVanLeerling,
)
from chalicelib.web.portal import logs
from chalicelib.web.portal.lijsten import BLADEREN, bladzijde
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Vorm

_LINK_SECONDEN = 60
_FOUTEN = (
    "LEERLING_ID_ONGELDIG",
    "LEERLING_DUBBEL",
    "AANTAL_LEERLINGEN",
    "SLEUTEL_HERGEBRUIKT",
)


def _bulk(
    pad: str, samenvatting: str, recht: Recht, body: type[Vorm], *fouten: str
) -> Callable[[Callable[[Vraag], Antwoord]], Callable[[Vraag], Antwoord]]:
    return route(
        "POST",
        f"/overstapdossiers/{pad}",
        samenvatting,
        recht=recht,
        body=body,
        antwoorden={202: uit.IdUit},
        idempotent=True,
        fouten=(*_FOUTEN, *fouten),
    )


@_bulk(
    "binnen-brin",
    "Dossiers verzamelen en klaarzetten voor binnen-brin uitwisseling",
    Recht.OVERSTAP_BEWERKEN,
    BulkBinnenBrinVorm,
    "OOK_OVERSTAP_ONBEKEND",
)
def binnen_brin(vraag: Vraag) -> Antwoord:
    """R75-R80: collect and set ready in one act, every niet-methodetoets along. 202: follow it at Location."""
    vorm: BulkBinnenBrinVorm = vraag.body
    ook, genoemd = set(vorm.ook_overstap), set(vorm.leerling_ids)
    fout = [
        teksten.melding("OOK_OVERSTAP_ONBEKEND", pad=f"/ookOverstap/{plek}")
        for plek, leerling_id in enumerate(vorm.ook_overstap)
        if leerling_id not in genoemd
    ]
    _controleer(vorm.leerling_ids, "/leerlingIds", fout)
    taken = tuple(Taak(leerling_id, ook_overstap=leerling_id in ook) for leerling_id in vorm.leerling_ids)
    return _geef(vraag, Bulkvraag(Bulksoort.BINNEN_BRIN, taken, Profiel(vorm.overdracht)))


@_bulk("verzamelen", "Dossiers verzamelen voor een overstap", Recht.OVERSTAP_BEWERKEN, BulkVerzamelVorm)
def verzamel(vraag: Vraag) -> Antwoord:
    """Each as `verzamelen` of one pupil does it, with the choice that was saved for the pupil (R33, R47b)."""
    vorm: BulkVerzamelVorm = vraag.body
    return _geef(vraag, Bulkvraag(Bulksoort.VERZAMELEN, _taken(vorm), Profiel(vorm.overdracht)))


@_bulk("inzage", "Inzage vastleggen voor meerdere leerlingen", Recht.OVERSTAP_BEWERKEN, BulkInzageVorm)
def leg_inzage_vast(vraag: Vraag) -> Antwoord:
    """Value and date per pupil (15.14); each as saving the card of one pupil does it."""
    vorm: BulkInzageVorm = vraag.body
    _controleer([een.leerling_id for een in vorm.inzagen], "/inzagen", [], "/leerlingId")
    return _geef(vraag, Bulkvraag(Bulksoort.INZAGE, tuple(een.taak() for een in vorm.inzagen)))


@_bulk("klaarzetten", "Verzamelde dossiers klaarzetten", Recht.KLAARZETTEN, BulkVorm)
def zet_klaar(vraag: Vraag) -> Antwoord:
    """Only what is collected, never collecting again (15.14)."""
    return _geef(vraag, Bulkvraag(Bulksoort.KLAARZETTEN, _taken(vraag.body)))


@_bulk("inzagepakket", "Een inzagepakket voor een groep", Recht.OVERSTAP_BEWERKEN, PakketVorm)
def maak_inzagepakket(vraag: Vraag) -> Antwoord:
    """R52: one print-ready PDF of at most 100 collected dossiers, each with a form per verzorger."""
    vorm: BulkVorm = vraag.body
    if len(vorm.leerling_ids) > pakket.MEESTE_IN_PAKKET:
        raise _aantal("/leerlingIds", pakket.MEESTE_IN_PAKKET)
    return _geef(vraag, Bulkvraag(Bulksoort.INZAGEPAKKET, _taken(vorm)))


@route(
    "GET",
    "/opdrachten/{id}/inzagepakket",
    "Link naar het inzagepakket",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("OPDRACHT_LOOPT", "PAKKET_LEEG"),
)
def haal_inzagepakket(vraag: Vraag) -> Antwoord:
    """The PDF of a finished inzagepakket; the link works for a minute, the reading is logged."""
    stores = vraag.werk.stores
    opdracht = stores.opdracht(vraag.school, vraag.pad["id"])
    if opdracht.soort is not Bulksoort.INZAGEPAKKET:
        raise NotFound("NIET_GEVONDEN")
    if opdracht.status is Opdrachtstatus.LOOPT:
        raise Refused("OPDRACHT_LOOPT", meldingen=[teksten.melding("OPDRACHT_LOOPT")])
    if not opdracht.telling.gelukt:
        raise Refused("PAKKET_LEEG", meldingen=[teksten.melding("PAKKET_LEEG")])

    def poging() -> None:
        nu = stores.opdracht(vraag.school, opdracht.id)
        stores.commit(vraag.werk.mutatie(Actie.INZAGEPAKKET_BEKEKEN, nu.onderwerp), nu, nu)

    herhaal(poging)
    bestand = f"OSO-inzagepakket-{opdracht.id[:8]}.pdf"
    body = uit.LinkUit(
        url=stores.inhoud.link(opdracht.map, pakket.PDF, bestand, _LINK_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_LINK_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))


@route(
    "GET",
    "/opdrachten/{id}",
    "Hoever een opdracht is",
    recht=Recht.OPDRACHTEN_LEZEN,
    antwoorden={200: OpdrachtUit},
)
def haal(vraag: Vraag) -> Antwoord:
    """R77: progress while it runs; `tekst` says what came of it when it is done."""
    stores = vraag.werk.stores
    opdracht = stores.opdracht(vraag.school, vraag.pad["id"])
    telling = opdrachten.stand(stores, opdracht)
    body = OpdrachtUit(
        soort=opdracht.soort,
        status=Opdrachtstatus.GEREED if opdracht.klaar(telling) else Opdrachtstatus.LOOPT,
        totaal=opdracht.totaal,
        gelukt=telling.gelukt,
        mislukt=telling.mislukt,
        overgeslagen=telling.overgeslagen,
        tekst=opdracht_tekst(opdracht, telling),
    )
    return Antwoord(plain(body))


@route(
    "GET",
    "/opdrachten/{id}/resultaten",
    "Wat er van elke leerling kwam",
    recht=Recht.OPDRACHTEN_LEZEN,
    query=BLADEREN,
    antwoorden={200: {"items": ResultaatVanLeerling}},
    fouten=("INHOUD_WEG",),
)
def resultaten(vraag: Vraag) -> Antwoord:
    """In the order in which the pupils were named; WACHT for those whose turn is to come. No pupil content."""
    stores = vraag.werk.stores
    opdracht = stores.opdracht(vraag.school, vraag.pad["id"])
    taken = lees_taken(stores, opdracht)

    def lees(limiet: int, na: Mapping[str, Any] | None) -> Bladzijde:
        begin = int(na["nummer"]) if na else 0
        nummers = range(begin, min(begin + limiet, len(taken)))
        regels = stores.regels(opdracht, nummers)
        rijen = tuple({"taak": taken[n], "regel": regels.get(n), "opdracht": opdracht} for n in nummers)
        return Bladzijde(rijen, {"nummer": nummers.stop} if nummers.stop < len(taken) else None)

    return bladzijde(vraag, f"opdracht#{opdracht.id}", lees, _resultaat, lambda: opdracht.totaal)


@route(
    "GET",
    "/opdrachten/{id}/mutatielogs",
    "Wie de opdracht gaf en hoe die afliep",
    recht=Recht.MUTATIELOG_LEZEN,
    antwoorden={200: {"items": uit.LogregelUit, "csv": True}},
)
def mutatielogs(vraag: Vraag) -> Antwoord:
    """R87: every act on a bulk act. JSON, or `text/csv` by Accept."""
    return logs.als_lijst(vraag, vraag.werk.stores.opdracht(vraag.school, vraag.pad["id"]).onderwerp)


def _resultaat(rij: dict[str, Any]) -> ResultaatVanLeerling:
    regel, taak = rij["regel"], rij["taak"]
    gevraagd = taak.vraag is not None and regel is not None and regel.resultaat is Bulkresultaat.GELUKT
    return ResultaatVanLeerling(
        leerling_id=None if taak.vraag else taak.leerling_id,
        resultaat=regel.resultaat if regel else Bulkresultaat.WACHT,
        meldingen=meldingen(regel.meldingen) if regel else [],
        rij=taak.vraag.plek if taak.vraag else None,
        aanvraag_id=aanvraag_id(rij["opdracht"].id, taak.vraag.plek) if gevraagd else None,
    )


def _taken(vorm: BulkVorm) -> tuple[Taak, ...]:
    _controleer(vorm.leerling_ids, "/leerlingIds", [])
    return tuple(map(Taak, vorm.leerling_ids))


def _geef(vraag: Vraag, bulk: Bulkvraag) -> Antwoord:
    opdracht = opdrachten.geef_opdracht(vraag.werk, bulk, vraag.idempotency_key, uuid4().hex)
    return Antwoord({"id": opdracht.id}, 202, {"Location": f"/v1/opdrachten/{opdracht.id}"})


def _aantal(pad: str, meeste: int) -> Invalid:
    return onjuist(pad, f"1 tot en met {meeste} leerlingen", "AANTAL_LEERLINGEN")


def _controleer(leerling_ids: Sequence[str], pad: str, fout: list[Melding], veld: str = "") -> None:
    """1 to 1,000 pupils, each once, each a leerlingId: Invalid naming every wrong place, after those of `fout`."""
    if not 1 <= len(leerling_ids) <= MEESTE_LEERLINGEN:
        raise _aantal(pad, MEESTE_LEERLINGEN)
    gezien: set[str] = set()
    for plek, leerling_id in enumerate(leerling_ids):
        if leerling_id in gezien:
            fout.append(teksten.melding("LEERLING_DUBBEL", pad=f"{pad}/{plek}{veld}"))
        gezien.add(leerling_id)
        try:
            controleer_leerling_id(leerling_id)
        except Invalid as ongeldig:
            fout.append(teksten.melding(ongeldig.code, pad=f"{pad}/{plek}{veld}"))
    if fout:
        raise Invalid(fout[0].code, fout[0].tekst, fout)
