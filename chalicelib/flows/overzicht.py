"""The overview of a school: filters, columns and counts, over the cards of that school alone (R82, R83)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.inzage import Inzagewaarde
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.domain.termijnen import niet_opgehaald
from chalicelib.flows import Werk
from chalicelib.store import Stores
from chalicelib.store.items import load

_LANGSTE_NAAM = 60


@dataclass(frozen=True)
class Filter:
    """R82. What is None does not filter; names match anywhere, without regard to case."""

    roepnaam: str | None = None
    achternaam: str | None = None
    pgn: Pgn | None = None
    leerjaar: str | None = None
    groep: str | None = None
    status: str | None = None
    vervolgschool: str | None = None
    inzage: str | None = None
    status_oso_dossier: Status | None = None
    werk: str | None = None


def zoek(werk: Werk, filter_: Filter) -> list[Dossier]:
    """The cards that pass, by family name and given name: one partition is read, never another school's."""
    kaarten = _kaarten(werk.stores, werk.school)
    if filter_.pgn is not None:
        gezocht = werk.stores.find_leerling(werk.school, filter_.pgn)
        kaarten = (kaart for kaart in kaarten if kaart.leerling_id == gezocht)
    soort = _WERK[filter_.werk] if filter_.werk else None
    gevonden = [k for k in kaarten if _past(k, filter_) and (soort is None or soort(k, werk))]
    return sorted(gevonden, key=plaats)


def plaats(kaart: Dossier) -> tuple[str, str, str]:
    """Where a card stands in that order; of a name no more than a cursor can hold."""
    namen = kaart.overzicht.achternaam, kaart.overzicht.roepnaam
    achter, roep = (_vouw(naam)[:_LANGSTE_NAAM] for naam in namen)
    return achter, roep, kaart.leerling_id


def werkvoorraad(werk: Werk) -> dict[str, int]:
    """How many pupils (and requests) wait for which act."""
    kaarten = list(_kaarten(werk.stores, werk.school))
    aantallen = {naam: sum(soort(kaart, werk) for kaart in kaarten) for naam, soort in _WERK.items()}
    eigen = (load(Dossieraanvraag, row) for row in werk.stores.state.alles(f"SCHOOL#{werk.school}", "UIT#"))
    return aantallen | {"ONTVANGEN_NIET_GEIMPORTEERD": sum(aanvraag.status is Stand.ONTVANGEN for aanvraag in eigen)}


def _kaarten(stores: Stores, school: Vestiging) -> Iterator[Dossier]:
    for row in stores.state.alles(f"SCHOOL#{school}", "DOSSIER#"):
        yield load(Dossier, row)


def _vouw(tekst: str | None) -> str:
    return (tekst or "").casefold()


def _past(kaart: Dossier, f: Filter) -> bool:
    overzicht, school = kaart.overzicht, kaart.invulling.uitschrijving.vervolgschool
    inzage = "NVT" if kaart.invulling.binnen_brin else kaart.invulling.inzage.waarde.value
    gelijk = (
        (f.leerjaar, overzicht.leerjaar),
        (f.groep, overzicht.groep),
        (f.status, overzicht.status),
        (f.inzage, inzage),
        (f.status_oso_dossier, kaart.status),
    )
    bevat = ((f.roepnaam, overzicht.roepnaam), (f.achternaam, overzicht.heel))
    naar = f.vervolgschool is None or (school is not None and _noemt(f.vervolgschool, school.brin, school.naam))
    return (
        naar
        and all(gevraagd is None or gevraagd == waarde for gevraagd, waarde in gelijk)
        and all(gevraagd is None or _vouw(gevraagd) in _vouw(waarde) for gevraagd, waarde in bevat)
    )


def _noemt(gevraagd: str, brin: str, naam: str | None) -> bool:
    return brin.startswith(gevraagd.upper()) or _vouw(gevraagd) in _vouw(naam)


# The work that waits, each as a test of one card; the same tests filter the overview.


def _te_verzamelen(kaart: Dossier, werk: Werk) -> bool:
    uit = kaart.invulling.uitschrijving
    return kaart.status is Status.NIET_KLAAR and (uit.datum is not None or kaart.invulling.binnen_brin)


def _inzage_ontbreekt(kaart: Dossier, werk: Werk) -> bool:
    inzage = kaart.invulling.inzage.waarde
    return kaart.status is Status.VERZAMELD and not kaart.invulling.binnen_brin and inzage is Inzagewaarde.NEE


def _klaar_te_zetten(kaart: Dossier, werk: Werk) -> bool:
    return kaart.status is Status.VERZAMELD and (kaart.invulling.binnen_brin or kaart.invulling.inzage.gegeven)


def _gewijzigd_sinds_inzage(kaart: Dossier, werk: Werk) -> bool:
    return kaart.verzameld and kaart.invulling.inzage.gegeven and kaart.gewijzigd_sinds_verzamelen


def _gevraagd_niet_klaar(kaart: Dossier, werk: Werk) -> bool:
    return kaart.gevraagd_op is not None and kaart.status is not Status.KLAAR


def _niet_opgehaald(kaart: Dossier, werk: Werk) -> bool:
    return niet_opgehaald(kaart, werk.nu)


_WERK: dict[str, Callable[[Dossier, Werk], bool]] = {
    "TE_VERZAMELEN": _te_verzamelen,
    "INZAGE_ONTBREEKT": _inzage_ontbreekt,
    "KLAAR_TE_ZETTEN": _klaar_te_zetten,
    "GEWIJZIGD_SINDS_INZAGE": _gewijzigd_sinds_inzage,
    "GEVRAAGD_NIET_KLAAR": _gevraagd_niet_klaar,
    "NIET_OPGEHAALD": _niet_opgehaald,
}
WERKSOORTEN = tuple(_WERK)
