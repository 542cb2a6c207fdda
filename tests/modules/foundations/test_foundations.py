"""What Terraform would make of the module: everything by charts, and everything by add-ons."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from groundplan.iam import Principal, evaluate
from modules.cluster.foundations import Foundations
from tests.modules.complete import built
from tests.modules.foundations.examples import ADDONS, BOUNDARY, FULL, TOPIC
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]
DEFAULT = "storageclass.kubernetes.io/is-default-class"


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(Foundations, FULL)


@pytest.fixture(scope="module")
def addons(plan_module: Planner) -> ModulePlan:
    return plan_module(Foundations, ADDONS)


def addon(plan: ModulePlan, id: str) -> dict[str, Any]:
    return plan.resource(f"aws_eks_addon.{id}[0]")


def volume_class(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f'kubernetes_storage_class_v1.volumes["{name}"]')


def test_the_addresses_stay_as_they_are(full: ModulePlan, addons: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert {"charts": full.addresses, "add-ons": addons.addresses} == snapshot


def test_nothing_is_made_of_parts_that_the_cluster_has(plan_module: Planner) -> None:
    parts = ["pod_identity_agent", "ebs_csi_driver", "efs_csi_driver", "snapshot_controller", "metrics_server"]
    left_out = dict.fromkeys([*parts, "karpenter"])
    assert plan_module(Foundations, ADDONS.but(**left_out)).addresses == []


# What comes from where


def test_a_version_says_that_a_part_comes_as_an_add_on_and_its_absence_that_its_chart_does(
    full: ModulePlan, addons: ModulePlan
) -> None:
    for id, version in (("metrics_server", "v0.8.0-eksbuild.2"), ("snapshot_controller", "v8.3.0-eksbuild.1")):
        assert addon(addons, id)["addon_version"] == version
        assert f"helm_release.{id}[0]" not in addons.addresses
        assert f"aws_eks_addon.{id}[0]" not in full.addresses
        release = full.resource(f"helm_release.{id}[0]")
        name = id.replace("_", "-")
        assert (release["chart"], release["namespace"], release["name"]) == (name, "kube-system", name)
        assert addon(addons, id)["addon_name"] == name
        assert charts.check_values(charts.chart(name), full.helm_values(f"helm_release.{id}[0]"), where=id) == []


def test_add_ons_take_over_what_is_there_and_keep_their_settings(full: ModulePlan, addons: ModulePlan) -> None:
    for plan in (full, addons):
        for made in plan.resources("aws_eks_addon").values():
            assert made["resolve_conflicts_on_create"] == made["resolve_conflicts_on_update"] == "OVERWRITE"
    # with the definitions every VolumeSnapshot of the cluster would go
    kept = {made["addon_name"] for made in addons.resources("aws_eks_addon").values() if made["preserve"]}
    assert kept == {"snapshot-controller"}


def test_the_driver_is_told_its_replicas_and_makes_no_class_of_its_own(full: ModulePlan, addons: ModulePlan) -> None:
    for plan, replicas in ((full, 3), (addons, 1)):
        told = json.loads(addon(plan, "ebs_csi_driver")["configuration_values"])
        assert told == {"controller": {"replicaCount": replicas}, "defaultStorageClass": {"enabled": False}}
        # EKS publishes the add-on's schema nowhere but by its API; it takes no value that the chart does not have
        assert charts.check_values(charts.chart("aws-ebs-csi-driver"), told, where="add-on") == []


def test_the_driver_gets_its_role_the_way_the_cluster_gives_roles(full: ModulePlan, addons: ModulePlan) -> None:
    role = full.resource("aws_iam_role.ebs_csi_driver[0]")
    assert addon(full, "ebs_csi_driver")["service_account_role_arn"] == role["arn"]
    assert role["permissions_boundary"] == BOUNDARY
    assert "system:serviceaccount:kube-system:ebs-csi-controller-sa" in role["assume_role_policy"]
    assert not full.resources("aws_eks_pod_identity_association")
    association = addons.resource("aws_eks_pod_identity_association.ebs_csi_driver[0]")
    assert (association["namespace"], association["service_account"]) == ("kube-system", "ebs-csi-controller-sa")
    assert addon(addons, "ebs_csi_driver")["service_account_role_arn"] is None


def test_charts_are_confined_spread_and_reached_where_they_serve(full: ModulePlan) -> None:
    for id, port, section in (("metrics_server", "10250", None), ("snapshot_controller", "8080", "controller")):
        values = full.helm_values(f"helm_release.{id}[0]")
        values = values[section] if section else values
        assert values["nodeSelector"] == {"workload": "platform"}
        assert len(values["topologySpreadConstraints"]) == 2
        (spec,) = full.resource(f"kubernetes_network_policy_v1.{id}[0]")["spec"]
        labels = {"app.kubernetes.io/name": id.replace("_", "-"), "app.kubernetes.io/instance": id.replace("_", "-")}
        assert spec["pod_selector"][0]["match_labels"] == labels
        assert [each["port"] for each in spec["ingress"][0]["ports"]] == [port]
    monitor = full.helm_values("helm_release.metrics_server[0]")["serviceMonitor"]
    assert monitor == {"enabled": True, "additionalLabels": {"release": "monitoring"}, "interval": "60s"}


def test_the_definitions_come_first_without_the_operator_and_outlive_their_release(full: ModulePlan) -> None:
    crds = full.helm_values("helm_release.prometheus_operator_crds[0]")["crds"]
    assert crds["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert {kind for kind, said in crds.items() if said.get("enabled") is False} == {
        "alertmanagers",
        "prometheusagents",
        "prometheuses",
        "thanosrulers",
    }
    releases = built("foundations")[1]["resource"]["helm_release"]
    for id in ("kube_state_metrics", "metrics_server", "node_exporter", "snapshot_controller"):
        assert "helm_release.prometheus_operator_crds" in releases[id]["depends_on"]


def test_objects_and_nodes_are_told_of_and_no_secret_is_read_for_it(full: ModulePlan) -> None:
    objects = full.helm_values("helm_release.kube_state_metrics[0]")
    assert (objects["replicas"], objects["collectorsExclude"]) == (1, ["secrets"])
    assert objects["metricLabelsAllowlist"] == ["namespaces=[team,app.kubernetes.io/part-of]"]
    monitor = {"enabled": True, "additionalLabels": {"release": "monitoring"}}
    assert objects["prometheus"]["monitor"] == {**monitor, "http": {"honorLabels": True, "interval": "60s"}}
    nodes = full.helm_values("helm_release.node_exporter[0]")
    assert nodes["prometheus"]["monitor"] == {**monitor, "interval": "60s"}
    assert nodes["tolerations"] == [{"operator": "Exists"}]
    for id in ("kube_state_metrics", "node_exporter"):
        name = full.resource(f"helm_release.{id}[0]")["chart"]
        assert charts.check_values(charts.chart(name), full.helm_values(f"helm_release.{id}[0]"), where=id) == []


# Storage


def test_volumes_are_encrypted_gp3_of_the_zone_of_their_pod_and_may_grow(full: ModulePlan) -> None:
    key = full.resource("aws_kms_key.volumes[0]")
    assert key["enable_key_rotation"] is True
    for name in ("gp3", "gp3-fast"):
        made = volume_class(full, name)
        assert made["storage_provisioner"] == "ebs.csi.aws.com"
        assert made["volume_binding_mode"] == "WaitForFirstConsumer"
        assert made["allow_volume_expansion"] is True
        asked = {key: made["parameters"][key] for key in ("type", "encrypted", "kmsKeyId")}
        assert asked == {"type": "gp3", "encrypted": "true", "kmsKeyId": key["arn"]}
    assert full.outputs["volume_key_arn"] == key["arn"]


def test_one_class_is_the_default_and_each_is_as_it_says(full: ModulePlan) -> None:
    usual, fast = volume_class(full, "gp3"), volume_class(full, "gp3-fast")
    assert [made["metadata"][0]["annotations"][DEFAULT] for made in (usual, fast)] == ["true", "false"]
    assert (usual["reclaim_policy"], fast["reclaim_policy"]) == ("Delete", "Retain")
    performance = [(made["parameters"]["iops"], made["parameters"]["throughput"]) for made in (usual, fast)]
    assert performance == [("3000", "125"), ("16000", "1000")]
    assert fast["parameters"]["csi.storage.k8s.io/fstype"] == "xfs"
    tags = {text for name, text in fast["parameters"].items() if name.startswith("tagSpecification_")}
    assert tags == {"Service=foundations", "Cluster=prod", "Team=claims"}
    assert full.outputs["storage_class_names"] == ["gp3", "gp3-fast"]


def test_what_decides_of_a_class_can_be_read_before_its_key_is_there(plan_module: Planner) -> None:
    first = plan_module(Foundations, FULL)
    assert volume_class(first, "gp3")["parameters"]["type"] == "gp3"
    assert first.unknown('kubernetes_storage_class_v1.volumes["gp3"]')["parameters"] == {"kmsKeyId": True}


def test_velero_finds_the_class_of_snapshots_which_outlive_their_namespace(full: ModulePlan) -> None:
    made = full.helm_values("helm_release.snapshot_class[0]")["objects"]["class"]
    assert charts.custom_resource_problems(made, where="class") == []
    assert made["metadata"] == {"name": "ebs", "labels": {"velero.io/csi-volumesnapshot-class": "true"}}
    assert (made["driver"], made["deletionPolicy"]) == ("ebs.csi.aws.com", "Retain")
    assert "BackupTier=none" in made["parameters"].values()


def test_the_driver_can_use_what_it_made_and_nothing_else(full: ModulePlan) -> None:
    policy = full.document("aws_iam_role_policy.ebs_csi_driver[0]", "policy")
    volume = "arn:aws:ec2:us-east-1:111122223333:volume/vol-1"
    for action in ("ec2:DeleteVolume", "ec2:ModifyVolume", "ec2:CreateSnapshot"):
        assert evaluate(policy, action, volume, {"ec2:ResourceTag/ebs.csi.aws.com/cluster": "true"})
        assert not evaluate(policy, action, volume)
    assert not evaluate(policy, "ec2:CreateTags", volume, {"ec2:ResourceTag/ebs.csi.aws.com/cluster": "true"})


def test_shared_volumes_are_folders_of_a_file_system_with_a_key_of_its_own_that_refuses_plain_text(
    full: ModulePlan,
) -> None:
    made = full.resource("aws_efs_file_system.shared[0]")
    assert (made["encrypted"], made["kms_key_id"]) == (True, full.resource("aws_kms_key.shared[0]")["arn"])
    assert made["tags"]["BackupTier"] == "standard"
    shared = full.resource("kubernetes_storage_class_v1.shared[0]")
    assert (shared["metadata"][0]["name"], shared["storage_provisioner"]) == ("efs", "efs.csi.aws.com")
    # folders by access points, which the driver mounts by TLS alone
    assert shared["parameters"] == {
        "basePath": "/volumes",
        "directoryPerms": "700",
        "fileSystemId": made["id"],
        "provisioningMode": "efs-ap",
    }
    assert full.outputs["shared_file_system_id"] == made["id"]
    targets = full.resources("aws_efs_mount_target").values()
    group = full.resource("aws_security_group.shared[0]")["id"]
    assert {target["subnet_id"] for target in targets} == {"subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"}
    assert all(target["security_groups"] == [group] for target in targets)
    door = full.resource('aws_vpc_security_group_ingress_rule.shared["nodes"]')
    assert (door["from_port"], door["to_port"], door["referenced_security_group_id"]) == (
        2049,
        2049,
        "sg-0a1b2c3d4e5f60001",
    )
    policy = full.document("aws_efs_file_system_policy.shared[0]", "policy")
    mounted = {"elasticfilesystem:AccessedViaMountTarget": "true"}
    anybody = Principal.aws("arn:aws:iam::111122223333:role/anybody")
    for tls, may in (("true", True), ("false", False)):
        asked = {**mounted, "aws:SecureTransport": tls}
        action = "elasticfilesystem:ClientMount"
        assert evaluate(policy, action, made["arn"], asked, principal=anybody) is may
    assert not evaluate(policy, "elasticfilesystem:ClientRootAccess", made["arn"], mounted, principal=anybody)


def test_a_file_system_that_is_given_is_used_as_it_is(addons: ModulePlan) -> None:
    shared = addons.resource("kubernetes_storage_class_v1.shared[0]")
    assert (shared["metadata"][0]["name"], shared["parameters"]["fileSystemId"]) == ("shared", "fs-0a1b2c3d4e5f60001")
    assert addons.outputs["shared_file_system_id"] == "fs-0a1b2c3d4e5f60001"
    assert not [address for address in addons.addresses if address.startswith("aws_efs_")]
    association = addons.resource("aws_eks_pod_identity_association.efs_csi_driver[0]")
    assert (association["namespace"], association["service_account"]) == ("kube-system", "efs-csi-controller-sa")


# Secrets

SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:"


@pytest.mark.parametrize(
    ("store", "consumer", "readable", "others"),
    [
        (
            "claims",
            "claims-api",
            ["prod-secrets/claims/database-a1b2c3", "prod-secrets/document-key-a1b2c3"],
            ["prod-secrets/document-key-2-a1b2c3", "prod-secrets/payments/database-a1b2c3", "tools/token-a1b2c3"],
        ),
        ("tools", "tools", ["tools/token-a1b2c3"], ["prod-secrets/claims/database-a1b2c3", "tools-a1b2c3"]),
    ],
)
def test_a_store_reads_the_secrets_of_its_paths_that_carry_its_consumer_s_tag(
    full: ModulePlan, store: str, consumer: str, readable: list[str], others: list[str]
) -> None:
    policy = full.document(f'aws_iam_role_policy.secret_store["{store}"]', "policy")
    tagged = {f"aws:ResourceTag/consumer/{consumer}": "read"}
    read = "secretsmanager:GetSecretValue"
    assert all(evaluate(policy, read, f"{SECRET}{name}", tagged) for name in readable)
    assert not any(evaluate(policy, read, f"{SECRET}{name}", tagged) for name in others)
    assert not any(evaluate(policy, read, f"{SECRET}{name}") for name in readable)
    assert not evaluate(policy, "secretsmanager:PutSecretValue", f"{SECRET}{readable[0]}", tagged)


def test_a_store_is_for_its_namespaces_and_reads_with_the_role_that_the_operator_takes(full: ModulePlan) -> None:
    stores = full.helm_values("helm_release.secret_stores[0]")["objects"]
    assert set(stores) == {"claims", "tools"}
    operator = full.resource("aws_iam_role.external_secrets[0]")
    taken = full.document("aws_iam_role_policy.external_secrets[0]", "policy")
    for name, made in stores.items():
        assert charts.custom_resource_problems(made, where=name) == []
        role = full.resource(f'aws_iam_role.secret_store["{name}"]')
        assert made["spec"]["provider"]["aws"]["role"] == role["arn"] == full.outputs["secret_store_role_arns"][name]
        assert role["permissions_boundary"] == BOUNDARY
        (trust,) = json.loads(role["assume_role_policy"])["Statement"]
        assert trust["Principal"] == {"AWS": [operator["arn"]]}
        assert evaluate(taken, "sts:AssumeRole", role["arn"])
    assert not evaluate(taken, "sts:AssumeRole", "arn:aws:iam::111122223333:role/prod-other-store-x")
    assert stores["tools"]["spec"]["conditions"] == [{"namespaces": ["tools", "jobs"]}]


def test_the_operator_brings_secrets_in_and_none_out(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.external_secrets[0]")
    assert charts.check_values(charts.chart("external-secrets"), values, where="values") == []
    assert values["crds"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert [values[f"process{kind}"] for kind in ("PushSecret", "ClusterPushSecret", "ClusterExternalSecret")] == [
        False,
        False,
        False,
    ]
    assert values["rbac"] == {"serviceAccountTokenCreate": False}
    assert [values["replicaCount"], values["webhook"]["replicaCount"], values["leaderElect"]] == [3, 3, True]


# Workloads


def test_pods_are_held_to_the_level_of_their_namespace(full: ModulePlan) -> None:
    (claims,) = full.resource('kubernetes_namespace.workloads["claims"]')["metadata"]
    assert claims["labels"] == {
        "team": "claims",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }
    (tools,) = full.resource('kubernetes_namespace.workloads["tools"]')["metadata"]
    assert tools["labels"]["pod-security.kubernetes.io/enforce"] == "baseline"
    assert full.outputs["namespaces"] == ["claims", "tools"]


def test_a_quota_bounds_all_pods_and_lets_those_in_that_say_nothing(full: ModulePlan) -> None:
    (quota,) = full.resource('kubernetes_resource_quota_v1.workloads["claims"]')["spec"]
    assert quota["hard"] == {
        "requests.cpu": "20",
        "requests.memory": "64Gi",
        "limits.memory": "96Gi",
        "requests.storage": "500Gi",
        "pods": "200",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    (limits,) = full.resource('kubernetes_limit_range_v1.workloads["claims"]')["spec"]
    (usual,) = limits["limit"]
    # what the quota counts, every container has
    assert usual["default_request"] == {"cpu": "100m", "memory": "128Mi"}
    assert usual["default"] == {"memory": "512Mi"}
    assert 'kubernetes_resource_quota_v1.workloads["tools"]' not in full.addresses


def test_a_closed_namespace_reaches_itself_and_names_and_is_reached_by_whom_it_says(full: ModulePlan) -> None:
    def spec(name: str) -> dict[str, Any]:
        (found,) = full.resource(f'kubernetes_network_policy_v1.{name}["claims"]')["spec"]
        assert [selector["match_labels"] for selector in found["pod_selector"]] == [None]
        return dict(found)

    denied = spec("default_deny")
    assert (denied["policy_types"], denied["ingress"], denied["egress"]) == (["Ingress", "Egress"], [], [])
    own = spec("allow_own")
    assert [len(rule["from"]) for rule in own["ingress"]] == [1]
    itself, names = own["egress"]
    assert itself["ports"] == []
    assert {(port["port"], port["protocol"]) for port in names["ports"]} == {("53", "UDP"), ("53", "TCP")}
    assert names["to"][1]["ip_block"][0]["cidr"] == "169.254.20.10/32"
    (rule,) = spec("allow_from")["ingress"]
    (expression,) = rule["from"][0]["namespace_selector"][0]["match_expressions"]
    assert (expression["key"], expression["values"]) == ("kubernetes.io/metadata.name", ["gateway"])
    assert not [address for address in full.addresses if "network_policy" in address and '"tools"' in address]


def test_the_platform_goes_before_workloads_and_these_before_what_can_wait(full: ModulePlan) -> None:
    classes = {
        made["metadata"][0]["name"]: (made["value"], made["global_default"], made["preemption_policy"])
        for made in full.resources("kubernetes_priority_class_v1").values()
    }
    assert classes == {
        "platform": (1000000, False, "PreemptLowerPriority"),
        "workload": (1000, True, "PreemptLowerPriority"),
        "batch": (-10, False, "Never"),
    }


# Nodes


def test_karpenter_knows_its_cluster_and_its_queue_and_runs_on_no_node_of_its_own(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.karpenter[0]")
    assert charts.check_values(charts.chart("karpenter"), values, where="values") == []
    queue = full.resource("aws_sqs_queue.interruptions[0]")
    assert values["settings"] == {"clusterName": "prod", "eksControlPlane": True, "interruptionQueue": queue["name"]}
    assert full.outputs["interruption_queue_name"] == queue["name"] == "prod-foundations-interruptions"
    # the chart keeps it from nodes with karpenter.sh/nodepool, as long as nobody says otherwise
    assert not {"affinity", "nodeSelector"} & set(values)
    role = full.resource("aws_iam_role.karpenter[0]")
    assert values["serviceAccount"]["annotations"] == {"eks.amazonaws.com/role-arn": role["arn"]}
    assert values["serviceMonitor"]["endpointConfig"] == {"interval": "60s"}
    (spec,) = full.resource("kubernetes_network_policy_v1.karpenter[0]")["spec"]
    assert [each["port"] for each in spec["ingress"][0]["ports"]] == ["8080"]


def test_the_kinds_of_karpenter_come_first_are_upgraded_and_outlive_their_release(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.karpenter_crds[0]")
    assert charts.check_values(charts.chart("karpenter-crd"), values, where="values") == []
    assert values == {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}}
    brought, controller = (full.resource(f"helm_release.{id}[0]") for id in ("karpenter_crds", "karpenter"))
    assert brought["version"] == controller["version"]
    # Helm would never upgrade them from there
    assert controller["skip_crds"] is True
    releases = built("foundations")[1]["resource"]["helm_release"]
    assert "helm_release.karpenter_crds" in releases["karpenter"]["depends_on"]


def test_every_warning_reaches_the_queue_that_karpenter_reads(full: ModulePlan) -> None:
    pattern = full.document("aws_cloudwatch_event_rule.interruptions[0]", "event_pattern")
    assert (pattern["source"], pattern["detail-type"]) == (
        ["aws.ec2", "aws.health"],
        [
            "EC2 Capacity Reservation Instance Interruption Warning",
            "EC2 Instance Rebalance Recommendation",
            "EC2 Instance State-change Notification",
            "EC2 Spot Instance Interruption Warning",
            "AWS Health Event",
        ],
    )
    arn = full.resource("aws_sqs_queue.interruptions[0]")["arn"]
    assert full.resource("aws_cloudwatch_event_target.interruptions[0]")["arn"] == arn
    policy = full.document("aws_iam_role_policy.karpenter[0]", "policy")
    assert evaluate(policy, "sqs:ReceiveMessage", arn)
    unread = full.resource("aws_cloudwatch_metric_alarm.interruptions_unread[0]")
    assert (unread["dimensions"], unread["alarm_actions"]) == (
        {"QueueName": full.outputs["interruption_queue_name"]},
        [TOPIC],
    )
    # a warning is two minutes old when its node goes, and gone from the queue after five
    assert unread["threshold"] == 120 < full.resource("aws_sqs_queue.interruptions[0]")["message_retention_seconds"]


def test_nodes_have_what_karpenter_s_own_template_gives_them_and_the_cluster_lets_them_in(
    full: ModulePlan, addons: ModulePlan
) -> None:
    role = full.resource("aws_iam_role.node[0]")
    assert (role["name"], role["permissions_boundary"]) == ("prod-foundations-node", BOUNDARY)
    assert (full.outputs["node_role_name"], full.outputs["node_role_arn"]) == (role["name"], role["arn"])
    given = {
        each["policy_arn"].rpartition("/")[2] for each in full.resources("aws_iam_role_policy_attachment").values()
    }
    assert given == {
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    }
    entry = full.resource("aws_eks_access_entry.node[0]")
    assert (entry["cluster_name"], entry["principal_arn"], entry["type"]) == ("prod", role["arn"], "EC2_LINUX")
    assert not addons.resources("aws_eks_access_entry")
    assert addons.resource("aws_iam_role.node[0]")["name"] == "dev-foundations-node"


def test_karpenter_ends_its_own_instances_alone_and_all_of_its_policy_fits_into_a_role(full: ModulePlan) -> None:
    policy = full.document("aws_iam_role_policy.karpenter[0]", "policy")
    instance = "arn:aws:ec2:us-east-1:111122223333:instance/i-1"
    own = {"aws:ResourceTag/kubernetes.io/cluster/prod": "owned", "aws:ResourceTag/karpenter.sh/nodepool": "batch"}
    assert evaluate(policy, "ec2:TerminateInstances", instance, own)
    for tags in (
        {},
        {**own, "aws:ResourceTag/kubernetes.io/cluster/prod": "shared"},
        {"aws:ResourceTag/kubernetes.io/cluster/dev": "owned", "aws:ResourceTag/karpenter.sh/nodepool": "batch"},
        {"aws:ResourceTag/kubernetes.io/cluster/prod": "owned"},
    ):
        assert not evaluate(policy, "ec2:TerminateInstances", instance, tags)
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (inline policies of a role)
    assert len(json.dumps(policy, separators=(",", ":"))) < 10_240 - 1_000


# Watching


def test_people_are_told_when_a_part_is_missing_or_nobody_says_that_it_is_not(full: ModulePlan) -> None:
    alarms = [
        alarm for alarm in full.resources("aws_cloudwatch_metric_alarm").values() if "Workload" in alarm["dimensions"]
    ]
    (container,) = full.resource("kubernetes_cron_job_v1.status[0]")["spec"][0]["job_template"][0]["spec"][0][
        "template"
    ][0]["spec"][0]["init_container"]
    told = {item["name"]: item["value"] for item in container["env"]}
    watched = {f"{space}/{name}" for space, _, name in (each.split("/") for each in told["WORKLOADS"].split())}
    assert {alarm["dimensions"]["Workload"] for alarm in alarms} == watched
    assert watched == {
        "external-secrets/external-secrets",
        "external-secrets/external-secrets-webhook",
        "kube-system/ebs-csi-controller",
        "kube-system/ebs-csi-node",
        "kube-system/efs-csi-controller",
        "kube-system/efs-csi-node",
        "kube-system/eks-pod-identity-agent",
        "kube-system/karpenter",
        "kube-system/kube-state-metrics",
        "kube-system/metrics-server",
        "kube-system/prometheus-node-exporter",
        "kube-system/snapshot-controller",
    }
    for alarm in alarms:
        assert alarm["alarm_actions"] == [TOPIC]
        assert alarm["treat_missing_data"] == "breaching"
        assert alarm["period"] * alarm["evaluation_periods"] == 20 * 60
    policy = full.document("aws_iam_role_policy.status[0]", "policy")
    assert evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": full.outputs["metric_namespace"]})
