"""The testuitwisseling: an act against the test school, step by step, its result kept (R1, 15.43, protocol 7.2)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib.domain import teksten
from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Brin, Pgn, PgnType
from chalicelib.domain.resultaat import GESLAAGD, RESULTATEN, TECHNISCHE_FOUT, Resultaat
from chalicelib.domain.school import School, Teststap, Testuitwisseling
from chalicelib.errors import PeerError, Refused, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.ontvangen import oordeel
from chalicelib.messages.berichten import Adressen, DocumentRequest
from chalicelib.store import herhaal
from chalicelib.traffic_center import TrafficCenter

TESTSCHOOL = Brin("00YY")
# Published test pupils of the test school (protocol 7.2): a POVO dossier for a VO school, a POPO dossier for others.
_TESTLEERLING = {"VO": Pgn(PgnType.ONDERWIJSNUMMER, "101211151"), "": Pgn(PgnType.BSN, "482782481")}
_STAPPEN = ("sessie", "opvragen", "controle", "afmelden")
_TEKST = {
    "sessie": "Sessie aanvragen bij het Traffic Center",
    "opvragen": "Dossier opvragen bij de testschool",
    "controle": "Ontvangen dossier controleren",
    "afmelden": "Sessie afmelden bij het Traffic Center",
}


@dataclass(frozen=True)
class _Mis(Exception):
    code: str
    tekst: str


def voer_uit(werk: Werk, tc: TrafficCenter) -> Testuitwisseling:
    """Do the exchange with the test school now. Each step that went wrong says why; those behind it are not done.

    Raises Refused("AANLEVERPUNT_ONTBREEKT").
    """
    school = werk.stores.school(werk.school)
    if school.aanleverpunt is None:
        raise Refused("AANLEVERPUNT_ONTBREEKT", meldingen=[teksten.melding("AANLEVERPUNT_ONTBREEKT")])
    stappen: list[Teststap] = []
    gang = _gang(tc, school)
    for stap in _STAPPEN:
        try:
            next(gang)
        except (_Mis, Unavailable, PeerError) as fout:
            tekst = (
                fout.tekst if isinstance(fout, _Mis) else teksten.TEKSTEN.get(fout.code, (TECHNISCHE_FOUT.tekst, ""))[0]
            )
            stappen.append(Teststap(stap, gelukt=False, tekst=f"{_TEKST[stap]}: {tekst}", code=fout.code))
            break
        stappen.append(Teststap(stap, gelukt=True, tekst=_TEKST[stap]))
    uitslag = Testuitwisseling(
        werk.nu, all(s.gelukt for s in stappen) and len(stappen) == len(_STAPPEN), tuple(stappen)
    )
    return _bewaar(werk, uitslag)


def _gang(tc: TrafficCenter, school: School) -> Iterator[None]:
    """The steps, one at a time. Whatever goes wrong in a granted session, it is signed off (9b.4)."""
    pgn = _TESTLEERLING.get(school.soort or "", _TESTLEERLING[""])
    adressen = Adressen(TESTSCHOOL, None, school.vestiging.brin, school.aanleverpunt)
    sessie = tc.open_sessie(adressen, pgn, Overdrachtsoort.OVERSTAPDOSSIER)
    if isinstance(sessie, Resultaat):
        raise _Mis(sessie.code, sessie.tekst)
    yield
    punt = next(iter(sessie.aanleverpunten), None)
    adressen = replace(adressen, bron_aanleverpunt=punt.aanleverpunt if punt else None)
    vraag = DocumentRequest(adressen, pgn, None, Overdrachtsoort.OVERSTAPDOSSIER, sessie.sessie_id)
    try:
        yield from _haal(tc, punt.url if punt else "", vraag)
    except (_Mis, Unavailable, PeerError) as fout:
        with suppress(Unavailable, PeerError):
            tc.meld_af(vraag, RESULTATEN.get(fout.code, TECHNISCHE_FOUT))
        raise
    afgemeld = tc.meld_af(vraag, GESLAAGD)
    if isinstance(afgemeld, Resultaat):
        raise _Mis(afgemeld.code, afgemeld.tekst)
    yield


def _haal(tc: TrafficCenter, url: str, vraag: DocumentRequest) -> Iterator[None]:
    """The steps inside the session: ask, and judge what came."""
    antwoord = tc.vraag_dossier(url, vraag)
    if isinstance(antwoord, Resultaat):
        raise _Mis(antwoord.code, antwoord.tekst)
    yield
    uitslag = oordeel(antwoord, vraag).resultaat
    if uitslag is not GESLAAGD:
        raise _Mis(uitslag.code, uitslag.tekst)
    yield


def _bewaar(werk: Werk, uitslag: Testuitwisseling) -> Testuitwisseling:
    def poging() -> Testuitwisseling:
        oud = werk.stores.school(werk.school)
        mutatie = werk.mutatie(Actie.TESTUITWISSELING, oud.onderwerp, gelukt="ja" if uitslag.gelukt else "nee")
        werk.stores.commit(mutatie, oud, oud.wijzig(testuitwisseling=uitslag))
        return uitslag

    return herhaal(poging)
