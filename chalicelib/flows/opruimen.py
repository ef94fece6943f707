"""The daily clean-up: what is past its term goes, with proof; a legal hold stops it (ch. 16, house 4, Clock).

Every row decides for itself, so the order does not matter, a run may end anywhere, and doing it again does nothing. A
row that this release cannot read stops nobody else: it stays, is counted, and the run says so when it ends.
What is destroyed is proven by its count (`store/opruiming.py`), not by a line per pupil in the mutatielog; only the end
of a card is an entry in the chain of its pupil.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.termijnen import Termijnen
from chalicelib.errors import Conflict
from chalicelib.flows import opruimen_objecten, opruimen_rijen
from chalicelib.flows.apart import ONLEESBAAR
from chalicelib.store import Stores, opruiming
from chalicelib.store.opruiming import Weg
from chalicelib.store.tabel import Write

_RONDES = 3
"""What goes in one round may make more go in the next: an import's earlier record when its pupil is gone."""


@dataclass(frozen=True)
class Opgeruimd:
    """What a run did: how much of each kind went, how many rows of each kind it could not read, and whether all was
    looked at."""

    gedaan: Counter[str]
    onleesbaar: Counter[str]
    klaar: bool


@dataclass(frozen=True)
class Schoonmaak:
    """One run: where, by which terms, at what moment, for as long as `nog` says, and what it did."""

    stores: Stores
    t: Termijnen
    nu: datetime
    nog: Callable[[], bool] = lambda: True
    gedaan: Counter[str] = field(default_factory=Counter)
    onleesbaar: dict[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def apart(self, sleutel: str, soort: str) -> Iterator[None]:
        """Look at one row (or owner of objects); what cannot be read stays as it is, and is remembered by its kind."""
        try:
            yield
        except Conflict:
            self.gedaan["gebotst"] += 1
        except ONLEESBAAR:
            self.onleesbaar[sleutel] = soort

    def voorbij(self, tot: date | datetime | None) -> bool:
        """Whether a term is over."""
        if isinstance(tot, datetime):
            return tot <= self.nu
        return tot is not None and tot <= self.nu.date()

    def kaart(self, school: Vestiging, leerling_id: str | None) -> Dossier | None:
        """The card of a pupil, read consistently."""
        return self.stores.find_dossier(school, leerling_id) if leerling_id else None

    def vastgehouden(self, school: Vestiging, leerling_id: str | None) -> bool:
        """Whether a legal hold lies on the pupil."""
        kaart = self.kaart(school, leerling_id)
        return kaart is not None and kaart.bewaren is not None

    def vernietig(self, weg: Weg, *writes: Write) -> None:
        """Take the rows away with `writes`, then the objects, then count it; leave it when somebody works with it."""
        try:
            self.stores.transact(opruiming.begin(self.stores, weg, self.nu), *writes)
        except Conflict:
            self.gedaan["gebotst"] += 1
            return
        self.voltooi(opruiming.find(self.stores, weg))

    def voltooi(self, row: Mapping[str, Any] | None) -> None:
        """The second half of `vernietig`; another run may have been first."""
        if row is None:
            return
        try:
            opruiming.voltooi(self.stores, row, self.nu)
        except Conflict:
            return
        self.gedaan[row["soort"]] += row["aantal"]

    def haal_weg(self, write: Write) -> None:
        """Remove a row without content: a pointer to what is gone, an outcome of an opdracht that is gone."""
        try:
            self.stores.transact(write)
        except Conflict:
            return
        self.gedaan["wijzer"] += 1

    def zet(self, write: Write) -> None:
        """Note on a row what another night need not find out again; when somebody was first, that night does."""
        with suppress(Conflict):
            self.stores.transact(write)

    def meld_niet_opgehaald(self, kaart: Dossier) -> None:
        """Say on the card and in its chain, once, that nobody fetched what is set ready. No new version of the card."""
        mutatie = Mutatie(Actie.NIET_OPGEHAALD, kaart.onderwerp, systeem(kaart.school), self.nu)
        try:
            self.stores.commit(mutatie, kaart, replace(kaart, niet_opgehaald_op=self.nu))
        except Conflict:
            self.gedaan["gebotst"] += 1
            return
        self.gedaan["niet opgehaald gemeld"] += 1

    def verwijder_kaart(self, kaart: Dossier) -> None:
        """The card, the pointer from the number, and an entry in the chain, in one; then the record."""
        stores, map_ = self.stores, kaart.record_map
        weg = Weg("leerling", kaart.school, f"{kaart.leerling_id}#{kaart.version}", (f"{map_}/",) if map_ else ())
        mutatie = Mutatie(Actie.GEGEVENS_VERNIETIGD, kaart.onderwerp, systeem(kaart.school), self.nu)
        wijzer = [stores.wijs_af(kaart.pgn_sleutel, kaart.leerling_id)] if kaart.pgn_sleutel else []
        try:
            stores.verwijder(mutatie, kaart, opruiming.begin(stores, weg, self.nu), *wijzer)
        except Conflict:
            self.gedaan["gebotst"] += 1
            return
        self.voltooi(opruiming.find(stores, weg))


def systeem(school: Vestiging) -> Door:
    """Who acts when nobody does."""
    return Door(school.code, "opruimen", "Automatisch opruimen")


def ruim_op(stores: Stores, t: Termijnen, nu: datetime, nog: Callable[[], bool] = lambda: True) -> Opgeruimd:
    """One run, for as long as `nog` says. The next run goes on where this one stopped."""
    werk = Schoonmaak(stores, t, nu, nog)
    klaar = _maak_af(werk)
    for _ in range(_RONDES):
        ervoor = werk.gedaan.total()
        klaar = klaar and _ronde(werk)
        if not klaar or werk.gedaan.total() == ervoor:
            break
    return Opgeruimd(werk.gedaan, Counter(werk.onleesbaar.values()), klaar)


def _maak_af(werk: Schoonmaak) -> bool:
    """All that a run before this one began; False when the time was up before that."""
    for row in opruiming.lopend(werk.stores):
        if not werk.nog():
            return False
        with werk.apart(row["pk"], "WEG"):
            werk.voltooi(row)
    return True


def _ronde(werk: Schoonmaak) -> bool:
    """Every row, every object; False when the time was up before that."""
    plaats = opruiming.lees_plaats(werk.stores)
    fase, na = plaats.get("fase", "rijen"), plaats.get("na")
    if fase == "rijen":
        if not _rijen(werk, na):
            return False
        na = None
    if not _objecten(werk, na):
        return False
    opruiming.zet_plaats(werk.stores, {}, klaar_op=werk.nu)
    return True


def _rijen(werk: Schoonmaak, na: Mapping[str, Any] | None) -> bool:
    while werk.nog():
        bladzijde = opruiming.scan(werk.stores.state, na)
        for row in bladzijde.rijen:
            if not werk.nog():
                opruiming.zet_plaats(werk.stores, {"fase": "rijen", "na": dict(na) if na else None})
                return False
            with werk.apart(f"{row['pk']} {row['sk']}", opruimen_rijen.soort(row)):
                opruimen_rijen.beoordeel(werk, row)
            na = {"pk": row["pk"], "sk": row["sk"]}
        na = bladzijde.volgende
        opruiming.zet_plaats(werk.stores, {"fase": "rijen", "na": dict(na)} if na else {"fase": "objecten"})
        if not na:
            return True
    return False


def _objecten(werk: Schoonmaak, na: str | None) -> bool:
    while werk.nog():
        bladzijde, volgende = opruiming.objecten(werk.stores, na or "")
        klaar, tot = opruimen_objecten.beoordeel(werk, bladzijde)
        na = volgende if klaar else tot or na
        if klaar and not volgende:
            return True
        opruiming.zet_plaats(werk.stores, {"fase": "objecten"} | ({"na": na} if na else {}))
    return False
