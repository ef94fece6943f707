"""A random tree that the schema of a version accepts, made from its table alone."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.tabel import Element, Standaard
from tests.property.values import attachment, leaf

Waarden = dict[str, Any]
TODAY = date(2019, 6, 4)


@dataclass(frozen=True)
class Maker:
    """What every step needs; `fullness` is the chance that an optional element is there (1: all of them).

    `most` is how often a block that may repeat stands there at most.
    """

    standaard: Standaard
    profiel: Profiel
    rng: Random
    fullness: float
    most: int = 3
    today: date = TODAY

    def block(self, field: Element) -> Waarden:
        """The children of a block, without a repeating group."""
        chosen = self._choices(field)
        return {
            child.naam: self.value(child)
            for child in field.kinderen
            if (child.naam in chosen if child.keuze else self._wanted(child))
        }

    def _choices(self, field: Element) -> set[str]:
        """One alternative of each choice, or none of an optional one."""
        groups: dict[str, list[Element]] = {}
        for child in field.kinderen:
            if child.keuze:
                groups.setdefault(child.keuze, []).append(child)
        return {
            self.rng.choice(group).naam
            for group in groups.values()
            if group[0].keuze_verplicht or self.rng.random() < self.fullness
        }

    def _wanted(self, field: Element) -> bool:
        return field.min > 0 or self.rng.random() < self.fullness

    def value(self, field: Element) -> Any:
        """One value, or a list of them where the element may repeat."""
        if not field.herhaalt:
            return self.one(field)
        return [self.one(field) for _ in range(self.rng.randint(1, self.most if field.is_blok else min(self.most, 2)))]

    def one(self, field: Element) -> Any:
        """A document, a group, a block or a leaf, the last one with its attribute sometimes."""
        if field.naam == "document":
            return attachment(self.rng)
        if field.heeft_groep:
            return [self.block(field) for _ in range(self.rng.randint(1, min(self.most, 2)))]
        if field.is_blok:
            return self.block(field)
        text = leaf(field, self.standaard, self.rng, self.today)
        if field.attributen and self.rng.random() < 0.7:
            return {f"@{a.naam.lstrip('@')}": "Nederland & meer" for a in field.attributen} | {"#text": text}
        return text
