"""The states of a zorgvraag (15.22-15.26, R116), its texts, its blocks (R109), and the search for a number (15.34)."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from fpdf import FPDF

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde, Uitkomst, controleer_inzage
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.domain.zorgvraag import (
    MEESTE_TERUGKOPPELINGEN,
    WACHT_OP,
    Terugkoppeling,
    Zorgvraag,
    Zorgvraagstatus,
    reden,
    sleutel_geldig_tot,
)
from chalicelib.errors import Invalid
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.keuze import Keuze, standaardkeuze
from chalicelib.gegevensset.leestekst import bevat_nummer, plekken_met_nummer
from chalicelib.gegevensset.samenstellen import stel_samen
from chalicelib.gegevensset.tabel import standaard
from chalicelib.pdf import render
from infra.local.processes import ROOT
from tests.pupil import NOW, NUMBERS, SCHOOL, card, record

S = Zorgvraagstatus
NUMBER = "310008475"
LATER = NOW + timedelta(hours=1)
ANSWER = Terugkoppeling(NOW, LATER, "terugkoppeling-x.txt", "x")
SENT = Zorgvraag(
    id="z1",
    school=Vestiging("14SS00"),
    leerling_id="l-1",
    omschrijving="Hulp bij rekenen",
    aanleverpunt="10",
    aanleverpunt_naam="SWV Proef",
    profiel=Profiel.POSWV,
    standaardversie="2019.1",
    gemaakt_op=NOW,
    door="Ina Begeleider",
    door_sub="s",
    map="m",
    inhoud_hash="h",
    verzend_hash="v",
)
KEYED = SENT.met_sleutel("geheim", "KOPPEL#1", "https://swv.invalid")
TOLD = KEYED.genotificeerd(NOW)


def test_a_zorgvraag_goes_from_sent_to_answered_with_the_columns_of_r113() -> None:
    """R113, R116."""
    fetched = TOLD.opgehaald(LATER)
    answered = fetched.teruggekoppeld(ANSWER)
    states = [one.status for one in (SENT, KEYED, TOLD, fetched, answered)]
    assert states == [S.VERZONDEN, S.VERZONDEN, S.NOTIFICATIE_VERSTUURD, S.OPGEHAALD, S.TERUGGEKOPPELD]
    assert [one.notificatie_verstuurd for one in (SENT, KEYED, TOLD)] == ["Nee", "Nee", "Ja"]
    assert [one.terugkoppeling_ontvangen for one in (fetched, answered)] == ["Nee", "Ja"]
    assert answered.gebruikt_aanleverpunt == "10: SWV Proef"
    assert answered.opgehaald(LATER).status is S.TERUGGEKOPPELD


def test_of_two_koppelsleutels_the_first_stays() -> None:
    """9b.12: at most one is kept."""
    assert KEYED.met_sleutel("ander", "KOPPEL#2", "https://elders.invalid") is KEYED


def test_who_fetched_was_told_even_if_we_never_heard_so() -> None:
    fetched = KEYED.opgehaald(LATER)
    assert (fetched.notificatie_verstuurd, fetched.notificatie_op) == ("Ja", LATER)
    assert KEYED.mislukt("PEER_ONBEREIKBAAR").opgehaald(LATER).code is None
    assert fetched.mislukt("PEER_ONBEREIKBAAR") is fetched, "a late failure does not undo what happened"
    assert TOLD.mislukt("PEER_ONBEREIKBAAR") is TOLD


def test_the_same_answer_twice_is_once_and_another_one_is_another() -> None:
    answered = TOLD.teruggekoppeld(ANSWER)
    assert answered.teruggekoppeld(ANSWER) is answered
    assert len(answered.teruggekoppeld(replace(ANSWER, sha256="y")).terugkoppelingen) == 2


def test_no_more_answers_are_kept_than_the_bound() -> None:
    full = TOLD
    for number in range(MEESTE_TERUGKOPPELINGEN):
        full = full.teruggekoppeld(replace(ANSWER, sha256=str(number)))
    assert len(full.terugkoppelingen) == MEESTE_TERUGKOPPELINGEN
    assert full.teruggekoppeld(replace(ANSWER, sha256="een te veel")) is full


def test_a_withdrawn_one_keeps_no_content_and_opens_nothing() -> None:
    """R114, 15.22-26: a tombstone."""
    gone = TOLD.opgehaald(LATER).teruggekoppeld(ANSWER).ingetrokken(LATER)
    assert (gone.status, gone.omschrijving, gone.koppelsleutel, gone.terugkoppelingen) == (S.INGETROKKEN, "", None, ())
    assert not gone.geldig(NOW.date())
    assert gone.met_sleutel("x", "y", "z") is gone
    assert gone.ingetrokken(LATER) is gone
    assert gone.genotificeerd(LATER).status is S.INGETROKKEN


def test_whether_the_swv_knows_of_it_stays_known_when_the_koppelsleutel_goes() -> None:
    """Ch. 16: the clean-up takes the key on 1 August; what was told was told."""
    known = (KEYED, TOLD, KEYED.opgehaald(LATER), TOLD.teruggekoppeld(ANSWER))
    assert [one.verteld for one in (SENT, *known)] == [False, True, True, True, True]
    bare = [replace(one, koppelsleutel=None, pointer=None, url=None) for one in known[1:]]
    assert all(one.verteld for one in bare)


def test_sending_again_keeps_the_koppelsleutel() -> None:
    again = KEYED.mislukt("PEER_ONBEREIKBAAR").opnieuw()
    assert (again.status, again.koppelsleutel, again.code) == (S.VERZONDEN, "geheim", None)


@pytest.mark.parametrize(
    ("made", "until"),
    [
        (date(2026, 7, 31), date(2026, 8, 1)),
        (date(2026, 8, 1), date(2027, 8, 1)),
        (date(2026, 12, 31), date(2027, 8, 1)),
    ],
)
def test_a_koppelsleutel_holds_until_the_first_of_august(made: date, until: date) -> None:
    """Ch. 16."""
    assert sleutel_geldig_tot(made) == until
    one = replace(TOLD, gemaakt_op=datetime(made.year, made.month, made.day, 12, tzinfo=NOW.tzinfo))
    assert one.geldig(until - timedelta(days=1))
    assert not one.geldig(until)


def test_a_koppelsleutel_holds_until_the_day_that_was_set_when_it_was_made() -> None:
    """Ch. 16: a setting; a row of before has 1 August."""
    until = sleutel_geldig_tot(date(2026, 6, 10), "07-01")
    assert until == date(2026, 7, 1)
    one = replace(TOLD, gemaakt_op=NOW, sleutel_tot=until)
    assert (one.geldig_tot, one.geldig(until - timedelta(days=1)), one.geldig(until)) == (until, True, False)
    assert replace(one, sleutel_tot=None).geldig_tot == date(2026, 8, 1)


def test_every_state_says_what_is_waited_for_and_what_to_do_when_it_stays_out() -> None:
    """R113: "niet zichtbaar bij het SWV"."""
    assert set(WACHT_OP) == set(S)
    assert all(what_now.endswith(".") for _, what_now in WACHT_OP.values())
    assert WACHT_OP[S.NOTIFICATIE_VERSTUURD][1].startswith("Niet zichtbaar bij het SWV?")
    again = {state for state in S if "zorgvraag opnieuw" in WACHT_OP[state][1]}
    assert again == {S.MISLUKT}, "only what failed can be sent again"


def test_every_reason_of_a_failure_has_a_text_and_what_to_do() -> None:
    """9b.6."""
    ours = ("PEER_ONBEREIKBAAR", "PEER_ANTWOORD", "TRAFFIC_CENTER_ONBEREIKBAAR", "TRAFFIC_CENTER_ANTWOORD")
    wire = ("ADRES_NIET_TOEGESTAAN", "CERTIFICAAT_ONBETROUWBAAR", "ANTWOORD_TE_GROOT")
    for code in (*ours, *wire, *RESULTATEN):
        text, what_now = reden(code)
        assert text[-1] == "." or code == "SUCCESVOL_ONTVANGEN"
        assert what_now.endswith(".")
    assert "samenwerkingsverband" in reden("PEER_ONBEREIKBAAR")[0]


# blocks and content


@pytest.mark.parametrize("versie", ["2018.1", "2019.1"])
def test_all_blocks_are_ticked_but_verzuim_eindtoets_and_inzage(versie: str) -> None:
    """R109; Eindtoets is forbidden for PO, VVE for VO."""
    tabel = standaard(versie)
    po, vo = (standaardkeuze(tabel, profiel, record()) for profiel in (Profiel.POSWV, Profiel.VOSWV))
    assert not {"verzuim", "eindtoetsbo", "ouderinzage", "vombo"} & (po | vo)
    assert "vve" in po - vo
    assert {"metadata", "school", "leerling", "oudersverzorgers", "schoolloopbaan", "overstapadvies"} <= po & vo
    assert {"toetsresultaten", "handelingsplannen", "bijlagedocs"} <= po & vo


def test_no_number_birthplace_nationality_or_bank_account_goes_to_an_swv() -> None:
    """R115, PaO.LL10-LL12, PaO.OV05."""
    carer = record()["huidigeschool"]["leerling"]["verzorger"][0] | {"iban": "NL91ABNA0417164300", "banknummer": "1"}
    full = record(NUMBER, geboorteplaats="Nergens", nationaliteit=["0001"], verzorger=[carer])
    tabel = standaard("2019.1")
    chosen = Keuze(standaardkeuze(tabel, Profiel.POSWV, full))
    made = stel_samen(full, tabel, card(), SCHOOL, Profiel.POSWV, chosen, NOW.date())
    pupil = made.dossier["huidigeschool"]["leerling"]
    assert not {"bsn", "onderwijsnummer", "geboorteplaats", "nationaliteit"} & set(pupil)
    assert not {"iban", "banknummer"} & set(pupil["verzorger"][0])
    assert made.dossier["overdrachtsoort"] == "swv-dossier"
    assert len(made.weggelaten) == 5
    assert "bsn" in full["huidigeschool"]["leerling"], "the record itself keeps it"


def test_zat_and_vir_do_not_go_to_an_swv_in_2018_1() -> None:
    """R115, PaO.ZB01, PaO.ZB02."""
    care = {"vir": {"ingevoerdinvir": "true"}, "zat": {"besprokeninzat": "true"}, "lgf": "true"}
    tabel, full = standaard("2018.1"), record(NUMBER, zorg=care)
    made = stel_samen(full, tabel, card(), SCHOOL, Profiel.POSWV, Keuze(frozenset(tabel.blok)), NOW.date())
    assert made.dossier["huidigeschool"]["leerling"]["zorg"] == {"lgf": "true"}


# inzage with a zorgvraag


def test_an_inzage_without_a_date_is_of_today_and_one_of_tomorrow_is_refused() -> None:
    """15.8, 15.22-26."""
    today = NOW.date()
    assert controleer_inzage(Inzage(Inzagewaarde.JA), None, None, today).datum == today
    earlier = Inzage(Inzagewaarde.JA, today - timedelta(days=30))
    assert controleer_inzage(earlier, None, None, today) == earlier, "a zorgvraag is seen before it is made"
    proof = Inzagebewijs("VERZORGER", "GESPREK", today + timedelta(days=1), Uitkomst.AKKOORD)
    for wrong in (Inzage(Inzagewaarde.JA, today + timedelta(days=1)), Inzage(Inzagewaarde.JA, today, None, (proof,))):
        with pytest.raises(Invalid, match="INZAGEDATUM_ONGELDIG"):
            controleer_inzage(wrong, None, None, today)


# the number in texts and attachments (15.34)


def _zip(name: str, content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


def _pdf(text: str, *, embedded: bool, compressed: bool = True) -> bytes:
    made = FPDF()
    made.set_compression(compressed)
    made.add_page()
    if embedded:
        made.add_font("Noto", "", ROOT / "chalicelib/pdf/noto/NotoSans-Regular-full.ttf")
    made.set_font("Noto" if embedded else "helvetica", size=11)
    made.cell(text=text)
    return bytes(made.output())


def _ours(number: str) -> bytes:
    return render(record(number), standaard("2019.1"), gemaakt_op=NOW.date())


_RUNS = "<w:document xmlns:w='urn:w'><w:r>Nr 310</w:r><w:r>008</w:r><w:r>&#52;75</w:r></w:document>"
FILES = {
    "plain.txt": b"Het nummer is 310008475.",
    "groups.txt": b"310.008.475 of 3100 08 475",
    "windows.txt": "nummer 310008475".encode("utf-16"),
    "runs.docx": _zip("word/document.xml", _RUNS),
    "cell.xlsx": _zip("xl/workbook.xml", "<c><v>310008475</v></c>"),
    "core.pdf": _pdf("nummer 310008475", embedded=False),
    "loose.pdf": _pdf("nummer 310 008 475", embedded=False, compressed=False),
    "subset.pdf": _pdf("nummer 310008475", embedded=True),
    "ours.pdf": _ours(NUMBER),
    "photo.jpg": b"\xff\xd8\xff" + b"Comment 310008475" + b"\xff\xd9",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument nr 310008475".encode("utf-16-le"),
}


def _with(name: str, content: bytes) -> dict[str, object]:
    return record(overigdocumentlijst={"document": [maak_bijlage(name, content)]})


@pytest.mark.parametrize("name", FILES)
def test_the_number_is_found_in_readable_text_of_attachments(name: str) -> None:
    """15.34: in its file, also in groups, cut up by Word or drawn with part of a font."""
    tabel = standaard("2019.1")
    place = "/dossier/huidigeschool/leerling/overigdocumentlijst/document[1]/bestandsinhoud"
    assert plekken_met_nummer(_with(name, FILES[name]), tabel, NUMBER) == [place]
    assert plekken_met_nummer(_with(name, FILES[name]), tabel, NUMBERS[0]) == []


def test_the_number_is_found_in_a_text_and_in_a_file_name() -> None:
    tabel = standaard("2019.1")
    named = _with("verslag 310008475.txt", b"niets")
    assert [path.rpartition("/")[2] for path in plekken_met_nummer(named, tabel, NUMBER)] == ["bestandsnaam"]
    noted = record(overstapadvies={"aandachtspunten": "Zie 310 008 475."})
    assert [path.rpartition("/")[2] for path in plekken_met_nummer(noted, tabel, NUMBER)] == ["aandachtspunten"]


def test_a_number_without_its_zero_in_front_is_found_and_part_of_a_longer_one_is_not() -> None:
    assert bevat_nummer("BSN 88584574", "088584574")
    assert not bevat_nummer("factuur 188584574", "088584574")
    assert not bevat_nummer("tel. 010-3100084", NUMBER)
