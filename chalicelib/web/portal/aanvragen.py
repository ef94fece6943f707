"""Our own requests to other schools (ch. 8)."""

from datetime import UTC, timedelta
from functools import partial
from typing import Annotated
from uuid import uuid4

from pydantic import AwareDatetime, StringConstraints

from chalicelib.config import settings
from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Brin, PgnType
from chalicelib.domain.rechten import Recht
from chalicelib.flows import ophalen, opvragen, vragenlijst
from chalicelib.store import herhaal
from chalicelib.store.items import load
from chalicelib.web import uit
from chalicelib.web.aanvraagkaarten import aanvraag_uit
from chalicelib.web.deur import CSV, JSON, Vraag, lees_body, lees_pgn, route
from chalicelib.web.kaarten import plain
from chalicelib.web.klok import NEDERLAND
from chalicelib.web.portal import logs
from chalicelib.web.portal.lijsten import BLADEREN, bladzijde, gesorteerd
from chalicelib.web.query import Parameter
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import BrinTekst, Kort, LeegVorm, Vorm

_LINK_SECONDEN = 60
_STAND = {"type": "string", "enum": [stand.value for stand in Stand]}
_JA_NEE = {"type": "string", "enum": ["true", "false"]}


class DossieraanvraagVorm(Vorm):
    """R90: ask one school for one dossier."""

    brin: BrinTekst
    pgn_type: PgnType
    pgn: Annotated[str, StringConstraints(max_length=40)]
    alleen_als_nieuwer_dan: AwareDatetime | None = None


class VraagRij(Vorm):
    """One row of a list of dossiers to ask for; each row is checked by itself."""

    brin: Kort
    pgn_type: Kort
    pgn: Annotated[str, StringConstraints(max_length=40)]


class VragenlijstVorm(Vorm):
    """1 to 1,000 dossiers to ask for; only what is newer than was received before, if so wanted."""

    aanvragen: list[VraagRij]
    alleen_als_nieuwer: bool = False


@route(
    "POST",
    "/dossieraanvragen",
    "Een dossier opvragen bij een andere school",
    recht=Recht.OPVRAGEN,
    body=DossieraanvraagVorm,
    antwoorden={202: uit.IdUit},
    idempotent=True,
    fouten=(
        "PGN_ONGELDIG",
        "LEERLING_BESTAAT_AL",
        "AANLEVERPUNT_ONTBREEKT",
        "SLEUTEL_HERGEBRUIKT",
        "TE_VEEL_AANVRAGEN",
    ),
)
def vraag_op(vraag: Vraag) -> Antwoord:
    """R90-R93. 202: the answer comes; follow it at Location."""
    sleutel = vraag.idempotency_key
    vorm: DossieraanvraagVorm = vraag.body
    verzoek = opvragen.Verzoek(
        Brin.parse(vorm.brin), lees_pgn(vorm.pgn_type, vorm.pgn, "/pgn"), vorm.alleen_als_nieuwer_dan
    )
    aanvraag = opvragen.vraag_op(vraag.werk, verzoek, sleutel, uuid4().hex, daglimiet(vraag))
    return Antwoord({"id": aanvraag.id}, 202, {"Location": f"/v1/dossieraanvragen/{aanvraag.id}"})


@route(
    "POST",
    "/dossieraanvragen/bulk",
    "Veel dossiers tegelijk opvragen",
    recht=Recht.OPVRAGEN,
    body=None,
    soorten=(JSON, CSV),
    antwoorden={202: uit.IdUit},
    idempotent=True,
    fouten=(
        "AANTAL_VRAGEN",
        "VRAAG_DUBBEL",
        "CSV_ONLEESBAAR",
        "PGN_ONGELDIG",
        "BRIN_ONGELDIG",
        "LEERLING_BESTAAT_AL",
        "AANLEVERPUNT_ONTBREEKT",
        "SLEUTEL_HERGEBRUIKT",
        "TE_VEEL_AANVRAGEN",
    ),
    query=(Parameter("alleenAlsNieuwer", "bij CSV: alleen wat nieuwer is dan eerder ontvangen", _JA_NEE),),
    voorbeeld_body=VragenlijstVorm,
)
def vraag_lijst_op(vraag: Vraag) -> Antwoord:
    """Each row is checked before anything is sent; the result per row is that of the opdracht at Location.

    As CSV: the columns brin, pgnType and pgn, with a comma or a semicolon between them.
    """
    sleutel = vraag.idempotency_key
    if "csv" in vraag.koppen.get("content-type", JSON):
        rijen = vragenlijst.lees_csv(vraag.ruw)
        nieuwer = vraag.query.get("alleenAlsNieuwer") == "true"
    else:
        vorm = lees_body(VragenlijstVorm, vraag.ruw)
        assert isinstance(vorm, VragenlijstVorm)
        rijen = [vragenlijst.Rij(een.brin, een.pgn_type, een.pgn) for een in vorm.aanvragen]
        nieuwer = vorm.alleen_als_nieuwer
    opdracht = vragenlijst.vraag_lijst_op(
        vraag.werk, rijen, daglimiet(vraag), sleutel, uuid4().hex, alleen_als_nieuwer=nieuwer
    )
    return Antwoord({"id": opdracht.id}, 202, {"Location": f"/v1/opdrachten/{opdracht.id}"})


def daglimiet(vraag: Vraag) -> opvragen.Daglimiet:
    """What this employee may still ask for today, by Dutch time."""
    nu = vraag.werk.nu.astimezone(NEDERLAND)
    morgen = (nu + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return opvragen.Daglimiet(settings().vragen_per_dag, nu.date(), max(1, int((morgen - nu).total_seconds())))


@route(
    "GET",
    "/dossieraanvragen",
    "De eigen aanvragen",
    recht=Recht.LEERLING_LEZEN,
    query=(Parameter("status", "alleen aanvragen die nu zo staan", _STAND), *BLADEREN),
    antwoorden={200: {"items": uit.DossieraanvraagUit}},
)
def lijst(vraag: Vraag) -> Antwoord:
    """R103, 15.19-20: newest first, each with its result and what to do now."""
    stores = vraag.werk.stores
    if "status" in vraag.query:
        return _met_status(vraag, Stand(vraag.query["status"]))
    return bladzijde(
        vraag,
        "dossieraanvragen",
        lambda limiet, na: stores.lijst("UIT", vraag.school, limiet=limiet, na=na),
        lambda rij: aanvraag_uit(load(Dossieraanvraag, rij), vraag.toegang.rechten),
        lambda: stores.state.tel(f"UIT#{vraag.school}", index="lijst"),
    )


@route(
    "GET",
    "/dossieraanvragen/{id}",
    "Een eigen aanvraag",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.DossieraanvraagUit},
)
def haal(vraag: Vraag) -> Antwoord:
    """State, result with text and what to do now."""
    return Antwoord(
        plain(aanvraag_uit(vraag.werk.stores.aanvraag(vraag.school, vraag.pad["id"]), vraag.toegang.rechten))
    )


@route(
    "POST",
    "/dossieraanvragen/{id}/opnieuw",
    "Hetzelfde dossier nog eens opvragen",
    recht=Recht.OPVRAGEN,
    body=LeegVorm,
    antwoorden={202: uit.IdUit},
    idempotent=True,
    fouten=(
        "NOG_NIET_ONTVANGEN",
        "NUMMER_WEG",
        "AANLEVERPUNT_ONTBREEKT",
        "SLEUTEL_HERGEBRUIKT",
        "TE_VEEL_AANVRAGEN",
    ),
)
def vraag_opnieuw(vraag: Vraag) -> Antwoord:
    """15.19: at the same school, for the number that the request kept. A new request, with an answer of its own."""
    sleutel = vraag.idempotency_key
    aanvraag = opvragen.vraag_nog_eens(vraag.werk, vraag.pad["id"], sleutel, uuid4().hex, daglimiet(vraag))
    return Antwoord({"id": aanvraag.id}, 202, {"Location": f"/v1/dossieraanvragen/{aanvraag.id}"})


@route(
    "GET",
    "/dossieraanvragen/{id}/xml",
    "Link naar het ontvangen dossier",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("NOG_NIET_ONTVANGEN", "GEEN_DOSSIER_ONTVANGEN", "INHOUD_WEG"),
)
def haal_xml(vraag: Vraag) -> Antwoord:
    """Exactly the bytes that were received."""
    return _link(vraag, ophalen.XML, Actie.XML_BEKEKEN)


@route(
    "GET",
    "/dossieraanvragen/{id}/pdf",
    "Link naar de PDF van het ontvangen dossier",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("NOG_NIET_ONTVANGEN", "GEEN_DOSSIER_ONTVANGEN", "INHOUD_WEG"),
)
def haal_pdf(vraag: Vraag) -> Antwoord:
    """The PDF that came along; where none came, one that was made at reception."""
    return _link(vraag, ophalen.PDF, Actie.PDF_BEKEKEN)


@route(
    "GET",
    "/dossieraanvragen/{id}/mutatielogs",
    "Wie wat met de aanvraag deed",
    recht=Recht.MUTATIELOG_LEZEN,
    antwoorden={200: {"items": uit.LogregelUit, "csv": True}},
)
def mutatielogs(vraag: Vraag) -> Antwoord:
    """R87: every act on a request of your own. JSON, or `text/csv` by Accept."""
    return logs.als_lijst(vraag, vraag.werk.stores.aanvraag(vraag.school, vraag.pad["id"]).onderwerp)


def _met_status(vraag: Vraag, status: Stand) -> Antwoord:
    """One page of those in this state."""
    rijen = (load(Dossieraanvraag, row) for row in vraag.werk.stores.state.alles(f"SCHOOL#{vraag.school}", "UIT#"))
    alle = sorted((een for een in rijen if een.status is status), key=_plaats, reverse=True)
    als_vorm = partial(aanvraag_uit, rechten=vraag.toegang.rechten)
    return gesorteerd(vraag, f"dossieraanvragen#{status}", alle, _plaats, als_vorm, aflopend=True)


def _plaats(aanvraag: Dossieraanvraag) -> tuple[str, str]:
    return aanvraag.gevraagd_op.astimezone(UTC).isoformat(timespec="microseconds"), aanvraag.id


def _link(vraag: Vraag, naam: str, actie: Actie) -> Antwoord:
    """Log that received content is read, then give a link to it."""
    stores = vraag.werk.stores

    def poging() -> Dossieraanvraag:
        aanvraag = stores.aanvraag(vraag.school, vraag.pad["id"])
        opvragen.eis_inhoud(aanvraag)
        return stores.commit(vraag.werk.mutatie(actie, aanvraag.onderwerp), aanvraag, aanvraag)

    aanvraag = herhaal(poging)
    assert aanvraag.map is not None
    bestand = f"OSO-{aanvraag.brin}-aanvraag-{aanvraag.id[:8]}.{naam.rpartition('.')[2]}"
    body = uit.LinkUit(
        url=stores.inhoud.link(aanvraag.map, naam, bestand, _LINK_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_LINK_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))
