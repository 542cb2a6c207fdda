"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade, PostgresInstance
from modules.gateway.kong import (
    Admin,
    ApplicationBalancer,
    Autoscaling,
    BackupCopy,
    Consumer,
    Credential,
    HttpLog,
    Jwt,
    KongInputs,
    LoadBalancer,
    Metrics,
    NamespacePlugin,
    Plugin,
    Portal,
    PortalOidc,
    RateLimiting,
    Redis,
    RequestNames,
    RequestScaling,
    RequestTransformer,
    RequestValues,
    ResponseNames,
    ResponseTransformer,
    ResponseValues,
    SecretKey,
)

SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/portal-AbCdEf"
SECRET_KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000002"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000001"

PORTAL_SECRET = "prod/developers"
CLAIMS = """\
openapi: 3.1.1
info: {title: Claims, version: "2.4"}
paths:
  /claims/{id}:
    get:
      operationId: readClaim
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: the claim, content: {application/json: {schema: {$ref: "#/components/schemas/Claim"}}}}
components:
  schemas:
    Claim: {type: object, properties: {id: {type: string}}}
"""
POLICIES = """\
{"openapi": "3.0.4", "info": {"title": "Policies", "version": "1"}, "paths": {}}
"""

FULL = KongInputs(
    name="prod-kong",
    alarm_topic_arn="arn:aws:sns:us-east-1:111122223333:prod-alarms",
    crd_upgrade=CrdUpgrade(archive_url="https://charts.example.com/kong-3.4.1.tgz"),
    cluster=Cluster(
        name="prod",
        oidc_provider_arn=(
            "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
        ),
        identity="pod_identity",
    ),
    vpc_cidrs=["10.0.0.0/16", "100.64.0.0/16"],
    load_balancer=LoadBalancer(
        certificate_arns=[CERTIFICATE],
        scheme="internet-facing",
        subnet_ids=["subnet-0123456789abcdef5", "subnet-0123456789abcdef6", "subnet-0123456789abcdef7"],
        allowed_cidrs=["198.51.100.0/24", "203.0.113.0/24"],
    ),
    database=PostgresInstance(
        vpc_id="vpc-0123456789abcdef0",
        subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"],
        client_security_groups={"nodes": "sg-0123456789abcdef0"},
        iam_authentication=True,
    ),
    backup_copy=BackupCopy(region="us-west-2"),
    admin=Admin(allowed_cidrs=["10.0.64.0/20"], client_namespaces=["platform"]),
    autoscaling=Autoscaling(requests=RequestScaling(per_replica=250)),
    metrics=Metrics(),
    plugins={
        "limits": Plugin(rate_limiting=RateLimiting(minute=600, policy="redis"), everywhere=True),
        "claims-limits": Plugin(rate_limiting=RateLimiting(second=5, hour=5000, limit_by="path", path="/claims")),
        "tokens": Plugin(jwt=Jwt(maximum_expiration_seconds=900)),
        "to-claims": Plugin(
            request_transformer=RequestTransformer(
                remove=RequestNames(headers=["X-Internal"]),
                rename=RequestValues(querystring={"q": "query"}),
                add=RequestValues(headers={"X-Gateway": "kong", "X-Api": "claims"}),
                uri="/v2/claims",
            )
        ),
        "to-clients": Plugin(
            response_transformer=ResponseTransformer(
                remove=ResponseNames(headers=["Server"], json=["debug"]),
                add=ResponseValues(headers={"Strict-Transport-Security": "max-age=31536000"}),
            )
        ),
    },
    namespace_plugins={
        "audit": NamespacePlugin(
            namespace="claims", http_log=HttpLog(http_endpoint="https://audit.example.com/requests"), disabled=True
        ),
    },
    redis=Redis(
        host="master.prod-limits.abc123.use1.cache.amazonaws.com", password=SecretKey(name="redis", key="token")
    ),
    consumers={
        "portal": Consumer(custom_id="4711", plugins=["claims-limits"], credentials=["portal"]),
        "batch": Consumer(),
    },
    client_credentials={"portal": Credential(secret_arn=SECRET, kms_key_arn=SECRET_KEY)},
    portal=Portal(
        host="developers.example.com",
        documents={"policies": POLICIES, "claims": CLAIMS},
        oidc=PortalOidc(
            issuer_url="https://login.example.com",
            client_id="prod-developers",
            secret_name=PORTAL_SECRET,
            kms_key_arn=SECRET_KEY,
            allowed_groups=["engineers", "partners"],
        ),
    ),
)

SMALL = KongInputs(
    name="dev-kong",
    alarm_topic_arn="arn:aws:sns:us-east-1:111122223333:dev-alarms",
    cluster=FULL.cluster.but(name="dev"),
    vpc_cidrs=["10.1.0.0/16"],
    database=FULL.database.but(multi_az=False, iam_authentication=False),
    load_balancer=LoadBalancer(certificate_arns=[CERTIFICATE]),
    credentials="csi",
    zones=1,
    autoscaling=Autoscaling(min_replicas=1, max_replicas=2),
    request_logs=False,
)

GUARDED = SMALL.but(
    load_balancer=LoadBalancer(
        certificate_arns=[CERTIFICATE],
        scheme="internet-facing",
        application=ApplicationBalancer(access_logs_bucket_name="dev-balancer-logs"),
    )
)
