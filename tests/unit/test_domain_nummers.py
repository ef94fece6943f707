"""The numbers of the field: the published test numbers pass, and each single check can refuse (protocol 5)."""

import pickle

import pytest

from chalicelib.domain.nummers import (
    Aanleverpunt,
    Brin,
    Pgn,
    PgnType,
    Vestiging,
    is_geschreven_pgn,
    lijkt_op_pgn,
    pgn_fout,
)
from chalicelib.errors import Invalid
from tests.pupil import EDUCATION_NUMBER, NUMBERS

BSN, ONDERWIJS = PgnType.BSN, PgnType.ONDERWIJSNUMMER


@pytest.mark.parametrize("number", NUMBERS)
def test_a_published_bsn_passes(number: str) -> None:
    assert pgn_fout(BSN, number) == ""
    assert Pgn.parse(BSN, number).nummer == number


def test_the_published_onderwijsnummer_passes_as_that_alone() -> None:
    assert pgn_fout(ONDERWIJS, EDUCATION_NUMBER) == ""
    assert "elfproef" in pgn_fout(BSN, EDUCATION_NUMBER)


@pytest.mark.parametrize("number", NUMBERS)
def test_one_other_digit_anywhere_is_noticed(number: str) -> None:
    for place in range(9):
        other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert pgn_fout(BSN, other)


@pytest.mark.parametrize(
    ("kind", "number", "says"),
    [
        (BSN, "12345678", "negen cijfers"),
        (BSN, "0199077580", "negen cijfers"),
        (BSN, "", "negen cijfers"),
        (BSN, "01990775x", "negen cijfers"),
        (BSN, " 19907758", "negen cijfers"),
        (BSN, "019907758\n", "negen cijfers"),
        (BSN, "٠١٩٩٠٧٧٥٨", "negen cijfers"),
        (BSN, "000000000", "nullen"),
        (ONDERWIJS, "000000000", "nullen"),
        (BSN, "012345678", "elfproef"),  # the example of the manual itself (R92)
        (ONDERWIJS, "201211151", "begint met een 1"),
        (ONDERWIJS, "101211152", "controle voor een onderwijsnummer"),
        (ONDERWIJS, "118716943", "controle voor een onderwijsnummer"),  # a good BSN that starts with a 1
    ],
)
def test_a_number_that_fails_says_which_check_and_never_shows_itself(kind: PgnType, number: str, says: str) -> None:
    assert says in pgn_fout(kind, number)
    with pytest.raises(Invalid) as caught:
        Pgn.parse(kind, number)
    assert caught.value.code == "PGN_ONGELDIG"
    assert not number.strip() or number.strip() not in str(caught.value)


@pytest.mark.parametrize("last", range(10))
def test_an_onderwijsnummer_has_one_good_last_digit_also_where_the_formula_wraps(last: int) -> None:
    """(sum - p9 - 5) mod 11: for p9 of 6 and more the formula as published cannot hold; this reading can."""
    found = [body for body in range(10000000, 10000200) if not pgn_fout(ONDERWIJS, f"{body}{last}")]
    assert found
    for body in found:
        assert sum(not pgn_fout(ONDERWIJS, f"{body}{digit}") for digit in range(10)) == 1


def test_a_pgn_shows_its_last_three_digits_on_a_screen_and_nothing_in_a_log() -> None:
    pgn = Pgn.parse(BSN, NUMBERS[0])
    assert pgn.gemaskeerd == "••••••613"
    for text in (repr(pgn), str(pgn), f"{pgn}", f"{[pgn]}"):
        assert NUMBERS[0] not in text
        assert "613" not in text
    assert pickle.loads(pickle.dumps(pgn)) == pgn


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NUMBERS[0], True),
        (EDUCATION_NUMBER, True),
        (f"l-{NUMBERS[0]}", True),
        (f"a{NUMBERS[0]}b", True),
        ("012345678", False),
        (f"1{NUMBERS[0]}", False),
        ("66246061", False),
        ("leerling-1", False),
        ("", False),
    ],
)
def test_a_key_that_holds_a_number_is_recognised(text: str, found: bool) -> None:
    assert lijkt_op_pgn(text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("097902378", True),
        ("97902378", True),
        ("097.902.378", True),
        ("097-902-378", True),
        ("0979-02378", True),
        ("_0_9_7_9_0_2_3_7_8_", True),
        ("979.02.378", True),
        ("97902379", False),
        ("097.902.379", False),
        ("7902378", False),
        ("1097.902.378", False),
        ("550e8400-e29b-0979-0237-8d1716446655", False),
        ("leerling-97902378", False),
        ("", False),
        ("-._", False),
    ],
)
def test_a_key_that_is_a_number_as_people_write_it_is_recognised(text: str, found: bool) -> None:
    assert is_geschreven_pgn(text) is found


@pytest.mark.parametrize(
    ("kind", "good", "bad", "code"),
    [
        (
            Brin,
            ("14SS", "00YY", "99EF"),
            ("14ss", "14S", "14SS0", "1ASS", "14SÉ", "", "14SS\n", "１４S"),
            "BRIN_ONGELDIG",
        ),
        (Vestiging, ("14SS00", "99EF12"), ("14SS", "14SS0", "14SS000", "14SSAA", "", "14SS00 "), "VESTIGING_ONGELDIG"),
        (
            Aanleverpunt,
            ("0", "1", "30", "102", "0000000700000YY00931"),
            ("00", "01", "-1", "+1", "1.0", "", " 1", "1000000", "٣", "0000000700000yy00931"),
            "AANLEVERPUNT_ONGELDIG",
        ),
    ],
)
def test_brin_vestiging_and_aanleverpunt_have_one_spelling(
    kind: type[Brin] | type[Vestiging] | type[Aanleverpunt], good: tuple[str, ...], bad: tuple[str, ...], code: str
) -> None:
    for text in good:
        assert str(kind.parse(text)) == text
    for text in bad:
        with pytest.raises(Invalid) as caught:
            kind.parse(text)
        assert caught.value.code == code


def test_a_vestiging_knows_its_brin_and_code() -> None:
    vestiging = Vestiging.parse("14SS01")
    assert (vestiging.brin, vestiging.vestigingscode) == (Brin("14SS"), "01")
