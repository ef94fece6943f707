"""XML Schema and JSON Schema out of the table: strict where the standard is, free where it is free."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.schema import json_schema, schema, xsd
from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests.dossiers import OWN, full


def errors(values: dict[str, Any], version: str, profiel: Profiel | None = None) -> list[str]:
    found = Draft202012Validator(json_schema(version, profiel)).iter_errors(values)
    return sorted(error.json_path for error in found)


@pytest.mark.parametrize("version", VERSIES)
def test_the_json_schema_is_a_schema_for_every_profile(version: str) -> None:
    for profiel in (None, *Profiel):
        Draft202012Validator.check_schema(json_schema(version, profiel))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_own_dossiers_fit_the_json_schema_of_their_version_and_profile(path: Path) -> None:
    version, profiel, _ = path.stem.split("_")
    values = decode(path.read_bytes()).dossier
    assert errors(values, version) == []
    assert errors(values, version, Profiel(profiel)) == []


def test_the_json_schema_of_a_profile_forbids_what_the_profile_forbids() -> None:
    values = decode(full("2019.1", "POVO")).dossier
    values["huidigeschool"]["leerling"]["vanpeuterspeelzaal"] = "true"  # VVE
    assert errors(values, "2019.1") == []
    assert errors(values, "2019.1", Profiel.POVO) == ["$.huidigeschool.leerling"]


def test_the_json_schema_of_a_profile_demands_what_the_profile_demands() -> None:
    values = decode(full("2019.1", "POPO")).dossier
    del values["inzage"]
    values["metadata"]["categorie_uitlevering"]["cat_ouderinzage"] = "OPT-UIT"
    assert errors(values, "2019.1") == []
    status = "$.metadata.categorie_uitlevering.cat_ouderinzage"
    assert errors(values, "2019.1", Profiel.POPO) == ["$", status]


def test_the_json_schema_names_the_place_of_a_wrong_value() -> None:
    values = decode(full("2019.1", "POPO")).dossier
    pupil = values["huidigeschool"]["leerling"]
    pupil["geslacht"] = "3"
    pupil["bsn"] = 662460613
    pupil["onderwijsnummer"] = "101211151"
    pupil["toetslijst"]["toets"][1]["afname"]["afnamedatum"] = "gisteren"
    assert errors(values, "2019.1") == [
        "$.huidigeschool.leerling",  # bsn and onderwijsnummer: one of the two
        "$.huidigeschool.leerling.bsn",
        "$.huidigeschool.leerling.geslacht",
        "$.huidigeschool.leerling.toetslijst.toets[1].afname.afnamedatum",
    ]


@pytest.mark.parametrize("version", VERSIES)
def test_the_compiled_schema_is_made_once_and_accepts_its_own_version_only(version: str) -> None:
    assert schema(version) is schema(version)
    other = next(found for found in VERSIES if found != version)
    tree = etree.fromstring(full(version))
    assert schema(version).validate(tree)
    assert not schema(other).validate(tree)


def test_only_a_dossier_may_be_the_root() -> None:
    namespace = standaard("2019.1").namespace
    pupil = etree.fromstring(full()).find(f"{{{namespace}}}metadata")
    assert pupil is not None
    assert not schema("2019.1").validate(etree.fromstring(etree.tostring(pupil)))


def test_the_schema_is_one_text_with_the_namespace_of_the_version() -> None:
    text = xsd(standaard("2018.1"))
    assert text.count("<xs:element ") < 632  # shared blocks are written once
    assert f'targetNamespace="{standaard("2018.1").namespace}"' in text


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("geboortedatum", ["2016-02-29", "2016-02-29Z", "2016-02-29+14:00"], ["2017-02-29", "2016-02-29+14:01", ""]),
        ("geboortedatum", ["-0004-02-29", "12016-12-31"], ["29-02-2016", "0000-01-01", "2016-2-9", " 2016-02-29"]),
        ("adresgeheim", ["true", "0", "\t1 "], ["True", "ja", "", "01"]),
        ("leerlingid", [" ", "x"], [""]),
        ("teruggeplaatstnaarbrin", ["14SS"], [" 14SS", "14ss", "14SS ", "١٤SS"]),
        ("voorletters-1", ["é"], [""]),
    ],
)  # fmt: skip
def test_values_are_judged_as_xml_schema_does(field: str, good: list[str], bad: list[str]) -> None:
    values = decode(full()).dossier
    for text in good + bad:
        values["huidigeschool"]["leerling"][field] = text
        tree = etree.fromstring(encode(values, "2019.1"))
        assert schema("2019.1").validate(tree) is (text in good), repr(text)
