"""The school's own settings and its aanleverpunten (ch. 1, ch. 13, 15.1)."""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.domain import teksten
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.school import School
from chalicelib.errors import Melding, NotFound, Refused
from chalicelib.flows import Werk, eis_ongewijzigd
from chalicelib.messages.berichten import Doel, OverzichtAanleverpunt, RegistratieRequest
from chalicelib.store import herhaal
from chalicelib.traffic_center import TrafficCenter

T = TypeVar("T")


def wijzig(werk: Werk, nieuw: Callable[[School], School], if_match: str) -> School:
    """Save settings; Conflict when somebody was first."""

    def poging() -> School:
        oud = werk.stores.school(werk.school)
        eis_ongewijzigd(if_match, school_etag(oud))
        return werk.stores.commit(werk.mutatie(Actie.SCHOOL_GEWIJZIGD, oud.onderwerp), oud, nieuw(oud))

    return herhaal(poging)


def school_etag(school: School) -> str:
    """The ETag of a school's settings."""
    return f'"{school.version}"'


def registreer(werk: Werk, tc: TrafficCenter, punt: Aanleverpunt, url: str) -> str:
    """Register an aanleverpunt at the Traffic Center and keep it; again is the same. Returns the text of R6."""
    brin = werk.school.brin.code
    eigenaar = werk.stores.find_vestiging(brin, punt.nummer, vers=True)
    if eigenaar not in (None, werk.school):
        raise Refused("AANLEVERPUNT_VAN_ANDER", meldingen=[teksten.melding("AANLEVERPUNT_VAN_ANDER", pad="/nummer")])
    _bij_traffic_center(tc, werk, punt, url)

    def poging() -> None:
        oud = werk.stores.school(werk.school)
        claim = [] if eigenaar else [werk.stores.claim_punt(brin, punt.nummer, werk.school)]
        mutatie = werk.mutatie(Actie.AANLEVERPUNT_GEREGISTREERD, oud.onderwerp, aanleverpunt=punt.nummer)
        werk.stores.commit(mutatie, oud, oud.registreer(punt), *claim)

    herhaal(poging)
    return teksten.geregistreerd(punt.nummer)


def meld_af(werk: Werk, tc: TrafficCenter, punt: Aanleverpunt) -> str:
    """Take an aanleverpunt out of use, here and at the Traffic Center (15.1)."""
    if punt not in werk.stores.school(werk.school).aanleverpunten:
        raise NotFound("NIET_GEVONDEN")
    if _kent_registratie(tc):
        _gegeven(tc.deregistreer(werk.school.brin, punt))

    def poging() -> None:
        oud = werk.stores.school(werk.school)
        vrij = werk.stores.geef_punt_vrij(werk.school.brin.code, punt.nummer, werk.school)
        mutatie = werk.mutatie(Actie.AANLEVERPUNT_AFGEMELD, oud.onderwerp, aanleverpunt=punt.nummer)
        werk.stores.commit(mutatie, oud, oud.meld_af(punt), vrij)

    herhaal(poging)
    return teksten.afgemeld(punt.nummer)


def overzicht(tc: TrafficCenter, brin: Brin, doel: Doel | None) -> tuple[OverzichtAanleverpunt, ...]:
    """The aanleverpunten of a BRIN at the Traffic Center (protocol 2.7)."""
    return _gegeven(tc.overzicht(brin, doel))


def _kent_registratie(tc: TrafficCenter) -> bool:
    """'22 has no registration call: there the endpoint is made in OSR (protocol 2.6)."""
    return any(vorm.type is RegistratieRequest for vorm in tc.profiel.vormen)


def _bij_traffic_center(tc: TrafficCenter, werk: Werk, punt: Aanleverpunt, url: str) -> None:
    if _kent_registratie(tc):
        _gegeven(tc.registreer(werk.school.brin, punt, url))
        return
    if punt not in {bekend.aanleverpunt for bekend in _gegeven(tc.overzicht(werk.school.brin))}:
        raise NotFound("NIET_GEVONDEN")


_VAN_EEN_SCHOOL = {"ONBEKEND_AANLEVERPUNT": "Controleer het nummer in Mijn OSO."}
"""What to do where no second school takes part, as it does in the text of the code itself."""


def _gegeven(antwoord: T | Resultaat) -> T:
    """The answer of the Traffic Center; a refusal becomes ours, with its code and text (15.1)."""
    if isinstance(antwoord, Resultaat):
        wat_nu = _VAN_EEN_SCHOOL.get(antwoord.code, antwoord.wat_nu)
        melding = Melding(antwoord.code, antwoord.tekst, pad="/nummer", wat_nu=wat_nu)
        raise Refused("TRAFFIC_CENTER_WEIGERT", f"{antwoord.code}: {antwoord.tekst}", [melding])
    return antwoord
