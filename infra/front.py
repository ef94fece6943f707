"""What stands before and around the functions of a door, and Chalice cannot say: domain, answers, logs, rights, alarms.

Each door has a regional domain of its own, the wire's with mutual TLS and a versioned truststore; the address that API
Gateway gives away is closed. What never reaches the app is answered in problem+json. Nothing logs a body.
"""

import json
from collections.abc import Mapping
from typing import Any

from infra import watching
from infra.stage import VERSION

Template = dict[str, Any]
LOG_DAYS = 90
_RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
# API Gateway's kind of answer -> our code and text.
_ANSWERS = {
    "DEFAULT_4XX": ("VERZOEK_ONGELDIG", "Het verzoek kan niet worden verwerkt."),
    "DEFAULT_5XX": ("TECHNISCHE_FOUT", "Er ging iets mis. Probeer het later opnieuw."),
    "MISSING_AUTHENTICATION_TOKEN": ("NIET_GEVONDEN", "Niet gevonden."),
    "REQUEST_TOO_LARGE": ("TE_GROOT", "Het bericht is te groot."),
    "THROTTLED": ("TE_VEEL_AANVRAGEN", "Er zijn te veel aanvragen. Probeer het zo weer."),
    "INTEGRATION_TIMEOUT": ("TECHNISCHE_FOUT", "Het antwoord kwam te laat. Probeer het later opnieuw."),
}
_STATUS = {"MISSING_AUTHENTICATION_TOKEN": "404"}
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
_PORTAL_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "CorsOrigins": {
        "Type": "String",
        "Default": "",
        "Description": "Origins of web pages that may call the API from a browser, comma between them; empty: none.",
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
    own = _PORTAL_PARAMETERS if door == "portal" else _WIRE_PARAMETERS
    template["Parameters"] = {**template.get("Parameters", {}), **_PARAMETERS, **own}
    resources, key = template["Resources"], _KEY[door]
    resources["RestAPI"]["Properties"] |= {"Name": watching.api_name(door), **_api()}
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


def _api() -> Template:
    return {
        "DisableExecuteApiEndpoint": True,
        "GatewayResponses": {kind: _answer(kind) for kind in _ANSWERS},
        "MethodSettings": [
            {
                "HttpMethod": "*",
                "ResourcePath": "/*",
                "DataTraceEnabled": False,
                "LoggingLevel": "OFF",
                "MetricsEnabled": True,
                "ThrottlingBurstLimit": 100,
                "ThrottlingRateLimit": 50,
            }
        ],
    }


def _answer(kind: str) -> Template:
    """One kind of answer, as the app's own are (RFC 9457)."""
    code, detail = _ANSWERS[kind]
    body = {"type": "about:blank", "title": "Niet gelukt", "code": code, "detail": detail, "meldingen": []}
    answer: Template = {
        "ResponseTemplates": {"application/json": json.dumps(body, ensure_ascii=False)},
        "ResponseParameters": {
            "Headers": {"Content-Type": "'application/problem+json'", "Cache-Control": "'no-store'"}
        },
    }
    return answer | ({"StatusCode": _STATUS[kind]} if kind in _STATUS else {})


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
