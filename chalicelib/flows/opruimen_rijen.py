"""What the clean-up does with one row of the state table: one function per kind of row, found by its keys (ch. 16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain import termijnen
from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.document import Document, Documentstatus
from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.notificatie import Notificatie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.opdracht import Bulksoort, Opdracht, Opdrachtstatus
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.flows import opdrachtlijst
from chalicelib.flows.bewaren import leerling_bij
from chalicelib.flows.leerlingmap import pdf_id
from chalicelib.store import opruiming
from chalicelib.store.items import load
from chalicelib.store.opruiming import Weg

if TYPE_CHECKING:
    from chalicelib.flows.opruimen import Schoonmaak

Rij = Mapping[str, Any]
_ELKE = "*"


def beoordeel(werk: Schoonmaak, row: Rij) -> None:
    """Do with a row what its term says; a kind that is not in the table below stays."""
    soorten = _SOORT.get(row["pk"].partition("#")[0], {})
    doe = soorten.get(row["sk"].partition("#")[0], soorten.get(_ELKE))
    if doe:
        doe(werk, row)


def soort(row: Rij) -> str:
    """What kind of row this is, by the first word of each key: whose it is stays unsaid."""
    return f"{row['pk'].partition('#')[0]}/{row['sk'].partition('#')[0]}"


def _school(row: Rij) -> Vestiging:
    return Vestiging(row["pk"].split("#")[1])


def _leerling(werk: Schoonmaak, row: Rij) -> None:
    kaart = load(Dossier, row)
    if not kaart.bewaren and werk.voorbij(termijnen.leerling_weg(kaart, werk.t)):
        werk.verwijder_kaart(kaart)
    elif termijnen.niet_opgehaald(kaart, werk.nu) and not termijnen.gemeld(kaart):
        werk.meld_niet_opgehaald(kaart)
    elif not kaart.bewaren and kaart.laatste_nummer > 0:
        _vervangen_versies(werk, kaart)


def _vervangen_versies(werk: Schoonmaak, kaart: Dossier) -> None:
    """Versions that another one replaced long ago; whether one was sent is read only when that matters."""
    state, pk = werk.stores.state, f"SCHOOL#{kaart.school}"
    rijen = list(state.alles(pk, f"VERSIE#{kaart.leerling_id}#"))
    versies = [load(Versie, row) for row in rijen]

    def te_oud(verzonden: frozenset[str]) -> set[str]:
        weg = termijnen.vervangen_versies_weg(versies, kaart.versie, verzonden, werk.t)
        return {map_ for map_, tot in weg.items() if werk.voorbij(tot)}

    if not te_oud(frozenset()):
        return
    bekend = frozenset(row["verzend_hash"] for row in rijen if row.get("verzonden"))
    if te_oud(bekend):
        regels = werk.stores.logregels(kaart.onderwerp)
        bekend |= {str(r.details.get("verzendHash")) for r in regels if r.actie == Actie.VERZONDEN.value}
    weg, vervangen = te_oud(bekend), te_oud(frozenset())
    for row, versie in zip(rijen, versies, strict=True):
        if versie.map not in weg:
            if versie.map in vervangen and not row.get("verzonden"):
                # it was sent, for ever: the next nights need not read the whole chain for it again
                werk.zet(state.set_if(pk, row["sk"], {"verzonden": True}, map=versie.map))
            continue
        document = state.find(pk, f"MAP#{kaart.leerling_id}#{pdf_id(versie)}")
        pdf = [state.delete_if(pk, document["sk"], map=versie.map)] if document else []
        weg_ = Weg("versie", kaart.school, row["sk"], (f"{versie.map}/",))
        werk.vernietig(weg_, state.delete_if(pk, row["sk"], map=versie.map), *pdf)


def _versie(werk: Schoonmaak, row: Rij) -> None:
    """A version outlives its card only until the clean-up sees it."""
    if werk.kaart(_school(row), row["sk"].split("#")[1]) is None:
        weg = Weg("versie", _school(row), row["sk"], (f"{row['map']}/",))
        werk.vernietig(weg, werk.stores.state.delete_if(row["pk"], row["sk"], map=row["map"]))


def _document(werk: Schoonmaak, row: Rij) -> None:
    document = load(Document, row)
    kaart = werk.kaart(document.school, document.leerling_id)
    wacht = document.status is Documentstatus.WACHT_OP_UPLOAD
    te_laat = wacht and werk.voorbij(document.op + timedelta(hours=werk.t.upload_uren))
    if kaart is None or (te_laat and not kaart.bewaren):
        soort = "upload" if wacht else "document"
        weg = Weg(soort, document.school, row["sk"], (f"{document.map}/",) if document.map else ())
        werk.vernietig(weg, werk.stores.state.delete_if(row["pk"], row["sk"], status=document.status.value))


def _zorgvraag(werk: Schoonmaak, row: Rij) -> None:
    zorgvraag = load(Zorgvraag, row)
    if werk.vastgehouden(zorgvraag.school, zorgvraag.leerling_id):
        return
    stores, pointer = werk.stores, zorgvraag.pointer
    wijzer = stores.state.find(pointer, "ZORGVRAAG") if pointer else None
    weg = [stores.state.delete_if(wijzer["pk"], "ZORGVRAAG", id=zorgvraag.id)] if wijzer else []
    if werk.voorbij(termijnen.zorgvraag_weg(zorgvraag, werk.t)):
        mappen = (f"{zorgvraag.map}/",) if zorgvraag.map else ()
        wat = Weg("zorgvraag", zorgvraag.school, row["sk"], mappen)
        werk.vernietig(wat, stores.verwijder_zorgvraag(zorgvraag), *weg)
    elif (zorgvraag.koppelsleutel or pointer) and werk.voorbij(zorgvraag.geldig_tot):
        kaal = replace(zorgvraag, koppelsleutel=None, pointer=None, url=None, version=zorgvraag.version + 1)
        wat = Weg("koppelsleutel", zorgvraag.school, row["sk"])
        werk.vernietig(wat, stores.bewaar_zorgvraag(zorgvraag, kaal), *weg)


def _aanvraag(werk: Schoonmaak, row: Rij) -> None:
    """A request of our own: first the received dossier and the number, much later the row (ch. 16)."""
    aanvraag, stores = load(Dossieraanvraag, row), werk.stores
    ervoor = aanvraag.record_ervoor
    mappen = tuple(f"{map_}/" for map_ in (aanvraag.map, ervoor and ervoor[0]) if map_)
    los = replace(aanvraag, record_ervoor=None, record_erna=None, version=aanvraag.version + 1)
    leeg = replace(los, map=None, nummer="", nummer_gemaskeerd="", bijlagen=())
    rij_over = werk.voorbij(termijnen.rij_weg(aanvraag.gevraagd_op, werk.t))
    inhoud = bool(mappen or aanvraag.nummer)
    inhoud_over = inhoud and werk.voorbij(termijnen.inhoud_van_aanvraag_weg(aanvraag, werk.t))
    if (rij_over or inhoud_over) and werk.vastgehouden(aanvraag.school, leerling_bij(stores, aanvraag)):
        return
    if rij_over:
        keten = stores.verweesde_keten(aanvraag.onderwerp, aanvraag.school, werk.nu, aanvraag.kop)
        werk.vernietig(Weg("aanvraag", aanvraag.school, row["sk"], mappen), stores.neem_weg(aanvraag), keten)
    elif inhoud_over:
        soort = "ontvangen dossier" if aanvraag.map else "nummer"
        werk.vernietig(Weg(soort, aanvraag.school, row["sk"], mappen), stores.bewaar(aanvraag, leeg))
    elif ervoor and werk.kaart(aanvraag.school, aanvraag.leerling_id) is None:
        wat = Weg("document", aanvraag.school, row["sk"], (f"{ervoor[0]}/",))
        werk.vernietig(wat, stores.bewaar(aanvraag, los))


def _verzoek(werk: Schoonmaak, row: Rij) -> None:
    """A request by another school: its number goes first, the name with its pupil, the row last (ch. 16)."""
    verzoek, stores = load(Binnengekomen, row), werk.stores
    nieuw = verzoek
    if verzoek.nummer and werk.voorbij(termijnen.nummer_weg(verzoek, werk.t)):
        nieuw = replace(nieuw, nummer="", nummer_gemaskeerd="", vingerafdruk="")
    if verzoek.leerling_naam and werk.kaart(verzoek.school, verzoek.leerling_id) is None:
        nieuw = replace(nieuw, leerling_naam=None)
    rij_over = werk.voorbij(termijnen.rij_weg(verzoek.op, werk.t))
    if (rij_over or nieuw != verzoek) and werk.vastgehouden(verzoek.school, leerling_bij(stores, verzoek)):
        return
    if rij_over:
        keten = stores.verweesde_keten(verzoek.onderwerp, verzoek.school, werk.nu, verzoek.kop)
        werk.vernietig(Weg("aanvraag", verzoek.school, row["pk"]), stores.neem_weg(verzoek), keten)
    elif nieuw != verzoek:
        soort = "nummer" if nieuw.nummer != verzoek.nummer else "naam"
        wat = Weg(soort, verzoek.school, f"{row['pk']}#{verzoek.version}")
        werk.vernietig(wat, stores.bewaar(verzoek, replace(nieuw, version=verzoek.version + 1)))


def _notificatie(werk: Schoonmaak, row: Rij) -> None:
    notificatie = load(Notificatie, row)
    vast = werk.vastgehouden(notificatie.school, notificatie.leerling_id)
    if not vast and werk.voorbij(termijnen.rij_weg(notificatie.op, werk.t)):
        keten = werk.stores.verweesde_keten(notificatie.onderwerp, notificatie.school, werk.nu, notificatie.kop)
        wat = Weg("notificatie", notificatie.school, row["sk"])
        werk.vernietig(wat, werk.stores.neem_weg(notificatie), keten)


def _opdracht(werk: Schoonmaak, row: Rij) -> None:
    opdracht = load(Opdracht, row)
    tot = opdracht.gevraagd_op + timedelta(days=werk.t.opdracht_dagen)
    if opdracht.status is Opdrachtstatus.GEREED and werk.voorbij(tot):
        keten = werk.stores.verweesde_keten(opdracht.onderwerp, opdracht.school, werk.nu, opdracht.kop)
        wat = Weg("opdracht", opdracht.school, row["sk"], (f"{opdracht.map}/",) if opdracht.map else ())
        werk.vernietig(wat, werk.stores.neem_weg(opdracht), keten)
    elif opdracht.soort is Bulksoort.OPVRAGEN and not opdracht.zonder_nummers and _geen_nummer_nodig(werk, opdracht):
        aantal = opdrachtlijst.haal_nummers_weg(werk.stores, opdracht)
        kaal = replace(opdracht, zonder_nummers=True, version=opdracht.version + 1)
        werk.vernietig(Weg("nummer", opdracht.school, row["sk"], aantal=aantal), werk.stores.bewaar(opdracht, kaal))


def _geen_nummer_nodig(werk: Schoonmaak, opdracht: Opdracht) -> bool:
    """Whether nobody asks by the list of a bulk question any more: an operator may still redrive what failed."""
    redrive = timedelta(days=werk.t.nummer_onbekend_dagen) if opdracht.telling.mislukt else timedelta(0)
    return opdracht.status is Opdrachtstatus.GEREED and werk.voorbij(opdracht.gevraagd_op + redrive)


def _van_opdracht(werk: Schoonmaak, row: Rij) -> None:
    """What came of a pupil of an opdracht, and its counter, go with it."""
    _, school, id_ = row["pk"].split("#", 2)
    naam = "resultaat" if "resultaat" in row else "gevoed"
    if werk.stores.state.find(f"SCHOOL#{school}", f"OPDRACHT#{id_}") is None:
        werk.haal_weg(werk.stores.state.delete_if(row["pk"], row["sk"], **{naam: row[naam]}))


def _keten(werk: Schoonmaak, row: Rij) -> None:
    """A chain whose subject is gone, when its last entry is old enough (15.17, ch. 16).

    Which one that is, is read once. A pupil may have come back: then the chain lives, and none of its entries goes.
    """
    stores, onderwerp = werk.stores, row["onderwerp"]
    laatste_op = row.get("laatste_op")
    if laatste_op and not werk.voorbij(termijnen.keten_weg(datetime.fromisoformat(laatste_op), werk.t)):
        return
    van, _, rest = onderwerp.partition("#")
    school, _, id_ = rest.partition("#")
    leeft = van == "DOSSIER" and werk.kaart(Vestiging(school), id_) is not None
    if "aantal" in row:
        opruiming.vernietig_keten(stores, row, werk.nu, regels=not leeft)
        werk.gedaan["mutatielog"] += 1
        return
    laatste = stores.laatste_regel(onderwerp)
    if laatste is None or leeft:
        werk.haal_weg(stores.state.delete_if(row["pk"], row["sk"], open_since=row["open_since"]))
    elif werk.voorbij(termijnen.keten_weg(datetime.fromisoformat(laatste.op), werk.t)):
        # Conflict: the pupil came back this very moment
        opruiming.vernietig_keten(stores, opruiming.begin_keten(stores, row, laatste), werk.nu)
        werk.gedaan["mutatielog"] += 1
    else:
        werk.zet(stores.state.set_if(row["pk"], row["sk"], {"laatste_op": laatste.op}, open_since=row["open_since"]))


def _pgn(werk: Schoonmaak, row: Rij) -> None:
    kaart = werk.kaart(_school(row), row["leerling_id"])
    if kaart is None or kaart.pgn_sleutel != row["pk"]:
        werk.haal_weg(werk.stores.wijs_af(row["pk"], row["leerling_id"]))


def _eigen_sessie(werk: Schoonmaak, row: Rij) -> None:
    if werk.stores.state.find(f"SCHOOL#{row['school']}", f"UIT#{row['id']}") is None:
        werk.haal_weg(werk.stores.state.delete_if(row["pk"], row["sk"], id=row["id"]))


def _koppel(werk: Schoonmaak, row: Rij) -> None:
    zorgvraag = werk.stores.state.find(f"SCHOOL#{row['school']}", f"ZORGVRAAG#{row['leerling_id']}#{row['id']}")
    if zorgvraag is None or zorgvraag.get("pointer") != row["pk"]:
        werk.haal_weg(werk.stores.state.delete_if(row["pk"], row["sk"], id=row["id"]))


def _bewijs(werk: Schoonmaak, row: Rij) -> None:
    """What was destroyed is proven for as long as a chain of acts is kept."""
    if werk.voorbij(termijnen.keten_weg(datetime.fromisoformat(row["op"]), werk.t)):
        werk.haal_weg(werk.stores.state.delete_if(row["pk"], row["sk"], op=row["op"]))


def _sleutel(werk: Schoonmaak, row: Rij) -> None:
    """DynamoDB removes these itself, some day."""
    if row["verloopt"] < werk.nu.timestamp():
        werk.haal_weg(werk.stores.state.delete_if(row["pk"], row["sk"], verloopt=row["verloopt"]))


def _teller(werk: Schoonmaak, row: Rij) -> None:
    """What was counted on a day matters on that day alone."""
    if row["sk"] < (werk.nu - timedelta(days=2)).date().isoformat():
        werk.haal_weg(werk.stores.state.delete_if(row["pk"], row["sk"], aantal=row["aantal"]))


_SOORT: Mapping[str, Mapping[str, Callable[[Schoonmaak, Rij], None]]] = {
    "SCHOOL": {
        "DOSSIER": _leerling,
        "VERSIE": _versie,
        "MAP": _document,
        "ZORGVRAAG": _zorgvraag,
        "UIT": _aanvraag,
        "NOTIFICATIE": _notificatie,
        "OPDRACHT": _opdracht,
        "VERNIETIGD": _bewijs,
        "VERNIETIGING": _bewijs,
    },
    "SESSIE": {"VERZOEK": _verzoek},
    "OPDRACHT": {"REGEL": _van_opdracht, "VOEDING": _van_opdracht},
    "KETEN": {"KETEN": _keten},
    "PGN": {"DOSSIER": _pgn, "VERZOEK": _sleutel},
    "EIGENSESSIE": {"UIT": _eigen_sessie},
    "KOPPEL": {"ZORGVRAAG": _koppel},
    "SLEUTEL": {"SLEUTEL": _sleutel},
    "ONTVANGST": {"ONTVANGST": _sleutel},
    "HOUDER": {"HOUDER": _sleutel},
    "TELLER": {_ELKE: _teller},
}
"""By the first word of the partition key, then of the sort key (store/rijen.py)."""
