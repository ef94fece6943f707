"""Run by the Python of ministack instead of `-m ministack`: for a whole deployment, an alarm on a query included.

ministack's CloudFormation refuses a template with an alarm on a Metrics Insights query (AWS takes it: `AlarmZoeker` of
infra/watching.py). Here such an alarm is made on a metric of its own that nobody counts: it exists and never goes off.
"""

from typing import Any

from ministack.app import main
from ministack.services.cloudformation import provisioners

_make = provisioners._cw_metric_alarm_record


def _with_query(name: str, props: dict[str, Any]) -> Any:
    if not props.get("Metrics"):
        return _make(name, props)
    plain = {key: value for key, value in props.items() if key != "Metrics"}
    plain |= {"Namespace": "nagebootst", "MetricName": "zoekopdracht", "Statistic": "Sum", "Period": 3600}
    return _make(name, plain)


provisioners._cw_metric_alarm_record = _with_query
main()
