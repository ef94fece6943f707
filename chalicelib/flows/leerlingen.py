"""The pupil's record: what the portal knows of a pupil, put as a whole (api.md, 15.36, 15.39)."""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Pgn, PgnType, is_geschreven_pgn, lijkt_op_pgn
from chalicelib.errors import Conflict, Invalid, Melding, Refused
from chalicelib.flows import Werk, eis_ongewijzigd
from chalicelib.flows.bewaren import eis_vrij
from chalicelib.flows.resten import ruim_resten
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.controle import controleer_waarden
from chalicelib.gegevensset.samenstellen import PAKKETNAAM, PAKKETVERSIE, naam_van, nummer_van, overzicht_van
from chalicelib.gegevensset.tabel import standaard
from chalicelib.store import herhaal
from chalicelib.store.eerder import eerdere_verzoeken
from chalicelib.store.tabel import Write

_LEERLING_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
PGN_VELDEN = {"bsn": PgnType.BSN, "onderwijsnummer": PgnType.ONDERWIJSNUMMER}
RECORD = "record.json"


@dataclass(frozen=True)
class Record:
    """What was put: the dossier values, their version of the standard, and the screen data beside it (15.41)."""

    versie: str
    dossier: Waarden = field(repr=False)
    portaal: dict[str, Any] = field(default_factory=dict, repr=False)

    def bytes(self) -> bytes:
        """As it is kept; the same record always gives the same bytes."""
        return _vast({"versie": self.versie, "dossier": self.dossier, "portaal": self.portaal})

    def gegevens_hash(self) -> str:
        """SHA-256 of what can reach a dossier: all but `portaal` (15.41)."""
        return hashlib.sha256(_vast({"versie": self.versie, "dossier": self.dossier})).hexdigest()


def _vast(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def controleer_leerling_id(leerling_id: str) -> None:
    """Raise Invalid("LEERLING_ID_ONGELDIG") for a key that is malformed or is itself a number of a person."""
    if not _LEERLING_ID.fullmatch(leerling_id) or lijkt_op_pgn(leerling_id) or leerling_id in (".", ".."):
        raise _id_ongeldig()


def controleer_nieuwe_id(werk: Werk, leerling_id: str) -> None:
    """The same for a number as people write it, where the pupil is new: who stands there already stays."""
    if is_geschreven_pgn(leerling_id) and werk.stores.find_dossier(werk.school, leerling_id) is None:
        raise _id_ongeldig()


def _id_ongeldig() -> Invalid:
    return Invalid("LEERLING_ID_ONGELDIG", meldingen=[teksten.melding("LEERLING_ID_ONGELDIG", pad="/leerlingId")])


class Gezet(NamedTuple):
    """The card after putting a record, whether it is new, and what that undid."""

    dossier: Dossier
    nieuw: bool
    meldingen: tuple[Melding, ...]


def zet_record(werk: Werk, leerling_id: str, record: Record, if_match: str | None) -> Gezet:
    """Create or replace a pupil's record.

    Raises Invalid (a field is wrong, PGN_ONGELDIG), Refused("PGN_IN_GEBRUIK") and Conflict (somebody was first).
    """
    controleer_leerling_id(leerling_id)
    controleer_nieuwe_id(werk, leerling_id)
    fouten = [m for m in controleer_waarden(aangevuld(record), record.versie) if m.is_fout]
    if fouten:
        raise Invalid("DOSSIER_ONGELDIG", "De leerlinggegevens passen niet in de gegevensset van OSO.", fouten)
    pgn = pgn_van(record.dossier)
    data = record.bytes()
    hash_ = hashlib.sha256(data).hexdigest()
    map_ = werk.stores.inhoud.nieuwe_map(werk.school, leerling_id)
    werk.stores.inhoud.put(map_, RECORD, data)

    def poging() -> Gezet:
        oud = werk.stores.find_dossier(werk.school, leerling_id)
        _vergelijk(oud, if_match)
        sleutel, writes = _wijzers(werk, oud, pgn, leerling_id)
        nieuw = met_record(oud or begin_kaart(werk, leerling_id), record, map_, hash_, sleutel)
        nieuw = met_eerdere_vraag(werk, oud, nieuw)
        actie = Actie.LEERLING_BIJGEWERKT if oud else Actie.LEERLING_AANGEMAAKT
        status = {"status": nieuw.status.value} if oud else {}
        mutatie = werk.mutatie(actie, nieuw.onderwerp, recordHash=hash_, **status)
        return Gezet(werk.stores.commit(mutatie, oud, nieuw, *writes), oud is None, _vervallen(oud, nieuw))

    return herhaal(poging)


def _vervallen(oud: Dossier | None, nieuw: Dossier) -> tuple[Melding, ...]:
    """What another number does to a version that was collected, said (15.12)."""
    if oud is None or not oud.verzameld or nieuw.verzameld:
        return ()
    inzage, klaar = oud.invulling.inzage.vastgelegd, oud.status is Status.KLAAR
    return (teksten.vervalt("VERZAMEL_OPNIEUW", inzage=inzage, klaar=klaar),)


def met_record(kaart: Dossier, record: Record, map_: str, hash_: str, pgn_sleutel: str | None) -> Dossier:
    """The card with this record behind it."""
    return kaart.neem_record_over(
        naam=naam_van(record.dossier),
        overzicht=overzicht_van(record.dossier, record.portaal),
        map_=map_,
        hash_=hash_,
        gegevens_hash=record.gegevens_hash(),
        versie=record.versie,
        pgn_sleutel=pgn_sleutel,
    )


def met_eerdere_vraag(werk: Werk, oud: Dossier | None, nieuw: Dossier) -> Dossier:
    """The card that says so when somebody asked for its number before that was here (R69, 15.6)."""
    ander = nieuw.pgn_sleutel != (oud and oud.pgn_sleutel)
    return nieuw.gevraagd(werk.nu) if ander and eerdere_verzoeken(werk.stores, nieuw) else nieuw


def begin_kaart(werk: Werk, leerling_id: str) -> Dossier:
    """A new card. Was there one before, then its chain goes on: a removed pupil keeps its mutatielog (ch. 16).

    The count of versions goes on too; what lies there still of before is taken away first.
    """
    nieuw = Dossier(werk.school, leerling_id, aangemaakt_op=werk.nu)
    kop = werk.stores.kop(nieuw.onderwerp)
    eerder = werk.stores.versies(werk.school, leerling_id) if kop.aantal else []
    if kop.aantal:
        ruim_resten(werk, leerling_id, kop.aantal)
    return replace(nieuw, kop=kop, laatste_nummer=max((versie.nummer for versie in eerder), default=0))


def aangevuld(record: Record) -> Waarden:
    """The record with what the service itself writes at collecting, so that a portal may leave that out.

    That is metadata, overdrachtsoort and the head of huidigeschool; what a portal does put is judged as it is.
    """
    tabel, dossier = standaard(record.versie), dict(record.dossier)
    dossier.setdefault(
        "metadata",
        {
            "deeldossier": "LAS",
            "pakketnaam": PAKKETNAAM,
            "pakketversie": PAKKETVERSIE,
            "datum": "2000-01-01",
            "standaardversie": tabel.versie,
            "validatieversie": tabel.validatieversie,
        },
    )
    dossier.setdefault("overdrachtsoort", "overstapdossier")
    school = dossier.get("huidigeschool")
    if isinstance(school, dict):
        kop = {"naam": "-", "brincode": "00AA", "vestigingscode": "00", "aanleverpunt": "0"}
        dossier["huidigeschool"] = kop | school
    return dossier


def lees_record(werk: Werk, leerling_id: str) -> tuple[Dossier, Record]:
    """The record as it was put; reading it is logged (15.17)."""
    dossier = log_lezen(werk, leerling_id, Actie.LEERLING_BEKEKEN)
    return dossier, haal_record(werk, dossier)


def haal_record(werk: Werk, dossier: Dossier) -> Record:
    """The record behind a card."""
    plain = json.loads(werk.stores.inhoud.get(dossier.record_map, RECORD))
    return Record(plain["versie"], plain["dossier"], plain["portaal"])


def verwijder(werk: Werk, leerling_id: str, if_match: str | None) -> None:
    """Take a pupil away from the service: nobody can ask for it any more. Content goes with the clean-up."""

    def poging() -> None:
        dossier = werk.stores.dossier(werk.school, leerling_id)
        _vergelijk(dossier, if_match)
        eis_vrij(dossier)
        writes = [werk.stores.wijs_af(dossier.pgn_sleutel, leerling_id)] if dossier.pgn_sleutel else []
        werk.stores.verwijder(werk.mutatie(Actie.LEERLING_VERWIJDERD, dossier.onderwerp), dossier, *writes)

    herhaal(poging)


def log_lezen(werk: Werk, leerling_id: str, actie: Actie, **details: str | int) -> Dossier:
    """Log that content of a pupil was read; returns the card."""

    def poging() -> Dossier:
        dossier = werk.stores.dossier(werk.school, leerling_id)
        return werk.stores.commit(werk.mutatie(actie, dossier.onderwerp, **details), dossier, dossier)

    return herhaal(poging)


def record_etag(dossier: Dossier) -> str:
    """The ETag of a pupil's record."""
    return f'"{dossier.record_hash[:32]}"'


def _vergelijk(oud: Dossier | None, if_match: str | None) -> None:
    """If-Match is required for a record that exists (428), and must name what is there now (412)."""
    if oud is None:
        if if_match is not None:
            raise Conflict("INTUSSEN_GEWIJZIGD")
    elif if_match is None:
        raise Invalid("IF_MATCH_ONTBREEKT")
    else:
        eis_ongewijzigd(if_match, record_etag(oud))


def pgn_van(dossier: Waarden) -> Pgn | None:
    """The number in these values, or None. Raises Invalid("PGN_ONGELDIG")."""
    nummer = nummer_van(dossier)
    if nummer is None:
        return None
    veld, tekst = nummer
    try:
        return Pgn.parse(PGN_VELDEN[veld], tekst)
    except Invalid as fout:
        pad = f"/dossier/huidigeschool/leerling/{veld}"
        raise Invalid(
            fout.code,
            fout.detail,
            [teksten.melding(fout.code, pad=pad, detail=f"Het nummer is niet geldig: {fout.detail}.")],
        ) from None


def wijzers(werk: Werk, oud: Dossier | None, dossier: Waarden, leerling_id: str) -> tuple[str | None, list[Write]]:
    """The pointer from the number in these values to this pupil, and the writes that make it so."""
    return _wijzers(werk, oud, pgn_van(dossier), leerling_id)


def _wijzers(werk: Werk, oud: Dossier | None, pgn: Pgn | None, leerling_id: str) -> tuple[str | None, list[Write]]:
    """The pointer from the number to this pupil, and the writes that make it so."""
    vorige = oud.pgn_sleutel if oud else None
    if pgn is None:
        return None, [werk.stores.wijs_af(vorige, leerling_id)] if vorige else []
    if vorige in werk.stores.geheim.zoeksleutels(werk.school, pgn):
        return vorige, []
    ander = werk.stores.find_leerling(werk.school, pgn)
    if ander is not None and ander != leerling_id:
        raise Refused(
            "PGN_IN_GEBRUIK", meldingen=[teksten.melding("PGN_IN_GEBRUIK", pad="/dossier/huidigeschool/leerling")]
        )
    sleutel, write = werk.stores.wijs_aan(werk.school, pgn, leerling_id)
    return sleutel, [write, *([werk.stores.wijs_af(vorige, leerling_id)] if vorige else [])]
