"""Everything this package says to a person, one function a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from groundplan.problems import Problem, cut, nearest

__all__ = [
    "Said",
    "address_for_a_name",
    "address_twice",
    "another_name",
    "below_zero",
    "both_of_a_budget",
    "definition_unreadable",
    "deprecated_api",
    "deprecated_later",
    "empty_selector",
    "escalates",
    "headless_with_ports",
    "host_port_twice",
    "in_both_data",
    "key_of_type_missing",
    "kind_not_known",
    "kinds_unknown",
    "made_twice",
    "missing_field",
    "more_than_all",
    "most_below_fewest",
    "name_or_number",
    "no_absolute_path",
    "no_cidr",
    "no_data_key",
    "no_label",
    "no_label_1035",
    "no_label_value",
    "no_path_segment",
    "no_port",
    "no_port_name",
    "no_quantity",
    "no_resource",
    "no_schedule",
    "no_schemas",
    "no_schemas_of",
    "no_share",
    "no_subdomain",
    "no_such_port",
    "no_time_zone",
    "no_version",
    "no_volume",
    "no_webhook_name",
    "node_port_of_cluster_ip",
    "node_port_twice",
    "not_above_zero",
    "not_among",
    "not_base64",
    "not_inside",
    "not_qualified",
    "nothing_may_move",
    "nothing_there",
    "object_fault",
    "off_by_default",
    "one_handler",
    "other_host_port",
    "other_restart_policy",
    "out_of_range",
    "port_without_name",
    "probe_of_init_container",
    "probe_of_no_port",
    "removed_api",
    "request_above_limit",
    "rolling_update_of_on_delete",
    "rolling_update_of_recreate",
    "seconds_of_another_effect",
    "selector_misses",
    "service_or_resource",
    "toleration_of_all",
    "too_large",
    "twice",
    "two_defaults",
    "unknown_field",
    "url_or_service",
    "urls_beside_resources",
    "urls_in_a_role",
    "value_and_source",
    "value_of_exists",
    "values_missing",
    "values_too_many",
    "variable_twice",
    "webhook_twice",
    "without_name",
    "wrong_type",
    "zone_in_schedule",
]

_SHOWN = 80
_INSTALL = "install the extra groundplan[charts]"


class Said(NamedTuple):
    """What is wrong with one field, and what to do about it."""

    message: str
    cure: str = ""


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return cut(repr(value), _SHOWN)


def _one_of(words: Iterable[Any]) -> str:
    said = [str(word) or '""' for word in words]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _did_you_mean(name: str, allowed: Iterable[str], otherwise: str) -> str:
    near = nearest(name, allowed)
    return f"Did you mean {near}?" if near else otherwise


def object_fault(path: str, title: str, template: str, field: str, said: Said) -> Problem:
    """Something wrong in an object, with where the object is from."""
    place = f"{field} " if field else ""
    return Problem(path, f"{title} of {template}: {place}{said.message}", said.cure)


# what schemas say


def unknown_field(name: str, version: str, allowed: Sequence[str]) -> Said:
    known = f"Known there: {cut(', '.join(sorted(allowed)), 300)}." if allowed else "Leave it out."
    return Said(
        f"is no field of Kubernetes {version}: it is refused or has no effect", _did_you_mean(name, allowed, known)
    )


def missing_field(name: str) -> Said:
    return Said(f"is missing, and Kubernetes asks for {name} there", "Set the value of the chart that it is made from.")


def wrong_type(value: Any, wanted: Sequence[str]) -> Said:
    return Said(f"must be {_one_of(wanted)}, got {_shown(value)}", f"Give {_one_of(wanted)}.")


def not_among(value: Any, allowed: Sequence[Any]) -> Said:
    listed = f"Write {_one_of(allowed)}."
    near = _did_you_mean(value, [str(one) for one in allowed if one], listed) if isinstance(value, str) else listed
    return Said(f"must be {_one_of(allowed)}, got {_shown(value)}", near)


# names and labels


def without_name() -> Said:
    return Said("is missing", "Give the object a name.")


def no_label(value: str, longest: int) -> Said:
    return Said(
        f"must be a DNS label, got {_shown(value)}",
        f"Write lower-case letters, digits and dashes, none of the dashes at an end, at most {longest} characters.",
    )


def no_label_1035(value: str, longest: int) -> Said:
    return Said(
        f"must be a DNS label that begins with a letter, got {_shown(value)}",
        f"Write lower-case letters, digits and dashes, a letter first and no dash last, at most {longest} characters.",
    )


def address_for_a_name(value: str) -> Said:
    return Said(f"must be a name and no address, got {_shown(value)}", "Leave it out, or write the name of a host.")


def service_or_resource() -> Said:
    return Said("must have exactly one of service and resource", "Say the service that it leads to, and no resource.")


def name_or_number() -> Said:
    return Said("must have exactly one of name and number", "Say the service's port by its name or by its number.")


def no_subdomain(value: str, longest: int) -> Said:
    return Said(
        f"must be a DNS subdomain of at most {longest} characters, got {_shown(value)}",
        "Write lower-case letters, digits, dashes and dots; each part between dots begins and ends with no dash.",
    )


def no_path_segment(value: str) -> Said:
    return Said(f"must have no / and no % and be neither . nor .., got {_shown(value)}", "Leave these out.")


def another_name(value: str, wanted: str) -> Said:
    return Said(f"must be {wanted}, as the spec has it, got {_shown(value)}", f"Write {wanted}.")


def not_qualified(key: str) -> Said:
    return Said(
        f"must be a name of at most 63 characters, with or without a domain and a / before it, got {_shown(key)}",
        "Write letters, digits, dashes, underscores and dots, letters or digits at the ends, such as example.com/team.",
    )


def no_label_value(value: str, longest: int) -> Said:
    return Said(
        f"must be the value of a label, got {_shown(value)}",
        f"Write letters, digits, dashes, underscores and dots, at most {longest}, a letter or digit at both ends.",
    )


def no_webhook_name(value: str) -> Said:
    return Said(f"must be a domain name of three parts or more, got {_shown(value)}", "Write it like pods.example.com.")


def no_port_name(value: str, longest: int) -> Said:
    return Said(
        f"must be the name of a port, got {_shown(value)}",
        f"Write lower-case letters, digits and single dashes, at most {longest} characters with a letter among them.",
    )


def no_data_key(key: str) -> Said:
    return Said(
        f"must be a key that can be a file's name, got {_shown(key)}",
        "Write letters, digits, dashes, underscores and dots, at most 253, that do not begin with two dots.",
    )


# selectors


def empty_selector() -> Said:
    return Said("is empty, and would find every pod", "Say matchLabels.")


def selector_misses(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> Said:
    found = f"{_shown(dict(selector))} for pods with {_shown(dict(labels))}"
    return Said(
        f"does not find the pods of its own template, got {found}",
        "Give the pods these labels, or leave the selector to the chart.",
    )


def values_missing(operator: str) -> Said:
    return Said(f"must have a value or more for {operator}", "List the values that are meant.")


def values_too_many(operator: str) -> Said:
    return Said(f"must be left out for {operator}", "Leave the values out, or take In or NotIn.")


# numbers and amounts


def below_zero(value: Any) -> Said:
    return Said(f"must not be below 0, got {value}", "Give 0 or more.")


def not_above_zero(value: Any) -> Said:
    return Said(f"must be above 0, got {value}", "Give 1 or more.")


def out_of_range(value: int, least: int, most: int) -> Said:
    return Said(f"must be from {least} to {most}, got {value}", f"Give a number from {least} to {most}.")


def no_port(value: int, last: int) -> Said:
    return Said(f"must be a port from 1 to {last}, got {value}", f"Give a number from 1 to {last}.")


def no_quantity(value: Any) -> Said:
    return Said(f"must be an amount, got {_shown(value)}", "Write it like 100m or 2 for CPU, 512Mi or 10Gi for bytes.")


def no_resource(name: str, standard: Sequence[str]) -> Said:
    return Said(
        f"is no resource of a container, which are {_one_of(standard)}, hugepages-<size>, and those of a domain",
        _did_you_mean(name, standard, "Write those of a device with its domain, such as nvidia.com/gpu."),
    )


def request_above_limit(request: Any, limit: Any) -> Said:
    return Said(f"must be at most its limit of {limit}, got {request}", "Lower the request, or raise the limit.")


def no_share(value: str) -> Said:
    return Said(f"must be a whole number or a percentage, got {_shown(value)}", "Write it like 1 or 25%.")


def more_than_all(value: str) -> Said:
    return Said(f"must be at most 100%, got {_shown(value)}", "Give 100% or less.")


def too_large(size: int, most: int) -> Said:
    return Said(f"is larger than the {most:,} bytes that Kubernetes takes, got {size:,}", "Put less into one object.")


# workloads


def other_restart_policy(value: str, allowed: Sequence[str]) -> Said:
    return Said(f"must be {_one_of(allowed)} for this kind, got {value}", f"Write {_one_of(allowed)}.")


def rolling_update_of_recreate() -> Said:
    return Said("must not be set where the type is Recreate", "Leave it out, or take the type RollingUpdate.")


def rolling_update_of_on_delete() -> Said:
    return Said("must not be set where the type is OnDelete", "Leave it out, or take the type RollingUpdate.")


def nothing_may_move() -> Said:
    return Said("must not be 0 where maxSurge is 0: no pod could be replaced", "Give one of the two 1 or more.")


def nothing_there(wanted: str) -> Said:
    return Said(f"must have {wanted}, and nothing is there", "Set the value of the chart that it is made from.")


def twice(what: str, name: str) -> Said:
    return Said(f"has the same {what} twice, got {_shown(name)}", "Keep one of the two, or give one another name.")


def variable_twice(name: str) -> Said:
    return Said(
        f"sets the same variable twice, and the later one counts, got {_shown(name)}", "Leave the earlier one out."
    )


def value_and_source(name: str) -> Said:
    return Said(f"has both a value and valueFrom, got {_shown(name)}", "Keep one of the two.")


def no_volume(name: str, volumes: Iterable[str]) -> Said:
    there = sorted(volumes)
    return Said(
        f"must be a volume of the pod, got {_shown(name)}",
        _did_you_mean(name, there, f"There are: {', '.join(there)}." if there else "The pod has no volumes."),
    )


def escalates(what: str) -> Said:
    return Said(f"must not be false beside {what}", f"Leave {what} out, or allow the escalation.")


def other_host_port(host: int, port: int) -> Said:
    return Said(f"must be the container's own port on the network of the node, {port}, got {host}", f"Write {port}.")


def probe_of_init_container() -> Said:
    return Said("must not be set for a container that ends before the others start", "Leave it out.")


def probe_of_no_port(name: str, ports: Iterable[str]) -> Said:
    there = sorted(ports)
    return Said(
        f"names no port of its container, so that the probe always fails, got {_shown(name)}",
        _did_you_mean(
            name, there, f"There are: {', '.join(there)}." if there else "Name the port, or give its number."
        ),
    )


def one_handler(given: Sequence[str], allowed: Sequence[str]) -> Said:
    found = f"{' and '.join(given)} are set" if given else "none is"
    return Said(f"must have exactly one of {', '.join(sorted(allowed))}, and {found}", "Keep one of them.")


def toleration_of_all(operator: Any) -> Said:
    return Said(f"must be Exists where there is no key, got {_shown(operator)}", "Write Exists, or say the key.")


def value_of_exists(value: Any) -> Said:
    return Said(f"must be left out where the operator is Exists, got {_shown(value)}", "Leave it out, or take Equal.")


def seconds_of_another_effect(effect: Any) -> Said:
    return Said(f"must be NoExecute where tolerationSeconds is set, got {_shown(effect)}", "Write NoExecute.")


# services, budgets and the rest


def port_without_name(count: int) -> Said:
    return Said(f"is missing, and a service of {count} ports must name each", "Name the port.")


def no_such_port(name: str, there: Sequence[str]) -> Said:
    return Said(
        f"names no port of the pods that the service finds, got {_shown(name)}",
        _did_you_mean(name, there, f"There are: {', '.join(there)}." if there else "Give the number of the port."),
    )


def headless_with_ports(kind: str) -> Said:
    return Said(f"must not be None for a service of type {kind}", "Leave it out.")


def node_port_of_cluster_ip(port: int) -> Said:
    return Said(f"must be left out for a service of type ClusterIP, got {port}", "Leave it out, or take NodePort.")


def both_of_a_budget(least: Any, most: Any) -> Said:
    return Said(
        f"must have one of minAvailable and maxUnavailable, got {_shown(least)} and {_shown(most)}", "Keep one of them."
    )


def most_below_fewest(most: int, fewest: int) -> Said:
    return Said(f"must be at least minReplicas, {fewest}, got {most}", "Raise it, or lower minReplicas.")


def no_schedule(schedule: str, wrong: str) -> Said:
    return Said(
        f"must be a cron schedule: {wrong}, got {_shown(schedule)}",
        "Write minute, hour, day of month, month and day of week (0 to 6), such as 0 2 * * *.",
    )


def zone_in_schedule(schedule: str) -> Said:
    return Said(f"must not say a time zone, got {_shown(schedule)}", "Say it in timeZone.")


def no_time_zone(zone: str, cure: str) -> Said:
    return Said(f"must be a time zone of the IANA database, got {_shown(zone)}", cure)


def not_base64() -> Said:
    # what is there may be secret
    return Said("must be text in base64", "Encode it, or say it in stringData.")


def key_of_type_missing(key: str, kind: str) -> Said:
    return Said(f"is missing, and a secret of type {kind} must have it", f"Give {key}, or take the type Opaque.")


def in_both_data(key: str) -> Said:
    return Said(f"is in data and in binaryData, got {_shown(key)}", "Keep one of the two.")


def urls_in_a_role() -> Said:
    return Said("must not be in a Role, which is about a namespace", "Take a ClusterRole.")


def urls_beside_resources() -> Said:
    return Said("must not stand in a rule about resources", "Make two rules of it.")


def url_or_service() -> Said:
    return Said("must have exactly one of url and service", "Keep one of them.")


def no_absolute_path(value: str) -> Said:
    return Said(f"must begin with / for this pathType, got {_shown(value)}", "Write it like /app.")


def no_cidr(value: Any) -> Said:
    return Said(f"must be a network in CIDR notation, got {_shown(value)}", "Write it like 10.0.0.0/16.")


def not_inside(value: str, outer: str) -> Said:
    return Said(f"must be a part of {outer}, got {_shown(value)}", f"Give a smaller network inside of {outer}.")


# versions of APIs


def removed_api(api_version: str, version: str, removed: str, instead: str) -> Said:
    return Said(
        f"is {api_version}, which Kubernetes serves no longer since {removed}; the cluster is of {version}",
        _newer_chart(instead),
    )


def kind_not_known(kind: str, api_version: str, version: str, others: Sequence[str]) -> Said:
    served = f"It is served as {_one_of(others)}." if others else "Take what this version of Kubernetes has."
    return Said(f"is {api_version}, of which Kubernetes {version} has no {kind}", served)


def deprecated_api(api_version: str, deprecated: str, removed: str, instead: str) -> Said:
    gone = f" and goes with {removed}" if removed else ""
    return Said(f"is {api_version}, which is deprecated since Kubernetes {deprecated}{gone}", _newer_chart(instead))


def deprecated_later(api_version: str, deprecated: str, removed: str, instead: str) -> Said:
    words = [f"deprecated in Kubernetes {deprecated}"] if deprecated else []
    words += [f"removed in {removed}"] if removed else []
    return Said(f"is {api_version}, which will be {' and '.join(words)}", _newer_chart(instead))


def off_by_default(api_version: str, stage: str) -> Said:
    return Said(
        f"is {api_version}, which is {stage}: a cluster serves it only where that is switched on, and EKS does not",
        "Switch the part of the chart off that makes it.",
    )


def _newer_chart(instead: str) -> str:
    if not instead:
        return "Nothing takes its place: switch the part of the chart off that makes it."
    return f"Take a version of the chart that makes {instead}."


# what is not known


def no_schemas() -> str:
    return f"objects were not held against Kubernetes' own schemas, which are not here: {_INSTALL}"


def no_schemas_of(version: str, first: str, last: str) -> str:
    return f"there are no schemas of Kubernetes {version}, only of {first} to {last}: fields were not looked at"


def no_version(version: str) -> str:
    return f"the cluster's version of Kubernetes is not known, got {_shown(version)}: fields were not looked at"


def kinds_unknown(count: int, kinds: Sequence[str]) -> str:
    objects = "1 object is of a kind" if count == 1 else f"{count} objects are of kinds"
    listed = cut(", ".join(kinds), 500)
    return f"{objects} that no definition here describes, so that its fields were not looked at: {listed}"


def definition_unreadable(kind: str, reason: str) -> str:
    return f"the definition of {kind} cannot be read, so that fields were not looked at: {reason}"


# what two releases both claim


def made_twice(path: str, title: str, other: str, *, is_hook: bool, is_helms: bool) -> Problem:
    why = "the second is refused, since it is there already"
    cure = "Let one of the two make it, and give the other another name or switch that part of it off."
    if is_helms:
        why, cure = (
            "Helm refuses the second",
            "Let one of the two make it: give one another name, or switch that part of its chart off.",
        )
    if is_hook:
        why = "Helm deletes one to make the other, since a hook is among them"
    return Problem(path, f"makes {title}, which {other} makes too: {why}", cure)


def webhook_twice(path: str, title: str, name: str, other: str, other_title: str) -> Problem:
    return Problem(
        path,
        f"{title} has the webhook {name} for what {other_title} of {other} has it for: each request goes to both",
        "Switch the webhook of one of the two off, or give each its own namespaces.",
    )


def node_port_twice(path: str, title: str, number: int, other: str) -> Problem:
    return Problem(
        path,
        f"{title} asks for port {number} of the nodes, which a service of {other} has: the API server refuses it",
        "Give one of the two another port, or none: a free one is taken then.",
    )


def address_twice(path: str, title: str, address: str, other: str) -> Problem:
    return Problem(
        path,
        f"{title} asks for the address {address}, which a service of {other} has: the API server refuses it",
        "Give one of the two another address, or none: a free one is taken then.",
    )


def two_defaults(path: str, title: str, first: str, other: str, means: str) -> Problem:
    return Problem(
        path,
        f"{title} is the default, and so is {first} of {other}: {means}",
        "Let one of the two be the default.",
    )


def host_port_twice(path: str, title: str, port: str, first: str, other: str) -> Problem:
    return Problem(
        path,
        f"{title} takes port {port} of its nodes, which {first} of {other} takes there: no pod of the two fits beside"
        " one of the other",
        "Give one of the two another host port, or other nodes.",
    )
