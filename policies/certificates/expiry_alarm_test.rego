package tests.certificates.expiry_alarm

import data.rules.certificates.expiry_alarm
import data.testing.plans

import rego.v1

expiring(rest) := plans.made("aws_cloudwatch_event_rule", {
	"name": "expiry",
	"event_pattern": concat("", [`{"source":["aws.acm"],"detail-type":["ACM Certificate Approaching Expiration"]`, rest, "}"]),
})

# A pattern that names its certificates only at apply, as the module wrote it.
written(reads) := plans.reads(plans.made("aws_cloudwatch_event_rule", {"name": "expiry"}), "event_pattern", object.union(
	reads,
	{"constant_value": `${jsonencode({"detail-type" = ["ACM Certificate Approaching Expiration"], resources = [aws_acm_certificate.this.arn]})}`},
))

alarm(reads, actions) := plans.reads(
	plans.made("aws_cloudwatch_metric_alarm", {
		"namespace": "AWS/CertificateManager",
		"metric_name": "DaysToExpiry",
		"alarm_actions": actions,
	}),
	"dimensions",
	reads,
)

test_a_certificate_that_nobody_watches_is_denied if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"})])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_a_rule_for_the_event_watches_all if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), plans.named(plans.made("aws_acm_certificate", {"domain_name": "other.example.com"}), "other"), expiring(""), plans.made("aws_cloudwatch_event_target", {"rule": "expiry", "arn": "arn:aws:sns:us-east-1:111122223333:alarms"})])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_a_rule_without_a_target_tells_nobody if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), expiring("")])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_a_rule_that_is_off_tells_nobody if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), json.patch(expiring(""), [{"op": "add", "path": "/after/state", "value": "DISABLED"}]), plans.made("aws_cloudwatch_event_target", {"rule": "expiry", "arn": "arn:aws:sns:us-east-1:111122223333:alarms"})])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_a_rule_for_another_event_does_not_count if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), plans.made("aws_cloudwatch_event_rule", {"name": "expiry", "event_pattern": "{}"}), plans.made("aws_cloudwatch_event_target", {"rule": "expiry", "arn": "arn:aws:sns:us-east-1:111122223333:alarms"})])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_a_rule_for_some_watches_those_that_it_names if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "arn": "arn:aws:acm:us-east-1:111122223333:certificate/a"}), plans.named(plans.made("aws_acm_certificate", {"domain_name": "other.example.com"}), "other"), expiring(`,"resources":["arn:aws:acm:us-east-1:111122223333:certificate/a"]`), plans.made("aws_cloudwatch_event_target", {"rule": "expiry", "arn": "arn:aws:sns:us-east-1:111122223333:alarms"})])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_a_rule_watches_what_its_written_pattern_refers_to if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), plans.named(plans.made("aws_acm_certificate", {"domain_name": "other.example.com"}), "other"), written({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}), plans.made("aws_cloudwatch_event_target", {"rule": "expiry", "arn": "arn:aws:sns:us-east-1:111122223333:alarms"})])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_an_alarm_watches_what_it_refers_to if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), alarm({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"])])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_an_alarm_whose_action_comes_at_apply_counts if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), plans.later(alarm({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}, []), {"alarm_actions": true, "dimensions": {"CertificateArn": true}})])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 1 with input as given
}

test_an_alarm_of_another_certificate_does_not_count if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), plans.named(plans.made("aws_acm_certificate", {"domain_name": "other.example.com"}), "other"), alarm({"references": ["aws_acm_certificate.other.arn", "aws_acm_certificate.other"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"])])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_an_alarm_without_an_action_tells_nobody if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), alarm({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}, [])])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_an_alarm_on_another_number_does_not_count if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), plans.made("aws_cloudwatch_metric_alarm", {"namespace": "AWS/CertificateManager", "metric_name": "Other", "alarm_actions": ["a"]})])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_each_instance_has_the_alarm_of_its_own_key if {
	given := plans.production([plans.keyed(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), "a"), plans.keyed(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), "b"), plans.keyed(alarm({"references": ["aws_acm_certificate.this", "each.key"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"]), "a")])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_an_alarm_in_another_region_does_not_count if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "region": "us-east-1"}), json.patch(alarm({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}, ["a"]), [{"op": "add", "path": "/after/region", "value": "us-west-2"}])])
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_an_alarm_of_what_is_known_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), alarm({"references": ["local.arn"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"])])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 1 with input as given
}

test_a_watched_certificate_is_fine_beside_an_alarm_of_what_is_known_only_at_apply if {
	watched := alarm({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"])
	open := plans.named(alarm({"references": ["local.arn"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"]), "open")
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), watched, open])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

test_where_another_stack_may_watch_what_may_be_watched_here_is_said_once if {
	given := plans.without(plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), alarm({"references": ["local.arn"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"])]), ["prod-monitoring"])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 1 with input as given
}

test_a_watched_certificate_is_fine_where_another_stack_may_watch_too if {
	watched := alarm({"references": ["aws_acm_certificate.this.arn", "aws_acm_certificate.this"]}, ["arn:aws:sns:us-east-1:111122223333:alarms"])
	given := plans.without(plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com"}), watched]), ["prod-monitoring"])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given
	count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as given
}

# A watcher of another stack whose pattern no plan shows.
test_a_rule_without_a_pattern_watches_none_and_one_with_a_pattern_watches_all if {
	told := {"resource": {"after": {}}, "attribute": "event_pattern", "text": "", "certificates": [], "open": false}
	certificate := {"address": "aws_acm_certificate.this", "after": {}}
	not expiry_alarm.takes_in(told, certificate)
	expiry_alarm.takes_in(object.union(told, {"text": "{}"}), certificate)
}

test_an_alarm_counts_for_the_certificate_and_the_region_that_it_names if {
	certificate := plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "region": "us-east-1"})
	watching := {"namespace": "AWS/CertificateManager", "metric_name": "DaysToExpiry", "alarm_actions": ["arn:aws:sns:us-east-1:111122223333:alarms"]}
	named := plans.made("aws_cloudwatch_metric_alarm", object.union(watching, {"dimensions": {"CertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/b"}}))
	open := plans.reads(plans.made("aws_cloudwatch_metric_alarm", object.union(watching, {"region": "us-west-2"})), "dimensions", {"references": ["local.arn"]})
	every alarm_elsewhere in [named, open] {
		count(data.rules.certificates.expiry_alarm.deny) == 1 with input as plans.production([certificate, alarm_elsewhere])
		count(data.rules.certificates.expiry_alarm.unknown) == 0 with input as plans.production([certificate, alarm_elsewhere])
	}
}
