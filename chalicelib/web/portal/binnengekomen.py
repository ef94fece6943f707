"""Requests by other schools (ch. 12, R128-R132)."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.domain.aanvraag import Binnengekomen
from chalicelib.domain.nummers import Pgn, PgnType, pgn_fout
from chalicelib.domain.rechten import Recht
from chalicelib.flows import binnengekomen
from chalicelib.store.items import load
from chalicelib.web import uit
from chalicelib.web.aanvraagkaarten import verzoek_uit
from chalicelib.web.deur import Vraag, lees_pgn, onjuist, route
from chalicelib.web.kaarten import plain
from chalicelib.web.portal.lijsten import BLADEREN, bladzijde, gesorteerd
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import BrinTekst, Kort, Vorm, als

_PAD = "/dossieraanvragen/binnengekomen"


class BinnengekomenZoekVorm(Vorm):
    """R129. Every field narrows."""

    schooljaar: Annotated[str, als(r"^(19|20)[0-9]{2}-(19|20)[0-9]{2}$", "twee jaren, zoals 2025-2026")] | None = None
    van: date | None = None
    tot: date | None = None
    brin_aanvragende_school: BrinTekst | None = None
    leerling: Kort | None = None
    identificatietype: PgnType | None = None
    identificatienummer: Annotated[str, StringConstraints(max_length=40)] | None = None
    verstrekkingfout: bool | None = None
    limiet: Annotated[int, Field(ge=1, le=100)] = 25
    na: Annotated[str, StringConstraints(max_length=2000)] | None = None


class NummerUit(Vorm):
    """The number of a pupil, shown by an explicit, logged act (R132)."""

    nummer: str
    type: PgnType


@route(
    "GET",
    _PAD,
    "Aanvragen door andere scholen",
    recht=Recht.LEERLING_LEZEN,
    query=BLADEREN,
    antwoorden={200: {"items": uit.BinnengekomenUit}},
)
def lijst(vraag: Vraag) -> Antwoord:
    """R128-R130, newest first; also of numbers that nobody knows (R131). The number is masked (R132)."""
    stores = vraag.werk.stores
    school = stores.school(vraag.school)
    return bladzijde(
        vraag,
        "binnengekomen",
        lambda limiet, na: stores.lijst("IN", vraag.school, limiet=limiet, na=na),
        lambda rij: verzoek_uit(load(Binnengekomen, rij), school),
        lambda: stores.state.tel(f"IN#{vraag.school}", index="lijst"),
    )


@route(
    "POST",
    f"{_PAD}/zoeken",
    "Zoeken in de aanvragen door andere scholen",
    recht=Recht.LEERLING_LEZEN,
    body=BinnengekomenZoekVorm,
    antwoorden={200: {"items": uit.BinnengekomenUit}},
    fouten=("PGN_ONGELDIG",),
)
def zoek(vraag: Vraag) -> Antwoord:
    """R129."""
    vorm: BinnengekomenZoekVorm = vraag.body
    type_ = vorm.identificatietype
    van, tot = _schooljaar(vorm.schooljaar)
    filter_ = binnengekomen.Filter(
        van=max(filter(None, (vorm.van, van)), default=None),
        tot=min(filter(None, (vorm.tot, tot)), default=None),
        brin=vorm.brin_aanvragende_school,
        leerling=vorm.leerling,
        type=type_.value if type_ else None,
        pgn=_nummer(type_, vorm.identificatienummer) if vorm.identificatienummer else None,
        verstrekkingfout=vorm.verstrekkingfout,
    )
    stores = vraag.werk.stores
    school, gevonden = stores.school(vraag.school), binnengekomen.zoek(vraag.werk, filter_)
    # repr of a filter shows no number, so that is told apart by itself
    doel = stores.geheim.vingerafdruk("filter", repr(filter_), filter_.pgn.nummer if filter_.pgn else "")
    return gesorteerd(
        vraag, doel, gevonden, binnengekomen.plaats, lambda verzoek: verzoek_uit(verzoek, school), aflopend=True
    )


@route(
    "POST",
    f"{_PAD}/{{id}}/nummer",
    "Het nummer van een aanvraag tonen",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: NummerUit},
)
def toon_nummer(vraag: Vraag) -> Antwoord:
    """R132: masked everywhere else; showing it is an act that is logged."""
    pgn = binnengekomen.toon_nummer(vraag.werk, vraag.pad["id"])
    return Antwoord(plain(NummerUit(nummer=pgn.nummer, type=pgn.type)))


def _schooljaar(tekst: str | None) -> tuple[date | None, date | None]:
    """1 August up to 31 July."""
    if tekst is None:
        return None, None
    jaar = int(tekst[:4])
    if int(tekst[5:]) != jaar + 1:
        raise onjuist("/schooljaar", "twee jaren na elkaar, zoals 2025-2026")
    return date(jaar, 8, 1), date(jaar + 1, 7, 31)


def _nummer(soort: PgnType | None, nummer: str) -> Pgn:
    """A number of this kind; of whichever it passes for when none was said, for it passes for one at most."""
    anders = soort is None and not pgn_fout(PgnType.ONDERWIJSNUMMER, nummer)
    return lees_pgn(soort or (PgnType.ONDERWIJSNUMMER if anders else PgnType.BSN), nummer, "/identificatienummer")
