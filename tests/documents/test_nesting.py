"""Text that is nested without end ends in words, not the process."""

from __future__ import annotations

import pytest

from groundplan.charts.sources import reading
from groundplan.documents import kubernetes

DEEP = 100_000
TEXTS = ["[" * DEEP, "{a: " * DEEP, "- " * DEEP, "? " * DEEP, "[" * DEEP + "]" * DEEP]
TEXTS.append("".join(f"{' ' * level}a:\n" for level in range(1_500)))


@pytest.mark.parametrize("text", TEXTS)
def test_text_that_is_nested_without_end_is_no_yaml(text: str) -> None:
    for read in (kubernetes.read_yaml, kubernetes.read_manifest, lambda text: reading.read_yaml(text.encode())):
        with pytest.raises(ValueError, match="nested deeper than 1000 levels"):
            read(text)


def test_many_brackets_beside_one_another_are_fine() -> None:
    assert kubernetes.read_yaml("[" + "[], " * 5_000 + "{}]")[-1] == {}
    assert kubernetes.read_yaml("a: " + "[" * 900 + "]" * 900)["a"]
