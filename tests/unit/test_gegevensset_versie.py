"""A version of the standard is a file: in a copy of the package a made-up third table is added, and nothing else."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.gegevensset import tabel
from chalicelib.gegevensset.codec import decode
from tests.dossiers import full

PACKAGE = Path(tabel.__file__).parents[1]
NAMESPACE = "http://voorbeeld.example/gegevensset/2031/dossier"


def third_table() -> str:
    """2019.1 with a new number, a new namespace, a new code of list 14 and a new element for the pupil."""
    text = (PACKAGE / "gegevensset" / "2019.1.tabel").read_text(encoding="utf-8")
    bike = "      schoolfiets  0..n  janee  | Schoolfiets | Of de leerling op de fiets komt.\n      tehuis  "
    for old, new in (
        ("versie           2019.1", "versie           2031.1"),
        ("validatieversie  2019.1.1", "validatieversie  2031.1.1"),
        ("http://www.edustandaard.nl/oso_gegevensset/2019/dossier", NAMESPACE),
        ("14  Geslacht\n", "14  Geslacht\n  9  anders\n"),
        ("      tehuis  ", bike),
        ("leerlinggewicht nnca tehuis", "leerlinggewicht nnca schoolfiets tehuis"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kopie")
    shutil.copytree(PACKAGE, folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "chalicelib" / "gegevensset" / "2031.1.tabel").write_text(third_table(), encoding="utf-8")
    return folder


def run(copy: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes]:
    command = [sys.executable, "-m", "chalicelib.gegevensset", *arguments]
    done = subprocess.run(command, cwd=copy, input=stdin, capture_output=True, check=False, timeout=60)
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def values() -> dict[str, object]:
    dossier = decode(full("2019.1", "POPO")).dossier
    dossier["metadata"] |= {"standaardversie": "2031.1", "validatieversie": "2031.1.1"}
    dossier["huidigeschool"]["leerling"] |= {"geslacht": "9", "schoolfiets": ["true", "false"]}
    return dossier


@pytest.fixture(scope="module")
def written(copy: Path, values: dict[str, object]) -> bytes:
    code, xml = run(copy, "naar-xml", "-", stdin=json.dumps(values).encode())
    assert code == 0
    return xml


def test_a_third_version_is_written_in_its_own_namespace_and_order(written: bytes) -> None:
    assert written.startswith(f'<dossier xmlns="{NAMESPACE}">'.encode())
    assert b"<schoolfiets>true</schoolfiets><schoolfiets>false</schoolfiets><tehuis>" in written


def test_a_third_version_is_read_back_unchanged(copy: Path, written: bytes, values: dict[str, object]) -> None:
    code, text = run(copy, "naar-json", "-", stdin=written)
    assert (code, json.loads(text)) == (0, {"dossier": values})


@pytest.mark.parametrize("mode", ["official", "intended"])
def test_a_third_version_is_judged_by_its_own_table_and_the_known_rules(copy: Path, written: bytes, mode: str) -> None:
    code, line = run(copy, "controleer", "--regels", mode, "-", stdin=written)
    assert code == 0, line.decode()
    assert json.loads(line)["versie"] == "2031.1"
    wrong = written.replace(b"<schoolfiets>true", b"<schoolfiets>soms").replace(b"<geslacht>9", b"<geslacht>8")
    code, line = run(copy, "controleer", "--regels", mode, "-", stdin=wrong)
    assert code == 1
    assert [melding["code"] for melding in json.loads(line)["meldingen"]] == ["CL.14", "STRUCTUUR.WAARDE"]


def test_a_third_version_becomes_a_pdf(copy: Path, written: bytes, tmp_path: Path) -> None:
    code, _ = run(copy, "pdf", "-", "-o", str(tmp_path / "uit.pdf"), stdin=written)
    assert code == 0
    assert (tmp_path / "uit.pdf").read_bytes().startswith(b"%PDF-")
