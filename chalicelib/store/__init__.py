"""Everything we keep; the only room that knows AWS.

Stores only *describe* writes. `commit` performs them, together with one entry in the mutatielog: nothing
about a pupil, a school or a request can change without a line that says who did it (house 1.4).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from chalicelib.config import Settings
from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.document import Document
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Kop, Logregel, Mutatie, schrijf_bij
from chalicelib.domain.notificatie import Notificatie
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.domain.opdracht import Opdracht, Regel
from chalicelib.domain.school import School
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import Conflict
from chalicelib.store.aws import instelling, sessie
from chalicelib.store.geheim import Geheim
from chalicelib.store.herhalen import BOTSING, herhaal
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.items import dump, to_attributes
from chalicelib.store.lezen import Lezer
from chalicelib.store.nudges import Nudge, Nudges
from chalicelib.store.rijen import (
    SLEUTELS,
    Onderwerp,
    document_rij,
    regel_sleutel,
    to_row,
    verschil,
    verschil_rij,
    zorgvraag_rij,
)
from chalicelib.store.tabel import Bladzijde, Tabel, Write

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

__all__ = ["Bladzijde", "Nudge", "Stores", "herhaal", "open_stores"]

Eigenaar = TypeVar("Eigenaar", School, Dossier, Dossieraanvraag, Binnengekomen, Opdracht, Notificatie)

_ONTVANGST_BEWAARD = timedelta(days=396)
_NOTIFICATIES = 20
"""Of one session: whoever is told so often that a dossier is ready knows it."""


class Stores(Lezer):
    """All stores of one process: what `Lezer` reads, and every write."""

    def commit(
        self,
        mutatie: Mutatie,
        oud: Eigenaar | None,
        nieuw: Eigenaar,
        *writes: Write,
        eerst: Mutatie | None = None,
    ) -> Eigenaar:
        """Write `nieuw` over `oud` (None: create), all other writes and the log entry, or nothing and Conflict.

        `oud` is the value as it was read: the write holds only if nobody changed or logged anything since. `eerst`:
        an act that came before `mutatie` in the same step, logged too. Returns `nieuw` with its new place in the chain.
        """
        kop, regels, begon = nieuw.kop, [], oud is None and nieuw.kop.aantal > 0
        for deze in filter(None, (eerst, mutatie)):
            regel, kop = schrijf_bij(kop, deze)
            regels.append(self._log(regel))
        # a chain that gets its subject back waits for no term; nobody comes back while the clean-up destroys it
        terug = [self.state.delete_unless(f"KETEN#{nieuw.onderwerp}", "KETEN", "aantal")] if begon else []
        nieuw = replace(nieuw, kop=kop)
        self.transact(self._over(oud, nieuw), *regels, *terug, *writes)
        return nieuw

    def leg_regel_vast(self, opdracht: Opdracht, regel: Regel, eerder: Regel | None) -> Write:
        """The write of what came of one pupil of a bulk act: holds only once, or over this `eerder`."""
        pk, sk = regel_sleutel(opdracht, regel.nummer)
        row = {"pk": pk, "sk": sk, **dump(regel)}
        return self.state.put_if(row, resultaat=eerder.resultaat.value) if eerder else self.state.put_new(row)

    def claim(self, opdracht: Opdracht, aantal: int, begin: int) -> range:
        """The next pupils of a bulk act that are to be put in the queue: each claimed once, the first is `begin`."""
        tot = opdracht.totaal - begin
        vraag = aantal > 0 and tot > 0
        eerder = self.state.schuif(opdracht.onderwerp, "VOEDING", "gevoed", aantal, tot) if vraag else None
        return range(0) if eerder is None else range(begin + eerder, begin + min(eerder + aantal, tot))

    def probeer(self, write: Write) -> bool:
        """Do one Put on its own; False when its condition does not hold."""
        try:
            self.state.client.put_item(**cast(Any, write["Put"]))
        except self.state.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def bewaar(self, oud: Onderwerp | None, nieuw: Onderwerp) -> Write:
        """The write of a value whose act is logged in the chain of another: a request in that of its pupil."""
        return self._over(oud, nieuw)

    def leg_versie_vast(self, dossier: Dossier) -> Write:
        """The write that remembers the card's version as it is now; never changed, never overwritten."""
        assert dossier.versie is not None
        sk = f"VERSIE#{dossier.leerling_id}#{dossier.versie.nummer:06d}#{dossier.version:09d}"
        return self.state.put_new({"pk": f"SCHOOL#{dossier.school}", "sk": sk, **dump(dossier.versie)})

    def leg_document_vast(self, document: Document, oud: Document | None = None) -> Write:
        """The write of a document of the leerlingmap: a new one, or one whose upload is confirmed now (`oud`)."""
        row = document_rij(document)
        if oud is None:
            return self.state.put_new(row)
        anders = verschil_rij(document_rij(oud), row)
        return self.state.set_if(row["pk"], row["sk"], anders, status=oud.status.value)

    def verwijder_document(self, document: Document) -> Write:
        """The write that takes a document out of the leerlingmap."""
        sk = f"MAP#{document.leerling_id}#{document.id}"
        return self.state.delete_if(f"SCHOOL#{document.school}", sk, id=document.id)

    def bewaar_zorgvraag(self, oud: Zorgvraag | None, nieuw: Zorgvraag) -> Write:
        """The write of a zorgvraag: a new one, or its next step."""
        row = zorgvraag_rij(nieuw)
        if oud is None:
            return self.state.put_new(row)
        return self.state.set_if(row["pk"], row["sk"], verschil_rij(zorgvraag_rij(oud), row), version=oud.version)

    def verwijder_zorgvraag(self, zorgvraag: Zorgvraag) -> Write:
        """The write that takes a zorgvraag away that nobody was told of."""
        row = zorgvraag_rij(zorgvraag)
        return self.state.delete_if(row["pk"], row["sk"], version=zorgvraag.version)

    def wijs_koppelsleutel_aan(self, zorgvraag: Zorgvraag) -> Write:
        """The write of the pointer from its koppelsleutel."""
        assert zorgvraag.pointer is not None
        waar = {"school": zorgvraag.school.code, "leerling_id": zorgvraag.leerling_id, "id": zorgvraag.id}
        return self.state.put_new({"pk": zorgvraag.pointer, "sk": "ZORGVRAAG", **waar})

    def onthoud_sessie(self, aanvraag: Dossieraanvraag, sessie_id: str) -> Write:
        """The write that says which request of our own had a session."""
        waar = {"school": aanvraag.school.code, "id": aanvraag.id}
        row = {"pk": f"EIGENSESSIE#{sessie_id.lower()}", "sk": "UIT", **waar}
        return self.state.put_new(row)

    def tel_notificatie(self, sessie_id: str) -> Write | None:
        """The write that counts a received notificatie of a session of our own; None when it has enough of them."""
        row = self._sessierij(sessie_id)
        if row is None or row.get("notificaties", 0) >= _NOTIFICATIES:
            return None
        return self.state.een_meer(row["pk"], row["sk"], "notificaties", _NOTIFICATIES)

    def onthoud_ontvangst(self, school: Vestiging, pgn: Pgn, brin: str, gevraagd_op: datetime) -> None:
        """Remember when the newest dossier of this number that this BRIN gave was asked for, for thirteen months."""
        moment, tot = gevraagd_op.isoformat(), int(gevraagd_op.timestamp() + _ONTVANGST_BEWAARD.total_seconds())
        sleutels = {"pk": self.ontvangst_partities(school, pgn)[0], "sk": f"ONTVANGST#{brin}"}
        row = {**sleutels, "gevraagd_op": moment, "verloopt": tot}
        self.probeer(self.state.put_newest(row, "verloopt"))  # a number: as text, an hour in October comes twice

    def tel_mee(self, school: Vestiging, wie: str, dag: date, aantal: int, grens: int) -> bool:
        """Count `aantal` acts of an employee on this day, in one write; False, counting none, above `grens`."""
        pk = f"TELLER#{school}#{self.geheim.vingerafdruk('teller', wie)}"
        if aantal > grens:  # the first act of a day finds no count to be held against
            return False
        return self.state.schuif(pk, dag.isoformat(), "aantal", aantal, grens - aantal + 1) is not None

    def voeg_toe(self, nieuw: Binnengekomen, *ook: Write) -> bool:
        """Write a request that nobody saw before, with these; False when it is there already, or one does not hold."""
        waar = (nieuw.sessie_id, nieuw.bron_brin, nieuw.bron_aanleverpunt)
        if nieuw.sleutel not in ("", nieuw.sessie_id) and self.find_verzoek(*waar):
            return False  # a row of before may stand under the session as it was received
        try:
            self.transact(self._over(None, nieuw), *ook)
        except Conflict:
            return False
        return True

    def maak_anoniem(self, verzoek: Binnengekomen) -> None:
        """Take number and name out of a request by another school; the row stays (ch. 16)."""
        kaal = replace(verzoek, nummer="", nummer_gemaskeerd="", leerling_id=None, leerling_naam=None, vingerafdruk="")
        self.transact(self._over(verzoek, replace(kaal, version=verzoek.version + 1)))

    def verwijder(self, mutatie: Mutatie, dossier: Dossier, *writes: Write) -> Kop:
        """Remove a card; its chain stays until its own term is over (ch. 16). Returns the head of that chain."""
        regel, kop = schrijf_bij(dossier.kop, mutatie)
        keten = self.verweesde_keten(dossier.onderwerp, dossier.school, mutatie.op, kop, regel.op)
        self.transact(self.neem_weg(dossier), self._log(regel), keten, *writes)
        return kop

    def neem_weg(self, waarde: Onderwerp) -> Write:
        """The write that removes a row, if nobody changed or logged anything since it was read."""
        row = to_row(waarde)
        return self.state.delete_if(row["pk"], row["sk"], version=waarde.version, log_aantal=waarde.kop.aantal)

    def verweesde_keten(
        self, onderwerp: str, school: Vestiging, op: datetime, kop: Kop, laatste_op: str | None = None
    ) -> Write:
        """The write that remembers a chain whose subject is gone, since `op`, and its head.

        The clean-up finds the chain by this row, and the nightly root its head. `laatste_op`: the moment of its last
        entry, where that is known; else the clean-up reads it once.
        """
        row: dict[str, Any] = {"pk": f"KETEN#{onderwerp}", "sk": "KETEN", "school": school.code, "onderwerp": onderwerp}
        row |= {"kop": dump(kop), "open_soort": "OPEN#KETEN", "open_since": op.isoformat(), "laatste_op": laatste_op}
        return cast(Write, {"Put": {"TableName": self.state.naam, "Item": to_attributes(row)}})

    def transact(self, *writes: Write) -> None:
        """All of these writes or none; a lost condition or a collision is Conflict, anything else is raised."""
        client = self.state.client
        try:
            client.transact_write_items(TransactItems=list(writes))
        except client.exceptions.TransactionCanceledException as error:
            if not _verloren(error):
                raise
            raise Conflict(BOTSING) from None

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

    def leg_sleutel_vast(self, school: Vestiging, idempotency_key: str, vingerafdruk: str, id_: str, tot: int) -> Write:
        """The write that remembers an Idempotency-Key until `tot` (epoch seconds)."""
        pk = self._sleutels(school, idempotency_key)[0]
        return self.state.put_new({"pk": pk, "sk": "SLEUTEL", "vingerafdruk": vingerafdruk, "id": id_, "verloopt": tot})

    def _over(self, oud: Onderwerp | None, nieuw: Onderwerp) -> Write:
        if oud is None or (isinstance(oud, School) and not oud.version and not oud.kop.aantal):
            return self.state.put_new(to_row(nieuw))
        sleutel = SLEUTELS[type(nieuw)](nieuw)
        anders = verschil(oud, nieuw)
        return self.state.set_if(sleutel["pk"], sleutel["sk"], anders, version=oud.version, log_aantal=oud.kop.aantal)

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


def _verloren(error: "ClientError") -> bool:
    """Whether a cancelled transaction lost to another writer; throttling and the like are raised as they are."""
    redenen = {reden.get("Code") for reden in cast(Any, error.response).get("CancellationReasons", [])}
    return not redenen.isdisjoint({"ConditionalCheckFailed", "TransactionConflict"})


def open_stores(settings: Settings) -> Stores:
    """The stores of this process."""
    session, plain = sessie(), instelling()
    dynamodb = session.create_client("dynamodb", config=plain)
    return Stores(
        state=Tabel(dynamodb, settings.tabel_state),
        log=Tabel(dynamodb, settings.tabel_mutatielog),
        inhoud=Inhoud(session.create_client("s3", config=instelling(signature_version="s3v4")), settings.bucket),
        geheim=Geheim(
            session.create_client("kms", config=plain),
            settings.kms_sleutel,
            settings.pepper,
            settings.pepper_schrijft,
        ),
        nudges=Nudges(
            session.create_client("sqs", config=plain),
            {
                "PUBLICATIE": settings.queue_publicaties,
                "AANVRAAG": settings.queue_aanvragen,
                "NOTIFICATIE": settings.queue_aanvragen,
                "ZORGVRAAG": settings.queue_zorgvragen,
            },
        ),
    )
