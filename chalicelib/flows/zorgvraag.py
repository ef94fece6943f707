"""One step of a zorgvraag, or its being read, written together with the entry in the chain of its pupil (house 1.4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.domain.dossier import Dossier
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
            leg_vast(werk, actie, nu, nieuw, kaart=None, **details)
        return nieuw

    return herhaal(poging)


def leg_vast(
    werk: Werk,
    actie: Actie,
    oud: Zorgvraag | None,
    nieuw: Zorgvraag,
    *writes: Write,
    kaart: Dossier | None = None,
    **details: str | int,
) -> None:
    """Write `nieuw` over `oud` (None: create), with the pointer of a new koppelsleutel, or raise Conflict.

    `kaart`: the card by which it was judged whether this may be; it holds only while that card stays as it was.
    """
    stores = werk.stores
    dossier = kaart or stores.dossier(nieuw.school, nieuw.leerling_id)
    pointer = [stores.wijs_koppelsleutel_aan(nieuw)] if oud and nieuw.pointer != oud.pointer else []
    wat = {"zorgvraag": nieuw.id, "aanleverpunt": nieuw.aanleverpunt} | ({"code": nieuw.code} if nieuw.code else {})
    mutatie = werk.mutatie(actie, dossier.onderwerp, **wat, **details)
    stores.commit(mutatie, dossier, dossier, stores.bewaar_zorgvraag(oud, nieuw), *pointer, *writes)


def nudge(werk: Werk, zorgvraag: Zorgvraag) -> None:
    """Say that there is something to send; the row says what."""
    id_ = f"{zorgvraag.leerling_id}/{zorgvraag.id}"
    werk.stores.nudges.send(Nudge("ZORGVRAAG", zorgvraag.school.code, id_))


def lees(werk: Werk, leerling_id: str, id_: str) -> tuple[Zorgvraag, list[tuple[datetime, str]]]:
    """A zorgvraag with the text of each terugkoppeling; reading it is logged (15.17)."""
    zorgvraag = log_lezen(werk, leerling_id, id_)
    inhoud = werk.stores.inhoud
    return zorgvraag, [(t.datum, inhoud.get(zorgvraag.map, t.object).decode()) for t in zorgvraag.terugkoppelingen]


def log_lezen(werk: Werk, leerling_id: str, id_: str, **details: Any) -> Zorgvraag:
    """Log that a zorgvraag was read; returns it."""

    def poging() -> Zorgvraag:
        zorgvraag = werk.stores.zorgvraag(werk.school, leerling_id, id_)
        dossier = werk.stores.dossier(werk.school, leerling_id)
        mutatie = werk.mutatie(Actie.ZORGVRAAG_BEKEKEN, dossier.onderwerp, zorgvraag=id_, **details)
        werk.stores.commit(mutatie, dossier, dossier)
        return zorgvraag

    return herhaal(poging)
