"""Charts are read for the values that act in them; small charts, a trick of real ones each."""

from __future__ import annotations

import pytest

from groundplan.charts.reading import ReadChart, read_chart
from groundplan.problems import BadInput

META = b"apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: '9'\nkubeVersion: '>=1.30'\n"


def read(templates: str | dict[str, str], values: str = "", **more: str) -> ReadChart:
    files = {"Chart.yaml": META, "values.yaml": values.encode()}
    named = templates if isinstance(templates, dict) else {"all.yaml": templates}
    files |= {f"templates/{name}": text.encode() for name, text in named.items()}
    return read_chart(files | {path: text.encode() for path, text in more.items()}, name="shop")


def types(templates: str | dict[str, str], values: str = "", **more: str) -> dict[str, str]:
    return read(templates, values, **more).values.types


READ = {
    "a value that is printed": ("{{ .Values.image.tag | quote }}", "image: {tag: v1}", {"image.tag": "string"}),
    "a value that only decides": (
        "{{ if and .Values.web (not .Values.api) }}x{{ end }}",
        "web: true\napi: false",
        {"api": "boolean", "web": "boolean"},
    ),
    "the dot of with": (
        "{{ with .Values.web }}{{ .port }}{{ end }}",
        "web: {port: 80}",
        {"web.port": "integer|string"},
    ),
    "the root in the body of with": (
        "{{ with .Values.a }}{{ $.Values.b }}{{ end }}",
        "b: 1",
        {"a": "any", "b": "integer"},
    ),
    "items of a list": (
        "{{ range .Values.hosts }}{{ .name }}{{ end }}",
        "hosts: []",
        {"hosts": "list", "hosts[].name": "any"},
    ),
    "any key of a map": (
        "{{ range $name, $job := .Values.jobs }}{{ $job.schedule }}{{ end }}",
        "jobs: {one: {schedule: x}}",
        {"jobs.*.schedule": "string"},
    ),
    "any key of a map whose values are of several kinds": (
        '{{ range $key, $value := omit .Values.budget "enabled" }}{{ $key }}: {{ $value }}{{ end }}'
        '{{ dig (printf "zone%s" .Release.Name) "selector" nil .Values.zones }}',
        "budget: {enabled: true, least: null}\nzones: {enabled: true, zoneA: {selector: {}}}",
        {"budget.*": "any", "zones.*.selector": "any"},
    ),
    "a variable": ("{{ $web := .Values.web }}{{ $web.port }}", "", {"web.port": "any"}),
    "a variable that a branch sets anew": (
        "{{ $x := .Values.a }}{{ if .Values.c }}{{ $x = .Values.b }}{{ end }}{{ $x.d }}",
        "",
        {"a.d": "any", "b.d": "any", "c": "any"},
    ),
    "a tree that is handed on": ("{{ toYaml .Values.extra }}", "extra: {}", {"extra": "map"}),
    "a tree below a key that Kubernetes knows": (
        "resources:\n  {{- toYaml .Values.web.limits | nindent 2 }}",
        "web: {limits: {}}",
        {"web.limits": "ResourceRequirements"},
    ),
    "index with constants": ('{{ index .Values "my-part" "port" }}', "", {"my-part.port": "any"}),
    "index with a key that only a render knows": (
        "{{ index .Values.zones .Release.Name }}",
        "zones: {a: 1}",
        {"zones.*": "integer"},
    ),
    "dig, get and hasKey": (
        '{{ dig "a" "b" "none" .Values.x }}{{ get .Values.y "c" }}{{ if hasKey .Values.z "d" }}{{ end }}',
        "",
        {"x.a.b": "any", "y.c": "any", "z.d": "any"},
    ),
    "a default of another value": (
        "{{ default .Values.global.tag .Values.tag }}",
        "global: {tag: a}\ntag: b",
        {"global.tag": "string", "tag": "string"},
    ),
    "a key that a loop over constants makes": (
        '{{ range $c := list "web" "api" }}{{ (index $.Values $c).replicas }}{{ end }}',
        "",
        {"web.replicas": "any", "api.replicas": "any"},
    ),
    "text that is run as a template": (
        "{{ tpl .Values.config . }}",
        'config: "{{ .Values.inner.level }}"',
        {"config": "string", "inner.level": "any"},
    ),
    "a value that may be a map or a text": (
        '{{ if kindIs "map" .Values.c }}{{ toYaml .Values.c }}{{ end }}',
        "c: ''",
        {"c": "any"},
    ),
    "a number or a share": (
        "{{ .Values.pdb.maxUnavailable }}",
        "pdb: {maxUnavailable: 1}",
        {"pdb.maxUnavailable": "integer|string"},
    ),
}


@pytest.mark.parametrize(("template", "values", "expected"), READ.values(), ids=list(READ))
def test_a_chart_reads(template: str, values: str, expected: dict[str, str]) -> None:
    assert types(template, values) == expected


def test_a_template_that_gets_a_map_of_its_own_reads_what_the_map_holds() -> None:
    templates = {
        "_helpers.tpl": '{{ define "shop.pod" }}{{ .ctx.image.tag }} {{ .root.Values.global.hub }}{{ end }}',
        "web.yaml": '{{ include "shop.pod" (dict "ctx" .Values.web "root" $) }}',
        "api.yaml": '{{ template "shop.pod" dict "ctx" .Values.api "root" . }}',
    }
    assert sorted(types(templates)) == ["api.image.tag", "global.hub", "web.image.tag"]


def test_what_a_template_merges_is_read_below_each_part() -> None:
    template = "{{ $all := mergeOverwrite (deepCopy .Values.defaults) .Values.web }}{{ $all.replicas }}"
    assert sorted(types(template)) == ["defaults.replicas", "web.replicas"]


def test_a_key_that_a_template_writes_over_the_users_is_none_of_the_users() -> None:
    template = '{{ $labels := merge (dict "app" "shop") .Values.labels }}{{ $labels.app }}'
    assert types(template) == {}


def test_yaml_that_a_template_prints_and_another_parses_is_followed() -> None:
    templates = {
        "_helpers.tpl": '{{ define "shop.config" }}{{ toYaml .Values.config }}{{ end }}',
        "all.yaml": '{{ $c := include "shop.config" . | fromYaml }}{{ $c.server.port }}',
    }
    assert sorted(types(templates)) == ["config.server.port"]


def test_a_template_that_walks_down_by_calling_itself_ends() -> None:
    templates = {
        "_helpers.tpl": '{{ define "w" }}{{ range $k, $v := . }}{{ include "w" $v }}{{ end }}{{ end }}',
        "all.yaml": '{{ include "w" .Values.tree }}',
    }
    assert types(templates, "tree: {a: {b: {c: {d: 1}}}}") == {"tree.*.*.*": "map"}


def test_a_value_that_only_the_defaults_or_the_schema_show_is_named_as_unread() -> None:
    schema = '{"properties": {"web": {"properties": {"port": {"type": "integer"}, "ghost": {"type": "string"}}}}}'
    chart = read("{{ .Values.web.port }}", "web: {port: 80}\nold: {gone: 1}", **{"values.schema.json": schema})
    assert chart.values.unread == ["old.gone", "web.ghost"]
    assert chart.values.types == {"web.port": "integer"}


def test_below_a_value_that_is_handed_on_nothing_is_unread() -> None:
    assert read("{{ toYaml .Values.web }}", "web: {a: {b: 1}}").values.unread == []


def test_only_a_guard_on_a_map_reads_nothing_below_it() -> None:
    chart = read("{{ if .Values.web }}x{{ end }}", "web: {port: 1}")
    assert chart.values.types == {"web": "object"}
    assert chart.values.unread == ["web.port"]


def test_a_chart_inside_reads_below_its_key_and_shares_what_is_global() -> None:
    inner = "{{ .Values.replicas }}{{ .Values.global.hub }}"
    chart = read(
        "{{ .Values.own }}",
        "db: {replicas: 2}",
        **{
            "charts/db/Chart.yaml": "name: db\nversion: 1.0.0",
            "charts/db/values.yaml": "replicas: 1",
            "charts/db/templates/all.yaml": inner,
        },
    )
    assert chart.values.types == {"db.global.hub": "any", "db.replicas": "integer", "global.hub": "any", "own": "any"}
    assert [(part.key, part.is_read) for part in chart.parts] == [("db", True)]


def test_a_template_of_a_chart_that_is_not_here_leaves_a_doubt_with_its_place() -> None:
    meta = META.decode() + "dependencies: [{name: common, version: 2.x.x, repository: https://charts.example.com}]\n"
    chart = read('{{ include "common.labels" (dict "values" .Values.web) }}', **{"Chart.yaml": meta})
    assert chart.values.doubts == {
        "web": "templates/all.yaml:1: the template common.labels is in a chart that is not here"
    }


def test_what_makes_a_render_differ_or_asks_the_cluster_is_named_with_its_place() -> None:
    reads = read('a: 1\nb: {{ genCA "x" 1 }}\nc: {{ lookup "v1" "Secret" "ns" "name" }}').reads
    assert {str(place): what for place, what in reads.random.items()} == {"templates/all.yaml:2": "genCA"}
    assert {str(place): what for place, what in reads.lookups.items()} == {"templates/all.yaml:3": "v1 Secret"}


def test_kinds_and_custom_resources_are_told_by_the_folder_that_decides_on_their_upgrade() -> None:
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: shops.example.com}\n"
        "spec:\n  group: example.com\n  names:\n    kind: Shop\n  versions:\n  - name: v1\n"
    )
    chart = read("apiVersion: apps/v1\nkind: Deployment\n---\nkind: Service", **{"crds/shop.yaml": definition})
    assert chart.kinds == ("Service", "apps/v1 Deployment")
    assert chart.custom_resources == {"crds": ("example.com/v1 Shop",)}
    assert chart.crd_files == {"crds/shop.yaml": ("shops.example.com",)}
    inside = {"charts/part/Chart.yaml": "name: part\nversion: 1.0.0", "charts/part/crds/all.yaml": definition}
    more = definition.replace("shops", "tills")
    found = read("", **inside, **{"crds/all.yaml": f"{more}---\n{definition}", "crds/readme.yaml": "a: b"}).crd_files
    assert found == {
        "charts/part/crds/all.yaml": ("shops.example.com",),
        "crds/all.yaml": ("shops.example.com", "tills.example.com"),
    }
    assert read("", **{"templates/shop.yaml": definition}).crd_files == {}


BROKEN = {
    "an action that is never closed": "a\nb: {{ .Values.a",
    "a branch that never ends": "a\n{{ if .Values.a }}",
    "an end without a beginning": "a\n{{ end }}",
    "a comment that is never closed": "a\n{{/* x",
    "a text that is never closed": 'a\n{{ "x }}',
    "a parenthesis that is never closed": "a\n{{ (.Values.a }}",
}


@pytest.mark.parametrize("template", BROKEN.values(), ids=list(BROKEN))
def test_a_template_that_go_refuses_is_told_with_file_and_line(template: str) -> None:
    with pytest.raises(BadInput, match=r"shop: templates/all\.yaml:2: .*\n.*mend it"):
        read(template)


def test_every_broken_file_is_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        read({"a.yaml": "{{ end }}", "b.yaml": "{{ if }"})
    assert len(caught.value.problems) == 2


def test_what_is_no_chart_is_refused() -> None:
    with pytest.raises(BadInput, match=r"no Helm chart"):
        read_chart({"values.yaml": b"a: 1"}, name="shop")
    with pytest.raises(BadInput, match=r"values\.yaml: it cannot be read"):
        read_chart({"Chart.yaml": META, "values.yaml": b"a: [1"}, name="shop")


def test_a_definition_that_a_template_prints_from_a_file_comes_by_the_template() -> None:
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  group: example.com\n"
        "  names:\n    kind: Shop\n  versions:\n  - name: v1alpha1\n    served: false\n  - name: v1\n    served: true\n"
    )
    meta = {"charts/part/Chart.yaml": "name: part\nversion: 1.0.0", "charts/part/crds/shop.yaml": definition}
    assert read("", **{"files/shop.yaml": definition}).custom_resources == {"templates": ("example.com/v1 Shop",)}
    assert list(read("", **meta).custom_resources) == ["crds"]


def test_where_all_values_are_handed_on_nothing_is_called_unread() -> None:
    chart = read("{{ .Values.a }}{{ toYaml .Values }}", "a: 1\nb: 1")
    assert list(chart.values.doubts) == [""]
    assert chart.values.unread == []


def test_a_key_that_only_a_render_knows_may_be_each_that_has_a_name() -> None:
    template = "{{ range $name := .Values.parts }}{{ (index $.Values $name).image.tag }}{{ end }}"
    assert types(template, "web: {image: {}}\napi: {}\nparts: []") == {
        "api.image.tag": "any",
        "parts": "list",
        "parts.image.tag": "any",
        "parts[]": "any",
        "web.image.tag": "any",
    }


def test_beside_the_fields_of_kubernetes_a_template_may_look_for_its_own() -> None:
    template = '{{ if .Values.securityContext.enabled }}{{ toYaml (omit .Values.securityContext "enabled") }}{{ end }}'
    assert types(template, "securityContext: {enabled: true}") == {
        "securityContext": "SecurityContext",
        "securityContext.enabled": "boolean",
    }


def test_helm_itself_asks_whether_a_chart_inside_takes_part() -> None:
    meta = META.decode() + "dependencies: [{name: db, version: 1.x.x, condition: 'db.enabled,global.db'}]\n"
    assert types("", **{"Chart.yaml": meta}) == {"db.enabled": "any", "global.db": "any"}


TEMPLATED = """
{{- if .Values.crds.create }}
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {{ printf "%s}}" "shops" }}.example.com
  annotations: {{- toYaml .Values.notes | nindent 4 }}
spec:
{{ if .ca }}{{ cat "caBundle:" .ca | indent 4 }}{{ end }}
  group: example.com
  scope: Namespaced
  names: {kind: Shop, plural: shops}
  versions:
  {{- range list "ignored" }}
  - served: {{ $.Values.crds.create }}
    name: "v1"
    schema:
      openAPIV3Schema:
        properties: {status: {type: string, description: '{{ "{{" }} is kept'}}
  {{- end }}
{{- end }}
"""


def test_definitions_in_templates_are_read_like_those_that_are_none() -> None:
    chart = read(TEMPLATED)
    assert chart.custom_resources == {"templates": ("example.com/v1 Shop",)}
    listed = (
        'kind: List\nitems:\n- {"spec": {"versions": [{"name": "v2"}], "names": {kind: Till}, group: example.com},'
        ' kind: CustomResourceDefinition}\n- "kind": CustomResourceDefinition\n'
    )
    assert read("", **{"crds/all.yaml": f"{listed}---\n{TEMPLATED}"}).custom_resources == {
        "crds": ("example.com/v1 Shop", "example.com/v2 Till")
    }


def test_definitions_that_cannot_be_read_are_named_and_the_rest_of_the_chart_is_read() -> None:
    broken = TEMPLATED.replace("  group: example.com", "  group: [example.com")
    chart = read(
        "a: {{ .Values.a }}", **{"crds/shop.yaml": broken, "crds/kind.yaml": TEMPLATED.replace("Shop", "{{ .a }}")}
    )
    assert chart.custom_resources == {}
    assert chart.values.types == {"a": "any"}
    ((said),) = chart.unread_definitions
    assert said.startswith("crds/shop.yaml: cannot be read as YAML at line 1")


def test_a_charts_own_files_are_read_with_the_words_of_kubernetes() -> None:
    assert types("{{ .Values.on }}{{ .Values.day }}{{ .Values.time }}", "day: 2026-01-02\ntime: 1:30\n") == {
        "on": "any",
        "day": "string",
        "time": "string",
    }
    assert read("{{ .Values.x }}", "x: 1\nno: 2\n10: 3").values.unread == ["10", "false"]
