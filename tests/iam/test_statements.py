import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.iam import Principal, allow, deny, deny_all_but, document, problems

BUCKET = "arn:aws:s3:::backups"


def test_a_document_is_sorted_and_keeps_single_items_in_lists():
    rendered = document(
        allow("s3:PutObject", "s3:GetObject", "s3:GetObject", on=f"{BUCKET}/*", sid="Objects"),
        deny("s3:*", on="*", when={"Bool": {"aws:SecureTransport": "false"}}),
    )
    assert rendered == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Objects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": [f"{BUCKET}/*"],
            },
            {
                "Effect": "Deny",
                "Action": ["s3:*"],
                "Resource": ["*"],
                "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
            },
        ],
    }


def test_a_trust_policy_names_its_principals_by_kind_and_has_no_resource():
    [statement] = document(
        allow(
            "sts:AssumeRole",
            principals=[Principal.service("lambda.amazonaws.com"), Principal.account("111122223333")],
        )
    )["Statement"]
    assert statement["Principal"] == {
        "AWS": ["arn:aws:iam::111122223333:root"],
        "Service": ["lambda.amazonaws.com"],
    }
    assert "Resource" not in statement


def test_everything_but_a_few_actions_can_only_be_denied():
    [statement] = document(deny_all_but("iam:*", "sts:*", on="*"))["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["NotAction"] == ["iam:*", "sts:*"]


def test_references_keep_their_order_whatever_number_their_token_has():
    first = allow(
        "s3:GetObject", on=["${TfToken[TOKEN.12]}", "${TfToken[TOKEN.9]}", "arn:aws:s3:::z", "arn:aws:s3:::a"]
    )
    assert first.resources == ("arn:aws:s3:::a", "arn:aws:s3:::z", "${TfToken[TOKEN.12]}", "${TfToken[TOKEN.9]}")


def test_a_statement_cannot_be_changed_after_it_was_made():
    with pytest.raises(AttributeError):
        allow("s3:GetObject", on="*").__setattr__("effect", "Deny")


def test_stating_access_loads_neither_the_reference_nor_the_planner():
    program = "import sys, groundplan.iam as i; i.document(i.allow('s3:GetObject', on='*')); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "policy_sentry" not in loaded
    assert "groundplan.plan" not in loaded


texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=20)


@given(st.lists(texts, min_size=1, max_size=6), st.lists(texts, min_size=1, max_size=6), st.randoms())
def test_the_order_of_literal_actions_and_resources_never_shows(actions, resources, random):
    literal = [text.replace("$", "").replace("#", "").replace("%", "") + "x" for text in actions]
    places = [text.replace("$", "").replace("#", "").replace("%", "") + "x" for text in resources]
    before = json.dumps(document(allow(*literal, on=places)))
    random.shuffle(literal)
    random.shuffle(places)
    assert json.dumps(document(allow(*literal, on=places))) == before


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_document_survives_its_own_json(values):
    rendered = document(allow("s3:GetObject", on=values, when={"StringLike": {"s3:prefix": values}}, sid="Here"))
    assert json.loads(json.dumps(rendered)) == rendered
    [statement] = rendered["Statement"]
    assert set(statement["Resource"]) == set(values)


@given(texts)
def test_a_reference_is_never_a_problem(text):
    opaque = f"${{{text}}}"
    statement = allow(opaque, on=opaque, when={"StringLike": {opaque: opaque}}, sid=opaque)
    assert problems([statement], "identity") == []
    trust = allow(opaque, principals=[Principal.aws(opaque), Principal.service(opaque), Principal.federated(opaque)])
    assert problems([trust], "trust") == []
