"""Loops inside loops and lists inside lists mean in Terraform what they mean in Python."""

from __future__ import annotations

from groundplan.building import maker
from groundplan.framework import (
    Inputs,
    Rule,
    contains,
    each,
    each_name,
    every,
    expression_of,
    field,
    first_set,
    jsonencode,
    keys,
    some,
    text,
)
from groundplan.framework.checking import problems_of
from groundplan.framework.references import ListReference, MapReference, ObjectReference, reference
from groundplan.framework.shapes import ListOf, ObjectOf, Text
from groundplan.framework.variables import variables
from groundplan.iam import allow, document


def test_a_list_spread_into_another_joins_it() -> None:
    # as the rooms that carry documents take a list apart
    subnets = list.copy(ListReference("var.subnet_arns"))
    assert jsonencode(["a", *subnets, "b"]) == '${jsonencode(concat(["a"], var.subnet_arns, ["b"]))}'
    assert jsonencode([*subnets]) == "${jsonencode(var.subnet_arns)}"


def test_the_resources_of_a_statement_can_be_a_list_that_only_terraform_knows() -> None:
    statement = allow("s3:GetObject", on=ListReference("local.arns"))
    assert "Resource = local.arns" in jsonencode(document(statement))


def test_an_inner_loop_does_not_hide_the_variables_of_the_outer_one() -> None:
    outer = MapReference("var.secrets", ListOf(item=Text()))
    copies = each(outer).document(
        lambda name, regions: each_name(regions).documents(lambda there, _: f"{name}-{there}")
    )
    assert expression_of(copies) == (
        '{for name, item in var.secrets : name => [for name_1, item_1 in toset(item) : "${name}-${name_1}"]}'
    )


def test_loops_one_after_another_have_the_same_variables() -> None:
    names = each_name(ListReference("var.names"))
    first, second = (names.documents(lambda name, _: text("upper", name)) for _ in range(2))
    assert expression_of(first) == expression_of(second) == "[for name, item in toset(var.names) : upper(name)]"


class Secret(Inputs):
    """A secret."""

    superuser: str = field("another one")


class Secrets(Inputs):
    """Secrets that name one another."""

    secrets: dict[str, Secret] = field("by name")

    rules = (
        Rule(
            "secrets",
            lambda v: every(v.secrets, lambda _, s: some(v.secrets, lambda name, _: name == s.superuser)),
            "must name one another",
        ),
        Rule(
            "secrets",
            lambda v: every(v.secrets, lambda _, s: contains(keys(v.secrets), s.superuser)),
            "must be there",
        ),
    )


def test_a_rule_may_look_at_a_map_from_inside_a_loop_over_it() -> None:
    assert problems_of(Secrets(secrets={"a": Secret(superuser="b"), "b": Secret(superuser="a")})) == []
    assert len(problems_of(Secrets(secrets={"a": Secret(superuser="c")}))) == 2
    condition = variables(Secrets)["secrets"]["validation"][-2]["condition"]
    assert condition == (
        "${alltrue([for key_0, value_0 in var.secrets : "
        "anytrue([for key_1, value_1 in var.secrets : (key_1 == value_0.superuser)])])}"
    )


def test_the_first_object_that_is_set_keeps_its_settings() -> None:
    own, shared = (reference(ObjectOf(declaration=Secret), name) for name in ("var.own", "var.shared"))
    chosen = first_set(own, shared)
    assert isinstance(chosen, ObjectReference)
    assert expression_of(chosen.superuser) == "((var.own != null ? var.own : var.shared)).superuser"


class Nested(Inputs):
    """A declaration with a declaration as its default."""

    inner: Secret = field("with a default", default=Secret(superuser="root"))


class Holder(Inputs):
    """Holds the nested ones."""

    nested: dict[str, Nested] = field("by name", default={})


def test_a_declaration_can_be_the_default_of_a_setting_inside_another() -> None:
    wanted = 'map(object({inner = optional(object({superuser = string}), {superuser = "root"})}))'
    assert variables(Holder)["nested"]["type"] == wanted


def test_a_helper_makes_one_part_for_every_entry() -> None:
    part = maker(each(MapReference("var.providers", Text())))
    narrowed = part.also(ListReference("var.x"))
    assert part.entries is not None
    assert part.entries.expression == "var.providers"
    assert narrowed.entries is not None
    assert narrowed.entries.expression == "{for name, item in var.providers : name => item if var.x}"
