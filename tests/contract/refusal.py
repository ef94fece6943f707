"""An answer of AWS that the embedded one never gives, given by the client itself before it asks."""

from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders


def refuse(client: Any, operation: str, code: str) -> None:
    """From now on this client hears `code` at this call."""
    answer = AWSResponse("https://aws.example", 400, HTTPHeaders(), None), {"Error": {"Code": code, "Message": ""}}
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}.{operation}", lambda **_: answer)
