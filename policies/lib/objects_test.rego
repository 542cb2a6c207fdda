package tests.lib.objects

import data.lib.objects
import data.testing.plans

import rego.v1

certificate := {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "claims"}}

release(chart, values) := plans.made("helm_release", {"chart": chart, "values": [yaml.marshal(values)]})

manifest(object) := plans.made("kubernetes_manifest", {"manifest": object})

names(resources) := {objects.name(found) |
	some found in data.lib.objects.certificates with input as plans.production(resources)
}

listed(resources) := count({found | some found in data.lib.objects.listed with input as plans.production(resources)})

test_a_local_chart_s_objects_and_manifests_are_listed if {
	listed([release("./charts/objects", {"objects": {"a": certificate, "b": {"kind": "Issuer"}}})]) == 2
	listed([release("./charts/objects", {"objects": {"a": "text"}})]) == 0
	listed([release("./charts/objects", {"others": {"a": certificate}})]) == 0
	listed([release("kong", {"objects": {"a": certificate}})]) == 0
	listed([manifest(certificate)]) == 1
}

test_a_certificate_is_one_of_cert_manager_s if {
	names([release("./charts/objects", {"objects": {"a": certificate, "b": {"kind": "Issuer"}}})]) == {"claims"}
	names([manifest(certificate)]) == {"claims"}
	names([manifest(object.union(certificate, {"kind": "Issuer"}))]) == set()
	names([manifest(object.union(certificate, {"apiVersion": "networking.internal.knative.dev/v1"}))]) == set()
	names([manifest(object.remove(certificate, ["metadata"]))]) == {""}
}

undecided(resources) := count({found | some found in objects.undecided(["spec", "dnsNames"]) with input as plans.production(resources)})

unknown_manifest(known, unknown) := object.union(
	plans.later(manifest({}), {"manifest": unknown}),
	{"after": {"manifest": known}},
)

test_a_manifest_s_unknown_part_is_undecided_where_it_may_be_a_certificate if {
	undecided([unknown_manifest(certificate, {"spec": {"dnsNames": true}})]) == 1
	undecided([unknown_manifest(certificate, {"spec": {"dnsNames": [false, true]}})]) == 1
	undecided([unknown_manifest(certificate, {"spec": {"secretName": true}})]) == 0
	undecided([unknown_manifest(certificate, {"status": {"dnsNames": true}})]) == 0
	undecided([unknown_manifest({"kind": "Issuer"}, {"spec": {"dnsNames": true}})]) == 0
	undecided([unknown_manifest({}, {"kind": true, "spec": {"dnsNames": true}})]) == 1
	undecided([unknown_manifest({}, {"apiVersion": true, "spec": {"dnsNames": true}})]) == 0
	undecided([plans.later(manifest({}), {"manifest": true})]) == 1
}

written(chart, text) := object.union(
	plans.reads(plans.made("helm_release", {"chart": chart}), "values", {"constant_value": [text]}),
	{"unknown": {"values": true}},
)

test_a_local_chart_s_unknown_values_are_undecided_unless_written_without_a_certificate if {
	undecided([written("./charts/objects", "${var.values}")]) == 1
	undecided([written("./charts/objects", "${yamlencode({objects = {a = {kind = \"Certificate\", spec = var.spec}}})}")]) == 1
	undecided([written("./charts/objects", "${yamlencode({objects = {a = {kind = \"Issuer\", spec = var.spec}}})}")]) == 0
	undecided([written("kong", "${var.values}")]) == 0
	undecided([release("./charts/objects", {"objects": {"a": certificate}})]) == 0
}
