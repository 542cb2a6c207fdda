package tests.alarms.alarm_names_runbook

import data.testing.plans

import rego.v1

denied(given) := {found.message | some found in data.rules.alarms.alarm_names_runbook.deny with input as given}

unknown(given) := {found.message | some found in data.rules.alarms.alarm_names_runbook.unknown with input as given}

alarm(after) := plans.production([plans.made("aws_cloudwatch_metric_alarm", after)])

rules(entries) := plans.object_of("monitoring.coreos.com/v1", "PrometheusRule", "claims", {"spec": {"groups": [{"name": "claims", "rules": entries}]}})

page := "https://example.com/runbooks/claims/errors.md"

test_an_alarm_that_names_no_page_is_denied if {
	every after in [{"alarm_name": "a"}, {"alarm_name": "a", "alarm_description": null}, {"alarm_name": "a", "alarm_description": "Claims fail."}] {
		denied(alarm(after)) == {"does not say where its runbook is"}
		unknown(alarm(after)) == set()
	}
	denied(plans.production([plans.made("aws_cloudwatch_composite_alarm", {"alarm_name": "a"})])) == {"does not say where its runbook is"}
}

test_an_address_or_the_name_of_a_page_is_fine if {
	every description in [concat(" ", ["Claims fail.", page]), "Claims fail. Runbook: runbooks/errors.md of the module claims"] {
		denied(alarm({"alarm_description": description})) == set()
		unknown(alarm({"alarm_description": description})) == set()
	}
}

test_a_description_that_only_apply_knows_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_cloudwatch_metric_alarm", {"alarm_name": "a"}), {"alarm_description": true})])
	denied(given) == set()
	unknown(given) == {"says only at apply where its runbook is"}
}

test_an_alert_of_prometheus_without_its_page_is_denied if {
	every annotations in [{}, {"annotations": {"summary": "Claims fail"}}, {"annotations": {"runbook_url": ""}}] {
		given := plans.rendered("prod", [rules([object.union({"alert": "ClaimsFail", "expr": "1"}, annotations)])], [])
		denied(given) == {"PrometheusRule claims/claims: alert ClaimsFail has no runbook_url"}
	}
}

test_an_alert_with_its_page_and_a_rule_that_records_are_fine if {
	given := plans.rendered("prod", [rules([{"alert": "ClaimsFail", "expr": "1", "annotations": {"runbook_url": page}}, {"record": "claims:errors", "expr": "1"}])], [])
	denied(given) == set()
	unknown(given) == set()
}

test_a_page_that_only_apply_knows_is_there_in_a_release_and_unknown_in_a_manifest if {
	waits := plans.rendered("prod", [rules([{"alert": "ClaimsFail", "annotations": {"runbook_url": "known-after-apply"}}])], [])
	denied(waits) == set()
	manifest := rules([{"alert": "ClaimsFail", "annotations": {}}])
	given := plans.production([plans.later(plans.made("kubernetes_manifest", {"manifest": manifest}), {"manifest": {"spec": {"groups": [{"rules": [{"annotations": {"runbook_url": true}}]}]}}})])
	denied(given) == set()
	unknown(given) == {"alert ClaimsFail says only at apply where its runbook is"}
}

test_a_release_that_may_make_other_rules_is_unknown if {
	given := plans.rendered("prod", [rules([{"alert": "ClaimsFail"}])], ["values"])
	denied(given) == set()
	count(unknown(given)) == 2
}
