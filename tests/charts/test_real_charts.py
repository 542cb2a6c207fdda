"""A second opinion, where `groundplan charts pull --to` has filled a folder: charts say themselves what is locked."""

from __future__ import annotations

import os

import pytest

from groundplan.charts import chart, list_charts
from groundplan.charts.reading import read_chart
from groundplan.charts.sources import archive_at_hand
from groundplan.charts.sources.store import address_in_index, carried_folder, read_index
from groundplan.charts.sources.versions import is_same_version


@pytest.mark.skipif(not os.environ.get("GROUNDPLAN_CHARTS"), reason="GROUNDPLAN_CHARTS names no folder of real charts")
def test_carried_charts_say_what_the_lock_says(capsys: pytest.CaptureFixture[str]) -> None:
    folder = carried_folder()
    assert folder is not None
    carried = read_index(folder)
    compared, differing = [], []
    for name in list_charts():
        locked = chart(name)
        home = address_in_index(locked.repository), locked.chart
        if not any(
            (one.repository, one.chart) == home and is_same_version(one.version, locked.version) for one in carried
        ):
            continue
        archive = archive_at_hand(locked.repository, locked.chart, locked.version, digest=locked.digest)
        assert archive is not None
        read = read_chart(archive.files(), name=name)
        compared.append(name)
        # a chart inside it that the lock's author did not have is read here as well
        inside = {dependency.key for dependency in locked.dependencies if not dependency.is_read}
        values = {path: kind for path, kind in read.values.types.items() if path.partition(".")[0] not in inside}
        if values != dict(locked.value_types):
            differing.append(name)
    with capsys.disabled():
        print(f"{len(compared)} of {len(list_charts())} locked charts were compared")
    assert differing == []
    assert compared
