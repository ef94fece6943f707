"""One session with another school: opened, every aanleverpunt asked until one delivers, judged, signed off (2.1).

What comes is hostile until proven: an answer counts as a dossier only when the official validator would accept it and
it is about the pupil who was asked for (15.37). A session that was granted is always signed off (9b.4).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Melding, PeerError, Unavailable
from chalicelib.messages.berichten import Aanleverpuntadres, Adressen, DocumentRequest
from chalicelib.traffic_center import TrafficCenter

_WIJKT_AF = (uitkomst.SESSIE_AFWIJKEND, uitkomst.ONBEKEND_AANLEVERPUNT)


@dataclass(frozen=True)
class Gevraagd:
    """What is asked of one school, by which of our aanleverpunten, and which of theirs are left alone."""

    bron: Brin
    doel: tuple[Brin, Aanleverpunt]
    pgn: Pgn
    soort: Overdrachtsoort
    aanvraagdatum: datetime | None = None
    overslaan: frozenset[Aanleverpunt] = frozenset()
    begin: int = 0
    """At which of their aanleverpunten to begin: another one at each try, should the first never answer."""

    def adressen(self, punt: Aanleverpunt | None) -> Adressen:
        """The four addresses, for this aanleverpunt of theirs."""
        return Adressen(self.bron, punt, *self.doel)


@dataclass(frozen=True)
class Ontvangst:
    """The best outcome of one session, and the request that gave it. `later`: who might have it did not answer."""

    resultaat: Resultaat
    aanvraag: DocumentRequest
    data: bytes | None = field(default=None, repr=False)
    profiel: Profiel | None = None
    later: bool = False


def haal(tc: TrafficCenter, gevraagd: Gevraagd, nog: Callable[[], bool] = lambda: True) -> Ontvangst | Resultaat:
    """The outcome of one session, or the refusal of the session itself, which cannot be signed off (2.1 step 2).

    `nog`: whether there is time to ask one more aanleverpunt; what was not asked counts as not answered.
    Raises Unavailable and PeerError when the Traffic Center gave no session and no reason.
    """
    sessie = tc.open_sessie(gevraagd.adressen(None), gevraagd.pgn, gevraagd.soort)
    if isinstance(sessie, Resultaat):
        return sessie
    punten = [punt for punt in sessie.aanleverpunten if punt.aanleverpunt not in gevraagd.overslaan]
    eerste = gevraagd.begin % max(len(punten), 1)
    beste = _vraag_alle(tc, gevraagd, sessie.sessie_id, punten[eerste:] + punten[:eerste], nog)
    return _meld_af(tc, beste)


def _vraag_alle(
    tc: TrafficCenter,
    gevraagd: Gevraagd,
    sessie_id: str,
    punten: Iterable[Aanleverpuntadres],
    nog: Callable[[], bool],
) -> Ontvangst:
    """The highest result; of equal ones the last (2.1 step 8). Stops at the first dossier (inferred, 2.1 step 3)."""
    leeg = DocumentRequest(gevraagd.adressen(None), gevraagd.pgn, None, gevraagd.soort, sessie_id)
    beste, later = Ontvangst(uitkomst.RESULTATEN["VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"], leeg), False
    for keer, punt in enumerate(punten):
        if keer and not nog():
            later = True
            break
        vraag = replace(leeg, adressen=gevraagd.adressen(punt.aanleverpunt), aanvraagdatum=gevraagd.aanvraagdatum)
        antwoord = _vraag_aan(tc, punt.url, vraag)
        if antwoord.resultaat.rang >= beste.resultaat.rang:
            beste = antwoord
        if antwoord.data is not None:
            return beste
        later = later or antwoord.later
    return replace(beste, later=later)


def _vraag_aan(tc: TrafficCenter, url: str, vraag: DocumentRequest) -> Ontvangst:
    """Ask one aanleverpunt. No answer, or one that cannot be read, does not stop us from asking the next."""
    try:
        antwoord = tc.vraag_dossier(url, vraag)
    except Unavailable:
        return Ontvangst(uitkomst.TECHNISCHE_FOUT, vraag, later=True)
    except PeerError:
        return Ontvangst(uitkomst.TECHNISCHE_FOUT, vraag)
    if isinstance(antwoord, Resultaat):  # a refusal that says it succeeded brings no dossier
        return Ontvangst(uitkomst.TECHNISCHE_FOUT if antwoord is uitkomst.GESLAAGD else antwoord, vraag)
    return oordeel(antwoord, vraag)


def oordeel(data: bytes, vraag: DocumentRequest) -> Ontvangst:
    """Whether this is the valid dossier of the pupil who was asked for; anything else is not kept."""
    from chalicelib.gegevensset.codec import decode  # only where a dossier is really read
    from chalicelib.gegevensset.controle import controleer
    from chalicelib.gegevensset.weglaten import leerling_van

    verslag = controleer(data, "official")
    if not verslag.geldig:
        return Ontvangst(uitkomst.DOSSIER_ONGELDIG, vraag)
    leerling = leerling_van(decode(data).dossier)
    nummers = {leerling[veld].strip() for veld in ("bsn", "onderwijsnummer") if veld in leerling}
    if vraag.pgn is not None and vraag.pgn.nummer not in nummers:
        return Ontvangst(uitkomst.RESULTATEN["DOSSIER_ANDERE_LEERLING"], vraag)
    profiel = Profiel(verslag.profiel) if verslag.profiel else None
    return Ontvangst(uitkomst.GESLAAGD, vraag, data, profiel)


def waarschuwingen(data: bytes) -> tuple[Melding, ...]:
    """What a received dossier breaks of the rules as written: it counts for that no less (15.37).

    Of its attachments too: one that cannot be opened travels on as it is (15.30).
    """
    from chalicelib.gegevensset.controle import controleer

    meldingen = controleer(data, "intended", bijlagen="waarschuwing").meldingen
    return tuple(replace(melding, ernst="waarschuwing") for melding in meldingen)


def _meld_af(tc: TrafficCenter, beste: Ontvangst) -> Ontvangst:
    """Sign off with the best result. Where the Traffic Center says that it deviates, nothing may be shown (2.1, 8).

    What was received stays received when it cannot hear us: the session expires there (9b.12).
    """
    try:
        afgemeld = tc.meld_af(beste.aanvraag, beste.resultaat)
    except (Unavailable, PeerError):
        return beste
    if isinstance(afgemeld, Resultaat) and afgemeld in _WIJKT_AF:
        return Ontvangst(afgemeld, beste.aanvraag)
    return beste
