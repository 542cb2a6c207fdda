"""A test of the published module that needs no account: `terraform test`, with every provider mocked.

tests/complete.tftest.hcl in the package plans tests/complete/: the complete example, with the package itself as source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .sources import local_source

if TYPE_CHECKING:
    from .scenarios import Scenario

__all__ = ["TEST_FILE", "TEST_ROOT", "calls_twice", "trial_of", "write_trial"]

TEST_FILE = "tests/complete.tftest.hcl"
TEST_ROOT = "tests/complete"

_CALL = re.compile(r'^module "([\w-]+)" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
_REPEATED = re.compile(r"^  (for_each|count)\s+=", re.MULTILINE)
_INSTANCES = {"for_each": "values(module.{})", "count": "module.{}", "": "[module.{}]"}
_DATA = re.compile(r'^data "(\w+)"', re.MULTILINE)
_ALIAS = re.compile(r'^provider "(\w+)" \{(?:(?!^\}).)*?^  alias\s*=\s*"(\w+)"', re.MULTILINE | re.DOTALL)
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "aws_caller_identity": {"account_id": "111122223333"},
    "aws_eks_cluster": {"certificate_authority": [{"data": "bm9uZQ=="}], "endpoint": "https://cluster.example.com"},
    "aws_partition": {"dns_suffix": "amazonaws.com", "partition": "aws"},
    "aws_region": {"region": "us-east-1"},
    "gitlab_group": {"group_id": 1, "id": "1"},
    "gitlab_project": {"id": "1"},
}
"""What data sources must answer where a mock's random text would be refused: parts of ARNs, numbers, base64.

https://developer.hashicorp.com/terraform/language/tests/mocking
"""


def write_trial(
    package: Path, module: str, document: Mapping[str, Any], complete: Scenario, outputs: Iterable[str]
) -> None:
    """Puts the test and what it plans into a package: the complete example with all that lies beside its main.tf."""
    for path in complete.files():
        if path.suffix != ".md":
            target = package / TEST_ROOT / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((complete.folder / path).read_bytes())
    (package / TEST_ROOT / "main.tf").write_text(_root(complete.main, module), encoding="utf-8")
    (package / TEST_FILE).write_text(trial_of(module, document, complete.main, outputs), encoding="utf-8")


def _root(example: str, module: str) -> str:
    """The example's main.tf as the test plans it: with the package that the test lies in as the module's source."""
    return example.replace(f'"{local_source(module)}"', '"../.."').replace(f'"{local_source(module)}/"', '"../.."')


def calls_twice(example: str, module: str) -> bool:
    """Whether an example's main.tf has two calls of the module, or one that is repeated."""
    bodies = [body for _, body in _CALL.findall(example) if local_source(module) in body]
    return len(bodies) > 1 or any(_REPEATED.search(body) for body in bodies)


def trial_of(module: str, document: Mapping[str, Any], example: str, outputs: Iterable[str]) -> str:
    """HCL of the test: that the example plans, and that each of its calls tells every one of `outputs`.

    `document` is the module's Terraform JSON, `example` the example's main.tf.
    """
    read = {*document.get("data", {}), *_DATA.findall(example)}
    aliases = sorted(set(_ALIAS.findall(example)))
    used = sorted({*document["terraform"].get("required_providers", {}), *(name for name, _ in aliases)})
    blocks = [_mock(name, read, None) for name in used]
    blocks += [_mock(name, read, alias) for name, alias in aliases]
    promised = json.dumps(sorted(outputs))
    asserted = [
        _assertion(name, promised, found[1] if (found := _REPEATED.search(body)) else "")
        for name, body in _CALL.findall(example)
        if local_source(module) in body
    ]
    run = 'run "complete" {\n  command = plan\n\n  module {\n    source = "./tests/complete"\n  }\n'
    return "# Generated. Needs Terraform 1.11 and no account: terraform init, then terraform test.\n" + "\n".join(
        [*blocks, run + "".join(asserted) + "}\n"]
    )


def _mock(provider: str, read: Iterable[str], alias: str | None) -> str:
    answered = [name for name in sorted(read) if name in _DEFAULTS and name.split("_")[0] == provider]
    parts = [f'  alias = "{alias}"\n'] if alias else []
    for name in answered:
        answers = "".join(
            f"      {key:<{max(map(len, _DEFAULTS[name]))}} = {_hcl(value)}\n" for key, value in _DEFAULTS[name].items()
        )
        parts.append(f'  mock_data "{name}" {{\n    defaults = {{\n{answers}    }}\n  }}\n')
    return f'mock_provider "{provider}" {{{chr(10) if parts else ""}{chr(10).join(parts)}}}\n'


def _hcl(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_hcl, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_hcl(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def _assertion(call: str, promised: str, repeated: str) -> str:
    told = _INSTANCES[repeated].format(call)
    some = f"length({told}) > 0 && " if repeated else ""
    return (
        "\n  assert {\n"
        f"    condition     = {some}alltrue([for it in {told} : length(setsubtract({promised}, keys(it))) == 0])\n"
        f'    error_message = "each module.{call} must tell every output"\n'
        "  }\n"
    )
