"""The sentences of protocol 2.1 to 2.3 that say must, always, before, only or never: each is broken in turn.

A break is a change in the source of one function, put into the running process; the named test must turn red by it. A
test that is red without a break, or a break whose place is no longer in the source, counts as not guarded.
"""

import contextlib
import inspect
import io
import itertools
import os
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from chalicelib.domain import aanvraag
from chalicelib.flows import beantwoorden, klaarzetten, notificaties, ontvangen, ophalen, scholen
from chalicelib.messages import berichten
from chalicelib.traffic_center import TrafficCenter
from infra.local.aws import start_ministack
from infra.local.processes import ROOT, stop

_TESTS = "tests/contract/test_protocol.py"
_ACCOUNTS = itertools.count(600000000001, 1000)


@dataclass(frozen=True)
class Guard:
    """One sentence: where it stands, in our words; the function, what is replaced in it; the test that must see it."""

    place: str
    sentence: str
    function: Any
    old: str
    new: str
    test: str


_CONTROL = "sessie = balie.tc.controleer_sessie(aanvraag)"
GUARDS = (
    Guard(
        "2.1.2",
        "a session that was refused is never signed off",
        ontvangen.haal,
        "        return sessie",
        "        return _meld_af(tc, _vraag_alle(tc, gevraagd, str(gevraagd.bron) * 9, []))",
        "test_a_session_that_was_not_granted_is_never_signed_off",
    ),
    Guard(
        "2.1.2",
        "zoeksleutel or koppelsleutel, never both",
        berichten._precies_een,
        "if (eerste is None) == (tweede is None):",
        "if eerste is None and tweede is None:",
        "test_a_session_is_asked_for_by_one_kind_of_key_only",
    ),
    Guard(
        "5",
        "the number is never sent to the Traffic Center",
        TrafficCenter._sleutel,
        "(self._zoeksleutel(sleutel), None)",
        "(Zoeksleutel(sleutel.nummer * 4), None)",
        "test_the_number_never_reaches_the_traffic_center",
    ),
    Guard(
        "2.1.3",
        "a documentRequest always names the session that was granted",
        ontvangen._vraag_alle,
        "gevraagd.soort, sessie_id)",
        "gevraagd.soort, sessie_id[::-1])",
        "test_one_dossier_per_request_and_always_in_a_session",
    ),
    Guard(
        "2.1.4",
        "the session is controlled before any other check",
        beantwoorden.beantwoord,
        _CONTROL,
        f"balie.stores.find_leerling(school, aanvraag.pgn)\n    {_CONTROL}",
        "test_the_session_is_controlled_before_any_other_check",
    ),
    Guard(
        "2.1.4",
        "the session is always controlled: it is mandatory",
        beantwoorden.beantwoord,
        _CONTROL,
        "sessie = None",
        "test_only_in_a_valid_session_a_dossier_is_delivered",
    ),
    Guard(
        "2.1.4",
        "only in a valid session a dossier is delivered",
        beantwoorden.beantwoord,
        "if isinstance(sessie, Resultaat):",
        "if sessie is None:",
        "test_only_in_a_valid_session_a_dossier_is_delivered",
    ),
    Guard(
        "9b.7",
        "a session belongs to its first certificate",
        beantwoorden._leg_vast,
        "(eerder.certificaat, eerder.vingerafdruk) == (nieuw.certificaat, nieuw.vingerafdruk)",
        "eerder.vingerafdruk == nieuw.vingerafdruk",
        "test_a_session_belongs_to_the_first_certificate_and_pupil_that_used_it",
    ),
    Guard(
        "9b.7",
        "a session belongs to its first pupil",
        beantwoorden._leg_vast,
        "(eerder.certificaat, eerder.vingerafdruk) == (nieuw.certificaat, nieuw.vingerafdruk)",
        "eerder.certificaat == nieuw.certificaat",
        "test_a_session_belongs_to_the_first_certificate_and_pupil_that_used_it",
    ),
    Guard(
        "2.1.5",
        "the request is stored before the decision",
        beantwoorden._leg_vast,
        "wie = (nieuw.certificaat,",
        "balie.stores.find_leerling(school, pgn)\n    wie = (nieuw.certificaat,",
        "test_the_request_is_stored_before_the_decision",
    ),
    Guard(
        "2.1.5",
        "what a later notificatie needs is kept",
        beantwoorden._leg_vast,
        "doel_aanleverpunt=str(adressen.doel_aanleverpunt)",
        'doel_aanleverpunt=""',
        "test_what_the_request_was_is_kept_for_a_later_notificatie",
    ),
    Guard(
        "2.1.6",
        "only what is set ready is delivered",
        aanvraag._reden,
        '(dossier.status is not Status.KLAAR, "NIET_KLAARGEZET")',
        '(False, "NIET_KLAARGEZET")',
        "test_only_what_is_set_ready_is_delivered",
    ),
    Guard(
        "2.1.6",
        "only the school that was marked may fetch",
        aanvraag._reden,
        "(overstap and vraag.doel_brin != school,",
        "(False,",
        "test_only_the_school_that_was_marked_may_fetch",
    ),
    Guard(
        "2.1.6",
        "an aanvraagdatum gives something newer only; a bron must obey it",
        aanvraag._niet_nieuwer,
        "vraag.aanvraagdatum >= dossier.versie.verzameld_op",
        "False",
        "test_an_aanvraagdatum_asks_for_something_newer_only_and_a_bron_must_obey",
    ),
    Guard(
        "2.1.8",
        "a granted session is always signed off, also after faults only",
        ontvangen.haal,
        "return _meld_af(tc, beste)",
        "return _meld_af(tc, beste) if beste.data else beste",
        "test_a_granted_session_is_always_signed_off_also_after_faults_only",
    ),
    Guard(
        "2.1.8",
        "with the best result",
        ontvangen._vraag_alle,
        "if antwoord.resultaat.rang >= beste.resultaat.rang:",
        "if antwoord.resultaat.rang <= beste.resultaat.rang or not beste.resultaat.rang:",
        "test_the_best_result_is_reported_and_of_equal_ones_the_last",
    ),
    Guard(
        "2.1.8",
        "of equal results always the last",
        ontvangen._vraag_alle,
        "antwoord.resultaat.rang >= beste.resultaat.rang",
        "antwoord.resultaat.rang > beste.resultaat.rang",
        "test_the_best_result_is_reported_and_of_equal_ones_the_last",
    ),
    Guard(
        "2.1.8",
        "only when nobody is left to ask",
        ontvangen.haal,
        "beste = _vraag_alle(tc, gevraagd, sessie.sessie_id, punten)",
        "beste = _meld_af(tc, _vraag_alle(tc, gevraagd, sessie.sessie_id, punten[:1]))\n"
        "    beste = _vraag_alle(tc, gevraagd, sessie.sessie_id, punten[1:])",
        "test_signed_off_is_done_when_nobody_is_left_to_ask",
    ),
    Guard(
        "2.1.8",
        "never show what the Traffic Center says to deviate",
        ontvangen._meld_af,
        "return Ontvangst(afgemeld, beste.aanvraag)",
        "return beste",
        "test_nothing_is_shown_when_the_traffic_center_says_that_the_data_deviate",
    ),
    Guard(
        "2.1.9",
        "the content and bijlagen that were received must be shown",
        ophalen._neem_in,
        "werk.stores.inhoud.put(map_, PDF, pdf)",
        "pass",
        "test_the_content_that_was_received_must_be_shown",
    ),
    Guard(
        "2.1.7",
        "never another pupil's dossier",
        ontvangen.oordeel,
        "vraag.pgn.nummer not in nummers",
        "not nummers",
        "test_the_dossier_of_another_pupil_is_never_kept",
    ),
    Guard(
        "2.2",
        "within the BRIN both must have the same BRIN",
        aanvraag._reden,
        "(binnen and vraag.doel_brin != vraag.bron_brin,",
        "(False,",
        "test_within_the_brin_both_must_have_the_same_brin",
    ),
    Guard(
        "2.2",
        "overdrachtbinnenbrin for the own BRIN only",
        ophalen._vraag,
        "binnen = bron == rij.school.brin",
        "binnen = False",
        "test_a_school_asks_its_own_brin_within_the_brin_and_any_other_for_an_overstap",
    ),
    Guard(
        "2.3",
        "only who asked before is told",
        notificaties.verstuur,
        "if onbekend:",
        "if False:",
        "test_only_a_school_that_asked_before_can_be_told",
    ),
    Guard(
        "2.3",
        "only the aanleverpunt that asked is told",
        notificaties._nieuw,
        "doel_aanleverpunt=verzoek.doel_aanleverpunt",
        'doel_aanleverpunt="5"',
        "test_only_the_aanleverpunt_that_asked_is_told_and_only_the_school_that_may_fetch",
    ),
    Guard(
        "2.3",
        "only the school that may fetch it is told",
        notificaties._past,
        "school.brin[:4] == verzoek.doel_brin",
        "True",
        "test_only_the_aanleverpunt_that_asked_is_told_and_only_the_school_that_may_fetch",
    ),
    Guard(
        "2.3",
        "sending must be a conscious act: klaarzetten only makes it possible",
        klaarzetten.zet_klaar,
        "    return herhaal(poging)",
        "    from chalicelib.flows import notificaties\n    klaar = herhaal(poging)\n"
        "    ids = [een.id for een in notificaties.mogelijk(werk, klaar[0])]\n"
        "    ids and notificaties.verstuur(werk, leerling_id, ids, 'vanzelf', 'vanzelf')\n    return klaar",
        "test_sending_must_be_an_act_of_its_own",
    ),
    Guard(
        "2.3",
        "its failure never influences klaarzetten",
        notificaties._rond_af,
        "commit(mutatie, dossier, dossier, werk.stores.bewaar(nu, nieuw))",
        "commit(mutatie, dossier, dossier.trek_in('x') if code else dossier, werk.stores.bewaar(nu, nieuw))",
        "test_a_failed_notificatie_never_changes_klaarzetten",
    ),
    Guard(
        "2.3.1",
        "a notificatie is announced before it is sent, and sent only when accepted",
        notificaties._meld,
        "        return gemeld",
        "        gemeld = MeldenNotificatieResponse('https://99ef.invalid/0')",
        "test_a_notificatie_is_announced_at_the_traffic_center_before_it_is_sent_and_only_then",
    ),
    Guard(
        "2.3",
        "a school always registers a url",
        scholen._bij_traffic_center,
        "tc.registreer(werk.school.brin, punt, url)",
        "tc.deregistreer(werk.school.brin, punt)",
        "test_a_school_always_registers_a_url",
    ),
)


def run() -> tuple[int, int]:
    """Break every sentence in turn; prints those that nobody saw, and returns how many turned red, of how many."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="oso-guards-") as folder:
        endpoint, child = start_ministack(Path(folder))
        os.environ["OSO_TEST_MINISTACK"] = endpoint
        try:
            if code := _pytest(sorted({guard.test for guard in GUARDS})):
                print(f"NOT GUARDED: without any break pytest ends with {code}")
                return 0, len(GUARDS)
            return sum(map(_turns_red, GUARDS)), len(GUARDS)
        finally:
            del os.environ["OSO_TEST_MINISTACK"]
            stop(child)


def _turns_red(guard: Guard) -> bool:
    with broken(guard.function, guard.old, guard.new):
        red = _pytest([guard.test]) == pytest.ExitCode.TESTS_FAILED
    if not red:
        print(f"NOT GUARDED {guard.place} {guard.sentence}")
    return red


def _pytest(tests: Sequence[str]) -> int:
    os.environ["OSO_TEST_ACCOUNT"] = str(next(_ACCOUNTS))
    for name in [name for name in sys.modules if name == "tests.conftest"]:
        del sys.modules[name]  # it counts accounts from where we say
    quiet = ["-q", "-x", "-p", "no:cacheprovider", "--no-header"]
    with contextlib.redirect_stdout(io.StringIO()):
        return pytest.main([*quiet, *(f"{_TESTS}::{test}" for test in tests)])


@contextlib.contextmanager
def broken(function: Callable[..., Any], old: str, new: str) -> Iterator[None]:
    """The function with other code, for everybody who holds it. ValueError when `old` is not there exactly once."""
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(old) != 1:
        raise ValueError(f"{function.__qualname__}: {source.count(old)} times {old!r}")
    whole = compile(source.replace(old, new), inspect.getfile(function), "exec")
    good = function.__code__
    function.__code__ = next(part for part in whole.co_consts if isinstance(part, CodeType))
    try:
        yield
    finally:
        function.__code__ = good


if __name__ == "__main__":
    RED, ALL = run()
    print(f"protocol: {RED} of {ALL} turned red")
    sys.exit(RED != ALL)
