"""The attribute names of Terraform types, read from the Python source of the pinned bindings.

Run it to write them anew after the bindings or the mapping changed:

    python tests/checks/bindings_attributes.py > groundplan/plan/checks/data/attributes.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path

MAPPING = Path(__file__).parents[2] / "groundplan" / "plan" / "checks" / "data" / "mapping.json"

_CLASS = re.compile(
    r"^class (\w+)(?:\(\s*([\w.]+),?\s*\))?:\n    def __init__\(\s*self,\s*\*,\s*(.*?)\s*\) -> None:\n"
    r"        (?:'''|\"\"\")(.*?)(?:'''|\"\"\")",
    re.DOTALL | re.MULTILINE,
)
_ARGUMENT = re.compile(r"(?:^|,\s+)(\w+): (.*?)(?: = None)?(?=,\s+\w+: |,?$)", re.DOTALL)
_TERRAFORM_NAME = re.compile(r":param (\w+):.*?#(\w+) \w+#")
_BLOCK = re.compile(r'Union\["?(\w+)"?, typing\.Dict')
_META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners", "timeouts"}


def attribute_paths(type_name: str) -> list[str]:
    """`["rule", "rule.id", ...]` of a type; Terraform's own arguments are left out."""
    provider, _, short = type_name.partition("_")
    package = util.find_spec(f"cdktf_cdktf_provider_{provider}")
    assert package is not None
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0]) / short
    source = (folder / "__init__.py").read_text("utf-8")
    classes = {found[1]: found for found in _CLASS.finditer(source)}
    [top] = [name for name, found in classes.items() if (found[2] or "").endswith(".TerraformMetaArguments")]

    def walk(name: str, prefix: str, above: tuple[str, ...]) -> Iterator[str]:
        terraform_names = dict(_TERRAFORM_NAME.findall(classes[name][4]))
        for argument, annotation in _ARGUMENT.findall(classes[name][3]):
            if not above and argument in _META:
                continue
            path = prefix + terraform_names.get(argument, argument)
            yield path
            nested = _BLOCK.search(annotation)
            if nested and nested[1] in classes and nested[1] not in above:
                yield from walk(nested[1], f"{path}.", (*above, name))

    return sorted(set(walk(top, "", ())))


def every_type() -> dict[str, list[str]]:
    """The attribute paths of every type in the mapping."""
    types = [name for name in json.loads(MAPPING.read_text("utf-8")) if not name.startswith("_")]
    return {name: attribute_paths(name) for name in sorted(types)}


if __name__ == "__main__":
    lines = (f"  {json.dumps(name)}: {json.dumps(paths)}" for name, paths in every_type().items())
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")
