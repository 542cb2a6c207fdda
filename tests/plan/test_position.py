"""A diagnostic of a file in HCL leads to the block and the attribute that it is about."""

from __future__ import annotations

import pytest

from groundplan.plan.position import path_in_hcl

TEXT = b"""# caf\xc3\xa9
locals {
  words = ["}", "a"]
}

resource "aws_backup_plan" "daily" {
  name = "d${join("}", [])}aily"

  rule {
    rule_name = "first"
  }

  rule {
    rule_name = "second"

    lifecycle {
      delete_after = 3
    }
  }
  text = <<-EOT
    name = "}"
  EOT
  last = {
    a = 1
  }
}

output "x" { value = 1 }
"""


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (b"words", ("locals", "words")),
        (b'"a"]', ("locals", "words", 1)),
        (b'"}", "a"', ("locals", "words", 0)),
        (b'name = "d', ("resource", "aws_backup_plan", "daily", "name")),
        (b"first", ("resource", "aws_backup_plan", "daily", "rule", 0, "rule_name")),
        (b"3", ("resource", "aws_backup_plan", "daily", "rule", 1, "lifecycle", "delete_after")),
        (b"EOT", ("resource", "aws_backup_plan", "daily", "text")),
        (b"a = 1", ("resource", "aws_backup_plan", "daily", "last")),
        (b"resource", ("resource", "aws_backup_plan", "daily")),
        (b"value", ("output", "x", "value")),
        (b"# caf", ()),
    ],
)
def test_a_place_leads_to_what_stands_there(place: bytes, path: tuple[str | int, ...]) -> None:
    assert path_in_hcl(TEXT, TEXT.index(place)) == path


def test_what_is_no_hcl_has_no_places() -> None:
    assert path_in_hcl(b"resource {{{ =", 3) == ()
    assert path_in_hcl(TEXT, 10_000) == ()
