"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade
from modules.mesh.aws_load_balancer_controller import (
    AccessLogs,
    AwsLoadBalancerControllerInputs,
    IngressClass,
    Issuer,
    Prometheus,
    Workload,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/workload-boundary"
VPC = "vpc-0a1b2c3d4e5f60001"
WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000001"
ISSUER = Issuer(name="internal", kind="AWSPCAClusterIssuer", group="awspca.cert-manager.io")
PUBLIC = IngressClass(
    scheme="internet-facing",
    group="public",
    namespace_labels={"exposure": "public"},
    subnet_ids=["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
    inbound_cidrs=["203.0.113.0/24"],
    certificate_arns=[CERTIFICATE],
    web_acl_arn=WEB_ACL,
    access_logs=AccessLogs(bucket_name="prod-access-logs", prefix="alb/public"),
    idle_timeout_seconds=120,
)

FULL = AwsLoadBalancerControllerInputs(
    name="prod-lbc",
    alarm_topic_arn=TOPIC,
    crd_upgrade=CrdUpgrade(),
    permissions_boundary_arn=BOUNDARY,
    cluster=CLUSTER,
    vpc_id=VPC,
    issuer=ISSUER,
    certificate_days=30,
    controller=Workload(replicas=3, memory_limit="1Gi"),
    ingress_classes={"internal": IngressClass(is_default=True), "public": PUBLIC},
    load_balancer_tags={"Owner": "platform", "CostCenter": "4711"},
    unclassed_services_left_in=["cert-manager"],
    backend_security_group_id="sg-0a1b2c3d4e5f60001",
    gateway_api=True,
    shield_enabled=True,
    prometheus=Prometheus(labels={"release": "monitoring"}, interval_seconds=30),
    alarm_after_minutes=20,
    extra_values={"logLevel": "debug", "controllerConfig": {"featureGates": {"ALBSingleSubnet": False}}},
)

SMALL = AwsLoadBalancerControllerInputs(
    name="dev-lbc",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    vpc_id=VPC,
    issuer=ISSUER,
    controller=Workload(replicas=1),
    takes_unclassed_services=False,
    waf_enabled=False,
    network_policies=False,
)
