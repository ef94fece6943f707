"""`make exchange`: any OSO file, one line each, and a comparison that notices what got lost."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.compare import Change, differences
from infra.local.processes import ROOT

DOSSIERS = ROOT / "tests" / "dossiers"
EXAMPLES = ROOT.parent / "shared" / "oso" / "examples"
POPO = (DOSSIERS / "2019.1_POPO_vol.xml").read_text()
POVO = (DOSSIERS / "2019.1_POVO_vol.xml").read_text()


def exchange(*files: Path | str) -> tuple[int, dict[str, str], str]:
    """The exit code, the line per file name, and what went to stderr."""
    command = [sys.executable, "-m", "infra.local.exchange", *map(str, files)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    lines = run.stdout.splitlines()
    assert "Traceback" not in run.stderr
    return run.returncode, {line.partition(" | ")[0]: line for line in lines}, run.stderr


FORBIDDEN = (
    "<geboorteplaats>Dorp</geboorteplaats><nationaliteit>0001</nationaliteit><nationaliteit>0002</nationaliteit>"
)
FILES: dict[str, bytes] = {
    "gewoon.xml": POPO.encode(),
    "zelfde-leerling.xml": POPO.encode(),
    "latin-1.xml": POPO.replace("UTF-8", "ISO-8859-1", 1).encode("latin-1", "xmlcharrefreplace"),
    "verboden-velden.xml": POPO.replace("<bsn>", f"{FORBIDDEN}<bsn>").encode(),
    "povo-oude-toetsen.xml": POVO.replace("2024-09-02</afnamedatum>", "2020-09-02</afnamedatum>").encode(),
    "povo-2018.xml": (DOSSIERS / "2018.1_POVO_vol.xml").read_bytes(),
    "binnen-brin.xml": (DOSSIERS / "2019.1_BB-POPO_minimaal.xml").read_bytes(),
    "zorgvraag.xml": (DOSSIERS / "2019.1_POSWV_minimaal.xml").read_bytes(),
    "geen-nummer.xml": re.sub("<bsn>.*?</bsn>", "", POPO).encode(),
    "fout-nummer.xml": re.sub("<bsn>.*?</bsn>", "<bsn>123456789</bsn>", POPO).encode(),
    "dtd.xml": b"<!DOCTYPE dossier [<!ENTITY a 'b'>]><dossier>&a;</dossier>",
    "afgekapt.xml": POPO.encode()[:9000],
    "leeg.xml": b"",
    "geen-xml.xml": bytes(range(256)),
    "te-groot.xml": POPO.encode() + b"<!--" + b"x" * 5_000_000 + b"-->",
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, str], str]:
    folder = tmp_path_factory.mktemp("uitwisseling")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return exchange(*(folder / name for name in FILES))


def test_each_file_has_one_line_and_the_promise_holds(ran: tuple[int, dict[str, str], str]) -> None:
    code, lines, _ = ran
    assert set(lines) == set(FILES)
    assert code == 0, lines


@pytest.mark.parametrize(
    ("name", "profiel"),
    [
        ("gewoon.xml", "POPO"),
        ("zelfde-leerling.xml", "POPO"),
        ("latin-1.xml", "POPO"),
        ("verboden-velden.xml", "POPO"),
        ("povo-oude-toetsen.xml", "POVO"),
        ("povo-2018.xml", "POVO"),
        ("binnen-brin.xml", "BB-POPO"),
    ],
)
def test_a_good_file_leaves_and_arrives_as_the_same_bytes_with_the_rest_as_it_was_put(
    ran: tuple[int, dict[str, str], str], name: str, profiel: str
) -> None:
    line = ran[1][name]
    assert f"| {profiel} | SUCCESVOL_ONTVANGEN |" in line
    hashes = re.findall(r"(?:vertrokken|aangekomen) ([0-9a-f]{64})", line)
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]
    assert line.endswith("| rest gelijk")


def test_what_is_left_out_is_said_with_its_reason(ran: tuple[int, dict[str, str], str]) -> None:
    assert re.search(r"weggelaten: TOETS_TE_OUD \dx \S+/toets: \d toetsen van voor", ran[1]["povo-oude-toetsen.xml"])
    assert "VELD_VERBODEN 2x /dossier/huidigeschool/leerling/nationaliteit" in ran[1]["verboden-velden.xml"]
    assert "weggelaten: niets" in ran[1]["gewoon.xml"]


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("geen-nummer.xml", "DOSSIER_ONGELDIG", "geweigerd bij verzamelen (409): OVa.LL12"),
        ("fout-nummer.xml", "PGN_ONGELDIG", "geweigerd bij aanleveren (422): PGN_ONGELDIG"),
        ("dtd.xml", "XML_DTD", "geweigerd bij aanleveren (422)"),
        ("afgekapt.xml", "XML_ONLEESBAAR", "geweigerd bij aanleveren (400)"),
        ("leeg.xml", "XML_ONLEESBAAR", "geweigerd bij aanleveren (400)"),
        ("geen-xml.xml", "XML_ONLEESBAAR", "geweigerd bij aanleveren (400)"),
        ("te-groot.xml", "TE_GROOT", "geweigerd bij aanleveren (413)"),
        ("zorgvraag.xml", "AANGELEVERD", "alleen aangeleverd en gecontroleerd"),
    ],
)
def test_a_file_that_cannot_be_exchanged_gets_a_code_and_a_reason(
    ran: tuple[int, dict[str, str], str], name: str, code: str, reason: str
) -> None:
    assert f"| {code} |" in ran[1][name]
    assert reason in ran[1][name]


def test_a_file_that_is_not_there_is_an_exit_code_of_its_own(tmp_path: Path) -> None:
    code, lines, _ = exchange(tmp_path / "weg.xml")
    assert code == 2
    assert "NIET_TE_OPENEN" in lines["weg.xml"]
    assert exchange()[0] == 2


def test_every_published_example_goes_the_whole_way() -> None:
    files = sorted(EXAMPLES.glob("*.xml"))
    if not files:
        pytest.skip("the published examples are not beside this project: ../shared/oso/examples")
    code, lines, _ = exchange(*files)
    assert code == 0, lines
    for file in files:
        line = lines[file.name]
        assert line.endswith("teruggelezen gelijk" if "| AANGELEVERD |" in line else "rest gelijk"), line


SAME = Change("2019.1", replaced=())


def changed(old: str, new: str) -> bytes:
    assert POPO.count(old) >= 1, old
    return POPO.replace(old, new, 1).encode()


def test_comments_blanks_and_prefixes_make_no_difference() -> None:
    other = re.sub(r"<(/?)(\w)", r"<\1x:\2", POPO).replace("xmlns=", "xmlns:x=").replace("><", ">\n <!-- a --> <")
    assert differences(POPO.encode(), other.encode(), SAME) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("<bsn>662460613</bsn>", "<bsn>482782481</bsn>", "/dossier/huidigeschool[1]/leerling[1]/bsn[1]"),
        ("<bsn>662460613</bsn>", "", "/dossier/huidigeschool[1]/leerling[1]/bsn[1]"),
        ("<bsn>", "<bsn> ", "/dossier/huidigeschool[1]/leerling[1]/bsn[1]"),
        ("<bsn>", "<nieuw>1</nieuw><bsn>", "/dossier/huidigeschool[1]/leerling[1]/nieuw[1]"),
    ],
)
def test_a_value_that_is_altered_lost_or_added_is_named_by_its_path(old: str, new: str, path: str) -> None:
    assert differences(POPO.encode(), changed(old, new), SAME) == [path]


def test_what_was_left_out_must_be_exactly_what_was_said() -> None:
    pad = "/dossier/huidigeschool/leerling/bsn"
    without = changed("<bsn>662460613</bsn>", "")
    told = [{"pad": pad, "aantal": 1}]
    assert differences(POPO.encode(), without, Change("2019.1", left_out=told, replaced=())) == []
    assert differences(POPO.encode(), POPO.encode(), Change("2019.1", left_out=told, replaced=())) != []
    assert differences(without, without, Change("2019.1", left_out=told, replaced=())) == [f"{pad} (weggelaten)"]


def test_what_the_card_says_must_have_arrived() -> None:
    card = {"/dossier/huidigeschool/leerling/datumuitschrijving": "2026-07-18"}
    assert differences(POPO.encode(), POPO.encode(), Change("2019.1", card)) != []
    arrived = re.sub(r"(<datumuitschrijving>)[^<]*", r"\g<1>2026-07-18", POPO)
    arrived = re.sub(r"<contact(persoon|telefoon|email)>.*?</contact\1>", "", arrived)
    assert differences(POPO.encode(), arrived.encode(), Change("2019.1", card)) == []
