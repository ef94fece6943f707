"""Set ready what was collected, and take it back (R60-R67, 15.5)."""

from dataclasses import replace

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.mogelijkheden import waarschuwingen_bij_klaarzetten
from chalicelib.domain.mutatielog import Actie, Mutatie
from chalicelib.domain.opdracht import overstap_staat_klaar
from chalicelib.errors import Melding, Refused
from chalicelib.flows import Werk
from chalicelib.flows.keuring import controleer_fouten
from chalicelib.flows.notificaties import mogelijk
from chalicelib.flows.verzamelen import (
    Verzameld,
    eis_versie,
    lees_versie,
    maak_versie,
    verzameling,
)
from chalicelib.store import herhaal


def zet_klaar(werk: Werk, leerling_id: str, *, nog_niet_klaar: bool = False) -> tuple[Dossier, str]:
    """Open the collected version for the vervolgschool: the card, and the exact text of R67.

    Raises Refused with every unmet precondition, or DOSSIER_ONGELDIG with every fault (15.12); with `nog_niet_klaar`
    STAAT_AL_KLAAR for a dossier that is open already.
    """

    def poging() -> tuple[Dossier, str]:
        oud, school = werk.lees(leerling_id)
        if nog_niet_klaar and oud.status is Status.KLAAR:
            raise Refused("STAAT_AL_KLAAR", meldingen=[teksten.melding("STAAT_AL_KLAAR")])
        nieuw = oud.zet_klaar(school, werk.nu)
        fouten = controleer_fouten(lees_versie(werk, oud))
        if fouten:
            raise Refused("DOSSIER_ONGELDIG", meldingen=fouten)
        vroeg = waarschuwingen_bij_klaarzetten(nieuw, werk.nu.date(), werk.mee.aanmeldweek) if werk.mee else ()
        gevraagd = _wie_wacht(werk, nieuw)
        nieuw = werk.stores.commit(_klaarzetting(werk, nieuw), oud, nieuw, *werk.ook((*vroeg, *gevraagd)))
        return nieuw, _tekst(nieuw)

    return herhaal(poging)


def verzamel_en_zet_klaar(werk: Werk, leerling_id: str, profiel: Profiel, *, ook_overstap: bool = False) -> Verzameld:
    """Switch a pupil to binnen brin, collect with every test, and open it, in one act (R78-R80).

    Works on a pupil who is KLAAR binnen brin too. Raises Refused: OVERSTAP_STAAT_KLAAR unless `ook_overstap`, every
    unmet precondition of R60-R66, and as `verzamel`.
    """

    def poging() -> Verzameld:
        oud, school = werk.lees(leerling_id)
        if overstap_staat_klaar(oud) and not ook_overstap:
            raise Refused("OVERSTAP_STAAT_KLAAR", meldingen=[teksten.melding("OVERSTAP_STAAT_KLAAR")])
        kaart, gevolgen = oud.vul_in(replace(oud.invulling, binnen_brin=True), werk.nu)
        alle = kaart.waarom_niet_klaarzetten(school)
        redenen = tuple(reden for reden in alle if reden.code != kaart.waarom_niet_verzameld)
        if redenen:
            raise Refused(redenen[0].code, redenen[0].tekst, redenen)
        klaar, bewaard = maak_versie(werk, kaart, school, profiel, alle_toetsen=True, klaar=True)
        nieuw = klaar.dossier.zet_klaar(school, werk.nu)
        weg = [teksten.melding("OVERSTAP_VERVALLEN", ernst="waarschuwing")] if overstap_staat_klaar(oud) else []
        writes = (*bewaard, *werk.ook((*weg, *klaar.meldingen, *_wie_wacht(werk, nieuw)), klaar.toetsen_weg))
        eerst = verzameling(werk, nieuw, gevolgen)
        return replace(klaar, dossier=werk.stores.commit(_klaarzetting(werk, nieuw), oud, nieuw, *writes, eerst=eerst))

    return herhaal(poging)


def _tekst(nieuw: Dossier) -> str:
    """R67, 15.7. Binnen brin names the vervolgschool when that is one of the BRIN: another one cannot fetch it."""
    naar = nieuw.invulling.uitschrijving.vervolgschool
    if naar and nieuw.invulling.binnen_brin and naar.brin[:4] != nieuw.school.brin.code:
        naar = None
    return teksten.klaargezet(nieuw.naam, naar.brin if naar else None, naar.naam if naar else None)


def _wie_wacht(werk: Werk, nieuw: Dossier) -> tuple[Melding, ...]:
    """In bulk: that somebody asked before and can be told now (R69). For one pupil the answer names them."""
    if werk.mee is None or nieuw.gevraagd_op is None or not mogelijk(werk, nieuw):
        return ()
    return (teksten.melding("NOTIFICATIE_MOGELIJK", ernst="waarschuwing"),)


def _klaarzetting(werk: Werk, nieuw: Dossier) -> Mutatie:
    versie = eis_versie(nieuw)
    return werk.mutatie(Actie.KLAARGEZET, nieuw.onderwerp, versie=versie.nummer, inhoudHash=versie.inhoud_hash)


def trek_in(werk: Werk, leerling_id: str, reden: str) -> tuple[Dossier, str]:
    """Close it again; from this moment every request is refused (15.5)."""

    def poging() -> tuple[Dossier, str]:
        oud = werk.stores.dossier(werk.school, leerling_id)
        nieuw = oud.trek_in(reden)
        nieuw = werk.stores.commit(werk.mutatie(Actie.INGETROKKEN, nieuw.onderwerp), oud, nieuw)
        return nieuw, teksten.ingetrokken(nieuw.naam)

    return herhaal(poging)
