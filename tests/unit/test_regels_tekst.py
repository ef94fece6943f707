"""The small readers that every business rule leans on, at their edges."""

import pytest
from lxml import etree

from chalicelib.gegevensset.regel import Context, Knoop, boolean, tekst_van, veilig
from chalicelib.gegevensset.regels_codelijsten import onbekende_code, opsomming, toetsen
from chalicelib.gegevensset.regels_resultaten import score_leeg, toets_te_oud
from chalicelib.gegevensset.tabel import Codelijst, standaard


@pytest.mark.parametrize(
    ("xml", "text"),
    [("<a>x</a>", "x"), ("<a/>", ""), ("<a>x<b>n</b>y<b/></a>", "xy"), ("<a><b/>y</a>", "y"), ("<a><b/></a>", "")],
)
def test_the_text_of_a_leaf(xml: str, text: str) -> None:
    assert tekst_van(etree.fromstring(xml)) == text


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False), ("ja", None), ("", None)]
)
def test_a_boolean_has_two_spellings_for_each(text: str, value: bool | None) -> None:
    assert boolean(text) is value


def _list(count: int) -> Codelijst:
    one = next(iter(standaard("2019.1").codelijsten.values()))
    codes = {str(number): f"tekst {number}" if number else "" for number in range(count)}
    made: Codelijst = type(one)(**{**{name: getattr(one, name) for name in one.__dataclass_fields__}, "codes": codes})
    return made


def test_a_list_of_codes_is_told_with_its_texts_and_cut_short() -> None:
    assert opsomming(_list(3)) == "0, 1 (tekst 1), 2 (tekst 2)"
    shown = opsomming(_list(100))
    told = shown.partition(" en nog ")[0].split(", ")
    assert shown.endswith(f" en nog {100 - len(told)} andere")
    assert "andere" not in opsomming(_list(len(told)))
    assert opsomming(_list(len(told) + 1)).endswith(" en nog 1 andere")


@pytest.mark.parametrize("name", ["bsn", "onderwijsnummer", "leerlingid", "banknummer", "iban"])
def test_a_number_of_a_person_is_masked_but_for_its_end(name: str) -> None:
    assert veilig(name, "123456789") == "••••••789"
    assert veilig(name, "1234567") == "••••••567"
    assert veilig(name, "123456") == "••••••"
    assert veilig(name, "123456789", geheim=True) == "••••••"


def test_another_value_is_shown_without_its_layout_and_cut_after_eighty_signs() -> None:
    assert veilig("achternaam", " een \n twee\t") == "een twee"
    assert veilig("achternaam", "x" * 80) == "x" * 80
    assert veilig("achternaam", "x" * 81) == "x" * 80 + "…"
    assert veilig("nummer", "000-5550001", geheim=True) == "••••••"


@pytest.mark.parametrize(
    ("made", "taken", "old"),
    [
        ("2026-06-10", "2023-07-31", True),
        ("2026-06-10", "2023-08-01", False),
        ("2026-06-10Z", "2023-07-31+02:00", True),
        (" 2026-06-10\n", "\t2023-07-31 ", True),
        ("0004-06-10", "0001-07-31", True),
        ("0003-06-10", "0001-01-01", False),
        ("gisteren", "2023-07-31", False),
        ("2026-06-10", "", False),
    ],
)
def test_a_test_is_too_old_before_the_first_august_of_two_school_years_ago(made: str, taken: str, old: bool) -> None:
    space = standaard("2019.1").namespace
    afname, metadata = (
        Knoop(etree.fromstring(f'<a xmlns="{space}"><{name}>{text}</{name}></a>'), len(space) + 2)
        for name, text in (("afnamedatum", taken), ("datum", made))
    )
    context = Context(standaard("2019.1"), "OVa", "POVO", {"metadata": metadata})
    assert bool(toets_te_oud(afname, context)) is old
    assert not toets_te_oud(afname, Context(standaard("2019.1"), "OVa", "POPO", {"metadata": metadata}))


def test_a_code_that_does_not_exist_is_told_with_the_one_that_was_meant() -> None:
    table = standaard("2019.1")
    space = table.namespace
    leerling = etree.fromstring(f'<leerling xmlns="{space}"><geslacht> 1</geslacht><geslacht>x</geslacht></leerling>')
    toets = toetsen(table)[f"{{{space}}}geslacht"]
    meant, unknown = (next(onbekende_code(element, toets)) for element in leerling)
    assert meant.wat_nu == "Bedoelde u 1? Kies anders een van de toegestane waarden."
    assert unknown.wat_nu == "Kies een van de toegestane waarden."
    assert (meant.waarde, unknown.waarde) == ("1", "x")
    assert meant.kind == unknown.kind == ""
    assert meant.code == unknown.code
    assert meant.code.startswith("CL.")
    empty = etree.fromstring(f'<leerling xmlns="{space}"><geslacht/></leerling>')[0]
    assert next(onbekende_code(empty, toets)).tekst.endswith(" is leeg.")
    assert "bestaat niet" in unknown.tekst


@pytest.mark.parametrize(
    ("inside", "empty"), [("", True), ("<waarde>8</waarde>", False), ("<kwalificatie>g</kwalificatie>", False)]
)
def test_a_mark_is_a_value_or_a_qualification(inside: str, empty: bool) -> None:
    space = standaard("2019.1").namespace
    score = Knoop(etree.fromstring(f'<score xmlns="{space}">{inside}</score>'), len(space) + 2)
    assert score_leeg(score, Context(standaard("2019.1"), "OVa", "POVO", {})) is empty
