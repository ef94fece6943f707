"""Everything we keep; the only room that knows boto3.

Stores only *describe* writes. `commit` performs them, together with one entry in the mutatielog: nothing
about a pupil, a school or a request can change without a line that says who did it (house 1.4).
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import boto3
from botocore.config import Config

from chalicelib.config import Settings
from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Logregel, Mutatie, schrijf_bij
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.domain.school import School
from chalicelib.errors import Conflict, NotFound
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.items import load
from chalicelib.store.nudges import Nudge, Nudges
from chalicelib.store.rijen import Onderwerp, to_row, verzoek_sleutel
from chalicelib.store.tabel import Bladzijde, Tabel, Write, ontzegel, verzegel

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

__all__ = ["Bladzijde", "Nudge", "Stores", "herhaal", "ontzegel", "open_stores", "verzegel"]

T = TypeVar("T")
Eigenaar = TypeVar("Eigenaar", School, Dossier, Dossieraanvraag, Binnengekomen)

_BOTSING = "BOTSING"
_POGINGEN = 12
_PUNT_SECONDEN = 60


@dataclass(frozen=True)
class Stores:
    """All stores of one process."""

    state: Tabel
    log: Tabel
    inhoud: Inhoud
    geheim: Geheim
    nudges: Nudges
    _punten: dict[tuple[str, str], tuple[Vestiging, float]] = field(default_factory=dict, repr=False)

    # reading -----------------------------------------------------------------------------------------------

    def school(self, vestiging: Vestiging) -> School:
        """The settings of a school; one that was never saved has the defaults."""
        row = self.state.find(f"SCHOOL#{vestiging}", "SCHOOL")
        return load(School, row) if row else School(vestiging)

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

    def find_leerling(self, school: Vestiging, pgn: Pgn) -> str | None:
        """The leerlingId behind a number, by a consistent read of its pointer (house 4)."""
        for sleutel in self.geheim.zoeksleutels(school, pgn):
            if row := self.state.find(sleutel, "DOSSIER"):
                return cast(str, row["leerling_id"])
        return None

    def find_vestiging(self, brin: str, punt: str) -> Vestiging | None:
        """Which of our schools answers at this aanleverpunt, or None. An answer is remembered for a minute."""
        bekend = self._punten.get((brin, punt))
        if bekend and bekend[1] > time.monotonic():
            return bekend[0]
        row = self.state.find(f"PUNT#{brin}", punt)
        if row is None:
            return None
        vestiging = Vestiging(row["vestiging"])
        self._punten[brin, punt] = (vestiging, time.monotonic() + _PUNT_SECONDEN)
        return vestiging

    def aanvraag(self, school: Vestiging, id_: str) -> Dossieraanvraag:
        """A request of our own, or NotFound."""
        row = self.state.find(f"SCHOOL#{school}", f"UIT#{id_}")
        if row is None:
            raise NotFound("NIET_GEVONDEN")
        return load(Dossieraanvraag, row)

    def find_verzoek(self, sessie_id: str, brin: str, punt: str) -> Binnengekomen | None:
        """A request by another school under its natural key, or None."""
        row = self.state.find(**verzoek_sleutel(sessie_id, brin, punt))
        return load(Binnengekomen, row) if row else None

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

    def logregels(self, onderwerp: str) -> list[Logregel]:
        """The whole chain of a subject, in order."""
        return [
            load(Logregel, {**row, "onderwerp": row["pk"], "volgnummer": row["sk"]})
            for row in self.log.alles(onderwerp)
        ]

    # writing -----------------------------------------------------------------------------------------------

    def commit(self, mutatie: Mutatie, oud: Eigenaar | None, nieuw: Eigenaar, *writes: Write) -> Eigenaar:
        """Write `nieuw` over `oud` (None: create), all other writes and the log entry, or nothing and Conflict.

        `oud` is the value as it was read: the write holds only if nobody changed or logged anything since.
        Returns `nieuw` with its new place in the chain.
        """
        regel, kop = schrijf_bij(nieuw.kop, mutatie)
        nieuw = replace(nieuw, kop=kop)
        self.transact(self._over(oud, nieuw), self._log(regel), *writes)
        return nieuw

    def bewaar(self, oud: Binnengekomen | None, nieuw: Binnengekomen) -> Write:
        """The write of a request by another school; its log entry stands in the chain of the pupil."""
        return self._over(oud, nieuw)

    def voeg_toe(self, nieuw: Binnengekomen) -> bool:
        """Write a request that nobody saw before; False when it is there already."""
        try:
            self.state.client.put_item(**cast(Any, self._over(None, nieuw)["Put"]))
        except self.state.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def verwijder(self, mutatie: Mutatie, dossier: Dossier, *writes: Write) -> None:
        """Remove a card; its chain stays (ch. 16)."""
        regel, _ = schrijf_bij(dossier.kop, mutatie)
        row = to_row(dossier)
        weg = self.state.delete_if(row["pk"], row["sk"], version=dossier.version, log_aantal=dossier.kop.aantal)
        self.transact(weg, self._log(regel), *writes)

    def transact(self, *writes: Write) -> None:
        """All of these writes or none; a lost condition or a collision is Conflict, anything else is raised."""
        client = self.state.client
        try:
            client.transact_write_items(TransactItems=list(writes))
        except client.exceptions.TransactionCanceledException as error:
            if not _verloren(error):
                raise
            raise Conflict(_BOTSING) from None

    def wijs_aan(self, school: Vestiging, pgn: Pgn, leerling_id: str) -> tuple[str, Write]:
        """The pointer from a number to its pupil: its key, and the write that makes it."""
        sleutel = self.geheim.zoeksleutels(school, pgn)[0]
        return sleutel, self.state.put_new({"pk": sleutel, "sk": "DOSSIER", "leerling_id": leerling_id})

    def wijs_af(self, sleutel: str, leerling_id: str) -> Write:
        """The write that removes a pointer, if it is still this pupil's."""
        return self.state.delete_if(sleutel, "DOSSIER", leerling_id=leerling_id)

    def claim_punt(self, brin: str, punt: str, vestiging: Vestiging) -> Write:
        """The write that says which vestiging answers at an aanleverpunt; holds only while no other one does."""
        return self.state.put_new({"pk": f"PUNT#{brin}", "sk": punt, "vestiging": vestiging.code})

    def geef_punt_vrij(self, brin: str, punt: str, vestiging: Vestiging) -> Write:
        """The write that takes it away."""
        return self.state.delete_if(f"PUNT#{brin}", punt, vestiging=vestiging.code)

    def find_sleutel(self, school: Vestiging, idempotency_key: str) -> dict[str, Any] | None:
        """What came of this Idempotency-Key before: `vingerafdruk` and `id`, or None."""
        return self.state.find(self._sleutel(school, idempotency_key), "SLEUTEL")

    def leg_sleutel_vast(self, school: Vestiging, idempotency_key: str, vingerafdruk: str, id_: str, tot: int) -> Write:
        """The write that remembers an Idempotency-Key until `tot` (epoch seconds)."""
        pk = self._sleutel(school, idempotency_key)
        return self.state.put_new({"pk": pk, "sk": "SLEUTEL", "vingerafdruk": vingerafdruk, "id": id_, "verloopt": tot})

    def _sleutel(self, school: Vestiging, idempotency_key: str) -> str:
        return f"SLEUTEL#{school}#{self.geheim.vingerafdruk('sleutel', idempotency_key)}"

    def _over(self, oud: Onderwerp | None, nieuw: Onderwerp) -> Write:
        row = to_row(nieuw)
        if oud is None or (isinstance(oud, School) and not oud.version and not oud.kop.aantal):
            return self.state.put_new(row)
        return self.state.put_if(row, version=oud.version, log_aantal=oud.kop.aantal)

    def _log(self, regel: Logregel) -> Write:
        row = {
            "pk": regel.onderwerp,
            "sk": regel.volgnummer,
            "op": regel.op,
            "school": regel.school,
            "sub": regel.sub,
            "medewerker": regel.medewerker,
            "actie": regel.actie,
            "details": dict(regel.details),
            "vorige": regel.vorige,
            "hash": regel.hash,
        }
        return self.log.put_new(row)


def herhaal(poging: Callable[[], T]) -> T:
    """Do `poging` again, after a short random wait, while it loses a race that its caller could not see.

    A Conflict that the caller can see (INTUSSEN_GEWIJZIGD) passes at once.
    """
    for keer in range(_POGINGEN):
        try:
            return poging()
        except Conflict as botsing:
            if botsing.code != _BOTSING:
                raise
            time.sleep(random.uniform(0, min(1.0, 0.01 * 2**keer)))  # noqa: S311  jitter, not a secret
    raise Conflict("INTUSSEN_GEWIJZIGD")


def _verloren(error: "ClientError") -> bool:
    """Whether a cancelled transaction lost to another writer; throttling and the like are raised as they are."""
    redenen = {reden.get("Code") for reden in cast(Any, error.response).get("CancellationReasons", [])}
    return not redenen.isdisjoint({"ConditionalCheckFailed", "TransactionConflict"})


def open_stores(settings: Settings) -> Stores:
    """The stores of this process: one boto3 session for all clients (a second costs 56 ms)."""
    session = boto3.Session()
    config = Config(
        signature_version="s3v4", connect_timeout=2, read_timeout=10, retries={"max_attempts": 4, "mode": "standard"}
    )
    plain = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 4, "mode": "standard"})
    dynamodb = session.client("dynamodb", config=plain)
    return Stores(
        state=Tabel(dynamodb, settings.tabel_state),
        log=Tabel(dynamodb, settings.tabel_mutatielog),
        inhoud=Inhoud(session.client("s3", config=config), settings.bucket),
        geheim=Geheim(session.client("kms", config=plain), settings.kms_sleutel, settings.pepper),
        nudges=Nudges(
            session.client("sqs", config=plain),
            {
                "PUBLICATIE": settings.queue_publicaties,
                "AANVRAAG": settings.queue_aanvragen,
                "ZORGVRAAG": settings.queue_zorgvragen,
            },
        ),
    )
