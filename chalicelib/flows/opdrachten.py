"""Bulk acts: one order, a result per pupil, over SQS (R75-R81, 15.14, 15.15; infra/decisions).

Few pupils of an order are in the queue at any time, and each batch that is done feeds the next, so that one school
never keeps another waiting. What is done with one pupil: `bulk.py`.
"""

from collections.abc import Iterable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.domain.opdracht import VENSTER, Bulksoort, Opdracht, Opdrachtstatus, Taak, Telling
from chalicelib.errors import Refused
from chalicelib.flows import Werk, pakket
from chalicelib.flows.apart import elk_apart
from chalicelib.flows.opdrachtlijst import LIJST, als_bytes, lees_taken, taken_of_niets, vervang
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.items import load

_SLEUTEL_GELDIG = timedelta(days=1)
_TEGELIJK = 8
"""Lists that are read at once; the client of S3 holds ten connections."""


@dataclass(frozen=True)
class Bulkvraag:
    """What an employee orders: which act, for which pupils, and for a collection the profile."""

    soort: Bulksoort
    taken: tuple[Taak, ...]
    profiel: Profiel | None = None
    afdruk: str | None = field(default=None, repr=False)
    """What the fingerprint is over, where it cannot be `bytes`: encrypted twice is not the same twice."""

    def bytes(self) -> bytes:
        """The pupils as they are kept, and for the fingerprint of an Idempotency-Key."""
        return als_bytes(self.taken)


def geef_opdracht(werk: Werk, vraag: Bulkvraag, idempotency_key: str, id_: str) -> Opdracht:
    """Keep the order and put its first pupils in the queue. The same key again gives the same opdracht.

    Raises Refused("SLEUTEL_HERGEBRUIKT").
    """
    stores, data = werk.stores, vraag.bytes()
    profiel = vraag.profiel.value if vraag.profiel else ""
    delen = ("opdracht", vraag.soort.value, profiel, vraag.afdruk or data.decode())

    def poging() -> tuple[Opdracht, bool]:
        if eerder := stores.find_sleutel(werk.school, idempotency_key):
            if eerder["vingerafdruk"] not in stores.geheim.vingerafdrukken(*delen):
                raise Refused("SLEUTEL_HERGEBRUIKT")
            return stores.opdracht(werk.school, eerder["id"]), False
        nieuw = Opdracht(
            id=id_,
            school=werk.school,
            soort=vraag.soort,
            totaal=len(vraag.taken),
            map=stores.inhoud.nieuwe_map(werk.school, f"opdracht!{id_}"),
            gevraagd_op=werk.nu,
            gevraagd_door=werk.door.naam,
            gevraagd_door_sub=werk.door.sub,
            profiel=vraag.profiel,
        )
        stores.inhoud.put(nieuw.map, LIJST, data)
        tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
        sleutel = stores.leg_sleutel_vast(werk.school, idempotency_key, stores.geheim.vingerafdruk(*delen), id_, tot)
        details: dict[str, str | int] = {"soort": vraag.soort.value, "totaal": nieuw.totaal}
        details |= {"profiel": profiel} if profiel else {}
        return stores.commit(
            werk.mutatie(Actie.OPDRACHT_GEGEVEN, nieuw.onderwerp, **details), None, nieuw, sleutel
        ), True

    opdracht, nieuw = herhaal(poging)
    if nieuw:
        _stuur(stores, opdracht, range(min(VENSTER, opdracht.totaal)))
    return opdracht


def vergeet(stores: Stores, school: Vestiging, leerling_id: str, pgns: Set[Pgn] = frozenset()) -> int:
    """Take what was asked for one pupil out of every opdracht of a school; how many versions of objects went.

    A bulk question names a pupil by number alone (`pgns`). The place in the list stays, so that an opdracht that runs
    goes on. An inzagepakket with this pupil goes as a whole: it can be made again for the others.
    """
    weg = 0
    alle = [load(Opdracht, row) for row in stores.state.alles(f"SCHOOL#{school}", "OPDRACHT#")]
    with ThreadPoolExecutor(_TEGELIJK) as samen:  # a year of them, one by one, would take longer than an answer may
        lijsten = list(samen.map(lambda opdracht: taken_of_niets(stores, opdracht), alle))
    for opdracht, taken in zip(alle, lijsten, strict=True):
        van_hem = {n for n, taak in enumerate(taken) if taak.leerling_id == leerling_id}
        if van_hem and opdracht.soort is Bulksoort.INZAGEPAKKET:
            weg += stores.inhoud.vernietig(f"{opdracht.map}/{pakket.PDF}")
        op_nummer = _met_nummer(stores, school, taken, pgns)
        kaal = tuple(
            Taak(leerling_id) if n in van_hem else taak.zonder_nummer() if n in op_nummer else taak
            for n, taak in enumerate(taken)
        )
        if kaal != taken:
            weg += vervang(stores, opdracht, kaal)
    return weg


def _met_nummer(stores: Stores, school: Vestiging, taken: Sequence[Taak], pgns: Set[Pgn]) -> set[int]:
    """The places of a bulk question at which one of these numbers is asked for."""
    vragen = {n: taak.vraag for n, taak in enumerate(taken) if taak.vraag and taak.vraag.nummer}
    van_hem = stores.geheim.welke(school, [(vraag.nummer, vraag.nummer_type) for vraag in vragen.values()], pgns)
    return {n for n, is_het in zip(vragen, van_hem, strict=True) if is_het}


def voed(stores: Stores, opdracht: Opdracht, aantal: int, nu: datetime) -> None:
    """After a batch: put the next `aantal` pupils in the queue, and close the opdracht when there are none left."""
    if not aantal:
        return
    volgende = stores.claim(opdracht, aantal, VENSTER)
    _stuur(stores, opdracht, volgende)
    if not volgende:
        rond_af(stores, opdracht, nu)


def rond_af(stores: Stores, opdracht: Opdracht, nu: datetime) -> Telling:
    """Close an opdracht whose pupils all have a result; again, or too early, changes nothing. Returns how far it is."""
    telling, _ = stores.stand(opdracht)

    def poging() -> None:
        oud = stores.opdracht(opdracht.school, opdracht.id)
        if oud.status is Opdrachtstatus.GEREED and oud.telling == telling:
            return
        werk = Werk(stores, oud.door, nu)
        details = {"gelukt": telling.gelukt, "mislukt": telling.mislukt, "overgeslagen": telling.overgeslagen}
        stores.commit(werk.mutatie(Actie.OPDRACHT_GEREED, oud.onderwerp, **details), oud, oud.gereed(telling))

    if telling.klaar >= opdracht.totaal:
        if opdracht.soort is Bulksoort.INZAGEPAKKET and not _gesloten(stores, opdracht):
            pakket.maak(stores, opdracht, lees_taken(stores, opdracht))
        herhaal(poging)
    return telling


def _gesloten(stores: Stores, opdracht: Opdracht) -> bool:
    """As it is now: a worker remembers the opdracht as it began."""
    return stores.opdracht(opdracht.school, opdracht.id).status is Opdrachtstatus.GEREED


def stand(stores: Stores, opdracht: Opdracht) -> Telling:
    """How far an opdracht is, counted now as long as it runs."""
    return opdracht.telling if opdracht.status is Opdrachtstatus.GEREED else stores.stand(opdracht)[0]


def nudge_open(stores: Stores, nu: datetime, ouder_dan: timedelta = timedelta(minutes=30)) -> int:
    """Go on with every opdracht in which nothing happened for so long: its messages may be lost. Returns how many.

    Longer than a message that keeps failing takes to reach the DLQ: four times the visibility of the queue. Raises
    RijenOnleesbaar when all others had their turn.
    """
    voor = (nu - ouder_dan).isoformat()
    return elk_apart(stores.open_sinds("OPDRACHT", voor), lambda row: _hervat(stores, load(Opdracht, row), voor, nu))


def _hervat(stores: Stores, opdracht: Opdracht, voor: str, nu: datetime) -> bool:
    """Send again what was sent and has no result, and fill up with what was never sent."""
    telling, momenten = stores.stand(opdracht)
    if max(momenten.values(), default="") >= voor:
        return False
    if telling.klaar >= opdracht.totaal:
        rond_af(stores, opdracht, nu)
        return True
    zoek = [nummer for nummer in range(stores.geclaimd(opdracht, VENSTER)) if nummer not in momenten]
    _stuur(stores, opdracht, [*zoek, *stores.claim(opdracht, max(0, VENSTER - len(zoek)), VENSTER)])
    return True


def _stuur(stores: Stores, opdracht: Opdracht, nummers: Iterable[int]) -> None:
    school = opdracht.school.code
    stores.nudges.send_batch(Nudge("PUBLICATIE", school, f"{opdracht.id}.{nummer}") for nummer in nummers)
