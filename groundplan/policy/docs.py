"""What is generated from the rules: a page each in docs/rules/, Terraform Cloud's policies.hcl, and the bad plan."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from .examples import selftest_document
from .findings import Severity
from .judging import SELFTEST_FILE
from .metadata import RuleFile, read_rules

__all__ = ["policies_hcl", "render_docs", "selftest_json", "write_generated"]

_PAGES = "rules"
_REFERENCE_ONLY = re.compile(r"^\$\{([^}]+)\}$")
_INTRODUCTION = """\
# Rules

What the policies want, a page a rule. Generated from the METADATA of the rules below policies/: change it there.
`avoid` is denied by the rule and `prefer` is not; both are judged in the tests. How to add a rule:
[policies/README.md](../../policies/README.md).

Every rule may answer three ways: fine, denied, or unknown, when the plan does not say yet. Rules that speak of
production count every environment that parameters/environments does not list as production.
"""
# Query, enforcement level, and what it lists: five, which is what Terraform Cloud's free edition takes.
_QUERIES = (
    ("blocker", "mandatory", "Findings of severity blocker"),
    ("critical", "mandatory", "Findings of severity critical"),
    ("major", "mandatory", "Findings of severity major"),
    ("minor", "advisory", "Findings of severity minor and info"),
    ("unknown", "advisory", "What the plan does not say yet"),
)


def render_docs(policies: Path) -> dict[str, str]:
    """The rules' pages by their path below docs/: `rules/README.md`, and `rules/<category>/<rule>.md` for each rule.

    Raises BadInput naming every incomplete METADATA block.
    """
    files = read_rules(policies)
    index = [_INTRODUCTION]
    for category, members in groupby(files, key=lambda item: item.rule.id.split("/")[0]):
        index.append(f"\n## {category}\n\n| rule | severity | what it wants |\n|---|---|---|\n")
        index += [
            f"| [{item.rule.id}]({item.rule.id}.md) | {item.rule.severity} | {item.rule.title} |\n" for item in members
        ]
    return {f"{_PAGES}/README.md": "".join(index)} | {f"{_PAGES}/{item.rule.id}.md": _page(item) for item in files}


def policies_hcl() -> str:
    """policies/policies.hcl for a Terraform Cloud policy set: https://developer.hashicorp.com/terraform/cloud-docs/policy-enforcement/manage-policy-sets/opa-vcs."""
    blocks = [
        f'policy "{name}" {{\n'
        f'  query             = "data.main.{name}"\n'
        f'  enforcement_level = "{level}"\n'
        f'  description       = "{description}"\n'
        "}\n"
        for name, level, description in _QUERIES
    ]
    return "# Generated. All rules stand behind these queries: a new rule needs no line here.\n" + "\n".join(blocks)


def selftest_json(policies: Path) -> str:
    """policies/selftest/bad_plan.json: every rule's `avoid` example in one plan."""
    return json.dumps(selftest_document(read_rules(policies)), indent=1, sort_keys=True) + "\n"


def write_generated(policies: Path, docs: Path) -> tuple[Path, ...]:
    """Writes all of it anew and returns the paths; `docs` is the documentation's folder.

    docs/rules/ holds nothing else: the page of a rule that is gone goes too.
    """
    written = {docs / path: text for path, text in render_docs(policies).items()} | {
        policies / "policies.hcl": policies_hcl(),
        policies / SELFTEST_FILE: selftest_json(policies),
    }
    for path in sorted((docs / _PAGES).glob("*/*.md")):
        if path not in written:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(written)


def _page(item: RuleFile) -> str:
    rule = item.rule
    controls = "".join(f"- {control}\n" for control in rule.controls)
    return (
        f"# {rule.id}\n\n{rule.title}. Severity {Severity(rule.severity).value}.\n\n{item.why}\n\n"
        f"**Fix.** {rule.fix}\n\n## Avoid\n\n{_shown(item.avoid)}\n## Prefer\n\n{_shown(item.prefer)}\n"
        f"## Controls\n\n{controls}\n"
        f"Generated from the METADATA of [{item.path}](../../../policies/{item.path}). [All rules](../README.md).\n"
    )


def _shown(example: Mapping[str, Any]) -> str:
    """An example as an HCL reader would write it."""
    settings = {key: example[key] for key in ("waivers", "permits") if key in example}
    lines: list[str] = []
    if "actions" in example:
        lines.append(f"# the plan's actions: {', '.join(example['actions'])}")
    for name, given in example.get("provider", {}).items():
        lines += [f'provider "{name}" {{', *_body(given, "  "), "}"]
    for type_name, attributes in example.get("before", {}).items():
        lines += ["# before", f'resource "{type_name}" "example" {{', *_body(attributes, "  "), "}"]
    if "before" in example:
        lines.append("# after")
    for type_name, attributes in example.items():
        if type_name not in {"actions", "before", "provider", "waivers", "permits"}:
            lines += [f'resource "{type_name}" "example" {{', *_body(attributes, "  "), "}"]
    text = f"```hcl\n{chr(10).join(lines)}\n```\n" if lines else ""
    if settings:
        written = yaml.safe_dump(settings, sort_keys=False).replace("'{in_a_month}'", '"<a day within a year>"')
        text += f"```yaml\n{written}```\n"
    return text


def _body(attributes: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, item in attributes.items():
        if isinstance(item, list) and item and all(isinstance(entry, Mapping) for entry in item):
            for block in item:
                lines += [f"{indent}{key} {{", *_body(block, indent + "  "), f"{indent}}}"]
        else:
            lines.append(f"{indent}{key} = {_value(item, indent)}")
    return lines


def _value(item: Any, indent: str) -> str:
    if isinstance(item, str) and (bare := _REFERENCE_ONLY.match(item)):
        return bare[1]
    if isinstance(item, str) and "\n" in item:
        body = "".join(f"{indent}  {line}\n" for line in item.rstrip("\n").split("\n"))
        return f"<<-YAML\n{body}{indent}YAML"
    if isinstance(item, str) and item.startswith("{"):
        return f"jsonencode({_object(json.loads(item), indent)})"
    if isinstance(item, Mapping):
        return _object(item, indent)
    if isinstance(item, list):
        return f"[{', '.join(_value(entry, indent) for entry in item)}]"
    return json.dumps(item, ensure_ascii=False)


def _object(item: Any, indent: str) -> str:
    if isinstance(item, Mapping):
        inner = "".join(f"{indent}  {_key(key)} = {_object(entry, indent + '  ')}\n" for key, entry in item.items())
        return f"{{\n{inner}{indent}}}"
    if isinstance(item, list):
        return f"[{', '.join(_object(entry, indent) for entry in item)}]"
    return json.dumps(item, ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.isidentifier() else json.dumps(key)
