"""No value that a plan marks sensitive stands in any file of the review."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sample_plans import change, finding, findings, meta, outputs, plan, review

from groundplan.policy.findings import Verdict
from groundplan.review import without_secrets
from groundplan.review.leaves import leaves_of
from groundplan.review.sensitive import MINIMUM_LENGTH, Redactor, secrets_of

# Whatever JSON, YAML, HTML, URLs and shells write in ways of their own, and lines.
CHARACTERS = st.one_of(
    st.sampled_from("abcXYZ0189\"'\\<>&%${}#/+=:;,.!?`~^*()[]|-_ \t\n\u2028éßπ漢😀"),
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]),
)
SECRETS = st.text(CHARACTERS, min_size=4, max_size=40).filter(
    lambda text: (
        text == text.strip() and any(c.isalnum() for c in text) and text not in ("true", "false", "null", "none")
    )
)


def go_json(value: Any) -> str:
    """As Go's json.Marshal writes it, and so the helm provider and Terraform's jsonencode."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


def release(secret: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A Helm release as the provider writes it, its values sensitive as a whole, and the mask that Terraform gives."""
    values = {"auth": {"password": secret, "pin": "7a"}, "replicas": 3}
    manifest = {"v1/secret/app": {"data": {"password": base64.b64encode(secret.encode()).decode()}}}
    after = {
        "name": "app",
        "values": [yaml.safe_dump(values)],
        "set_sensitive": [{"name": "auth.other", "value": secret, "type": "string"}],
        "metadata": {"chart": "app", "values": go_json(values), "notes": f"log in with {secret}"},
        "manifest": go_json(manifest),
        "resources": {"v1/secret/app": go_json(manifest)},
    }
    return after, {"values": [True], "set_sensitive": [{"value": True}]}


def everything(secret: str) -> tuple[dict[str, Any], Any, Any]:
    """A plan that holds `secret` marked, and unmarked in every other place that the review shows."""
    document = json.dumps({"auth": {"key": secret}, "list": [secret]})
    body = yaml.safe_dump({"server": {"password": secret, "other": 1}})
    spread = {
        "text": f"user:{secret}@host",
        "document": document,
        "twice": json.dumps({"inner": document}),
        "go": go_json({"key": secret}),
        "told": f"got {go_json({'key': secret})} of it",
        "told_twice": f"got {go_json(go_json({'key': secret}))} of it",
        "told_in_yaml": f"got {yaml.safe_dump(secret, default_style=chr(34), width=1000).strip()} of it",
        "values": [body, yaml.safe_dump({"password": secret}, default_style='"', allow_unicode=True)],
        "map": {secret: secret},
        "set": [secret, "b"],
        "script": f"#!/bin/sh\nexport TOKEN={secret}\necho done\n",
        "encoded": base64.b64encode(secret.encode()).decode(),
        "hexadecimal": secret.encode().hex(),
        "url": f"https://u:{quote(secret, safe='')}@example.com/?q={quote_plus(secret)}",
        "page": f"<p>{escape(secret)}</p>",
    }
    if len(secret.encode()) >= 12:
        spread["basic"] = "Basic " + base64.b64encode(f"user:{secret}".encode()).decode()
    old = {"text": "old", "document": '{"auth": {}}', "values": ["server:\n  other: 2\n"], "script": "#!/bin/sh\nls\n"}
    after, mask = release(secret)
    listed = {**after, "metadata": [after["metadata"]]}
    content = plan(
        change(
            "module.a.aws_db_instance.main",
            ["update"],
            {"password": "previous-one-" + secret, "nested": [{"token": "x"}]},
            {"password": secret, "nested": [{"token": secret}]},
            before_sensitive={"password": True},
            after_sensitive={"password": True, "nested": [{"token": True}]},
        ),
        change("module.a.helm_release.one", ["create"], None, after, after_sensitive=mask),
        change("module.a.helm_release.two", ["delete"], listed, None, before_sensitive=mask),
        change("module.a.helm_release.created", ["create"], None, spread),
        change("module.a.helm_release.updated", ["update"], old, spread),
        change("module.a.helm_release.deleted", ["delete"], spread, None),
        change(f"module.a.aws_iam_role.each[{json.dumps(secret)}]", ["create"], None, {"name": "a"}),
        output_changes={"out": {"actions": ["create"], "before": None, "after": spread, "after_unknown": False}},
        resource_drift=[change("aws_x.drifted", ["update"], spread, {**spread, "text": "new"})],
        checks=[
            {
                "address": {"kind": "check", "to_display": "check.login"},
                "status": "fail",
                "instances": [{"problems": [{"message": f"{secret} is refused"}]}],
            }
        ],
        action_invocations=[{"address": "action.a.b", "config_values": spread}],
    )
    said = findings(
        finding(
            "a/b", "prod-a", "module.a.aws_db_instance.main", message=f"password is {secret} !", fix=f"drop {secret} ."
        ),
        finding("a/b", "prod-a", f"aws_x.y[{json.dumps(secret)}]", verdict=Verdict.WAIVED, waiver=f"as {secret}"),
    )
    return content, said, meta("prod-a", warnings=(f"value {secret} is odd",), unchecked={"aws_x": (f"{secret} ?",)})


def without_escapes(text: str) -> str:
    """What a JSON or YAML string of these characters means."""
    return re.sub(
        r"\\(?:u([0-9a-f]{4})|(.))",
        lambda match: chr(int(match[1], 16)) if match[1] else match[2],
        text,
        flags=re.DOTALL,
    )


def readings(text: str) -> list[str]:
    """What a reader can make of `text` with the tools that everybody has."""
    plain = unescape(text)
    found = [text, plain]
    for each in (text, plain):
        found += [once := without_escapes(each), without_escapes(once)]
        found.append(unquote_plus(each))
    for run in re.findall(r"[A-Za-z0-9+/_-]{5,}", plain):
        for start in range(4):
            part = run[start:].translate(str.maketrans("-_", "+/"))
            found.append(base64.b64decode(part[: len(part) // 4 * 4]).decode("utf-8", "replace"))
    found += [bytes.fromhex(run).decode("utf-8", "replace") for run in re.findall(r"\b(?:[0-9a-f]{2}){4,}\b", plain)]
    return found


def written_with(secret: str) -> dict[str, str]:
    content, said, told = everything(secret)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(json.dumps(content))
        kept = without_secrets(said, {"prod-a": path}).model_dump_json()
        return {**outputs(review(Path(folder), {"prod-a": content}, said, metas={"prod-a": told})), "findings": kept}


@cache
def harmless() -> str:
    """What is there whatever the secret is."""
    return "\n".join(text for each in written_with("harmless-π-secret-1").values() for text in readings(each))


@settings(max_examples=40, deadline=None)
@given(SECRETS)
@example("p&ss<w>rd'\"1")
@example("a\\b\"c'd\u2028e")
@example("ab1!")
@example("hunter2")
@example("first line of it\nsecond line of it")
def test_a_sensitive_value_is_in_no_file_wherever_else_the_plan_holds_it(secret: str) -> None:
    lines = [line.strip() for line in secret.splitlines()]
    wanted = {part for part in (secret, *lines) if len(part) >= 4 and not part.isspace()}
    assume(not any(part in harmless() for part in wanted))
    written = written_with(secret)
    for name, text in written.items():
        for reading in readings(text):
            for part in wanted:
                assert part not in reading, name
    assert "(sensitive)" in written["review.md"]


def test_a_release_with_sensitive_values_shows_none_of_what_it_repeats_of_them_however_short(tmp_path: Path) -> None:
    after, mask = release("0123456789")
    for number, each in enumerate((after, {**after, "metadata": [after["metadata"]]})):
        content = plan(change("helm_release.x", ["create"], None, each, after_sensitive=mask))
        text = outputs(review(tmp_path / str(number), {"prod-a": content}))["review.md"]
        assert "7a" not in text
        assert 'chart = "app"' in text


def test_a_release_without_sensitive_values_shows_its_metadata(tmp_path: Path) -> None:
    content = plan(change("helm_release.x", ["create"], None, {"metadata": {"values": '{"a":"seen"}'}}))
    assert "seen" in outputs(review(tmp_path, {"prod-a": content}))["review.md"]


def test_ordinary_words_inside_a_sensitive_document_stay_readable() -> None:
    document = yaml.safe_dump({"level": "info", "port": 8080, "on": True, "token": "a1b2c3"})
    content = plan(change("aws_x.a", ["create"], None, {"d": document}, after_sensitive={"d": True}))
    redact = Redactor(secrets_of(content))
    assert redact("info on 8080: true, token a1b2c3") == "info on 8080: true, token (sensitive)"


def test_a_change_of_a_sensitive_value_is_seen_without_the_value(tmp_path: Path) -> None:
    changed = change(
        "aws_db_instance.x",
        ["update"],
        {"password": "abc"},
        {"password": "xyz"},
        before_sensitive={"password": True},
        after_sensitive={"password": True},
    )
    text = outputs(review(tmp_path, {"prod-a": plan(changed)}))["review.md"]
    assert "password: (sensitive) -> (sensitive)" in text
    assert "xyz" not in text


def test_a_secret_of_one_plan_is_removed_from_the_others_too(tmp_path: Path) -> None:
    owner = plan(
        change("aws_x.a", ["no-op"], {"p": "s3cr3t-word!"}, {"p": "s3cr3t-word!"}, after_sensitive={"p": True})
    )
    reader = plan(change("aws_y.b", ["create"], None, {"url": "db://u:s3cr3t-word!@h"}))
    text = outputs(review(tmp_path, {"prod-a": owner, "prod-b": reader}))["review.md"]
    assert 'url = "db://u:(sensitive)@h"' in text


@pytest.mark.parametrize(
    "content",
    [
        {"planned_values": {"outputs": {"o": {"sensitive": True, "value": {"k": "long-secret"}}}}},
        {
            "prior_state": {
                "values": {
                    "root_module": {
                        "child_modules": [
                            {"resources": [{"values": {"a": ["long-secret"]}, "sensitive_values": {"a": [True]}}]}
                        ]
                    }
                }
            }
        },
        {
            "configuration": {"root_module": {"variables": {"v": {"sensitive": True}}}},
            "variables": {"v": {"value": "long-secret"}},
        },
        {"output_changes": {"o": {"before": "long-secret", "before_sensitive": True}}},
        {"resource_drift": [{"change": {"before": "long-secret", "before_sensitive": True}}]},
    ],
)
def test_every_place_where_terraform_marks_a_value_is_read(content: dict[str, Any]) -> None:
    assert "long-secret" in secrets_of(content)


def test_values_inside_a_sensitive_document_are_secrets_of_their_own() -> None:
    content = plan(
        change("aws_x.a", ["create"], None, {"d": '{"password": "inner-secret"}'}, after_sensitive={"d": True})
    )
    assert "inner-secret" in secrets_of(content)


def test_short_and_blank_values_do_not_black_out_the_whole_review() -> None:
    content = plan(change("aws_x.a", ["create"], None, {"d": ["true", " " * 12, True, 7]}, after_sensitive={"d": True}))
    assert secrets_of(content) == set()


@given(st.lists(st.text("ab", min_size=MINIMUM_LENGTH, max_size=14), max_size=6), st.text("ab", max_size=60))
def test_redacting_equals_blanking_every_occurrence(secrets: list[str], text: str) -> None:
    covered = set()
    for secret in secrets:
        for start in range(len(text)):
            if text.startswith(secret, start):
                covered.update(range(start, start + len(secret)))
    kept = "".join(character for index, character in enumerate(text) if index not in covered)
    assert Redactor(secrets)(text).replace("(sensitive)", "") == kept


def test_a_mask_hides_only_what_it_marks() -> None:
    leaves, hidden = leaves_of(
        None,
        {"set": [{"name": "a", "value": "secret"}], "plain": "seen"},
        after_mask={"set": [{"value": True}]},
    )
    assert hidden == 0
    assert {leaf.path: leaf.after for leaf in leaves} == {
        "plain": '"seen"',
        "set[0].name": '"a"',
        "set[0].value": "(sensitive)",
    }
