"""A version of the standard is a text: a made-up third one is read, written, checked and described by the same code."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset import codec, schema, tabel
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.schema import json_schema
from tests.dossiers import full

NAMESPACE = "http://voorbeeld.example/gegevensset/2031/dossier"


def third_version() -> str:
    """2019.1 with a new number, a new namespace, a new code of list 14 and a new element for the pupil."""
    text = (Path(tabel.__file__).parent / "2019.1.tabel").read_text(encoding="utf-8")
    for old, new in (
        ("versie           2019.1", "versie           2031.1"),
        ("validatieversie  2019.1.1", "validatieversie  2031.1.1"),
        ("http://www.edustandaard.nl/oso_gegevensset/2019/dossier", NAMESPACE),
        ("14  Geslacht\n", "14  Geslacht\n  9  anders\n"),
        (
            "      tehuis  ",
            "      schoolfiets  0..n  janee  | Schoolfiets | Of de leerling op de fiets komt.\n      tehuis  ",
        ),
        ("leerlinggewicht nnca tehuis", "leerlinggewicht nnca schoolfiets tehuis"),
    ):
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The table put where tables stand; caches are emptied before and after."""
    (tmp_path / "2031.1.tabel").write_text(third_version(), encoding="utf-8")
    for known in ("2018.1", "2019.1"):
        (tmp_path / f"{known}.tabel").write_bytes((Path(tabel.__file__).parent / f"{known}.tabel").read_bytes())
    monkeypatch.setattr(tabel, "_MAP", tmp_path)
    monkeypatch.setattr(tabel, "VERSIES", ("2018.1", "2019.1", "2031.1"))
    caches = (tabel.standaard, schema.schema, codec._plan)
    for cached in caches:
        cached.cache_clear()
    yield "2031.1"
    for cached in caches:
        cached.cache_clear()


def test_a_third_version_is_a_table_and_nothing_else(version: str) -> None:
    dossier = decode(full("2019.1", "POPO")).dossier
    dossier["metadata"] |= {"standaardversie": "2031.1", "validatieversie": "2031.1.1"}
    dossier["huidigeschool"]["leerling"] |= {"geslacht": "9", "schoolfiets": ["true", "false"]}
    data = encode(dossier, version)
    assert etree.fromstring(data).tag == f"{{{NAMESPACE}}}dossier"
    assert data.index(b"<schoolfiets>") < data.index(b"<tehuis>")
    assert decode(data).dossier == dossier
    for mode in ("official", "intended"):
        assert controleer(data, mode).meldingen == ()
    assert controleer(data).versie == "2031.1"
    wrong = controleer(data.replace(b"<schoolfiets>true", b"<schoolfiets>soms").replace(b"<geslacht>9", b"<geslacht>8"))
    assert {melding.code for melding in wrong.meldingen} == {"STRUCTUUR.WAARDE", "CL.14"}
    assert "schoolfiets" in json_schema(version, Profiel.POPO)["$defs"]["leerling"]["properties"]
