"""Runs PyPI's Helm for the process that started this one: `python _worker.py`.

The library is Go's runtime behind ctypes: here it may print what it likes, and a fault of it ends this process alone.
The first line out is {"ready": "v4.2.3"} or {"broken": "..."}; then one line of JSON in, one out:
{"open": "/a/vault.tgz"}: {"chart": 1, "defaults": {}}
{"render": 1, "values": "{}", "options": "{}"}: {"templates": {"vault/templates/a.yaml": "..."}, "same": [], "said": ""}
`same` are the templates that make what they made when the chart was rendered first: a megabyte of definitions is told
once. {"refused": "..."} is Helm's own reason why not.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from typing import Any

_SECONDS = 0.5


def main() -> None:
    """Answers requests until standard input ends."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with tempfile.TemporaryFile() as said:
        # Helm prints its warnings by itself
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        try:
            import helm_python
            from helm_python import _native
        except Exception as error:
            _tell(answers, {"broken": f"{type(error).__name__}: {error}"})
            return
        _tell(answers, {"ready": helm_python.helm_sdk_version()})
        charts: list[Any] = []
        first: dict[int, dict[str, str]] = {}
        for line in sys.stdin:
            request = json.loads(line)
            try:
                if "open" in request:
                    chart = helm_python.Chart.load(request["open"])
                    charts.append(chart)
                    _tell(answers, {"chart": len(charts) - 1, "defaults": chart.values})
                    continue
                said.seek(0)
                said.truncate()
                # Chart.render of 0.2.2 does not hand on the cluster's versions, which the function below it takes
                handle = charts[request["render"]]._raw()
                text = _native.call_string("helm_render", handle, request["values"], request["options"])
                said.seek(0)
                warnings = said.read().decode(errors="replace")
                made = json.loads(text)
                known = first.setdefault(request["render"], made)
                same = [] if known is made else [path for path in made if known.get(path) == made[path]]
                for path in same:
                    del made[path]
                _tell(answers, {"templates": made, "same": same, "said": warnings})
            except helm_python.HelmError as error:
                _tell(answers, {"refused": str(error)})


def _tell(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone: nobody waits for the answer any more."""
    while os.getppid() == parent:
        time.sleep(_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
