"""Projects to measure: the real one, copies of it to edit, and ones with many environments."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection
from pathlib import Path

from .processes import PROJECT

__all__ = ["FIVE_FAMILIES", "copy", "count_resources", "edit_module", "edit_setting", "many"]

FIVE_FAMILIES = frozenset({"alerting", "certificates", "cluster", "dns", "secrets"})
"""Of the platform's families five that need no other one."""

_ENVIRONMENTS = """
from pathlib import Path

import modules  # what it imports is prepared
from environments import PLATFORM
from environments.prod import PROD
from groundplan.synth.project import main

OTHERS = [family.name() for family in PLATFORM.families if family.name() not in {families!r}]


def copy(number):
    account = f"{{444400000000 + number}}"
    own = PROD.account_id, account
    return PROD.but(
        name=f"prod-{{number:03}}",
        twin_of="prod",
        without=OTHERS,
        account_id=account,
        permissions_boundary_arn=PROD.permissions_boundary_arn.replace(*own),
        cluster=PROD.cluster.but(oidc_provider_arn=PROD.cluster.oidc_provider_arn.replace(*own)),
    )


main(PLATFORM.compose, [copy(number) for number in range({count})], project=Path({project!r}))
"""


def copy(target: Path, families: Collection[str] = ()) -> Path:
    """The project, with these families alone if there are any, and without groundplan: that is where it is."""
    for name in ("environments", "modules", "policies"):
        shutil.copytree(PROJECT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("main.py", "cdktf.json"):
        shutil.copy(PROJECT / name, target / name)
    for file in (target / "environments").glob("*/*.py"):
        if families and file.stem not in {"__init__", *families}:
            file.unlink()
    return target


def many(target: Path, count: int) -> Path:
    """A project of `count` copies of prod with five families, each in an account of its own."""
    target.mkdir()
    shutil.copy(PROJECT / "cdktf.json", target)
    shutil.copytree(PROJECT / "policies", target / "policies")
    main = _ENVIRONMENTS.format(count=count, families=sorted(FIVE_FAMILIES), project=str(PROJECT))
    (target / "main.py").write_text(main)
    return target


def edit_setting(project: Path) -> None:
    """Makes prod's Vault volumes one GiB larger than they are."""
    file = project / "environments" / "prod" / "secrets.py"
    changed, times = re.subn(
        r"data_volume_gib=(\d+)", lambda found: f"data_volume_gib={int(found[1]) + 1}", file.read_text()
    )
    if times != 1:
        raise RuntimeError(f"{file.name} sets data_volume_gib {times} times: edit another setting here")
    file.write_text(changed)


def edit_module(project: Path) -> None:
    """Adds a line to a module, which is built again for it."""
    with (project / "modules" / "backup" / "velero" / "module.py").open("a") as file:
        file.write("\n# edited\n")


def count_resources(project: Path) -> tuple[int, int]:
    """The stacks and the managed resources of a project's plans."""
    plans = [path for path in (project / "out" / "plans").glob("*.json") if not path.name.endswith(".meta.json")]
    changes = [change for path in plans for change in json.loads(path.read_bytes())["resource_changes"]]
    return len(plans), sum(change["mode"] == "managed" for change in changes)
