"""What Terraform says, as people read it."""

from __future__ import annotations

import json

import pytest

from groundplan.plan.diagnostics import read_diagnostics


@pytest.mark.parametrize("value", ["<a> & <b>", "a\\u003cb", "\\\\<", "\\", 'say "<"', "café\n<"])
def test_a_value_of_a_message_is_shown_with_its_own_characters(value: str) -> None:
    """Terraform's jsonencode writes <, > and & by their numbers."""
    encoded = json.dumps(value, ensure_ascii=False)
    for sign in "<>&":
        encoded = encoded.replace(sign, f"\\u{ord(sign):04x}")
    output = json.dumps({"diagnostic": {"summary": "Invalid value", "detail": f"tags: must be short, got {encoded}"}})

    (said,) = read_diagnostics(output)

    assert said.text == f"Invalid value: tags: must be short, got {json.dumps(value, ensure_ascii=False)}"
