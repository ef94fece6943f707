"""Answer a documentRequest of another school, in the fixed order of protocol 9b.3 (ch. 7, 15.6, 15.35).

parse -> who calls -> sessiecontrole -> store the request -> decide -> answer. Nothing is looked up about
the pupil before the Traffic Center said that the session is valid.
"""

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain import termijnen
from chalicelib.domain.aanvraag import Binnengekomen, Oordeel, Vraag, beoordeel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Conflict
from chalicelib.flows.balie import Balie, Beller, is_platform, leverancier_van, naam_als_bediend
from chalicelib.messages.berichten import DocumentRequest
from chalicelib.store import herhaal, houder
from chalicelib.store.eerder import onthoud_verzoek
from chalicelib.store.herhalen import BOTSING

XML = "dossier.xml"


def beantwoord(balie: Balie, beller: Beller, aanvraag: DocumentRequest) -> bytes | Resultaat:
    """The stored bytes of the dossier, unchanged, or the refusal. Every outcome after a valid session is kept."""
    if leverancier_van(balie, beller) is None:
        return uitkomst.CERTIFICAAT_ONBEKEND
    adressen = aanvraag.adressen
    if not (adressen.bron_brin and adressen.bron_aanleverpunt and adressen.doel_brin and adressen.doel_aanleverpunt):
        return uitkomst.BERICHT_ONGELDIG
    if aanvraag.pgn is None:
        return uitkomst.RESULTATEN["KOPPELSLEUTEL_ONBEKEND"]
    school = balie.stores.find_vestiging(adressen.bron_brin.code, adressen.bron_aanleverpunt.nummer)
    if school is None:
        return uitkomst.RESULTATEN["VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"]
    sessie = balie.tc.controleer_sessie(aanvraag)
    if isinstance(sessie, Resultaat):
        return sessie
    naam = naam_als_bediend(balie, beller, adressen.doel_brin.code, adressen.doel_aanleverpunt.nummer)
    if naam is None:
        return uitkomst.CERTIFICAAT_ONBEKEND
    pgn = aanvraag.pgn
    verzoek = herhaal(lambda: _leg_vast(balie, beller, aanvraag, pgn, school, naam))
    if verzoek is None:
        return uitkomst.SESSIE_AFWIJKEND
    gelezen = [verzoek]
    return herhaal(lambda: _beslis(balie, beller, aanvraag, gelezen.pop() if gelezen else _opnieuw(balie, verzoek)))


def _leg_vast(
    balie: Balie, beller: Beller, aanvraag: DocumentRequest, pgn: Pgn, school: Vestiging, naam: str
) -> Binnengekomen | None:
    """Keep the request before the decision (2.1 step 5). None when the session was another certificate's or pupil's."""
    adressen, geheim = aanvraag.adressen, balie.stores.geheim
    nieuw = Binnengekomen(
        sessie_id=aanvraag.sessie_id,
        school=school,
        bron_brin=str(adressen.bron_brin),
        bron_aanleverpunt=str(adressen.bron_aanleverpunt),
        doel_brin=str(adressen.doel_brin),
        doel_aanleverpunt=str(adressen.doel_aanleverpunt),
        doel_naam=naam,
        soort=aanvraag.overdrachtsoort,
        op=balie.nu,
        nummer=geheim.versleutel(school, pgn),
        nummer_gemaskeerd=pgn.gemaskeerd,
        nummer_type=pgn.type.value,
        certificaat=beller.vingerafdruk,
        vingerafdruk=geheim.vingerafdruk("pgn", pgn.type.value, pgn.nummer),
        aanvraagdatum=aanvraag.aanvraagdatum,
        sleutel=aanvraag.sessie_id.lower(),
    )
    wie = (nieuw.certificaat, pgn.type.value, pgn.nummer)
    if balie.stores.voeg_toe(nieuw, houder.neem(balie.stores, nieuw.sessie_id, balie.nu, *wie)):
        return nieuw
    eerder = balie.stores.find_verzoek(nieuw.sessie_id, nieuw.bron_brin, nieuw.bron_aanleverpunt)
    if eerder is None:  # another aanleverpunt of ours was asked in this session, just now or by another
        if houder.is_vrij(balie.stores, nieuw.sessie_id, *wie):
            raise Conflict(BOTSING)
        return None
    zelfde = (eerder.certificaat, eerder.vingerafdruk) == (nieuw.certificaat, nieuw.vingerafdruk)
    return eerder if zelfde else None


def _opnieuw(balie: Balie, verzoek: Binnengekomen) -> Binnengekomen:
    """The request as it is kept now: another delivery in the same session may have just written it."""
    nu = balie.stores.find_verzoek(verzoek.sessie_id, verzoek.bron_brin, verzoek.bron_aanleverpunt)
    if nu is None:
        raise Conflict("INTUSSEN_GEWIJZIGD")
    return nu


def _beslis(balie: Balie, beller: Beller, aanvraag: DocumentRequest, verzoek: Binnengekomen) -> bytes | Resultaat:
    """Judge, and write the outcome with its log entry before anything leaves: at-least-once."""
    assert aanvraag.pgn is not None
    stores, school = balie.stores, verzoek.school
    leerling_id = stores.find_leerling(school, aanvraag.pgn)
    dossier = stores.find_dossier(school, leerling_id) if leerling_id else None
    vraag = Vraag(
        bron_brin=verzoek.bron_brin,
        doel_brin=verzoek.doel_brin,
        doel_aanleverpunt=verzoek.doel_aanleverpunt,
        soort=aanvraag.overdrachtsoort,
        aanvraagdatum=aanvraag.aanvraagdatum,
        platform=is_platform(balie, beller),
        regionaal_uit=_regionaal_uit(balie, dossier),
    )
    oordeel = beoordeel(vraag, dossier)
    data = stores.inhoud.get(dossier.versie.map, XML) if oordeel.geleverd and dossier and dossier.versie else None
    _schrijf_uitkomst(balie, beller, verzoek, oordeel, dossier, aanvraag.pgn)
    return oordeel.resultaat if data is None else data


def _regionaal_uit(balie: Balie, dossier: Dossier | None) -> bool:
    """Whether the setting of R65 stops this dossier; any other than one for a platform costs no read."""
    if dossier is None or not dossier.invulling.naar_platform:
        return False
    return not balie.stores.school(dossier.school).aangesloten_op_regionaal_initiatief


def _schrijf_uitkomst(
    balie: Balie, beller: Beller, verzoek: Binnengekomen, oordeel: Oordeel, dossier: Dossier | None, pgn: Pgn
) -> None:
    """The request with its outcome, the card, and the log entry: one transaction, however often it is asked."""
    stores = balie.stores
    nieuw = verzoek.beoordeeld(oordeel, dossier, balie.nu)
    mutatie = Mutatie(
        Actie.VERZONDEN if oordeel.geleverd else Actie.AANVRAAG_GEWEIGERD,
        dossier.onderwerp if dossier else nieuw.onderwerp,
        Door(verzoek.doel_brin, f"oin:{beller.oin}", f"{verzoek.doel_naam} (aanleverpunt {verzoek.doel_aanleverpunt})"),
        balie.nu,
        _details(nieuw, dossier if oordeel.geleverd else None),
    )
    if dossier is None:
        tot = termijnen.nummer_weg(nieuw, termijnen.Termijnen())
        stores.commit(mutatie, verzoek, nieuw, *onthoud_verzoek(stores, nieuw, pgn, tot))
    else:
        kaart = dossier.verzonden(balie.nu) if oordeel.geleverd else dossier.gevraagd(balie.nu)
        stores.commit(mutatie, dossier, kaart, stores.bewaar(verzoek, nieuw))


def _details(verzoek: Binnengekomen, geleverd: Dossier | None) -> dict[str, str | int]:
    details: dict[str, str | int] = {
        "verzoek": verzoek.id,
        "brin": verzoek.doel_brin,
        "aanleverpunt": verzoek.doel_aanleverpunt,
        "schoolnaam": verzoek.doel_naam,
        "soort": verzoek.soort.value,
        "resultaat": verzoek.resultaat or "",
    }
    if verzoek.profiel:
        details["profiel"] = verzoek.profiel.value
    if verzoek.reden:
        details["reden"] = verzoek.reden
    if geleverd and geleverd.versie:
        details |= {
            "versie": geleverd.versie.nummer,
            "verzendHash": geleverd.versie.verzend_hash,
            "verzameldOp": geleverd.versie.verzameld_op.isoformat(),
        }
    return details
