package tests.lib.watchers

import data.testing.plans

import rego.v1

arn := "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000"

alarm := {
	"namespace": "AWS/CertificateManager",
	"metric_name": "DaysToExpiry",
	"alarm_actions": ["arn:aws:sns:us-east-1:111122223333:pager"],
	"dimensions": {"CertificateArn": arn},
}

made(after) := plans.made("aws_cloudwatch_metric_alarm", after)

own(resources) := {[watcher.attribute, watcher.text, watcher.certificates, watcher.open] |
	some watcher in data.lib.watchers.own with input as plans.production(resources)
}

heard(resources) if count(own(resources)) == 1

test_an_alarm_that_acts_watches_the_certificate_of_its_dimension if {
	own([made(alarm)]) == {["dimensions", arn, [], false]}
	heard([made(object.union(alarm, {"actions_enabled": true}))])
	heard([plans.later(made(object.remove(alarm, ["alarm_actions"])), {"alarm_actions": true})])
}

test_an_alarm_of_something_else_or_that_tells_nobody_watches_nothing if {
	every other in [{"namespace": "AWS/EC2"}, {"metric_name": "Requests"}, {"actions_enabled": false}, {"alarm_actions": []}] {
		not heard([made(object.union(alarm, other))])
	}
	not heard([made(object.remove(alarm, ["alarm_actions"]))])
	not heard([plans.computed(made(object.remove(alarm, ["alarm_actions"])), ["alarm_actions"])])
}

naming(references) := plans.reads(made(object.remove(alarm, ["dimensions"])), "dimensions", {"references": references})

test_an_alarm_is_open_where_it_names_no_certificate_of_its_plan if {
	certificate := plans.made("aws_acm_certificate", {})
	own([certificate, naming(["aws_acm_certificate.this.arn"])]) == {["dimensions", "", ["module.service.aws_acm_certificate.this"], false]}
	own([naming(["local.certificate"])]) == {["dimensions", "", [], true]}
	inside := object.union(naming(["local.certificate"]), {"unknown": {"dimensions": {"CertificateArn": true}}})
	own([inside]) == {["dimensions", "", [], true]}
}

told(after) := plans.made("aws_cloudwatch_event_rule", after)

pattern := json.marshal({"source": ["aws.acm"], "detail-type": ["ACM Certificate Approaching Expiration"]})

target := plans.made("aws_cloudwatch_event_target", {"rule": "expiry"})

test_a_rule_of_expiry_events_with_a_target_watches_what_its_pattern_names if {
	own([told({"name": "expiry", "event_pattern": pattern}), target]) == {["event_pattern", pattern, [], false]}
	heard([told({"name": "expiry", "event_pattern": pattern, "state": "ENABLED"}), target])
}

test_a_pattern_that_the_caller_passes_is_read_as_it_is_planned if {
	reads := [{"op": "replace", "path": "/expressions/event_pattern", "value": {"references": ["var.pattern"]}}]
	passed := json.patch(told({"name": "expiry", "event_pattern": pattern}), reads)
	own([passed, target]) == {["event_pattern", pattern, [], false]}
}

test_a_rule_without_a_target_or_switched_off_or_of_other_events_watches_nothing if {
	not heard([told({"name": "expiry", "event_pattern": pattern})])
	not heard([told({"name": "expiry", "event_pattern": pattern, "state": "DISABLED"}), target])
	not heard([told({"name": "expiry", "event_pattern": json.marshal({"source": ["aws.ec2"]})}), target])
}

test_a_rule_whose_pattern_comes_at_apply_is_read_as_it_is_written if {
	text := concat("", ["${jsonencode(", pattern, ")}"])
	written := plans.reads(told({"name": "expiry"}), "event_pattern", {"constant_value": text, "references": ["local.certificate"]})
	own([written, target]) == {["event_pattern", text, [], true]}
}
