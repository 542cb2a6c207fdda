"""Every constraint that a setting has gives one verdict and prints one text in Python and in Terraform.

The values are generated: what a constraint asks for, and the same with a character more, in another case, in a
character that only looks alike. Terraform judges all of them in one plan.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import modules
from groundplan.framework import constraints, cron, regular_expressions, types
from groundplan.framework.constraints import Constraint, OneOf, Pattern, composed
from groundplan.framework.inputs import Inputs
from groundplan.framework.shapes import MapOf, Number, Shape, Text, shape_of, walk
from groundplan.plan import plan_all
from groundplan.plan.diagnostics import unescaped
from tests.support.planning import SEATS

CHARACTERS = [*"\n \t\v<-0", "\u00a0", "\u212a", "\u037e", "e\u0301", "\uff11", "\u2028", "\U0001f468\u200d\U0001f469"]
SCHEDULES = """
0 2 * * *; 08 2 * * *; */5 * * * *; @daily; 0 2 29 2 *; 0 2 31 2 *; 0 2 30 FEB *; 0 2 30-31 2 *; 0 2 31 4,JUN *;
0 2 31 4,5 *; 0 2 31 2 MON; 0 20-4 * * *; 0 2 * * FRI-MON; 0 2 * * MON-FRI; 0 2 * DEC-JAN *; 0 2 * * 5-MON;
cron(0 5 ? * * *); cron(0 5 31 2 ? *); cron(0 5 31W JUN ? *); cron(0 5 30 4 ? *); rate(1 day); rate(01 days)
"""
NETWORKS = """
10.0.0.0/16; 010.0.0.0/8; 10.0.0.0/08; 0.0.0.0/0; 10.0.0.0; ::ffff:10.0.0.0/104; 10.0.0.1/32; 10.0.0.0/33; 1.2.3/8
"""
EXPRESSIONS = r"(?:v.+|main); v.+|main; ^(?!v).*; (?:a|b)|c; a\|b; [a|b; [[:alpha:]|]; (a)\1; a++; x{1001}; \Qa|b; \Z"
TEXTS = ["", *(text.strip() for text in f"{SCHEDULES};{NETWORKS};{EXPRESSIONS}".split(";"))]
NUMBERS = [0, 1, -1, 2.5, 3.0, -3, 1e21, 1e-7, 0.1, 10**400, 2**63, -0.0, 36, 35, 1e300, 5e-324]
FITTING = st.characters(max_codepoint=126)
AT_ONCE = 8
"""So many expressions have their texts drawn in one go: three quarters of the time, and more different texts."""
LISTS = [[], ["a"], ["a", "a"], ["\u212a", "K"], ["a", "A"], ["e\u0301", "\u00e9"], ["1", "01"]]


def _declarations() -> Iterator[type[Inputs]]:
    for module in pkgutil.walk_packages(modules.__path__, "modules."):
        if ".files" not in module.name:
            for found in vars(import_module(module.name)).values():
                if isinstance(found, type) and issubclass(found, Inputs) and found.__module__ == module.name:
                    yield found


def _shapes() -> Iterator[Shape]:
    for declaration in _declarations():
        for field in declaration.fields():
            for shape in walk(field.shape):
                yield shape
                if isinstance(shape, MapOf):
                    yield shape.key
    for name in types.__all__:
        try:
            yield shape_of(getattr(types, name), owner="types", name=name)
        except TypeError:
            assert name == "PassedThrough"


def _kind(shape: Shape) -> str:
    return "text" if isinstance(shape, Text) else "number" if isinstance(shape, Number) else "collection"


@cache
def _in_use() -> list[tuple[str, Constraint]]:
    """Every constraint that a setting has, and a few more, each with the kind of value that it is asked of."""
    found = dict.fromkeys((_kind(shape), rule) for shape in _shapes() for rule in shape.constraints)
    more = (constraints.Odd(), constraints.Range(low=1), constraints.Range(0.1, 1e21))
    return list(found | dict.fromkeys(("number", rule) for rule in more))


def _drawn(strategies: Sequence[st.SearchStrategy[Any]], examples: int, size: int) -> list[list[Any]]:
    """Values of each strategy, the same on every run; many in one example, which costs more than its values."""
    found: list[list[Any]] = [[] for _ in strategies]

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(st.tuples(*(st.lists(each, min_size=size, max_size=size) for each in strategies)))
    def collect(drawn: tuple[list[Any], ...]) -> None:
        for values, more in zip(found, drawn, strict=True):
            values.extend(more)

    collect()
    return found


@cache
def _odd_texts() -> list[str]:
    """What no rule is about: texts of odd characters, and any others."""
    odd = st.lists(st.sampled_from(CHARACTERS) | st.sampled_from("ab")).map("".join)
    (found,) = _drawn([odd | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)], 40, 10)
    return found


def _expression(rule: Constraint) -> str | None:
    """The regular expression that a rule asks for, by itself or among other things."""
    pattern = rule if isinstance(rule, Pattern) else getattr(rule, "_pattern", None)
    return pattern.expression if pattern is not None else None


@cache
def _fitting() -> dict[str, list[str]]:
    """Texts for every expression that a rule asks for."""
    expressions = list(dict.fromkeys(filter(None, (_expression(rule) for _, rule in _in_use()))))
    found: dict[str, list[str]] = {}
    for start in range(0, len(expressions), AT_ONCE):
        some = expressions[start : start + AT_ONCE]
        strategies = [st.from_regex(each, fullmatch=True, alphabet=FITTING) for each in some]
        found |= zip(some, _drawn(strategies, 3, 3), strict=True)
    return found


def _texts(rule: Constraint, chance: Random) -> list[str]:
    expression = _expression(rule)
    right = chance.sample(TEXTS, 8)
    if expression is not None:
        right += _fitting()[expression]
    if isinstance(rule, OneOf):
        right += [str(each) for each in chance.choices(rule.allowed, k=4)]
    return [
        *right,
        *(f"{chance.choice(right)}{chance.choice(CHARACTERS)}" for _ in range(8)),
        *(f"{chance.choice(CHARACTERS)}{chance.choice(right)}" for _ in range(8)),
        *(chance.choice(right).swapcase() for _ in range(6)),
        *(chance.choice(right).replace("K", "\u212a").replace("1", "\uff11") for _ in range(6)),
        *chance.sample(_odd_texts(), 14),
    ]


def _values(kind: str, rule: Constraint, chance: Random) -> list[Any]:
    if kind == "number":
        return [*NUMBERS, *(rule.allowed if isinstance(rule, OneOf) else ())]
    if kind == "collection":
        return [*LISTS, *([str(number) for number in range(size)] for size in (2, 3, 5, 50, 101))]
    return _texts(rule, chance)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Constraint, Any, bool, str]]:
    """Every constraint in use with its values, and what Terraform thinks of them and would print."""
    folder = tmp_path_factory.mktemp("verdicts")
    stack = folder / "synth" / "stacks" / "test"
    stack.mkdir(parents=True)
    values = [(rule, _values(kind, rule, Random(index))) for index, (kind, rule) in enumerate(_in_use())]
    # many rules are given the same values, and most print them alike: what was asked once is not asked again
    conditions: dict[str, dict[str, bool]] = {}
    shown: dict[str, dict[str, str]] = {}
    for rule, each in values:
        texts = [json.dumps(value) for value in each]
        conditions.setdefault(rule.condition("v"), {}).update(dict.fromkeys(texts, False))
        shown.setdefault(rule.shown_expression("v"), {}).update(dict.fromkeys(texts, ""))
    outputs = {}
    for name, asked in (("verdict", conditions), ("shown", shown)):
        for index, (expression, answers) in enumerate(asked.items()):
            (stack / f"{name}_{index}.json").write_text(f"[{','.join(answers)}]", encoding="utf-8")
            read = f'jsondecode(file("${{path.module}}/{name}_{index}.json"))'
            # a text of digits is planned and shown in less time than a list of as many answers
            told = f'join("", [for v in {read} : ({expression}) ? "1" : "0"])'
            outputs[f"{name}_{index}"] = {
                "value": f"${{{told}}}" if name == "verdict" else f"${{[for v in {read} : {expression}]}}"
            }
    (stack / "cdk.tf.json").write_text(json.dumps({"output": outputs}))
    report = plan_all(folder / "synth", folder / "out", jobs=1, seats=SEATS)
    changes = json.loads(report.plans["test"].read_bytes())["output_changes"]
    for index, verdicts in enumerate(conditions.values()):
        said = changes[f"verdict_{index}"]["after"]
        verdicts.update(zip(verdicts, (digit == "1" for digit in said), strict=True))
    for index, texts_shown in enumerate(shown.values()):
        texts_shown.update(zip(texts_shown, changes[f"shown_{index}"]["after"], strict=True))
    return [
        (rule, value, conditions[rule.condition("v")][text], shown[rule.shown_expression("v")][text])
        for rule, each in values
        for value, text in ((value, json.dumps(value)) for value in each)
    ]


def test_terraform_and_python_give_one_verdict_on_every_value(asked: list[tuple[Constraint, Any, bool, str]]) -> None:
    assert len(asked) > 1000
    differing = [
        f"{rule}: {value!r} is {'right' if verdict else 'wrong'} in Terraform alone"
        for rule, value, verdict, _ in asked
        if rule.accepts(composed(value)) is not verdict
    ]
    assert differing == []


def test_terraform_and_python_print_every_value_alike(asked: list[tuple[Constraint, Any, bool, str]]) -> None:
    # a message's text reaches a person as the plan tells it
    printed = [(rule, value, unescaped(shown)) for rule, value, _, shown in asked]
    differing = [(value, rule.shown(value), shown) for rule, value, shown in printed if rule.shown(value) != shown]
    assert differing == []


def test_an_editor_marks_the_numbers_that_python_refuses_and_no_other(
    asked: list[tuple[Constraint, Any, bool, str]],
) -> None:
    """JSON Schema has words for all that is asked of numbers; what is beyond a double, no editor reads exactly."""
    numbers = [(rule, value) for rule, value, *_ in asked if isinstance(value, (int, float)) and abs(value) < 2**53]
    assert {type(rule) for rule, _ in numbers} >= {
        constraints.Odd,
        constraints.OneOf,
        constraints.Range,
        constraints.Whole,
    }
    differing = [
        (rule, value)
        for rule, value in numbers
        if Draft202012Validator({"allOf": [rule.json_schema(), constraints.Whole().json_schema()]}).is_valid(value)
        is not (rule.accepts(value) and constraints.Whole().accepts(value))
    ]
    assert differing == []


def test_no_kind_of_constraint_is_left_out() -> None:
    kinds = {
        found
        for room in (constraints, cron, regular_expressions)
        for found in vars(room).values()
        if isinstance(found, type) and issubclass(found, Constraint) and not getattr(found, "__abstractmethods__", None)
    }
    assert {type(rule) for _, rule in _in_use()} == kinds
