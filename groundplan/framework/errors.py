"""Every message of the module framework."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from groundplan.problems import BadInput, ExitCode, GroundplanError, Line, Problem, nearest

__all__ = [
    "InputInspected",
    "answered_in_silence",
    "duplicate_address",
    "each_needs_an_input",
    "each_needs_names",
    "field_without_sentence",
    "field_without_type",
    "input_inspected",
    "inputs_asked_in_silence",
    "items_have_no_names",
    "line_of",
    "missing_input",
    "missing_when_read",
    "module_without_declaration",
    "name_is_taken",
    "name_is_terraforms",
    "no_terraform_type",
    "no_terraform_value",
    "not_a_resource",
    "not_inputs",
    "null_without_default",
    "number_in_digits",
    "outputs_differ",
    "pattern_only_python_reads",
    "reference_never_closed",
    "rule_broken",
    "rule_needs_operators",
    "sensitive_inside",
    "terraform_alone",
    "unknown_input",
    "unknown_setting",
    "wrong_type",
]


def reference_never_closed(text: str) -> BadInput:
    return BadInput(
        Problem(
            "",
            f"a reference is opened with ${{ and never closed in {text!r}",
            "Close it with }, or wrap the text in literal(...) when ${ means itself.",
        )
    )


def no_terraform_value(value: Any) -> BadInput:
    return BadInput(
        Problem(
            "",
            f"Terraform has no value for a Python {type(value).__name__} ({value!r})",
            "Use strings, numbers, booleans, None, lists and dictionaries.",
        )
    )


def no_terraform_type(owner: str, name: str, annotation: Any) -> TypeError:
    return TypeError(
        f"{owner}.{name}: no Terraform type for {annotation!r}. "
        "Use str, int, float, bool, list[...], dict[str, ...], Literal[...], a class of Inputs, or one of these | None."
    )


class InputInspected(GroundplanError):
    """A Python statement asked for the value of something that only Terraform will know."""

    exit_code = ExitCode.BAD_INPUT


def line_of(file: str, line: int) -> str:
    """A place in a source file, as editors take it; short for what is below the working directory."""
    path = Path(file)
    return f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}:{line}"


def input_inspected(expression: str, operation: str, instead: str, where: str) -> InputInspected:
    return InputInspected(
        f"{expression} has no value while Python runs: Terraform fills it in later, "
        f"so {operation} cannot be answered in {where}.\n"
        f"    Write {instead}; or decide it in the composition, by which modules it calls."
    )


def answered_in_silence(where: str, source: str, expression: str, instead: str) -> str:
    named = expression.removeprefix("${").removesuffix("}")
    return (
        f"{where}: `{source}` has one answer whatever is set: {named} has no value while Python runs.\n"
        f"    Write {instead}."
    )


def inputs_asked_in_silence(found: Iterable[str]) -> InputInspected:
    return InputInspected("\n".join(found))


def number_in_digits(address: str) -> BadInput:
    return BadInput(
        Problem(
            address,
            "has a number in it that only Terraform knows, written in Python's digits",
            'Write it as text("format", "%d", x), with Terraform\'s own format.',
        )
    )


def rule_needs_operators(term: str) -> TypeError:
    return TypeError(
        f"a rule asked Python for the truth of {term or 'its declaration'}: "
        "write | & ~ and every(...), some(...), contains(...) instead of or, and, not, for, in"
    )


def terraform_alone(function: str) -> TypeError:
    return TypeError(
        f"a rule cannot ask Terraform's {function}(...), which Python does not compute: "
        f"write Term(lambda: f'{function}({{expression_of(x)}})', lambda: ...computed(x)...)"
    )


def missing_when_read(owner: str, name: str, sentence: str) -> BadInput:
    return BadInput(missing_input(f"{owner}.{name}", sentence))


def field_without_sentence(owner: str, name: str) -> TypeError:
    return TypeError(f'{owner}.{name} needs a sentence: {name}: ... = field("what it is for")')


def field_without_type(owner: str, name: str) -> TypeError:
    return TypeError(f'{owner}.{name} needs a type: {name}: str = field("what it is for")')


def name_is_taken(owner: str, name: str) -> TypeError:
    if name.startswith("_"):
        return TypeError(
            f"{owner}.{name} begins with an underscore, which is for what is not set: call it {name.strip('_')}"
        )
    return TypeError(f"{owner}.{name}: {name} is a word of the declaration's own: call it {name}_wanted, for instance")


def name_is_terraforms(owner: str, name: str) -> TypeError:
    return TypeError(
        f"{owner}.{name}: Terraform keeps {name} for itself in a call of a module: call it {name}_wanted, for instance"
    )


def null_without_default(owner: str, name: str, nullable: bool) -> TypeError:
    if nullable:
        return TypeError(f"{owner}.{name} may be None: give it default=None, so that leaving it out means the same")
    return TypeError(f"{owner}.{name} has default None: write its type as ... | None")


def pattern_only_python_reads(pattern: str, why: str, cure: str) -> TypeError:
    return TypeError(f"the pattern {pattern} {why}, which Terraform does not read. {cure}")


def sensitive_inside(owner: str, name: str) -> TypeError:
    return TypeError(f"{owner}.{name} holds a sensitive setting: Terraform knows sensitive only for a whole variable")


def wrong_type(path: str, wanted: str, got: Any) -> Problem:
    return Problem(path, f"must be {wanted}, got {_shown(got)}")


def missing_input(path: str, sentence: str) -> Problem:
    return Problem(path, "is required and missing", f"Set it: {sentence}." if sentence else "Set it.")


def unknown_input(path: str, name: str, allowed: Iterable[str]) -> Problem:
    names = sorted(allowed)
    guess = nearest(name, names)
    cure = f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."
    return Problem(path, "is not a setting", cure)


def rule_broken(path: str, message: str) -> Problem:
    return Problem(path, message)


def not_inputs(path: str, wanted: str, got: Any) -> Problem:
    return Problem(path, f"must be {wanted}(...), got {_shown(got)}")


def module_without_declaration(name: str) -> TypeError:
    return TypeError(f"{name} must be declared as class {name}(Module[{name}Inputs, {name}Outputs])")


def unknown_setting(owner: str, name: str, allowed: Iterable[str]) -> AttributeError:
    names = sorted(allowed)
    guess = nearest(name, names)
    hint = f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."
    return AttributeError(f"{owner} has no setting {name}. {hint}")


def duplicate_address(address: str, first: Line, second: Line) -> TypeError:
    return TypeError(
        f"{address} is made twice, in {first.file}:{first.line} and {second.file}:{second.line}: give one another name"
    )


def each_needs_an_input(value: Any) -> TypeError:
    return TypeError(f"only a map, list or object input can be repeated over, got {_shown(value)}")


def each_needs_names(value: Any) -> TypeError:
    named = str(value).removeprefix("${").removesuffix("}")
    return TypeError(
        f"{named} gives no names that resources could repeat over: declare it as dict[str, ...], whose names become "
        "their addresses; each_item(...) repeats over a list inside one document, each_name(...) over a list of names"
    )


def items_have_no_names(expression: str) -> TypeError:
    return TypeError(
        f"resources cannot repeat over the list {expression}: an item that is put in front would rename all that "
        "follow. Declare it as dict[str, ...] and repeat with each(...)"
    )


def not_a_resource(value: Any) -> TypeError:
    return TypeError(f"a resource or data source of the bindings is needed here, got {_shown(value)}")


def outputs_differ(module: str, missing: Iterable[str], extra: Iterable[str]) -> TypeError:
    words = []
    if gone := sorted(missing):
        words.append(f"does not set {', '.join(gone)}")
    if more := sorted(extra):
        words.append(f"sets {', '.join(more)}, which its Outputs does not declare")
    return TypeError(f"{module}.build {' and '.join(words)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
