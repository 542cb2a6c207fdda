"""The generated tables of a README."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.charts import chart
from groundplan.framework import Inputs, Outputs, Rule, field, output
from groundplan.framework.types import PassedThrough
from groundplan.publish.readme import END, stale, with_tables
from groundplan.publish.tables import crds, inputs, outputs, requirements, resources


class Part(Inputs):
    """A part | of it."""

    size: Literal[1, 2] = field("how large", default=1)


class Whole(Inputs):
    """All of it."""

    name: str = field("prefix, by custom <environment>-name", max_length=9)
    parts: dict[str, list[Part]] = field("its parts, as move_data and [links] see them", default={})
    part: Part | None = field("one more", default=None)
    ways: list[Literal["a|b", "c"]] = field("ways `a|b` goes", default=["c"])
    values: dict[str, PassedThrough] = field("further values", default={})
    secret: str = field("never shown", default="hidden away", sensitive=True)

    rules = (Rule("name", lambda v: v.name != "x", "must not be x_y"),)


class Told(Outputs):
    """Results."""

    arn: str | None = output("its ARN")
    word: str = output("a word", sensitive=True)


def cells(table: str, name: str) -> list[str]:
    (row,) = [line for line in table.splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.strip().replace("\0", "|") for cell in row.replace("\\|", "\0").strip("|").split("|")]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("name", ["string", "**required**", "Prefix, by custom &lt;environment>-name.", "at most 9 characters"]),
        (
            "parts",
            ["map of list of [Part](#type-part)", "`{}`", r"Its parts, as `move_data` and \[links\] see them.", ""],
        ),
        ("part", ["[Part](#type-part)", "`null`", "One more.", ""]),
        ("ways", ["list of string", '`["c"]`', "Ways `a|b` goes.", 'each one of `"a|b"`, `"c"`']),
        ("values", ["any", "`{}`", "Further values.", ""]),
        ("secret", ["string", "set", "Never shown.", "never shown"]),
    ],
)
def test_a_setting_has_a_row_with_its_type_its_default_its_sentence_and_its_rules(name: str, row: list[str]) -> None:
    assert cells(inputs(Whole), name)[1:] == row


def test_a_nested_class_has_one_table_of_its_own_however_often_it_is_used() -> None:
    text = inputs(Whole)
    assert text.count("### Type Part\n\nA part | of it.\n") == 1
    assert cells(text, "size") == ["`size`", "whole number", "`1`", "How large.", "one of `1`, `2`"]


def test_what_terraform_does_with_a_misspelled_nested_setting_is_said_where_there_are_some() -> None:
    class Flat(Inputs):
        """No nested settings."""

        name: str = field("a name")

    assert inputs(Whole).count("drops a misspelled optional attribute of a nested type without a word") == 1
    assert "misspelled" not in inputs(Flat)


def test_rules_between_settings_stand_below_their_table() -> None:
    assert "\n- `name` must not be `x_y`.\n" in inputs(Whole)


def test_a_nested_class_of_outputs_has_a_table_unless_the_inputs_have_it() -> None:
    class Issued(Outputs):
        """What others name."""

        parts: dict[str, Part] = output("parts by name")

    text = outputs(Issued)
    assert cells(text, "parts")[1] == "map of [Part](#type-part)"
    assert text.count("### Type Part\n\nA part | of it.\n\n| Name | Type | What it is |") == 1
    assert "### Type" not in outputs(Issued, known=[Part])


def test_outputs_say_whether_they_may_be_null_and_are_sensitive() -> None:
    assert cells(outputs(Told), "arn") == ["`arn`", "string", "Its ARN. May be null."]
    assert cells(outputs(Told), "word")[1] == "string, sensitive"


def test_requirements_name_terraform_and_every_provider() -> None:
    provider = {"helm": {"source": "hashicorp/helm", "version": ">= 3.1.1"}}
    table = requirements({"terraform": {"required_version": ">= 1.9.0", "required_providers": provider}})
    assert "| Terraform | `>= 1.9.0` |\n| Provider `hashicorp/helm` | `>= 3.1.1` |\n" in table


def test_resources_say_which_inputs_repeat_them() -> None:
    document = {
        "resource": {
            "aws_s3_bucket": {"a": {}, "b": {"count": "${var.on ? 1 : 0}"}, "c": {"for_each": "${local.names}"}},
            "aws_kms_key": {"d": {"for_each": "${{for k, v in var.keys : k => v if var.keys[k].own}}"}},
        },
        "data": {"aws_region": {"current": {}}},
    }
    table = resources(document)
    assert [cells(table, f"aws_s3_bucket.{name}")[1] for name in "abc"] == ["once", "none or one, by `on`", "by name"]
    assert cells(table, "aws_kms_key.d")[1] == "by name, from `keys`"
    assert cells(table, "data.aws_region.current")[1] == "once"


def test_what_a_person_runs_for_definitions_that_helm_leaves_is_of_the_charts_own_version() -> None:
    def released(name: str, **more: Any) -> dict[str, Any]:
        locked = chart(name)
        return {"repository": locked.repository, "chart": locked.chart, "version": locked.version, **more}

    def document(**releases: dict[str, Any]) -> dict[str, Any]:
        return {"resource": {"helm_release": releases}}

    kong = chart("kong")
    others = {"c": released("vault"), "d": released("kong", version="0.1.0")}
    text = crds(document(a=released("kong"), b=released("kong"), **others))
    place = f"--repo https://charts.konghq.com --version {kong.version}"
    command = f"helm show crds kong {place} | kubectl apply --server-side --force-conflicts -f -"
    assert text == f"For kong {kong.version}:\n\n```sh\n{command}\n```\n"
    registry = crds(document(a=released("karpenter")))
    assert "helm show crds oci://public.ecr.aws/karpenter/karpenter --version" in registry
    # another release has these in its templates
    assert crds(document(a=released("karpenter", skip_crds=True))) == crds({}) == "None.\n"


def test_a_module_without_outputs_says_so() -> None:
    class Nothing(Outputs):
        """None."""

    assert outputs(Nothing) == "None.\n"


MARKED = f"# A\n\n<!-- groundplan:inputs -->\n{END}\n\nprose\n\n<!-- groundplan:outputs -->\nold\n{END}\n\nend\n"


@given(st.text(alphabet="ab |`\n#", max_size=30), st.text(alphabet="ab |`\n#", max_size=30))
def test_writing_tables_twice_is_writing_them_once_and_touches_nothing_else(first: str, second: str) -> None:
    tables = {"inputs": first, "outputs": second, "resources": "not there"}
    text = with_tables(MARKED, tables)
    assert with_tables(text, tables) == text
    assert stale(text, tables) == []
    assert text.startswith("# A\n\n<!-- groundplan:inputs -->")
    assert text.endswith(f"{END}\n\nend\n")
    assert f"{END}\n\nprose\n\n<!-- groundplan:outputs -->" in text


def test_only_the_tables_that_differ_are_stale() -> None:
    tables = {"inputs": "one", "outputs": "two"}
    assert stale(with_tables(MARKED, {**tables, "outputs": "three"}), tables) == ["outputs"]
