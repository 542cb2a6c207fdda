"""The Amazon States Language as typed Python: what a state machine does, state by state.

Fields have the language's names in Python's spelling: `start_at` is StartAt, `item_processor` is ItemProcessor. A
machine read from JSON and one written in Python are the same.

    StateMachine(
        start_at="Pay",
        timeout_seconds=3600,
        states={
            "Pay": Task(**invoke_function(PAY, "{% $states.input %}"), catch=[Catcher(next="Failed")], end=True),
            "Failed": Fail(error="Unpaid"),
        },
    )

What each field may hold is https://states-language.net/spec.html and, where AWS goes beyond it,
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer
from pydantic.alias_generators import to_pascal

from groundplan.problems import Line

from . import errors

__all__ = [
    "Catcher",
    "Choice",
    "ChoiceRule",
    "Fail",
    "ItemBatcher",
    "ItemProcessor",
    "ItemReader",
    "Map",
    "Parallel",
    "Pass",
    "ProcessorConfig",
    "QueryLanguage",
    "ReaderConfig",
    "ResultWriter",
    "Retrier",
    "State",
    "StateMachine",
    "States",
    "Succeed",
    "Task",
    "Wait",
    "Workflow",
]

QueryLanguage: TypeAlias = Literal["JSONPath", "JSONata"]
LONGEST_SECONDS = 99_999_999
Seconds: TypeAlias = Annotated[int, Field(ge=0, le=LONGEST_SECONDS)]
Waited: TypeAlias = Annotated[int, Field(ge=1, le=LONGEST_SECONDS)] | str
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=80)]


FIRST = ("Comment", "QueryLanguage", "Type", "StartAt", "Resource")


def _ready(kind: type[BaseModel]) -> None:
    """Has a kind of part built, by the names of its own module: pydantic by itself would ask its caller's first."""
    if not kind.__pydantic_complete__:
        kind.model_rebuild(_types_namespace={})


if TYPE_CHECKING:
    _Model = BaseModel
else:

    class _Telling(type(BaseModel)):
        """Tells a person what they wrote wrong, and leaves what is inside of another part to that one."""

        def __call__(cls, **values: Any) -> Any:
            _ready(cls)
            try:
                return super().__call__(**values)
            except ValidationError as found:
                caller = sys._getframe(1)
                line = Line(os.path.relpath(caller.f_code.co_filename), caller.f_lineno)
                raise errors.not_the_language(cls.__name__, found.errors(), values, cls.model_fields, line) from None

    class _Model(BaseModel, metaclass=_Telling):
        """Common to all parts."""

        @classmethod
        def model_validate(cls, *given: Any, **how: Any) -> Any:
            _ready(cls)
            return super().model_validate(*given, **how)

        @classmethod
        def model_validate_json(cls, *given: Any, **how: Any) -> Any:
            _ready(cls)
            return super().model_validate_json(*given, **how)


class Part(_Model):
    """Common to everything of the language: its names, and no others. BadInput, with all that is wrong, for others."""

    model_config = ConfigDict(
        alias_generator=to_pascal,
        extra="forbid",
        frozen=True,
        validate_by_alias=True,
        validate_by_name=True,
        # most compositions make a few of the kinds, and each takes as long as to read a module
        defer_build=True,
    )

    comment: str | None = None

    @model_serializer(mode="wrap")
    def _what_was_said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Only fields that say something; null inside of data is data, and stays."""
        said = {name: value for name, value in dump(self).items() if value is not None}
        return {**{name: said[name] for name in FIRST if name in said}, **said}


class Retrier(Part):
    """How often a state tries again after an error, and how long it waits before."""

    error_equals: Annotated[list[str], Field(min_length=1)]
    interval_seconds: Annotated[int, Field(ge=1, le=LONGEST_SECONDS)] = 1
    max_attempts: Annotated[int, Field(ge=0, le=LONGEST_SECONDS)] = 3
    backoff_rate: Annotated[float, Field(ge=1)] = 2.0
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    max_delay_seconds: Annotated[int, Field(ge=1, lt=31_622_400)] | None = None
    jitter_strategy: Literal["FULL", "NONE"] | None = None


class Catcher(Part):
    """Where a state goes on after an error that no retrying cured; without `error_equals`, after every error."""

    error_equals: Annotated[list[str], Field(min_length=1)] = ["States.ALL"]
    next: str
    assign: dict[str, Any] | None = None
    output: Any = None
    result_path: str | None = None


class ChoiceRule(Part):
    """One way on: in JSONata a condition, in JSONPath a comparison of a variable, or of several by And, Or and Not."""

    model_config = ConfigDict(extra="allow")

    next: str | None = None
    condition: str | bool | None = None
    assign: dict[str, Any] | None = None
    output: Any = None
    variable: str | None = None
    all_of: Annotated[list[ChoiceRule] | None, Field(alias="And")] = None
    any_of: Annotated[list[ChoiceRule] | None, Field(alias="Or")] = None
    negated: Annotated[ChoiceRule | None, Field(alias="Not")] = None


class _State(Part):
    query_language: QueryLanguage | None = None
    assign: dict[str, Any] | None = None
    output: Any = None
    input_path: str | None = None
    output_path: str | None = None


class _GoesOn(_State):
    next: str | None = None
    end: bool | None = None


class _Works(_GoesOn):
    parameters: dict[str, Any] | None = None
    result_selector: dict[str, Any] | None = None
    result_path: str | None = None
    arguments: Any = None
    retry: list[Retrier] | None = None
    catch: list[Catcher] | None = None


class Task(_Works):
    """Has somebody do work: a function, a container, an API. The integrations of this package write `resource`."""

    type: Literal["Task"] = "Task"
    resource: str
    timeout_seconds: Waited | None = None
    timeout_seconds_path: str | None = None
    heartbeat_seconds: Waited | None = None
    heartbeat_seconds_path: str | None = None
    credentials: dict[str, Any] | None = None


class Pass(_GoesOn):
    """Goes on with its input, or with another output."""

    type: Literal["Pass"] = "Pass"
    result: Any = None
    parameters: dict[str, Any] | None = None
    result_path: str | None = None


class Choice(_State):
    """Goes on by the first rule that holds, otherwise to `default`."""

    type: Literal["Choice"] = "Choice"
    choices: Annotated[list[ChoiceRule], Field(min_length=1)]
    default: str | None = None


class Wait(_GoesOn):
    """Waits for a time, or until one."""

    type: Literal["Wait"] = "Wait"
    seconds: Seconds | str | None = None
    timestamp: str | None = None
    seconds_path: str | None = None
    timestamp_path: str | None = None


class Succeed(_State):
    """Ends well."""

    type: Literal["Succeed"] = "Succeed"


class Fail(Part):
    """Ends the execution as failed."""

    type: Literal["Fail"] = "Fail"
    query_language: QueryLanguage | None = None
    error: str | None = None
    cause: str | None = None
    error_path: str | None = None
    cause_path: str | None = None


class Workflow(Part):
    """States, and the one that comes first."""

    start_at: str
    states: Annotated[dict[Name, State], Field(min_length=1)]


class Parallel(_Works):
    """Goes several ways at once, and on when all have ended."""

    type: Literal["Parallel"] = "Parallel"
    branches: Annotated[list[Workflow], Field(min_length=1)]


class ProcessorConfig(Part):
    """Whether a map's items are steps of this execution, or executions of their own."""

    mode: Literal["INLINE", "DISTRIBUTED"] = "INLINE"
    execution_type: Literal["STANDARD", "EXPRESS"] | None = None


class ItemProcessor(Workflow):
    """What is done with each item."""

    processor_config: ProcessorConfig | None = None


class ReaderConfig(Part):
    """How items are read out of what S3 has."""

    input_type: Literal["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"] | None = None
    transformation: Literal["NONE", "LOAD_AND_FLATTEN"] | None = None
    csv_header_location: Annotated[Literal["FIRST_ROW", "GIVEN"] | None, Field(alias="CSVHeaderLocation")] = None
    csv_headers: Annotated[list[str] | None, Field(alias="CSVHeaders")] = None
    csv_delimiter: Annotated[
        Literal["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"] | None, Field(alias="CSVDelimiter")
    ] = None
    items_pointer: str | None = None
    manifest_type: Literal["ATHENA_DATA", "S3_INVENTORY"] | None = None
    max_items: int | str | None = None
    max_items_path: str | None = None


class ItemReader(Part):
    """Where a distributed map has its items from."""

    resource: str
    arguments: Any = None
    parameters: dict[str, Any] | None = None
    reader_config: ReaderConfig | None = None


class ItemBatcher(Part):
    """How many items an execution of a distributed map gets at once."""

    max_items_per_batch: int | str | None = None
    max_items_per_batch_path: str | None = None
    max_input_bytes_per_batch: int | str | None = None
    max_input_bytes_per_batch_path: str | None = None
    batch_input: Any = None


class WriterConfig(Part):
    """How a distributed map writes what came out."""

    transformation: Literal["NONE", "COMPACT", "FLATTEN"] | None = None
    output_type: Literal["JSON", "JSONL"] | None = None


class ResultWriter(Part):
    """Where a distributed map keeps what came of each item."""

    resource: str | None = None
    arguments: Any = None
    parameters: dict[str, Any] | None = None
    writer_config: WriterConfig | None = None


class Map(_Works):
    """Does the same with every item."""

    type: Literal["Map"] = "Map"
    item_processor: ItemProcessor
    items: Any = None
    items_path: str | None = None
    item_selector: Any = None
    item_reader: ItemReader | None = None
    item_batcher: ItemBatcher | None = None
    result_writer: ResultWriter | None = None
    max_concurrency: Annotated[int, Field(ge=0)] | str | None = None
    max_concurrency_path: str | None = None
    tolerated_failure_percentage: Annotated[float, Field(ge=0, le=100)] | str | None = None
    tolerated_failure_percentage_path: str | None = None
    tolerated_failure_count: Annotated[int, Field(ge=0)] | str | None = None
    tolerated_failure_count_path: str | None = None
    label: Annotated[str, Field(max_length=40)] | None = None

    @property
    def distributed(self) -> bool:
        """Whether each item, or batch of items, is an execution of its own."""
        config = self.item_processor.processor_config
        return config is not None and config.mode == "DISTRIBUTED"


State: TypeAlias = Annotated[Task | Pass | Choice | Wait | Succeed | Fail | Parallel | Map, Field(discriminator="type")]
States: TypeAlias = Mapping[str, Task | Pass | Choice | Wait | Succeed | Fail | Parallel | Map]


class StateMachine(Workflow):
    """A whole machine. Expressions are JSONata, which AWS advises for new machines, unless a state says otherwise."""

    query_language: QueryLanguage | None = "JSONata"
    timeout_seconds: Annotated[int, Field(ge=1, le=LONGEST_SECONDS)] | None = None
    version: Literal["1.0"] | None = None

    def document(self) -> dict[str, Any]:
        """The machine as the language's JSON has it."""
        return self.model_dump(by_alias=True)

    def as_json(self) -> str:
        """The machine as Step Functions takes it: the same text for the same machine."""
        return json.dumps(self.document(), ensure_ascii=False, indent=2)
