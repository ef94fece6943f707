"""The API Gateway of a deployed door, for `infra.local.serve --app infra.local.lambda_app`: a request is an invoke.

ministack's own API Gateway damages what is not text, and forgets which types are none. Routes are those of the deployed
API, the function is the deployed one, run as a process of its own from the packaged zip. Only socket and TLS are ours.
"""

import json
import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.config import Config

_METHODS = {"GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"}


@dataclass
class Deployed:
    """What `Gateway` needs of an app."""

    routes: dict[str, dict[str, Any]]
    api: Any
    invoke: Any
    function: str

    def __call__(self, event: Any, context: Any) -> Any:
        """Give the answer of the function. RuntimeError where it broke off."""
        answer = self.invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            print(f"{self.function}: {payload.get('errorMessage')}", file=sys.stderr, flush=True)
            raise RuntimeError("the function broke off")
        return payload


def _deployed(api_id: str, function: str, binary: list[str]) -> Deployed:
    gateway = boto3.client("apigateway")
    routes: dict[str, dict[str, Any]] = defaultdict(dict)
    pages = gateway.get_paginator("get_resources").paginate(restApiId=api_id, embed=["methods"])
    for resource in (one for page in pages for one in page["items"]):
        for method in _METHODS & set(resource.get("resourceMethods", {})):
            routes[resource["path"]][method] = SimpleNamespace(cors=None)
    client = boto3.client(
        "lambda", config=Config(read_timeout=60, retries={"max_attempts": 0}, max_pool_connections=32)
    )
    return Deployed(dict(routes), SimpleNamespace(binary_types=binary), client.invoke, function)


app = _deployed(
    os.environ["OSO_DEPLOYED_API"], os.environ["OSO_DEPLOYED_FUNCTION"], os.environ["OSO_DEPLOYED_BINARY"].split(",")
)
