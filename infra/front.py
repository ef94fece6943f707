"""What stands before and around the functions of a door, and Chalice cannot say: domain, answers, logs, rights, alarms.

Each door has a regional domain of its own, the wire's with mutual TLS and a versioned truststore; the address that API
Gateway gives away is closed. What never reaches the app is answered as the app would. Nothing logs a body.
"""

import math
from collections.abc import Mapping
from typing import Any

from chalicelib.config import Settings
from chalicelib.web.soap import SOORTEN
from infra import watching
from infra.answers import answers
from infra.stage import VERSION

Template = dict[str, Any]
LOG_DAYS = 90
BINARY = "x-amazon-apigateway-binary-media-types"
"""Kinds of content that come to the function as octets. Of the wire they stand in the template alone: to Chalice they
would be kinds that must be asked for by `Accept` too, and no SOAP client does."""
_RETAIN = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "Domein": {
        "Type": "String",
        "Description": "The domain name of this door, in DNS a CNAME to the output DoelVanDomein.",
    },
    "CertificaatArn": {"Type": "String", "Description": "The ACM certificate of that domain, in this region."},
    "GeheimVersie": {
        "Type": "String",
        "Default": "",
        "Description": "The version of the secret. A process reads it once: another version must make other functions.",
    },
}
_WIRE_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "TruststoreUri": {
        "Type": "String",
        "Description": "s3:// of the PEM with who may open a connection (PKIoverheid).",
    },
    "TruststoreVersie": {"Type": "String", "Description": "The version of that object: a new one is a new deployment."},
}
SECRET = {"Fn::Sub": "oso-${Stage}-geheimen"}
"""The name of the secret in Secrets Manager that the functions read themselves: no value of it is in a template."""
NEVER = ("OSO_PEPPER", "OSO_ZOEKSLEUTEL", "OSO_CLIENT_KEY")
"""Settings that no template may hold."""


def logical_id(naam: str) -> str:
    """Give the logical id that Chalice makes of a function's name."""
    return "".join(part.capitalize() for part in naam.replace("-", "_").split("_"))


def complete(template: Template, door: str, settings: Mapping[str, str]) -> Template:
    """The template of a door with everything around its functions."""
    own = _WIRE_PARAMETERS if door == "wire" else {}
    template["Parameters"] = {**template.get("Parameters", {}), **_PARAMETERS, **own}
    resources, key = template["Resources"], _KEY[door]
    resources["RestAPI"]["Properties"] |= {"Name": watching.api_name(door), **_api(door, settings)}
    if door == "wire":  # as text it would be read as UTF-8, whatever encoding it is in
        resources["RestAPI"]["Properties"]["DefinitionBody"][BINARY] = [*SOORTEN]
    functions = [naam for naam, one in resources.items() if one.get("Type") == "AWS::Serverless::Function"]
    for naam in functions:
        _start_at_app(naam, resources[naam]["Properties"])
        resources[naam]["Properties"]["KmsKeyArn"] = key
    for one in resources.values():
        if one.get("Type") == "AWS::IAM::Role":
            one["Properties"]["Policies"] = _placed(one["Properties"]["Policies"], {"${Sleutel}": key, **_ROOT_KEY})
    resources |= {f"Logboek{naam}": _log_group(naam, key) for naam in functions}
    resources |= _domain(door)
    queues = [naam.removeprefix("Queue").lower() for naam in resources if naam.startswith("Queue")]
    alive = [naam for naam in queues if not naam.endswith("dood")]
    resources |= watching.resources(door, functions, alive, _clocks(resources))
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    plain = {naam: waarde for naam, waarde in settings.items() if naam.startswith("OSO_") and naam not in variables}
    variables |= {**plain, f"OSO_DOMEIN_{door.upper()}": {"Ref": "Domein"}, "OSO_GEHEIMEN": SECRET}
    variables[VERSION] = {"Ref": "GeheimVersie"}
    if door == "portal":
        variables["OSO_CORS_ORIGINS"] = {"Ref": "CorsOrigins"}
    template.setdefault("Outputs", {}).pop("EndpointURL", None)  # that address is closed
    template["Outputs"]["DoelVanDomein"] = {"Value": {"Fn::GetAtt": ["DomeinNaam", "RegionalDomainName"]}}
    return template


def _clocks(resources: Template) -> dict[str, int]:
    """What runs by a clock, and after how many hours without a run that is too long: an hour by `rate`, a day else."""
    events = (
        (naam, e) for naam, one in resources.items() for e in one.get("Properties", {}).get("Events", {}).values()
    )
    clocks = {naam: str(e["Properties"]["Schedule"]) for naam, e in events if e.get("Type") == "Schedule"}
    return {naam: 3 if clock.startswith("rate(") else 26 for naam, clock in clocks.items()}


def _start_at_app(naam: str, function: Template) -> None:
    """Chalice starts what belongs to a queue or clock in its own module: past app.py, its secret and its refusals."""
    if not function["Handler"].startswith("app."):
        function["Handler"] = f"app.{naam.lower()}"


_KEY: Mapping[str, Template] = {
    "portal": {"Fn::GetAtt": ["KmsSleutel", "Arn"]},
    "wire": {"Fn::ImportValue": {"Fn::Sub": "oso-${Stage}-kms"}},
}
"""The key of the installation: made by the stack of the portal, known to that of the wire."""


_ROOT_KEY: Mapping[str, Template] = {"${SleutelWortel}": {"Fn::GetAtt": ["KmsWortel", "Arn"]}}


def keys(door: str) -> dict[str, Template]:
    """The settings of a door that name a key: by its own name, so that nobody can put another behind an alias."""
    root = {"OSO_KMS_WORTEL": _ROOT_KEY["${SleutelWortel}"]} if door == "portal" else {}
    return {"OSO_KMS_SLEUTEL": _KEY[door], **root}


def _placed(value: Any, keys: Mapping[str, Template]) -> Any:
    """A policy as `.chalice/policy-*.json` has it, with this installation in it: `${Stage}` and such, and the keys."""
    if isinstance(value, dict):
        return {naam: _placed(one, keys) for naam, one in value.items()}
    if isinstance(value, list):
        return [_placed(one, keys) for one in value]
    if value in keys:
        return keys[value]
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value


SHARES, BURST_SECONDS = 10, 2
"""How many askers may each use their whole share of a door at once, and for how long more may come than that: the
limit of the stage is for a flood, and must not let one school or supplier keep the others out (`OSO_TEMPO_*`)."""


def _api(door: str, settings: Mapping[str, str]) -> Template:
    share = Settings.from_env(dict(settings)).tempo[door] / 60
    rate = math.ceil(SHARES * share)
    return {
        "DisableExecuteApiEndpoint": True,
        "GatewayResponses": answers(door),
        "MethodSettings": [
            {
                "HttpMethod": "*",
                "ResourcePath": "/*",
                "DataTraceEnabled": False,
                "LoggingLevel": "OFF",
                "MetricsEnabled": True,
                "ThrottlingBurstLimit": BURST_SECONDS * rate,
                "ThrottlingRateLimit": rate,
            }
        ],
    }


def _log_group(function: str, key: Template) -> Template:
    name = {"Fn::Sub": f"/aws/lambda/${{{function}}}"}
    properties = {"LogGroupName": name, "RetentionInDays": LOG_DAYS, "KmsKeyId": key}
    return {"Type": "AWS::Logs::LogGroup", **_RETAIN, "Properties": properties}


def _domain(door: str) -> Template:
    properties: Template = {
        "DomainName": {"Ref": "Domein"},
        "RegionalCertificateArn": {"Ref": "CertificaatArn"},
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "SecurityPolicy": "TLS_1_2",
    }
    if door == "wire":
        properties["MutualTlsAuthentication"] = {
            "TruststoreUri": {"Ref": "TruststoreUri"},
            "TruststoreVersion": {"Ref": "TruststoreVersie"},
        }
    mapping = {"DomainName": {"Ref": "DomeinNaam"}, "RestApiId": {"Ref": "RestAPI"}, "Stage": {"Ref": "RestAPI.Stage"}}
    return {
        "DomeinNaam": {"Type": "AWS::ApiGateway::DomainName", "Properties": properties},
        "DomeinPad": {"Type": "AWS::ApiGateway::BasePathMapping", "Properties": mapping},
    }
