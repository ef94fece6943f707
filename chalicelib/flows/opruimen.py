"""The daily clean-up: what is past its term goes, with proof; a legal hold stops it (ch. 16, house 4, Clock).

Every row decides for itself, so the order does not matter, a run may end anywhere, and doing it again does nothing.
What is destroyed is proven by its count (`store/opruiming.py`), not by a line per pupil in the mutatielog; only the end
of a card is an entry in the chain of its pupil.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from chalicelib.domain import termijnen
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.termijnen import Termijnen
from chalicelib.errors import Conflict
from chalicelib.flows import opruimen_objecten, opruimen_rijen
from chalicelib.store import Stores, opruiming
from chalicelib.store.opruiming import Weg
from chalicelib.store.tabel import Write

_RONDES = 3
"""What goes in one round may make more go in the next: an import's earlier record when its pupil is gone."""


@dataclass(frozen=True)
class Schoonmaak:
    """One run: where, by which terms, at what moment, for as long as `nog` says, and what it did."""

    stores: Stores
    t: Termijnen
    nu: datetime
    nog: Callable[[], bool] = lambda: True
    gedaan: Counter[str] = field(default_factory=Counter)

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


def ruim_op(stores: Stores, t: Termijnen, nu: datetime, nog: Callable[[], bool] = lambda: True) -> Counter[str]:
    """One run, for as long as `nog` says; how much of each kind went. The next run goes on where this one stopped."""
    werk = Schoonmaak(stores, t, nu, nog)
    for row in opruiming.lopend(stores):
        werk.voltooi(row)
    for _ in range(_RONDES):
        ervoor = werk.gedaan.total()
        if not _ronde(werk) or werk.gedaan.total() == ervoor:
            break
    return werk.gedaan


def _ronde(werk: Schoonmaak) -> bool:
    """Every row, every orphaned chain, every object; False when the time was up before that."""
    plaats = opruiming.lees_plaats(werk.stores)
    fase, na = plaats.get("fase", "rijen"), plaats.get("na")
    if fase == "rijen":
        if not _rijen(werk, na):
            return False
        na = None
    if not _ketens(werk) or not _objecten(werk, na):
        return False
    opruiming.zet_plaats(werk.stores, {})
    return True


def _rijen(werk: Schoonmaak, na: Mapping[str, Any] | None) -> bool:
    while werk.nog():
        bladzijde = opruiming.scan(werk.stores.state, na)
        for row in bladzijde.rijen:
            if not werk.nog():
                opruiming.zet_plaats(werk.stores, {"fase": "rijen", "na": dict(na) if na else None})
                return False
            opruimen_rijen.beoordeel(werk, row)
            na = {"pk": row["pk"], "sk": row["sk"]}
        na = bladzijde.volgende
        opruiming.zet_plaats(werk.stores, {"fase": "rijen", "na": dict(na)} if na else {"fase": "objecten"})
        if not na:
            return True
    return False


def _objecten(werk: Schoonmaak, na: str | None) -> bool:
    while werk.nog():
        bladzijde, na = opruiming.objecten(werk.stores, na or "")
        opruimen_objecten.beoordeel(werk, bladzijde)
        if not na:
            return True
        opruiming.zet_plaats(werk.stores, {"fase": "objecten", "na": na})
    return False


def _ketens(werk: Schoonmaak) -> bool:
    """Every chain whose subject is gone and whose last entry is old enough (15.17, ch. 16)."""
    for row in opruiming.ketens(werk.stores, werk.nu.isoformat()):
        if not werk.nog():
            return False
        _keten(werk, row)
    return True


def _keten(werk: Schoonmaak, row: Mapping[str, Any]) -> None:
    stores, onderwerp = werk.stores, row["onderwerp"]
    if "aantal" not in row:
        soort, _, rest = onderwerp.partition("#")
        school, _, id_ = rest.partition("#")
        laatste = stores.laatste_regel(onderwerp)
        if laatste is None or (soort == "DOSSIER" and werk.kaart(Vestiging(school), id_)):
            return werk.haal_weg(stores.state.delete_if(row["pk"], row["sk"], open_since=row["open_since"]))
        if not werk.voorbij(termijnen.keten_weg(datetime.fromisoformat(laatste.op), werk.t)):
            return None
        row = opruiming.begin_keten(stores, row, laatste)
    opruiming.vernietig_keten(stores, row, werk.nu)
    werk.gedaan["mutatielog"] += 1
    return None
