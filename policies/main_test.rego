package tests.main

import data.lib.settings
import data.main
import data.testing.plans

import rego.v1

bucket := plans.made("aws_s3_bucket", {"bucket": "prod-claims", "force_destroy": true})

waiver := {
	"rule": "protection/not_destroyed_with_contents",
	"stack": "prod-service",
	"address": "module.service.aws_s3_bucket.this",
	"reason": "a scratch bucket",
	"owner": "platform",
	"last_day": "2026-12-31",
}

verdicts(given, waivers, rule) := {finding.verdict |
	some finding in data.main.findings with input as given with data.exceptions as {"waivers": waivers}
	finding.rule == rule
}

test_a_finding_is_denied_without_a_waiver if {
	verdicts(plans.production([bucket]), [], waiver.rule) == {"deny"}
}

test_a_current_waiver_lets_its_rule_pass_and_says_so if {
	verdicts(plans.production([bucket]), [waiver], waiver.rule) == {"waived"}
}

test_a_waiver_of_another_address_does_not if {
	other := object.union(waiver, {"address": "module.service.aws_s3_bucket.other"})
	verdicts(plans.production([bucket]), [other], waiver.rule) == {"deny"}
}

test_an_expired_waiver_does_not if {
	expired := object.union(waiver, {"last_day": "2026-06-29"})
	verdicts(plans.production([bucket]), [expired], waiver.rule) == {"deny"}
}

test_no_waiver_counts_where_the_stack_is_not_known if {
	given := object.remove(plans.production([bucket]), ["groundplan"])
	verdicts(given, [waiver], waiver.rule) == {"deny"}
}

test_what_is_no_plan_is_denied if {
	some finding in data.main.findings with input as {"run": {}}
	finding.rule == "plan/unreadable"
}

said(given) := {finding.rule |
	some finding in data.main.findings with input as given
	startswith(finding.rule, "plan/")
}

# As groundplan gives it, and as Terraform Cloud does.
asked(change) := [object.union(given, {"plan": plan}), {"plan": plan, "run": {"workspace": {"name": "prod-service"}}}] if {
	given := plans.production([])
	plan := object.union(given.plan, change)
}

test_a_whole_plan_is_whole if {
	every given in asked({"errored": false, "complete": true, "applyable": false, "deferred_changes": []}) {
		count(said(given)) == 0
	}
}

test_a_plan_that_failed_is_denied if {
	every given in asked({"errored": true}) {
		said(given) == {"plan/errored"}
	}
}

test_a_plan_that_is_not_whole_is_denied if {
	every given in asked({"complete": false}) {
		said(given) == {"plan/incomplete"}
	}
}

test_a_plan_that_defers_changes_is_denied if {
	every given in asked({"deferred_changes": [{"reason": "provider_config_unknown"}]}) {
		said(given) == {"plan/incomplete"}
	}
}

test_a_failed_plan_is_a_line_of_the_blockers if {
	some line in data.main.blocker with input as {"plan": object.union(plans.production([]).plan, {"errored": true})}
	startswith(line, "plan/errored: plan: ")
}

test_a_bare_plan_is_judged if {
	given := plans.production([bucket]).plan
	some line in data.main.critical with input as given
	contains(line, "sets force_destroy")
}

test_the_workspace_name_says_which_environment_is_judged if {
	plan := plans.production([bucket]).plan
	dev := {"plan": plan, "run": {"workspace": {"name": "dev-service"}}}
	prod := {"plan": plan, "run": {"workspace": {"name": "prod-service"}}}
	lines := {line | some line in data.main.critical with input as dev}
	not forced(lines)
	more := {line | some line in data.main.critical with input as prod}
	forced(more)
}

forced(lines) if {
	some line in lines
	contains(line, "sets force_destroy")
}

test_the_default_tags_say_which_environment_is_judged if {
	tags := [{"tags": {"constant_value": {"Environment": "staging"}}}]
	given := plans.with_provider(plans.production([]), {"default_tags": tags})
	settings_name := data.lib.settings.environment with input as {"plan": given.plan}
	settings_name == "staging"
}

test_unknown_verdicts_stand_apart if {
	given := plans.production([plans.later(bucket, {"force_destroy": true})])
	some line in data.main.unknown with input as given
	contains(line, "says only at apply whether it sets force_destroy")
}

test_days_sort_as_text if {
	settings.day_of(0) == "1970-01-01"
	settings.day_of(1795486722835562139) == "2026-11-24"
	settings.year_after("2026-06-30") == "2027-06-30"
}

test_a_tag_makes_no_plan_of_the_production_workspace_one_of_dev if {
	tags := [{"tags": {"constant_value": {"Environment": "dev"}}}]
	plan := plans.with_provider(plans.production([bucket]), {"default_tags": tags}).plan
	lines := {line | some line in data.main.critical with input as {"plan": plan, "run": {"workspace": {"name": "prod-service"}}}}
	forced(lines)
}

# Terraform Cloud stops a run by the query that a finding stands in.
test_each_denial_stands_in_the_query_of_its_severity_alone if {
	given := plans.production([plans.made("aws_sqs_queue", {"name": "orders"}), plans.made("aws_db_instance", {"skip_final_snapshot": true})])
	every severity in ["blocker", "critical", "major", "minor"] {
		found := main.denied(severity) with input as given
		every each in found {
			each.severity == severity
		}
	}
	count(main.denied("critical")) > 0 with input as given
	count(main.denied("major")) > 0 with input as given
}

every_id := {id | some category, question; id := data.rules[category][question].rule.id} | {id | some category, question; id := data.audits[category][question].rule.id}

# Verdicts of a plan count only where all rules were asked.
test_every_rule_and_every_audit_says_that_it_was_evaluated if {
	given := plans.production([])
	data.main.evaluated == every_id with input as given
	"storage/bucket_versioned" in every_id
	"exceptions/waiver_valid" in every_id
	data.main.answer.evaluated == every_id with input as given
	count(data.main.answer.findings) == 0 with input as given
}

invented := {"rule": "boxes/closed", "address": "aws_box.this", "message": "is open"}

lines(severity, verdict) := {query: found |
	some query in ["blocker", "critical", "major", "minor", "unknown"]
	found := asked_for(query, object.union(invented, {"severity": severity, "verdict": verdict}))
	count(found) > 0
}

asked_for("blocker", finding) := found if found := data.main.blocker with data.lib.verdicts.judged as {finding} with input as plans.production([])

asked_for("critical", finding) := found if found := data.main.critical with data.lib.verdicts.judged as {finding} with input as plans.production([])

asked_for("major", finding) := found if found := data.main.major with data.lib.verdicts.judged as {finding} with input as plans.production([])

asked_for("minor", finding) := found if found := data.main.minor with data.lib.verdicts.judged as {finding} with input as plans.production([])

asked_for("unknown", finding) := found if found := data.main.unknown with data.lib.verdicts.judged as {finding} with input as plans.production([])

test_a_finding_is_one_line_of_one_query if {
	said := {"boxes/closed: aws_box.this: is open"}
	every severity in ["blocker", "critical", "major", "minor"] {
		lines(severity, "deny") == {severity: said}
		lines(severity, "unknown") == {"unknown": said}
		lines(severity, "waived") == {}
	}
	lines("info", "deny") == {"minor": said}
	lines("info", "unknown") == {"unknown": said}
}

test_what_is_no_plan_says_so_in_words if {
	found := data.main.findings with input as {"run": {}}
	some finding in found
	finding == {
		"rule": "plan/unreadable", "severity": "blocker", "address": "plan",
		"message": "this is not a plan: format_version is missing", "verdict": "deny",
	}
}

test_what_a_plan_shares_is_asked_of_main if {
	data.main.share == data.lib.platform.share with input as plans.production([bucket])
}

test_a_fault_of_an_exception_is_denied if {
	expired := object.union(waiver, {"last_day": "2026-06-29"})
	some finding in data.main.findings with input as plans.production([bucket]) with data.exceptions as {"waivers": [expired]}
	finding.rule == "exceptions/waiver_valid"
	finding.verdict == "deny"
}
