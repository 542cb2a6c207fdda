package tests.lib.helm

import data.lib.helm
import data.lib.plan
import data.testing.plans

import rego.v1

release(arguments) := plans.made("helm_release", object.union({"chart": "kong"}, arguments))

values(made) := found if {
	found := data.lib.helm.values["module.service.helm_release.this"] with input as plans.production([made])
}

test_later_documents_and_then_settings_come_over_earlier_ones if {
	values(release({"values": ["a: 1\nb: 1\nc: 1", "b: 2\nc: 2"], "set": [{"name": "c", "value": "3"}]})) == {"a": 1, "b": 2, "c": 3}
	values(release({"set": [{"name": "a", "value": "1"}], "set_sensitive": [{"name": "a", "value": "2"}]})) == {"a": 2}
	values(release({})) == {}
}

test_what_is_no_document_is_left_out if {
	values(release({"values": ["a: 1", "- a", "text", "a: [", null, 3]})) == {"a": 1}
	values(release({"values": "a: 1"})) == {}
}

test_a_setting_without_name_or_value_is_left_out if {
	values(release({"set": [{"name": "a"}, {"value": "1"}, {"name": 1, "value": "1"}, {"name": "b", "value": 1}, {"name": "c", "value": "1"}]})) == {"c": 1}
}

test_a_dotted_name_is_a_place_in_the_values if {
	values(release({"set": [{"name": "image.tag", "value": "v1"}, {"name": "a.b.c", "value": "x"}]})) == {"image": {"tag": "v1"}, "a": {"b": {"c": "x"}}}
}

set(value, type) := values(release({"set": [object.union({"name": "a", "value": value}, type)]})).a

test_numbers_and_flags_are_read_unless_the_type_says_string if {
	set("3", {}) == 3
	set("30", {"type": "auto"}) == 30
	set("0", {"type": null}) == 0
	set("true", {}) == true
	set("false", {}) == false
	set("null", {}) == null
	every text in ["03", "3.0", "trueish", "x3", "-1", "", "untrue"] {
		set(text, {}) == text
	}
	set("3", {"type": "string"}) == "3"
	set("true", {"type": "string"}) == "true"
}

partial(made) if {
	"module.service.helm_release.this" in data.lib.helm.partial with input as plans.production([made])
}

test_a_release_is_partial_while_a_document_or_setting_of_it_is_unknown_or_cannot_be_read if {
	not partial(release({"values": ["a: 1"], "set": [{"name": "a", "value": "1"}]}))
	partial(plans.later(release({}), {"values": true}))
	partial(plans.later(release({"values": ["a: 1", null]}), {"values": [false, true]}))
	every name in ["set", "set_sensitive", "set_list"] {
		partial(plans.later(release({}), {name: true}))
		partial(plans.later(release({}), {name: [{"value": true}]}))
	}
	partial(release({"values": ["a: ["]}))
	not partial(release({"values": [null, 3]}))
	not partial(plans.later(release({}), {"version": true}))
}

this(made) := resource if {
	some resource in plan.of("helm_release") with input as plans.production([made])
}

local_chart(made) if {
	helm.local_chart(this(made)) with input as plans.production([made])
}

test_a_chart_s_name_is_the_last_part_of_where_it_is if {
	every chart in ["kong", "oci://registry.example.com/charts/kong", "./charts/kong"] {
		helm.chart(this(release({"chart": chart}))) == "kong"
	}
}

test_a_chart_of_the_module_s_own_folder_is_local if {
	every chart in ["./charts/kong", "../charts/kong", "/charts/kong", `C:\charts\kong`] {
		local_chart(release({"chart": chart}))
	}
	every chart in ["kong", "oci://registry.example.com/charts/kong", "charts/kong", "...../kong"] {
		not local_chart(release({"chart": chart}))
	}
	local_chart(plans.reads(release({}), "chart", {"constant_value": "${path.module}/charts/kong"}))
	not local_chart(plans.reads(release({}), "chart", {"constant_value": "${var.chart}"}))
	not local_chart(plans.reads(release({}), "version", {"constant_value": "${path.module}/charts/kong"}))
	not local_chart(plans.computed(release({"chart": "./kong"}), ["chart"]))
}

at(made, path) := found if {
	found := helm.at(this(made), path) with input as plans.production([made])
}

test_a_value_is_found_by_its_dotted_path if {
	at(release({"values": ["a: {b: 1, c: null}"]}), "a.b") == 1
	not at(release({"values": ["a: {b: 1, c: null}"]}), "a.c")
	not at(release({"values": ["a: {b: 1}"]}), "a.d")
	not at(release({"values": ["a: {b: 1}"]}), "b")
}

written(made) := text if {
	text := helm.written(this(made)) with input as plans.production([made])
}

encoded := "${yamlencode({replicas = 3})}"

unknown_documents(documents, marks) := object.union(
	plans.reads(release({}), "values", {"constant_value": documents}),
	{"unknown": {"values": marks}, "after": {"chart": "kong", "values": [null | some _ in documents]}},
)

test_unknown_documents_are_read_as_they_are_written if {
	written(unknown_documents([encoded], true)) == encoded
	written(unknown_documents(["${jsonencode({a = 1})}"], true)) == "${jsonencode({a = 1})}"
	written(unknown_documents([encoded, encoded], [true, true])) == concat("\n", [encoded, encoded])
}

test_a_known_document_needs_no_text if {
	written(unknown_documents(["${file(\"values.yaml\")}", encoded], [false, true])) == encoded
	not written(unknown_documents([encoded], [false]))
	not written(release({"values": ["a: 1"]}))
}

test_a_text_that_is_not_the_module_s_own_is_not_read if {
	every text in ["${var.values}", "${yamlencode(var.values)}", "${yamlencode({a = 1})} ", "x${yamlencode({a = 1})}", "${templatefile({a = 1})}", "yamlencode({a = 1})"] {
		not written(unknown_documents([text], true))
		not written(unknown_documents([encoded, text], [true, true]))
	}
	not written(object.union(unknown_documents([encoded], true), {"unknown": {"set": true}}))
}

test_where_the_documents_cannot_be_told_one_by_one_all_are_read if {
	both := object.union(unknown_documents([encoded, "${var.values}"], true), {"after": {"chart": "kong"}})
	not written(both)
	written(object.union(unknown_documents([encoded], true), {"after": {"chart": "kong"}})) == encoded
	written(object.union(unknown_documents([encoded], true), {"after": {"values": ["a: 1", null]}, "unknown": {"values": [false, true]}})) == encoded
}

literally(text, key, harmless) if {
	made := unknown_documents([text], true)
	helm.written_literally(this(made), key, harmless) with input as plans.production([made])
}

test_every_assignment_of_a_key_must_match_what_is_harmless if {
	literally("${yamlencode({tag = \"v1\", other = var.x})}", "tag", `^"v[0-9]"$`)
	literally("${yamlencode({\"tag\" = \"v1\"})}", "tag", `^"v[0-9]"$`)
	not literally("${yamlencode({tag = \"v1\", image = {tag = var.tag}})}", "tag", `^"v[0-9]"$`)
	not literally("${yamlencode({tag = \"latest\"})}", "tag", `^"v[0-9]"$`)
	literally("${yamlencode({mytag = \"latest\"})}", "tag", `^"v[0-9]"$`)
}

without(text, pattern) if {
	made := unknown_documents([text], true)
	helm.written_without(this(made), pattern) with input as plans.production([made])
}

test_a_key_with_something_behind_it_is_found_by_its_name if {
	without("${yamlencode({replicas = 3, name = \"x\"})}", "^password$")
	not without("${yamlencode({replicas = 3, password = var.x})}", "^password$")
	not without("${yamlencode({\"password\" = \"x\"})}", "^password$")
	without("${yamlencode({password = {name = \"x\"}})}", "^password$")
	not without("${yamlencode({\"db.password\" = \"x\"})}", "^db.password$")
	not without("${yamlencode({db-password_1 = \"x\"})}", "^db-password_1$")
}
