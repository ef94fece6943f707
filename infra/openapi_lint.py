"""`python -m infra.openapi_lint`: is the OpenAPI document that the app makes of itself valid OpenAPI 3.1?"""

import json
import subprocess
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator


def main() -> int:
    """Print every fault with its place; 0 when there is none."""
    made = subprocess.run([sys.executable, "-m", "chalicelib.web.openapi"], capture_output=True, text=True, check=True)
    document = json.loads(made.stdout)
    if not str(document.get("openapi", "")).startswith("3.1."):
        print("openapi: dit is geen OpenAPI 3.1")
        return 1
    faults = [
        f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}"
        for one in OpenAPIV31SpecValidator(document).iter_errors()
    ]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
