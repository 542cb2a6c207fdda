package tests.encryption.listener_tls

import data.testing.plans

import rego.v1

test_a_listener_of_tls_is_fine if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 443, "protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "default_action": [{"type": "forward"}]})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_listener_in_clear_is_denied if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "forward"}]})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_listener_by_its_old_name_is_read if {
	given := plans.production([plans.made("aws_alb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "forward"}]})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_listener_without_a_protocol_answers_in_clear if {
	given := plans.production([plans.computed(plans.made("aws_lb_listener", {"port": 80, "default_action": [{"type": "forward"}]}), ["protocol"])])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_listener_that_redirects_to_https_is_fine if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": [{"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}]}]})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_redirect_that_stays_in_clear_is_denied if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": [{"host": "www.example.com", "status_code": "HTTP_301"}]}]})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_policy_of_old_versions_is_denied if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 443, "protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06", "default_action": [{"type": "forward"}]})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_tls_without_a_policy_takes_old_versions if {
	given := plans.production([plans.computed(plans.made("aws_lb_listener", {"port": 443, "protocol": "TLS", "default_action": [{"type": "forward"}]}), ["ssl_policy"])])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_policy_without_tls_1_3_may_start_at_1_2 if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 443, "protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-FS-1-2-Res-2020-10", "default_action": [{"type": "forward"}]})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_tcp_is_passed_on_as_it_comes if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 443, "protocol": "TCP", "default_action": [{"type": "forward"}]})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_listener_without_a_protocol_is_in_clear_whatever_its_port_will_be if {
	given := plans.production([plans.later(plans.made("aws_lb_listener", {"default_action": [{"type": "forward"}]}), {"port": true})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
}

test_a_gateway_load_balancer_has_no_protocol if {
	given := plans.production([plans.computed(plans.made("aws_lb_listener", {"default_action": [{"type": "forward"}]}), ["protocol"])])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_classic_listener_in_clear_is_denied if {
	given := plans.production([plans.made("aws_elb", {"listener": [{"lb_port": 443, "lb_protocol": "https"}, {"lb_port": 80, "lb_protocol": "http"}]})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_classic_listener_of_tls_is_fine if {
	given := plans.production([plans.made("aws_elb", {"listener": [{"lb_port": 443, "lb_protocol": "https"}]})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_protocol_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lb_listener", {"port": 443}), {"protocol": true})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 1 with input as given
}

test_a_policy_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lb_listener", {"port": 443, "protocol": "HTTPS", "default_action": [{"type": "forward"}]}), {"ssl_policy": true})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 1 with input as given
}

test_an_action_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP"}), {"default_action": true})])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 1 with input as given
}

test_a_redirect_whose_protocol_is_known_only_at_apply_is_unknown if {
	given := plans.production([json.patch(plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": [{"status_code": "HTTP_301"}]}]}), [{"op": "add", "path": "/unknown/default_action", "value": [{"redirect": [{"protocol": true}]}]}, {"op": "add", "path": "/expressions/default_action", "value": [{"redirect": [{"protocol": {"references": ["local.protocol"]}}]}]}])])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 1 with input as given
}

test_a_target_that_is_known_only_at_apply_changes_nothing if {
	given := plans.production([json.patch(plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "forward"}]}), [{"op": "add", "path": "/unknown/default_action", "value": [{"target_group_arn": true}]}])])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as given
}

test_a_classic_protocol_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([json.patch(plans.made("aws_elb", {"listener": [{"lb_port": 80}]}), [{"op": "add", "path": "/unknown/listener", "value": [{"lb_protocol": true}]}, {"op": "add", "path": "/expressions/listener", "value": [{"lb_protocol": {"references": ["local.protocol"]}}]}])])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 1 with input as given
}

test_a_listener_that_redirects_to_https_is_fine_whatever_else_is_not_known if {
	actions := [{"type": "redirect", "redirect": [{"protocol": "HTTPS"}]}, {}]
	written := [{"type": {"constant_value": "redirect"}, "redirect": [{"protocol": {"constant_value": "HTTPS"}}]}, {"type": {"references": ["local.type"]}}]
	listener := plans.blocks(plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": actions}), "default_action", written, [{}, {"type": true}])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as plans.production([listener])
	count(data.rules.encryption.listener_tls.unknown) == 0 with input as plans.production([listener])
}

test_a_finding_names_the_policy_that_aws_takes if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 443, "protocol": "HTTPS", "default_action": [{"type": "forward"}]})])
	{found.message | some found in data.rules.encryption.listener_tls.deny with input as given} == {"takes versions of TLS before 1.2: ELBSecurityPolicy-2016-08"}
}

test_only_tls_has_versions_that_come_at_apply if {
	every protocol, unknowns in {"HTTPS": 1, "TLS": 1, "TCP": 0} {
		listener := plans.later(plans.made("aws_lb_listener", {"port": 443, "protocol": protocol, "default_action": [{"type": "forward"}]}), {"ssl_policy": true})
		count(data.rules.encryption.listener_tls.unknown) == unknowns with input as plans.production([listener])
	}
}

test_whether_a_listener_redirects_may_come_at_apply_in_every_way_that_it_is_written if {
	written := {
		"type": [{"type": {"references": ["local.later"]}}, {"type": true}],
		"protocol": [{"redirect": [{"protocol": {"references": ["local.later"]}}]}, {"redirect": [{"protocol": true}]}],
	}
	every pair in written {
		every protocol, unknowns in {"HTTP": 1, "TCP": 0} {
			listener := plans.made("aws_lb_listener", {"port": 80, "protocol": protocol, "default_action": [{"redirect": [{}]}]})
			given := plans.production([plans.blocks(listener, "default_action", [pair[0]], [pair[1]])])
			count(data.rules.encryption.listener_tls.deny) == 0 with input as given
			count(data.rules.encryption.listener_tls.unknown) == unknowns with input as given
		}
	}
}

test_https_in_what_is_no_redirect_redirects_nobody if {
	given := plans.production([plans.made("aws_lb_listener", {"port": 80, "protocol": "HTTP", "default_action": [{"type": "forward", "redirect": [{"protocol": "HTTPS"}]}]})])
	count(data.rules.encryption.listener_tls.deny) == 1 with input as given
}

# Load balancers of the AWS Load Balancer Controller

denied(objects) := {found.message | some found in data.rules.encryption.listener_tls.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.encryption.listener_tls.unknown with input as plans.rendered("prod", objects, [])}

class(spec) := plans.object_of("elbv2.k8s.aws/v1beta1", "IngressClassParams", "public", {"spec": spec})

ingress(annotations) := plans.object_of("networking.k8s.io/v1", "Ingress", "api", {"metadata": {"annotations": annotations}})

service(annotations) := plans.object_of("v1", "Service", "api", {"metadata": {"annotations": annotations}})

with_policy(policy) := [
	class({"sslPolicy": policy}),
	ingress({"alb.ingress.kubernetes.io/ssl-policy": policy}),
	service({"service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy": policy}),
]

test_objects_that_ask_for_tls_of_old_are_denied if {
	every given in with_policy("ELBSecurityPolicy-2016-08") {
		messages := denied([given])
		count(messages) == 1
		every message in messages {
			endswith(message, ": takes versions of TLS before 1.2: ELBSecurityPolicy-2016-08")
		}
		unknowns([given]) == set()
	}
}

test_objects_that_ask_for_tls_of_today_or_leave_it_to_the_controller_are_fine if {
	every given in array.concat(with_policy("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"), [class({}), ingress({}), service({})]) {
		denied([given]) == set()
		unknowns([given]) == set()
	}
}

test_objects_whose_policy_only_apply_tells_are_unknown if {
	every given in with_policy("known-after-apply") {
		denied([given]) == set()
		count(unknowns([given])) == 1
	}
}

test_a_release_that_may_make_others_is_unknown_too if {
	given := plans.rendered("prod", [class({"sslPolicy": "ELBSecurityPolicy-2016-08"})], ["values that only apply knows"])
	count(data.rules.encryption.listener_tls.deny) == 0 with input as given
	count(data.rules.encryption.listener_tls.unknown) == 2 with input as given
}
