package tests.exposure.web_acl_attached

import data.testing.plans

import rego.v1

test_a_load_balancer_without_one_is_denied if {
	given := plans.production([plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"})])
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_load_balancer_that_nobody_made_internal_faces_the_internet if {
	given := plans.production([plans.computed(plans.made("aws_lb", {"name": "gateway"}), ["internal"])])
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_outside_production_nobody_asks if {
	given := plans.of("dev", [plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_an_internal_load_balancer_needs_none if {
	given := plans.production([plans.made("aws_lb", {"internal": true})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_network_load_balancer_cannot_have_one if {
	given := plans.production([plans.made("aws_lb", {"internal": false, "load_balancer_type": "network"})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_load_balancer_with_one_is_fine if {
	given := plans.production([plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"}), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["aws_lb.this.arn", "aws_lb.this"]}), "this")])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_load_balancer_with_one_by_its_arn_is_fine if {
	given := plans.production([plans.made("aws_lb", {"internal": false, "load_balancer_type": "application", "arn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/x/1"}), plans.made("aws_wafv2_web_acl_association", {"resource_arn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/x/1"})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_the_web_acl_of_another_is_not_its_own if {
	given := plans.production([plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"}), plans.named(plans.made("aws_lb", {"internal": true}), "other"), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["aws_lb.other.arn", "aws_lb.other"]}), "this")])
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_web_acl_for_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"}), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["local.balancer.arn", "local.balancer"]}), "this")])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 1 with input as given
}

test_a_stage_without_one_is_denied_and_with_one_is_fine if {
	given := plans.production([plans.made("aws_api_gateway_stage", {"stage_name": "v1"}), plans.named(plans.made("aws_api_gateway_stage", {"stage_name": "v2"}), "other"), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["aws_api_gateway_stage.other.arn", "aws_api_gateway_stage.other"]}), "this")])
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_stage_of_a_private_api_needs_none if {
	given := plans.production([plans.reads(plans.made("aws_api_gateway_stage", {}), "rest_api_id", {"references": ["aws_api_gateway_rest_api.this.id", "aws_api_gateway_rest_api.this"]}), plans.made("aws_api_gateway_rest_api", {"endpoint_configuration": [{"types": ["PRIVATE"]}]})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_stage_of_an_http_api_cannot_have_one if {
	given := plans.production([plans.made("aws_apigatewayv2_stage", {"name": "v1"})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_distribution_without_one_is_denied if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"enabled": true})])
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_distribution_with_one_is_fine if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"web_acl_id": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/1"})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_distribution_whose_web_acl_comes_at_apply_is_fine if {
	given := plans.production([plans.later(plans.made("aws_cloudfront_distribution", {}), {"web_acl_id": true})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_lists_of_revoked_certificates_need_none if {
	given := plans.production([plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "revocation_configuration", [{"crl_configuration": [{"custom_cname": {"references": ["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"]}}]}]), plans.made("aws_cloudfront_distribution", {"origin": [{"custom_origin_config": []}]})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_load_balancer_that_says_only_at_apply_whether_it_is_internal_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lb", {}), {"internal": true})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"}), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["local.balancer.arn", "local.balancer"]}), "this")]),
		plans.of("dev", [plans.later(plans.made("aws_lb", {}), {"internal": true})]),
		plans.of("dev", [plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"})]),
		plans.of("dev", [plans.computed(plans.made("aws_lb", {"name": "gateway"}), ["internal"])]),
		plans.of("dev", [plans.made("aws_lb", {"internal": false, "load_balancer_type": "application"}), plans.named(plans.made("aws_lb", {"internal": true}), "other"), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["aws_lb.other.arn", "aws_lb.other"]}), "this")]),
		plans.of("dev", [plans.made("aws_api_gateway_stage", {"stage_name": "v1"}), plans.named(plans.made("aws_api_gateway_stage", {"stage_name": "v2"}), "other"), plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": ["aws_api_gateway_stage.other.arn", "aws_api_gateway_stage.other"]}), "this")]),
		plans.of("dev", [plans.made("aws_cloudfront_distribution", {"enabled": true})]),
	] {
		count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
		count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
	}
}

test_a_load_balancer_may_be_called_by_either_of_its_names if {
	every type in ["aws_lb", "aws_alb"] {
		open := plans.production([plans.made(type, {"internal": false})])
		count(data.rules.exposure.web_acl_attached.deny) == 1 with input as open
		later := plans.production([plans.later(plans.made(type, {}), {"internal": true})])
		count(data.rules.exposure.web_acl_attached.deny) == 0 with input as later
		count(data.rules.exposure.web_acl_attached.unknown) == 1 with input as later
	}
}

of_what(name, reference) := plans.named(plans.reads(plans.made("aws_wafv2_web_acl_association", {}), "resource_arn", {"references": [concat("", [reference, ".arn"]), reference]}), name)

test_a_load_balancer_with_one_is_fine_beside_one_of_what_is_known_only_at_apply if {
	attached := of_what("own", "aws_lb.this")
	balancer := plans.made("aws_lb", {"internal": false})
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as plans.production([balancer, attached, of_what("open", "local.balancer")])
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as plans.production([plans.later(plans.made("aws_lb", {}), {"internal": true}), attached])
}

test_a_web_acl_of_something_else_protects_nothing_here if {
	balancer := plans.made("aws_lb", {"internal": false, "arn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/x/1"})
	by_arn := plans.made("aws_wafv2_web_acl_association", {"resource_arn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/y/2"})
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as plans.production([balancer, by_arn])
	every type in ["aws_lb", "aws_alb", "aws_api_gateway_stage", "aws_cognito_user_pool", "aws_appsync_graphql_api"] {
		other := plans.named(plans.made(type, {"internal": true}), "other")
		found := data.rules.exposure.web_acl_attached.deny with input as plans.production([balancer, other, of_what("other", concat(".", [type, "other"]))])
		{finding.address | some finding in found} == {"module.service.aws_lb.this"}
	}
}

test_a_stage_of_a_public_api_is_denied if {
	stage := plans.reads(plans.made("aws_api_gateway_stage", {}), "rest_api_id", {"references": ["aws_api_gateway_rest_api.this.id", "aws_api_gateway_rest_api.this"]})
	given := plans.production([stage, plans.made("aws_api_gateway_rest_api", {"endpoint_configuration": [{"types": ["REGIONAL"]}]})])
	count(data.rules.exposure.web_acl_attached.deny) == 1 with input as given
}

# Load balancers of the AWS Load Balancer Controller

denied(objects) := {found.message | some found in data.rules.exposure.web_acl_attached.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.exposure.web_acl_attached.unknown with input as plans.rendered("prod", objects, [])}

class(name, spec) := plans.object_of("elbv2.k8s.aws/v1beta1", "IngressClassParams", name, {"spec": spec})

ingress(annotations, spec) := plans.object_of("networking.k8s.io/v1", "Ingress", "api", {
	"metadata": {"annotations": {concat("", ["alb.ingress.kubernetes.io/", name]): text | some name, text in annotations}},
	"spec": spec,
})

web_acl := "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000"

public := {"scheme": "internet-facing"}

of_public := {"ingressClassName": "public"}

test_a_class_of_the_internet_without_one_is_denied if {
	every spec in [public, object.union(public, {"wafv2AclArn": ""}), object.union(public, {"wafv2AclArn": "none"})] {
		denied([class("public", spec)]) == {"IngressClassParams claims/public: lets Ingresses face the internet without a web ACL"}
	}
}

test_a_class_with_one_or_of_the_vpc_is_fine if {
	every spec in [
		object.union(public, {"wafv2AclArn": web_acl}), object.union(public, {"wafv2AclName": "prod"}),
		{"scheme": "internal"}, {},
	] {
		denied([class("public", spec)]) == set()
		unknowns([class("public", spec)]) == set()
	}
}

test_an_ingress_of_the_internet_without_one_is_denied if {
	denied([ingress(public, {})]) == {"Ingress claims/api: faces the internet without a web ACL"}
	"Ingress claims/api: faces the internet without a web ACL" in denied([ingress(public, of_public), class("public", public)])
}

test_an_ingress_with_one_of_its_own_or_of_its_class_is_fine if {
	every given in [
		[ingress(object.union(public, {"wafv2-acl-arn": web_acl}), {})],
		[ingress(object.union(public, {"wafv2-acl-name": "prod"}), {})],
		[ingress({}, {})],
		[ingress({"scheme": "internal"}, {})],
		[ingress(public, of_public), class("public", object.union(public, {"wafv2AclArn": web_acl}))],
	] {
		denied(given) == set()
		unknowns(given) == set()
	}
}

test_an_ingress_whose_class_is_elsewhere_is_unknown if {
	given := [ingress(public, of_public), class("internal", {"scheme": "internal"})]
	denied(given) == set()
	unknowns(given) == {"Ingress claims/api: faces the internet, and the class public of it, which may have a web ACL, is not here"}
}

test_what_only_apply_tells_of_them_is_unknown if {
	later := "known-after-apply"
	every given in [[class("public", {"scheme": later})], [class("public", object.union(public, {"wafv2AclArn": later}))], [ingress({"scheme": later}, {})]] {
		denied(given) == set()
		count(unknowns(given)) == 1
	}
	denied([ingress(public, of_public), class("public", object.union(public, {"wafv2AclArn": later}))]) == set()
}

test_outside_production_nobody_asks_of_ingresses if {
	given := plans.rendered("dev", [class("public", public), ingress(public, {})], [])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 0 with input as given
}

test_a_release_that_may_make_others_is_unknown if {
	given := plans.rendered("prod", [class("public", public)], ["values that only apply knows"])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as given
	count(data.rules.exposure.web_acl_attached.unknown) == 2 with input as given
}

typed(annotations) := plans.made("kubernetes_ingress_v1", {
	"metadata": [{"name": "api", "namespace": "claims", "annotations": {concat("", ["alb.ingress.kubernetes.io/", name]): text | some name, text in annotations}}],
	"spec": [{}],
})

test_an_ingress_of_the_provider_is_asked_too if {
	bad := plans.production([typed({"scheme": "internet-facing"})])
	{found.message | some found in data.rules.exposure.web_acl_attached.deny} == {"faces the internet without a web ACL"} with input as bad
	every good in [typed({"scheme": "internet-facing", "wafv2-acl-arn": "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/x/1"}), typed({"scheme": "internal"}), typed({})] {
		count(data.rules.exposure.web_acl_attached.deny | data.rules.exposure.web_acl_attached.unknown) == 0 with input as plans.production([good])
	}
	later := plans.production([plans.later(typed({"scheme": "internet-facing"}), {"metadata": [{"annotations": true}]})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as later
	count(data.rules.exposure.web_acl_attached.unknown) == 1 with input as later
}

test_a_web_acl_of_the_provider_s_ingress_that_is_still_to_be_made_is_one if {
	public_one := typed({"scheme": "internet-facing"})
	made := plans.production([plans.later(public_one, {"metadata": [{"annotations": {"alb.ingress.kubernetes.io/wafv2-acl-arn": true}}]})])
	count(data.rules.exposure.web_acl_attached.deny | data.rules.exposure.web_acl_attached.unknown) == 0 with input as made
	open := plans.production([plans.later(typed({}), {"metadata": [{"annotations": {"alb.ingress.kubernetes.io/scheme": true}}]})])
	count(data.rules.exposure.web_acl_attached.deny) == 0 with input as open
	count(data.rules.exposure.web_acl_attached.unknown) == 1 with input as open
}
