"""`make demo`: the whole story in one command, told as it happens, and nothing left behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.demo import klaarzetten_popo, tell
from infra.local.listeners import descendants
from infra.local.portal_client import Portal
from infra.local.processes import ROOT
from infra.local.stack import Stack
from infra.local.story import Story

DOSSIERS = ROOT / "tests" / "dossiers"


def demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "infra.local.demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def uit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-out")


@pytest.fixture(scope="module")
def told(uit: Path) -> str:
    """What the demo printed; it ended well."""
    run = demo(f"--uit={uit}")
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_texts_of_the_manual_are_shown(told: str) -> None:
    assert "Uw aanleverpunt (0) is succesvol geregistreerd." in told
    assert re.search(
        r"Het dossier van .+ is verzameld voor een POPO-overdracht\. Geef \(opnieuw\) aan of de verzorgers "
        r"inzage hebben gehad in het dossier om het Klaar te zetten\.",
        told,
    )
    assert re.search(r"Het dossier van .+ is klaargezet voor \(99EF\) Basisschool Het Schijnpad", told)
    assert "Er bestaat al een leerling op deze school met het ingevoerde bsn." in told


def test_what_may_not_is_refused_with_its_code(told: str) -> None:
    codes = ["INZAGE_ONTBREEKT", "LEERLING_NIET_BEKEND", "LEERLINGINFO_NIET_OPVRAAGBAAR"]
    for code in [*codes, "LEERLINGINFO_NIET_BESCHIKBAAR", "LEERLING_BESTAAT_AL"]:
        assert code in told


def test_every_step_has_its_duration_and_every_listener_is_on_loopback(told: str) -> None:
    assert len(re.findall(r"^ +\d+\.\d\d s  ", told, re.MULTILINE)) > 25
    assert re.search(r"Wie luistert: \d+ poorten, alle op 127\.0\.0\.1", told)


def test_it_leaves_what_left_and_what_arrived_and_they_are_the_same_bytes(told: str, uit: Path) -> None:
    names = {"bron.xml", "bron.pdf", "ontvangen.xml", "ontvangen.pdf", "mutatielog-bron.csv", "mutatielog-doel.csv"}
    assert {path.name for path in uit.iterdir()} == names | {"zorgvraag.xml", "zorgvraag.pdf"}
    assert "Het SWV haalt zelf op" in told
    assert len(re.findall(r"generatie (18|22), gelijk aan wat is verzonden", told)) == 2
    assert "cmp bron.xml ontvangen.xml: gelijk" in told
    assert (uit / "bron.xml").read_bytes() == (uit / "ontvangen.xml").read_bytes()
    assert (uit / "bron.pdf").read_bytes().startswith(b"%PDF-")
    assert b"klaargezet" in (uit / "mutatielog-bron.csv").read_bytes()
    assert b"ontvangen" in (uit / "mutatielog-doel.csv").read_bytes()


def test_nothing_of_it_still_runs(told: str) -> None:
    assert "processen van de sandbox zijn gestopt" in told
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in descendants(os.getpid())]
    assert not [one for one in commands if b"infra.local.demo" in one]


def test_it_ends_with_1_and_names_what_it_lacks(tmp_path: Path) -> None:
    run = demo(f"--dossiers={tmp_path}", f"--uit={tmp_path / 'uit'}")
    assert run.returncode == 1
    assert "geen voorbeelddossier voor BB-POPO, POPO, POVO" in run.stderr


def test_it_stops_at_a_step_that_goes_wrong_and_names_it(
    sandbox: Stack, uit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    popo = (DOSSIERS / "2019.1_POPO_vol.xml").read_text()
    pupils = {"POPO": popo.replace("<bsn>662460613</bsn>", "<bsn>662460614</bsn>").encode()}
    never: list[str] = []
    chapters = {"Eerst": klaarzetten_popo, "Daarna": lambda story: never.append(story.step)}
    assert not tell(Story(sandbox, Portal(sandbox, "14SS00"), pupils, uit), chapters)
    assert "Mislukt bij stap 'Leerling aanleveren (POPO)'" in capsys.readouterr().err
    assert never == []
