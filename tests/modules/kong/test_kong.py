"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from syrupy.assertion import SnapshotAssertion

from modules.gateway.kong import Kong
from tests.modules.kong.examples import CLAIMS, FULL, GUARDED, PORTAL_SECRET, SECRET, SMALL
from tests.support.planning import ModulePlan

FILES = Path(__file__).parents[3] / "modules/gateway/kong/files"


@pytest.fixture(scope="module")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Kong, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Kong, SMALL)


@pytest.fixture(scope="module")
def guarded(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Kong, GUARDED)


def objects(plan: ModulePlan, release: str) -> dict[str, Any]:
    found: dict[str, Any] = plan.helm_values(f"helm_release.{release}")["objects"]
    return found


def settings(plan: ModulePlan) -> dict[str, Any]:
    """kong.conf, as the chart is told it."""
    found: dict[str, Any] = plan.helm_values("helm_release.kong")["env"]
    return found


def files(plan: ModulePlan) -> dict[str, str]:
    found: dict[str, str] = plan.resource("kubernetes_config_map_v1.kong")["data"]
    return found


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# The database


def test_the_database_is_private_encrypted_and_survives_a_zone_and_a_region(full: ModulePlan) -> None:
    database = full.resource("aws_db_instance.database")
    key = full.resource("aws_kms_key.kong[0]")["arn"]
    assert (database["publicly_accessible"], database["multi_az"], database["deletion_protection"]) == (
        False,
        True,
        True,
    )
    assert {database[name] for name in ("kms_key_id", "master_user_secret_kms_key_id")} == {key}
    copies = full.resource("aws_db_instance_automated_backups_replication.copies[0]")
    assert (copies["region"], copies["kms_key_id"]) == ("us-west-2", full.resource("aws_kms_key.copies[0]")["arn"])


def test_the_database_takes_no_client_without_tls(full: ModulePlan) -> None:
    group = full.resource("aws_db_parameter_group.database")
    assert {"name": "rds.force_ssl", "value": "1"}.items() <= {
        key: value
        for parameter in group["parameter"]
        if parameter["name"] == "rds.force_ssl"
        for key, value in parameter.items()
    }.items()
    database = full.resource("aws_db_instance.database")
    assert database["parameter_group_name"] == group["name"]
    assert database["iam_database_authentication_enabled"] is True


def test_kong_verifies_the_database_by_the_authority_that_signs_the_certificate(full: ModulePlan) -> None:
    told = settings(full)
    assert (told["pg_ssl"], told["pg_ssl_verify"]) == ("on", "on")
    assert told["lua_ssl_trusted_certificate"].split(",")[1] == "/etc/kong-files/rds.pem"
    authority = x509.load_pem_x509_certificate(files(full)["rds.pem"].encode())
    assert "Amazon RDS us-east-1 Root CA RSA2048 G1" in authority.subject.rfc4514_string()
    assert full.resource("aws_db_instance.database")["ca_cert_identifier"] == "rds-ca-rsa2048-g1"


def test_every_authority_that_ships_is_rdss_own_of_its_region_and_lasts() -> None:
    shipped = json.loads((FILES / "rds_authorities.json").read_text())
    for region, pem in shipped.items():
        authority = x509.load_pem_x509_certificate(pem.encode())
        assert f"CN=Amazon RDS {region} Root CA RSA2048 G1" in authority.subject.rfc4514_string()
        authority.verify_directly_issued_by(authority)
        assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert authority.not_valid_after_utc > datetime.now(UTC) + timedelta(days=3650)
    assert {"us-east-1", "us-west-2", "eu-central-1"} <= set(shipped)


# The password's way


def test_external_secrets_brings_the_password_and_values_never_hold_it(full: ModulePlan) -> None:
    copied = objects(full, "external_secret[0]")["copy"]["spec"]
    assert copied["dataFrom"][0]["extract"]["key"] == full.outputs["database_secret_arn"]
    account = full.resource("kubernetes_service_account_v1.secrets[0]")["metadata"][0]
    assert account["annotations"] == {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/prod-kong-secrets"}
    values = full.helm_values("helm_release.kong")
    assert values["envFrom"] == [{"secretRef": {"name": copied["target"]["name"]}}]
    assert "pg_password" not in values["env"]
    assert not [address for address in full.addresses if address.startswith("helm_release.secret_provider")]


def test_the_csi_driver_brings_it_in_the_name_of_kongs_own_pods(small: ModulePlan) -> None:
    spec = objects(small, "secret_provider[0]")["class"]["spec"]
    assert spec["parameters"]["usePodIdentity"] == "true"
    assert spec["secretObjects"][0]["secretName"] == "kong-database"
    values = small.helm_values("helm_release.kong")["deployment"]
    (volume,) = (each for each in values["userDefinedVolumes"] if each["name"] == "database")
    assert volume["csi"]["volumeAttributes"] == {"secretProviderClass": "kong-database"}
    association = small.resource("aws_eks_pod_identity_association.gateway[0]")
    assert "aws_iam_role_policy.csi[0]" in small.addresses
    assert association["service_account"] == values["serviceAccount"]["name"] == "kong"


# The load balancer


def annotation(plan: ModulePlan, name: str) -> str | None:
    told: dict[str, str] = plan.helm_values("helm_release.kong")["proxy"]["annotations"]
    return told.get(f"service.beta.kubernetes.io/aws-load-balancer-{name}")


def test_tls_ends_at_the_load_balancer_with_acms_certificate_and_begins_anew(full: ModulePlan) -> None:
    proxy = full.helm_values("helm_release.kong")["proxy"]
    assert annotation(full, "ssl-cert") == FULL.load_balancer.certificate_arns[0]
    assert annotation(full, "ssl-negotiation-policy") == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert (annotation(full, "ssl-ports"), annotation(full, "backend-protocol")) == ("443", "ssl")
    assert (proxy["http"]["enabled"], proxy["tls"]["servicePort"]) == (False, 443)
    assert settings(full)["ssl_protocols"] == "TLSv1.2 TLSv1.3"


def test_who_the_client_is_comes_by_the_proxy_protocol_and_from_the_vpc_alone(full: ModulePlan) -> None:
    assert annotation(full, "proxy-protocol") == "*"
    assert "proxy_protocol" in full.helm_values("helm_release.kong")["proxy"]["tls"]["parameters"]
    told = settings(full)
    assert (told["real_ip_header"], told["trusted_ips"]) == ("proxy_protocol", "10.0.0.0/16,100.64.0.0/16")


def test_the_load_balancer_is_internal_unless_networks_are_named(full: ModulePlan, small: ModulePlan) -> None:
    ranges = full.helm_values("helm_release.kong")["proxy"]["loadBalancerSourceRanges"]
    assert (annotation(full, "scheme"), ranges) == ("internet-facing", FULL.load_balancer.allowed_cidrs)
    assert annotation(small, "scheme") == "internal"


def test_access_logs_go_to_the_bucket_which_lets_their_delivery_write(full: ModulePlan) -> None:
    attributes = dict(pair.split("=") for pair in str(annotation(full, "attributes")).split(","))
    assert attributes["access_logs.s3.bucket"] == full.resource("aws_s3_bucket.access_logs[0]")["bucket"]
    assert attributes["access_logs.s3.enabled"] == attributes["deletion_protection.enabled"] == "true"


def test_the_endpoint_is_that_of_the_load_balancer_that_was_asked_for(full: ModulePlan) -> None:
    assert annotation(full, "name") == "prod-kong"
    assert "loadbalancer/net/prod-kong/" in full.outputs["load_balancer_arn"]


# An Application Load Balancer instead


def asked(plan: ModulePlan, name: str) -> str | None:
    told: dict[str, str] = plan.resource("kubernetes_ingress_v1.balancer[0]")["metadata"][0]["annotations"]
    return told.get(f"alb.ingress.kubernetes.io/{name}")


def test_an_application_load_balancer_stands_behind_a_web_acl_of_aws_own_rules(guarded: ModulePlan) -> None:
    made = guarded.resource("aws_wafv2_web_acl.gateway[0]")
    assert asked(guarded, "wafv2-acl-arn") == made["arn"] == guarded.outputs["web_acl_arn"]
    assert made["scope"] == "REGIONAL"
    rules = made["rule"]["value"]
    assert [(rule["priority"], rule["name"]) for rule in rules] == list(
        enumerate(
            (
                "AWSManagedRulesAmazonIpReputationList",
                "AWSManagedRulesKnownBadInputsRuleSet",
                "AWSManagedRulesSQLiRuleSet",
                "AWSManagedRulesCommonRuleSet",
            )
        )
    )
    log = guarded.resource("aws_wafv2_web_acl_logging_configuration.web_acl[0]")
    assert log["log_destination_configs"] == [guarded.resource("aws_cloudwatch_log_group.web_acl[0]")["arn"]]
    assert guarded.resource("aws_cloudwatch_log_group.web_acl[0]")["name"] == "aws-waf-logs-dev-kong"
    redacted = [field["single_header"][0]["name"] for field in log["redacted_fields"]]
    assert sorted(redacted) == ["authorization", "cookie"]


def test_an_application_load_balancer_takes_tls_alone_and_begins_it_anew(guarded: ModulePlan) -> None:
    assert asked(guarded, "listen-ports") == '[{"HTTPS":443}]'
    assert asked(guarded, "ssl-policy") == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert asked(guarded, "certificate-arn") == GUARDED.load_balancer.certificate_arns[0]
    assert (asked(guarded, "backend-protocol"), asked(guarded, "target-type")) == ("HTTPS", "ip")
    (spec,) = guarded.resource("kubernetes_ingress_v1.balancer[0]")["spec"]
    assert spec["default_backend"][0]["service"][0]["name"] == "kong-proxy"
    assert (spec["ingress_class_name"], asked(guarded, "scheme")) == ("alb", "internet-facing")
    assert (asked(guarded, "subnets"), asked(guarded, "inbound-cidrs")) == (None, None)
    attributes = dict(pair.split("=") for pair in str(asked(guarded, "load-balancer-attributes")).split(","))
    assert attributes["access_logs.s3.bucket"] == guarded.outputs["access_logs_bucket_name"] == "dev-balancer-logs"
    assert attributes["deletion_protection.enabled"] == "true"


def test_behind_an_application_load_balancer_kong_knows_its_clients_by_header_and_has_no_balancer_of_its_own(
    guarded: ModulePlan, small: ModulePlan
) -> None:
    proxy = guarded.helm_values("helm_release.kong")["proxy"]
    assert (proxy["type"], proxy["annotations"], proxy["tls"]["parameters"]) == ("ClusterIP", {}, ["http2"])
    told = settings(guarded)
    assert (told["real_ip_header"], told["real_ip_recursive"]) == ("X-Forwarded-For", "on")
    assert told["trusted_ips"] == "10.1.0.0/16"
    assert not [address for address in guarded.addresses if "access_logs" in address]
    # it asks the status API whether a replica is ready
    assert reached(guarded)['kubernetes_network_policy_v1.health["10.1.0.0/16"]'] == [
        asked(guarded, "healthcheck-port")
    ]
    assert not [address for address in small.addresses if "web_acl" in address or "balancer" in address]


# The admin API


def test_the_admin_api_is_inside_and_asks_for_a_certificate_of_kongs_own_authority(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.kong")
    assert values["admin"]["type"] == "ClusterIP"
    assert (values["admin"]["http"]["enabled"], values["admin"]["ingress"]["enabled"]) == (False, False)
    # the chart's service for a web interface would be a port on every node
    assert values["manager"]["enabled"] is False
    told = settings(full)
    assert told["nginx_admin_ssl_verify_client"] == "on"
    assert told["nginx_admin_ssl_client_certificate"] == "/etc/secrets/kong-admin/ca.crt"
    made = objects(full, "certificates")
    assert {made[name]["spec"]["issuerRef"]["name"] for name in ("admin", "admin_client", "webhook", "proxy")} == {
        full.outputs["admin_issuer"]
    }
    client = values["ingressController"]["adminApi"]["tls"]["client"]
    assert (client["certProvided"], client["secretName"]) == (True, made["admin_client"]["spec"]["secretName"])
    assert values["ingressController"]["customEnv"]["controller_kong_admin_tls_skip_verify"] == "false"


def test_the_admin_api_answers_the_named_networks_and_the_controller_beside_it(
    full: ModulePlan, small: ModulePlan
) -> None:
    assert files(full)["admin.conf"] == "allow 127.0.0.1;\nallow ::1;\nallow 10.0.64.0/20;\ndeny all;\n"
    assert files(small)["admin.conf"] == "allow 127.0.0.1;\nallow ::1;\ndeny all;\n"
    assert settings(full)["nginx_admin_include"] == "/etc/kong-files/admin.conf"


def reached(plan: ModulePlan) -> dict[str, list[str]]:
    """Which ports each policy lets through, by its address."""
    policies = plan.resources("kubernetes_network_policy_v1")
    return {
        address: [port["port"] for port in policy["spec"][0]["ingress"][0]["ports"]]
        for address, policy in policies.items()
    }


def test_pods_are_reached_where_they_have_to_be_and_the_admin_api_by_named_namespaces(
    full: ModulePlan, small: ModulePlan
) -> None:
    networks = {f'kubernetes_network_policy_v1.from_vpc["{cidr}"]': ["8443", "8080"] for cidr in FULL.vpc_cidrs}
    metrics = {"kubernetes_network_policy_v1.metrics": ["8100", "10255"]}
    named = {"kubernetes_network_policy_v1.admin[0]": ["8444"], "kubernetes_network_policy_v1.portal[0]": ["4180"]}
    assert reached(full) == {**networks, **metrics, **named}
    assert set(reached(small)) == {'kubernetes_network_policy_v1.from_vpc["10.1.0.0/16"]', *metrics}


def test_the_webhooks_certificate_is_the_same_in_every_render(full: ModulePlan) -> None:
    webhook = full.helm_values("helm_release.kong")["ingressController"]["admissionWebhook"]
    certificate = objects(full, "certificates")["webhook"]
    assert webhook["certificate"] == {"provided": True, "secretName": certificate["spec"]["secretName"]}
    assert webhook["annotations"]["cert-manager.io/inject-ca-from"] == f"kong/{certificate['metadata']['name']}"
    assert "kong-validation-webhook.kong.svc" in certificate["spec"]["dnsNames"]


# Replicas


def test_replicas_scale_on_the_gateways_own_cpu_and_are_spread_and_kept(full: ModulePlan, small: ModulePlan) -> None:
    values = full.helm_values("helm_release.kong")
    scaling = values["autoscaling"]
    assert (scaling["minReplicas"], scaling["maxReplicas"]) == (3, 12)
    cpu = scaling["metrics"][0]["containerResource"]
    assert (cpu["container"], cpu["target"]["averageUtilization"]) == ("proxy", 65)
    assert scaling["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert values["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    zones = values["topologySpreadConstraints"][0]
    assert (zones["minDomains"], zones["whenUnsatisfiable"]) == (3, "DoNotSchedule")
    assert small.helm_values("helm_release.kong")["podDisruptionBudget"] == {"enabled": False}


def test_a_replica_that_goes_is_not_asked_any_more_before_it_stops(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.kong")
    drained = int(values["lifecycle"]["preStop"]["exec"]["command"][-1].removeprefix("--wait="))
    assert f"deregistration_delay.timeout_seconds={drained}" in str(annotation(full, "target-group-attributes"))
    assert values["terminationGracePeriodSeconds"] > drained


def test_requests_a_second_are_a_second_measure(full: ModulePlan, small: ModulePlan) -> None:
    _, requests = full.helm_values("helm_release.kong")["autoscaling"]["metrics"]
    assert requests["pods"] == {
        "metric": {"name": "kong_http_requests_per_second"},
        "target": {"type": "AverageValue", "averageValue": "250"},
    }
    assert len(small.helm_values("helm_release.kong")["autoscaling"]["metrics"]) == 1


# Plugins


def written(name: str, release: str, plan: ModulePlan) -> tuple[str, dict[str, Any]]:
    made = objects(plan, f"{release}[0]")[name]
    return made["plugin"], made["config"]


def test_a_limit_counts_by_client_or_endpoint_and_where_it_was_told_to(full: ModulePlan) -> None:
    assert written("claims-limits", "plugins", full) == (
        "rate-limiting",
        {
            "second": 5,
            "hour": 5000,
            "limit_by": "path",
            "path": "/claims",
            "policy": "local",
            "fault_tolerant": True,
            "hide_client_headers": False,
        },
    )
    _, everywhere = written("limits", "plugins", full)
    assert (everywhere["limit_by"], everywhere["policy"]) == ("consumer", "redis")
    assert (everywhere["redis"]["ssl"], everywhere["redis"]["ssl_verify"]) == (True, True)
    made = objects(full, "plugins[0]")
    assert made["limits"]["metadata"]["labels"] == {"global": "true"}
    assert made["claims-limits"]["metadata"]["labels"] == {}


def test_the_password_of_redis_stays_in_its_secret(full: ModulePlan) -> None:
    made = objects(full, "plugins[0]")
    assert [patch["path"] for patch in made["limits"]["configPatches"]] == ["/redis/password"]
    assert made["limits"]["configPatches"][0]["valueFrom"]["secretKeyRef"] == {
        "name": "redis",
        "key": "token",
        "namespace": "kong",
    }
    assert {name for name, plugin in made.items() if plugin["configPatches"]} == {"limits"}


def test_tokens_are_looked_for_where_no_log_keeps_them(full: ModulePlan) -> None:
    kind, config = written("tokens", "plugins", full)
    assert (kind, config["uri_param_names"], config["header_names"]) == ("jwt", [], ["authorization"])
    assert (config["claims_to_verify"], config["maximum_expiration"]) == (["exp"], 900)


def test_transformations_are_written_as_kong_reads_them(full: ModulePlan) -> None:
    kind, config = written("to-claims", "plugins", full)
    assert (kind, config["add"]["headers"]) == ("request-transformer", ["X-Api:claims", "X-Gateway:kong"])
    assert (config["rename"]["querystring"], config["replace"]["uri"]) == (["q:query"], "/v2/claims")
    kind, config = written("to-clients", "plugins", full)
    assert (kind, config["remove"]) == ("response-transformer", {"headers": ["Server"], "json": ["debug"]})


def test_a_plugin_of_one_namespace_is_in_it(full: ModulePlan) -> None:
    made = objects(full, "namespace_plugins[0]")["audit"]
    assert (made["kind"], made["metadata"]["namespace"], made["plugin"], made["disabled"]) == (
        "KongPlugin",
        "claims",
        "http-log",
        True,
    )


def test_names_of_plugins_are_told_as_annotations_take_them(full: ModulePlan) -> None:
    made = objects(full, "plugins[0]")
    assert full.outputs["plugin_names"] == {name: plugin["metadata"]["name"] for name, plugin in made.items()}


def test_a_consumer_has_its_plugins_and_its_credentials_from_secrets_manager(full: ModulePlan) -> None:
    portal = objects(full, "consumers[0]")["portal"]
    assert portal["metadata"]["annotations"]["konghq.com/plugins"] == full.outputs["plugin_names"]["claims-limits"]
    credential = objects(full, "credentials[0]")["portal"]["spec"]
    assert portal["credentials"] == [credential["target"]["name"]]
    assert credential["target"]["template"]["metadata"]["labels"] == {"konghq.com/credential": "jwt"}
    assert credential["dataFrom"][0]["extract"]["key"] == SECRET


# The developer portal


def portal_pod(plan: ModulePlan) -> dict[str, Any]:
    found: dict[str, Any] = plan.resource("kubernetes_deployment_v1.portal[0]")["spec"][0]["template"][0]["spec"][0]
    return found


def test_there_is_no_portal_unless_it_is_asked_for(full: ModulePlan, small: ModulePlan) -> None:
    assert not [address for address in small.addresses if "portal" in address]
    assert (small.outputs["portal_url"], full.outputs["portal_url"]) == (None, "https://developers.example.com/")


def test_nobody_reads_the_portal_who_has_not_signed_in(full: ModulePlan) -> None:
    proxy, viewer = portal_pod(full)["container"]
    flags = dict(flag.removeprefix("--").split("=", 1) for flag in proxy["args"])
    assert flags["oidc-issuer-url"] == "https://login.example.com"
    assert flags["redirect-url"] == "https://developers.example.com/oauth2/callback"
    assert (flags["insecure-oidc-skip-nonce"], flags["code-challenge-method"]) == ("false", "S256")
    assert (flags["cookie-name"], flags["cookie-expire"]) == ("__Host-portal", "8h")
    groups = [flag for flag in proxy["args"] if flag.startswith(("--allowed-group", "--email-domain"))]
    assert groups == ["--email-domain=*", "--allowed-group=engineers", "--allowed-group=partners"]
    # the service leads to the proxy, and the viewer listens where only its own pod can ask
    site = full.resource("kubernetes_config_map_v1.portal[0]")["data"]
    (address,) = re.findall(r"listen ([^;]+);", site["nginx.conf"])
    assert (flags["upstream"], address) == (f"http://{address}/", "127.0.0.1:8080")
    (port,) = full.resource("kubernetes_service_v1.portal[0]")["spec"][0]["port"]
    assert flags["http-address"] == f"0.0.0.0:{port['port']}"
    assert port["target_port"] == proxy["port"][0]["name"]
    assert not viewer["port"]


def test_the_secrets_of_the_portal_come_from_secrets_manager_into_files(full: ModulePlan) -> None:
    copied = objects(full, "portal_secret[0]")["copy"]["spec"]
    assert [(each["secretKey"], each["remoteRef"]) for each in copied["data"]] == [
        ("client-secret", {"key": PORTAL_SECRET, "property": "client_secret"}),
        ("cookie-secret", {"key": PORTAL_SECRET, "property": "cookie_secret"}),
    ]
    proxy, viewer = portal_pod(full)["container"]
    assert {"--client-secret-file=/etc/portal-secrets/client-secret"} < set(proxy["args"])
    (volume,) = (each for each in portal_pod(full)["volume"] if each["secret"])
    assert volume["secret"][0]["secret_name"] == copied["target"]["name"]
    mounts = {
        name: {mount["name"] for mount in container["volume_mount"]}
        for name, container in (("proxy", proxy), ("viewer", viewer))
    }
    assert (volume["name"] in mounts["proxy"], volume["name"] in mounts["viewer"]) == (True, False)


def test_the_portal_shows_each_document_as_it_was_given_and_fetches_nothing_from_elsewhere(full: ModulePlan) -> None:
    documents = full.resource("kubernetes_config_map_v1.portal_documents[0]")["data"]
    assert (documents["claims"], set(documents)) == (CLAIMS, {"claims", "policies"})
    site = full.resource("kubernetes_config_map_v1.portal[0]")["data"]
    first, _, rest = site["swagger-initializer.js"].partition(";\n")
    assert json.loads(first.removeprefix("const documents = ")) == [
        {"name": name, "url": f"documents/{name}"} for name in ("claims", "policies")
    ]
    assert "validatorUrl: null" in rest
    assert not re.findall(r"https?://(?!github\.com/swagger-api)\S+", rest)
    (policy,) = re.findall('Content-Security-Policy "([^"]+)"', site["nginx.conf"])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert (rules["default-src"], rules["script-src"], rules["connect-src"]) == ("'none'", "'self'", "'self'")


def test_the_portal_runs_as_nobody_and_writes_nowhere(full: ModulePlan) -> None:
    pod = portal_pod(full)
    assert (pod["automount_service_account_token"], pod["service_account_name"]) == (False, "kong-portal")
    for container in pod["container"]:
        (secured,) = container["security_context"]
        assert (secured["run_as_non_root"], secured["read_only_root_filesystem"]) == (True, True)
        assert (secured["allow_privilege_escalation"], secured["capabilities"][0]["drop"]) == (False, ["ALL"])
        assert "@sha256:" in container["image"]
        assert container["resources"][0]["limits"]["memory"]
    (fence,) = full.resource("kubernetes_network_policy_v1.portal[0]")["spec"]
    assert [port["port"] for rule in fence["egress"] for port in rule["ports"]] == ["53", "53", "443"]
    (source,) = fence["ingress"][0]["from"]
    assert source["pod_selector"][0]["match_labels"]["app.kubernetes.io/name"] == "kong"


def test_the_portal_survives_a_zone_and_is_started_anew_with_other_documents(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_deployment_v1.portal[0]")["spec"]
    zones = spec["template"][0]["spec"][0]["topology_spread_constraint"][0]
    assert (spec["replicas"], zones["min_domains"], zones["when_unsatisfiable"]) == ("3", 3, "DoNotSchedule")
    (budget,) = full.resource("kubernetes_pod_disruption_budget_v1.portal[0]")["spec"]
    assert budget["selector"][0]["match_labels"] == spec["selector"][0]["match_labels"]
    assert len(spec["template"][0]["metadata"][0]["annotations"]["checksum/site"]) == 64


def test_the_portal_is_reached_by_this_kong_and_by_tls_alone(full: ModulePlan) -> None:
    made = full.resource("kubernetes_ingress_v1.portal[0]")
    (spec,) = made["spec"]
    assert spec["ingress_class_name"] == full.outputs["ingress_class"]
    assert spec["tls"][0]["hosts"] == [spec["rule"][0]["host"]] == ["developers.example.com"]
    assert made["metadata"][0]["annotations"] == {"konghq.com/protocols": "https"}


# What is told


def test_every_request_goes_by_the_sidecar_to_the_log_group(full: ModulePlan, small: ModulePlan) -> None:
    group = full.resource("aws_cloudwatch_log_group.requests[0]")
    assert (group["name"], group["retention_in_days"]) == ("/kong/prod-kong/requests", 365)
    (sidecar,) = full.helm_values("helm_release.kong")["deployment"]["sidecarContainers"]
    assert {"name": "LOG_GROUP_NAME", "value": group["name"]} in sidecar["env"]
    plugin = objects(full, "request_log[0]")["plugin"]
    shipped = yaml.safe_load(files(full)["fluent-bit.yaml"])["pipeline"]
    (told,) = shipped["inputs"]
    assert plugin["config"]["http_endpoint"] == f"http://{told['listen']}:{told['port']}/"
    assert plugin["metadata"]["labels"] == {"global": "true"}
    assert {output["match"] for output in shipped["outputs"]} == {told["tag"]}
    assert small.helm_values("helm_release.kong")["deployment"]["sidecarContainers"] == []
    assert not [address for address in small.addresses if "request" in address]


def test_no_log_of_requests_holds_what_lets_in(full: ModulePlan) -> None:
    for log in (objects(full, "request_log[0]")["plugin"], objects(full, "namespace_plugins[0]")["audit"]):
        assert log["config"]["custom_fields_by_lua"] == {
            "request.headers": "return nil",
            "response.headers": "return nil",
        }


def test_metrics_are_there_only_with_the_plugin_that_counts(full: ModulePlan, small: ModulePlan) -> None:
    assert full.helm_values("helm_release.kong")["serviceMonitor"]["enabled"] is True
    plugin = objects(full, "metrics[0]")["plugin"]
    assert plugin["metadata"]["labels"] == {"global": "true"}
    assert plugin["config"]["status_code_metrics"] is True
    assert small.helm_values("helm_release.kong")["serviceMonitor"] == {"enabled": False}
    assert "helm_release.metrics[0]" not in small.addresses


def test_every_alarm_and_alert_reaches_somebody_and_says_what_to_do(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm")
    assert {address.rpartition(".")[2] for address in alarms} == {
        f"database_{what}" for what in ("connections", "cpu", "memory", "storage")
    }
    for alarm in alarms.values():
        assert alarm["alarm_actions"] == [FULL.alarm_topic_arn]
        assert len(alarm["alarm_description"]) > 80
    (group,) = objects(full, "metrics[0]")["rule"]["spec"]["groups"]
    pages = {rule["annotations"]["runbook_url"].split()[0] for rule in group["rules"]}
    assert pages == {
        f"runbooks/{page}.md"
        for page in ("configuration_refused", "database_unreachable", "down", "portal_down", "server_errors", "slow")
    }
    (portal,) = (rule for rule in group["rules"] if rule["alert"] == "KongPortalDown")
    name = full.resource("kubernetes_deployment_v1.portal[0]")["metadata"][0]["name"]
    assert f'namespace="kong",deployment="{name}"' in portal["expr"]
