"""The inzagepakket of a group, and a note as PDF."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.pdf import Papier, inzagepakket, notitie, render
from chalicelib.pdf.papers import ondertekenaars
from tests.unit.pdf_example import DAG, HASH, NAAM, TABEL, bookmarks, dossier, leerling, pages, text


def pakket(*dossiers: dict[str, Any], gemaakt_op: date = DAG) -> bytes:
    return inzagepakket([Papier(waarden, TABEL, HASH, gemaakt_op) for waarden in dossiers], DAG)


def test_each_dossier_and_each_form_starts_on_an_odd_page() -> None:
    found = pages(pakket(dossier(), dossier()))
    starts = [
        number
        for number, page in enumerate(found, start=1)
        if page.startswith(("Overstapdossier\n", "Inzageformulier\n"))
    ]
    assert len(starts) == 6
    assert all(number % 2 for number in starts)


def test_every_paper_counts_its_own_pages() -> None:
    found = [page for page in pages(pakket(dossier(), dossier())) if page]
    alone = len(found) // 2 - 2
    assert sum(f"pagina 1 van {alone}" in page for page in found) == 2
    assert sum("pagina 1 van 1" in page for page in found) == 4


def test_a_form_asks_what_the_rules_need() -> None:
    """15.9: inhoudHash, akkoord or not, the reason, date and signature."""
    form = next(page for page in pages(pakket(dossier())) if page.startswith("Inzageformulier"))
    for wanted in (
        "A. Žižek",
        "vader",
        HASH,
        NAAM,
        "Ik ben akkoord",
        "Ik ben niet akkoord",
        "reden",
        "Datum",
        "Handtekening",
    ):
        assert wanted in form


def test_the_paper_is_that_of_the_version_of_its_own_day() -> None:
    """R50: what the parents read is what was collected, on the day that it was, whenever it is printed."""
    day = date(2026, 3, 17)
    own = list(pages(render(dossier(), TABEL, inhoud_hash=HASH, gemaakt_op=day)))
    papers = [page for page in pages(pakket(dossier(), gemaakt_op=day)) if page]
    assert papers[: len(own)] == own
    forms = papers[len(own) :]
    assert len(forms) == 2
    assert all("Dossier gemaakt op 17-03-2026" in form for form in forms)
    assert all(f"{DAG:%d-%m-%Y}" not in page for page in papers)


def test_a_form_holds_no_address_and_no_secret_one_is_in_the_pakket() -> None:
    found = pakket(dossier())
    assert "Schuilplaats" not in text(found)
    assert all("Proefstraat" not in page for page in pages(found) if page.startswith("Inzageformulier"))


def test_the_bookmarks_lead_to_each_pupil_and_each_form() -> None:
    found = bookmarks(pakket(dossier()))
    assert found[:2] == [NAAM, "Algemene dossiergegevens"]
    assert found[-2:] == ["Inzageformulier A. Žižek", "Inzageformulier B. Đorđević"]


@pytest.mark.parametrize(
    ("geboren", "wie"),
    [
        ("2010-11-25", ["A. Žižek", "B. Đorđević"]),
        ("2010-11-24", ["A. Žižek", "B. Đorđević", NAAM]),
        ("2008-11-25", ["A. Žižek", "B. Đorđević", NAAM]),
        ("2008-11-24", [NAAM]),
        ("2010", ["A. Žižek", "B. Đorđević"]),
    ],
)
def test_from_16_the_pupil_signs_too_and_from_18_instead(geboren: str, wie: list[str]) -> None:
    waarden = dossier()
    leerling(waarden)["geboortedatum"] = geboren
    assert [naam for naam, _ in ondertekenaars(waarden, TABEL, date(2026, 11, 24))] == wie


def test_a_verzorger_who_died_gets_no_form() -> None:
    waarden = dossier()
    leerling(waarden)["verzorger"][0]["overleden"] = "true"
    assert ondertekenaars(waarden, TABEL, DAG) == [("B. Đorđević", "moeder")]


def test_without_verzorgers_there_is_one_form_without_a_name() -> None:
    waarden = dossier()
    del leerling(waarden)["verzorger"]
    leerling(waarden).pop("geboortedatum")
    assert ondertekenaars(waarden, TABEL, DAG) == [("", "ouder/verzorger")]
    assert sum(page.startswith("Inzageformulier") for page in pages(pakket(waarden))) == 1


def test_an_empty_group_has_no_pakket() -> None:
    with pytest.raises(ValueError, match="at least one"):
        pakket()


def test_the_same_group_gives_the_same_bytes() -> None:
    assert pakket(dossier(), dossier()) == pakket(dossier(), dossier())


def test_a_note_keeps_its_words_and_its_lines() -> None:
    """R47a."""
    words = [f"woord{n}" for n in range(2000)]
    data = notitie(f"Notities {NAAM}", "Eerste regel\nTweede regel\n\n" + " ".join(words), DAG)
    found = pages(data)
    assert found[0].startswith(f"Notities {NAAM}\n24-11-2026\nEerste regel\nTweede regel\n")
    assert [word for word in "\n".join(found).split() if word.startswith("woord")] == words
    root: Any = PdfReader(BytesIO(data)).trailer["/Root"]
    assert "Žižek" not in root["/Metadata"].get_data().decode()
    assert notitie("Leeg", "", DAG) == notitie("Leeg", "", DAG)
