"""What data sources find: the environment's own settings where they know, otherwise something shaped like the truth."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from groundplan.grammars.partitions import partition_of
from groundplan.values import ConfigProblem

from .. import errors
from ..cty import Dynamic, plain, unknown
from ..schema import Attribute, Block
from .places import ACCOUNT_ID, Place, regions, service_accounts
from .planning import with_defaults
from .policy_document import PolicyProblem, policy_document
from .shapes import UNKNOWN_DOCUMENT, Maker

__all__ = ["DataProblem", "place_of", "read_data"]

Facts = dict[str, Any]


class DataProblem(Exception):
    """Why the provider would not answer a data source, as `problem`."""

    def __init__(self, problem: ConfigProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def place_of(answers: Mapping[str, Any], region: Any = None) -> Place:
    """The account and the region that a stack's data sources see; `region` is the provider's or the resource's own."""
    own = region if isinstance(region, str) and region else answers.get("region", "us-east-1")
    return Place(str(answers.get("account_id", ACCOUNT_ID)), str(own))


def read_data(
    type_name: str, block: Block, config: dict[str, Any], answers: Mapping[str, Any], settings: Mapping[str, Any]
) -> Any:
    """The whole state of a data source. Everything in it is known; what is configured stays as configured.

    `settings` is what the provider's own configuration says: `region`, and `default_tags`, a map. Raises DataProblem
    for what the provider itself would refuse.
    """
    place = place_of(answers, config.get("region") or settings.get("region"))
    config = with_defaults(block, config, config)
    given = plain(config)
    answers = {**answers, "default_tags": settings.get("default_tags")}
    facts = _FACTS[type_name](given, answers, place) if type_name in _FACTS else {}
    seed = hashlib.sha256(json.dumps(given, sort_keys=True, default=repr).encode()).hexdigest()
    maker = Maker(type_name, seed, place, {**{k: v for k, v in given.items() if v is not None}, **facts})
    return _block(block, config, facts, maker, ())


def _block(block: Block, config: Any, facts: Facts, maker: Maker, path: tuple[str, ...]) -> Any:
    if not isinstance(config, dict):
        return config
    found = dict(config)
    for name, attribute in block.attributes.items():
        if found.get(name) is None and attribute.computed:
            found[name] = _answer(attribute, facts.get(name), name in facts, maker, (*path, name))
    for name, nested in block.blocks.items():
        inner = found.get(name)
        if isinstance(inner, list):
            found[name] = [_block(nested.block, item, {}, maker, (*path, name)) for item in inner]
        elif isinstance(inner, Dynamic) or unknown(inner):
            continue
        elif isinstance(inner, dict) and nested.nesting == "single":
            found[name] = _block(nested.block, inner, {}, maker, (*path, name))
    return found


def _answer(attribute: Attribute, fact: Any, known: bool, maker: Maker, path: tuple[str, ...]) -> Any:
    if not known:
        return maker.value(attribute.cty(), path)
    return _fitted(attribute.cty(), fact, maker, path)


def _fitted(cty: Any, fact: Any, maker: Maker, path: tuple[str, ...]) -> Any:
    """The fact with the members that it leaves out made up."""
    if isinstance(cty, list) and cty[0] == "object" and isinstance(fact, dict):
        return {
            name: _fitted(member, fact[name], maker, (*path, name))
            if name in fact
            else maker.value(member, (*path, name))
            for name, member in cty[1].items()
        }
    if isinstance(cty, list) and cty[0] in ("list", "set") and isinstance(fact, list):
        items = [_fitted(cty[1], item, maker, path) for item in fact]
        return sorted(items) if cty[0] == "set" and all(isinstance(item, str) for item in items) else items
    return fact


def _cluster(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = answers.get("cluster")
    return cluster if isinstance(cluster, Mapping) else {}


def _zones(answers: Mapping[str, Any], place: Place) -> list[str]:
    given = answers.get("availability_zones")
    if given and all(str(zone).startswith(place.region) for zone in given):
        return [str(zone) for zone in given]
    return [f"{place.region}{letter}" for letter in "abc"]


def _identity(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    arn = f"arn:{place.partition}:iam::{place.account_id}:role/groundplan"
    return {"account_id": place.account_id, "id": place.account_id, "arn": arn, "user_id": "AROAGROUNDPLAN"}


def _region(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    endpoint = re.fullmatch(r"ec2\.([^.]+)\..+", config.get("endpoint") or "")
    name = config.get("region") or config.get("name") or (endpoint[1] if endpoint else place.region)
    there = replace(place, region=name)
    return {
        "region": name,
        "name": name,
        "id": name,
        "endpoint": f"ec2.{name}.{there.dns_suffix}",
        "description": there.description,
    }


def _regions(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    """Those that every account has; with `all_regions`, all. Which others are turned on, only AWS knows."""
    return {"id": place.partition, "names": regions(place.partition, opt_in=bool(config.get("all_regions")))}


def _partition(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    return {
        "partition": place.partition,
        "id": place.partition,
        "dns_suffix": place.dns_suffix,
        "reverse_dns_prefix": place.reverse_dns_prefix,
    }


def _arn(config: Facts, _answers: Mapping[str, Any], _place: Place) -> Facts:
    arn = str(config.get("arn"))
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise DataProblem(errors.not_an_arn(arn))
    names = ("partition", "service", "region", "account", "resource")
    return {"id": arn, **dict(zip(names, parts[1:], strict=True))}


def _default_tags(_config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    tags = answers["default_tags"]
    return {"id": place.partition, "tags": {} if tags is None or unknown(tags) else tags}


def _service_principal(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    service = str(config.get("service_name"))
    suffix = partition_of(place.region).principal_suffix(service)
    return {"id": f"{service}.{place.region}.{suffix}", "name": f"{service}.{suffix}", "suffix": suffix}


def _service(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    """A service's names in DNS. Whether a region has the service is not looked up: `supported` is true."""
    region, prefix, service = place.region, place.reverse_dns_prefix, config.get("service_id")
    for attribute, sign in (("reverse_dns_name", 1), ("dns_name", -1)):
        if config.get(attribute) is not None:
            parts = str(config[attribute]).split(".")[::sign]
            if len(parts) < 4:
                raise DataProblem(errors.no_service_name((attribute,), config[attribute]))
            prefix, region, service = ".".join(parts[:-2]), parts[-2], parts[-1]
    if service is None:
        raise DataProblem(errors.no_service_id())
    prefix = config.get("reverse_dns_prefix") or prefix
    name = f"{prefix}.{region}.{service}"
    return {
        "id": name,
        "region": region,
        "partition": replace(place, region=region).partition,
        "service_id": service,
        "reverse_dns_prefix": prefix,
        "reverse_dns_name": name,
        "dns_name": ".".join(reversed(name.split("."))).lower(),
        "supported": True,
    }


def _service_account(type_name: str) -> Callable[[Facts, Mapping[str, Any], Place], Facts]:
    def answer(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
        account = service_accounts()[type_name].get(place.region)
        if account is None:
            raise DataProblem(errors.no_service_account(type_name, place.region))
        return {"id": account, "arn": f"arn:{place.partition}:iam::{account}:root"}

    return answer


def _billing_account(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    """https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/billing-getting-started.html#step-2"""
    return {"id": "386209384616", "arn": f"arn:{place.partition}:iam::386209384616:root"}


def _log_delivery_user(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html#AccessLogsBucketAndFileOwnership"""
    china = place.region.startswith("cn-")
    return {
        "id": "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56"
        if china
        else "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
    }


def _canonical_user(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    return {"id": hashlib.sha256(place.account_id.encode()).hexdigest()}


def _ip_ranges(_config: Facts, _answers: Mapping[str, Any], _place: Place) -> Facts:
    """Which addresses AWS has changes daily: these are set aside for documents, by RFC 5737 and RFC 3849."""
    return {"cidr_blocks": ["192.0.2.0/24"], "ipv6_cidr_blocks": ["2001:db8::/32"]}


def _bucket(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    name = str(config.get("bucket"))
    return {
        "id": name,
        "arn": f"arn:{place.partition}:s3:::{name}",
        "bucket_region": place.region,
        "bucket_domain_name": f"{name}.s3.{place.dns_suffix}",
        "bucket_regional_domain_name": f"{name}.s3.{place.region}.{place.dns_suffix}",
    }


def _policy_document(config: Facts, _answers: Mapping[str, Any], _place: Place) -> Facts:
    merged = [*(config.get("source_policy_documents") or ()), *(config.get("override_policy_documents") or ())]
    if UNKNOWN_DOCUMENT in merged:
        return {"json": UNKNOWN_DOCUMENT, "minified_json": UNKNOWN_DOCUMENT}
    try:
        return policy_document(config)
    except PolicyProblem as refused:
        raise DataProblem(refused.problem) from None


def _availability_zones(_config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    zones = _zones(answers, place)
    ids = [f"{place.region.replace('-', '')[:4]}-az{index}" for index, _ in enumerate(zones, 1)]
    return {"names": zones, "zone_ids": ids, "group_names": [place.region], "id": place.region}


def _eks_cluster(config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    cluster = _cluster(answers)
    name = str(config.get("name") or cluster.get("name") or "cluster")
    identity = hashlib.sha256(name.encode()).hexdigest()[:32].upper()
    host = f"{place.region}.{place.dns_suffix}"
    issuer = next(
        (str(cluster[key]) for key in ("oidc_issuer_url", "oidc_issuer", "issuer", "oidc issuer") if cluster.get(key)),
        f"https://oidc.eks.{host}/id/{identity}",
    )
    if not issuer.startswith("https://"):
        issuer = f"https://{issuer}"
    return {
        "id": name,
        "arn": f"arn:{place.partition}:eks:{place.region}:{place.account_id}:cluster/{name}",
        "endpoint": str(cluster.get("endpoint") or f"https://{identity}.gr7.{place.region}.eks.{place.dns_suffix}"),
        "version": str(cluster.get("version") or "1.33"),
        "status": "ACTIVE",
        "platform_version": "eks.1",
        "role_arn": f"arn:{place.partition}:iam::{place.account_id}:role/{name}",
        "certificate_authority": [{"data": base64.b64encode(b"groundplan made-up certificate").decode()}],
        "identity": [{"oidc": [{"issuer": issuer}]}],
        "kubernetes_network_config": [{"service_ipv4_cidr": "172.20.0.0/16", "ip_family": "ipv4"}],
        "vpc_config": [{"vpc_id": _vpc_id(answers), "subnet_ids": _subnet_ids(answers)}],
        "tags": {},
    }


def _vpc_id(answers: Mapping[str, Any]) -> str:
    return str(answers.get("vpc_id") or "vpc-0a1b2c3d4e5f60718")


def _subnet_ids(answers: Mapping[str, Any]) -> list[str]:
    given = answers.get("subnet_ids") or answers.get("private_subnet_ids")
    return [str(item) for item in given] if given else [f"subnet-0a1b2c3d4e5f6071{index}" for index in range(3)]


def _vpc(config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    vpc_id = str(config.get("id") or _vpc_id(answers))
    return {
        "id": vpc_id,
        "arn": f"arn:{place.partition}:ec2:{place.region}:{place.account_id}:vpc/{vpc_id}",
        "cidr_block": str(answers.get("vpc_cidr_block") or answers.get("vpc_cidr") or "10.0.0.0/16"),
    }


def _organization(_config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    organization = str(answers.get("organization_id") or "o-a1b2c3d4e5")
    arn = f"arn:{place.partition}:organizations::{place.account_id}:organization/{organization}"
    return {"id": organization, "arn": arn, "master_account_id": place.account_id, "feature_set": "ALL"}


def _application(config: Facts, _answers: Mapping[str, Any], _place: Place) -> Facts:
    version = str(config.get("semantic_version") or "1.0.0")
    return {
        "semantic_version": version,
        "required_capabilities": ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"],
        "template_url": f"https://example.com/template-{version}.yaml",
    }


def _iam_policy(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    arn, name = config.get("arn"), config.get("name")
    if arn is None:
        arn = f"arn:{place.partition}:iam::aws:policy/{name or 'ReadOnlyAccess'}"
    short = str(arn).rsplit("/", 1)[-1]
    return {"arn": arn, "id": arn, "name": name or short, "path": config.get("path_prefix") or "/"}


def _kms_key(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    given = str(config.get("key_id") or "")
    key = given.rsplit("/", 1)[-1] if given and "alias/" not in given else "1a2b3c4d-5e6f-4071-8293-a4b5c6d7e8f9"
    arn = f"arn:{place.partition}:kms:{place.region}:{place.account_id}:key/{key}"
    return {"arn": arn, "id": key, "key_state": "Enabled", "enabled": True, "key_usage": "ENCRYPT_DECRYPT"}


def _kms_alias(config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    key = _kms_key({}, answers, place)
    arn = f"arn:{place.partition}:kms:{place.region}:{place.account_id}:{config.get('name')}"
    return {"arn": arn, "id": arn, "target_key_arn": key["arn"], "target_key_id": key["id"]}


def _ecr_repository(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    account, name = config.get("registry_id") or place.account_id, config.get("name")
    host = f"{account}.dkr.ecr.{place.region}.{place.dns_suffix}"
    return {
        "arn": f"arn:{place.partition}:ecr:{place.region}:{account}:repository/{name}",
        "id": name,
        "registry_id": account,
        "repository_url": f"{host}/{name}",
        "most_recent_image_tags": ["latest"],
    }


def _ecr_token(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    host = f"{place.account_id}.dkr.ecr.{place.region}.{place.dns_suffix}"
    return {"id": place.region, "proxy_endpoint": f"https://{host}", "user_name": "AWS", "password": "made-up"}


def _route53_zone(config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    name = str(config.get("name") or "example.com").rstrip(".")
    zone = str(config.get("zone_id") or f"Z{hashlib.sha256(name.encode()).hexdigest()[:20].upper()}")
    servers = [f"ns-{index}.awsdns-0{index}.example.com" for index in range(1, 5)]
    return {
        "id": zone,
        "zone_id": zone,
        "name": name,
        "arn": f"arn:{place.partition}:route53:::hostedzone/{zone}",
        "name_servers": servers,
        "primary_name_server": servers[0],
    }


def _gitlab_id(*parts: str) -> int:
    """A number as GitLab gives them out: another one for another path."""
    return int(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:7], 16)


def _gitlab_group(config: Facts, _answers: Mapping[str, Any], _place: Place) -> Facts:
    path = str(config.get("full_path") or "example")
    number = config.get("group_id") or _gitlab_id("group", path)
    name = path.rpartition("/")[2]
    url = f"https://gitlab.example.com/groups/{path}"
    return {
        "id": str(number),
        "group_id": number,
        "full_path": path,
        "full_name": path.replace("/", " / "),
        "name": name,
        "path": name,
        "web_url": url,
    }


def _gitlab_project(config: Facts, _answers: Mapping[str, Any], _place: Place) -> Facts:
    path = str(config.get("path_with_namespace") or "example/project")
    number = str(config.get("id") or _gitlab_id("project", path))
    name = path.rpartition("/")[2]
    return {
        "id": number,
        "path_with_namespace": path,
        "name": name,
        "path": name,
        "default_branch": "main",
        "visibility_level": "private",
        "web_url": f"https://gitlab.example.com/{path}",
    }


_FACTS: dict[str, Callable[[Facts, Mapping[str, Any], Place], Facts]] = {
    "aws_arn": _arn,
    "aws_availability_zones": _availability_zones,
    "aws_billing_service_account": _billing_account,
    "aws_caller_identity": _identity,
    "aws_canonical_user_id": _canonical_user,
    "aws_cloudfront_log_delivery_canonical_user_id": _log_delivery_user,
    "aws_cloudtrail_service_account": _service_account("aws_cloudtrail_service_account"),
    "aws_default_tags": _default_tags,
    "aws_ecr_authorization_token": _ecr_token,
    "aws_ecr_repository": _ecr_repository,
    "aws_eks_cluster": _eks_cluster,
    "aws_eks_cluster_auth": lambda config, _answers, _place: {"id": config.get("name"), "token": "made-up"},
    "aws_elb_service_account": _service_account("aws_elb_service_account"),
    "aws_iam_policy": _iam_policy,
    "aws_iam_policy_document": _policy_document,
    "aws_ip_ranges": _ip_ranges,
    "aws_kms_alias": _kms_alias,
    "aws_kms_key": _kms_key,
    "aws_organizations_organization": _organization,
    "aws_partition": _partition,
    "aws_region": _region,
    "aws_regions": _regions,
    "aws_route53_zone": _route53_zone,
    "aws_s3_bucket": _bucket,
    "aws_service": _service,
    "aws_service_principal": _service_principal,
    "aws_serverlessapplicationrepository_application": _application,
    "aws_subnets": lambda _config, answers, place: {"ids": _subnet_ids(answers), "id": place.region},
    "aws_vpc": _vpc,
    "gitlab_group": _gitlab_group,
    "gitlab_project": _gitlab_project,
}
