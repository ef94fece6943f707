"""Whatever comes in beside whatever is there: nothing is lost, nothing is overwritten unasked, and what comes of it
can be kept (15.21)."""

import re
from copy import deepcopy
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.controle import controleer_waarden
from chalicelib.gegevensset.tabel import Standaard, standaard
from chalicelib.gegevensset.vergelijken import LEERLING, Keus, maak_plan, nieuw_record, pas_toe
from tests.property.dossier_maker import make_dossier

TABLE, OLDER = standaard("2019.1"), standaard("2018.1")
VERSIONS = st.sampled_from([TABLE, OLDER])
seeds = st.integers(min_value=0, max_value=10_000)
_SENDERS = {"leerlingid", "datuminschrijving", "datumuitschrijving"}


def dossier(seed: int, table: Standaard = TABLE) -> Waarden:
    return make_dossier(table, Profiel.POPO, Random(seed), fullness=0.5)


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    """Every value with its names, positions left out."""
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in leaves(part, (*path, name))]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part, path)]
    return [(path, str(value))]


def pupil(found: Waarden) -> Waarden:
    inside: Waarden = found["huidigeschool"]["leerling"]
    return inside


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_nothing_of_the_own_record_is_lost_or_changed_unasked(theirs: int, ours: int) -> None:
    received, own = dossier(theirs), dossier(ours)
    before = deepcopy((received, own))
    merged = pas_toe(maak_plan(received, own, TABLE), own, {})
    assert (received, own) == before
    left = leaves(merged)
    for leaf in leaves(own):
        assert leaf in left
        left.remove(leaf)


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_doing_the_proposal_twice_adds_nothing_more(theirs: int, ours: int) -> None:
    received, own = dossier(theirs), dossier(ours)
    once = pas_toe(maak_plan(received, own, TABLE), own, {})
    again = maak_plan(received, once, TABLE)
    assert [line.pad for line in again if line.voorstel is Keus.NEEM_OVER] == []


@settings(max_examples=25, deadline=None)
@given(seeds, seeds, st.randoms(use_true_random=False))
def test_whatever_is_chosen_the_result_has_the_structure_of_the_standard(theirs: int, ours: int, pick: Any) -> None:
    received, own = dossier(theirs), dossier(ours)
    lines = maak_plan(received, own, TABLE)
    choices = {line.pad: pick.choice([Keus.NEEM_OVER, Keus.BEHOUD]) for line in lines}
    merged = pas_toe(lines, own, choices)
    faults = {m.code for m in controleer_waarden(merged, "2019.1") if m.is_fout}
    assert faults <= {m.code for m in controleer_waarden(own, "2019.1") if m.is_fout}


@settings(max_examples=50, deadline=None)
@given(seeds, seeds, VERSIONS, VERSIONS, st.randoms(use_true_random=False))
def test_a_dossier_of_any_version_fits_and_what_has_no_place_is_named(
    theirs: int, ours: int, its: Standaard, own_table: Standaard, pick: Any
) -> None:
    received, own = dossier(theirs, its), dossier(ours, own_table)
    lines = maak_plan(received, own, own_table)
    for choices in ({}, {line.pad: pick.choice([Keus.NEEM_OVER, Keus.BEHOUD]) for line in lines}):
        merged = pas_toe(lines, own, choices)
        assert [m.pad for m in controleer_waarden(merged, own_table.versie) if m.is_fout] == []
    proposed = leaves(pupil(pas_toe(lines, own, {})))
    named = [tuple(re.sub(r"\[\d+]", "", line.pad.removeprefix(LEERLING)).split("/")[1:]) for line in lines]
    for leaf in leaves(pupil(received)):
        left_out = [place for place in named if leaf[0][: len(place)] == place]
        assert leaf in proposed or left_out or leaf[0][0] == "overigdocumentlijst", leaf


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_a_new_record_holds_all_that_was_received_but_what_is_the_senders(theirs: int) -> None:
    received = dossier(theirs)
    made, wanted = leaves(pupil(nieuw_record(received))), leaves(pupil(received))
    assert {path[0] for path, _ in set(wanted) - set(made)} <= _SENDERS
    assert set(made) <= set(wanted)


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_every_place_of_the_plan_is_named_once_and_lies_in_the_pupil(theirs: int, ours: int) -> None:
    places = [line.pad for line in maak_plan(dossier(theirs), dossier(ours), TABLE)]
    assert len(places) == len(set(places))
    assert all(place.startswith(f"{LEERLING}/") for place in places)
