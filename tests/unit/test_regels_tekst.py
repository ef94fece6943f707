"""The small readers that every business rule leans on, at their edges."""

import pytest
from lxml import etree

from chalicelib.gegevensset.regel import boolean, tekst_van
from chalicelib.gegevensset.regels_codelijsten import opsomming
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
