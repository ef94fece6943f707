"""A legal hold on a pupil: while it lies there nothing of the pupil is destroyed, also not on request (ch. 16)."""

from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.dossier import Bewaarplicht, Dossier
from chalicelib.domain.mutatielog import Actie
from chalicelib.errors import Refused
from chalicelib.flows import Werk
from chalicelib.store import Stores, herhaal


def leg_op(werk: Werk, leerling_id: str, reden: str) -> Bewaarplicht:
    """Lay a hold, or give the one that lies there another reason. The reason stands on the card alone.

    Raises Refused("VERNIETIGING_BEGONNEN") when it comes too late: nobody may believe that all is still there.
    """
    plicht = Bewaarplicht(reden, werk.nu, werk.door.naam)
    _zet(werk, leerling_id, plicht)
    return plicht


def hef_op(werk: Werk, leerling_id: str) -> None:
    """Lift the hold; where there is none nothing happens."""
    _zet(werk, leerling_id, None)


def _zet(werk: Werk, leerling_id: str, plicht: Bewaarplicht | None) -> None:
    def poging() -> None:
        dossier = werk.stores.dossier(werk.school, leerling_id)
        if dossier.bewaren is None and plicht is None:
            return
        if plicht and dossier.vernietiging_op:
            raise Refused("VERNIETIGING_BEGONNEN", meldingen=[teksten.melding("VERNIETIGING_BEGONNEN")])
        actie = Actie.BEWAREN_OPGELEGD if plicht else Actie.BEWAREN_OPGEHEVEN
        werk.stores.commit(werk.mutatie(actie, dossier.onderwerp), dossier, dossier.bewaar(plicht))

    herhaal(poging)


def eis_vrij(dossier: Dossier) -> None:
    """Raise Refused("BEWAREN_OPGELEGD") when a hold lies on this pupil."""
    if dossier.bewaren:
        raise Refused("BEWAREN_OPGELEGD", meldingen=[teksten.melding("BEWAREN_OPGELEGD")])


def leerling_bij(stores: Stores, verzoek: Dossieraanvraag | Binnengekomen) -> str | None:
    """The pupil whom a request is about: whom it names, else who has its number by now."""
    if verzoek.leerling_id or not verzoek.nummer:
        return verzoek.leerling_id
    pgn = stores.geheim.ontsleutel(verzoek.school, verzoek.nummer, verzoek.nummer_type)
    return stores.find_leerling(verzoek.school, pgn)
