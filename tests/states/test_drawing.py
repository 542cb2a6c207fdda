"""A machine is drawn as a diagram that Mermaid reads."""

from __future__ import annotations

from groundplan.states import (
    Catcher,
    Choice,
    ChoiceRule,
    Fail,
    ItemProcessor,
    Map,
    Parallel,
    ProcessorConfig,
    StateMachine,
    Succeed,
    Task,
    Wait,
    Workflow,
    drawn,
)


def test_every_state_and_every_way_is_in_the_picture() -> None:
    well = ChoiceRule(comment="all well", condition="{% true %}", next="Both")
    work = Task(resource="arn:aws:states:::lambda:invoke", catch=[Catcher(next="No: really")], next="Which")
    machine = StateMachine(
        start_at="Work on it",
        states={
            "Work on it": work,
            "Which": Choice(choices=[well], default="Each"),
            "Both": Parallel(
                branches=[
                    Workflow(start_at="One", states={"One": Wait(seconds=1, end=True)}),
                    Workflow(start_at="Two", states={"Two": Succeed()}),
                ],
                next="Each",
            ),
            "Each": Map(
                item_processor=ItemProcessor(
                    processor_config=ProcessorConfig(mode="DISTRIBUTED"), start_at="Item", states={"Item": Succeed()}
                ),
                end=True,
            ),
            "No: really": Fail(),
        },
    )
    assert (
        drawn(machine)
        == """\
stateDiagram-v2
    [*] --> s1
    s1: Work on it (lambda invoke)
    s1 --> s2
    s1 --> s5: States.ALL
    s2: Which
    s2 --> s3: all well
    s2 --> s4: otherwise
    s3: Both
    state s3 {
        [*] --> s6
        s6: One (wait)
        s6 --> [*]
        --
        [*] --> s7
        s7: Two
        s7 --> [*]
    }
    s3 --> s4
    s4: Each (each item)
    state s4 {
        [*] --> s8
        s8: Item
        s8 --> [*]
    }
    s4 --> [*]
    s5: No really
    s5 --> [*]
"""
    )
