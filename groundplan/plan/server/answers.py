"""What data sources find: the environment's own settings where they know, otherwise something shaped like the truth."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from ..cty import Dynamic, plain, unknown
from ..schema import Attribute, Block
from .planning import with_defaults
from .shapes import ACCOUNT_ID, Maker, Place

__all__ = ["place_of", "read_data"]

Facts = dict[str, Any]


def place_of(answers: Mapping[str, Any], region: Any = None) -> Place:
    """The account and the region that a stack's data sources see; `region` is the provider's or the resource's own."""
    own = region if isinstance(region, str) and region else answers.get("region", "us-east-1")
    return Place(str(answers.get("partition", "aws")), str(answers.get("account_id", ACCOUNT_ID)), str(own))


def read_data(type_name: str, block: Block, config: dict[str, Any], answers: Mapping[str, Any], region: Any) -> Any:
    """The whole state of a data source. Everything in it is known; what is configured stays as configured."""
    place = place_of(answers, config.get("region") or region)
    given = plain(config)
    facts = _FACTS[type_name](given, answers, place) if type_name in _FACTS else {}
    seed = hashlib.sha256(json.dumps(given, sort_keys=True, default=repr).encode()).hexdigest()
    maker = Maker(type_name, seed, place, {**{k: v for k, v in given.items() if v is not None}, **facts})
    return _block(block, config, facts, maker, ())


def _block(block: Block, config: Any, facts: Facts, maker: Maker, path: tuple[str, ...]) -> Any:
    if not isinstance(config, dict):
        return config
    found = dict(with_defaults(block, config, config))
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
    name = config.get("region") or config.get("name") or place.region
    return {"region": name, "name": name, "id": name, "endpoint": f"ec2.{name}.amazonaws.com", "description": name}


def _partition(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    reverse = ".".join(reversed(suffix.split(".")))
    return {
        "partition": place.partition,
        "id": place.partition,
        "dns_suffix": suffix,
        "reverse_dns_prefix": reverse,
    }


def _availability_zones(_config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    zones = _zones(answers, place)
    ids = [f"{place.region.replace('-', '')[:4]}-az{index}" for index, _ in enumerate(zones, 1)]
    return {"names": zones, "zone_ids": ids, "group_names": [place.region], "id": place.region}


def _eks_cluster(config: Facts, answers: Mapping[str, Any], place: Place) -> Facts:
    cluster = _cluster(answers)
    name = str(config.get("name") or cluster.get("name") or "cluster")
    identity = hashlib.sha256(name.encode()).hexdigest()[:32].upper()
    host = f"{place.region}.amazonaws.com"
    issuer = next(
        (str(cluster[key]) for key in ("oidc_issuer_url", "oidc_issuer", "issuer", "oidc issuer") if cluster.get(key)),
        f"https://oidc.eks.{host}/id/{identity}",
    )
    if not issuer.startswith("https://"):
        issuer = f"https://{issuer}"
    return {
        "id": name,
        "arn": f"arn:{place.partition}:eks:{place.region}:{place.account_id}:cluster/{name}",
        "endpoint": str(cluster.get("endpoint") or f"https://{identity}.gr7.{place.region}.eks.amazonaws.com"),
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
    host = f"{account}.dkr.ecr.{place.region}.amazonaws.com"
    return {
        "arn": f"arn:{place.partition}:ecr:{place.region}:{account}:repository/{name}",
        "id": name,
        "registry_id": account,
        "repository_url": f"{host}/{name}",
        "most_recent_image_tags": ["latest"],
    }


def _ecr_token(_config: Facts, _answers: Mapping[str, Any], place: Place) -> Facts:
    host = f"{place.account_id}.dkr.ecr.{place.region}.amazonaws.com"
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
    "aws_availability_zones": _availability_zones,
    "aws_caller_identity": _identity,
    "aws_ecr_authorization_token": _ecr_token,
    "aws_ecr_repository": _ecr_repository,
    "aws_eks_cluster": _eks_cluster,
    "aws_eks_cluster_auth": lambda config, _answers, _place: {"id": config.get("name"), "token": "made-up"},
    "aws_iam_policy": _iam_policy,
    "aws_kms_alias": _kms_alias,
    "aws_kms_key": _kms_key,
    "aws_organizations_organization": _organization,
    "aws_partition": _partition,
    "aws_region": _region,
    "aws_route53_zone": _route53_zone,
    "aws_serverlessapplicationrepository_application": _application,
    "aws_subnets": lambda _config, answers, place: {"ids": _subnet_ids(answers), "id": place.region},
    "aws_vpc": _vpc,
    "gitlab_group": _gitlab_group,
    "gitlab_project": _gitlab_project,
}
