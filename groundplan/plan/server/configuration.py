"""What a provider's own block may hold, beyond its schema.

https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs#argument-reference,
https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs#argument-reference,
https://registry.terraform.io/providers/hashicorp/helm/3.1.1/docs#argument-reference and
https://registry.terraform.io/providers/hashicorp/vault/5.6.0/docs#provider-arguments. What tags may be:
https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from groundplan.grammars.partitions import is_region
from groundplan.values import ConfigProblem, is_unknown

from .. import errors

__all__ = ["provider_problems"]

Path: TypeAlias = tuple[str | int, ...]

_CHOICES = {
    "ec2_metadata_service_endpoint_mode": ("IPv4", "IPv6"),
    "retry_mode": ("adaptive", "standard"),
    "s3_us_east_1_regional_endpoint": ("legacy", "regional"),
    "tag_policy_compliance": ("disabled", "error", "warning"),
}
_AT_MOST_ONE = ("assume_role_with_web_identity", "default_tags", "ignore_tags")
_ARN = re.compile(r"arn:aws(-[a-z]+)*:[^:]+:[^:]*:[^:]*:.+")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_SESSION_SECONDS = (900, 43_200)
_TAG_KEY_CHARACTERS, _TAG_VALUE_CHARACTERS, _TAGS = 128, 256, 50


def provider_problems(name: str, config: Mapping[str, Any]) -> list[ConfigProblem]:
    """What the provider `name` would refuse in its own block; what is unknown is never a problem.

    `config` is plain Python: blocks are lists of dictionaries, None is absent.
    """
    check = _CHECKS.get(name)
    return list(check(config)) if check else []


def _aws(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    if config.get("skip_region_validation") is not True:
        for attribute in ("region", "sts_region"):
            region = config.get(attribute)
            if isinstance(region, str) and region and not is_region(region):
                yield errors.no_such_region((attribute,), region)
    yield from _conflict((), config, "allowed_account_ids", "forbidden_account_ids")
    for attribute in ("allowed_account_ids", "forbidden_account_ids"):
        for account in _known(config.get(attribute)):
            if not re.fullmatch(r"\d{12}", account):
                yield errors.no_account_id((attribute,), account)
    for attribute, choices in _CHOICES.items():
        value = config.get(attribute)
        if isinstance(value, str) and value and value not in choices:
            yield errors.no_such_choice((attribute,), value, choices)
    yield from _once(config, _AT_MOST_ONE)
    for path, block in _blocks(config, "assume_role"):
        yield from _role(path, block)
    for path, block in _blocks(config, "assume_role_with_web_identity"):
        yield from _role(path, block)
        names = ("web_identity_token", "web_identity_token_file")
        yield from _conflict(path, block, *names)
        if all(block.get(each) is None for each in names):
            yield errors.one_of_them(path, names)
    for path, block in _blocks(config, "default_tags"):
        yield from _tags((*path, "tags"), block.get("tags"))
    for path, block in _blocks(config, "endpoints"):
        for service, url in block.items():
            yield from _url((*path, service), url)


def _role(path: Path, block: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for arn in _known([block.get("role_arn")]):
        if not _ARN.fullmatch(arn):
            yield errors.no_arn((*path, "role_arn"), arn, "arn:aws:iam::111122223333:role/deploy")
    for arn in _known(block.get("policy_arns")):
        if not _ARN.fullmatch(arn):
            yield errors.no_arn((*path, "policy_arns"), arn, "arn:aws:iam::aws:policy/ReadOnlyAccess")
    for duration in _known([block.get("duration")]):
        seconds = _seconds(duration)
        if seconds is None or not _SESSION_SECONDS[0] <= seconds <= _SESSION_SECONDS[1]:
            yield errors.session_duration((*path, "duration"), duration)
    for attribute in ("session_name", "source_identity"):
        for name in _known([block.get(attribute)]):
            if not re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII):
                yield errors.session_name((*path, attribute), name)
    yield from _tags((*path, "tags"), block.get("tags"))


def _tags(path: Path, tags: Any) -> Iterator[ConfigProblem]:
    if not isinstance(tags, dict):
        return
    if len(tags) > _TAGS:
        yield errors.too_many_tags(path, len(tags), _TAGS)
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            yield errors.tag_of_aws((*path, key), key)
        if not 1 <= len(key) <= _TAG_KEY_CHARACTERS:
            yield errors.tag_length((*path, key), "key", key, _TAG_KEY_CHARACTERS)
        if isinstance(value, str) and len(value) > _TAG_VALUE_CHARACTERS:
            yield errors.tag_length((*path, key), "value", value, _TAG_VALUE_CHARACTERS)


def _cluster(path: Path, block: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    yield from _conflict(path, block, "config_path", "config_paths")


def _helm(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    cluster = config.get("kubernetes")
    if isinstance(cluster, dict):
        yield from _cluster(("kubernetes",), cluster)
        execution = cluster.get("exec")
        if isinstance(execution, dict):
            yield from _needed(("kubernetes", "exec"), execution, "api_version", "command")
    registries = config.get("registries")
    for index, registry in enumerate(registries if isinstance(registries, list) else ()):
        if isinstance(registry, dict):
            yield from _needed(("registries", index), registry, "url", "username", "password")


def _kubernetes(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    yield from _cluster((), config)
    yield from _once(config, ("exec", "experiments"))


def _gitlab(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    yield from _url(("base_url",), config.get("base_url"))


def _vault(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    yield from _url(("address",), config.get("address"))
    logins = [name for name in sorted(config) if name.startswith("auth_login") and config[name]]
    if len(logins) > 1:
        yield errors.only_one_of_them((logins[0],), logins)


_CHECKS: dict[str, Callable[[Mapping[str, Any]], Iterator[ConfigProblem]]] = {
    "aws": _aws,
    "gitlab": _gitlab,
    "helm": _helm,
    "kubernetes": _kubernetes,
    "vault": _vault,
}


def _known(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _blocks(config: Mapping[str, Any], name: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    blocks = config.get(name)
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, dict):
            yield (name, index), block


def _once(config: Mapping[str, Any], names: Sequence[str]) -> Iterator[ConfigProblem]:
    for name in names:
        blocks = config.get(name)
        if isinstance(blocks, list) and len(blocks) > 1:
            yield errors.one_block((name,), len(blocks))


def _conflict(path: Path, block: Mapping[str, Any], *names: str) -> Iterator[ConfigProblem]:
    if all(block.get(name) is not None and not is_unknown(block.get(name)) for name in names):
        yield errors.only_one_of_them((*path, names[0]), names)


def _needed(path: Path, block: Mapping[str, Any], *names: str) -> Iterator[ConfigProblem]:
    for name in names:
        if block.get(name) is None:
            yield errors.needed_inside((*path, name))


def _url(path: Path, value: Any) -> Iterator[ConfigProblem]:
    if isinstance(value, str) and value:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            yield errors.no_url(path, value)


def _seconds(duration: str) -> float | None:
    """The seconds of a Go duration such as 1h30m; None for what is none."""
    if not _DURATION.fullmatch(duration):
        return None
    return sum(
        float(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", duration)
    )
