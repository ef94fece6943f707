"""Every kind of structural fault: its code, its place, what is allowed, and advice that can be acted on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.errors import Melding
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from chalicelib.gegevensset.meldingen import MEESTE
from tests.dossiers import OWN, THREE_FAULTS, full

PUPIL = "/dossier/huidigeschool/leerling"
XSI = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def replace(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), 1)

    return change


def structural(data: bytes) -> list[Melding]:
    return [melding for melding in controleer(data).meldingen if melding.code.startswith("STRUCTUUR")]


def moved(data: bytes) -> bytes:
    """`overdrachtsoort` behind the school."""
    line = b"<overdrachtsoort>overstapdossier</overdrachtsoort>"
    return data.replace(line, b"", 1).replace(b"</huidigeschool>", b"</huidigeschool>" + line)


CASES: dict[str, tuple[Callable[[bytes], bytes], str, str, str]] = {
    "an element that nobody knows": (
        replace("<pakketnaam>", "<vrijveld>x</vrijveld><pakketnaam>"),
        "ONBEKEND", "/dossier/metadata/vrijveld", "Verwijder dit gegeven",
    ),
    "a slip of the pen": (
        replace("<datum>2026-06-12</datum>", "<datum>2026-06-12</datum><datun>x</datun>"),
        "ONBEKEND", "/dossier/metadata/datun", "Bedoelde u datum?",
    ),
    "an element of another namespace": (
        replace("<overstap>POPO</overstap>", "<overstap>POPO</overstap><datum xmlns='urn:x'/>"),
        "ONBEKEND", "/dossier/metadata/datum", "leverancier",
    ),
    "an element inside a leaf": (
        replace("<pakketversie>1.0", "<pakketversie>1.0<b>2</b>"),
        "ONBEKEND", "/dossier/metadata/pakketversie/b", "Verwijder dit gegeven",
    ),
    "a mandatory leaf that is absent": (
        replace("<achternaam>Voorbeeld</achternaam>", ""),
        "ONTBREEKT", f"{PUPIL}/achternaam", "Vul dit in.",
    ),
    "a mandatory leaf of the second carer": (
        lambda data: data.replace(b"<wettigevertegenwoordiger>true</wettigevertegenwoordiger>", b"", 2).replace(
            b"<iban>", b"<wettigevertegenwoordiger>true</wettigevertegenwoordiger><iban>"),
        "ONTBREEKT", f"{PUPIL}/verzorger[2]/wettigevertegenwoordiger", "Vul dit in.",
    ),
    "an empty mandatory leaf": (
        replace("<pakketnaam>Voorbeeldadministratie</pakketnaam>", "<pakketnaam/>"),
        "WAARDE", "/dossier/metadata/pakketnaam", "Vul in: een tekst",
    ),
    "a date the Dutch way": (
        replace("<datuminschrijving>2020-08-17", "<datuminschrijving>17-08-2020"),
        "WAARDE", f"{PUPIL}/datuminschrijving", "een datum zoals",
    ),
    "a boolean in words": (
        replace("<tehuis>false", "<tehuis>nee"), "WAARDE", f"{PUPIL}/tehuis", "ja of nee (true of false)",
    ),
    "a number out of its bounds": (
        replace("<voorschoolsemaanden>18", "<voorschoolsemaanden>25"),
        "WAARDE", f"{PUPIL}/voorschools/voorschoolsemaanden", "van 1 tot en met 24",
    ),
    "a BRIN in lower case": (
        replace("<brincode>14SS", "<brincode>14ss"), "WAARDE", "/dossier/huidigeschool/brincode", "zoals 14SS",
    ),
    "a text that is too long": (
        replace("<aandachtspunten>", "<aandachtspunten>" + "x" * 280),
        "WAARDE", f"{PUPIL}/overstapadvies/aandachtspunten", "280 tekens",
    ),
    "an empty attribute": (
        replace('omschrijving="Nederland"', 'omschrijving=""'),
        "WAARDE", "/dossier/huidigeschool/adreslijst/adres[1]/land/@omschrijving", "Vul in: een tekst",
    ),
    "an unknown attribute": (
        replace("<pakketnaam>", '<pakketnaam taal="nl">'),
        "ATTRIBUUT", "/dossier/metadata/pakketnaam/@taal", "leverancier",
    ),
    "xsi:nil": (
        lambda data: data.replace(b"<pakketnaam>", b"<pakketnaam" + XSI + b' xsi:nil="false">'),
        "ATTRIBUUT", "/dossier/metadata/pakketnaam/@nil", "leverancier",
    ),
    "text between elements": (
        replace("<metadata>", "hallo<metadata>"), "TEKST", "/dossier", "Haal deze tekst weg",
    ),
    "an element out of order": (moved, "VOLGORDE", "/dossier/overdrachtsoort", "na metadata, voor inzage"),
    "an element twice": (
        replace("<overdrachtsoort>", "<overdrachtsoort>overstapdossier</overdrachtsoort><overdrachtsoort>"),
        "TE_VEEL", "/dossier/overdrachtsoort[2]", "Laat één exemplaar staan",
    ),
    "both numbers": (
        replace("<bsn>", "<onderwijsnummer>101211151</onderwijsnummer><bsn>"),
        "KEUZE", f"{PUPIL}/bsn", "Laat een van de twee weg",
    ),
    "neither institution nor school": (
        lambda data: data[: data.index(b"<school>")] + data[data.index(b"</school>") + 9 :],
        "ONTBREEKT", f"{PUPIL}/toetslijst/toets[3]/afname/afgenomendoor/werktbijinstelling/instelling", "een van deze",
    ),
    "something else in a repeating group": (
        replace("<cijferlijstTypelijst>", "<cijferlijstTypelijst><x/>"),
        "ONBEKEND", f"{PUPIL}/cijferlijstlijst/cijferlijst[1]/cijferlijstTypelijst/x", "Verwijder dit gegeven",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_damage_gives_its_own_melding(name: str) -> None:
    harm, code, pad, advice = CASES[name]
    data = harm(full())
    assert data != full()
    found = structural(data)
    assert (found[0].code, found[0].pad) == (f"STRUCTUUR.{code}", pad)
    assert advice in found[0].wat_nu + found[0].toegestaan
    assert all(melding.tekst and melding.wat_nu and melding.is_fout for melding in found)
    assert not controleer(data).geldig


def test_the_group_of_a_mark_list_is_judged_repetition_by_repetition() -> None:
    data = full()
    start = data.rindex(b"<score>", 0, data.index(b"</cijferlijstTypelijst>"))
    while b"<waarde>7.8" not in data[start : data.index(b"</cijferlijstTypelijst>")]:
        start = data.rindex(b"<score>", 0, start)
    without = data[:start] + data[data.index(b"</cijferlijstTypelijst>") :]
    (melding,) = structural(without)
    assert melding.code == "STRUCTUUR.ONTBREEKT"
    assert melding.pad.endswith("/cijferlijstTypelijst/score")


def test_a_full_dossier_with_three_faults_gives_exactly_three_meldingen_in_document_order() -> None:
    found = controleer(THREE_FAULTS.read_bytes()).meldingen
    assert [(melding.code, melding.pad) for melding in found] == [
        ("CL.23", f"{PUPIL}/onderwijsondersteuning/diagnose[1]/code[2]"),
        ("STRUCTUUR.ONTBREEKT", f"{PUPIL}/toetslijst/toets[2]/afname/afnamedatum"),
        ("OG.01", f"{PUPIL}/verzorger[1]/communicatielijst/communicatie[2]/nummer"),
    ]
    assert "Toets 2" in found[1].tekst
    assert found[1].wat_nu == "Vul dit in. De dag waarop de toets is gemaakt."


def test_numbers_and_secrets_never_stand_in_a_melding() -> None:
    data = full().replace(b"<bsn>662460613<", b"<bsn>662460613<b/><", 1)
    data = data.replace(b"<leerlingid>leerling-1001", b"<leerlingid>", 1)
    data = data.replace(b"<nnca>1", b"<nnca>662460613", 1)
    data = data.replace(b"<nummer>9999999999<", b"<nummer>0612345678<", 1)
    found = controleer(data).meldingen
    assert len(found) >= 4
    assert "662460613" not in json.dumps([vars(melding) for melding in found])
    assert "0612345678" not in json.dumps([vars(melding) for melding in found])
    assert "662460613" not in repr(found)


def test_a_thousand_meldingen_are_enough() -> None:
    data = full().replace(b"<metadata>", b"<x/>" * (MEESTE + 5) + b"<metadata>").replace(b"<nnca>1", b"<nnca>9")
    found = controleer(data).meldingen
    assert len(found) == MEESTE + 1
    assert found[-1].code == "MELDINGEN_AFGEKAPT"
    assert {melding.code for melding in found[:-1]} == {"STRUCTUUR.ONBEKEND"}  # the rules do not even begin


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_the_values_of_a_valid_dossier_have_no_meldingen(path: Path) -> None:
    gegevens = decode(path.read_bytes())
    assert controleer_waarden(gegevens.dossier, gegevens.versie) == ()


def test_values_are_judged_as_the_tree_would_be_with_the_same_pads() -> None:
    values = decode(full()).dossier
    pupil = values["huidigeschool"]["leerling"]
    del pupil["toetslijst"]["toets"][1]["afname"]["afnamedatum"]
    pupil["verzorger"][0]["geslacht"] = "vrouw"
    pupil["verzorger"][1]["lengte"] = "180"
    pupil["roepnaam"] = 7
    pupil["overstapadvies"] = ["havo"]
    pupil["verzuim"]["documentLijst"]["document"][0]["bestandsinhoud"] = None
    pupil["cijferlijstlijst"]["cijferlijst"][0]["cijferlijstTypelijst"][1]["naam"] = ["Rapport 2"]
    found = controleer_waarden(values, "2019.1")
    assert [(melding.code.removeprefix("STRUCTUUR."), melding.pad.removeprefix(PUPIL)) for melding in found] == [
        ("VORM", "/roepnaam"),
        ("VORM", "/overstapadvies"),
        ("VORM", "/verzuim/documentLijst/document[1]/bestandsinhoud"),
        ("ONTBREEKT", "/toetslijst/toets[2]/afname/afnamedatum"),
        ("VORM", "/cijferlijstlijst/cijferlijst[1]/cijferlijstTypelijst/naam[2]"),
        ("WAARDE", "/verzorger[1]/geslacht"),
        ("ONBEKEND", "/verzorger[2]/lengte"),
    ]


def test_a_pad_into_a_repeating_group_is_the_same_for_values_and_tree() -> None:
    values = decode(full()).dossier
    groups = values["huidigeschool"]["leerling"]["cijferlijstlijst"]["cijferlijst"][0]["cijferlijstTypelijst"]
    del groups[1:]
    groups[0]["naam"] = ""
    (of_values,) = controleer_waarden(values, "2019.1")
    (of_tree,) = controleer(encode(values, "2019.1")).meldingen
    groups[0]["naam"] = None
    (of_shape,) = controleer_waarden(values, "2019.1")
    pad = f"{PUPIL}/cijferlijstlijst/cijferlijst[1]/cijferlijstTypelijst/naam[1]"
    assert [of_values.pad, of_tree.pad, of_shape.pad] == [pad] * 3


@pytest.mark.parametrize("values", [{}, {"metadata": []}, {"metadata": {"datum": None}}, {"x": {}}])
def test_values_that_are_no_dossier_at_all_give_meldingen_and_nothing_else(values: dict[str, object]) -> None:
    assert controleer_waarden(values, "2018.1")
