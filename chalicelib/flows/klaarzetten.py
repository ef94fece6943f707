"""Set ready what was collected, and take it back (R60-R67, 15.5)."""

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Actie
from chalicelib.errors import Refused
from chalicelib.flows import Werk
from chalicelib.flows.verzamelen import controleer_fouten, lees_versie
from chalicelib.store import herhaal


def zet_klaar(werk: Werk, leerling_id: str) -> tuple[Dossier, str]:
    """Open the collected version for the vervolgschool: the card, and the exact text of R67.

    Raises Refused with every unmet precondition, or DOSSIER_ONGELDIG with every fault (15.12).
    """

    def poging() -> tuple[Dossier, str]:
        oud = werk.stores.dossier(werk.school, leerling_id)
        nieuw = oud.zet_klaar(werk.stores.school(werk.school))
        fouten = controleer_fouten(lees_versie(werk, oud))
        if fouten:
            raise Refused("DOSSIER_ONGELDIG", meldingen=fouten)
        assert nieuw.versie is not None
        mutatie = werk.mutatie(
            Actie.KLAARGEZET, nieuw.onderwerp, versie=nieuw.versie.nummer, inhoudHash=nieuw.versie.inhoud_hash
        )
        nieuw = werk.stores.commit(mutatie, oud, nieuw)
        school = None if nieuw.invulling.binnen_brin else nieuw.invulling.uitschrijving.vervolgschool
        tekst = teksten.klaargezet(nieuw.naam, school.brin if school else None, school.naam if school else None)
        return nieuw, tekst

    return herhaal(poging)


def trek_in(werk: Werk, leerling_id: str, reden: str) -> tuple[Dossier, str]:
    """Close it again; from this moment every request is refused (15.5)."""

    def poging() -> tuple[Dossier, str]:
        oud = werk.stores.dossier(werk.school, leerling_id)
        nieuw = oud.trek_in(reden)
        nieuw = werk.stores.commit(werk.mutatie(Actie.INGETROKKEN, nieuw.onderwerp), oud, nieuw)
        return nieuw, teksten.ingetrokken(nieuw.naam)

    return herhaal(poging)
