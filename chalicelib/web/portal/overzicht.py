"""The overview with its filters, the work that waits, and where a pupil came from (R82, R83, R98, R99)."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.domain.aanvraag import Stand
from chalicelib.domain.dossier import Dossier, Herkomst, Status
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import PgnType
from chalicelib.domain.rechten import Recht
from chalicelib.flows import eis_ongewijzigd, overzicht
from chalicelib.flows.overzicht import WERKSOORTEN
from chalicelib.flows.verzamelen import kaart_etag
from chalicelib.store import herhaal
from chalicelib.web import uit
from chalicelib.web.deur import MERGE_PATCH, Vraag, lees_pgn, route
from chalicelib.web.kaarten import herkomst_uit, leerling_rij, plain
from chalicelib.web.portal.lijsten import BLADEREN, gesorteerd
from chalicelib.web.query import Parameter
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import BrinTekst, Dag, Kort, Vorm

_FILTERS = (
    Parameter("leerjaar", "zoals in portaal.leerjaar"),
    Parameter("groep", "zoals in portaal.groep"),
    Parameter("status", "inschrijfstatus, zoals in portaal.status"),
    Parameter("vervolgschool", "begin van de BRIN, of deel van de naam"),
    Parameter("inzageVerzorgers", "", {"type": "string", "enum": ["NEE", "NIET_AKKOORD", "JA", "NVT"]}),
    Parameter("statusOsoDossier", "", {"type": "string", "enum": [status.value for status in Status]}),
    Parameter("werk", "het werk dat wacht, zie werkvoorraad", {"type": "string", "enum": list(overzicht.WERKSOORTEN)}),
)
_WERK = {
    "TE_VERZAMELEN": ("Te verzamelen", "verzamelen"),
    "INZAGE_ONTBREEKT": ("Inzage ontbreekt", "inzageVastleggen"),
    "KLAAR_TE_ZETTEN": ("Klaar te zetten", "klaarzetten"),
    "GEWIJZIGD_SINDS_INZAGE": ("Gewijzigd sinds inzage", "verzamelen"),
    "GEVRAAGD_NIET_KLAAR": ("Gevraagd maar niet klaar", "klaarzetten"),
    "NIET_OPGEHAALD": ("Klaargezet, na 14 dagen niet opgehaald", "notificeren"),
    "ONTVANGEN_NIET_GEIMPORTEERD": ("Ontvangen maar niet geïmporteerd", "importeren"),
}

Werksoort = StrEnum("Werksoort", [(soort, soort) for soort in WERKSOORTEN])  # type: ignore[misc]  # made from a table: mypy reads only written out members
Werk = StrEnum("Werk", [(soort, soort) for soort in _WERK])  # type: ignore[misc]  # the same, and with what is no work on a card
Werkactie = StrEnum("Werkactie", [(actie, actie) for actie in sorted({actie for _, actie in _WERK.values()})])  # type: ignore[misc]  # the same: the acts of that table


class ZoekVorm(Vorm):
    """R82. Every field narrows; names match anywhere."""

    roepnaam: Kort | None = None
    achternaam: Kort | None = None
    pgn_type: PgnType = PgnType.BSN
    pgn: Annotated[str, StringConstraints(max_length=40)] | None = None
    leerjaar: Kort | None = None
    groep: Kort | None = None
    status: Kort | None = None
    vervolgschool: Kort | None = None
    inzage_verzorgers: Literal["NEE", "NIET_AKKOORD", "JA", "NVT"] | None = None
    status_oso_dossier: Status | None = None
    werk: Werksoort | None = None
    limiet: Annotated[int, Field(ge=1, le=100)] = 25
    na: Annotated[str, StringConstraints(max_length=2000)] | None = None


class HerkomstVorm(Vorm):
    """School van herkomst (R98, R99)."""

    brinnummer: BrinTekst | None = None
    schoolnaam: Kort | None = None
    plaats_vestigingsadres: Kort | None = None
    onderwijssoort: Kort | None = None
    onderwijs_sinds: Dag | None = None


class WerkUit(Vorm):
    """One kind of work that waits, the list with the filter that shows it, and the act that empties it.

    `lijst` is the path to GET, with `filter` as its query. `actie` is a name in `acties` of what stands in that list;
    `notificeren` alone is not: that is POST …/overstapdossier/notificaties, for who asked before.
    """

    werk: Werk
    label: str
    aantal: int
    lijst: Literal["/v1/leerlingen", "/v1/dossieraanvragen"]
    filter: dict[str, str]
    actie: Werkactie


@route(
    "GET",
    "/leerlingen",
    "De leerlingen van de school",
    recht=Recht.LEERLING_LEZEN,
    query=(*_FILTERS, *BLADEREN),
    antwoorden={200: {"items": uit.LeerlingRij}},
)
def lijst(vraag: Vraag) -> Antwoord:
    """R83, by family name. Searching by name or number is a POST: those stand in no URL."""
    q = vraag.query
    status = Status(q["statusOsoDossier"]) if "statusOsoDossier" in q else None
    filter_ = overzicht.Filter(
        leerjaar=q.get("leerjaar"),
        groep=q.get("groep"),
        status=q.get("status"),
        vervolgschool=q.get("vervolgschool"),
        inzage=q.get("inzageVerzorgers"),
        status_oso_dossier=status,
        werk=q.get("werk"),
    )
    return _bladzijde(vraag, filter_)


@route(
    "POST",
    "/leerlingen/zoeken",
    "Zoeken op naam, nummer en meer",
    recht=Recht.LEERLING_LEZEN,
    body=ZoekVorm,
    antwoorden={200: {"items": uit.LeerlingRij}},
    fouten=("PGN_ONGELDIG",),
)
def zoek(vraag: Vraag) -> Antwoord:
    """R82, R83."""
    vorm: ZoekVorm = vraag.body
    filter_ = overzicht.Filter(
        roepnaam=vorm.roepnaam,
        achternaam=vorm.achternaam,
        pgn=lees_pgn(vorm.pgn_type, vorm.pgn, "/pgn") if vorm.pgn else None,
        leerjaar=vorm.leerjaar,
        groep=vorm.groep,
        status=vorm.status,
        vervolgschool=vorm.vervolgschool,
        inzage=vorm.inzage_verzorgers,
        status_oso_dossier=vorm.status_oso_dossier,
        werk=vorm.werk.value if vorm.werk else None,
    )
    return _bladzijde(vraag, filter_)


@route(
    "GET",
    "/werkvoorraad",
    "Wat er wacht, en welke handeling het oplost",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: {"items": WerkUit}},
)
def werkvoorraad(vraag: Vraag) -> Antwoord:
    """Counts, each with the list and filter that show what is counted, and the act that empties it."""
    rijen = [werk_uit(soort, aantal) for soort, aantal in overzicht.werkvoorraad(vraag.werk).items()]
    return Antwoord({"items": [plain(rij) for rij in rijen], "volgende": None, "totaal": len(rijen)})


def werk_uit(soort: str, aantal: int) -> WerkUit:
    """So much work of a kind, and where to find it."""
    kaarten = soort in overzicht.WERKSOORTEN
    return WerkUit(
        werk=Werk(soort),
        label=_WERK[soort][0],
        aantal=aantal,
        lijst="/v1/leerlingen" if kaarten else "/v1/dossieraanvragen",
        filter={"werk": soort} if kaarten else {"status": Stand.ONTVANGEN.value},
        actie=Werkactie(_WERK[soort][1]),
    )


@route(
    "GET",
    "/leerlingen/{leerlingId}/voorgeschiedenis",
    "De school van herkomst",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.HerkomstUit},
    etag=True,
)
def haal_herkomst(vraag: Vraag) -> Antwoord:
    """R98, R99."""
    return _herkomst(vraag.werk.stores.dossier(vraag.school, vraag.leerling_id))


@route(
    "PATCH",
    "/leerlingen/{leerlingId}/voorgeschiedenis",
    "De school van herkomst vastleggen",
    recht=Recht.OVERSTAP_BEWERKEN,
    body=HerkomstVorm,
    soorten=(MERGE_PATCH, "application/json"),
    antwoorden={200: uit.HerkomstUit},
    etag=True,
    if_match=True,
)
def zet_herkomst(vraag: Vraag) -> Antwoord:
    """R98. Asking for a pupil who is already here goes to this school (R100)."""
    wijziging: HerkomstVorm = vraag.body
    if_match = vraag.if_match

    def poging() -> Dossier:
        oud = vraag.werk.stores.dossier(vraag.school, vraag.leerling_id)
        eis_ongewijzigd(if_match, kaart_etag(oud))
        nieuw = oud.zet_herkomst(_met(oud.herkomst or Herkomst(), wijziging))
        return vraag.werk.stores.commit(vraag.werk.mutatie(Actie.HERKOMST_OPGESLAGEN, oud.onderwerp), oud, nieuw)

    return _herkomst(herhaal(poging))


_VELDEN = {
    "brinnummer": "brin",
    "schoolnaam": "naam",
    "plaats_vestigingsadres": "plaats",
    "onderwijssoort": "onderwijssoort",
    "onderwijs_sinds": "onderwijs_sinds",
}


def _met(herkomst: Herkomst, wijziging: HerkomstVorm) -> Herkomst | None:
    velden: dict[str, Any] = {n: getattr(herkomst, n) for n in _VELDEN.values()}
    velden |= {_VELDEN[naam]: getattr(wijziging, naam) for naam in wijziging.model_fields_set}
    velden["brin"] = velden["brin"] or ""
    nieuw = Herkomst(**velden)
    return nieuw if nieuw != Herkomst() else None


def _herkomst(dossier: Dossier) -> Antwoord:
    return Antwoord(plain(herkomst_uit(dossier)), koppen={"ETag": kaart_etag(dossier)})


def _bladzijde(vraag: Vraag, filter_: overzicht.Filter) -> Antwoord:
    """One page; the cursor holds for this filter alone. Its repr shows no number, so that is told apart by itself."""
    nummer = filter_.pgn.nummer if filter_.pgn else ""
    doel = vraag.werk.stores.geheim.vingerafdruk("filter", repr(filter_), nummer)
    return gesorteerd(vraag, doel, overzicht.zoek(vraag.werk, filter_), overzicht.plaats, leerling_rij)
