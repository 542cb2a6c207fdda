"""What releases make in the cluster: which objects change and how, and what nobody could look at."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from sample_plans import change, findings, meta, outputs, plan, review

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject
from groundplan.objects.changes import ReleaseChange, object_changes
from groundplan.problems import Line, Problem
from groundplan.rendering import Outcome, Renders
from groundplan.rendering.bringers import Assumption
from groundplan.rendering.releases import Release
from groundplan.review import Outcome as Standing
from groundplan.review import ReviewFiles
from groundplan.review.markdown import markdown
from groundplan.review.reading import read_review

ADDRESS = "module.vault.helm_release.vault"
STACK = "prod-secrets"
SECRET = "s3cr3t-Passw0rd-of-the-vault"
PLAN = plan(
    change(
        ADDRESS,
        ["update"],
        {"version": "0.28.0", "password": SECRET},
        {"version": "0.29.0", "password": SECRET},
        before_sensitive={"password": True},
        after_sensitive={"password": True},
    )
)


renders_of = partial(Renders, helm="", stacks={}, problems={}, warnings={})


def made(kind: str, name: str = "vault", *, template: str = "vault/templates/x.yaml", **said: Any) -> KubernetesObject:
    api_version = "apps/v1" if kind in ("StatefulSet", "Deployment") else "v1"
    if kind == "CustomResourceDefinition":
        api_version = "apiextensions.k8s.io/v1"
    document = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **said}
    return KubernetesObject(ADDRESS, template, "vault", document)


def stateful_set(image: str, **spec: Any) -> KubernetesObject:
    containers = [{"name": "vault", "image": image, "env": [{"name": "PASSWORD", "value": SECRET}]}]
    return made("StatefulSet", spec={**spec, "template": {"spec": {"containers": containers}}})


def release(address: str = ADDRESS, stack: str = STACK, **said: Any) -> Release:
    given: dict[str, Any] = {"namespace": "vault", "repository": "https://charts.example.com", "chart": "vault"}
    given |= {"version": "0.29.0", "folder": None, "documents": (), "settings": {}}
    return Release(stack=stack, address=address, name="vault", **{**given, **said})


def rendered(before: list[KubernetesObject], after: list[KubernetesObject], **said: Any) -> Renders:
    one = ReleaseChange(
        ADDRESS, "vault 0.28.0" if before else "", "vault 0.29.0" if after else "", object_changes(before, after)
    )
    given: dict[str, Any] = {"stacks": {STACK: (Outcome(release(), tuple(after)),)}, "changes": {STACK: (one,)}}
    return renders_of(**{**given, **said})


OLD = stateful_set("registry.example.com/vault:1.16")
NEW = stateful_set("registry.example.com/vault:1.17@sha256:" + "a" * 64)


def reviewed(folder: Path, renders: Renders | None, **said: Any) -> ReviewFiles:
    return review(folder, {STACK: PLAN}, renders=renders, **said)


def pages(files: ReviewFiles) -> tuple[str, str]:
    """The Markdown and the words of the page."""
    texts = outputs(files)
    words = re.sub(r"<[^>]+>", "", texts["review.html"].partition("<main")[2].partition("<script>")[0])
    return texts["review.md"], words


def test_a_newer_chart_says_which_objects_change_and_what_restarts(tmp_path: Path) -> None:
    before = [OLD, made("ConfigMap", data={"vault.hcl": "ui = true\nlisten = 1\n"}), made("Service", spec={})]
    after = [NEW, made("ConfigMap", data={"vault.hcl": "ui = true\nlisten = 2\n"}), made("ServiceAccount")]
    files = reviewed(tmp_path, rendered(before, after))
    assert files.outcome is Standing.MAY
    summary = "2 objects change, 1 is new, 1 goes: StatefulSet vault/vault restarts one by one"
    for text in pages(files):
        assert summary in text
        assert "vault 0.28.0 → vault 0.29.0" in text
        assert "registry.example.com/vault:1.17" in text
        assert "listen = 2" in text
        assert text.index(summary) < text.rindex("listen = 2")


def test_what_changes_in_labels_of_the_version_alone_takes_one_line(tmp_path: Path) -> None:
    sides = [[image, *(made("ConfigMap", name, data={"a": "1"}) for name in ("x", "y"))] for image in (OLD, NEW)]
    for version, objects in enumerate(sides):
        for one in objects[1:]:
            one.document["metadata"]["labels"] = {"helm.sh/chart": f"vault-{version}"}
    for text in pages(reviewed(tmp_path, rendered(*sides))):
        assert "1 object changes, 2 change in labels of the chart" in text
        assert "version alone: ConfigMap vault/x, ConfigMap vault/y" in text
        assert "vault-0" not in text


def test_an_update_that_the_api_server_refuses_stops_the_merge(tmp_path: Path) -> None:
    before, after = stateful_set("vault:1", serviceName="a"), stateful_set("vault:1", serviceName="b")
    files = reviewed(tmp_path, rendered([before], [after]))
    assert files.outcome is Standing.MAY_NOT
    assert files.verdict == "May not merge: 1 fault in the objects of releases, in 1 stack."
    for text in pages(files):
        assert "What an apply runs into" in text
        assert "the API server refuses the update of" in text
        assert "--cascade=orphan" in text
    report = outputs(files)["junit.xml"]
    assert 'errors="1"' in report
    assert "spec.serviceName cannot be changed" in report


def test_nobody_is_told_to_delete_what_holds_data(tmp_path: Path) -> None:
    before, after = (
        [
            made("PersistentVolumeClaim", spec={"volumeMode": mode}),
            made("PersistentVolume", spec={"volumeMode": mode}),
            made("CustomResourceDefinition", spec={"scope": scope}),
        ]
        for mode, scope in (("Block", "Cluster"), ("Filesystem", "Namespaced"))
    )
    text = outputs(reviewed(tmp_path, rendered(before, after)))["review.md"].partition(
        "## What an apply runs into (3)"
    )[2]
    faults = text.partition("##")[0]
    assert faults.count("Keep the old value") == 3
    assert "delete" not in faults


def test_what_is_wrong_with_a_render_stops_the_merge_with_its_cure_and_line(tmp_path: Path) -> None:
    problem = Problem(f"{STACK}: {ADDRESS}", "cannot be rendered: Helm says no", "Change it.", Line("modules/m.py", 7))
    files = reviewed(tmp_path, renders_of(problems={STACK: (problem,)}))
    assert files.outcome is Standing.MAY_NOT
    for text in pages(files):
        assert "cannot be rendered" in text
        assert "Change it" in text
        assert "modules/m.py:7" in text


def test_a_claim_that_goes_asks_for_a_look(tmp_path: Path) -> None:
    files = reviewed(tmp_path, rendered([OLD, made("PersistentVolumeClaim", spec={})], [OLD]))
    assert files.outcome is Standing.LOOK
    assert "1 object of releases is deleted with what it holds" in files.verdict
    for text in pages(files):
        assert "its volume goes too" in text


def test_what_only_an_apply_tells_and_what_differs_in_every_render_is_no_sure_change(tmp_path: Path) -> None:
    before = [
        made("ConfigMap", data={"arn": "a"}),
        made("Secret", data={"tls.key": "QUFB"}, template="v/templates/t.yaml"),
    ]
    after = [
        made("ConfigMap", data={"arn": f"arn:{KNOWN_AFTER_APPLY}"}),
        made("Secret", data={"tls.key": "QUJC"}, template="v/templates/t.yaml"),
    ]
    objects = object_changes(before, after, random={"v/templates/t.yaml"})
    one = ReleaseChange(ADDRESS, "vault 0.29.0", "vault 0.29.0", objects, ("document 1 is known only after apply",))
    for text in pages(reviewed(tmp_path, renders_of(changes={STACK: (one,)}))):
        assert "1 object may change, 1 differs in every render" in text
        assert "(known after apply)" in text
        assert "document 1 is known only after apply" in text.replace("`", "")


def test_of_secrets_nothing_is_shown_but_that_they_change(tmp_path: Path) -> None:
    said: dict[str, Any] = {"stringData": {"password": "plain-old-password"}, "data": {"token": "cGxhaW4="}}
    new: dict[str, Any] = {"stringData": {"password": "plain-new-password"}, "data": {"token": "bmV3ZXI="}}
    files = reviewed(tmp_path, rendered([OLD, made("Secret", **said)], [NEW, made("Secret", **new)]))
    for name, text in outputs(files).items():
        for secret in ("plain-old-password", "plain-new-password", "cGxhaW4=", "bmV3ZXI=", SECRET):
            assert secret not in text, name
    for text in pages(files):
        assert "Secret vault/vault" in text
        assert "stringData.password" in text


def test_what_no_plan_marks_is_redacted_where_another_value_is_the_same_secret(tmp_path: Path) -> None:
    quoting = stateful_set("vault:1", serviceName=SECRET)
    files = reviewed(
        tmp_path,
        rendered([stateful_set("vault:1", serviceName="a")], [quoting], unknown=(f"{SECRET} is unknown",)),
    )
    assert all(SECRET not in text for text in outputs(files).values())
    assert "(sensitive)" in outputs(files)["review.md"]


def test_one_sentence_says_why_nothing_was_rendered_and_what_cures_it(tmp_path: Path) -> None:
    why = "there is no Helm here. pip install groundplan[charts]"
    outcomes = tuple(Outcome(release(f"module.m{number}.helm_release.it"), None, why) for number in range(3))
    for text in pages(reviewed(tmp_path, renders_of(stacks={STACK: outcomes}))):
        plain = text.replace("`", "")
        assert plain.count("there is no Helm here") == 1
        assert "pip install groundplan[charts]" in plain
        assert "prod-secrets: module.m2.helm_release.it" in plain
        assert "0 releases rendered into 0 objects" in plain


def test_a_release_that_cannot_be_compared_says_why_beside_its_values(tmp_path: Path) -> None:
    why = "vault 0.28.0 is not at hand. Pull it: groundplan charts pull vault"
    one = ReleaseChange(ADDRESS, "vault 0.28.0", "vault 0.29.0", (), (), why)
    for text in pages(reviewed(tmp_path, renders_of(changes={STACK: (one,)}))):
        assert text.count("Pull it: groundplan charts pull vault") >= 1


def test_charts_that_are_not_at_hand_take_one_line_with_one_command(tmp_path: Path) -> None:
    outcomes = tuple(
        Outcome(release(f"module.{name}.helm_release.it"), None, f"{name} is not at hand", missing=name)
        for name in ("velero", "kong", "velero")
    )
    for text in pages(reviewed(tmp_path, renders_of(stacks={STACK: outcomes}))):
        assert text.count("groundplan charts pull kong velero") == 1
        assert "2 charts are not at hand" in text


def test_assumptions_warnings_and_what_nobody_looked_at_are_said(tmp_path: Path) -> None:
    renders = renders_of(
        stacks={STACK: (Outcome(release(unknown=("a part of set is known only after apply",)), (OLD,)),)},
        warnings={STACK: (Problem(f"{STACK}: {ADDRESS}", "policy/v1beta1 is deprecated", "Use policy/v1."),)},
        assumptions=(Assumption("prod", "prometheus", (f"{STACK}: {ADDRESS}",)), Assumption("prod", "keda", ())),
        not_looked_at=("prod-edge",),
        unknown=("no schemas for Kubernetes 1.99",),
    )
    for text in pages(reviewed(tmp_path, renders)):
        plain = text.replace("`", "")
        assert "prod takes prometheus for granted: used by prod-secrets: module.vault" in plain
        assert "prod takes keda for granted: nobody needs it" in plain
        assert "policy/v1beta1 is deprecated" in plain
        # the stack of a warning is told once
        assert f"{STACK}: {STACK}" not in plain
        assert "a part of set is known only after apply" in plain
        assert "no schemas for Kubernetes 1.99" in plain
        assert "prod-edge" in plain


def test_images_that_are_new_gone_or_changed_are_named_by_environment(tmp_path: Path) -> None:
    pod = {"template": {"spec": {"containers": [{"name": "a", "image": "registry.example.com:5000/agent:2"}]}}}
    same = made("Deployment", "same", spec={"template": {"spec": {"containers": [{"name": "a", "image": "same:1"}]}}})
    gone = made("Deployment", "gone", spec={"template": {"spec": {"containers": [{"name": "a", "image": "gone:1"}]}}})
    before, after = [OLD, same, gone], [NEW, same, made("Deployment", "agent", spec=pod)]
    compared = pages(reviewed(tmp_path / "a", rendered(before, after)))
    for text in compared:
        assert "runs 3 images, 2 without a digest; 1 changed, 1 new, 1 gone" in text
        assert "registry.example.com/vault:1.16" in text
    markdown = compared[0]
    assert "becomes `registry.example.com/vault:1.17@sha256:" in markdown
    assert "new: `registry.example.com:5000/agent:2`" in markdown
    assert "gone: `gone:1`" in markdown
    assert "`same:1`" not in markdown
    alone = pages(reviewed(tmp_path / "b", rendered([], after), metas={STACK: meta(STACK, base=None)}))
    for text in alone:
        assert "runs 3 images, 2 without a digest" in text
        assert "changed, " not in text.partition("without a digest")[2][:20]


def test_definitions_that_helm_does_not_upgrade_are_told_in_the_summary(tmp_path: Path) -> None:
    old, new = (
        made("CustomResourceDefinition", "w", template="vault/crds/w.yaml", spec={"names": {"kind": kind}})
        for kind in ("A", "B")
    )
    files = reviewed(tmp_path, rendered([OLD, old], [OLD, new]))
    assert files.verdict == "May merge, after a look: 1 definition of charts is not upgraded by Helm."
    for text in pages(files):
        assert "1 object changes: Helm leaves 1 of them as it is" in text
        assert "before the upgrade run kubectl apply --server-side --force-conflicts -f out/definitions" in text


def test_a_release_that_changes_without_its_values_is_shown_as_well(tmp_path: Path) -> None:
    files = review(tmp_path, {STACK: plan()}, renders=rendered([OLD], [NEW]))
    for text in pages(files):
        assert "StatefulSet vault/vault restarts one by one" in text


def test_every_link_leads_somewhere_and_what_changes_alone_is_filtered_with_its_stack(tmp_path: Path) -> None:
    problem = Problem("prod", "two releases claim one port", "Change one.")
    page = outputs(
        review(
            tmp_path,
            {STACK: plan()},
            renders=rendered(
                [OLD], [NEW], problems={"prod": (problem,)}, warnings={STACK: (problem,), "prod": (problem,)}
            ),
        )
    )["review.html"]
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert "two releases claim one port" in page
    assert '<div data-environment="prod">' in page


def test_without_renders_the_review_has_no_word_about_objects(tmp_path: Path) -> None:
    for text in pages(reviewed(tmp_path, None)):
        assert "rendered into" not in text


def test_equal_renders_give_equal_pages_and_hostile_names_no_markup(tmp_path: Path) -> None:
    hostile = made("ConfigMap", "<script>alert(1)</script> @all /close", data={"a": "```\n</details>"})
    changed = made("ConfigMap", "<script>alert(1)</script> @all /close", data={"a": "```\n</details>\n# Title"})
    first = outputs(reviewed(tmp_path / "a", rendered([OLD, hostile], [NEW, changed])))
    second = outputs(reviewed(tmp_path / "b", rendered([hostile, OLD], [changed, NEW])))
    assert first == second
    assert "<script>alert" not in first["review.html"]
    outside = re.sub(r"(`{3,})diff\n.*?\n\1", "", first["review.md"], flags=re.DOTALL)
    assert "<script>" not in outside


def test_objects_are_cut_before_updates_are(tmp_path: Path) -> None:
    before, after = (
        [made("ConfigMap", f"c{number}", data={"k": f"{word}{number}" * 30}) for number in range(60)]
        for word in ("a", "b")
    )
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(PLAN), encoding="utf-8")
    read = read_review(
        {STACK: path},
        {STACK: meta(STACK)},
        findings(stacks=(STACK,)),
        None,
        project=tmp_path,
        holds_data=lambda _: False,
        renders=rendered(before, after),
    )
    whole = markdown(read, whole="review.html")
    assert "ConfigMap vault/c59" in whole
    text = markdown(read, whole="review.html", maximum_characters=len(whole) - 100)
    assert len(text) < len(whole)
    assert "Not listed: 60 objects" in text
    assert "ConfigMap vault/c59" not in text
    assert "60 objects change" in text
    assert 'version: "0.28.0" -> "0.29.0"' in text
