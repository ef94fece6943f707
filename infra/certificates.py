"""`python -m infra.certificates STAGE`: the certificates of both domains of a stage, at ACM.

Asks for each that is not there yet, and prints its state and the DNS record by which the domain proves that it is ours.
Put the records in DNS and run it again until both say ISSUED; ACM renews them as long as the records stay. Exit 1 until
then.
"""

import sys
from typing import Any

import boto3

from infra import package
from infra.stage import run


def main(arguments: list[str]) -> int:
    """Print a line or two per door; 1 as long as one is not issued."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 1
    (stage,) = arguments
    return run(lambda: _ask_all(stage))


def _ask_all(stage: str) -> int:
    settings = package.stage_settings(stage)
    domains = [package.domain(stage, settings, door) for door in package.DOORS]
    acm = boto3.client("acm")
    states = [ask(acm, one) for one in domains]
    return 0 if set(states) == {"ISSUED"} else 1


def ask(acm: Any, domain: str) -> str:
    """Ask for the certificate of a domain unless it is there; print and give its state."""
    pages = acm.get_paginator("list_certificates").paginate()
    found = [one for page in pages for one in page["CertificateSummaryList"] if one["DomainName"] == domain]
    if found:
        arn = found[0]["CertificateArn"]
    else:
        arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    state = str(certificate["Status"])
    print(f"{domain}: {state}")
    for option in certificate.get("DomainValidationOptions", []):
        if record := option.get("ResourceRecord"):
            print(f"  {record['Name']} {record['Type']} {record['Value']}")
    return state


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
