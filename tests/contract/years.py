"""Years of a school's data, written directly through the store: one of everything that has a term in ch. 16."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Stand
from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Bewaarplicht, Dossier, Versie
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.domain.opdracht import Bulkresultaat, Bulksoort, Opdracht, Opdrachtstatus, Regel
from chalicelib.domain.resultaat import GESLAAGD, NIET_BEKEND
from chalicelib.domain.zorgvraag import Terugkoppeling, Zorgvraag, Zorgvraagstatus
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.store import Stores, houder
from tests.faults.town import work
from tests.pupil import NOW, NUMBERS, SCHOOL, record

BEGIN = NOW.replace(year=datetime.now(NOW.tzinfo).year + 1)  # in the future: objects are as old as the real clock says
HERE = SCHOOL.vestiging
_DAY = timedelta(days=1)


class At(NamedTuple):
    """Where, and when, everything happens."""

    school: Vestiging
    begin: datetime

    @property
    def tag(self) -> str:
        """What sets the sessions of another school apart: their keys name no school."""
        return "" if self.school == HERE else f"-{self.school}"


FIRST = At(HERE, BEGIN)


def fill(stores: Stores, at: At = FIRST) -> None:
    """Everything once, as if it all happened then. Nothing is random but the names of maps."""
    nu = work(stores, at.school, at.begin)
    school = replace(SCHOOL, vestiging=at.school, version=1)
    stores.commit(nu.mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp), None, school)
    left = Invulling(uitschrijving=Uitschrijving(datum=at.begin.date()))
    _pupil(stores, at, "weg", NUMBERS[0], left, (Profiel.POPO, Profiel.POPO, Profiel.POPO))
    _pupil(stores, at, "vast", NUMBERS[1], left, (Profiel.POPO, Profiel.POPO), hold=True)
    _pupil(stores, at, "binnen", NUMBERS[2], Invulling(binnen_brin=True), (Profiel.BB_POPO,))
    _pupil(stores, at, "blijft", NUMBERS[3], Invulling(), (Profiel.POPO,))
    for number, pupil in enumerate(("weg", "vast")):
        _requests(stores, at, number, pupil)
        _zorgvragen(stores, at, pupil)
    _bulk(stores, at)
    stores.onthoud_ontvangst(at.school, Pgn(PgnType.BSN, NUMBERS[0]), "16VO", at.begin)
    stores.probeer(houder.neem(stores, f"h{at.tag}", at.begin, "certificaat"))
    stores.tel_mee(at.school, "m-1", at.begin.date(), 1, 100)
    for map_, name in (("export!weg/e1", "gegevens.zip"), ("weg/verlaten", "record.json")):
        stores.inhoud.put(f"{at.school}/{map_}", name, b"x")
    stores.inhoud.put("lijsten", "scholen.json", b"[]")


def _pupil(
    stores: Stores, at: At, id_: str, number: str, invulling: Invulling, profiles: Sequence[Profiel], hold: bool = False
) -> None:
    """A pupil with versions a day apart, each with a PDF in the map; the second was sent; and an upload that waits."""
    werk = work(stores, at.school, at.begin)
    card, *_ = zet_record(werk, id_, Record("2019.1", record(number)), None)
    held = Bewaarplicht("Bezwaar", at.begin, "Directeur Voorbeeld") if hold else None
    card = _step(stores, at, card, replace(card, invulling=invulling, bewaren=held), Actie.KAART_OPGESLAGEN)
    for nummer, profile in enumerate(profiles, 1):
        card = _collect(stores, at, card, nummer, profile)
        if nummer == 2:
            card = _step(stores, at, card, card, Actie.VERZONDEN, verzendHash=f"v-{id_}-2", brin="99EF")
    waits = _document(at, id_, "wacht", Documentstatus.WACHT_OP_UPLOAD, f"upload/{at.school}/{id_}/wacht")
    note = _document(at, id_, "notitie", Documentstatus.BESCHIKBAAR, f"{at.school}/{id_}/notitie")
    stores.transact(stores.leg_document_vast(waits), stores.leg_document_vast(note))
    for document in (waits, note):
        stores.inhoud.put(document.map, document.object, b"x")
    stores.inhoud.put(f"{at.school}/{id_}/verwijderd", "bestand", b"x")  # as after removing a document: an old version
    stores.inhoud.verwijder(f"{at.school}/{id_}/verwijderd", "bestand")


def _step(stores: Stores, at: At, old: Dossier, new: Dossier, actie: Actie, *writes: Any, **details: str) -> Dossier:
    new = replace(new, version=old.version + 1)
    return stores.commit(work(stores, at.school, at.begin).mutatie(actie, new.onderwerp, **details), old, new, *writes)


def _collect(stores: Stores, at: At, card: Dossier, nummer: int, profile: Profiel) -> Dossier:
    map_, op = stores.inhoud.nieuwe_map(at.school, card.leerling_id), at.begin + (nummer - 1) * _DAY
    hash_ = f"v-{card.leerling_id}-{nummer}"
    versie = Versie(nummer, profile, "2019.1", map_, "i", hash_, op, card.record_hash)
    for name in ("dossier.xml", "dossier.pdf"):
        stores.inhoud.put(map_, name, b"x")
    new = replace(card, versie=versie, laatste_nummer=nummer, version=card.version + 1)
    pdf_id = f"dossier-{nummer}-{map_[-32:][:8]}"
    pdf = replace(_document(at, card.leerling_id, pdf_id, Documentstatus.BESCHIKBAAR, map_), object="dossier.pdf")
    pdf = replace(pdf, soort=Documentsoort.DOSSIER)
    writes = (stores.leg_versie_vast(new), stores.leg_document_vast(pdf))
    return _step(stores, at, card, new, Actie.VERZAMELD, *writes)


def _document(at: At, pupil: str, id_: str, status: Documentstatus, map_: str) -> Document:
    soort = Documentsoort.BESTAND
    return Document(id_, at.school, pupil, soort, status, "proef.pdf", at.begin, "A. Proef", map=map_, object="bestand")


def _requests(stores: Stores, at: At, number: int, pupil: str) -> None:
    """Received: one that was delivered, one for an unknown number. Our own: imported, received, refused."""
    for known in (True, False):
        session = f"s-{pupil}-{known}{at.tag}"
        request = Binnengekomen(
            session, at.school, "14SS", "0", "99EF", "0", "Het Schijnpad", Overdrachtsoort.OVERSTAPDOSSIER, at.begin,
            nummer=stores.geheim.versleutel(at.school, Pgn(PgnType.BSN, NUMBERS[number])), nummer_gemaskeerd="*****",
            nummer_type="BSN", certificaat="c", vingerafdruk="v",
        )  # fmt: skip
        known_as = {"leerling_id": pupil, "leerling_naam": "Fictief Proefleerling", "resultaat": GESLAAGD.code}
        request = replace(request, **(known_as if known else {"resultaat": NIET_BEKEND.code}))  # type: ignore[arg-type]  # fields of this class
        act = work(stores, at.school, at.begin).mutatie(Actie.AANVRAAG_GEWEIGERD, request.onderwerp)
        stores.commit(act, None, replace(request, version=1))
    for state in (Stand.GEIMPORTEERD, Stand.ONTVANGEN, Stand.AFGEWEZEN):
        _own_request(stores, at, pupil, state)
    told = Notificatie(
        f"n-{pupil}", at.school, Richting.UIT, Notificatiestatus.BEVESTIGD, "s", "14SS", "0", "99EF", "0",
        "Het Schijnpad", at.begin, leerling_id=pupil, version=1,
    )  # fmt: skip
    stores.commit(work(stores, at.school, at.begin).mutatie(Actie.NOTIFICATIE_BEVESTIGD, told.onderwerp), None, told)


def _own_request(stores: Stores, at: At, pupil: str, state: Stand) -> None:
    id_ = f"{pupil}-{state.value.lower()}"
    has, imported = state is not Stand.AFGEWEZEN, state is Stand.GEIMPORTEERD
    before = f"{at.school}/{pupil}/ervoor-{id_}"
    request = Dossieraanvraag(
        id_, at.school, "16VO", "versleuteld", "*****", "BSN", at.begin, "A. Proef", "m-1",
        status=state, leerling_id=pupil, resultaat="x", ontvangen_op=at.begin if has else None,
        map=f"{at.school}/aanvraag!{id_}/m" if has else None,
        geimporteerd_op=at.begin if imported else None, record_ervoor=(before, "h", "2019.1") if imported else None,
        version=1,
    )  # fmt: skip
    act = work(stores, at.school, at.begin).mutatie(Actie.DOSSIER_OPGEVRAAGD, request.onderwerp)
    stores.commit(act, None, request, stores.onthoud_sessie(request, f"e-{id_}{at.tag}"))
    if request.map:
        stores.inhoud.put(request.map, "dossier.xml", b"x")
    if request.record_ervoor:
        stores.inhoud.put(before, "record.json", b"x")


def _zorgvragen(stores: Stores, at: At, pupil: str) -> None:
    """One that was answered a year later, one that was not."""
    for answered in (True, False):
        id_ = f"z-{answered}"
        map_ = f"{at.school}/{pupil}/{id_}"
        later = at.begin.replace(year=at.begin.year + 1)
        zorgvraag = Zorgvraag(
            id_, at.school, pupil, "Proef", "10", "SWV", Profiel.POSWV, "2019.1", at.begin, "A. Proef",
            "m-1", map_, "i", "v", status=Zorgvraagstatus.OPGEHAALD, koppelsleutel="versleuteld", url="https://x",
            pointer=f"KOPPEL#{pupil}-{id_}{at.tag}",
            terugkoppelingen=(Terugkoppeling(later, later, "t.txt", "h"),) if answered else (),
        )  # fmt: skip
        stores.transact(stores.bewaar_zorgvraag(None, zorgvraag), stores.wijs_koppelsleutel_aan(zorgvraag))
        stores.inhoud.put(map_, "dossier.xml", b"x")


def _bulk(stores: Stores, at: At) -> None:
    map_ = f"{at.school}/opdracht!o-1/m"
    order = Opdracht("o-1", at.school, Bulksoort.KLAARZETTEN, 1, map_, at.begin, "A. Proef", "m-1", version=1)
    order = replace(order, status=Opdrachtstatus.GEREED)
    stores.commit(work(stores, at.school, at.begin).mutatie(Actie.OPDRACHT_GEGEVEN, order.onderwerp), None, order)
    stores.transact(stores.leg_regel_vast(order, Regel(0, "weg", Bulkresultaat.GELUKT, at.begin), None))
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
