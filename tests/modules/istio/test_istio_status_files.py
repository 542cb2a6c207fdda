"""The status report: how many pods control planes and gateways miss, from what kubectl says."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/mesh/istio/files/status.sh"


def test_what_is_missing_is_told_of_each_and_of_none_in_half(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.fake("kubectl", '[ -f "$HERE/$5" ] || { echo "connection refused" >&2; exit 1; }; cat "$HERE/$5"')
    said = {"whole": "3 3", "half": "3 1", "none": "3 ", "rolling": "2 3", "stopped": "0 ", "gone": ""}
    for name, text in said.items():
        (tmp_path / name).write_text(text)
    metrics = tmp_path / "metrics.json"
    every = " ".join(f"mesh/{name}" for name in said)

    done = shell.run(SCRIPT, CLUSTER="prod", DEPLOYMENTS=every, METRICS_FILE=str(metrics))

    assert done.returncode == 0, done.stderr
    found = {each["Dimensions"][1]["Value"]: each["Value"] for each in json.loads(metrics.read_text())}
    assert found == {
        "mesh/whole": 0,
        "mesh/half": 2,
        "mesh/none": 3,
        "mesh/rolling": 0,
        "mesh/stopped": 1,
        "mesh/gone": 1,
    }
    metrics.unlink()
    done = shell.run(SCRIPT, CLUSTER="prod", DEPLOYMENTS="mesh/whole mesh/away", METRICS_FILE=str(metrics))
    assert done.returncode != 0
    assert "connection refused" in done.stderr
    assert not metrics.exists()
