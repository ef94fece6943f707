"""The dossier in a documentResponse: the same bytes out as in, also from other vendors; hostile answers refused."""

import pytest
from lxml import etree

from chalicelib.errors import Invalid
from chalicelib.messages import PROFIELEN, protocolprofiel
from chalicelib.messages.document import decode_document_response, encode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.soap import decode_fault

P = protocolprofiel("18")
NS = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier"
DOSSIER = (
    f'<dossier xmlns="{NS}" xmlns:v="urn:v"><a v:b="x > y">é 😀 &lt;&#233;&amp;</a>\r\n<!-- > </dossier> --><c/>\t'
    "<![CDATA[</dossier>]]><?pi >?><dossier><d>\r</d></dossier><v:e xmlns:v='urn:w'/></dossier \n>"
).encode()
OMSLAG = (
    '{declaratie}<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" {buiten}><S:Header>{kop}</S:Header>'
    '<S:Body><documentResponse xmlns="{ns}">{dossier}</documentResponse></S:Body></S:Envelope>'
)


def omslag(dossier: str, declaratie: str = "", buiten: str = "", kop: str = "", ns: str = P.namespace) -> str:
    return OMSLAG.format(declaratie=declaratie, buiten=buiten, kop=kop, dossier=dossier, ns=ns)


def canoniek(data: bytes) -> bytes:
    canon: bytes = etree.tostring(etree.fromstring(data), method="c14n", exclusive=True)
    return canon


@pytest.mark.parametrize("profiel", PROFIELEN.values(), ids=PROFIELEN)
def test_the_bytes_that_leave_are_the_bytes_that_arrive(profiel: Protocolprofiel) -> None:
    data = encode_document_response(profiel, DOSSIER)
    assert DOSSIER in data
    assert decode_document_response(profiel, data) == DOSSIER
    assert decode_fault(profiel, data) is None


@pytest.mark.parametrize(
    "data",
    [
        omslag(DOSSIER.decode()).encode(),
        omslag(DOSSIER.decode(), '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n').encode("utf-8-sig"),
        omslag(f"\n <!-- x --> {DOSSIER.decode()}<?x y?>\n", kop="<a xmlns='urn:a'><b><c><d/>e</c></b></a>").encode(),
        omslag(DOSSIER.decode(), buiten='xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"').encode(),
    ],
    ids=["own default namespace", "bom and declaration", "comments and a header", "unused declaration"],
)
def test_a_dossier_that_stands_alone_is_cut_out_unchanged_from_another_vendors_answer(data: bytes) -> None:
    assert decode_document_response(P, data) == DOSSIER


@pytest.mark.parametrize(
    ("dossier", "buiten"),
    [
        ("<d:dossier><d:a d:b='c'>é</d:a></d:dossier>", f'xmlns:d="{NS}"'),
        (f'<dossier xmlns="{NS}" xsi:schemaLocation="a b"><a/></dossier>', 'xmlns:xsi="urn:xsi"'),
        (f'<d:dossier xmlns:d="{NS}"><kind>in the namespace around it</kind></d:dossier>', ""),
        ("<dossier><a/></dossier>", ""),
    ],
    ids=["prefix declared outside", "attribute prefix declared outside", "child in outer default", "outer default"],
)
def test_a_dossier_that_leans_on_outer_namespaces_is_written_with_them(dossier: str, buiten: str) -> None:
    data = omslag(dossier, buiten=buiten).encode()
    gekregen = decode_document_response(P, data)
    origineel = etree.fromstring(data)[1][0][0]
    assert canoniek(gekregen) == etree.tostring(origineel, method="c14n", exclusive=True, with_tail=False)
    assert gekregen.startswith(b"<")
    assert not gekregen.startswith(b"<?")


@pytest.mark.parametrize("codering", ["utf-16", "iso-8859-1", "windows-1252"])
def test_another_encoding_becomes_utf_8(codering: str) -> None:
    dossier = f'<dossier xmlns="{NS}"><a>Zoë é</a></dossier>'
    data = omslag(dossier, f'<?xml version="1.0" encoding="{codering}"?>').encode(codering)
    gekregen = decode_document_response(P, data)
    assert "Zoë é" in gekregen.decode()
    assert canoniek(gekregen) == canoniek(dossier.encode())


def test_octets_that_would_also_be_utf_8_are_read_in_the_encoding_that_was_declared() -> None:
    data = omslag(f'<dossier xmlns="{NS}"><a>Ã«</a></dossier>', '<?xml version="1.0" encoding="iso-8859-1"?>')
    assert "Ã«" in decode_document_response(P, data.encode("iso-8859-1")).decode()


def test_utf_16_without_a_declaration_becomes_utf_8() -> None:
    data = omslag(f'<dossier xmlns="{NS}"><a>Zoë</a></dossier>').encode("utf-16")
    assert "Zoë" in decode_document_response(P, data).decode()


GOED = omslag(DOSSIER.decode())
FOUT = {
    "empty": ("", "welgevormd"),
    "html": ("<html/>", "geen documentResponse"),
    "truncated": (GOED[:-9], "welgevormd"),
    "dtd": (f"<!DOCTYPE x>{GOED}", "DTD"),
    "bomb": (f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{omslag("<d>&b;</d>")}', "DTD"),
    "undeclared entity": (omslag("<d>&b;</d>"), "welgevormd"),
    "other generation": (omslag("<d/>", ns=protocolprofiel("22").namespace), "geen documentResponse"),
    "other answer": (GOED.replace("documentResponse", "overdrachtResponse"), "geen documentResponse"),
    "no dossier": (omslag(""), "geen dossier"),
    "text instead": (omslag("PGRvc3NpZXI+"), "tekst rond"),
    "text beside": (omslag(f"{DOSSIER.decode()}x"), "tekst rond"),
    "two dossiers": (omslag("<d xmlns='urn:d'>1</d>" * 2), "meer dan één"),
    "dossier in the header": (
        omslag("", kop=f"<documentResponse xmlns='{P.namespace}'><d/></documentResponse>"),
        "geen",
    ),
    "too deep": (omslag("<d>" * 50 + "</d>" * 50), "te diep"),
    "too many": (omslag(f"<d>{'<e/>' * 200_001}</d>"), "te veel"),
}


@pytest.mark.parametrize("naam", FOUT)
def test_an_answer_that_is_not_one_dossier_is_invalid(naam: str) -> None:
    tekst, waarom = FOUT[naam]
    with pytest.raises(Invalid, match=waarom) as fout:
        decode_document_response(P, tekst.encode())
    assert fout.value.code == "BERICHT_ONGELDIG"


def test_a_dossier_above_the_limit_is_too_large_and_one_at_the_limit_is_not() -> None:
    dossier = f'<dossier xmlns="{NS}"><a>{"x" * 1000}</a></dossier>'.encode()
    data = encode_document_response(P, dossier)
    assert decode_document_response(P, data, len(dossier)) == dossier
    for limiet in (len(dossier) - 1, 0):
        with pytest.raises(Invalid, match="TE_GROOT"):
            decode_document_response(P, data, limiet)
    with pytest.raises(Invalid, match="TE_GROOT"):
        decode_document_response(P, data + b" " * 70_000, len(dossier))


def test_the_largest_dossier_passes_in_a_few_seconds_at_most() -> None:
    bijlage = f"<b>{'QUJD' * 700_000}</b>"
    dossier = f'<dossier xmlns="{NS}">{bijlage * 5}</dossier>'.encode()
    assert decode_document_response(P, encode_document_response(P, dossier)) == dossier


@pytest.mark.parametrize("dossier", [b"", b"<?xml version='1.0'?><d/>", b"\xef\xbb\xbf<d/>", b"<!-- --><d/>", b" <d/>"])
def test_stored_bytes_that_cannot_be_spliced_are_refused(dossier: bytes) -> None:
    with pytest.raises(Invalid, match="DOSSIER_ONGELDIG"):
        encode_document_response(P, dossier)


def test_an_empty_dossier_element_is_cut_out_whole() -> None:
    """Judging it is the business of the data standard, not of the wire."""
    dossier = f'<dossier xmlns="{NS}" a=">"/>'
    assert canoniek(decode_document_response(P, omslag(dossier).encode())) == canoniek(dossier.encode())
