"""The school and its aanleverpunten (ch. 1, ch. 13)."""

from typing import Literal

from pydantic import AwareDatetime

from chalicelib.config import settings
from chalicelib.domain.nummers import Brin
from chalicelib.domain.rechten import Recht
from chalicelib.domain.school import Testuitwisseling
from chalicelib.flows import scholen, testuitwisseling
from chalicelib.messages.berichten import Doel
from chalicelib.web import uit, verbinding
from chalicelib.web.deur import MERGE_PATCH, Vraag, route
from chalicelib.web.kaarten import plain, school_uit
from chalicelib.web.portal.lijsten import BLADEREN, gesorteerd
from chalicelib.web.punten import lees_punt
from chalicelib.web.query import Parameter
from chalicelib.web.replies import Antwoord
from chalicelib.web.samenvoegen import voeg_samen
from chalicelib.web.vormen import LeegVorm, SchoolWijziging, Vorm

_ZOEK = Parameter(
    "zoek", "begin van de BRIN, of deel van de naam", {"type": "string", "maxLength": 100}, verplicht=True
)
_LANGSTE_NAAM = 60


class AanleverpuntUit(Vorm):
    """One aanleverpunt of the school and its state (R5)."""

    nummer: str
    status: Literal["GEREGISTREERD"]
    tekst: str


class AanleverpuntKeuze(Vorm):
    """One aanleverpunt at the Traffic Center (R108)."""

    nummer: str
    naam: str
    doel: Doel


class SchoolKeuzeUit(Vorm):
    """One school of the list."""

    brin: str
    naam: str
    plaats: str | None


class TeststapUit(Vorm):
    """One step of the testuitwisseling."""

    stap: str
    gelukt: bool
    tekst: str
    code: str | None


class TestuitwisselingUit(Vorm):
    """The exchange with the test school (R1)."""

    gelukt: bool
    tekst: str
    op: AwareDatetime | None
    stappen: list[TeststapUit]


@route(
    "GET",
    "/school",
    "De instellingen van de school",
    recht=Recht.SCHOOL_LEZEN,
    antwoorden={200: uit.SchoolUit},
    etag=True,
)
def haal_school(vraag: Vraag) -> Antwoord:
    """R133-R135. The ETag goes into If-Match of PATCH."""
    school = vraag.werk.stores.school(vraag.school)
    return Antwoord(plain(school_uit(school, vraag.toegang.rechten)), koppen={"ETag": scholen.school_etag(school)})


@route(
    "PATCH",
    "/school",
    "De instellingen wijzigen",
    recht=Recht.SCHOOL_BEHEREN,
    body=SchoolWijziging,
    soorten=(MERGE_PATCH, "application/json"),
    antwoorden={200: uit.SchoolUit},
    etag=True,
    if_match=True,
    fouten=("INTUSSEN_GEWIJZIGD",),
)
def wijzig_school(vraag: Vraag) -> Antwoord:
    """JSON Merge Patch: null empties a field."""
    velden = vraag.body
    school = scholen.wijzig(vraag.werk, lambda oud: voeg_samen(oud, velden).wijzig(), vraag.if_match)
    return Antwoord(plain(school_uit(school, vraag.toegang.rechten)), koppen={"ETag": scholen.school_etag(school)})


@route(
    "GET",
    "/school/aanleverpunten",
    "De geregistreerde aanleverpunten",
    recht=Recht.SCHOOL_LEZEN,
    antwoorden={200: {"items": AanleverpuntUit}},
)
def lijst_aanleverpunten(vraag: Vraag) -> Antwoord:
    """R5."""
    punten = vraag.werk.stores.school(vraag.school).aanleverpunten
    rijen = [
        AanleverpuntUit(nummer=punt.nummer, status="GEREGISTREERD", tekst="aanleverpunt geregistreerd")
        for punt in punten
    ]
    return Antwoord({"items": [plain(rij) for rij in rijen], "volgende": None, "totaal": len(rijen)})


@route(
    "PUT",
    "/school/aanleverpunten/{nummer}",
    "Een aanleverpunt registreren bij het Traffic Center",
    recht=Recht.SCHOOL_BEHEREN,
    antwoorden={200: uit.TekstUit},
    fouten=("AANLEVERPUNT_ONGELDIG", "AANLEVERPUNT_VAN_ANDER", "TRAFFIC_CENTER_WEIGERT", "TRAFFIC_CENTER_ONBEREIKBAAR"),
)
def registreer_aanleverpunt(vraag: Vraag) -> Antwoord:
    """R4, R6. Again is the same (15.1)."""
    punt = lees_punt(vraag.pad["nummer"], vraag.school, "/nummer")
    tekst = scholen.registreer(vraag.werk, verbinding.traffic_center(), punt, settings().wire_url)
    return Antwoord({"tekst": tekst})


@route(
    "DELETE",
    "/school/aanleverpunten/{nummer}",
    "Een aanleverpunt afmelden",
    recht=Recht.SCHOOL_BEHEREN,
    antwoorden={200: uit.TekstUit},
    fouten=("AANLEVERPUNT_ONGELDIG", "NIET_GEVONDEN", "TRAFFIC_CENTER_WEIGERT", "TRAFFIC_CENTER_ONBEREIKBAAR"),
)
def meld_aanleverpunt_af(vraag: Vraag) -> Antwoord:
    """15.1."""
    punt = lees_punt(vraag.pad["nummer"], vraag.school, "/nummer")
    return Antwoord({"tekst": scholen.meld_af(vraag.werk, verbinding.traffic_center(), punt)})


@route(
    "GET",
    "/aanleverpunten",
    "Aanleverpunten bij het Traffic Center",
    recht=Recht.SCHOOL_LEZEN,
    query=(
        Parameter("brin", "vier tekens; zonder: de eigen BRIN"),
        Parameter("doel", "waarvoor het aanleverpunt dient", {"type": "string", "enum": ["OV", "PaO", "SWV"]}),
        *BLADEREN,
    ),
    antwoorden={200: {"items": AanleverpuntKeuze}},
    fouten=("BRIN_ONGELDIG", "TRAFFIC_CENTER_ONBEREIKBAAR"),
)
def zoek_aanleverpunten(vraag: Vraag) -> Antwoord:
    """R106, R108: the picker shows `{nr}: {naam}`. Always asked with a BRIN: the register wants to be spared (2.7)."""
    brin = Brin.parse(vraag.query.get("brin") or vraag.school.brin.code)
    doel = {"OV": Doel.OV, "PaO": Doel.PAO, "SWV": Doel.PAO}.get(vraag.query.get("doel", ""))
    punten = scholen.overzicht(verbinding.traffic_center(), brin, doel)
    rijen = [AanleverpuntKeuze(nummer=p.aanleverpunt.nummer, naam=p.naam or "", doel=p.doel) for p in punten]
    rijen.sort(key=_nummer)
    return gesorteerd(vraag, f"aanleverpunten#{brin}#{doel}", rijen, _nummer, lambda rij: rij)


def _nummer(punt: AanleverpuntKeuze) -> tuple[str, str]:
    """As people count: 9 before 10."""
    return punt.nummer.zfill(20), punt.doel


@route(
    "POST",
    "/school/testuitwisseling",
    "Uitwisselen met de testschool",
    recht=Recht.SCHOOL_BEHEREN,
    body=LeegVorm,
    antwoorden={200: TestuitwisselingUit},
    fouten=("AANLEVERPUNT_ONTBREEKT",),
)
def test_uitwisseling(vraag: Vraag) -> Antwoord:
    """R1, step by step; the result is kept."""
    return _test(testuitwisseling.voer_uit(vraag.werk, verbinding.traffic_center()))


@route(
    "GET",
    "/school/testuitwisseling",
    "De laatste testuitwisseling",
    recht=Recht.SCHOOL_LEZEN,
    antwoorden={200: TestuitwisselingUit},
)
def laatste_testuitwisseling(vraag: Vraag) -> Antwoord:
    """R1."""
    return _test(vraag.werk.stores.school(vraag.school).testuitwisseling)


def _test(uitslag: Testuitwisseling | None) -> Antwoord:
    if uitslag is None:
        body = TestuitwisselingUit(gelukt=False, tekst="Nog niet uitgevoerd", op=None, stappen=[])
    else:
        tekst = "De testuitwisseling is volledig afgerond." if uitslag.gelukt else "De testuitwisseling is niet gelukt."
        stappen = [TeststapUit.model_validate(stap, from_attributes=True) for stap in uitslag.stappen]
        body = TestuitwisselingUit(gelukt=uitslag.gelukt, tekst=tekst, op=uitslag.op, stappen=stappen)
    return Antwoord(plain(body))


@route(
    "GET",
    "/scholen",
    "Scholen zoeken op BRIN of naam",
    recht=Recht.SCHOOL_LEZEN,
    query=(_ZOEK, *BLADEREN),
    antwoorden={200: {"items": SchoolKeuzeUit}},
)
def zoek_scholen(vraag: Vraag) -> Antwoord:
    """By name, from the list that the operator loaded (`python -m infra.scholen`)."""
    gezocht = vraag.query["zoek"].casefold()
    gevonden = [
        SchoolKeuzeUit(brin=s["brin"], naam=s["naam"], plaats=s.get("plaats"))
        for s in vraag.werk.stores.scholenlijst()
        if s["brin"].casefold().startswith(gezocht) or gezocht in s["naam"].casefold()
    ]
    return gesorteerd(vraag, f"scholen#{gezocht}", sorted(gevonden, key=_plaats), _plaats, lambda school: school)


def _plaats(school: SchoolKeuzeUit) -> tuple[str, str]:
    return school.naam.casefold()[:_LANGSTE_NAAM], school.brin


@route(
    "GET",
    "/school/mutatielogs",
    "Wie wat aan de instellingen deed",
    recht=Recht.SCHOOLLOG_LEZEN,
    antwoorden={200: {"items": uit.LogregelUit, "csv": True}},
)
def school_mutatielogs(vraag: Vraag) -> Antwoord:
    """JSON, or `text/csv` by Accept."""
    from chalicelib.web.portal.logs import als_lijst

    return als_lijst(vraag, vraag.werk.stores.school(vraag.school).onderwerp)
