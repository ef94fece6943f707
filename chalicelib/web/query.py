"""What may stand behind the question mark of a route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.domain import teksten
from chalicelib.errors import Invalid
from chalicelib.web.replies import keuzes

_LANGSTE = 2000


@dataclass(frozen=True)
class Parameter:
    """A query parameter, for the check and for the OpenAPI document."""

    naam: str
    uitleg: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    verplicht: bool = False


def controleer_query(parameters: Sequence[Parameter], gegeven: Mapping[str, str]) -> dict[str, str]:
    """The query of a request, or Invalid that names every parameter that is unknown, missing or wrong."""
    bekend = {parameter.naam: parameter for parameter in parameters}
    fout = [teksten.melding("ONBEKEND_VELD", pad=f"?{naam}") for naam in gegeven if naam not in bekend]
    fout += [
        teksten.melding("VELD_ONTBREEKT", pad=f"?{naam}")
        for naam, parameter in bekend.items()
        if parameter.verplicht and not gegeven.get(naam)
    ]
    fout += [
        replace(teksten.melding("VELD_ONJUIST", pad=f"?{naam}"), toegestaan=_mag(bekend[naam].schema))
        for naam, waarde in gegeven.items()
        if naam in bekend and not _past(waarde, bekend[naam].schema)
    ]
    if fout:
        raise Invalid(fout[0].code, fout[0].tekst, fout)
    return dict(gegeven)


def _past(waarde: str, schema: Mapping[str, Any]) -> bool:
    if schema["type"] == "integer":
        return (
            waarde.isascii()
            and waarde.isdigit()
            and len(waarde) < 9
            and schema["minimum"] <= int(waarde) <= schema["maximum"]
        )
    return waarde in schema.get("enum", [waarde]) and len(waarde) <= schema.get("maxLength", _LANGSTE)


def _mag(schema: Mapping[str, Any]) -> str:
    """What may stand in a query parameter."""
    if schema["type"] == "integer":
        return f"een geheel getal van {schema['minimum']} tot en met {schema['maximum']}"
    return keuzes(schema["enum"]) if "enum" in schema else f"hoogstens {schema.get('maxLength', _LANGSTE)} tekens"
