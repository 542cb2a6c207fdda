"""What must hold of everything of one kind, whichever module makes it: what AWS would refuse, or run badly."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundplan.charts import parse_path
from groundplan.synth.definitions import Definitions
from tests.modules.complete import COMPLETE, applied, built
from tests.support.planning import ModulePlan

PROJECT = Path(__file__).parents[2]
NAMES = sorted(COMPLETE)
VERSION = re.compile(r"v?\d+(\.\d+)+([-+][\w.]+)?|sha256:[0-9a-f]{64}")

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (Period, EvaluationPeriods)
SHORT_PERIODS = {10, 20, 30}
HOUR, DAY = 3600, 86_400
WAYS_TO_MEASURE = ("extended_statistic", "metric_query", "statistic")

# https://docs.aws.amazon.com/AmazonCloudFront/latest/APIReference/API_AllowedMethods.html
ALLOWED_METHODS = [
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
]
CACHED_METHODS = ALLOWED_METHODS[:2]

# What the platform's routing of alerts knows: the one wakes people, the other waits for the morning.
SEVERITIES = {"critical", "warning"}

CLOUDTRAIL_CALL = "AWS API Call via CloudTrail"
EVENTS: dict[str, dict[str, dict[str, list[Any]]]] = {
    "acm": {
        # https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html
        "expiry": {
            "source": ["aws.acm"],
            "detail-type": [
                "ACM Certificate Approaching Expiration",
                "ACM Certificate Expired",
                "ACM Certificate Renewal Action Required",
                "ACM Certificate Revoked",
            ],
        }
    },
    "aws_backup": {
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
        "backup_failed": {
            "source": ["aws.backup"],
            "detail-type": ["Backup Job State Change"],
            "detail.state": ["ABORTED", "EXPIRED", "FAILED"],
        },
        "copy_failed": {
            "source": ["aws.backup"],
            "detail-type": ["Copy Job State Change"],
            "detail.state": ["FAILED"],
        },
        "restore_failed": {
            "source": ["aws.backup"],
            "detail-type": ["Restore Job State Change"],
            "detail.status": ["ABORTED", "FAILED"],
        },
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
        "tampering": {
            "source": ["aws.backup"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["backup.amazonaws.com"],
            "detail.eventName": [
                "DeleteBackupPlan",
                "DeleteBackupSelection",
                "DeleteBackupVault",
                "DeleteBackupVaultAccessPolicy",
                "DeleteBackupVaultLockConfiguration",
                "DeleteRecoveryPoint",
                "DisassociateRecoveryPoint",
                "DisassociateRecoveryPointFromParent",
                "PutBackupVaultAccessPolicy",
                "PutBackupVaultLockConfiguration",
                "UpdateRecoveryPointLifecycle",
            ],
        },
    },
    "buckets": {
        # https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
        "key_endangered": {
            "source": ["aws.kms"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["kms.amazonaws.com"],
            "detail.eventName": ["DisableKey", "DisableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"],
        },
    },
    "cloud9": {
        # https://docs.aws.amazon.com/cloud9/latest/user-guide/cloudtrail.html
        "shared": {
            "source": ["aws.cloud9"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["cloud9.amazonaws.com"],
            "detail.eventName": ["CreateEnvironmentMembership", "UpdateEnvironmentMembership"],
        },
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
        "tools_failed": {
            "source": ["aws.ssm"],
            "detail-type": ["EC2 State Manager Association State Change"],
            "detail.status": ["Failed"],
        },
    },
    "cloudhsm": {
        # https://docs.aws.amazon.com/cloudhsm/latest/userguide/get-api-logs-using-cloudtrail.html
        # https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_Operations.html
        "changed": {
            "source": ["aws.cloudhsm"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["cloudhsm.amazonaws.com"],
            "detail.eventName": [
                "CopyBackupToRegion",
                "DeleteBackup",
                "DeleteCluster",
                "DeleteHsm",
                "InitializeCluster",
                "ModifyBackupAttributes",
                "PutResourcePolicy",
            ],
        },
    },
    "cloudshell": {
        # https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudshell.html
        # https://docs.aws.amazon.com/cloudshell/latest/userguide/logging-and-monitoring.html
        "file_moved": {
            "source": ["aws.cloudshell"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["cloudshell.amazonaws.com"],
            "detail.eventName": [
                {"equals-ignore-case": "GetFileDownloadUrls"},
                {"equals-ignore-case": "GetFileUploadUrls"},
            ],
        },
        "file_refused": {
            "source": ["aws.cloudshell"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["cloudshell.amazonaws.com"],
            "detail.eventName": [
                {"equals-ignore-case": "GetFileDownloadUrls"},
                {"equals-ignore-case": "GetFileUploadUrls"},
            ],
        },
        "used": {
            "source": ["aws.cloudshell"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["cloudshell.amazonaws.com"],
            "detail.eventName": [
                {"equals-ignore-case": "CreateEnvironment"},
                {"equals-ignore-case": "CreateSession"},
            ],
        },
    },
    "ecr": {
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
        "cache_failed": {
            "source": ["aws.ecr"],
            "detail-type": ["ECR Pull Through Cache Action"],
            "detail.sync-status": [{"anything-but": ["SUCCESS"]}],
        },
        "copy_failed": {
            "source": ["aws.ecr"],
            "detail-type": ["ECR Replication Action"],
            "detail.result": ["FAILED"],
        },
        # https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
        "critical_finding": {
            "source": ["aws.inspector2"],
            "detail-type": ["Inspector2 Finding"],
            "detail.resources.type": ["AWS_ECR_CONTAINER_IMAGE"],
            "detail.severity": ["CRITICAL"],
            "detail.status": ["ACTIVE"],
        },
    },
    "foundations": {
        # https://karpenter.sh/docs/reference/cloudformation/#interruption-handling
        "interruptions": {
            "source": ["aws.ec2", "aws.health"],
            "detail-type": [
                "EC2 Capacity Reservation Instance Interruption Warning",
                "EC2 Instance Rebalance Recommendation",
                "EC2 Instance State-change Notification",
                "EC2 Spot Instance Interruption Warning",
                "AWS Health Event",
            ],
        },
    },
    "kong": {
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html
        "database_events": {"source": ["aws.rds"], "detail-type": ["RDS DB Instance Event"]},
    },
    "grafana": {
        # https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-rds.html
        "grafana_events": {"source": ["aws.rds"], "detail-type": ["RDS DB Instance Event"]},
    },
    "private_ca": {
        # https://docs.aws.amazon.com/privateca/latest/APIReference/API_Operations.html
        "change": {
            "source": ["aws.acm-pca"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventName": [
                "CreatePermission",
                "DeleteCertificateAuthority",
                "DeletePermission",
                "ImportCertificateAuthorityCertificate",
                "UpdateCertificateAuthority",
            ],
        },
        # the module's own, which its schedules send
        "reminder": {"source": ["prod-private-ca"], "detail-type": ["Certificate authority runs out"]},
        # https://docs.aws.amazon.com/privateca/latest/userguide/CloudWatchEvents.html
        "root_failure": {"source": ["aws.acm-pca"], "detail.result": ["failure"]},
        "subordinate_failure": {"source": ["aws.acm-pca"], "detail.result": ["failure"]},
    },
    "secrets_manager": {
        # https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
        "deletion_scheduled": {
            "source": ["aws.secretsmanager"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["secretsmanager.amazonaws.com"],
            "detail.eventName": ["DeleteSecret"],
        },
        "rotation_failed": {
            "source": ["aws.secretsmanager"],
            "detail-type": [CLOUDTRAIL_CALL, "AWS Service Event via CloudTrail"],
            "detail.eventSource": ["secretsmanager.amazonaws.com"],
            "detail.eventName": ["RotationFailed", "TestRotationFailed"],
        },
        "unlisted_reader": {
            "source": ["aws.secretsmanager"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["secretsmanager.amazonaws.com"],
            "detail.eventName": ["GetSecretValue"],
        },
    },
    "vault": {
        # https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
        "key_endangered": {
            "source": ["aws.kms"],
            "detail-type": [CLOUDTRAIL_CALL],
            "detail.eventSource": ["kms.amazonaws.com"],
            "detail.eventName": ["DisableKey", "DisableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"],
        },
    },
}
"""What each event rule waits for, in AWS's own words. Which resources it is about is left out here."""
NAMES_OF_AWS = re.compile(
    r"source|detail-type|detail\.(eventName|eventSource|resources\.type|result|severity|state|status|sync-status)"
)

SHORT_LIVED = {
    # two minutes before a node goes: https://karpenter.sh/docs/reference/cloudformation/#interruption-handling
    ("foundations", "interruptions"): 300,
}
"""Queues whose messages are of no use later, and for how many seconds they are kept."""

ROOT_BY_REASON = {
    # https://github.com/kubernetes/kubernetes/blob/master/cluster/addons/dns/nodelocaldns/nodelocaldns.yaml
    ("service_discovery", "node-cache"): "upstream's own: it makes a network interface and iptables rules of the node",
}
"""Containers that are not confined like the others, and why."""

# Where a chart takes the contexts of its pods and containers, and what they need. What is not listed for a chart is of
# the chart's own defaults: a module that sets one must list it.
RELEASES: dict[tuple[str, str], dict[str, list[str]]] = {
    ("aws_load_balancer_controller", "controller"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    ("cert_manager", "cert_manager"): {
        "pod": [
            "cainjector.securityContext",
            "securityContext",
            "startupapicheck.securityContext",
            "webhook.securityContext",
        ],
        "container": [
            "cainjector.containerSecurityContext",
            "containerSecurityContext",
            "startupapicheck.containerSecurityContext",
            "webhook.containerSecurityContext",
        ],
        "resources": ["cainjector.resources", "resources", "startupapicheck.resources", "webhook.resources"],
    },
    # the chart has no context of the pod
    ("cert_manager", "istio_csr"): {
        "pod": ["securityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    ("cert_manager", "private_ca"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    # the charts' own contexts are confined already
    ("foundations", "external_secrets"): {
        "resources": ["certController.resources", "resources", "webhook.resources"],
    },
    # as with External Secrets
    ("foundations", "karpenter"): {"resources": ["controller.resources"]},
    ("foundations", "kube_state_metrics"): {"resources": ["resources"]},
    ("foundations", "node_exporter"): {
        "pod": ["securityContext"],
        "container": ["containerSecurityContext"],
        "resources": ["resources"],
    },
    ("foundations", "metrics_server"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    ("foundations", "snapshot_controller"): {
        "pod": ["controller.podSecurityContext"],
        "container": ["controller.securityContext"],
        "resources": ["controller.resources"],
    },
    # the container's context is the chart's own
    ("istio", "gateway"): {"pod": ["securityContext"], "container": [], "resources": ["resources"]},
    # root with capabilities is what it is for: the chart says which
    ("istio", "cni"): {"pod": [], "container": [], "resources": ["resources"]},
    ("istio", "kiali"): {"pod": [], "container": [], "resources": ["deployment.resources"]},
    ("istio", "istiod"): {"pod": [], "container": [], "resources": ["global.proxy.resources", "resources"]},
    # the chart confines its pods by itself
    ("kong", "kong"): {
        "container": ["deployment.sidecarContainers.0.securityContext"],
        "resources": [
            "deployment.sidecarContainers.0.resources",
            "ingressController.resources",
            "migrations.resources",
            "resources",
        ],
        "image": ["deployment.sidecarContainers.0.image", "image", "ingressController.image"],
    },
    **{
        ("collectors", release): {
            "pod": ["global.podSecurityContext"],
            "container": ["alloy.securityContext"],
            "resources": ["alloy.resources"],
        }
        for release in ("logs", "metrics", "traces")
    },
    **{
        ("collectors", release): {
            "pod": ["podSecurityContext"],
            "container": ["securityContext"],
            "resources": ["resources"],
            "image": ["image"],
        }
        for release in ("cloudwatch", "xray")
    },
    ("grafana", "grafana"): {
        "pod": ["securityContext"],
        "container": ["containerSecurityContext", "sidecar.securityContext"],
        "resources": ["resources", "sidecar.resources"],
    },
    # what is not here is the chart's own, which is confined: its objects are judged when they are rendered
    ("loki", "loki"): {
        "resources": [
            *(f"{part}.resources" for part in ("compactor", "distributor", "gateway", "indexGateway", "ingester")),
            *(f"{part}.resources" for part in ("querier", "queryFrontend", "queryScheduler", "ruler")),
            "memcachedExporter.resources",
        ],
    },
    ("loki", "rollout_operator"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    # as with Loki
    ("mimir", "mimir"): {
        "resources": [
            *(f"{part}.resources" for part in ("alertmanager", "compactor", "distributor", "gateway", "ingester")),
            *(f"{part}.resources" for part in ("overrides_exporter", "querier", "query_frontend", "query_scheduler")),
            *(f"{part}.resources" for part in ("ruler", "store_gateway")),
        ],
        "image": ["memcached.image"],
    },
    ("mimir", "rollout_operator"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    ("service_discovery", "external_dns"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    # the user is the chart's, for the pod
    ("tempo", "tempo"): {
        "container": ["tempo.securityContext"],
        "resources": [
            *(f"{part}.resources" for part in ("compactor", "distributor", "gateway", "ingester", "memcached")),
            *(f"{part}.resources" for part in ("memcachedExporter", "metricsGenerator", "querier", "queryFrontend")),
        ],
        "image": ["memcached.image"],
    },
    ("tempo", "rollout_operator"): {
        "pod": ["podSecurityContext"],
        "container": ["securityContext"],
        "resources": ["resources"],
    },
    ("vault", "vault"): {
        "pod": [
            "csi.daemonSet.securityContext.pod",
            "injector.securityContext.pod",
            "server.statefulSet.securityContext.pod",
        ],
        "container": [
            "csi.daemonSet.securityContext.container",
            "injector.securityContext.container",
            "server.extraContainers.0.securityContext",
            "server.extraContainers.1.securityContext",
            "server.statefulSet.securityContext.container",
        ],
        "resources": [
            "csi.resources",
            "injector.resources",
            "server.extraContainers.0.resources",
            "server.extraContainers.1.resources",
            "server.resources",
        ],
        "image": [
            "csi.image",
            "injector.agentImage",
            "injector.image",
            "server.extraContainers.0.image",
            "server.extraContainers.1.image",
            "server.image",
        ],
    },
    ("velero", "velero"): {
        "pod": ["nodeAgent.podSecurityContext", "podSecurityContext"],
        "container": [
            "containerSecurityContext",
            "initContainers.0.securityContext",
            "nodeAgent.containerSecurityContext",
        ],
        "resources": ["initContainers.0.resources", "nodeAgent.resources", "resources", "upgradeJobResources"],
        "image": ["image", "initContainers.0.image"],
    },
}
WRITES_ITS_ROOT = {
    # https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/repository/udmrepo/repo_options.go
    ("velero", "containerSecurityContext"): "the server keeps the settings of volume repositories in its home",
    ("velero", "nodeAgent.containerSecurityContext"): "the agent keeps the settings of volume repositories in its home",
}
ROOT_IN_CHARTS = {
    ("vault", "csi.daemonSet.securityContext.pod"): "it makes its socket in a folder of the node, which is root's",
    # https://velero.io/docs/v1.18/file-system-backup/
    ("velero", "nodeAgent.podSecurityContext"): "it reads and writes the files of any pod's volumes",
}
CAPABILITIES = {("velero", "nodeAgent.containerSecurityContext"): ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"]}
"""What a container may do besides, of what the kernel keeps for root."""

PLACEHOLDER = re.compile(r"<[A-Za-z][\w ./-]*>")
PLACEHOLDERS_FOR_PEOPLE = {
    # whoever is alarmed knows which backup from the command before it
    ("velero", "aws_cloudwatch_metric_alarm.backup_partially_failed"): {"<name>"},
}


@pytest.fixture(scope="module", params=NAMES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ModulePlan]:
    """A module's name, and what its complete example makes."""
    return request.param, applied(request.param, tmp_path_factory)


def block_name(address: str) -> str:
    return address.partition("[")[0].rpartition(".")[2]


def at(values: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(values, list):
            values = values[int(step)] if int(step) < len(values) else None
        else:
            values = (values or {}).get(step)
    return values


def leaves(values: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no mapping, by its path."""
    if isinstance(values, dict):
        for key, inner in values.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path, values


def texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        yield from (text for pair in values.items() for part in pair for text in texts(part))
    elif isinstance(values, list):
        yield from (text for item in values for text in texts(item))


# What watches


def test_cloudwatch_takes_every_alarm(made: tuple[str, ModulePlan]) -> None:
    rules = [alarm["alarm_rule"] for alarm in made[1].resources("aws_cloudwatch_composite_alarm").values()]
    together = {name for rule in rules for name in re.findall(r'ALARM\("([^"]+)"\)', rule)}
    for address, alarm in made[1].resources("aws_cloudwatch_metric_alarm").items():
        ways = [way for way in WAYS_TO_MEASURE if alarm[way]]
        assert len(ways) == 1, f"{address} measures by {ways}: CloudWatch wants exactly one of {WAYS_TO_MEASURE}"
        queries = alarm["metric_query"] or []
        asked = [alarm] if not queries else [metric for query in queries for metric in query["metric"]]
        periods = alarm["evaluation_periods"]
        for period in [it["period"] for it in (*asked, *queries) if it["period"]]:
            assert period in SHORT_PERIODS or period % 60 == 0, f"{address}: CloudWatch has no period of {period} s"
            assert 0 < period * periods <= (7 * DAY if period >= HOUR else DAY), f"{address} looks back too far"
        assert (alarm["datapoints_to_alarm"] or periods) <= periods, address
        assert all(it["metric_name"] and it["namespace"] for it in asked), address
        assert any(query["return_data"] for query in queries) or not queries, address
        assert alarm["alarm_actions"] or alarm["alarm_name"] in together, f"{address} alarms nobody"
        assert alarm["ok_actions"] == alarm["alarm_actions"], f"{address} never says that all is well again"
        assert alarm["treat_missing_data"] in {"breaching", "ignore", "notBreaching"}, address
        assert "threshold" in alarm, address


def test_every_event_rule_waits_for_exactly_what_aws_documents(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    found: dict[str, dict[str, Any]] = {}
    for address, rule in plan.resources("aws_cloudwatch_event_rule").items():
        pattern = json.loads(rule["event_pattern"] or "{}")
        if not pattern:
            assert rule["schedule_expression"], f"{address} waits for nothing"
            continue
        waits = {path: value for path, value in leaves(pattern) if NAMES_OF_AWS.fullmatch(path)}
        assert found.setdefault(block_name(address), waits) == waits, address
    assert found == EVENTS.get(name, {})


def test_every_event_rule_tells_somebody(made: tuple[str, ModulePlan]) -> None:
    plan = made[1]
    targets = {(each["rule"], each["region"]) for each in plan.resources("aws_cloudwatch_event_target").values()}
    for address, rule in plan.resources("aws_cloudwatch_event_rule").items():
        assert (rule["name"], rule["region"]) in targets, f"{address} has no target"


def rules_of_alerts(values: Any) -> Iterator[dict[str, Any]]:
    if isinstance(values, dict):
        if "alert" in values:
            yield values
        for inner in values.values():
            yield from rules_of_alerts(inner)
    elif isinstance(values, list):
        for inner in values:
            yield from rules_of_alerts(inner)


def test_every_alert_has_a_severity_that_somebody_listens_for(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    rules = [rule for address in plan.resources("helm_release") for rule in rules_of_alerts(plan.helm_values(address))]
    for rule in rules:
        assert rule["labels"]["severity"] in SEVERITIES, rule["alert"]
        assert rule["expr"], rule["alert"]
        assert rule["annotations"].keys() & {"description", "summary"}, rule["alert"]
    if name in {
        "aws_load_balancer_controller",
        "cert_manager",
        "collectors",
        "istio",
        "loki",
        "mimir",
        "service_discovery",
        "tempo",
        "vault",
        "velero",
    }:
        assert rules, "the complete example has alerts for Prometheus"


def test_every_alarm_leads_to_a_page_that_is_there(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    told = {
        address: alarm["alarm_description"] for address, alarm in plan.resources("aws_cloudwatch_metric_alarm").items()
    }
    told |= {address: rule["description"] for address, rule in plan.resources("aws_cloudwatch_event_rule").items()}
    for address in plan.resources("helm_release"):
        told |= {
            f"{address} {rule['alert']}": rule["annotations"]["runbook_url"]
            for rule in rules_of_alerts(plan.helm_values(address))
        }
    for alarm, text in told.items():
        if name == "cloudwatch" and re.search(r"\. Runbook: https://runbooks\.example\.com/\S+$", text):
            # of the caller's own alarms, which lead to the caller's own pages
            continue
        page = re.search(rf"\brunbooks/(\w+)\.md of the module {name}$", text)
        assert page, f"{alarm} leads to no page: {text}"
        assert (PROJECT / "docs" / "runbooks" / name / f"{page[1]}.md").is_file(), f"{alarm} leads to {page[0]}"


def test_an_alert_wakes_somebody_only_when_its_page_says_that_it_cannot_wait(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    rules = [rule for address in plan.resources("helm_release") for rule in rules_of_alerts(plan.helm_values(address))]
    for rule in rules:
        page = rule["annotations"]["runbook_url"].removeprefix("runbooks/").partition(".md")[0]
        told = (PROJECT / "docs" / "runbooks" / name / f"{page}.md").read_text(encoding="utf-8").split("\n\n")[1]
        waits = re.search(r"wait\s+for\s+the\s+morning|look\s+today", told) is not None
        assert rule["labels"]["severity"] == ("warning" if waits else "critical"), f"{rule['alert']}: {told}"


# What runs


def pods(plan: ModulePlan) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pods of what is not a chart's, by their address, in the provider's words."""
    for address, change in plan.changes.items():
        if address.startswith("kubernetes_") and (specs := change["after"].get("spec")):
            spec = specs[0]
            if jobs := spec.get("job_template"):
                spec = jobs[0]["spec"][0]
            if isinstance(template := spec.get("template"), list) and template:
                yield address, template[0]["spec"][0]


def test_every_container_is_confined(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    for address, pod in pods(plan):
        for container in pod["container"] + pod["init_container"]:
            (own,) = container["security_context"]
            assert own["allow_privilege_escalation"] is False, f"{address} {container['name']}"
            assert own["privileged"] in (None, False), f"{address} {container['name']}"
            assert [each["drop"] for each in own["capabilities"]] == [["ALL"]], f"{address} {container['name']}"
            around = (pod["security_context"] or [own])[0]
            assert [each["type"] for each in around["seccomp_profile"]] == ["RuntimeDefault"], address
            if (name, container["name"]) in ROOT_BY_REASON:
                continue
            assert not own["capabilities"][0]["add"], f"{address} {container['name']}"
            assert own["read_only_root_filesystem"] is True, f"{address} {container['name']}"
            assert around["run_as_non_root"] is True, address
            # left out, the provider sends false, which counts before what the pod says
            assert own["run_as_non_root"] is True, f"{address} {container['name']}"
            assert int(around["run_as_user"]) > 0, address


def test_every_container_has_its_share_and_an_image_that_stays_the_same(made: tuple[str, ModulePlan]) -> None:
    for address, pod in pods(made[1]):
        for container in pod["container"] + pod["init_container"]:
            (share,) = container["resources"]
            _shares(share, f"{address} {container['name']}")
            _by_version(container["image"], f"{address} {container['name']}")


def _shares(share: dict[str, Any], where: str) -> None:
    assert share["requests"].keys() >= {"cpu", "memory"}, where
    assert share["limits"].keys() >= {"memory"}, where


def _by_version(image: str, where: str) -> None:
    repository, _, version = image.partition("@") if "@" in image else image.rpartition(":")
    assert repository, where
    assert VERSION.fullmatch(version), f"{where}: {image} can be another image tomorrow"


def test_every_container_finds_its_volumes_and_no_volume_is_left_over(made: tuple[str, ModulePlan]) -> None:
    for address, pod in pods(made[1]):
        containers = pod["container"] + pod["init_container"]
        mounted = {mount["name"] for container in containers for mount in container["volume_mount"]}
        assert mounted == {volume["name"] for volume in pod["volume"]}, address
        for container in containers:
            paths = [mount["mount_path"] for mount in container["volume_mount"]]
            assert len(paths) == len(set(paths)), f"{address} {container['name']}"


def test_who_takes_a_namespace_from_an_output_waits_until_it_is_there() -> None:
    outputs = {name: built(name)[1].get("output", {}).get("namespace", {}).get("value", "") for name in COMPLETE}
    makers = {name for name in COMPLETE if outputs[name] and "kubernetes_namespace" in built(name)[1]["resource"]}
    assert {name for name in makers if "kubernetes_namespace." not in outputs[name]} == set()
    assert {"grafana", "istio", "kong", "vault"} <= makers


def test_charts_run_their_containers_confined_too(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    for (_, release), places in ((key, value) for key, value in RELEASES.items() if key[0] == name):
        releases = [address for address in plan.resources("helm_release") if block_name(address) == release]
        assert releases, f"{name} has no release {release}"
        for address in releases:
            values = plan.helm_values(address)
            for path in places.get("pod", ()):
                context = at(values, path)
                assert context.get("runAsNonRoot", False) is ((name, path) not in ROOT_IN_CHARTS), f"{address} {path}"
                assert context["seccompProfile"] == {"type": "RuntimeDefault"}, f"{address} {path}"
            for path in places.get("container", ()):
                context = at(values, path)
                assert context["allowPrivilegeEscalation"] is False, f"{address} {path}"
                added = {"add": CAPABILITIES[name, path]} if (name, path) in CAPABILITIES else {}
                assert context["capabilities"] == {"drop": ["ALL"], **added}, f"{address} {path}"
                assert context.get("readOnlyRootFilesystem") or (name, path) in WRITES_ITS_ROOT, f"{address} {path}"
            for path in places.get("resources", ()):
                _shares(at(values, path), f"{address} {path}")
            for path in places.get("image", ()):
                image = at(values, path)
                whole = image if isinstance(image, str) else image.get("unifiedRepoTag")
                text = whole or f"{image.get('repository', 'image')}:{image['tag']}"
                _by_version(text, f"{address} {path}")


def test_every_context_share_and_image_of_a_chart_is_looked_at(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    for address in plan.resources("helm_release"):
        found = {
            re.sub(r"securityContext\.(container|pod)\..*", r"securityContext.\1", path)
            for path, _ in _settings(plan.helm_values(address))
        }
        listed = {path for paths in RELEASES.get((name, block_name(address)), {}).values() for path in paths}
        strange = {path for path in found if not any(path == one or path.startswith(f"{one}.") for one in listed)}
        assert not strange, f"{address}: list {sorted(strange)} above, so that they are held to the rules"


def _settings(values: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    entries = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, inner in entries:
        here = f"{path}.{key}" if path else str(key)
        if key == "volumeClaimTemplates":
            # their resources are storage
            continue
        if re.search(r"[sS]ecurityContext$|(^|[a-z])[iI]mage$|^resources$", str(key)) and inner not in ({}, None):
            yield from ((f"{here}.{kind}", each) for kind, each in inner.items()) if _two(inner) else [(here, inner)]
        else:
            yield from _settings(inner, here)


def _two(context: Any) -> bool:
    return isinstance(context, dict) and bool(context.keys() & {"container", "pod"})


# What is kept


def test_every_volume_and_snapshot_tells_whose_it_is(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    parameters = {
        address: each["parameters"]
        for address, each in plan.resources("kubernetes_storage_class_v1").items()
        if each["storage_provisioner"] == "ebs.csi.aws.com"
    }
    for address in plan.resources("helm_release"):
        for made_object in (plan.helm_values(address).get("objects") or {}).values():
            if made_object.get("kind") == "VolumeSnapshotClass":
                parameters[address] = made_object["parameters"]
    for address, each in parameters.items():
        tags = [value for key, value in each.items() if key.startswith("tagSpecification_")]
        # the driver stops at a number that is left out
        # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
        assert {f"tagSpecification_{number}" for number in range(1, len(tags) + 1)} <= each.keys(), address
        assert f"Service={name}" in tags, address
    if name in {"foundations", "vault"}:
        assert parameters, "the complete example has volumes or snapshots"


def test_every_queue_is_encrypted_with_a_key_of_ours_and_keeps_what_nobody_took(made: tuple[str, ModulePlan]) -> None:
    keys = {each["arn"] for each in made[1].resources("aws_kms_key").values()}
    for address, queue in made[1].resources("aws_sqs_queue").items():
        assert queue["kms_master_key_id"] in keys, address
        short = SHORT_LIVED.get((made[0], address.split(".")[1].partition("[")[0]))
        assert queue["message_retention_seconds"] == (short or 14 * DAY), address


def test_cloudfront_takes_every_list_of_methods(made: tuple[str, ModulePlan]) -> None:
    for address, distribution in made[1].resources("aws_cloudfront_distribution").items():
        for behaviour in distribution["default_cache_behavior"] + (distribution["ordered_cache_behavior"] or []):
            assert set(behaviour["allowed_methods"]) in ALLOWED_METHODS, address
            assert set(behaviour["cached_methods"]) in CACHED_METHODS, address


def test_no_placeholder_is_left_where_a_value_belongs(made: tuple[str, ModulePlan]) -> None:
    name, plan = made
    for address, change in plan.changes.items():
        allowed = PLACEHOLDERS_FOR_PEOPLE.get((name, address.partition("[")[0]), set())
        for text in texts(change["after"]):
            # scripts and documents that ship with a module explain themselves with placeholders
            if "\n" not in text:
                assert set(PLACEHOLDER.findall(text)) <= allowed, address
                assert not re.search(r"\$\{(?:var|local|each|module)\.", text), address
                # a policy that AWS writes itself, as of a permission to a private CA, is told as what it is
                assert "groundplan-unknown" not in text or "only AWS knows" in text, address


# What is said to whoever sets a value that a module keeps


def test_what_is_to_be_set_instead_of_a_value_is_an_input() -> None:
    tables = {
        (name, table): getattr(part, table)
        for name, it in COMPLETE.items()
        for file in sorted(it.kind.folder().glob("*.py"))
        if re.search(r"INSTEAD = \{", file.read_text("utf-8"))
        for part in [importlib.import_module(f"{it.kind.__module__.rpartition('.')[0]}.{file.stem}")]
        for table in vars(part)
        if table.endswith("INSTEAD")
    }
    assert len(tables) >= 20
    for (name, table), instead in tables.items():
        inputs = set(built(name)[1]["variable"])
        for value, told in instead.items():
            assert told.split(".")[0].split(" ")[0] in inputs, f"{name} {table}: {value}"


def test_it_is_said_of_values_that_the_module_keeps() -> None:
    told = 0
    for name, it in COMPLETE.items():
        for setting, owned in Definitions(PROJECT).of(it.kind).owned.items():
            kept = {tuple(way)[:length] for way in owned["paths"] for length in range(1, len(way) + 1)}
            said = {parse_path(value) for value in owned["instead"]}
            assert said <= kept, f"{name} {setting}"
            told += len(said)
    assert told >= 240
