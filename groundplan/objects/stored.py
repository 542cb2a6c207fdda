"""Objects as the API server keeps them, so that two can be compared: absent and default are one and the same.

Its defaults are those of https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .fields import quantity
from .model import holds_unknown

__all__ = [
    "Document",
    "filled",
    "hangs_on_apply",
    "is_equal",
    "maps_in",
    "stored_pods",
    "stored_resources",
    "value_at",
]

Document = Mapping[str, Any]


def maps_in(value: Any, *steps: str) -> list[Document]:
    """The maps of the list at `steps`, those of nothing where none is."""
    found = value_at(value, *steps)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def value_at(value: Any, *steps: str) -> Any:
    """What stands at `steps`; None where nothing does."""
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def is_equal(one: Any, other: Any) -> bool:
    """Equality in which true is not 1, and what is null or empty is not there."""
    # most objects of an update are the same, and told so at the speed of C
    if one == other and json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str):
        return True
    one, other = _plain(one), _plain(other)
    return bool(one == other) and repr(one) == repr(other)


def _plain(value: Any) -> Any:
    """A document in one spelling: without nulls and empty lists and maps, keys sorted.

    As apimachinery's equality.Semantic takes them; what is an empty struct there has fields with defaults.
    """
    if isinstance(value, Mapping):
        found = {str(key): _plain(value[key]) for key in sorted(value, key=str)}
        return {key: item for key, item in found.items() if item not in (None, {}, [])}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # the API reads 1.0 as 1
    return int(value) if isinstance(value, float) and value.is_integer() else value


def hangs_on_apply(before: Any, after: Any) -> bool:
    """Whether everything that differs holds something that only an apply will tell."""
    if is_equal(before, after):
        return True
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(hangs_on_apply(before.get(key), after.get(key)) for key in {*before, *after})
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(map(hangs_on_apply, before, after))
    return (
        not isinstance(before, (Mapping, list))
        and not isinstance(after, (Mapping, list))
        and (holds_unknown(before) or holds_unknown(after))
    )


# pkg/apis/core/v1/defaults.go and zz_generated.defaults.go: what the API server puts where nothing stands
_POD_DEFAULTS = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "schedulerName": "default-scheduler",
    "hostNetwork": False,
    "hostPID": False,
    "hostIPC": False,
}
_CONTAINER_DEFAULTS = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "stdin": False,
    "tty": False,
}
_PROBE_DEFAULTS = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_VOLUME_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "configMap": {"defaultMode": 420},
    "secret": {"defaultMode": 420},
    "projected": {"defaultMode": 420},
    "downwardAPI": {"defaultMode": 420},
    "hostPath": {"type": ""},
}


def filled(value: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A map with its defaults where nothing stands; the defaults alone for what is no map."""
    given = {key: item for key, item in value.items() if item is not None} if isinstance(value, Mapping) else {}
    return {**defaults, **given}


def stored_pods(before: Document, after: Document) -> tuple[Document, Document]:
    """Two pod templates, or pods, as the API server keeps them: the second one written over the first one."""
    one, other = _stored_pod(before), _stored_pod(after)
    account = one["spec"].get("serviceAccountName")
    if account and not other["spec"].get("serviceAccountName"):
        # its old name, serviceAccount, was filled in as well, and nobody takes that away
        other = {**other, "spec": {**other["spec"], "serviceAccountName": account}}
    return one, other


def _stored_pod(template: Document) -> Document:
    """A pod template as the API server keeps it, as far as its defaults go."""
    spec = filled(template.get("spec"), _POD_DEFAULTS)
    # both names stand for one field
    if account := spec.pop("serviceAccount", None) or spec.get("serviceAccountName"):
        spec["serviceAccountName"] = spec.get("serviceAccountName") or account
    for word in ("containers", "initContainers"):
        if isinstance(spec.get(word), list):
            spec[word] = [_stored_container(item) for item in spec[word]]
    if isinstance(spec.get("volumes"), list):
        spec["volumes"] = [_stored_volume(item) for item in spec["volumes"]]
    metadata = {key: item for key, item in filled(template.get("metadata"), {}).items() if key != "creationTimestamp"}
    return {"metadata": _plain(metadata), "spec": _plain(spec)}


def _stored_container(container: Any) -> Any:
    if not isinstance(container, Mapping):
        return container
    # SetDefaults_Container: latest is pulled anew each time
    image = str(container.get("image", ""))
    tag = image.rpartition("/")[2].partition(":")[2]
    pulled = "Always" if "@" not in image and tag in ("", "latest") else "IfNotPresent"
    found = filled(container, {**_CONTAINER_DEFAULTS, "imagePullPolicy": pulled})
    if isinstance(found.get("ports"), list):
        found["ports"] = [filled(port, {"protocol": "TCP"}) for port in found["ports"]]
    for word in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(found.get(word), Mapping):
            probe = filled(found[word], _PROBE_DEFAULTS)
            if isinstance(probe.get("httpGet"), Mapping):
                probe["httpGet"] = filled(probe["httpGet"], {"scheme": "HTTP", "path": "/"})
            found[word] = probe
    if isinstance(found.get("env"), list):
        found["env"] = [_stored_variable(item) for item in found["env"]]
    if isinstance(found.get("resources"), Mapping):
        found["resources"] = stored_resources(found["resources"])
    return found


def _stored_variable(variable: Any) -> Any:
    reference = value_at(variable, "valueFrom", "fieldRef")
    if isinstance(variable, Mapping) and isinstance(reference, Mapping):
        return {**variable, "valueFrom": {"fieldRef": filled(reference, {"apiVersion": "v1"})}}
    # an empty value is none
    return {key: item for key, item in variable.items() if item != ""} if isinstance(variable, Mapping) else variable


def _stored_volume(volume: Any) -> Any:
    if not isinstance(volume, Mapping):
        return volume
    return {
        key: filled(item, _VOLUME_DEFAULTS[key]) if key in _VOLUME_DEFAULTS else item for key, item in volume.items()
    }


def stored_resources(resources: Any) -> Any:
    """Amounts as numbers: 1Gi is 1024Mi."""
    if not isinstance(resources, Mapping):
        return resources
    found = dict(resources)
    for word in ("limits", "requests"):
        if isinstance(found.get(word), Mapping):
            found[word] = {key: _amount(item) for key, item in found[word].items()}
    return found


def _amount(value: Any) -> Any:
    number = quantity(value)
    return value if number is None else f"{number.normalize():f}"
