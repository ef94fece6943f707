"""Press the buttons of the card in any order, and remember what the parents saw (house 9, 15.40).

Whatever is pressed: a dossier that is open for fetching shows exactly what the parents saw, binnen brin aside. The
model keeps its own memory of that; it never asks the card.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.domain.aanvraag import Vraag, beoordeel
from chalicelib.domain.dossier import Status, Versie
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Overdrachtsoort, Profiel
from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Toestemming, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.errors import OsoError
from tests.pupil import NOW, SCHOOL, card

SCHOOLS = (None, Vervolgschool("99EF", "Het Schijnpad"), Vervolgschool("16VO"))
DATES = (None, date(2026, 7, 31), date(2026, 8, 1))
TEXTS = (None, "Let op.", "Let goed op.")
_FIELDS: dict[str, tuple[Any, ...]] = {
    "datum": DATES,
    "advies_vo": (None, "40", "60"),
    "herzien_advies_vo": (None, "60"),
    "vervolgschool": SCHOOLS,
    "reden": TEXTS,
    "contact_nodig": (True, False),
    "binnen_brin": (True, False),
    "binnen_brin_doel": tuple(BinnenBrinDoel),
    "doel_aanleverpunt": (None, "2", "3"),
    "aandachtspunten": TEXTS,
    "voorlopig_dossier": (True, False),
    "toestemming": tuple(Toestemming),
    "inzage": (Inzage(), Inzage(Inzagewaarde.JA)),
}
CHANGES = [(name, value) for name, values in _FIELDS.items() for value in values]


class Buttons(RuleBasedStateMachine):
    """One card, a clock, and a record that the school's own system changes whenever it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.dossier = card()
        self.record = 0
        self.now = NOW
        self.content: tuple[Any, ...] = ()  # what the current version holds
        self.seen: tuple[Any, ...] | None = None  # what the parents saw last
        self.for_school: str | None = None  # for whom it was set ready

    # what the school's system does

    @rule()
    def put_record(self) -> None:
        self.record += 1
        self.dossier = self.dossier.neem_record_over(
            naam="Fictief Proefleerling",
            overzicht=self.dossier.overzicht,
            map_="map",
            hash_=str(self.record),
            gegevens_hash=str(self.record),
            versie="2019.1",
            pgn_sleutel=None,
        )

    @rule(days=st.integers(0, 2))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    # what an employee does

    @rule(profiel=st.sampled_from(OVERSTAPPEN))
    def collect(self, profiel: Profiel) -> None:
        content = self._content_now()
        with suppress(OsoError):
            self.dossier = self.dossier.verzamel(self._version(content, profiel, self.dossier.laatste_nummer + 1))
            self.content = content

    @rule(value=st.sampled_from(Inzagewaarde), on=st.sampled_from((None, -1, 0, 1)), reason=st.sampled_from(TEXTS))
    def record_inzage(self, value: Inzagewaarde, on: int | None, reason: str | None) -> None:
        day = None if on is None else self.now.date() + timedelta(days=on)
        self._fill_in(inzage=Inzage(value, day, reason))

    @rule(changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
    def fill_in(self, changes: list[tuple[str, Any]]) -> None:
        """Save up to three fields at once, as a screen does."""
        fields = dict(changes)
        away = {name: fields.pop(name) for name in tuple(fields) if name in Uitschrijving.__dataclass_fields__}
        self._fill_in(uitschrijving=replace(self.dossier.invulling.uitschrijving, **away), **fields)

    @rule(text=st.sampled_from(TEXTS), value=st.sampled_from(Inzagewaarde))
    def write_notes_and_record_inzage_at_once(self, text: str | None, value: Inzagewaarde) -> None:
        self._fill_in(aandachtspunten=text, inzage=Inzage(value, None, "Proef"))

    @rule(day=st.sampled_from(DATES[1:]), school=st.sampled_from(SCHOOLS[1:]))
    def fill_in_what_setting_ready_asks(self, day: date, school: Vervolgschool) -> None:
        uitschrijving = replace(self.dossier.invulling.uitschrijving, datum=day, vervolgschool=school)
        self._fill_in(uitschrijving=uitschrijving, binnen_brin=False)

    @rule(school=st.sampled_from(SCHOOLS[1:]), profiel=st.sampled_from((Profiel.POPO, Profiel.POVO)))
    def go_the_usual_way(self, school: Vervolgschool, profiel: Profiel) -> None:
        """All of chapter 3 in a row, so that most runs come to where a dossier is open."""
        self.fill_in_what_setting_ready_asks(DATES[1], school)
        self.collect(profiel)
        self._fill_in(inzage=Inzage(Inzagewaarde.JA))
        self.set_ready()

    @rule(school=st.sampled_from(SCHOOLS))
    def choose_another_school(self, school: Vervolgschool | None) -> None:
        self._fill_in(uitschrijving=replace(self.dossier.invulling.uitschrijving, vervolgschool=school))

    @rule()
    def set_ready(self) -> None:
        with suppress(OsoError):
            self.dossier = self.dossier.zet_klaar(SCHOOL, self.now)
            school = self.dossier.invulling.uitschrijving.vervolgschool
            self.for_school = school.brin if school else None

    @rule()
    def withdraw(self) -> None:
        with suppress(OsoError):
            self.dossier = self.dossier.trek_in("Proef")

    # what another school does

    @rule(brin=st.sampled_from(("99EF", "16VO", "14SS")), soort=st.sampled_from(Overdrachtsoort))
    def ask(self, brin: str, soort: Overdrachtsoort) -> None:
        if not beoordeel(Vraag("14SS", brin, "2", soort), self.dossier).geleverd:
            return
        assert self.dossier.status is Status.KLAAR
        within = self.dossier.invulling.binnen_brin
        assert within == (soort is Overdrachtsoort.BINNENBRIN)
        assert brin == ("14SS" if within else self.for_school)
        self.dossier = self.dossier.verzonden(self.now)

    # what must hold, whatever was pressed

    @invariant()
    def what_is_open_is_what_the_parents_saw(self) -> None:
        if self.dossier.status is Status.KLAAR and not self.dossier.invulling.binnen_brin:
            assert self.seen == self.content
            assert self.dossier.versie is not None
            assert self.dossier.versie.inhoud_hash == repr(self.content)

    @invariant()
    def what_is_open_is_meant_for_somebody(self) -> None:
        invulling = self.dossier.invulling
        if self.dossier.status is Status.KLAAR and not invulling.binnen_brin:
            assert invulling.uitschrijving.datum
            assert invulling.uitschrijving.vervolgschool
            assert invulling.uitschrijving.vervolgschool.brin == self.for_school

    @invariant()
    def what_is_collected_fits_the_card(self) -> None:
        if self.dossier.verzameld:
            assert self.dossier.versie is not None
            assert self.dossier.versie.profiel.binnen_brin == self.dossier.invulling.binnen_brin
            assert self.content[1] == self.dossier.invulling.uitschrijving.in_dossier

    @invariant()
    def inzage_belongs_to_a_version(self) -> None:
        if self.dossier.invulling.inzage.gegeven:
            assert self.dossier.verzameld
            assert not self.dossier.invulling.binnen_brin
            assert self.seen == self.content

    def _fill_in(self, **fields: Any) -> None:
        """As the flow does it: what the parents saw when inzage is recorded is the version as it was until then."""
        new = replace(self.dossier.invulling, **fields)
        shown = self.content
        before = self.dossier
        with suppress(OsoError):
            after, _ = before.vul_in(new, self.now)
            if after.verzameld and after.versie and new.aandachtspunten != before.invulling.aandachtspunten:
                self.content = (*self.content[:2], new.aandachtspunten)
                number = after.laatste_nummer + 1
                after = after.verwerk(self._version(self.content, after.versie.profiel, number))
            if new.inzage != before.invulling.inzage:
                self.seen = shown if new.inzage.gegeven else None
            self.dossier = after

    def _content_now(self) -> tuple[Any, ...]:
        invulling: Invulling = self.dossier.invulling
        uitschrijving: Uitschrijving = invulling.uitschrijving
        return (self.record, uitschrijving.in_dossier, invulling.aandachtspunten)

    def _version(self, content: tuple[Any, ...], profiel: Profiel, number: int) -> Versie:
        return Versie(number, profiel, "2019.1", "map", repr(content), "v", self.now, str(self.record))


TestButtons = Buttons.TestCase
TestButtons.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
