"""The usage that a module's README shows keeps the module's own rules: it is planned as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from groundplan.publish.modules import find_modules
from groundplan.synth.definitions import Definitions
from tests.support.planning import PROJECT
from tests.support.roots import plan_root

# usages of one call, which refer to nothing else of their reader's root
ALONE = ("gitlab_registry", "service_discovery", "vault")
_FENCED = re.compile(r"^```hcl\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_usages_can_be_planned_as_they_stand(tmp_path: Path) -> None:
    kinds = find_modules(PROJECT, ALONE)
    for kind in kinds:
        text = (PROJECT / "modules" / kind.family / kind.name / "README.md").read_text()
        usage = next(block for block in _FENCED.findall(text) if block.startswith("module "))
        (tmp_path / f"{kind.name}.tf").write_text(usage)
    definitions = Definitions(PROJECT)

    plan = plan_root(tmp_path, {kind.name: definitions.folder(kind) for kind in kinds}, "a/b/c")

    assert len(plan.instances) == len(ALONE)
