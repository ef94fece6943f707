"""JSON Merge Patch (RFC 7396): a body over what is there, and the whole checked afterwards."""

from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

from chalicelib.domain import teksten
from chalicelib.errors import Invalid

T = TypeVar("T")


def voeg_samen(oud: T, wijziging: BaseModel) -> T:
    """What the body names is set, null gives the default, nested objects are merged too.

    Raises Invalid("VELD_ONTBREEKT") for what the whole then lacks.
    """
    samen: T = _samen(oud, type(oud), wijziging, "")
    return samen


def _samen(oud: Any, soort: Any, wijziging: BaseModel, pad: str) -> Any:
    """The same for one object, which may not be there yet (`oud` None)."""
    velden, hints = {veld.name: veld for veld in fields(soort)}, get_type_hints(soort)
    nieuw = {naam: _begin(veld) if oud is None else getattr(oud, naam) for naam, veld in velden.items()}
    for naam in wijziging.model_fields_set:
        waarde = getattr(wijziging, naam)
        if waarde is None:
            nieuw[naam] = _begin(velden[naam])
        elif isinstance(waarde, BaseModel):
            nieuw[naam] = _genest(nieuw[naam], hints[naam], waarde, f"{pad}/{_buiten(wijziging, naam)}")
        else:
            nieuw[naam] = waarde
    ontbreekt = [f"{pad}/{_buiten(wijziging, naam)}" for naam, waarde in nieuw.items() if waarde is MISSING]
    if ontbreekt:
        raise Invalid("VELD_ONTBREEKT", meldingen=[teksten.melding("VELD_ONTBREEKT", pad=een) for een in ontbreekt])
    return soort(**nieuw)


def _begin(veld: Field[Any]) -> Any:
    return veld.default if veld.default_factory is MISSING else veld.default_factory()


def _genest(oud: Any, hint: Any, wijziging: Any, pad: str) -> Any:
    if hasattr(wijziging, "als_geheel"):
        return wijziging.als_geheel(oud)
    begin = wijziging.begin(oud) if oud is not None and hasattr(wijziging, "begin") else oud
    soort = next(een for een in (hint, *get_args(hint)) if is_dataclass(een))
    return _samen(begin, soort, wijziging, pad)


def _buiten(wijziging: BaseModel, naam: str) -> str:
    """The name of a field as a portal knows it."""
    return type(wijziging).model_fields[naam].alias or naam
