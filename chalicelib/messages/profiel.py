"""What a protocol profile is made of: a namespace and, per message, a list of fields. Data, no behaviour."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

from chalicelib.domain.nummers import Brin
from chalicelib.errors import Invalid


@dataclass(frozen=True)
class Soort:
    """How the text of an element becomes a value and back. Both get the BRIN that the field belongs to, if any."""

    lees: Callable[[str, Brin | None], object]
    schrijf: Callable[[Any, Brin | None], str]


class _MetVelden:
    """What is worked out once of the fields of a shape."""

    velden: "tuple[Veld, ...]"

    @cached_property
    def elementen(self) -> frozenset[str]:
        """The names of the elements that may stand here."""
        return frozenset(veld.element for veld in self.velden)

    @cached_property
    def adres(self) -> dict[str, str]:
        """What is read one level down: `adressen.bron_brin` -> `bron_brin`."""
        return {veld.attribuut: veld.attribuut.partition(".")[2] for veld in self.velden if "." in veld.attribuut}


@dataclass(frozen=True)
class Groep(_MetVelden):
    """An element with elements inside, read into `type`."""

    type: Callable[..., Any]
    velden: "tuple[Veld, ...]"


@dataclass(frozen=True)
class Veld:
    """One element: its name, the attribute that holds its value (`adressen.bron_brin` for one level down).

    `brin` names the attribute with the BRIN that an aanleverpunt belongs to: a routeringsKenmerk holds both.
    """

    element: str
    attribuut: str
    soort: Soort | Groep
    verplicht: bool = True
    lijst: bool = False
    brin: str = ""

    @cached_property
    def waarde(self) -> Callable[[object], Any]:
        """Takes the value of this field from a message."""
        return attrgetter(self.attribuut)

    @cached_property
    def brin_waarde(self) -> Callable[[object], Any]:
        """Takes the BRIN that this field belongs to."""
        return attrgetter(self.brin) if self.brin else lambda _: None


@dataclass(frozen=True)
class Vorm(_MetVelden):
    """The shape of one message: its element, the type it is read into, its fields in the order of the wire."""

    element: str
    type: Callable[..., Any]
    velden: tuple[Veld, ...]

    @property
    def is_antwoord(self) -> bool:
        """An answer is read mildly: what we do not know in it, we do not need."""
        return self.element.endswith("Response")


@dataclass(frozen=True)
class Protocolprofiel:
    """One generation of the wire. `document` is the element around a dossier, `fout` the one in a fault's detail."""

    naam: str
    namespace: str
    vormen: tuple[Vorm, ...]
    document: str = "documentResponse"
    fout: str = "resultaat"
    _bij_element: dict[str, Vorm] = field(init=False, repr=False, compare=False, default_factory=dict)
    _bij_type: dict[object, Vorm] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._bij_element.update({vorm.element: vorm for vorm in self.vormen})
        self._bij_type.update({vorm.type: vorm for vorm in self.vormen})

    def vorm_van(self, element: str) -> Vorm:
        """The shape behind an element name; raises Invalid for an operation that this generation does not know."""
        if element not in self._bij_element:
            raise Invalid("BERICHT_ONGELDIG", "onbekende operatie")
        return self._bij_element[element]

    def vorm_voor(self, type_: object) -> Vorm:
        """The shape that writes a type; raises Invalid("BERICHT_ONBEKEND") where this generation has no such call."""
        if type_ not in self._bij_type:
            raise Invalid("BERICHT_ONBEKEND", f"generatie '{self.naam} kent dit bericht niet")
        return self._bij_type[type_]
