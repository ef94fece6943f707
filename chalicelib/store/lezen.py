"""What can be read from the stores; nothing here writes. What is written stands in the room's own file."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.document import Document
from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.mutatielog import Kop, Logregel
from chalicelib.domain.notificatie import Notificatie
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.domain.opdracht import Opdracht, Regel, Telling, tel
from chalicelib.domain.school import School
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import NotFound
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.items import load
from chalicelib.store.nudges import Nudges
from chalicelib.store.rijen import regel_sleutel, sessies, verzoek_sleutel
from chalicelib.store.tabel import Bladzijde, Tabel

_ONTHOUDEN_SECONDEN = 60
_LIJST_SECONDEN = 600.0
GEWEERD = "GEWEERD"
SCHOLENLIJST = ("lijsten", "scholen.json")


@dataclass(frozen=True)
class Lezer:
    """All stores of one process, to read from."""

    state: Tabel
    log: Tabel
    inhoud: Inhoud
    geheim: Geheim
    nudges: Nudges
    _punten: dict[tuple[str, str], tuple[Vestiging, float]] = field(default_factory=dict, repr=False)
    _geweerd: list[tuple[float, frozenset[str]]] = field(default_factory=list, repr=False)
    _scholen: dict[str, tuple[float, list[dict[str, str]]]] = field(default_factory=dict, repr=False)

    def school(self, vestiging: Vestiging) -> School:
        """The settings of a school; one that was never saved has the defaults."""
        row = self.state.find(f"SCHOOL#{vestiging}", "SCHOOL")
        return load(School, row) if row else School(vestiging)

    def scholenlijst(self) -> list[dict[str, str]]:
        """The list of schools that an operator loaded, by name; empty when nobody did. Remembered for ten minutes."""
        begin, lijst = self._scholen.get("", (0.0, []))
        if begin < time.monotonic():
            try:
                lijst = json.loads(self.inhoud.get(*SCHOLENLIJST))
            except NotFound:
                lijst = []
            self._scholen[""] = (time.monotonic() + _LIJST_SECONDEN, lijst)
        return lijst

    def schoolnaam(self, brin: str) -> str | None:
        """The name of a school by the list of `scholenlijst`, or None."""
        return next((school["naam"] for school in self.scholenlijst() if school["brin"] == brin), None)

    def find_dossier(self, school: Vestiging, leerling_id: str) -> Dossier | None:
        """The card of this school's pupil, or None."""
        row = self.state.find(f"SCHOOL#{school}", f"DOSSIER#{leerling_id}")
        return load(Dossier, row) if row else None

    def dossier(self, school: Vestiging, leerling_id: str) -> Dossier:
        """The card of this school's pupil, or NotFound: also when it is another school's."""
        dossier = self.find_dossier(school, leerling_id)
        if dossier is None:
            raise NotFound("LEERLING_NIET_GEVONDEN")
        return dossier

    def dossier_met_school(self, school: Vestiging, leerling_id: str) -> tuple[Dossier, School]:
        """The card of this school's pupil and the settings of the school, in one request; or NotFound."""
        pk = f"SCHOOL#{school}"
        rijen = self.state.lees([(pk, f"DOSSIER#{leerling_id}"), (pk, "SCHOOL")])
        if (pk, f"DOSSIER#{leerling_id}") not in rijen:
            raise NotFound("LEERLING_NIET_GEVONDEN")
        instellingen = rijen.get((pk, "SCHOOL"))
        kaart = load(Dossier, rijen[pk, f"DOSSIER#{leerling_id}"])
        return kaart, load(School, instellingen) if instellingen else School(school)

    def find_leerling(self, school: Vestiging, pgn: Pgn) -> str | None:
        """The leerlingId behind a number, by a consistent read of its pointer (house 4)."""
        # the oldest first: who reads so sees a pointer that is moving to a newer pepper in one of both places
        for sleutel in reversed(self.geheim.zoeksleutels(school, pgn)):
            if row := self.state.find(sleutel, "DOSSIER"):
                return cast(str, row["leerling_id"])
        return None

    def find_vestiging(self, brin: str, punt: str, *, vers: bool = False) -> Vestiging | None:
        """Which of our schools answers at this aanleverpunt, or None. Remembered for a minute, unless `vers`."""
        bekend = None if vers else self._punten.get((brin, punt))
        if bekend and bekend[1] > time.monotonic():
            return bekend[0]
        row = self.state.find(f"PUNT#{brin}", punt)
        if row is None:
            return None
        vestiging = Vestiging(row["vestiging"])
        self._punten[brin, punt] = (vestiging, time.monotonic() + _ONTHOUDEN_SECONDEN)
        return vestiging

    def geweerd(self) -> frozenset[str]:
        """Whom the operator turned away at the wire, by OIN or by certificate (9b.7). Remembered for a minute."""
        if not self._geweerd or self._geweerd[0][0] < time.monotonic():
            wie = frozenset(row["sk"] for row in self.state.alles(GEWEERD))
            self._geweerd[:] = [(time.monotonic() + _ONTHOUDEN_SECONDEN, wie)]
        return self._geweerd[0][1]

    def aanvraag(self, school: Vestiging, id_: str) -> Dossieraanvraag:
        """A request of our own, or NotFound."""
        row = self.state.find(f"SCHOOL#{school}", f"UIT#{id_}")
        if row is None:
            raise NotFound("NIET_GEVONDEN")
        return load(Dossieraanvraag, row)

    def find_verzoek(self, sessie_id: str, brin: str, punt: str) -> Binnengekomen | None:
        """A request by another school under its natural key, or None."""
        gevonden = (self.state.find(**verzoek_sleutel(sessie, brin, punt)) for sessie in sessies(sessie_id))
        return next((load(Binnengekomen, row) for row in gevonden if row), None)

    def find_eigen_sessie(self, sessie_id: str) -> Dossieraanvraag | None:
        """The request of our own that had this session, or None."""
        row = self._sessierij(sessie_id)
        return self.aanvraag(Vestiging(row["school"]), row["id"]) if row else None

    def _sessierij(self, sessie_id: str) -> dict[str, Any] | None:
        gevonden = (self.state.find(f"EIGENSESSIE#{sessie}", "UIT") for sessie in sessies(sessie_id))
        return next(filter(None, gevonden), None)

    def find_notificatie(self, school: Vestiging, id_: str) -> Notificatie | None:
        """A notificatie of this school, or None."""
        row = self.state.find(f"SCHOOL#{school}", f"NOTIFICATIE#{id_}")
        return load(Notificatie, row) if row else None

    def notificatie(self, school: Vestiging, id_: str) -> Notificatie:
        """A notificatie of this school, or NotFound."""
        notificatie = self.find_notificatie(school, id_)
        if notificatie is None:
            raise NotFound("NIET_GEVONDEN")
        return notificatie

    def notificaties(self, school: Vestiging, richting: str) -> list[Notificatie]:
        """The notificaties of a school, newest first: UIT sent, IN received."""
        rijen = self.state.alles(f"NOTIFICATIE#{richting}#{school}", index="lijst")
        return [load(Notificatie, row) for row in rijen][::-1]

    def zorgvragen(self, school: Vestiging, leerling_id: str) -> list[Zorgvraag]:
        """The zorgvragen of a pupil, newest first."""
        rijen = self.state.alles(f"SCHOOL#{school}", f"ZORGVRAAG#{leerling_id}#")
        return sorted((load(Zorgvraag, row) for row in rijen), key=lambda z: z.gemaakt_op, reverse=True)

    def zorgvraag(self, school: Vestiging, leerling_id: str, id_: str) -> Zorgvraag:
        """One zorgvraag, or NotFound."""
        row = self.state.find(f"SCHOOL#{school}", f"ZORGVRAAG#{leerling_id}#{id_}")
        if row is None:
            raise NotFound("ZORGVRAAG_NIET_GEVONDEN")
        return load(Zorgvraag, row)

    def find_koppelsleutel(self, koppelsleutel: str) -> Zorgvraag | None:
        """The zorgvraag behind a koppelsleutel, by its HMAC: the key itself is a bearer secret (9b.9)."""
        afdrukken = self.geheim.vingerafdrukken("koppelsleutel", koppelsleutel.upper())
        rijen = (self.state.find(f"KOPPEL#{afdruk}", "ZORGVRAAG") for afdruk in reversed(afdrukken))
        row = next(filter(None, rijen), None)
        if row is None:
            return None
        gevonden = self.state.find(f"SCHOOL#{row['school']}", f"ZORGVRAAG#{row['leerling_id']}#{row['id']}")
        return load(Zorgvraag, gevonden) if gevonden else None

    def koppelpointer(self, koppelsleutel: str) -> str:
        """The key of the pointer from a koppelsleutel."""
        return f"KOPPEL#{self.geheim.vingerafdruk('koppelsleutel', koppelsleutel.upper())}"

    def dossiers(self, school: Vestiging, *, limiet: int, na: Any) -> Bladzijde:
        """A page of the cards of a school, by leerlingId."""
        return self.state.query(f"SCHOOL#{school}", "DOSSIER#", limiet=limiet, na=na)

    def lijst(self, soort: str, school: Vestiging, *, limiet: int, na: Any) -> Bladzijde:
        """A page of requests, newest first: `soort` is IN (by others) or UIT (our own)."""
        return self.state.query(f"{soort}#{school}", index="lijst", limiet=limiet, na=na, nieuwste_eerst=True)

    def open_sinds(self, soort: str, voor: str, limiet: int = 100) -> list[dict[str, Any]]:
        """Rows of this kind that have been open since before `voor` (ISO), oldest first, for the clock."""
        rijen = self.state.query(f"OPEN#{soort}", index="open", limiet=limiet).rijen
        return [row for row in rijen if row["open_since"] < voor]

    def versies(self, school: Vestiging, leerling_id: str) -> list[Versie]:
        """Every version that was ever collected, in order; also each that only its inzage or contact differs."""
        return [load(Versie, row) for row in self.state.alles(f"SCHOOL#{school}", f"VERSIE#{leerling_id}#")]

    def documenten(self, school: Vestiging, leerling_id: str) -> list[Document]:
        """The leerlingmap of a pupil, oldest first."""
        return [load(Document, row) for row in self.state.alles(f"SCHOOL#{school}", f"MAP#{leerling_id}#")]

    def document(self, school: Vestiging, leerling_id: str, id_: str) -> Document:
        """One document of the leerlingmap, or NotFound."""
        row = self.state.find(f"SCHOOL#{school}", f"MAP#{leerling_id}#{id_}")
        if row is None:
            raise NotFound("DOCUMENT_NIET_GEVONDEN")
        return load(Document, row)

    def opdracht(self, school: Vestiging, id_: str) -> Opdracht:
        """A bulk act of this school, or NotFound."""
        row = self.state.find(f"SCHOOL#{school}", f"OPDRACHT#{id_}")
        if row is None:
            raise NotFound("NIET_GEVONDEN")
        return load(Opdracht, row)

    def voor_opdracht(
        self, opdracht: Opdracht, taken: Mapping[int, str]
    ) -> tuple[School, dict[str, Dossier], dict[int, Regel]]:
        """All that is needed for these pupils (nummer -> leerlingId) of a bulk act, in one request.

        The school, the cards by leerlingId, and what came of each already, by nummer.
        """
        pk = f"SCHOOL#{opdracht.school}"
        sleutels = [(pk, "SCHOOL"), *((pk, f"DOSSIER#{leerling_id}") for leerling_id in taken.values())]
        rijen = self.state.lees([*sleutels, *(regel_sleutel(opdracht, nummer) for nummer in taken)])
        school = load(School, rijen[pk, "SCHOOL"]) if (pk, "SCHOOL") in rijen else School(opdracht.school)
        kaarten = {sk[8:]: load(Dossier, row) for (_, sk), row in rijen.items() if sk.startswith("DOSSIER#")}
        regels = {row["nummer"]: load(Regel, row) for (_, sk), row in rijen.items() if sk.startswith("REGEL#")}
        return school, kaarten, regels

    def regels(self, opdracht: Opdracht, nummers: Iterable[int]) -> dict[int, Regel]:
        """What came of these pupils (at most 100) of a bulk act, by nummer; who is missing still waits."""
        rijen = self.state.lees(regel_sleutel(opdracht, nummer) for nummer in nummers)
        return {row["nummer"]: load(Regel, row) for row in rijen.values()}

    def stand(self, opdracht: Opdracht) -> tuple[Telling, dict[int, str]]:
        """How far a bulk act is: counted from its rows, so that no counter is shared; and when each was written."""
        velden = ("nummer", "resultaat", "weg", "op")
        rijen = list(self.state.alles(opdracht.onderwerp, "REGEL#", velden=velden))
        return tel(rijen), {row["nummer"]: row["op"] for row in rijen}

    def geclaimd(self, opdracht: Opdracht, begin: int) -> int:
        """How many pupils of a bulk act have been put in the queue at least once."""
        row = self.state.find(opdracht.onderwerp, "VOEDING")
        return min(opdracht.totaal, begin + (row["gevoed"] if row else 0))

    def logregels(self, onderwerp: str) -> list[Logregel]:
        """The whole chain of a subject, in order."""
        return [
            load(Logregel, {**row, "onderwerp": row["pk"], "volgnummer": row["sk"]})
            for row in self.log.alles(onderwerp)
        ]

    def logregels_na(self, onderwerp: str, moment: datetime) -> Iterator[Logregel]:
        """The entries of a chain that were written after this moment, the newest first."""
        na: Mapping[str, Any] | None = None
        while True:
            bladzijde = self.log.query(onderwerp, limiet=25, na=na, nieuwste_eerst=True)
            for row in bladzijde.rijen:
                if datetime.fromisoformat(row["op"]) <= moment:
                    return
                yield load(Logregel, {**row, "onderwerp": onderwerp, "volgnummer": row["sk"]})
            if not (na := bladzijde.volgende):
                return

    def laatste_regel(self, onderwerp: str) -> Logregel | None:
        """The last entry of a chain, or None when there is none (any more)."""
        laatste = self.log.query(onderwerp, limiet=1, nieuwste_eerst=True).rijen
        return (
            load(Logregel, {**laatste[0], "onderwerp": onderwerp, "volgnummer": laatste[0]["sk"]}) if laatste else None
        )

    def kop(self, onderwerp: str) -> Kop:
        """The head of a chain as its last entry has it, for a subject whose own row is not there (any more)."""
        laatste = self.laatste_regel(onderwerp)
        return Kop(laatste.volgnummer, laatste.hash) if laatste else Kop()

    def laatste_ontvangst(self, school: Vestiging, pgn: Pgn, brin: str) -> datetime | None:
        """When the newest dossier of this number that this BRIN gave was asked for; a row of before knows no BRIN."""
        rijen = self.state.lees((pk, f"ONTVANGST#{brin}") for pk in self.ontvangst_partities(school, pgn))
        return max((datetime.fromisoformat(row["gevraagd_op"]) for row in rijen.values()), default=None)

    def ontvangst_partities(self, school: Vestiging, pgn: Pgn) -> tuple[str, ...]:
        """Where all is kept of dossiers that were received for this number, a row per BRIN; the newest pepper first."""
        afdrukken = self.geheim.vingerafdrukken("ontvangst", pgn.type.value, pgn.nummer)
        return tuple(f"ONTVANGST#{school}#{afdruk}" for afdruk in afdrukken)

    def bekende_leerlingen(self, school: Vestiging, pgns: Sequence[Pgn]) -> dict[Pgn, str]:
        """Which of these numbers belong to a pupil of this school, and to which: a request per hundred."""
        sleutels = {(s, "DOSSIER"): pgn for pgn in pgns for s in self.geheim.zoeksleutels(school, pgn)}
        gevonden: dict[Pgn, str] = {}
        for begin in range(0, len(sleutels), 100):
            for sleutel, row in self.state.lees(list(sleutels)[begin : begin + 100]).items():
                gevonden[sleutels[sleutel]] = row["leerling_id"]
        return gevonden

    def find_sleutel(self, school: Vestiging, idempotency_key: str) -> dict[str, Any] | None:
        """What came of this Idempotency-Key before: `vingerafdruk` and `id`, or None."""
        rijen = self.state.lees((sleutel, "SLEUTEL") for sleutel in self._sleutels(school, idempotency_key))
        return next(iter(rijen.values()), None)

    def _sleutels(self, school: Vestiging, idempotency_key: str) -> tuple[str, ...]:
        afdrukken = self.geheim.vingerafdrukken("sleutel", idempotency_key)
        return tuple(f"SLEUTEL#{school}#{afdruk}" for afdruk in afdrukken)
