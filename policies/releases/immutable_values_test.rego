package tests.releases.immutable_values

import data.testing.plans

import rego.v1

grow := "let the claims grow and delete the StatefulSet with --cascade=orphan before it is applied, and waive this"

keep := "the StatefulSet keeps it for good, so leave it as it is"

release(after) := plans.made("helm_release", {"name": "x", "chart": "vault", "values": [json.marshal(values) | some values in after]})

upgrade(before, after) := plans.production([plans.updated(release([after]), {"values": [json.marshal(before)]})])

data_storage(given) := {"server": {"dataStorage": given}}

audit_storage(given) := {"server": {"auditStorage": given}}

messages(given) := {found.message | some found in data.rules.releases.immutable_values.deny with input as given}

test_what_a_claim_template_says_cannot_be_changed if {
	every row in [
		[{"size": "10Gi"}, {"size": "20Gi"}, concat("", ["size from 10Gi to 20Gi: ", grow])],
		[{"size": "900Gi"}, {"size": "1Ti"}, concat("", ["size from 900Gi to 1Ti: ", grow])],
		[{}, {"size": "9Gi"}, "size from 10Gi to 9Gi: no volume becomes smaller, so leave it as it is"],
		[{"size": 20}, {"size": "20Gi"}, concat("", ["size from 20 to 20Gi: ", keep])],
		[{}, {"storageClass": "gp3"}, concat("", ["storageClass from nothing to gp3: ", keep])],
		[{"accessMode": "ReadWriteOncePod"}, {}, concat("", ["accessMode from ReadWriteOncePod to ReadWriteOnce: ", keep])],
		[{"labels": {"a": "1"}}, {"labels": {"a": "2"}}, concat("", [`labels from {"a":"1"} to {"a":"2"}: `, keep])],
		[{}, {"annotations": {"a": "1"}}, concat("", [`annotations from {} to {"a":"1"}: `, keep])],
		[{}, {"enabled": false}, concat("", ["enabled from true to false: ", keep])],
	] {
		messages(upgrade(data_storage(row[0]), data_storage(row[1]))) == {concat("", ["changes server.dataStorage.", row[2]])}
	}
}

test_the_audit_volumes_are_claims_where_they_are_switched_on if {
	bigger := concat("", ["changes server.auditStorage.size from 10Gi to 20Gi: ", grow])
	messages(upgrade(audit_storage({"enabled": true}), audit_storage({"enabled": true, "size": "20Gi"}))) == {bigger}
	messages(upgrade({}, audit_storage({"enabled": true}))) == {concat("", ["changes server.auditStorage.enabled from false to true: ", keep])}
	messages(upgrade({}, audit_storage({"size": "20Gi"}))) == set()
}

test_what_set_says_counts_on_both_sides if {
	made := object.union(release([{}]), {"after": {"chart": "vault", "values": [], "set": [{"name": "server.dataStorage.size", "value": "20Gi"}]}})
	count(messages(plans.production([plans.updated(made, {"set": []})]))) == 1
	count(messages(plans.production([plans.planned(made, ["update"])]))) == 0
}

test_another_upgrade_is_fine if {
	every row in [
		[{}, {}],
		[{}, {"size": "10Gi"}],
		[{"size": "10Gi"}, {"size": "10240Mi"}],
		[{}, {"storageClass": null, "accessMode": "ReadWriteOnce", "mountPath": "/elsewhere"}],
	] {
		given := upgrade(data_storage(row[0]), data_storage(row[1]))
		messages(given) == set()
		count(data.rules.releases.immutable_values.unknown) == 0 with input as given
	}
}

test_what_is_made_anew_or_of_another_chart_may_have_any if {
	was := {"values": [json.marshal(data_storage({"size": "1Gi"}))]}
	now := release([data_storage({"size": "2Gi"})])
	every actions in [["create"], ["delete", "create"], ["delete"], ["no-op"]] {
		count(messages(plans.production([plans.planned(plans.updated(now, was), actions)]))) == 0
	}
	other := object.union(now, {"after": object.union(now.after, {"chart": "kong"})})
	count(messages(plans.production([plans.updated(other, was)]))) == 0
}

later(known, written) := plans.production([plans.updated(
	object.union(release([known]), {
		"unknown": {"values": [false, true]},
		"after": {"chart": "vault", "values": [json.marshal(known), null]},
		"expressions": {"values": written},
	}),
	{"values": []},
)])

test_values_that_are_known_only_at_apply_are_unknown_unless_they_are_of_something_else if {
	size := {"constant_value": ["", "${yamlencode({server = {dataStorage = {size = var.size}}})}"], "references": ["var.size"]}
	role := {"constant_value": ["", "${yamlencode({server = {serviceAccount = {annotations = {role = aws_iam_role.this.arn}}}})}"], "references": ["aws_iam_role.this.arn"]}
	unclear := {found.message | some found in data.rules.releases.immutable_values.unknown with input as later({}, size)}
	unclear == {"has values that are known only at apply, which may change server.dataStorage"}
	count(data.rules.releases.immutable_values.deny) == 0 with input as later({}, size)
	count(data.rules.releases.immutable_values.unknown) == 0 with input as later({}, role)
	count(data.rules.releases.immutable_values.unknown) == 2 with input as later({}, {"constant_value": null, "references": ["local.values"]})
	full := data_storage({"size": "20Gi", "enabled": true, "accessMode": "ReadWriteOnce", "storageClass": "a", "labels": {}, "annotations": {}})
	count(data.rules.releases.immutable_values.unknown) == 1 with input as later(full, {"constant_value": null, "references": ["local.values"]})
	count(data.rules.releases.immutable_values.deny) == 2 with input as later(full, role)
}
