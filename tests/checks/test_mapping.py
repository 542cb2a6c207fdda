import pytest
from bindings_attributes import attribute_paths, every_type

from groundplan.plan.checks import limits, schemas
from groundplan.plan.checks.mapping import attributes, data, mapped_types, mapping


def test_the_attribute_names_are_those_of_the_pinned_bindings():
    assert every_type() == {name: list(paths) for name, paths in data("attributes").items()}


@pytest.mark.parametrize("type_name", mapped_types())
def test_every_exception_of_the_mapping_is_true_of_both_sides(type_name):
    known = mapping(type_name)
    assert known is not None
    assert known.schema, f"AWS publishes no {known.cloudformation_type}"
    written = data("mapping")[type_name].get("paths", {})
    assert set(written) <= set(attributes(type_name))
    assert [name for name, path in written.items() if path is not None and known.property(name) is None] == []


@pytest.mark.parametrize("type_name", mapped_types())
def test_blocks_are_mapped_to_objects(type_name):
    known = mapping(type_name)
    blocks = {name.rpartition(".")[0] for name in attributes(type_name)} - {""}
    flat = []
    for block in sorted(blocks):
        found = known.property(block)
        if found is not None and found.schema.get("type") in ("string", "integer", "boolean", "number"):
            flat.append(block)
    assert flat == []


def test_our_own_rules_speak_of_real_attributes_and_name_their_source():
    for type_name, rules in data("extra").items():
        assert rules["source"].startswith("https://"), type_name
        if type_name.startswith(("aws_", "gitlab_")) and "*" not in type_name:
            groups = [rules.get(key, []) for key in ("conflicts", "together", "exactly_one_of", "at_least_one_of")]
            spoken = {*rules.get("values", {}), *rules.get("documents", {})}
            spoken |= {name for group in groups for names in group for name in names}
            assert spoken <= set(attribute_paths(type_name)), type_name


def test_combinations_stay_within_one_block():
    for type_name, rules in data("extra").items():
        for key in ("conflicts", "together", "exactly_one_of", "at_least_one_of"):
            for names in rules.get(key, []):
                assert len({name.rpartition(".")[0] for name in names}) == 1, (type_name, names)


def test_every_pattern_of_our_own_compiles():
    for type_name, rules in data("extra").items():
        for attribute, rule in rules.get("values", {}).items():
            if "pattern" in rule:
                assert limits.compiled(rule["pattern"]) is not None, (type_name, attribute)
                assert rule["says"], (type_name, attribute)


def test_nearly_every_pattern_of_aws_compiles_in_python():
    left = []
    for type_name in mapped_types():
        for attribute in attributes(type_name):
            found = mapping(type_name).property(attribute)
            if found and "pattern" in found.schema and limits.compiled(found.schema["pattern"]) is None:
                left.append(f"{type_name}.{attribute}")
    assert left == ["aws_cloudwatch_event_target.run_command_targets.key"]


FACTS = {
    ("aws_kms_key", "deletion_window_in_days"): {"minimum": 7, "maximum": 30},
    ("aws_sqs_queue", "visibility_timeout_seconds"): {"minimum": 0, "maximum": 43200},
    ("aws_s3_bucket_ownership_controls", "rule.object_ownership"): {
        "enum": ["ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"]
    },
    ("aws_ecr_repository", "image_tag_mutability"): {
        "enum": ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"]
    },
    ("aws_dynamodb_table", "attribute.type"): {"enum": ["B", "N", "S"]},
    ("aws_iam_role", "max_session_duration"): {"minimum": 3600, "maximum": 43200},
    ("aws_signer_signing_profile", "signature_validity_period.type"): {"enum": ["DAYS", "MONTHS", "YEARS"]},
}


@pytest.mark.parametrize(("type_name", "attribute"), FACTS)
def test_aws_own_limits_reach_the_terraform_attribute(type_name, attribute):
    found = mapping(type_name).property(attribute)
    assert limits.limits(found.schema, {}) == FACTS[type_name, attribute]


def test_a_type_that_aws_does_not_publish_has_no_schema():
    assert schemas.resource_schema("AWS::Invented::Thing") is None
    assert mapping("aws_invented_thing") is None
