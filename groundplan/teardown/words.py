"""The words of a teardown, each a function."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "class_unknown",
    "delete_claims",
    "delete_records",
    "delete_volumes",
    "goes_with",
    "goes_with_namespace",
    "helm_keeps",
    "not_rendered",
    "protected",
    "remove_while_there",
    "said_at_apply",
    "volumes_stay",
]


def goes_with(controllers: Sequence[str]) -> str:
    """It goes by itself."""
    return f"taken away by {' and '.join(controllers)}, which is there until later" if controllers else "goes with it"


def goes_with_namespace(namespace: str, controllers: Sequence[str]) -> str:
    """It goes with its namespace."""
    return f"its claims go with the namespace {namespace}; {goes_with(controllers)}"


def remove_while_there(title: str, names: Sequence[str]) -> str:
    """Nobody is there to take it away."""
    if not names:
        return f"nothing in this environment takes it away: delete {title}, and look that it is gone"
    return f"delete {title} while {' and '.join(names)} still runs, and wait until it is gone"


def protected(setting: str, annotation: str) -> str:
    """Whatever its controller does."""
    return f"AWS refuses to delete it: {setting} out of {annotation}, applied before"


def delete_claims(namespace: str, claims: Sequence[str]) -> str:
    """A StatefulSet leaves its claims."""
    return f"after the stack: kubectl --namespace {namespace} delete pvc {' '.join(claims)}"


def delete_volumes(claim: str) -> str:
    """A volume that its class keeps."""
    return f"{claim}: its class keeps the volume (Retain): delete it when nobody needs what is on it"


def volumes_stay(name: str) -> str:
    """Volumes of a class that keeps them."""
    return f"volumes of the class {name} stay when their claims go, as reclaimPolicy is Retain"


def delete_records(flags: Sequence[str], hosts: Sequence[str]) -> str:
    """Records that a controller never deletes."""
    return f"its controller deletes none ({', '.join(flags)}): delete {', '.join(hosts)} and what says who owns them"


def helm_keeps(count: int, kinds: Sequence[str]) -> str:
    """Objects that stay in the cluster."""
    objects = "1 object stays" if count == 1 else f"{count} objects stay"
    return f"{objects} in the cluster, as Helm is told to keep them: {', '.join(kinds)}"


def said_at_apply(argument: str) -> str:
    """An argument that the plan does not know."""
    return f"{argument} is known only after apply"


def class_unknown(name: str) -> str:
    """A class that no stack brings."""
    return f"its class {name or '(the default)'} is brought by no stack: what becomes of it is not known"


def not_rendered(why: str) -> str:
    """A release without objects."""
    return f"its objects are not known: {why}"
