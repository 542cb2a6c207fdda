"""`aws_iam_policy_document`, which the provider computes without asking AWS: the same JSON, byte for byte.

https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/iam_policy_document tells how documents
merge; how values are sorted and flattened is in
https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/policy_model.go
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from groundplan.values import ConfigProblem

from .. import errors

__all__ = ["PolicyProblem", "policy_document"]

# A statement's elements in the order in which the provider writes them.
_ORDER = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)
# Go's encoder escapes them so that JSON may stand inside HTML: https://pkg.go.dev/encoding/json#Marshal
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


class PolicyProblem(Exception):
    """Why the provider would refuse the document, as `problem`."""

    def __init__(self, problem: ConfigProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def policy_document(config: Mapping[str, Any]) -> dict[str, Any]:
    """`json`, `minified_json` and `id` of a configuration that is wholly known and has its defaults.

    Raises PolicyProblem for what the provider refuses: a Sid twice, a document that is none.
    """
    merged = _Document()
    sids: set[str] = set()
    for index, text in enumerate(config.get("source_policy_documents") or ()):
        path = ("source_policy_documents", index)
        document = _parsed(path, text)
        for sid in document.sids():
            if sid in sids:
                raise PolicyProblem(errors.sid_twice(path, sid))
            sids.add(sid)
        merged.merge(document)
    merged.merge(_own(config))
    for index, text in enumerate(config.get("override_policy_documents") or ()):
        merged.merge(_parsed(("override_policy_documents", index), text))
    whole = merged.to_json()
    text = json.dumps(whole, indent=2, ensure_ascii=False).translate(_ESCAPED)
    return {
        "json": text,
        "minified_json": json.dumps(whole, separators=(",", ":"), ensure_ascii=False).translate(_ESCAPED),
        "id": str(zlib.crc32(text.encode())),
    }


class _Document:
    """A policy as the provider holds it while it merges others into it."""

    def __init__(self, version: str = "", policy_id: str = "", statements: Iterable[dict[str, Any]] = ()) -> None:
        self._version = version
        self._id = policy_id
        self._statements = list(statements)

    def sids(self) -> list[str]:
        return [statement["Sid"] for statement in self._statements if statement.get("Sid")]

    def merge(self, other: _Document) -> None:
        """Takes the other's statements, each in the place of one with its Sid; the later version and id win."""
        self._id = other._id or self._id
        self._version = max(self._version, other._version)
        for statement in other._statements:
            sid = statement.get("Sid")
            known = [each.get("Sid") for each in self._statements]
            if sid and sid in known:
                self._statements[known.index(sid)] = statement
            else:
                self._statements.append(statement)

    def to_json(self) -> dict[str, Any]:
        found = {"Version": self._version, "Id": self._id, "Statement": self._statements}
        return {name: value for name, value in found.items() if value}


def _statement(elements: Mapping[str, Any]) -> dict[str, Any]:
    """The elements that are there, in their order; empty texts and principals count as absent."""
    found = {name: elements.get(name) for name in _ORDER}
    leave_out = ("Sid", "Effect", "Principal", "NotPrincipal", "Condition")
    return {name: value for name, value in found.items() if value is not None and not (name in leave_out and not value)}


def _own(config: Mapping[str, Any]) -> _Document:
    version = str(config.get("version") or "")
    statements = []
    seen: set[str] = set()
    for index, given in enumerate(config.get("statement") or ()):
        path = ("statement", index)
        sid = given.get("sid") or ""
        if sid in seen:
            raise PolicyProblem(errors.sid_twice((*path, "sid"), sid))
        if sid:
            seen.add(sid)

        def replaced(name: str, values: Any, path: tuple[str | int, ...] = path) -> Any:
            return _with_variables((*path, name), values, version)

        statements.append(
            _statement(
                {
                    "Sid": sid,
                    "Effect": given.get("effect"),
                    "Action": _listed(given.get("actions")),
                    "NotAction": _listed(given.get("not_actions")),
                    "Resource": replaced("resources", _listed(given.get("resources"))),
                    "NotResource": replaced("not_resources", _listed(given.get("not_resources"))),
                    "Principal": _principals(
                        (item["type"], replaced("principals", _one_or_sorted(item["identifiers"])))
                        for item in _in_set_order(given.get("principals"), sets=("identifiers",))
                    ),
                    "NotPrincipal": _principals(
                        (item["type"], replaced("not_principals", _one_or_sorted(item["identifiers"])))
                        for item in _in_set_order(given.get("not_principals"), sets=("identifiers",))
                    ),
                    "Condition": _conditions(
                        (item["test"], item["variable"], replaced("condition", [text or "" for text in item["values"]]))
                        for item in _in_set_order(given.get("condition"), sets=())
                    ),
                }
            )
        )
    return _Document(version, str(config.get("policy_id") or ""), statements)


def _parsed(path: tuple[str | int, ...], text: Any) -> _Document:
    """The document of a text. Elements that IAM does not have are dropped, as the provider drops them."""
    if text is None:
        return _Document()
    try:
        document = _members(json.loads(text), ("Version", "Id", "Statement"))
        statements = [] if document["Statement"] is None else document["Statement"]
        if not isinstance(statements, list):
            raise TypeError("Statement is no list")
        return _Document(
            _text(document["Version"]), _text(document["Id"]), [_parsed_statement(each) for each in statements]
        )
    except (ValueError, TypeError) as error:
        raise PolicyProblem(errors.no_policy_document(path, str(error))) from None


def _parsed_statement(value: Any) -> dict[str, Any]:
    found = _members(value, _ORDER)
    found |= {name: _text(found[name]) for name in ("Sid", "Effect")}
    for name in ("Principal", "NotPrincipal"):
        given = found[name]
        if given is None:
            continue
        pairs = {"*": ["*"]} if isinstance(given, str) else given
        if not isinstance(pairs, dict):
            raise TypeError(f"{name} is neither a text nor an object")
        found[name] = _principals((kind, _texts(name, value)) for kind, value in pairs.items())
    condition = found["Condition"]
    if condition is not None:
        if not isinstance(condition, dict) or not all(isinstance(each, dict) for each in condition.values()):
            raise TypeError("Condition is no object of objects")
        found["Condition"] = _conditions(
            (test, variable, [str(value).lower()] if isinstance(value, bool) else _texts("Condition", value))
            for test, variables in condition.items()
            for variable, value in variables.items()
            if isinstance(value, (str, bool, list))
        )
    return _statement(found)


def _members(value: Any, names: Sequence[str]) -> dict[str, Any]:
    """The members of these names, however they are capitalized: so Go reads JSON."""
    if not isinstance(value, dict):
        raise TypeError("a statement or the document itself is no object")
    lower = {str(name).lower(): each for name, each in value.items()}
    return {name: value.get(name, lower.get(name.lower())) for name in names}


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise TypeError("Version, Id, Sid and Effect are texts")
    return value or ""


def _texts(name: str, value: Any) -> str | list[str]:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"{name} holds something else than texts")
    return value


def _listed(values: Sequence[str] | None) -> str | list[str] | None:
    return _one_or_sorted(values) if values else None


def _one_or_sorted(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _with_variables(path: tuple[str | int, ...], values: Any, version: str) -> Any:
    """`&{...}` as `${...}`: Terraform would take the latter for its own. The older version has no variables."""
    if isinstance(values, list):
        return [_with_variables(path, value, version) for value in values]
    if not isinstance(values, str):
        return values
    if version == "2008-10-17" and "&{" in values:
        raise PolicyProblem(errors.variable_in_old_version(path, values))
    return values.replace("&{", "${")


def _principals(pairs: Iterable[tuple[str, str | list[str]]]) -> Any:
    """Identifiers by type, one alone as a text; everybody at all is `"*"` itself."""
    given = list(pairs)
    if len(given) == 1 and given[0] in (("*", "*"), ("*", ["*"])):
        return "*"
    found: dict[str, str | list[str]] = {}
    for kind, identifiers in given:
        new = sorted(identifiers, reverse=True) if isinstance(identifiers, list) else identifiers
        before = found.get(kind)
        if before is None:
            found[kind] = new
        else:
            found[kind] = [each for part in (before, new) for each in ([part] if isinstance(part, str) else part)]
    return dict(sorted(found.items()))


def _conditions(triples: Iterable[tuple[str, str, str | list[str]]]) -> Any:
    """Values by variable by test, in their order; one alone as a text."""
    found: dict[str, dict[str, Any]] = {}
    for test, variable, values in triples:
        found.setdefault(test, {}).setdefault(variable, []).extend([values] if isinstance(values, str) else values)
    return {
        test: {name: values[0] if len(values) == 1 else values for name, values in sorted(variables.items())}
        for test, variables in sorted(found.items())
    }


def _in_set_order(items: Sequence[Mapping[str, Any]] | None, *, sets: Sequence[str]) -> list[Mapping[str, Any]]:
    """The blocks of a set in the order in which the provider's SDK walks them: by the text of their hash.

    It shows where two blocks speak of one type of principal, or of one condition key.
    https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/schema/serialize.go
    """

    def code(text: str) -> str:
        return str(zlib.crc32(text.encode()))

    def written(name: str, value: Any) -> str:
        if isinstance(value, str) or value is None:
            return f"{value or ''};"
        members = [f"{each or ''};" for each in value]
        if name in sets:
            return "{" + "".join(sorted(members, key=code)) + "};"
        return "(" + "".join(members) + ");"

    return sorted(
        items or (), key=lambda item: code("".join(f"{key}:{written(key, item[key])}" for key in sorted(item)))
    )
