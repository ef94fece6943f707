"""The command: one line of JSON per file, exit 0, 1 or 2, and never a traceback."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.gegevensset.__main__ import main
from chalicelib.gegevensset.codec import decode
from tests.dossiers import FOLDER, OWN, THREE_FAULTS, full

Output = pytest.CaptureFixture[bytes]


def lines(capsysbinary: Output) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_valid_files_give_one_line_each_and_exit_0(capsysbinary: Output) -> None:
    assert main(["controleer", *map(str, OWN)]) == 0
    found = lines(capsysbinary)
    assert [Path(line["bestand"]) for line in found] == list(OWN)
    assert found[0] == {
        "bestand": str(OWN[0]), "versie": "2018.1", "profiel": "BB-POPO", "geldig": True, "meldingen": [],
    }  # fmt: skip


def test_a_file_that_is_not_valid_gives_exit_1_and_its_meldingen(capsysbinary: Output) -> None:
    assert main(["controleer", "--regels", "intended", str(OWN[0]), str(THREE_FAULTS)]) == 1
    first, second = lines(capsysbinary)
    assert first["geldig"]
    assert not second["geldig"]
    assert len(second["meldingen"]) == 3
    assert list(second["meldingen"][0]) == ["code", "pad", "waarde", "toegestaan", "tekst", "watNu", "ernst"]


@pytest.mark.parametrize("content", [b"", b"geen xml", b"<dossier/>", b"\0\1\2", b"<!DOCTYPE dossier><dossier/>"])
def test_a_file_that_is_no_dossier_gives_exit_2_and_still_its_line(
    content: bytes, tmp_path: Path, capsysbinary: Output
) -> None:
    file = tmp_path / "naam met é.xml"
    file.write_bytes(content)
    assert main(["controleer", str(file), str(OWN[0])]) == 2
    first, second = lines(capsysbinary)
    assert (first["geldig"], first["versie"], first["profiel"]) == (False, None, None)
    assert first["meldingen"][0]["tekst"]
    assert first["meldingen"][0]["watNu"]
    assert second["geldig"]


def test_a_file_that_is_not_there_gives_exit_2_and_its_line(tmp_path: Path, capsysbinary: Output) -> None:
    assert main(["controleer", str(tmp_path / "weg.xml"), str(tmp_path)]) == 2
    assert [line["meldingen"][0]["code"] for line in lines(capsysbinary)] == ["BESTAND_ONLEESBAAR"] * 2


def test_a_folder_stands_for_the_xml_files_in_it(tmp_path: Path, capsysbinary: Output) -> None:
    (tmp_path / "onder").mkdir()
    shutil.copy(OWN[0], tmp_path / "onder" / "b.XML")
    shutil.copy(OWN[1], tmp_path / "a.xml")
    (tmp_path / "lees.mij").write_text("geen dossier")
    assert main(["controleer", str(tmp_path)]) == 0
    assert [Path(line["bestand"]).name for line in lines(capsysbinary)] == ["a.xml", "b.XML"]


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "chalicelib.gegevensset", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60, cwd=FOLDER.parents[1])


def test_standard_input_and_output_work_in_any_locale() -> None:
    done = run("controleer", "-", stdin=THREE_FAULTS.read_bytes())
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout)["bestand"] == "-"
    assert "ouder/verzorger" in done.stdout.decode().lower()


def test_to_json_and_back_is_the_same_dossier(capsysbinary: Output, tmp_path: Path) -> None:
    assert main(["naar-json", str(OWN[0])]) == 0
    text = capsysbinary.readouterr().out
    values = json.loads(text)
    assert values == {"dossier": decode(OWN[0].read_bytes()).dossier}
    for body in (values, values["dossier"]):
        (tmp_path / "in.json").write_text(json.dumps(body))
        assert main(["naar-xml", str(tmp_path / "in.json")]) == 0
        assert decode(capsysbinary.readouterr().out).dossier == values["dossier"]


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"{", 2, b"JSON_ONLEESBAAR"),
        (b"[]", 2, b"JSON_ONLEESBAAR"),
        (b'{"dossier": 3}', 2, b"JSON_ONLEESBAAR"),
        (b'{"metadata": {"standaardversie": "1999"}}', 1, b"STANDAARDVERSIE_ONBEKEND"),
        (b'{"metadata": {"standaardversie": "2019.1"}}', 1, b"/dossier/metadata/deeldossier: Deeldossier ontbreekt"),
        (b'{"a": 1, "a": 2}', 2, b"JSON_DUBBEL"),
    ],
)
def test_json_that_is_no_dossier_is_explained_on_standard_error(body: bytes, code: int, words: bytes) -> None:
    done = run("naar-xml", "-", stdin=body)
    assert (done.returncode, done.stdout) == (code, b"")
    assert words in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_dossier_of_the_wrong_structure_is_not_converted_but_explained() -> None:
    done = run("naar-json", "-", stdin=full().replace(b"<metadata>", b"<metadata><x/>"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"/dossier/metadata/x" in done.stderr


def test_a_pdf_is_made_from_xml_and_from_json(tmp_path: Path, capsysbinary: Output) -> None:
    assert main(["naar-json", str(OWN[0])]) == 0
    (tmp_path / "in.json").write_bytes(capsysbinary.readouterr().out)
    for source in (OWN[0], tmp_path / "in.json"):
        assert main(["pdf", str(source), "-o", str(tmp_path / "uit.pdf")]) == 0
        assert (tmp_path / "uit.pdf").read_bytes().startswith(b"%PDF-")


def test_a_pdf_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pdf", str(OWN[0]), "-o", str(tmp_path / "weg" / "uit.pdf")]) == 1
    assert "BESTAND_ONSCHRIJFBAAR" in capsys.readouterr().err


def test_a_reader_that_stops_reading_gets_no_traceback() -> None:
    command = f"{sys.executable} -m chalicelib.gegevensset controleer {FOLDER} {FOLDER} {FOLDER} | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, check=False, timeout=60, cwd=FOLDER.parents[1])
    assert b"Traceback" not in done.stderr
