"""Who needs which right, as data, and whether policies give exactly that.

    Use("kms:Decrypt", on="<aws_kms_key.backups[0].arn>", given={"kms:ViaService": "s3.us-east-1.amazonaws.com"})

is one need: with that context the action is allowed. Its neighbours are refused: without a key of the context, with
another value of it, by another account or service, on another account's or another resource. `<address.attribute>` is
what the plan has there, and `<address.arn in us-west-2>` the same ARN in another region.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from groundplan.charts import chart
from groundplan.iam import Principal, evaluate
from tests.support.planning import ANSWERS, ModulePlan

__all__ = [
    "ACCOUNT",
    "Can",
    "Refusal",
    "Use",
    "administers",
    "applies_crds",
    "documents",
    "faults",
    "logs_encrypt",
    "pod",
    "publishes",
    "rbac_faults",
    "takes_role",
    "tls_only",
]

ACCOUNT: str = ANSWERS["account_id"]
STRANGER = "999988887777"
_REFERENCE = re.compile(r"<([\w.]+(?:\[[^\]]*\])?)\.(\w+)(?: in ([a-z0-9-]+))?>")
_NOT_JUDGED = ("aws_acmpca_permission.", "aws_cloudwatch_log_data_protection_policy.")
"""The one shows a policy that AWS has made of its arguments, the other's says what is hidden and not who may what."""


@dataclass(frozen=True)
class Use:
    """A need. `by` asks a resource's own policy; `given` is what the policy must ask for, `also` what it need not.

    `on` are all needed. `elsewhere` are refused besides what is derived from `on`, and so is the context with each of
    `refused_with` in it. `whatever` are keys that must be there, with any value. `caller` asks a policy that speaks of
    everyone, so that nobody else is refused.
    """

    actions: str | Sequence[str]
    on: str | Sequence[str] = "*"
    given: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)
    by: Principal | None = None
    caller: Principal | None = None
    elsewhere: Sequence[str] = ()
    refused_with: Sequence[Mapping[str, Any]] = ()
    whatever: Sequence[str] = ()

    def requests(self) -> Iterator[Request]:
        """What is asked."""
        context = {**self.also, **self.given, **dict.fromkeys(self.whatever, "whatever")}
        for action in _listed(self.actions):
            for resource in _listed(self.on):
                yield Request(action, resource, context, self.by or self.caller)

    def neighbours(self) -> Iterator[Request]:
        """What must be refused as near to the need as it can be."""
        for request in self.requests():
            for key in (*self.given, *self.whatever):
                without = {name: each for name, each in request.context.items() if name != key}
                yield replace(request, context=without)
            for key, value in self.given.items():
                yield replace(request, context={**request.context, key: _other(value)})
            if request.resource != "*":
                yield replace(request, resource=_elsewhere(request.resource))
            for changed in self.refused_with:
                yield replace(request, context={**request.context, **changed})
            if self.by:
                yield replace(request, by=_somebody_else(self.by))
            for resource in self.elsewhere:
                yield replace(request, resource=resource)


@dataclass(frozen=True)
class Refusal:
    """What a policy must refuse whatever else is allowed, and what it must not refuse: the same with `unless`."""

    actions: str | Sequence[str]
    on: str = "*"
    given: Mapping[str, Any] = field(default_factory=dict)
    unless: Sequence[Mapping[str, Any]] = ()
    by: Principal = field(default_factory=lambda: Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/somebody"))

    def requests(self) -> Iterator[Request]:
        """What is asked, and refused."""
        for action in _listed(self.actions):
            yield Request(action, self.on, self.given, self.by)

    def let_through(self) -> Iterator[Request]:
        """What is asked, and not refused."""
        for request in self.requests():
            for changed in self.unless:
                yield replace(request, context={**request.context, **changed})


@dataclass(frozen=True)
class Request:
    """Somebody asks for something."""

    action: str
    resource: str
    context: Mapping[str, Any]
    by: Principal | None

    def __str__(self) -> str:
        who = f"{self.by.identifier} " if self.by else ""
        return f"{who}{self.action} on {self.resource} with {json.dumps(dict(self.context))}"


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _other(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_other(each) for each in value]
    if value in ("true", "false"):
        return "false" if value == "true" else "true"
    if value == ACCOUNT:
        return STRANGER
    if str(value).startswith("arn:"):
        return _elsewhere(str(value))
    return f"other-{value}"


def _elsewhere(resource: str) -> str:
    """The like of a resource in another account; of what has no account in its name, another one."""
    if ACCOUNT in resource.split(":"):
        return resource.replace(f":{ACCOUNT}:", f":{STRANGER}:")
    head, separator, tail = resource.rpartition(":::" if ":::" in resource else "::")
    return f"{head}{separator}other-{tail}"


def _somebody_else(principal: Principal) -> Principal:
    if principal.kind == "Service":
        # one that no role is for
        return Principal.service("groundstation.amazonaws.com")
    return Principal(principal.kind, re.sub(r"\b\d{12}\b", STRANGER, principal.identifier))


# Needs that many have


def pod(namespace: str, service_account: str, provider: str) -> list[Use]:
    """A service account takes a role. `provider` is the cluster's, as in oidc.eks.us-east-1.amazonaws.com/id/0123."""
    return [
        Use(
            "sts:AssumeRoleWithWebIdentity",
            given={
                f"{provider}:aud": "sts.amazonaws.com",
                f"{provider}:sub": f"system:serviceaccount:{namespace}:{service_account}",
            },
            by=Principal.federated(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"),
        )
    ]


def takes_role(service: str, *, for_account: bool = True) -> list[Use]:
    """A service of AWS takes a role, for this account only wherever the service says for whom it asks."""
    given = {"aws:SourceAccount": ACCOUNT} if for_account else {}
    return [Use("sts:AssumeRole", given=given, by=Principal.service(service))]


def publishes(namespace: str) -> list[Use]:
    """Metrics in one namespace of CloudWatch."""
    return [Use("cloudwatch:PutMetricData", given={"cloudwatch:namespace": namespace})]


def logs_encrypt(log_group: str, region: str = "us-east-1") -> Use:
    """CloudWatch Logs with the key of a log group.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return Use(
        ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"],
        given={"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{log_group}"},
        by=Principal.service(f"logs.{region}.amazonaws.com"),
    )


def administers() -> Use:
    """The account's own policies decide: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html."""
    return Use("kms:PutKeyPolicy", by=Principal.account(ACCOUNT))


def tls_only(bucket: str) -> list[Refusal]:
    """Nothing of a bucket without TLS."""
    plain, safe = {"aws:SecureTransport": "false"}, [{"aws:SecureTransport": "true"}]
    whole = f"arn:aws:s3:::{bucket}"
    return [Refusal("s3:GetObject", f"{whole}/x", plain, safe), Refusal("s3:ListBucket", whole, plain, safe)]


# What policies give


def documents(plan: ModulePlan) -> dict[str, dict[str, Any]]:
    """Every policy in a plan, by the address of what has it."""
    found: dict[str, dict[str, Any]] = {}
    for address, change in plan.changes.items():
        for value in () if address.startswith(_NOT_JUDGED) else change["after"].values():
            if isinstance(value, str) and '"Statement"' in value:
                found[address] = json.loads(value)
    return found


def _resolved(value: Any, plan: ModulePlan) -> Any:
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: _referred(found, plan), value)
    if isinstance(value, Mapping):
        return {_resolved(key, plan): _resolved(each, plan) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolved(each, plan) for each in value]
    return replace(value, identifier=_resolved(value.identifier, plan)) if isinstance(value, Principal) else value


def _referred(reference: re.Match[str], plan: ModulePlan) -> str:
    address, attribute, region = reference.groups()
    mode = "data" if address.startswith("data.") else "managed"
    (values,) = (
        each["change"]["after"]
        for each in plan.json["resource_changes"]
        if each["mode"] == mode and each["address"].removeprefix("module.it.") == address.removeprefix("data.")
    )
    parts = str(values[attribute]).split(":")
    return ":".join([*parts[:3], region, *parts[4:]]) if region else ":".join(parts)


def _known(need: Any, plan: ModulePlan) -> Any:
    """The need with what the plan has in place of `<address.attribute>`."""
    return replace(need, **{name: _resolved(value, plan) for name, value in vars(need).items()})


def _left_to_account(statement: Mapping[str, Any], by: Principal | None) -> bool:
    """Whether the statement leaves it to the own policies of who asks, which here allow nothing.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
    """
    root = f"arn:aws:iam::{ACCOUNT}:root"
    named = statement.get("Principal", {}).get("AWS")
    if "Condition" in statement or named != [root]:
        return False
    return by is not None and by.identifier != root and f":{ACCOUNT}:" in by.identifier


_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {"AWS": ["*"]}}


def faults(document: Mapping[str, Any], needs: Sequence[Use | Refusal], plan: ModulePlan) -> list[str]:
    """Needs that are not met, neighbours that are let through, and every word of the policy that no need asks for."""
    known = [_known(need, plan) for need in needs]
    uses = [need for need in known if isinstance(need, Use)]
    refusals = [need for need in known if isinstance(need, Refusal)]
    allowed = [request for use in uses for request in use.requests()]
    refused = [request for use in uses for request in use.neighbours()]
    denied = [request for refusal in refusals for request in refusal.requests()]
    passed = [request for refusal in refusals for request in refusal.let_through()]

    def may(statements: list[Any], request: Request) -> bool:
        heard = [each for each in statements if not _left_to_account(each, request.by)]
        return evaluate({"Statement": heard}, request.action, request.resource, request.context, principal=request.by)

    def denies(statements: list[Any]) -> bool:
        only = [each for each in statements if each["Effect"] == "Deny"]
        return not any(may([*only, _ALL], request) for request in denied) and all(
            may([*only, _ALL], request) for request in passed
        )

    statements: list[Any] = document["Statement"]
    told = [f"refused: {request}" for request in allowed if not may(statements, request)]
    told += [f"let through: {request}" for request in refused if may(statements, request)]
    deny_only = [each for each in statements if each["Effect"] == "Deny"]
    told += [f"not denied: {request}" for request in denied if may([*deny_only, _ALL], request)]
    told += [f"denied: {request}" for request in passed if not may([*deny_only, _ALL], request)]
    if told:
        return told
    for number, statement in enumerate(statements):
        others = [*statements[:number], *statements[number + 1 :]]
        grants = statement["Effect"] == "Allow"
        # what the others allow they go on allowing, and what they refuse only this one can let through
        mine = [request for request in allowed if not may(others, request)] if grants else []
        for what, without in _without(statement):
            changed = [without] if without else []
            if grants:
                # with fewer actions and resources it cannot let more through, with fewer conditions it can
                wider = without is not None and without.get("Condition") != statement.get("Condition")
                spare = all(may([*deny_only, *changed], request) for request in mine) and not any(
                    may([*deny_only, *changed], request) for request in (refused if wider else ())
                )
            else:
                spare = denies([*others, *changed])
            if spare:
                told.append(f"nobody needs {what} of {statement.get('Sid', f'statement {number}')}")
    return told


def _without(statement: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The statement with one word less; None where nothing would be left."""
    for key in ("Action", "Resource"):
        for item in statement.get(key, ()):
            rest = [each for each in statement[key] if each != item]
            if item != "*":
                yield item, {**statement, key: rest} if rest else None
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            changed = copy.deepcopy(dict(statement))
            del changed["Condition"][operator][key]
            yield f"the condition {operator} {key}", changed
            for value in values if len(values) > 1 else ():
                changed = copy.deepcopy(dict(statement))
                changed["Condition"][operator][key].remove(value)
                yield f"{value} of {key}", changed


# What roles of Kubernetes give


@dataclass(frozen=True)
class Can:
    """What somebody does in Kubernetes, to `backups.velero.io`, or to `pods` of the core group; `name` is one's.

    What begins with a slash is a path of the API server that is no resource.
    """

    verbs: str
    resource: str
    name: str = ""


def applies_crds(name: str) -> list[Can]:
    """What brings the definitions of a locked chart there, and waits for them: each by its name."""
    names = {name for names in chart(name).crd_files.values() for name in names}
    resource = "customresourcedefinitions.apiextensions.k8s.io"
    return [Can("create get list patch watch", resource, name) for name in sorted(names)]


def rbac_faults(rules: Sequence[Mapping[str, Any]], needs: Sequence[Can]) -> list[str]:
    """Needs that are not met, others that are, and every word of the rules that no need asks for.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
    """
    asked = [(verb, need.resource, need.name) for need in needs for verb in need.verbs.split()]
    told = [
        f"refused: {verb} {resource} {name}" for verb, resource, name in asked if not _can(rules, verb, resource, name)
    ]
    for _, resource, name in asked:
        mine = {verb for verb, *rest in asked if rest == [resource, name] or rest == [resource, ""]}
        for verb in {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"} - mine:
            if _can(rules, verb, resource, name):
                told.append(f"let through: {verb} {resource} {name}")
        if name and not any(need.resource == resource and not need.name for need in needs):
            told += [f"let through: {verb} {resource} other" for verb in mine if _can(rules, verb, resource, "other")]
    for number, rule in enumerate(rules):
        for key in ("api_groups", "non_resource_urls", "resource_names", "resources", "verbs"):
            for item in rule.get(key) or ():
                rest = [each for each in rule[key] if each != item]
                changed = [*rules[:number], *([{**rule, key: rest}] if rest else []), *rules[number + 1 :]]
                if all(_can(changed, *each) for each in asked):
                    told.append(f"nobody needs {item!r} of rule {number}")
    return told


def _can(rules: Sequence[Mapping[str, Any]], verb: str, resource: str, name: str) -> bool:
    if resource.startswith("/"):
        return any(verb in rule["verbs"] and resource in (rule.get("non_resource_urls") or ()) for rule in rules)
    plural, _, group = resource.partition(".")
    return any(
        verb in rule["verbs"]
        and plural in (rule.get("resources") or ())
        and group in (rule.get("api_groups") or ())
        and (not rule.get("resource_names") or name in rule["resource_names"])
        for rule in rules
    )
