"""Moving what was made under an older pepper to the newest one, row by row (store/geheim.py).

Each row decides for itself, and moves in one transaction, so a run may end anywhere and another does the rest.
Meanwhile both peppers are read. It is no act on a dossier: nothing of a card changes but the key of its pointer, so
nothing is logged in a chain and the version of a card stays.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows import Werk
from chalicelib.flows.leerlingen import haal_record, pgn_van
from chalicelib.flows.opruimen import systeem
from chalicelib.store import Stores, opruiming
from chalicelib.store.items import load
from chalicelib.store.tabel import Write

Rij = Mapping[str, Any]
ONTVANGST = "ontvangstmoment"
SLEUTEL, TELLER = "idempotentiesleutel", "dagteller"
TIJDELIJK = (SLEUTEL, TELLER)
"""Kinds that end by themselves within two days; nothing in them can be moved."""


@dataclass
class Stand:
    """By kind: what is still under an older pepper, what was moved, and what could not be."""

    oud: Counter[str] = field(default_factory=Counter)
    verplaatst: Counter[str] = field(default_factory=Counter)
    gebotst: Counter[str] = field(default_factory=Counter)

    @property
    def blijft(self) -> int:
        """How many rows need the older pepper still, those apart that end by themselves."""
        return sum(aantal for soort, aantal in self.oud.items() if soort not in TIJDELIJK)


def verplaats(stores: Stores, nu: datetime, *, doe: bool) -> Stand:
    """Look at every row; with `doe` move it. Bounded in memory: a page of rows at a time."""
    stand, na = Stand(), None
    while True:
        bladzijde = opruiming.scan(stores.state, na)
        for row in bladzijde.rijen:
            if stap := _stap(stores, row, nu):
                _doe(stores, stand, stap, doe=doe)
        na = bladzijde.volgende
        if na is None:
            return stand


@dataclass(frozen=True)
class Stap:
    """One row under an older pepper: its kind, and how its move is made; None: it cannot be moved.

    `telt`: whether the row itself is the old one; else it only knows how to move another.
    """

    soort: str
    writes: Callable[[], list[Write] | None]
    telt: bool = True


def _doe(stores: Stores, stand: Stand, stap: Stap, *, doe: bool) -> None:
    writes = stap.writes() if doe else None
    if not writes:
        stand.oud[stap.soort] += stap.telt
        return
    try:
        stores.transact(*writes)
    except Conflict:
        stand.oud[stap.soort] += stap.telt
        stand.gebotst[stap.soort] += 1
        return
    stand.verplaatst[stap.soort] += 1


def _stap(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
    kind = row["pk"].partition("#")[0]
    naam = str(row["sk"]).partition("#")[0]
    maak = _PER_SOORT.get((kind, naam)) or _PER_SOORT.get((kind, ""))
    return maak(stores, row, nu) if maak else None


def _kaart(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
    kaart = load(Dossier, row)
    oud = kaart.pgn_sleutel
    if oud is None or not stores.geheim.is_oud(oud):
        return None

    def writes() -> list[Write] | None:
        try:
            pgn = pgn_van(haal_record(Werk(stores, systeem(kaart.school), nu), kaart).dossier)
        except NotFound:
            return None
        if pgn is None or oud not in stores.geheim.zoeksleutels(kaart.school, pgn):
            return None  # its pointer is under a pepper that we do not have: putting the record again mends it
        nieuw, wijzer = stores.wijs_aan(kaart.school, pgn, kaart.leerling_id)
        ander = stores.bewaar(kaart, replace(kaart, pgn_sleutel=nieuw))
        return [wijzer, stores.wijs_af(oud, kaart.leerling_id), ander]

    return Stap("leerling", writes)


def _zorgvraag(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
    zorgvraag = load(Zorgvraag, row)
    oud, versleuteld = zorgvraag.pointer, zorgvraag.koppelsleutel
    if oud is None or versleuteld is None or not stores.geheim.is_oud(oud):
        return None

    def writes() -> list[Write]:
        pointer = stores.koppelpointer(stores.geheim.ontsleutel_tekst(zorgvraag.school, versleuteld))
        nieuw = replace(zorgvraag, pointer=pointer, version=zorgvraag.version + 1)
        weg = stores.state.delete_if(oud, "ZORGVRAAG", id=zorgvraag.id)
        return [stores.bewaar_zorgvraag(zorgvraag, nieuw), stores.wijs_koppelsleutel_aan(nieuw), weg]

    return Stap("koppelsleutel", writes)


def _verzoek(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
    verzoek = load(Binnengekomen, row)
    if not verzoek.nummer or not verzoek.vingerafdruk or not stores.geheim.is_oud(verzoek.vingerafdruk):
        return None

    def writes() -> list[Write]:
        pgn = stores.geheim.ontsleutel(verzoek.school, verzoek.nummer, verzoek.nummer_type)
        afdruk = stores.geheim.vingerafdruk("pgn", pgn.type.value, pgn.nummer)
        return [stores.bewaar(verzoek, replace(verzoek, vingerafdruk=afdruk, version=verzoek.version + 1))]

    return Stap("aanvraag van een andere school", writes)


def _eigen_aanvraag(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
    """Our own request knows the number of which `ONTVANGST` remembers a moment; that row itself does not."""
    aanvraag = load(Dossieraanvraag, row)
    if not aanvraag.nummer or not aanvraag.ontvangen_op or len(stores.geheim.pepper) < 2:
        return None
    pgn = stores.geheim.ontsleutel(aanvraag.school, aanvraag.nummer, aanvraag.nummer_type)
    nieuw, *oude = stores.ontvangst_partities(aanvraag.school, pgn)
    sleutels = [(pk, sk) for pk in oude for sk in (f"ONTVANGST#{aanvraag.brin}", "ONTVANGST")]
    oud = next((rij for sleutel in sleutels if (rij := stores.state.find(*sleutel))), None)
    if oud is None:
        return None

    def writes() -> list[Write]:
        weg = stores.state.delete_if(oud["pk"], oud["sk"], gevraagd_op=oud["gevraagd_op"])
        al = stores.state.find(nieuw, oud["sk"])
        if al and al["verloopt"] >= oud["verloopt"]:
            return [weg]
        return [stores.state.put_newest({**oud, "pk": nieuw}, "verloopt"), weg]

    return Stap(ONTVANGST, writes, telt=False)


def _ontvangst(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
    """Without a request that still has the number it cannot be moved; forgetting it costs one question too many."""
    if not stores.geheim.is_oud(row["pk"]) or row["verloopt"] < nu.timestamp():
        return None
    return Stap(ONTVANGST, lambda: None)


def _kort(soort: str) -> Callable[[Stores, Rij, datetime], Stap | None]:
    def stap(stores: Stores, row: Rij, nu: datetime) -> Stap | None:
        over = row.get("verloopt", nu.timestamp()) < nu.timestamp()
        return None if over or not stores.geheim.is_oud(row["pk"]) else Stap(soort, lambda: None)

    return stap


_PER_SOORT: Mapping[tuple[str, str], Callable[[Stores, Rij, datetime], Stap | None]] = {
    ("SCHOOL", "DOSSIER"): _kaart,
    ("SCHOOL", "ZORGVRAAG"): _zorgvraag,
    ("SCHOOL", "UIT"): _eigen_aanvraag,
    ("SESSIE", "VERZOEK"): _verzoek,
    ("ONTVANGST", ""): _ontvangst,
    ("SLEUTEL", ""): _kort(SLEUTEL),
    ("TELLER", ""): _kort(TELLER),
}
"""By the first words of partition and sort key: every kind of row that holds something made with a pepper."""


def vergeet_ontvangsten(stores: Stores, nu: datetime) -> int:
    """Remove the moments of receipt that cannot be moved, before their pepper goes; how many."""
    aantal = 0
    for row in list(_oude_ontvangsten(stores, nu)):
        aantal += 1
        stores.transact(stores.state.delete_if(row["pk"], row["sk"], gevraagd_op=row["gevraagd_op"]))
    return aantal


def _oude_ontvangsten(stores: Stores, nu: datetime) -> Iterator[Rij]:
    na = None
    while True:
        bladzijde = opruiming.scan(stores.state, na)
        yield from (
            row for row in bladzijde.rijen if row["pk"].startswith("ONTVANGST#") and _ontvangst(stores, row, nu)
        )
        na = bladzijde.volgende
        if na is None:
            return
