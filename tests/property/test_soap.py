"""Do messages survive the trip, and does rubbish ever raise anything but Invalid? (house 9)"""

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, pgn_fout
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.errors import Invalid
from chalicelib.messages import PROFIELEN, protocolprofiel, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.document import decode_document_response, encode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.soorten import lees_pgn
from chalicelib.messages.zoeksleutel import zoeksleutel_provider

profielen = st.sampled_from(list(PROFIELEN.values()))
brins = st.from_regex(r"[0-9]{2}[A-Z]{2}", fullmatch=True).map(Brin)
punten = st.integers(0, 99_999).map(lambda nummer: Aanleverpunt(str(nummer)))
adressen = st.builds(b.Adressen, brins, punten, brins, punten)
pgns = st.sampled_from(["662460613", "482782481", "088584574"]).map(lambda nummer: Pgn(PgnType.BSN, nummer))
uuids = st.uuids().map(str)
sleutels = st.binary(min_size=16, max_size=64).map(zoeksleutel_provider)
zoek = st.builds(lambda maak, pgn: maak(pgn), sleutels, pgns)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minuten: timezone(timedelta(minutes=minuten)))
momenten = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31), timezones=zones | st.just(UTC))  # noqa: DTZ001 - bounds, the zone is drawn
soorten = st.sampled_from(Overdrachtsoort)
van_leerling = soorten.filter(lambda soort: soort is not Overdrachtsoort.SWV)
teksten = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1).filter(
    lambda tekst: tekst == tekst.strip()
)
resultaten = st.sampled_from(list(RESULTATEN.values()))

berichten: st.SearchStrategy[b.Bericht] = st.one_of(
    st.builds(b.OverdrachtRequest, adressen, soorten, zoek),
    st.builds(b.OverdrachtRequest, adressen, soorten, st.none(), uuids),
    st.builds(b.DocumentRequest, adressen, pgns, st.none(), van_leerling, uuids, momenten | st.none()),
    st.builds(b.DocumentRequest, adressen, st.none(), uuids, st.just(Overdrachtsoort.SWV), uuids),
    st.builds(b.SessiecontroleRequest, adressen, soorten, zoek, sessie_id=uuids),
    st.builds(b.AfmeldingRequest, adressen, soorten, st.none(), uuids, sessie_id=uuids, resultaat=resultaten),
    st.builds(b.MeldenNotificatieRequest, adressen, st.just(b.Doel.OV), uuids, momenten | st.none()),
    st.builds(b.NotificatieRequest, adressen, uuids),
    st.builds(b.TerugkoppelingRequest, adressen, uuids, momenten, teksten),
    st.builds(
        lambda *delen: b.OverzichtAanleverpuntResponse((b.OverzichtAanleverpunt(*delen),)),
        brins,
        punten,
        teksten,
        st.sampled_from(b.Doel),
    ),
)
P = protocolprofiel("18")
VOORBEELD = soap.encode(P, b.MeldenNotificatieResponse("https://las.example/oso", None))
ANTWOORD = encode_document_response(P, b"<d xmlns='urn:d'><e a='b'>tekst</e></d>")


@given(profielen, berichten)
def test_any_message_survives_the_trip_in_both_generations(profiel: Protocolprofiel, bericht: b.Bericht) -> None:
    data = soap.encode(profiel, bericht)
    assert soap.decode(profiel, data) == bericht
    assert data == soap.encode(profiel, soap.decode(profiel, data))


@given(st.binary() | st.text().map(str.encode))
def test_rubbish_is_invalid_and_nothing_else(data: bytes) -> None:
    for lees in (lambda: soap.decode(P, data), lambda: soap.decode_fault(P, data)):
        try:
            lees()
        except Invalid as fout:
            assert fout.code == "BERICHT_ONGELDIG"  # noqa: PT017 - both outcomes are fine


@settings(max_examples=300)
@given(st.sampled_from([VOORBEELD, ANTWOORD]), st.data())
def test_a_damaged_message_is_read_or_invalid(voorbeeld: bytes, data: st.DataObject) -> None:
    plek = data.draw(st.integers(0, len(voorbeeld) - 1))
    lengte = data.draw(st.integers(0, 30))
    beschadigd = voorbeeld[:plek] + data.draw(st.binary(max_size=12)) + voorbeeld[plek + lengte :]
    for lees in (lambda: soap.decode(P, beschadigd), lambda: decode_document_response(P, beschadigd)):
        try:
            lees()
        except Invalid as fout:
            assert fout.code in ("BERICHT_ONGELDIG", "TE_GROOT")  # noqa: PT017 - both outcomes are fine


DELEN = [
    *["<a/>", "<a b='>'></a >", "<!-- </dossier> -->", "<![CDATA[</dossier>]]>", "é😀", " \r\n\t", "&gt;", "<?p q?>"],
    *["<dossier>x</dossier>", "<c xmlns=''><d/></c>", "<v:e xmlns:v='urn:v'/>", "&#13;", "]] >"],
]


@st.composite
def fragmenten(draw: st.DrawFn) -> bytes:
    """A dossier-like element that stands alone, with comments, CDATA, nesting and awkward characters."""
    inhoud = "".join(draw(st.lists(st.sampled_from(DELEN))))
    return f"<dossier xmlns='urn:d'>{inhoud}</dossier{draw(st.sampled_from(['', ' ', chr(10)]))}>".encode()


@given(profielen, fragmenten())
def test_the_bytes_of_any_dossier_survive_the_trip(profiel: Protocolprofiel, dossier: bytes) -> None:
    assert decode_document_response(profiel, encode_document_response(profiel, dossier)) == dossier


@given(st.integers(0, 999_999_999).map("{:09d}".format))
def test_no_number_is_both_a_bsn_and_an_onderwijsnummer(nummer: str) -> None:
    """So the kind of the number in a documentRequest follows from its check alone."""
    soorten_ = [type_ for type_ in PgnType if not pgn_fout(type_, nummer)]
    assert len(soorten_) < 2
    if soorten_:
        assert lees_pgn(nummer).type is soorten_[0]


@given(sleutels, pgns)
def test_a_zoeksleutel_never_holds_the_number(maak: object, pgn: Pgn) -> None:
    assert callable(maak)
    assert not re.search(pgn.nummer, maak(pgn).waarde + repr(maak(pgn)))
