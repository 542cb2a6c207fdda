"""Where alerts go: by their severity to a topic each, as Mimir's Alertmanager reads it."""

from __future__ import annotations

from typing import Any

from groundplan.framework import first_set, jsonencode, literal

from .inputs import MimirInputs

__all__ = ["alertmanager_configuration", "topics"]

# no quote, backslash or line break may end a string of the message, which is JSON
_PLAIN = r'| reReplaceAll `["\\\s]+` " "'
_MESSAGE = (
    '{"version":"1.0","source":"custom","content":{"textType":"client-markdown",'
    '"title":"{{ .Status | toUpper }}: {{ .CommonLabels.alertname PLAIN }} ({{ .CommonLabels.severity PLAIN }})",'
    '"description":"{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary PLAIN }}'
    "{{ range .Labels.SortedPairs }} {{ .Name }}={{ .Value PLAIN }}{{ end }} {{ .Annotations.runbook_url PLAIN }}"
    r"\n{{ end }}"
    '"},"metadata":{"threadId":"{{ .GroupLabels.SortedPairs.Values | join "/" PLAIN }}"}}'
).replace("PLAIN", _PLAIN)
"""What a topic is told: in the one form that Amazon Q Developer writes into Slack and Teams, as it drops all others.

https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""


def topics(given: MimirInputs) -> dict[str, str]:
    """The topic of each severity."""
    alerts = given.alerts
    return {
        "critical": alerts.critical_topic_arn,
        "warning": alerts.warning_topic_arn,
        "info": first_set(alerts.info_topic_arn, alerts.warning_topic_arn),
    }


def alertmanager_configuration(given: MimirInputs, *, region: str) -> str:
    """The configuration of every tenant, as JSON, which is YAML too: nobody has one of their own.

    Topics are told with the role of the pods. https://prometheus.io/docs/alerting/latest/configuration/#sns_config
    """
    found = topics(given)
    return jsonencode(
        {
            "route": {
                # a severity that nobody thought of is not silent
                "receiver": "warning",
                "group_by": ["alertname", "namespace", "cluster"],
                "group_wait": f"{given.alerts.group_wait_seconds}s",
                "group_interval": "5m",
                "repeat_interval": f"{given.alerts.repeat_hours}h",
                "routes": [{"matchers": [f'severity="{severity}"'], "receiver": severity} for severity in found],
            },
            "receivers": [_receiver(severity, topic, region) for severity, topic in found.items()],
            # whoever is woken for the whole is not told of its parts
            "inhibit_rules": [
                {
                    "source_matchers": ['severity="critical"'],
                    "target_matchers": ['severity=~"warning|info"'],
                    "equal": ["alertname", "namespace", "cluster"],
                }
            ],
        }
    )


def _receiver(severity: str, topic: str, region: str) -> dict[str, Any]:
    return {
        "name": severity,
        "sns_configs": [
            {
                "topic_arn": topic,
                "sigv4": {"region": region},
                "attributes": {"severity": severity},
                "message": literal(_MESSAGE),
                "send_resolved": True,
            }
        ],
    }
