package tests.logging.access_logged

import data.testing.plans

import rego.v1

test_a_load_balancer_without_logs_is_denied if {
	given := plans.production([plans.made("aws_lb", {"name": "gateway"})])
	count(data.rules.logging.access_logged.deny) == 1 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_logs_that_nobody_switched_on_are_off if {
	given := plans.production([plans.made("aws_lb", {"access_logs": [{"bucket": "prod-logs"}]})])
	count(data.rules.logging.access_logged.deny) == 1 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_load_balancer_with_logs_is_fine if {
	given := plans.production([plans.made("aws_alb", {"access_logs": [{"bucket": "prod-logs", "enabled": true}]})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_load_balancer_whose_bucket_comes_at_apply_is_fine if {
	given := plans.production([json.patch(plans.made("aws_lb", {"access_logs": [{"enabled": true}]}), [{"op": "add", "path": "/unknown/access_logs", "value": [{"bucket": true}]}])])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_outside_production_nobody_asks if {
	given := plans.of("dev", [plans.made("aws_lb", {"name": "gateway"})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_network_load_balancer_has_no_requests if {
	given := plans.production([plans.made("aws_lb", {"load_balancer_type": "network"})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_classic_load_balancer_is_read if {
	given := plans.production([plans.made("aws_elb", {"name": "a"}), plans.named(plans.made("aws_elb", {"access_logs": [{"bucket": "prod-logs"}]}), "b"), plans.named(plans.made("aws_elb", {"access_logs": [{"bucket": "prod-logs", "enabled": false}]}), "c")])
	count(data.rules.logging.access_logged.deny) == 2 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_stages_without_logs_are_denied if {
	given := plans.production([plans.made("aws_api_gateway_stage", {"stage_name": "v1"}), plans.made("aws_apigatewayv2_stage", {"name": "v1"})])
	count(data.rules.logging.access_logged.deny) == 2 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_stage_with_logs_is_fine if {
	given := plans.production([plans.made("aws_apigatewayv2_stage", {"access_log_settings": [{"format": "$context.requestId"}]})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_distribution_without_logs_is_denied if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"enabled": true})])
	count(data.rules.logging.access_logged.deny) == 1 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_distribution_with_logs_is_fine if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"logging_config": [{"bucket": "prod-logs.s3.amazonaws.com"}]})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_distribution_whose_logs_are_delivered_is_fine if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"enabled": true}), plans.reads(plans.made("aws_cloudwatch_log_delivery_source", {"log_type": "ACCESS_LOGS"}), "resource_arn", {"references": ["aws_cloudfront_distribution.this.arn", "aws_cloudfront_distribution.this"]})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_a_delivery_of_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"enabled": true}), plans.reads(plans.made("aws_cloudwatch_log_delivery_source", {"log_type": "ACCESS_LOGS"}), "resource_arn", {"references": ["local.distribution.arn", "local.distribution"]})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 1 with input as given
}

test_lists_of_revoked_certificates_need_none if {
	given := plans.production([plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "revocation_configuration", [{"crl_configuration": [{"custom_cname": {"references": ["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"]}}]}]), plans.made("aws_cloudfront_distribution", {"origin": [{"custom_origin_config": []}]})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 0 with input as given
}

test_logs_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_lb", {}), {"access_logs": true}), plans.later(plans.made("aws_elb", {}), {"access_logs": true}), plans.later(plans.made("aws_api_gateway_stage", {}), {"access_log_settings": true})])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 3 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.made("aws_cloudfront_distribution", {"enabled": true}), plans.reads(plans.made("aws_cloudwatch_log_delivery_source", {"log_type": "ACCESS_LOGS"}), "resource_arn", {"references": ["local.distribution.arn", "local.distribution"]})]),
		plans.of("dev", [plans.later(plans.made("aws_lb", {}), {"access_logs": true}), plans.later(plans.made("aws_elb", {}), {"access_logs": true}), plans.later(plans.made("aws_api_gateway_stage", {}), {"access_log_settings": true})]),
		plans.of("dev", [plans.made("aws_lb", {"name": "gateway"})]),
		plans.of("dev", [plans.made("aws_lb", {"access_logs": [{"bucket": "prod-logs"}]})]),
		plans.of("dev", [plans.made("aws_elb", {"name": "a"}), plans.named(plans.made("aws_elb", {"access_logs": [{"bucket": "prod-logs"}]}), "b"), plans.named(plans.made("aws_elb", {"access_logs": [{"bucket": "prod-logs", "enabled": false}]}), "c")]),
		plans.of("dev", [plans.made("aws_api_gateway_stage", {"stage_name": "v1"}), plans.made("aws_apigatewayv2_stage", {"name": "v1"})]),
		plans.of("dev", [plans.made("aws_cloudfront_distribution", {"enabled": true})]),
	] {
		count(data.rules.logging.access_logged.deny) == 0 with input as given
		count(data.rules.logging.access_logged.unknown) == 0 with input as given
	}
}

test_a_load_balancer_may_be_called_by_either_of_its_names if {
	every type in ["aws_lb", "aws_alb"] {
		count(data.rules.logging.access_logged.deny) == 1 with input as plans.production([plans.made(type, {"name": "gateway"})])
	}
}

test_whether_a_load_balancer_logs_may_come_only_at_apply if {
	balancer := plans.made("aws_lb", {"access_logs": [{"bucket": "prod-logs"}]})
	given := plans.production([plans.blocks(balancer, "access_logs", [{"enabled": {"references": ["local.logs"]}}], [{"enabled": true}])])
	count(data.rules.logging.access_logged.deny) == 0 with input as given
	count(data.rules.logging.access_logged.unknown) == 1 with input as given
}

test_a_classic_load_balancer_logs_unless_somebody_switched_it_off if {
	every logs, denials in {{"bucket": "prod-logs"}: 0, {"bucket": "prod-logs", "enabled": true}: 0, {"bucket": "prod-logs", "enabled": false}: 1} {
		count(data.rules.logging.access_logged.deny) == denials with input as plans.production([plans.made("aws_elb", {"access_logs": [logs]})])
	}
}

test_logs_of_every_kind_may_come_only_at_apply if {
	every type, name in {
		"aws_elb": "access_logs", "aws_api_gateway_stage": "access_log_settings",
		"aws_apigatewayv2_stage": "access_log_settings",
	} {
		given := plans.production([plans.later(plans.made(type, {}), {name: true})])
		count(data.rules.logging.access_logged.deny) == 0 with input as given
		count(data.rules.logging.access_logged.unknown) == 1 with input as given
	}
	count(data.rules.logging.access_logged.deny) == 0 with input as plans.production([plans.later(plans.made("aws_cloudfront_distribution", {}), {"logging_config": true})])
}

delivery(references) := plans.reads(plans.made("aws_cloudwatch_log_delivery_source", {"log_type": "ACCESS_LOGS"}), "resource_arn", {"references": references})

test_the_delivery_of_another_distribution_s_logs_is_not_its_own if {
	other := plans.named(plans.made("aws_cloudfront_distribution", {"logging_config": [{"bucket": "prod-logs.s3.amazonaws.com"}]}), "other")
	bare := plans.made("aws_cloudfront_distribution", {"enabled": true})
	every source in [
		delivery(["aws_cloudfront_distribution.other.arn", "aws_cloudfront_distribution.other"]),
		plans.made("aws_cloudwatch_log_delivery_source", {"log_type": "ACCESS_LOGS", "resource_arn": "arn:aws:cloudfront::111122223333:distribution/E1"}),
	] {
		given := plans.production([bare, other, source])
		count(data.rules.logging.access_logged.deny) == 1 with input as given
		count(data.rules.logging.access_logged.unknown) == 0 with input as given
	}
}
