"""Pages for whoever an alarm wakes: what it means, what to look at, what to do."""

from __future__ import annotations

from groundplan.framework import choose, is_set, text
from groundplan.framework.expressions import present

from .settings import AlarmInputs

__all__ = ["runbook", "with_runbook"]


def runbook(given: AlarmInputs, module: str, page: str) -> str:
    """Where the page `docs/runbooks/<module>/<page>.md` is, for whoever gets the alarm: Prometheus' `runbook_url`.

    An address below the input `runbooks_url`; where that was left out, the page's name in the module's package.
    https://github.com/prometheus-operator/runbooks
    """
    address = f"{text('trimsuffix', present(given.runbooks_url), '/')}/{module}/{page}.md"
    return choose(is_set(given.runbooks_url), address, f"runbooks/{page}.md of the module {module}")


def with_runbook(description: str, given: AlarmInputs, module: str, page: str) -> str:
    """An alarm's description with its page at the end. CloudWatch takes 1,024 characters, EventBridge 512.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    """
    return f"{description.removesuffix('.')}. Runbook: {runbook(given, module, page)}"
