"""The rights of the pupil and the parents: all that is kept, and its destruction with proof (AVG 15 and 17)."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.aanvraag import Binnengekomen
from chalicelib.domain.document import Documentstatus
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import HANDELING, Actie, Kop, schrijf_bij
from chalicelib.domain.nummers import Pgn
from chalicelib.errors import NotFound
from chalicelib.flows import Werk, opdrachten, ophalen
from chalicelib.flows.bewaren import eis_vrij
from chalicelib.flows.bij_nummer import losse_aanvragen, nummers_van, ontvangsten, vingerafdrukken
from chalicelib.flows.leerlingen import RECORD, log_lezen
from chalicelib.flows.rekenblad import veilig
from chalicelib.flows.verzamelen import PDF, XML
from chalicelib.store import herhaal
from chalicelib.store.items import dump, load
from chalicelib.store.rijen import onderwerp_van

EXPORT = "gegevens.zip"
_ZORG = "ZORGVRAAG"
_OVERIG = {"NOTIFICATIE", "UIT", "ONTVANGST"}
_OBJECTEN = {_ZORG: (XML, PDF), "UIT": (ophalen.XML, ophalen.PDF)}
_NIET_VOOR_U = "Wat hier ontbreekt: zorgvragen. Die horen bij de gegevens van deze leerling, maar u mag ze niet inzien."
_STIL = frozenset({"pk", "sk", "nummer", "koppelsleutel", "pointer", "pgn_sleutel", "vingerafdruk", "certificaat"})
"""Keys, fingerprints and what is encrypted: they say nothing about a pupil to anybody."""
BACKUP = timedelta(days=35)
"""Point-in-time recovery of the tables reaches back so far; versions of objects go with the object itself."""


@dataclass(frozen=True)
class Vernietiging:
    """Proof of destruction: what kind, how many, when, on what ground, and until when backups hold it. No content."""

    leerling_id: str
    aantallen: tuple[tuple[str, int], ...]
    op: datetime
    grond: str
    backups_tot: datetime
    log_aantal: int
    log_hash: str


def exporteer(werk: Werk, leerling_id: str, *, zorgvragen: bool) -> str:
    """Put everything that is kept of a pupil into one ZIP; returns the map where it lies, for a link.

    `zorgvragen`: whether who asks may see those (15.28); without them a text in the ZIP says so.
    """
    dossier = log_lezen(werk, leerling_id, Actie.GEGEVENS_GEEXPORTEERD)
    stores, uit = werk.stores, io.BytesIO()
    with zipfile.ZipFile(uit, "w", zipfile.ZIP_DEFLATED) as archief:

        def voeg_toe(naam: str, map_: str, object_: str) -> None:
            try:
                archief.writestr(naam, stores.inhoud.get(map_, object_))
            except NotFound:
                archief.writestr(f"{naam}.weg.txt", "De bewaartermijn van dit bestand is verstreken.")

        archief.writestr("kaart.json", _json(_leesbaar(dump(dossier))))
        voeg_toe("leerlinggegevens.json", dossier.record_map, RECORD)
        for versie in stores.versies(werk.school, leerling_id):
            stam = f"versies/{versie.nummer:03d}-{versie.map[-32:][:8]}"
            voeg_toe(f"{stam}.xml", versie.map, XML)
            voeg_toe(f"{stam}.pdf", versie.map, PDF)
        for document in stores.documenten(werk.school, leerling_id):
            if document.status is Documentstatus.BESCHIKBAAR:  # what nobody judged yet goes nowhere (15.30)
                voeg_toe(f"leerlingmap/{document.id}/{document.naam.replace(':', '.')}", document.map, document.object)
        pgns = nummers_van(werk, dossier)
        soorten = _OVERIG | ({_ZORG} if zorgvragen else set())
        rijen = [row for row in _rijen(werk, leerling_id, pgns) if _soort(row) in soorten]
        if not zorgvragen:
            archief.writestr("zorgvragen.weg.txt", _NIET_VOOR_U)
        for row in rijen:
            for naam in _OBJECTEN.get(_soort(row), ()) if row.get("map") else ():
                voeg_toe(f"{_soort(row).lower()}/{row['id']}/{naam}", row["map"], naam)
            for terugkoppeling in row.get("terugkoppelingen", ()):
                voeg_toe(f"zorgvraag/{row['id']}/{terugkoppeling['object']}", row["map"], terugkoppeling["object"])
        archief.writestr("overig.json", _json([{"rij": _soort(row), **_leesbaar(row)} for row in rijen]))
        archief.writestr("aanvragen.json", _json([_leesbaar(dump(v)) for v in _verzoeken(werk, leerling_id, pgns)]))
        archief.writestr("mutatielog.csv", _log(werk, dossier.onderwerp))
    map_ = stores.inhoud.nieuwe_map(werk.school, _export(leerling_id))
    stores.inhoud.put(map_, EXPORT, uit.getvalue())
    return map_


def vernietig(werk: Werk, leerling_id: str, grond: str) -> Vernietiging:
    """Destroy all content of a pupil, every version of every object, and keep the proof. The chains of acts stay.

    Card and proof are one transaction: whoever finds no card finds the proof. Raises Refused("BEWAREN_OPGELEGD").
    """
    stores, school = werk.stores, werk.school
    pgns = nummers_van(werk, _begin(werk, leerling_id))
    rijen = list(_rijen(werk, leerling_id, pgns))
    verzoeken = _verzoeken(werk, leerling_id, pgns)
    # whoever is killed here does it again: the card says that there is work, and the record, which goes last, what is
    # kept under the number alone
    ontvangen = [row["map"] for row in rijen if _soort(row) == "UIT" and row.get("map")]
    objecten = sum(stores.inhoud.vernietig(f"{map_}/") for map_ in ontvangen)
    objecten += opdrachten.vergeet(stores, school, leerling_id, pgns)
    for row in rijen:
        _haal_weg(werk, row)
    for verzoek in verzoeken:
        stores.maak_anoniem(verzoek)
    eigenaars = (f"{school}/{_export(leerling_id)}/", f"upload/{school}/{leerling_id}/", f"{school}/{leerling_id}/")
    objecten += sum(map(stores.inhoud.vernietig, eigenaars))
    aantallen = (("objecten", objecten), ("rijen", len(rijen) + 1), ("aanvragen zonder naam en nummer", len(verzoeken)))

    def poging() -> Vernietiging:
        nu = stores.dossier(school, leerling_id)
        eis_vrij(nu)
        wijzer = [stores.wijs_af(nu.pgn_sleutel, leerling_id)] if nu.pgn_sleutel else []
        mutatie = werk.mutatie(Actie.GEGEVENS_VERNIETIGD, nu.onderwerp, objecten=objecten, rijen=len(rijen) + 1)
        _, kop = schrijf_bij(nu.kop, mutatie)
        bewijs = Vernietiging(leerling_id, aantallen, werk.nu, grond, werk.nu + BACKUP, kop.aantal, kop.hash)
        # the moment too: a chain begins anew when the one before it is gone
        sleutel = f"VERNIETIGD#{leerling_id}#{kop.aantal:06d}#{werk.nu.isoformat()}"
        row = {"pk": f"SCHOOL#{school}", "sk": sleutel, **dump(bewijs)}
        stores.verwijder(mutatie, nu, stores.state.put_new(row), *wijzer)
        return bewijs

    return herhaal(poging)


def _begin(werk: Werk, leerling_id: str) -> Dossier:
    """Say on the card that destruction begins, while no hold lies there: from then on none is laid any more."""

    def poging() -> Dossier:
        oud = werk.stores.dossier(werk.school, leerling_id)
        eis_vrij(oud)
        if oud.vernietiging_op:
            return oud
        nieuw = replace(oud, vernietiging_op=werk.nu, version=oud.version + 1)
        werk.stores.transact(werk.stores.bewaar(oud, nieuw))
        return nieuw

    return herhaal(poging)


def _haal_weg(werk: Werk, gelezen: dict[str, Any]) -> None:
    """Take a row away; one with a chain of its own leaves it to its own term (ch. 16)."""
    stores, (pk, sk) = werk.stores, (gelezen["pk"], gelezen["sk"])
    onderwerp = onderwerp_van(gelezen)
    if onderwerp is None:
        naam = next(naam for naam in ("version", "map", "id", "gevraagd_op") if gelezen.get(naam) is not None)
        stores.transact(stores.state.delete_if(pk, sk, **{naam: gelezen[naam]}))
        return

    def poging() -> None:
        if row := stores.state.find(pk, sk):
            keten = stores.verweesde_keten(onderwerp, werk.school, werk.nu, load(Kop, row["kop"]))
            vast = {naam: row[naam] for naam in ("version", "log_aantal")}
            stores.transact(stores.state.delete_if(pk, sk, **vast), keten)

    herhaal(poging)


def _export(leerling_id: str) -> str:
    """The owner of the exports of a pupil."""
    return f"export!{leerling_id}"


def _rijen(werk: Werk, leerling_id: str, pgns: Set[Pgn]) -> Iterator[dict[str, Any]]:
    """Every row about this pupil besides the card: versions, map, zorgvragen, notificaties, own requests, receipts."""
    state, pk = werk.stores.state, f"SCHOOL#{werk.school}"
    for begin in ("VERSIE#{}#", "MAP#{}#", "ZORGVRAAG#{}#", "ZORGVRAAG#{}!"):  # the last: set aside (resten.py)
        for row in state.alles(pk, begin.format(leerling_id)):
            yield row
            if pointer := row.get("pointer"):
                yield {"pk": pointer, "sk": "ZORGVRAAG", "id": row["id"]}
    yield from (row for row in state.alles(pk, "NOTIFICATIE#") if row.get("leerling_id") == leerling_id)
    aanvragen = list(state.alles(pk, "UIT#"))
    yield from (row for row in aanvragen if row.get("leerling_id") == leerling_id)
    yield from losse_aanvragen(werk, aanvragen, pgns)
    yield from ontvangsten(werk.stores, werk.school, pgns)


def _verzoeken(werk: Werk, leerling_id: str, pgns: Set[Pgn]) -> list[Binnengekomen]:
    afdrukken = vingerafdrukken(werk.stores, pgns)

    def van_hem(row: Mapping[str, Any]) -> bool:
        wie = row.get("leerling_id")
        return wie == leerling_id or (wie is None and row.get("vingerafdruk") in afdrukken)

    rijen = werk.stores.state.alles(f"IN#{werk.school}", index="lijst")
    return [load(Binnengekomen, row) for row in rijen if van_hem(row)]


def _soort(row: Mapping[str, Any]) -> str:
    return str(row["sk"]).partition("#")[0]


def _leesbaar(row: Mapping[str, Any]) -> dict[str, Any]:
    return {naam: waarde for naam, waarde in row.items() if naam not in _STIL}


def _json(waarde: Any) -> str:
    return json.dumps(waarde, ensure_ascii=False, indent=2)


def _log(werk: Werk, onderwerp: str) -> str:
    uit = io.StringIO()
    schrijver = csv.writer(uit)
    schrijver.writerow(("volgnummer", "moment", "medewerker", "school", "handeling"))
    for regel in werk.stores.logregels(onderwerp):
        handeling = HANDELING[Actie(regel.actie)]
        schrijver.writerow((regel.volgnummer, regel.op, veilig(regel.medewerker), regel.school, handeling))
    return uit.getvalue()
