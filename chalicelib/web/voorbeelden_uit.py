"""Examples for the OpenAPI document of what comes out: a fictional pupil, by the functions that make every answer.

Where a body is made of what a store knows, the same body is written out here; a test holds each against its schema.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Stand, Vraag, beoordeel
from chalicelib.domain.dossier import Dossier, Herkomst, Overzichtsgegevens, Versie
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie, Door, Kop, Mutatie, schrijf_bij
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.nummers import Aanleverpunt, PgnType, Vestiging
from chalicelib.domain.rechten import Recht
from chalicelib.domain.resultaat import GESLAAGD
from chalicelib.domain.school import School
from chalicelib.errors import Melding
from chalicelib.gegevensset.samenstellen import PAKKETVERSIE
from chalicelib.gegevensset.tabel import standaard
from chalicelib.gegevensset.vergelijken import maak_plan
from chalicelib.web import aanvraagkaarten, kaarten
from chalicelib.web.klok import NEDERLAND
from chalicelib.web.portal.importeren import ImportplanUit, PlanregelUit
from chalicelib.web.portal.opvragen import opvraagpagina
from chalicelib.web.portal.overzicht import werk_uit
from chalicelib.web.portal.selectie import BlokUit, RuimteUit, SelectieUit
from chalicelib.web.voorbeelden import RECORD, VOORBEELDEN

_OP = datetime(2026, 6, 10, 9, 30, tzinfo=NEDERLAND)
_ID = "5b2d0e542c1c4b6e9b610c6f1a7b9d10"
_SESSIE = "5b2d0e54-2c1c-4b6e-9b61-0c6f1a7b9d10"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TABEL = "2019.1"
_SCHOOL = School(
    Vestiging("14SS00"), naam="Basisschool De Proefballon", soort="BO", aanleverpunten=(Aanleverpunt("0"),), version=1
)
_WAARSCHUWING = Melding(
    "OVa.TR04",
    "De toets is te oud voor een overstap naar het voortgezet onderwijs.",
    pad="/dossier/huidigeschool/leerling/toetsen/toets/0/afname/afnamedatum",
    ernst="waarschuwing",
)
_VERSIE = Versie(1, Profiel.POPO, _TABEL, "", _HASH, _HASH[::-1], _OP, _HASH)


def _kaart() -> Dossier:
    """A card that is ready, for which another school asked."""
    weg = Uitschrijving(datum=date(2026, 7, 31), reden="Verhuizing", vervolgschool=Vervolgschool("99EF", "Demoschool"))
    kaart = Dossier(
        _SCHOOL.vestiging,
        "l-1",
        "Fictief Voorbeeld",
        Overzichtsgegevens(leerjaar="8", groep="8a", datum_inschrijving=date(2020, 8, 1)),
        record_hash=_HASH,
        record_versie=_TABEL,
        invulling=Invulling(uitschrijving=weg),
        herkomst=Herkomst("14SS", "Basisschool De Proefballon", onderwijs_sinds=date(2018, 8, 1)),
    ).verzamel(_VERSIE)
    ingezien, _ = kaart.vul_in(replace(kaart.invulling, inzage=Inzage(Inzagewaarde.JA, _OP.date())), _OP)
    return ingezien.zet_klaar(_SCHOOL, _OP)


def _verzoek(kaart: Dossier) -> Binnengekomen:
    vraag = Vraag("14SS", "16VO", "0", Overdrachtsoort.OVERSTAPDOSSIER)
    return Binnengekomen(
        _SESSIE,
        _SCHOOL.vestiging,
        "14SS",
        "0",
        "16VO",
        "0",
        "Voorbeeld College",
        Overdrachtsoort.OVERSTAPDOSSIER,
        _OP,
        "",
        "••••••758",
        "BSN",
        "",
        "",
    ).beoordeeld(beoordeel(vraag, kaart), kaart, _OP)


def _aanvraag() -> Dossieraanvraag:
    open_ = Dossieraanvraag(
        _ID, Vestiging("99EF00"), "14SS", "", "••••••758", PgnType.BSN.value, _OP, "A. Medewerker", "m-17"
    )
    return open_.klaar(
        Stand.ONTVANGEN,
        GESLAAGD,
        schoolnaam=_SCHOOL.naam,
        ontvangen_op=_OP,
        verzameld_op=_OP.date(),
        verzend_hash=_HASH,
        map="-",
        profiel=Profiel.POPO,
        bijlagen=(("onderwijskundig-verslag.pdf", "PDF"),),
    )


def _notificatie() -> Notificatie:
    return Notificatie(
        _ID,
        _SCHOOL.vestiging,
        Richting.UIT,
        Notificatiestatus.BEVESTIGD,
        _SESSIE,
        "14SS",
        "0",
        "99EF",
        "0",
        "Demoschool",
        _OP,
        "A. Medewerker",
        leerling_id="l-1",
        verzoek=f"{_SESSIE}.0",
    )


def _selectie() -> SelectieUit:
    blokken = [
        BlokUit(blok=b.naam, label=b.label, toelichting=b.toelichting, eis=b.eisen[Profiel.POPO], gekozen=True)
        for b in standaard(_TABEL).blokken[:3]
    ]
    return SelectieUit(
        overdracht=Profiel.POPO,
        blokken=blokken,
        toetsen=[],
        plannen=[],
        bijlagen=[],
        toelichting_document_id=None,
        toelichting_vervangen=False,
        ruimte=RuimteUit(totaal=5_000_000, gebruikt=180_000, over=4_820_000),
        meldingen=[],
    )


def _importplan() -> ImportplanUit:
    eigen = {"huidigeschool": {"leerling": RECORD["huidigeschool"]["leerling"] | {"roepnaam": "Fic"}}}
    regels = maak_plan(RECORD, eigen, standaard(_TABEL))
    return ImportplanUit(
        leerling_id="l-1",
        regels=[PlanregelUit.model_validate(regel, from_attributes=True) for regel in regels],
        meldingen=kaarten.meldingen([_WAARSCHUWING]),
    )


def _uit_de_code() -> dict[str, Any]:
    kaart, verzoek = _kaart(), _verzoek(_kaart())
    regel, _ = schrijf_bij(
        Kop(), Mutatie(Actie.VERZAMELD, kaart.onderwerp, Door("14SS00", "m-17", "A. Medewerker"), _OP, {"versie": 1})
    )
    vormen = (
        kaarten.kaart_uit(kaart, _SCHOOL, [], [_notificatie()], rechten=frozenset(Recht)),
        kaarten.leerling_rij(kaart),
        kaarten.school_uit(_SCHOOL, frozenset(Recht)),
        aanvraagkaarten.aanvraag_uit(_aanvraag(), frozenset(Recht)),
        aanvraagkaarten.verzoek_uit(verzoek, _SCHOOL),
        kaarten.notificatie_uit(_notificatie()),
        kaarten.herkomst_uit(kaart),
        kaarten.logregel_uit(regel),
        werk_uit("TE_VERZAMELEN", 3),
        opvraagpagina(kaart, [_aanvraag()], frozenset(Recht)),
        _selectie(),
        _importplan(),
    )
    return {type(vorm).__name__: kaarten.plain(vorm) for vorm in vormen}


_MOMENT = _OP.isoformat()
_LINK = {"url": "https://…", "verlooptOp": _MOMENT, "bestandsnaam": "OSO-14SS-l-1-2026-06-10.pdf"}
_DOCUMENT = {
    "documentId": _ID,
    "soort": "NOTITIE",
    "status": "BESCHIKBAAR",
    "naam": "Notitie 10-06-2026.pdf",
    "omschrijving": None,
    "bestandssoort": "PDF",
    "grootte": 18_240,
    "sha256": _HASH,
    "toegevoegdOp": _MOMENT,
    "toegevoegdDoor": "A. Medewerker",
}
_ZORGVRAAG = {
    "id": _ID,
    "omschrijving": "Ondersteuning bij lezen",
    **dict.fromkeys(("aandachtspunten", "toelichtingDocumentId", "reden")),
    "blokken": ["school", "leerling", "onderwijsondersteuning"],
    "gemaaktOp": _MOMENT,
    "gebruiktAanleverpunt": "10: Samenwerkingsverband Verzonnen",
    "aanleverpunt": "10",
    "profiel": "POSWV",
    "status": "OPGEHAALD",
    "notificatieVerstuurd": "Ja",
    "terugkoppelingOntvangen": "Nee",
    "opgehaaldOp": _MOMENT,
    "wachtOp": "de terugkoppeling van het samenwerkingsverband",
    "watNu": "Neem bij vragen contact op met het samenwerkingsverband.",
    "inhoudHash": _HASH,
    "verzendHash": _HASH,
    "geldigTot": "2026-08-01",
    "acties": [{"naam": "pdf", "kan": True, "waaromNiet": None}],
    **{naam: [] for naam in ("bijlagen", "terugkoppeling", "meldingen")},
}
_UITGESCHREVEN: dict[str, Any] = {
    "OpdrachtUit": {
        "soort": "BINNEN_BRIN",
        "status": "GEREED",
        "totaal": 2,
        "gelukt": 2,
        "mislukt": 0,
        "overgeslagen": 0,
        "tekst": teksten.bulk_binnen_brin(2, 0, None),
    },
    "TekstUit": {"tekst": teksten.geregistreerd("0")},
    "IdUit": {"id": _ID},
    "GezondheidUit": {"status": "ok", "versie": PAKKETVERSIE},
    "KlaargezetUit": {
        "tekst": teksten.klaargezet("Fictief Voorbeeld", "99EF", "Demoschool"),
        "notificatieMogelijk": [{"aanvraagId": f"{_SESSIE}.0", "school": "(99EF) Demoschool"}],
        "notificatieVraag": teksten.NOTIFICATIE_VRAAG,
        "meldingen": [],
    },
    "VerzameldUit": {
        "tekst": teksten.verzameld("Fictief Voorbeeld", "POPO", binnen_brin=False),
        "versie": 1,
        "inhoudHash": _HASH,
        "meldingen": [],
        "weggelaten": [],
    },
    "ControleUit": {"geldig": True, "meldingen": []},
    "LeerlingUit": {"leerlingId": "l-1", "naam": "Fictief Voorbeeld", "standaardversie": _TABEL, "meldingen": []},
    "LinkUit": _LINK,
    "DocumentUit": _DOCUMENT,
    "UploadUit": {"documentId": _ID, "url": "https://…", "velden": {"key": "…", "policy": "…"}, "verlooptOp": _MOMENT},
    "ResultaatVanLeerling": {"leerlingId": "l-1", "resultaat": "GELUKT", "meldingen": []},
    "VersieUit": {
        "versie": 1,
        "overdracht": "POPO",
        "standaardversie": _TABEL,
        "verzameldOp": _MOMENT,
        "inhoudHash": _HASH,
        "verzendHash": _HASH,
        "huidig": True,
        "gezienOp": [_MOMENT],
        "verzondenAan": [{"op": _MOMENT, "brin": "99EF"}],
    },
    "VerschilUit": {
        "pad": "/dossier/huidigeschool/leerling/roepnaam",
        "soort": "GEWIJZIGD",
        "oud": "Fic",
        "nieuw": "Fictief",
    },
    "ZorgvraagUit": _ZORGVRAAG,
    "NummerUit": {"nummer": "019907758", "type": "BSN"},
    "AanleverpuntUit": {"nummer": "0", "status": "GEREGISTREERD", "tekst": "aanleverpunt geregistreerd"},
    "AanleverpuntKeuze": {"nummer": "10", "naam": "Samenwerkingsverband Verzonnen", "doel": "PaO"},
    "SchoolKeuzeUit": {"brin": "14SS", "naam": "Basisschool De Proefballon", "plaats": "Nergenshuizen"},
    "TestuitwisselingUit": {
        "gelukt": True,
        "tekst": "De testuitwisseling is volledig afgerond.",
        "op": _MOMENT,
        "stappen": [{"stap": "OPVRAGEN", "gelukt": True, "tekst": "Het dossier is ontvangen.", "code": None}],
    },
    "BewarenUit": {**VOORBEELDEN["BewarenVorm"], "op": _MOMENT, "door": "D. Directeur"},
    "BewijsUit": {
        "soort": "versie",
        "aantal": 3,
        "objecten": 9,
        "op": "2026-06-10",
        "grond": "bewaartermijn",
        "backupsTot": "2026-07-15",
    },
    "VernietigingUit": {
        "leerlingId": "l-1",
        "aantallen": {"rijen": 7, "objecten": 12},
        "op": _MOMENT,
        **VOORBEELDEN["VernietigVorm"],
        "backupsTot": _MOMENT,
        "logAantal": 14,
        "logHash": _HASH,
    },
    "GeimporteerdUit": {
        "leerlingId": "l-9",
        "naam": "Fictief Voorbeeld",
        "tekst": "Het dossier van Fictief Voorbeeld is geïmporteerd.",
    },
    "KetenUit": {"geldig": True, "aantal": 14, "kop": _HASH, "fouten": []},
}


@lru_cache(maxsize=1)
def voorbeelden_uit() -> dict[str, Any]:
    """An example of each body that the interface gives, by its name."""
    return _uit_de_code() | _UITGESCHREVEN
