"""The schedules of the app: found in the app itself, run at their rate on the real clock."""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig, ScheduleExpression

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_DAILY = re.compile(r"cron\((\d+) (\d+) (?:\* \* \?|\? \* \*) \*\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Schedule:
    """One scheduled handler; `due` gives the moment after a given one at which it must run again."""

    naam: str
    handler: Callable[[Any, Any], Any]
    due: Callable[[datetime], datetime]


def scheduled(app: Chalice) -> tuple[Schedule, ...]:
    """Find every scheduled handler of the app; ValueError for an expression that we cannot run faithfully."""
    return tuple(
        Schedule(source.name, app.handler_map[source.name], _due(source.schedule_expression))
        for source in app.event_sources
        if isinstance(source, ScheduledEventConfig)
    )


def _due(expression: str | ScheduleExpression) -> Callable[[datetime], datetime]:
    text = expression if isinstance(expression, str) else expression.to_string()
    if rate := _RATE.fullmatch(text):
        period = timedelta(seconds=int(rate[1]) * _SECONDS[rate[2]])
        return lambda after: after + period
    if daily := _DAILY.fullmatch(text):
        minute, hour = int(daily[1]), int(daily[2])
        return lambda after: _next_daily(after, hour, minute)
    raise ValueError(f"a schedule of the sandbox is a rate or daily: {text}")


def _next_daily(after: datetime, hour: int, minute: int) -> datetime:
    today = after.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > after else today + timedelta(days=1)


def run_at_their_rate(
    schedules: Sequence[Schedule],
    run: Callable[[Schedule], object],
    stopping: threading.Event,
    now: threading.Event,
) -> None:
    """Run each schedule when due, all of them when `now` is set, until `stopping` is; one after another."""
    started = datetime.now(UTC)
    due = {one.naam: one.due(started) for one in schedules}
    while not stopping.is_set():
        at_once = now.is_set()
        now.clear()
        for schedule in schedules:
            moment = datetime.now(UTC)
            if at_once or due[schedule.naam] <= moment:
                run(schedule)
                due[schedule.naam] = schedule.due(moment)
        stopping.wait(0.1)
