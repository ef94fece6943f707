"""Years of a school's data, written directly through the store: one of everything that has a term in ch. 16."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Stand
from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Bewaarplicht, Dossier, Versie
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.nummers import Pgn, PgnType
from chalicelib.domain.opdracht import Bulkresultaat, Bulksoort, Opdracht, Opdrachtstatus, Regel
from chalicelib.domain.resultaat import GESLAAGD, NIET_BEKEND
from chalicelib.domain.zorgvraag import Terugkoppeling, Zorgvraag, Zorgvraagstatus
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.store import Stores
from tests.faults.town import work
from tests.pupil import NOW, NUMBERS, SCHOOL, record

BEGIN = NOW.replace(year=datetime.now(NOW.tzinfo).year + 1)  # in the future: objects are as old as the real clock says
HERE = SCHOOL.vestiging
_DAY = timedelta(days=1)


def fill(stores: Stores) -> None:
    """Everything once, as if it all happened on `BEGIN`. Nothing is random but the names of maps."""
    nu = work(stores, HERE, BEGIN)
    school = replace(SCHOOL, version=1)
    stores.commit(nu.mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp), None, school)
    left = Invulling(uitschrijving=Uitschrijving(datum=BEGIN.date()))
    _pupil(stores, "weg", NUMBERS[0], left, (Profiel.POPO, Profiel.POPO, Profiel.POPO))
    _pupil(stores, "vast", NUMBERS[1], left, (Profiel.POPO, Profiel.POPO), hold=True)
    _pupil(stores, "binnen", NUMBERS[2], Invulling(binnen_brin=True), (Profiel.BB_POPO,))
    _pupil(stores, "blijft", NUMBERS[3], Invulling(), (Profiel.POPO,))
    for number, pupil in enumerate(("weg", "vast")):
        _requests(stores, number, pupil)
        _zorgvragen(stores, pupil)
    _bulk(stores)
    stores.onthoud_ontvangst(HERE, Pgn(PgnType.BSN, NUMBERS[0]), BEGIN)
    stores.tel_mee(HERE, "m-1", BEGIN.date(), 1, 100)
    for map_, name in (("export!weg/e1", "gegevens.zip"), ("weg/verlaten", "record.json")):
        stores.inhoud.put(f"{HERE}/{map_}", name, b"x")
    stores.inhoud.put("lijsten", "scholen.json", b"[]")


def _pupil(
    stores: Stores, id_: str, number: str, invulling: Invulling, profiles: Sequence[Profiel], hold: bool = False
) -> None:
    """A pupil with versions a day apart, each with a PDF in the map; the second was sent; and an upload that waits."""
    werk = work(stores, HERE, BEGIN)
    card, _ = zet_record(werk, id_, Record("2019.1", record(number)), None)
    held = Bewaarplicht("Bezwaar", BEGIN, "Directeur Voorbeeld") if hold else None
    card = _step(stores, card, replace(card, invulling=invulling, bewaren=held), Actie.KAART_OPGESLAGEN)
    for nummer, profile in enumerate(profiles, 1):
        card = _collect(stores, card, nummer, profile)
        if nummer == 2:
            card = _step(stores, card, card, Actie.VERZONDEN, verzendHash=f"v-{id_}-2", brin="99EF")
    waits = _document(id_, "wacht", Documentstatus.WACHT_OP_UPLOAD, f"upload/{HERE}/{id_}/wacht")
    note = _document(id_, "notitie", Documentstatus.BESCHIKBAAR, f"{HERE}/{id_}/notitie")
    stores.transact(stores.leg_document_vast(waits), stores.leg_document_vast(note))
    for document in (waits, note):
        stores.inhoud.put(document.map, document.object, b"x")
    stores.inhoud.put(f"{HERE}/{id_}/verwijderd", "bestand", b"x")  # as after removing a document: an old version
    stores.inhoud.verwijder(f"{HERE}/{id_}/verwijderd", "bestand")


def _step(stores: Stores, old: Dossier, new: Dossier, actie: Actie, *writes: Any, **details: str) -> Dossier:
    new = replace(new, version=old.version + 1)
    return stores.commit(work(stores, HERE, BEGIN).mutatie(actie, new.onderwerp, **details), old, new, *writes)


def _collect(stores: Stores, card: Dossier, nummer: int, profile: Profiel) -> Dossier:
    map_, op = stores.inhoud.nieuwe_map(HERE, card.leerling_id), BEGIN + (nummer - 1) * _DAY
    hash_ = f"v-{card.leerling_id}-{nummer}"
    versie = Versie(nummer, profile, "2019.1", map_, "i", hash_, op, card.record_hash)
    for name in ("dossier.xml", "dossier.pdf"):
        stores.inhoud.put(map_, name, b"x")
    new = replace(card, versie=versie, laatste_nummer=nummer, version=card.version + 1)
    pdf_id = f"dossier-{nummer}-{map_[-32:][:8]}"
    pdf = replace(_document(card.leerling_id, pdf_id, Documentstatus.BESCHIKBAAR, map_), object="dossier.pdf")
    pdf = replace(pdf, soort=Documentsoort.DOSSIER)
    writes = (stores.leg_versie_vast(new), stores.leg_document_vast(pdf))
    return _step(stores, card, new, Actie.VERZAMELD, *writes)


def _document(pupil: str, id_: str, status: Documentstatus, map_: str) -> Document:
    soort = Documentsoort.BESTAND
    return Document(id_, HERE, pupil, soort, status, "proef.pdf", BEGIN, "A. Proef", map=map_, object="bestand")


def _requests(stores: Stores, number: int, pupil: str) -> None:
    """Received: one that was delivered, one for an unknown number. Our own: imported, received, refused."""
    for known in (True, False):
        session = f"s-{pupil}-{known}"
        request = Binnengekomen(
            session, HERE, "14SS", "0", "99EF", "0", "Het Schijnpad", Overdrachtsoort.OVERSTAPDOSSIER, BEGIN,
            nummer=stores.geheim.versleutel(HERE, Pgn(PgnType.BSN, NUMBERS[number])), nummer_gemaskeerd="*****",
            nummer_type="BSN", certificaat="c", vingerafdruk="v",
        )  # fmt: skip
        known_as = {"leerling_id": pupil, "leerling_naam": "Fictief Proefleerling", "resultaat": GESLAAGD.code}
        request = replace(request, **(known_as if known else {"resultaat": NIET_BEKEND.code}))  # type: ignore[arg-type]  # fields of this class
        act = work(stores, HERE, BEGIN).mutatie(Actie.AANVRAAG_GEWEIGERD, request.onderwerp)
        stores.commit(act, None, replace(request, version=1))
    for state in (Stand.GEIMPORTEERD, Stand.ONTVANGEN, Stand.AFGEWEZEN):
        _own_request(stores, pupil, state)
    told = Notificatie(
        f"n-{pupil}", HERE, Richting.UIT, Notificatiestatus.BEVESTIGD, "s", "14SS", "0", "99EF", "0", "Het Schijnpad",
        BEGIN, leerling_id=pupil, version=1,
    )  # fmt: skip
    stores.commit(work(stores, HERE, BEGIN).mutatie(Actie.NOTIFICATIE_BEVESTIGD, told.onderwerp), None, told)


def _own_request(stores: Stores, pupil: str, state: Stand) -> None:
    id_ = f"{pupil}-{state.value.lower()}"
    has, imported = state is not Stand.AFGEWEZEN, state is Stand.GEIMPORTEERD
    before = f"{HERE}/{pupil}/ervoor-{id_}"
    request = Dossieraanvraag(
        id_, HERE, "16VO", "versleuteld", "*****", "BSN", BEGIN, "A. Proef", "m-1", status=state, leerling_id=pupil,
        resultaat="x", ontvangen_op=BEGIN if has else None, map=f"{HERE}/aanvraag!{id_}/m" if has else None,
        geimporteerd_op=BEGIN if imported else None, record_ervoor=(before, "h", "2019.1") if imported else None,
        version=1,
    )  # fmt: skip
    act = work(stores, HERE, BEGIN).mutatie(Actie.DOSSIER_OPGEVRAAGD, request.onderwerp)
    stores.commit(act, None, request, stores.onthoud_sessie(request, f"e-{id_}"))
    if request.map:
        stores.inhoud.put(request.map, "dossier.xml", b"x")
    if request.record_ervoor:
        stores.inhoud.put(before, "record.json", b"x")


def _zorgvragen(stores: Stores, pupil: str) -> None:
    """One that was answered a year later, one that was not."""
    for answered in (True, False):
        id_ = f"z-{answered}"
        map_ = f"{HERE}/{pupil}/{id_}"
        later = BEGIN.replace(year=BEGIN.year + 1)
        zorgvraag = Zorgvraag(
            id_, HERE, pupil, "Proef", "10", "SWV", Profiel.POSWV, "2019.1", BEGIN, "A. Proef", "m-1", map_, "i", "v",
            status=Zorgvraagstatus.OPGEHAALD, koppelsleutel="versleuteld", pointer=f"KOPPEL#{pupil}-{id_}", url="https://x",
            terugkoppelingen=(Terugkoppeling(later, later, "t.txt", "h"),) if answered else (),
        )  # fmt: skip
        stores.transact(stores.bewaar_zorgvraag(None, zorgvraag), stores.wijs_koppelsleutel_aan(zorgvraag))
        stores.inhoud.put(map_, "dossier.xml", b"x")


def _bulk(stores: Stores) -> None:
    map_ = f"{HERE}/opdracht!o-1/m"
    order = Opdracht("o-1", HERE, Bulksoort.KLAARZETTEN, 1, map_, BEGIN, "A. Proef", "m-1", version=1)
    order = replace(order, status=Opdrachtstatus.GEREED)
    stores.commit(work(stores, HERE, BEGIN).mutatie(Actie.OPDRACHT_GEGEVEN, order.onderwerp), None, order)
    stores.transact(stores.leg_regel_vast(order, Regel(0, "weg", Bulkresultaat.GELUKT, BEGIN), None))
    stores.inhoud.put(map_, "leerlingen.json", json.dumps(["weg"]).encode())


def rows(stores: Stores) -> dict[tuple[str, Any], dict[str, Any]]:
    """Every row of both tables by its keys; a map's random name is left out of what is compared."""
    from chalicelib.store.items import from_attributes

    found = {}
    for table in (stores.state, stores.log):
        for page in table.client.get_paginator("scan").paginate(TableName=table.naam):
            for item in map(from_attributes, page["Items"]):
                found[item["pk"], item["sk"]] = item
    return found


def objects(stores: Stores) -> list[str]:
    """The key of every version of every object, and of every delete marker."""
    answer = stores.inhoud.client.list_object_versions(Bucket=stores.inhoud.bucket)
    return sorted(one["Key"] for one in (*answer.get("Versions", []), *answer.get("DeleteMarkers", [])))


def after(days: int = 0, years: int = 0) -> datetime:
    """A moment after `BEGIN`."""
    return BEGIN.replace(year=BEGIN.year + years) + days * _DAY
