"""The chain of the mutatielog: what was altered, removed, added, swapped or rewritten is named (15.17)."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.mutatielog import (
    HANDELING,
    Actie,
    Door,
    Kop,
    Logregel,
    Mutatie,
    controleer_keten,
    is_lezen,
    schrijf_bij,
)
from tests.pupil import NOW

SUBJECT = "DOSSIER#14SS00#l-1"
DOOR = Door("14SS00", "14ss00-administratie", "Adriaan Administratie")
Chain = tuple[list[Logregel], Kop]


def written(count: int, subject: str = SUBJECT, seed: int = 0) -> Chain:
    """A chain of `count` entries, and its head."""
    entries, head = [], Kop()
    for number in range(count):
        act = list(Actie)[(number + seed) % len(Actie)]
        entry, head = schrijf_bij(
            head, Mutatie(act, subject, DOOR, NOW + timedelta(minutes=number), {"versie": number})
        )
        entries.append(entry)
    return entries, head


def found(chain: Chain, subject: str = SUBJECT) -> list[tuple[int, str]]:
    entries, head = chain
    return [(fault.volgnummer, fault.code) for fault in controleer_keten(subject, entries, head)]


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_a_chain_as_it_was_written_is_intact(count: int) -> None:
    assert found(written(count)) == []


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize(
    "change",
    [
        {"actie": Actie.PDF_BEKEKEN.value},
        {"sub": "iemand-anders"},
        {"medewerker": "Iemand Anders"},
        {"school": "99EF00"},
        {"op": "2026-01-01T00:00:00.000+01:00"},
        {"details": {"versie": 99}},
        {"details": {}},
        {"vorige": "0" * 64},
        {"hash": "0" * 64},
        {"onderwerp": "DOSSIER#14SS00#l-2"},
    ],
    ids=lambda change: "-".join(change),
)
def test_an_altered_entry_is_named(place: int, change: dict[str, object]) -> None:
    entries, head = written(5)
    entries[place] = replace(entries[place], **change)  # type: ignore[arg-type]  # the table names fields of the class
    named = [number for number, _ in found((entries, head))]
    assert place + 1 in named or place + 2 in named


@pytest.mark.parametrize("place", range(5))
def test_a_removed_entry_is_named_also_the_last(place: int) -> None:
    entries, head = written(5)
    del entries[place]
    assert (place + 1, "REGEL_ONTBREEKT") in found((entries, head))


def test_all_entries_removed_is_named() -> None:
    assert found(([], written(5)[1])) == [(1, "REGEL_ONTBREEKT")]


def test_an_entry_added_at_the_end_is_named_however_well_it_is_made() -> None:
    entries, head = written(5)
    extra, _ = schrijf_bij(head, Mutatie(Actie.PDF_BEKEKEN, SUBJECT, DOOR, NOW))
    assert found(([*entries, extra], head)) == [(6, "REGEL_TOEGEVOEGD")]


@pytest.mark.parametrize("place", range(4))
def test_two_swapped_entries_are_named(place: int) -> None:
    entries, head = written(5)
    entries[place], entries[place + 1] = entries[place + 1], entries[place]
    assert found((entries, head))


@pytest.mark.parametrize("place", range(4))
def test_two_entries_that_traded_contents_are_named(place: int) -> None:
    entries, head = written(5)
    one, two = entries[place], entries[place + 1]
    entries[place] = replace(two, volgnummer=one.volgnummer)
    entries[place + 1] = replace(one, volgnummer=two.volgnummer)
    assert {number for number, _ in found((entries, head))} >= {place + 1, place + 2}


def test_a_full_rewrite_of_the_same_length_is_named() -> None:
    _, head = written(5)
    rewritten, _ = written(5, seed=1)
    assert found((rewritten, head)) == [(5, "KETEN_HERSCHREVEN")]


def test_a_full_rewrite_of_another_length_is_named() -> None:
    _, head = written(5)
    assert found((written(4, seed=1)[0], head)) == [(5, "REGEL_ONTBREEKT")]
    assert found((written(6, seed=1)[0], head)) == [(6, "REGEL_TOEGEVOEGD")]


def test_the_chain_of_another_subject_does_not_pass_for_this_one() -> None:
    other, head = written(3, "DOSSIER#14SS00#l-2")
    assert found((other, head))


def test_any_damage_to_any_chain_is_found() -> None:
    """One random field of one random entry, 500 times over."""
    seed = 20260610
    rng = random.Random(seed)
    for _ in range(500):
        entries, head = written(rng.randint(1, 8), seed=rng.randint(0, 9))
        place = rng.randrange(len(entries))
        damage = rng.choice(("drop", "double", "field"))
        if damage == "drop":
            del entries[place]
        elif damage == "double":
            entries.insert(place, entries[place])
        else:
            name = rng.choice(("op", "school", "sub", "medewerker", "actie", "vorige", "hash"))
            changed: dict[str, str] = {name: getattr(entries[place], name) + "x"}
            entries[place] = replace(entries[place], **changed)  # type: ignore[arg-type]  # names fields of the class
        assert found((entries, head)), (seed, damage, place)


def test_an_entry_has_a_number_a_time_with_offset_and_the_hash_of_the_one_before() -> None:
    entries, head = written(3)
    assert [entry.volgnummer for entry in entries] == [1, 2, 3]
    assert entries[0].op == "2026-06-10T09:30:00.000+02:00"
    assert [entry.vorige for entry in entries] == ["", entries[0].hash, entries[1].hash]
    assert head == Kop(3, entries[2].hash)


def test_every_act_has_a_dutch_name() -> None:
    assert set(HANDELING) == set(Actie)
    assert all(text and text[0].isupper() for text in HANDELING.values())
    assert all(act.name == act.value for act in Actie)  # stored as their value: never renamed


def test_an_act_that_only_reads_is_known_by_its_name() -> None:
    """What reads leaves an import open to undoing, so each that is called so must have done nothing else."""
    assert {act for act in Actie if is_lezen(act)} == {act for act in Actie if HANDELING[act].endswith("bekeken")}
    assert not is_lezen(Actie.VERZAMELD)
    assert is_lezen(Actie.PDF_BEKEKEN)
