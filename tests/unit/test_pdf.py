"""The PDF of a dossier, as parents get it (R121-R127)."""

import re
from io import BytesIO
from random import Random
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.pdf import render
from chalicelib.pdf.dossier import sheets
from chalicelib.pdf.layout import BOTTOM, RIGHT, text_width
from tests.property.dossier_maker import make_dossier
from tests.unit.pdf_example import (
    DAG,
    HASH,
    NAAM,
    TABEL,
    bookmarks,
    dossier,
    leerling,
    pages,
    pdf,
    printed,
    solid,
    text,
)


def row(label: str, value: str, data: bytes) -> bool:
    return f"\n{label} {value}\n" in text(data)


def test_the_sections_come_in_the_order_of_the_manual() -> None:
    """R121-R126: title, the four fixed sections, then one section per block with data."""
    assert pages(pdf())[0].startswith(f"Overstapdossier\n{NAAM}\n")
    assert bookmarks(pdf()) == [
        "Algemene dossiergegevens",
        "Overzicht van categorieën van gegevens in het dossier",
        "Inzage",
        "Gegevens huidige school",
        "Leerling",
        "Ouders/Verzorgers",
        "Schoolloopbaan",
        "Overstapadvies",
        "Onderwijsondersteuning",
        "Toetsresultaten",
        "Bijlages",
    ]


def test_the_overview_of_categories_has_exactly_four_rows() -> None:
    """R123; an optional block that is on but holds nothing says so."""
    found = text(pdf())
    part = found[found.index("Overzicht van") : found.index("\nInzage\n")]
    assert part.split("\n", 1)[1].replace("\n", " ") == (
        "Verplicht (opgenomen) Algemene dossiergegevens, Inzage, School, Leerling, Ouders/Verzorgers, Schoolloopbaan,"
        " Overstapadvies"
        " Bewust opgenomen Onderwijsondersteuning, Verzuim (geen gegevens), Toetsresultaten, Bijlages"
        " Bewust niet opgenomen VVE, Eindtoets, Handelingsplannen, Cijferlijsten"
        " Verboden (niet opgenomen) VO-MBO"
    )


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Soort overdracht", "Dossier wordt overgedragen aan een andere school"),
        ("Soort overstap", "van primair onderwijs naar andere school PO"),
        ("Datum dossier", "20-11-2026"),
        ("Voorlopig dossier", "nee"),
        ("Dossier ingezien", "ja"),
        ("Akkoord met de inhoud", "Ouders/verzorgers zijn akkoord met de inhoud"),
        ("Naam", "De Verzonnen School"),
        ("Aanleverpunt", "0"),
        ("Bezoekadres", "Schoolplein 12, 1234AB Testdam"),
        ("Geboortedatum", "07-03-2015"),
        ("Geslacht", "man"),
        ("Diagnosecode", "hoogbegaafd"),
        ("Document", "plan.pdf – Het groepsplan"),
    ],
)
def test_labels_and_values_are_dutch_words(label: str, value: str) -> None:
    """R122, R124, R125, R127."""
    assert row(label, value, pdf())


def test_a_code_without_a_known_description_is_printed_as_the_code() -> None:
    """15.44."""
    waarden = dossier()
    leerling(waarden)["overstapadvies"]["advies"] = "42"
    assert row("Advies VO", "42", pdf(waarden))


def test_a_number_has_a_comma_and_several_marks_for_one_list_are_one_row() -> None:
    waarden = dossier()
    marks = [{"waarde": "7.8"}, {"waarde": "8", "kwalificatie": "goed"}]
    part = {"naam": "Rekenen", "score": {"waarde": "6.45"}}
    report = {"cijferlijstTypelijst": [{"naam": "Rapport 1", "onderdeel": [part], "score": marks}], "jaargroep": "8"}
    leerling(waarden)["cijferlijstlijst"] = {"cijferlijst": [report]}
    found = text(render(waarden, TABEL, gemaakt_op=DAG))
    assert "6,45" in found
    assert "7,8\n8, goed" in found
    assert found.count("Totaal") == 1
    assert not {"7.8", "6.45"} & set(found.split())


def test_a_bare_brin_shows_vestiging_00() -> None:
    """R125."""
    waarden = dossier()
    del waarden["huidigeschool"]["vestigingscode"]
    assert row("Vestiging", "00", pdf(waarden))
    assert "(99ZZ00)" in pages(pdf(waarden))[0]


def test_the_content_of_an_attachment_is_never_printed() -> None:
    assert "UEsDBAoAAAAA" not in text(pdf())


def test_each_page_says_what_it_belongs_to() -> None:
    """15.40: the inhoudHash is there in full once, and short on each page; date and page number too."""
    found = pages(pdf())
    assert len(found) > 2
    for number, page in enumerate(found, start=1):
        assert f"pagina {number} van {len(found)}" in page
        assert "gemaakt op 24-11-2026 · kenmerk 01234567 … 89abcdef" in page
        assert NAAM in page
    assert sum(page.count(HASH) for page in found) == 1


def test_without_a_hash_no_page_speaks_of_one() -> None:
    assert "enmerk" not in text(pdf(inhoud_hash=""))


def test_the_head_of_a_table_comes_back_on_each_page() -> None:
    with_tests = [page for page in pages(pdf()) if "Proeftoets nummer" in page]
    assert len(with_tests) > 2
    assert all("Afgeleide score" in page for page in with_tests)


def test_the_same_input_gives_the_same_bytes_and_another_day_others() -> None:
    assert pdf() == pdf()
    assert pdf() != render(dossier(), TABEL, inhoud_hash=HASH, gemaakt_op=DAG.replace(day=25))


def test_the_file_is_pdf_a_in_dutch_and_its_metadata_name_nobody() -> None:
    reader = PdfReader(BytesIO(pdf()))
    root: Any = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert root["/Lang"] == "nl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in xmp
    assert '<rdf:li xml:lang="x-default">Overstapdossier</rdf:li>' in xmp
    assert not re.search(r"Žižek|662460613|Verzonnen", xmp)
    assert "/OutputIntents" in root
    assert reader.metadata is None


def test_a_long_text_flows_over_pages_and_keeps_its_label() -> None:
    waarden = dossier()
    words = [f"woord{n}" for n in range(3000)]
    leerling(waarden)["overstapadvies"]["argumentatie"] = " ".join(words)
    found = pages(pdf(waarden))
    assert re.findall(r"woord\d+", "\n".join(found)) == words
    assert sum("Onderbouwing advies (vervolg)" in page for page in found) >= 2


def test_nothing_stands_outside_the_margins() -> None:
    waarden = dossier()
    leerling(waarden)["overstapadvies"]["argumentatie"] = "W" * 900 + "\n" + "een.heel.lang@adres." * 40
    leerling(waarden)["toetslijst"]["toets"][3]["toetsidentificatie"]["toetsnaam"] = "ŴĴ" * 400
    for page in sheets(waarden, TABEL, HASH, DAG).pages:
        for x, y, line, style in page.texts:
            assert x + text_width(line, style) <= RIGHT + 0.01
            assert y <= BOTTOM


def test_names_of_any_length_and_shape_stay_in_their_place() -> None:
    waarden = dossier()
    waarden["huidigeschool"]["naam"] = "De school met\nde langste naam van het land " * 9
    leerling(waarden)["achternaam"] = "van den Langenaam " * 12
    leerling(waarden)["verzorger"][0]["achternaam"] = "Žižek-van den Langenaam " * 12
    found = pages(pdf(waarden))
    assert all(page.count("…") == 3 for page in found[1:])  # both sides of the header, and the short hash
    for page in sheets(waarden, TABEL, HASH, DAG).pages:
        lines = [(round(x), round(y, 1)) for x, y, _, _ in page.texts]
        assert len(lines) == len(set(lines))


def test_a_label_is_never_parted_from_its_value_nor_a_heading_from_its_rows() -> None:
    for extra in range(40):
        waarden = dossier()
        leerling(waarden)["voornaam"] = [f"Naam{n} " * 9 for n in range(extra)]
        for page in sheets(waarden, TABEL, HASH, DAG).pages:
            rows = {y for x, y, _, style in page.texts if style.size == 8.8}
            heads = [y for _, y, _, style in page.texts if style.bold and style.size in (12.5, 9.4)]
            assert all(
                any(y > head for y in rows | {y for _, y, _, s in page.texts if s.size == 7.8}) for head in heads
            )


def test_a_character_that_no_font_has_is_replaced_in_sight() -> None:
    waarden = dossier()
    leerling(waarden)["achternaam"] = "Ελένη Иванова 漢字\u0007"
    assert row("Achternaam", "Ελένη Иванова \ufffd\ufffd\ufffd", pdf(waarden))


def test_a_decomposed_name_is_composed() -> None:
    waarden = dossier()
    leerling(waarden)["achternaam"] = "S\u0327u\u0308kru\u0308 Nguye\u0302\u0303n"
    assert row("Achternaam", "Şükrü Nguyễn", pdf(waarden))


def test_a_zorgvraag_never_shows_the_number_of_the_pupil() -> None:
    """15.34, PaO.LL12."""
    waarden = dossier()
    assert "662460613" in text(pdf(waarden))
    waarden["overdrachtsoort"] = "swv-dossier"
    leerling(waarden)["onderwijsnummer"] = "101211151"
    found = text(pdf(waarden))
    assert "Zorgvraag" in found
    assert "662460613" not in found
    assert "101211151" not in found


def test_binnen_brin_says_that_inzage_does_not_apply() -> None:
    waarden = dossier()
    waarden["overdrachtsoort"] = "overdrachtbinnenbrin"
    del waarden["inzage"]
    assert row("Inzage", "N.v.t. (binnen brin)", pdf(waarden))
    assert "Overstapdossier (binnen brin)" in pages(pdf(waarden))[0]


def test_a_secret_address_or_number_is_not_printed() -> None:
    """15.32: also where a received dossier holds one that should not be there."""
    found = text(pdf())
    assert "Schuilplaats" not in found
    assert "0612345678" not in found
    assert "Proefstraat" in found
    waarden = dossier()
    leerling(waarden)["adresgeheim"] = "true"
    assert (
        "Bezoekadres\nProefstraat"
        not in text(pdf(waarden)).split("Ouders/Verzorgers\n")[1].split("Ouder/verzorger 1")[0]
    )


@pytest.mark.parametrize("profiel", Profiel)
@pytest.mark.parametrize("versie", VERSIES)
def test_nothing_of_a_full_dossier_is_left_out(versie: str, profiel: Profiel) -> None:
    """Every leaf of the standard, whatever its place; numbers of a zorgvraag and secrets aside."""
    tabel = standaard(versie)
    waarden = make_dossier(tabel, profiel, Random(7), fullness=1)
    found = solid(text(render(waarden, tabel, gemaakt_op=DAG)))
    leaves = list(printed(tabel.wortel, waarden, tabel))
    # a row that is higher than a third of a page may be parted between two words
    missing = [(naam, value) for naam, value in leaves if not all(solid(word) in found for word in value.split())]
    assert len(leaves) > 300
    assert not missing
