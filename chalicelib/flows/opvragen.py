"""Ask for a dossier at another school (ch. 8): the question is kept, and who gets the nudge does the rest.

The row is the truth, the nudge only says that there is work (`flows/ophalen.py`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Dossieraanvraag
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Brin, Pgn, PgnType
from chalicelib.errors import NotFound, Refused
from chalicelib.flows import Werk
from chalicelib.flows.leerlingen import haal_record
from chalicelib.gegevensset.samenstellen import nummer_van
from chalicelib.store import Nudge, herhaal
from chalicelib.store.items import load

_SLEUTEL_GELDIG = timedelta(days=1)


@dataclass(frozen=True)
class Verzoek:
    """What an employee asks: at which school, for which pupil, and whether only something newer will do."""

    brin: Brin
    pgn: Pgn
    alleen_als_nieuwer_dan: datetime | None = None
    leerling_id: str | None = None
    """The pupil who is already here and is asked for again (R98); None: a new pupil."""
    schoolnaam: str | None = None

    @property
    def delen(self) -> tuple[str, ...]:
        """For the fingerprint of an Idempotency-Key."""
        nieuwer = self.alleen_als_nieuwer_dan.isoformat() if self.alleen_als_nieuwer_dan else ""
        return (self.brin.code, self.pgn.type.value, self.pgn.nummer, nieuwer, self.leerling_id or "")


@dataclass(frozen=True)
class Daglimiet:
    """How many dossiers an employee may ask for on this day, and how many seconds of it are left."""

    grens: int
    dag: date
    seconden: int

    def tel(self, werk: Werk, aantal: int) -> None:
        """Count them, or raise Refused("TE_VEEL_AANVRAGEN") and count none."""
        if not werk.stores.tel_mee(werk.school, werk.door.sub, self.dag, aantal, self.grens):
            melding = teksten.melding("TE_VEEL_AANVRAGEN")
            raise Refused(melding.code, meldingen=[melding], wacht=self.seconden)


def vraag_op(
    werk: Werk, verzoek: Verzoek, idempotency_key: str, id_: str, limiet: Daglimiet | None = None
) -> Dossieraanvraag:
    """Keep the question and nudge the worker. The same key again gives the same request (api.md, Writing).

    Raises Refused: LEERLING_BESTAAT_AL (R93), AANLEVERPUNT_ONTBREEKT (R66), SLEUTEL_HERGEBRUIKT, TE_VEEL_AANVRAGEN.
    """
    return herhaal(lambda: _vraag_op(werk, verzoek, idempotency_key, id_, limiet))


def _vraag_op(
    werk: Werk, verzoek: Verzoek, idempotency_key: str, id_: str, limiet: Daglimiet | None
) -> Dossieraanvraag:
    """Once: it loses the race from the same key used at the same moment, and finds that request when tried again."""
    stores = werk.stores
    vingerafdruk = stores.geheim.vingerafdruk("vraag", *verzoek.delen)
    eerder = stores.find_sleutel(werk.school, idempotency_key)
    if eerder:
        if eerder["vingerafdruk"] not in stores.geheim.vingerafdrukken("vraag", *verzoek.delen):
            raise Refused("SLEUTEL_HERGEBRUIKT")
        return stores.aanvraag(werk.school, eerder["id"])
    if verzoek.leerling_id is None and stores.find_leerling(werk.school, verzoek.pgn):
        raise Refused("LEERLING_BESTAAT_AL", meldingen=[teksten.melding("LEERLING_BESTAAT_AL", pad="/pgn")])
    if not stores.school(werk.school).aanleverpunten:
        raise Refused("AANLEVERPUNT_ONTBREEKT", meldingen=[teksten.melding("AANLEVERPUNT_ONTBREEKT")])
    if limiet:
        limiet.tel(werk, 1)
    nieuw = Dossieraanvraag(
        id=id_,
        school=werk.school,
        brin=verzoek.brin.code,
        nummer=stores.geheim.versleutel(werk.school, verzoek.pgn),
        nummer_gemaskeerd=verzoek.pgn.gemaskeerd,
        nummer_type=verzoek.pgn.type.value,
        gevraagd_op=werk.nu,
        gevraagd_door=werk.door.naam,
        gevraagd_door_sub=werk.door.sub,
        alleen_als_nieuwer_dan=verzoek.alleen_als_nieuwer_dan,
        leerling_id=verzoek.leerling_id,
        schoolnaam=verzoek.schoolnaam or stores.schoolnaam(verzoek.brin.code),
    )
    tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
    sleutel = stores.leg_sleutel_vast(werk.school, idempotency_key, vingerafdruk, nieuw.id, tot)
    mutatie = werk.mutatie(Actie.DOSSIER_OPGEVRAAGD, nieuw.onderwerp, brin=verzoek.brin.code)
    nieuw = stores.commit(mutatie, None, nieuw, sleutel, *werk.ook())
    stores.nudges.send(Nudge("AANVRAAG", werk.school.code, nieuw.id))
    return nieuw


def vraag_opnieuw(
    werk: Werk,
    leerling_id: str,
    alleen_als_nieuwer_dan: datetime | None,
    idempotency_key: str,
    id_: str,
    limiet: Daglimiet | None = None,
) -> Dossieraanvraag:
    """Ask for a pupil who is already here, at the school of herkomst (R98, R100).

    Raises Refused: HERKOMST_ONTBREEKT, NUMMER_ONTBREEKT, and as `vraag_op`.
    """
    dossier = werk.stores.dossier(werk.school, leerling_id)
    if dossier.herkomst is None or not dossier.herkomst.brin:
        raise Refused("HERKOMST_ONTBREEKT", meldingen=[teksten.melding("HERKOMST_ONTBREEKT")])
    nummer = nummer_van(haal_record(werk, dossier).dossier)
    if nummer is None:
        raise Refused("NUMMER_ONTBREEKT", meldingen=[teksten.melding("NUMMER_ONTBREEKT")])
    verzoek = Verzoek(
        Brin(dossier.herkomst.brin),
        Pgn.parse(PgnType(nummer[0].upper()), nummer[1]),
        alleen_als_nieuwer_dan,
        leerling_id,
        dossier.herkomst.naam,
    )
    return vraag_op(werk, verzoek, idempotency_key, id_, limiet)


def vraag_nog_eens(werk: Werk, id_: str, idempotency_key: str, nieuw_id: str, limiet: Daglimiet) -> Dossieraanvraag:
    """Ask what an earlier request asked, with the number that it kept (15.19); who is here by now is asked for as such.

    Raises Refused: NOG_NIET_ONTVANGEN, NUMMER_WEG, and as `vraag_op`.
    """
    eerder, stores = werk.stores.aanvraag(werk.school, id_), werk.stores
    if code := eerder.waarom_niet_opnieuw:
        raise Refused(code, meldingen=[teksten.melding(code)])
    pgn = stores.geheim.ontsleutel(werk.school, eerder.nummer, eerder.nummer_type)
    leerling_id = stores.find_leerling(werk.school, pgn)
    verzoek = Verzoek(Brin(eerder.brin), pgn, eerder.alleen_als_nieuwer_dan, leerling_id, eerder.schoolnaam)
    return vraag_op(werk, verzoek, idempotency_key, nieuw_id, limiet)


def eis_inhoud(aanvraag: Dossieraanvraag) -> str:
    """Where the received content lies.

    Raises Refused: NOG_NIET_ONTVANGEN, GEEN_DOSSIER_ONTVANGEN; NotFound("INHOUD_WEG") for what was destroyed.
    """
    code = aanvraag.waarom_geen_inhoud
    if code is not None:
        fout = NotFound if code == "INHOUD_WEG" else Refused
        raise fout(code, meldingen=[teksten.melding(code)])
    assert aanvraag.map is not None
    return aanvraag.map


def van_leerling(werk: Werk, leerling_id: str) -> list[Dossieraanvraag]:
    """The requests for a pupil who is already here, newest first (R103)."""
    rijen = werk.stores.state.alles(f"UIT#{werk.school}", index="lijst")
    return [load(Dossieraanvraag, row) for row in rijen if row.get("leerling_id") == leerling_id][::-1]
