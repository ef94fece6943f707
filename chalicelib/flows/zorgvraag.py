"""One step of a zorgvraag, written together with its entry in the chain of its pupil (house 1.4)."""

from collections.abc import Callable

from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.flows import Werk
from chalicelib.store import Nudge, herhaal
from chalicelib.store.tabel import Write

Stap = Callable[[Zorgvraag], Zorgvraag]

XML = "dossier.xml"
PDF = "dossier.pdf"


def zet(werk: Werk, actie: Actie, zorgvraag: Zorgvraag, stap: Stap, **details: str | int) -> Zorgvraag:
    """Take one step from where the zorgvraag is now; a step that changes nothing writes nothing.

    Raises NotFound when it was removed meanwhile.
    """

    def poging() -> Zorgvraag:
        nu = werk.stores.zorgvraag(zorgvraag.school, zorgvraag.leerling_id, zorgvraag.id)
        nieuw = stap(nu)
        if nieuw is not nu:
            leg_vast(werk, actie, nu, nieuw, **details)
        return nieuw

    return herhaal(poging)


def leg_vast(
    werk: Werk, actie: Actie, oud: Zorgvraag | None, nieuw: Zorgvraag, *writes: Write, **details: str | int
) -> None:
    """Write `nieuw` over `oud` (None: create), with the pointer of a new koppelsleutel, or raise Conflict."""
    stores = werk.stores
    dossier = stores.dossier(nieuw.school, nieuw.leerling_id)
    pointer = [stores.wijs_koppelsleutel_aan(nieuw)] if oud and nieuw.pointer != oud.pointer else []
    wat = {"zorgvraag": nieuw.id, "aanleverpunt": nieuw.aanleverpunt} | ({"code": nieuw.code} if nieuw.code else {})
    mutatie = werk.mutatie(actie, dossier.onderwerp, **wat, **details)
    stores.commit(mutatie, dossier, dossier, stores.bewaar_zorgvraag(oud, nieuw), *pointer, *writes)


def nudge(werk: Werk, zorgvraag: Zorgvraag) -> None:
    """Say that there is something to send; the row says what."""
    id_ = f"{zorgvraag.leerling_id}/{zorgvraag.id}"
    werk.stores.nudges.send(Nudge("ZORGVRAAG", zorgvraag.school.code, id_))
