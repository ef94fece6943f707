"""The dossier in an answer of another system: what is just taken, what is just refused, and what is written anew."""

import pytest

from chalicelib.messages import soap
from chalicelib.messages.document import decode_document_response, encode_document_response
from tests.unit.test_messages import ACHTTIEN, TWEEENTWINTIG
from tests.unit.test_messages_grenzen import LEEG, code_of, nested


@pytest.mark.parametrize(
    "dossier", [b"", b" <d/>", b"<?xml version='1.0'?><d/>", b"<!-- a --><d/>", b"\xef\xbb\xbf<d/>"]
)
def test_only_bytes_that_begin_with_the_dossier_are_sent(dossier: bytes) -> None:
    assert code_of(lambda: encode_document_response(ACHTTIEN, dossier)) == "DOSSIER_ONGELDIG"


@pytest.mark.parametrize("name", ["utf-8", "UTF-8", "utf8", "us-ascii", "ascii"])
def test_an_answer_in_these_encodings_keeps_the_very_bytes(name: str) -> None:
    dossier = b"<d a='1'  ></d >"
    data = encode_document_response(ACHTTIEN, dossier).replace(b'encoding="UTF-8"', f'encoding="{name}"'.encode())
    assert f'"{name}"'.encode() in data
    assert decode_document_response(ACHTTIEN, data) == dossier


@pytest.mark.parametrize("name", ["utf-16", "iso-8859-1"])
def test_an_answer_in_another_encoding_is_written_anew(name: str) -> None:
    text = encode_document_response(ACHTTIEN, "<d>é</d>".encode()).decode().replace("UTF-8", name)
    assert decode_document_response(ACHTTIEN, text.encode(name)) == _rewritten(b"<d>\xc3\xa9</d>", ACHTTIEN.namespace)


def test_comments_around_a_dossier_that_is_written_anew_are_passed_by() -> None:
    text = encode_document_response(ACHTTIEN, "<d>é</d>".encode()).decode().replace("UTF-8", "iso-8859-1")
    for place in ("<os:documentResponse>", "<soapenv:Body>"):
        data = text.replace(place, f"{place}<!-- een opmerking -->").encode("iso-8859-1")
        assert b">\xc3\xa9</d>" in decode_document_response(ACHTTIEN, data)


def test_a_text_that_only_one_of_the_two_readers_takes_is_refused() -> None:
    text = "<d>" + "é" * 10_000_001 + "</d>"
    data = encode_document_response(ACHTTIEN, text.encode()).decode().replace("UTF-8", "iso-8859-1")
    assert code_of(lambda: decode_document_response(ACHTTIEN, data.encode("iso-8859-1"))) == "BERICHT_ONGELDIG"


def test_utf_16_without_a_declaration_is_written_anew() -> None:
    text = LEEG.decode().partition("\n")[2]
    for codec, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        assert decode_document_response(ACHTTIEN, mark + text.encode(codec)) == _rewritten(b"<d/>", ACHTTIEN.namespace)


def _rewritten(dossier: bytes, namespace: str) -> bytes:
    around = f' xmlns:os="{namespace}" xmlns:soapenv="{soap.ENVELOP}"'.encode()
    declared = f' xmlns:soapenv="{soap.ENVELOP}" xmlns:os="{namespace}"'.encode()
    assert len(around) == len(declared)
    end = dossier.index(b">") - (dossier[dossier.index(b">") - 1 :][:1] == b"/")
    return dossier[:end] + declared + dossier[end:]


@pytest.mark.parametrize(("levels", "taken"), [(37, True), (38, False)])
def test_an_answer_is_forty_levels_deep_at_most(levels: int, taken: bool) -> None:
    dossier = nested(levels)
    data = encode_document_response(ACHTTIEN, dossier)
    if taken:
        assert decode_document_response(ACHTTIEN, data) == dossier
    else:
        assert code_of(lambda: decode_document_response(ACHTTIEN, data)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(("elements", "taken"), [(199_996, True), (199_997, False)])
def test_an_answer_has_two_hundred_thousand_elements_at_most(elements: int, taken: bool) -> None:
    data = encode_document_response(ACHTTIEN, b"<d>" + b"<e/>" * (elements - 1) + b"</d>")  # four are around it
    if taken:
        assert decode_document_response(ACHTTIEN, data).startswith(b"<d><e/>")
    else:
        assert code_of(lambda: decode_document_response(ACHTTIEN, data)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(("size", "code"), [(1000, ""), (1001, "TE_GROOT")])
def test_a_dossier_above_the_limit_is_refused(size: int, code: str) -> None:
    dossier = b"<d>" + b"x" * (size - 7) + b"</d>"
    data = encode_document_response(ACHTTIEN, dossier)
    if code:
        assert code_of(lambda: decode_document_response(ACHTTIEN, data, 1000)) == code
    else:
        assert decode_document_response(ACHTTIEN, data, 1000) == dossier


@pytest.mark.parametrize(
    "body",
    [
        b"<os:documentResponse/>",
        b"<os:documentResponse><d/><d/></os:documentResponse>",
        b"<os:documentResponse>tekst<d/></os:documentResponse>",
        b"<os:documentResponse><d/>tekst</os:documentResponse>",
        b"<os:ander><d/></os:ander>",
        b"<documentResponse><d/></documentResponse>",
        b"",
    ],
)
def test_what_is_no_answer_with_one_dossier_is_refused(body: bytes) -> None:
    data = soap.envelop(ACHTTIEN, "|").replace(b"|", body)
    assert code_of(lambda: decode_document_response(ACHTTIEN, data)) == "BERICHT_ONGELDIG"
    assert code_of(lambda: decode_document_response(TWEEENTWINTIG, LEEG)) == "BERICHT_ONGELDIG"


def test_what_stands_in_the_header_of_an_answer_is_passed_by() -> None:
    head = b"<soapenv:Header>tekst<os:documentResponse><x/><x/></os:documentResponse></soapenv:Header>"
    data = encode_document_response(ACHTTIEN, b"<d><e/></d>").replace(b"<soapenv:Header/>", head)
    assert decode_document_response(ACHTTIEN, data) == b"<d><e/></d>"
