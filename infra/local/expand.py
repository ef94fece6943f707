"""`python -m infra.local.expand FILE`, by the Python of ministack: what CloudFormation makes of a template of SAM."""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

from samtranslator.translator.transform import transform


def main() -> None:
    """Print the plain template; a zip that is not in a bucket yet gets a name."""
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
    template = json.loads(Path(sys.argv[1]).read_text())
    for resource in template["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": "releases", "Key": "deployment.zip"}
    print(json.dumps(transform(template, {"Stage": "dev"}, SimpleNamespace(load=dict)), indent=1))


main()
