"""What people read of the rules' findings in a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from groundplan.cli import tables
from groundplan.policy import Verdict
from tests.review.sample_plans import finding, findings


def test_each_finding_says_its_rule_its_line_what_is_wrong_and_how_to_mend_it_and_denials_come_first() -> None:
    found = findings(
        finding("storage/bucket_versioned", "test-a", "aws_s3_bucket.a", verdict=Verdict.WAIVED, source=None),
        finding("storage/bucket_versioned", "test-b", "aws_s3_bucket.b"),
        finding("encryption/encrypted", "test-a", "aws_s3_bucket.a", verdict=Verdict.UNKNOWN),
    )
    shown = io.StringIO()
    Console(file=shown, width=60).print(tables.findings(found))
    assert [line.rstrip() for line in shown.getvalue().splitlines()] == [
        "deny storage/bucket_versioned test-b",
        "(modules/storage/store/module.py:31)",
        "    aws_s3_bucket.b it is wrong",
        "    make it right",
        "",
        "unknown encryption/encrypted test-a",
        "(modules/storage/store/module.py:31)",
        "    aws_s3_bucket.a it is wrong",
        "    make it right",
        "",
        "waived storage/bucket_versioned test-a",
        "    aws_s3_bucket.a it is wrong",
        "    make it right",
        "",
        "2 rules over 2 stacks: 1 deny, 1 unknown, 1 waived",
    ]
