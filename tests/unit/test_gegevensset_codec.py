"""Bytes to values and back: the shape of `api.md`, order, escapes, and what is refused with its place."""

import pytest

from chalicelib.errors import Invalid
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.codec import lees_json as lees
from tests.dossiers import full

Values = dict[str, object]


def pupil(data: bytes) -> dict[str, object]:
    found: dict[str, object] = decode(data).dossier["huidigeschool"]["leerling"]
    return found


def test_values_have_the_shape_of_the_api() -> None:
    found = decode(full("2019.1", "VOVO"))
    assert found.versie == "2019.1"
    assert "namen" not in repr(found)
    assert "Çağla" not in repr(found)
    leerling = found.dossier["huidigeschool"]["leerling"]
    assert leerling["voornaam"] == ["Çağla"]  # may repeat: a list, even of one
    assert leerling["voorletters-1"] == "Ç."
    assert leerling["geslacht"] == "1"  # leaves are texts
    marks = leerling["cijferlijstlijst"]["cijferlijst"][0]["cijferlijstTypelijst"]
    assert [group["naam"] for group in marks] == ["Rapport 1", "Rapport 2"]  # a repeating group: a list of objects
    assert [list(group) for group in marks] == [["naam", "onderdeel", "score"]] * 2
    country = found.dossier["huidigeschool"]["adreslijst"]["adres"][0]["land"]
    assert country == {"@omschrijving": "Nederland", "#text": "6030"}


def test_the_writer_follows_the_order_of_the_table_whatever_the_order_of_the_values() -> None:
    dossier = decode(full()).dossier
    turned = dict(reversed(dossier.items()))
    turned["metadata"] = dict(reversed(dossier["metadata"].items()))
    assert encode(turned, "2019.1") == encode(dossier, "2019.1")


def test_what_leaves_is_utf8_without_a_declaration_and_with_the_namespace_on_the_root() -> None:
    data = encode(decode(full()).dossier, "2019.1")
    assert data.startswith(b'<dossier xmlns="http://www.edustandaard.nl/oso_gegevensset/2019/dossier"><metadata>')
    assert "Zoë".encode() in data


@pytest.mark.parametrize(
    "text",
    [
        "a & b < c > d",
        "]]>",
        "&amp;",
        "regel\r\nregel",
        "\t tab",
        " ",
        "\N{GRINNING FACE} \u0141\u00e9\u00df",
        "a \"b\" 'c'",
    ],
)
def test_any_text_survives_the_trip(text: str) -> None:
    dossier = decode(full()).dossier
    dossier["metadata"]["pakketnaam"] = text
    dossier["huidigeschool"]["adreslijst"]["adres"][0]["land"] = {"@omschrijving": text, "#text": text}
    assert decode(encode(dossier, "2019.1")).dossier == dossier


def test_text_around_a_comment_or_in_cdata_is_one_text() -> None:
    data = full().replace(b"<pakketversie>1.0<", b"<pakketversie>1<!-- x -->.<?p q?><![CDATA[0&]]><")
    assert decode(data).dossier["metadata"]["pakketversie"] == "1.0&"


@pytest.mark.parametrize(
    ("path", "value", "pad", "code"),
    [
        ("onbekend", "x", "/dossier/onbekend", "STRUCTUUR.ONBEKEND"),
        ("overdrachtsoort", 7, "/dossier/overdrachtsoort", "STRUCTUUR.VORM"),
        ("overdrachtsoort", None, "/dossier/overdrachtsoort", "STRUCTUUR.VORM"),
        ("overdrachtsoort", ["x"], "/dossier/overdrachtsoort", "STRUCTUUR.VORM"),
        ("overdrachtsoort", "a\x00b", "/dossier/overdrachtsoort", "STRUCTUUR.TEKEN"),
        ("overdrachtsoort", "a\ud800b", "/dossier/overdrachtsoort", "STRUCTUUR.TEKEN"),
        ("overdrachtsoort", "a\uffffb", "/dossier/overdrachtsoort", "STRUCTUUR.TEKEN"),
        ("metadata", "", "/dossier/metadata", "STRUCTUUR.VORM"),
        ("metadata", [], "/dossier/metadata", "STRUCTUUR.VORM"),
        ("huidigeschool/leerling/voornaam", "Zoë", "/dossier/huidigeschool/leerling/voornaam", "STRUCTUUR.VORM"),
        ("huidigeschool/leerling/verzorger", {}, "/dossier/huidigeschool/leerling/verzorger", "STRUCTUUR.VORM"),
        (
            "huidigeschool/leerling/nationaliteit",
            [{"#text": "0001", "@land": "x"}],
            "/dossier/huidigeschool/leerling/nationaliteit[1]/@land",
            "STRUCTUUR.ONBEKEND",
        ),
        (
            "huidigeschool/leerling/cijferlijstlijst",
            {"cijferlijst": [{"cijferlijstTypelijst": {}}]},
            "/dossier/huidigeschool/leerling/cijferlijstlijst/cijferlijst[1]/cijferlijstTypelijst",
            "STRUCTUUR.VORM",
        ),
    ],
)
def test_values_that_no_dossier_can_hold_are_refused_with_their_place(
    path: str, value: object, pad: str, code: str
) -> None:
    dossier = decode(full()).dossier
    *above, last = path.split("/")
    place = dossier
    for step in above:
        place = place[step]
    place[last] = value
    with pytest.raises(Invalid) as caught:
        encode(dossier, "2019.1")
    assert caught.value.code == "DOSSIER_ONGELDIG"
    assert [(melding.pad, melding.code) for melding in caught.value.meldingen] == [(pad, code)]


def test_a_dossier_of_the_wrong_structure_is_not_read_but_explained() -> None:
    with pytest.raises(Invalid) as caught:
        decode(full().replace(b"<overdrachtsoort>", b"<overdracht>").replace(b"</overdrachtsoort>", b"</overdracht>"))
    assert caught.value.code == "DOSSIER_ONGELDIG"
    assert [melding.code for melding in caught.value.meldingen] == ["STRUCTUUR.ONBEKEND", "STRUCTUUR.ONTBREEKT"]


@pytest.mark.parametrize(
    ("data", "code", "pad"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "JSON_DUBBEL", "/a/b"),
        (b'[{"a": 1}]', "JSON_ONLEESBAAR", None),
        (b'{"a": [1, {"x": "\\ud800"}]}', "JSON_TEKEN", "/a/2/x"),
        (b'{"\\udfff": 1}', "JSON_TEKEN", "/"),
        (b'{"a": ' + b"9" * 5000 + b"}", "JSON_GETAL", None),
        (b'{"a": 1e999999999999999999}', "JSON_GETAL", None),
        (b'{"a": NaN}', "JSON_GETAL", None),
        (b'{"a": -Infinity}', "JSON_GETAL", None),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "JSON_TE_DIEP", "/a" * 64),
        (b"[" * 100_000, "JSON_TE_DIEP", None),
        (b'{"a":' * 100_000, "JSON_TE_DIEP", None),
        (b"{", "JSON_ONLEESBAAR", None),
        (b"", "JSON_ONLEESBAAR", None),
        (b'{"a": "\xff"}', "JSON_ONLEESBAAR", None),
        ('{"a": 1}'.encode("utf-16"), "JSON_ONLEESBAAR", None),
        (b'{"a": [' + b"[]," * 100_001 + b"1]}", "TE_GROOT", None),
        (b'{"a": [' + b"1," * 500_001 + b"1]}", "TE_GROOT", None),
        (b'{"a": "' + b"x" * 200 + b'"}', "TE_GROOT", None),
    ],
)
def test_hostile_json_is_refused_with_its_place(data: bytes, code: str, pad: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        lees(data, limiet=100 if b"xxx" in data else 10_000_000)
    assert caught.value.code == code
    assert [melding.pad for melding in caught.value.meldingen] == ([] if pad is None else [pad])


def test_honest_json_is_read_as_it_is() -> None:
    text = '\ufeff{"a": ["\\ud83d\\ude00", 12, 1.5, true, null], "b": {}}'
    assert lees(text.encode()) == {"a": ["😀", 12, 1.5, True, None], "b": {}}
