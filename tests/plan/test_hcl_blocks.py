"""The blocks of HCL files, as far as planning needs them before the core reads them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundplan.plan.hcl import blanked, blocks_of

FILE = """
# resource "aws_vpc" "commented" {
/* module "out" {
} */
terraform {
  required_version = ">= 1.9" // at least
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

resource "aws_s3_bucket" "one" {
  bucket = "a-${lookup({ "x" = "}" }, "x")}-$${no}-\\"quoted\\" {"
  tags   = { for k in ["a", "b"] : k => "{" }
  policy = <<-EOT
    resource "aws_vpc" "in_a_heredoc" {
    "${var.x}"
    EOT
  lifecycle { prevent_destroy = true }
}
data "aws_region" "here" {}
module "vpc" { source = "./vpc" }
output computed { value = module.vpc["a"].id }
"""


def test_blocks_are_found_whatever_stands_in_texts_heredocs_and_comments() -> None:
    found = [(block.kind, *block.labels) for block in blocks_of(FILE)]
    assert found == [
        ("terraform",),
        ("resource", "aws_s3_bucket", "one"),
        ("data", "aws_region", "here"),
        ("module", "vpc"),
        ("output", "computed"),
    ]
    settings, bucket, _, module, _ = blocks_of(FILE)
    assert settings.text("required_version") == ">= 1.9"
    (required,) = settings.inside("required_providers")
    assert 'source  = "hashicorp/aws"' in required.attributes["aws"]
    assert module.text("source") == "./vpc"
    assert bucket.text("bucket") is None, "an interpolation is no plain text"
    assert [inner.kind for inner in bucket.blocks] == ["lifecycle"]


def test_a_block_is_blanked_and_every_other_line_stays_where_it_was() -> None:
    rest = blanked(FILE, tuple(block for block in blocks_of(FILE) if block.kind == "resource"))
    assert len(rest) == len(FILE)
    assert rest.count("\n") == FILE.count("\n")
    assert rest.index("data ") == FILE.index("data ")
    assert [block.kind for block in blocks_of(rest)] == ["terraform", "data", "module", "output"]


_NAMES = st.sampled_from(["a", "source", "for_each", "x-y", "T1"])
_TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='"\\$%'), max_size=6)


@given(st.lists(st.tuples(_NAMES, _TEXTS, st.dictionaries(_NAMES, _TEXTS, max_size=3)), max_size=5))
def test_what_is_written_as_blocks_is_read_back(written: list[tuple[str, str, dict[str, str]]]) -> None:
    text = "".join(
        f'{kind} "{label}" {{\n' + "".join(f'  {name} = "{value}"\n' for name, value in values.items()) + "}\n"
        for kind, label, values in written
    )
    read = blocks_of(text)
    assert [(each.kind, *each.labels, {name: each.text(name) for name in each.attributes}) for each in read] == written


@given(st.text(alphabet='ab"{}[]()$%<-=\\\n #/*E', max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    for block in blocks_of(text):
        assert 0 <= block.start < block.end <= len(text)
