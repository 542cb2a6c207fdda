"""What each module's complete example makes, down to the last value, as a file that a reviewer reads as a diff.

The other tests of a module say what matters, and why. This one says whether anything else changed: an argument left
out, a number made another, an order that Terraform was told.
`pytest tests/modules/test_planned_values.py --snapshot-update` writes it anew; what then stands in the diff is what
every user of the module gets.
"""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.modules.complete import COMPLETE, applied, built
from tests.modules.described import described
from tests.support.planning import PROJECT


class Yaml(SingleFileSnapshotExtension):
    """One file an example."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


def test_every_module_has_a_complete_example_here() -> None:
    folders = {path.parent.name for path in PROJECT.glob("modules/*/*/module.py")}
    assert set(COMPLETE) == folders
    assert {name: it.kind.name for name, it in COMPLETE.items()} == {name: name for name in folders}


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_everything_made_stays_what_it_is(
    name: str, tmp_path_factory: pytest.TempPathFactory, snapshot: SnapshotAssertion
) -> None:
    folder, document = built(name)
    text = described(applied(name, tmp_path_factory), document, folder, counted_from=COMPLETE[name].counted_from)
    assert text == snapshot(extension_class=Yaml)
