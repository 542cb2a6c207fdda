"""The module framework: what a module's author writes with.

from groundplan.framework import Inputs, Module, Outputs, each, field, output, when
"""

from .expressions import (
    all_of,
    any_of,
    any_value,
    calculated,
    choose,
    concat,
    equals,
    first_set,
    fitted,
    flag,
    is_set,
    join,
    map_of_text,
    merged,
    negated,
    not_empty,
    number,
    present,
    text,
    texts,
    unrepeated,
    without_nulls,
)
from .hcl import jsonencode, literal, yamlencode
from .inputs import Inputs, Outputs, field, output
from .module import Module, part_id
from .repetition import dependable, dynamic, each, each_item, each_name, each_pair, when
from .rules import EachRule, Rule

__all__ = [
    "EachRule",
    "Inputs",
    "Module",
    "Outputs",
    "Rule",
    "all_of",
    "any_of",
    "any_value",
    "calculated",
    "choose",
    "concat",
    "dependable",
    "dynamic",
    "each",
    "each_item",
    "each_name",
    "each_pair",
    "equals",
    "field",
    "first_set",
    "fitted",
    "flag",
    "is_set",
    "join",
    "jsonencode",
    "literal",
    "map_of_text",
    "merged",
    "negated",
    "not_empty",
    "number",
    "output",
    "part_id",
    "present",
    "text",
    "texts",
    "unrepeated",
    "when",
    "without_nulls",
    "yamlencode",
]
