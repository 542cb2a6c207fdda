# METADATA
# title: What faces the internet stands behind a web ACL
# description: |
#   A web ACL drops known attacks and floods before they reach a service. HTTP APIs of API Gateway's
#   second version cannot have one; CloudFront in front of them can. Lists of revoked certificates are
#   signed files, and need none. Load balancers that the AWS Load Balancer Controller makes are judged by
#   their Ingress and its class; a network load balancer can have no web ACL, and is exposure/service_internal's.
# custom:
#   id: exposure/web_acl_attached
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 6.4.2"
#     - "SOC 2: CC6.6"
#   fix: |
#     Add aws_wafv2_web_acl_association for the load balancer or stage, web_acl_id for the distribution,
#     wafv2AclArn for an IngressClassParams, alb.ingress.kubernetes.io/wafv2-acl-arn for an Ingress.
#   avoid:
#     aws_lb:
#       name: prod-gateway
#       internal: false
#       load_balancer_type: application
#       access_logs:
#       - bucket: prod-access-logs
#         enabled: true
#   prefer:
#     aws_lb:
#       name: prod-gateway
#       internal: false
#       load_balancer_type: application
#       access_logs:
#       - bucket: prod-access-logs
#         enabled: true
#     aws_wafv2_web_acl_association:
#       resource_arn: ${aws_lb.example.arn}
#       web_acl_arn: arn:aws:wafv2:us-east-1:111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000
package rules.exposure.web_acl_attached

import data.lib.finding
import data.lib.ingresses
import data.lib.links
import data.lib.objects
import data.lib.plan
import data.lib.revocation
import data.lib.value

import rego.v1

rule := {"id": "exposure/web_acl_attached", "severity": "major"}

# https://docs.aws.amazon.com/waf/latest/developerguide/waf-chapter.html (which resources take a web ACL)
deny contains finding.on(rule, resource, "faces the internet without a web ACL") if {
	data.lib.settings.production
	some resource in facing
	count(associations(resource)) == 0
	count(unnamed) == 0
}

deny contains found if {
	data.lib.settings.production
	some found in objects.denied(rule, bare)
}

unknown contains found if {
	data.lib.settings.production
	some found in objects.unsettled(rule, bare)
}

unknown contains found if {
	data.lib.settings.production
	some found in objects.waiting(rule, unclear)
}

deny contains finding.on(rule, distribution, "faces the internet without a web ACL") if {
	data.lib.settings.production
	some distribution in plan.of("aws_cloudfront_distribution")
	not revocation.serves(distribution)
	not plan.undecided(distribution, ["web_acl_id"])
	plan.known(distribution, ["web_acl_id"], "") == ""
}

unknown contains finding.on(rule, resource, "may have a web ACL that names it only at apply") if {
	data.lib.settings.production
	some resource in facing
	count(associations(resource)) == 0
	count(unnamed) > 0
}

unknown contains finding.on(rule, balancer, "says only at apply whether it faces the internet") if {
	data.lib.settings.production
	some type in ["aws_lb", "aws_alb"]
	some balancer in plan.of(type)
	plan.undecided(balancer, ["internal"])
	count(associations(balancer)) == 0
}

# Nobody wrote internal: the load balancer faces the internet. https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lb#internal
facing contains balancer if {
	some type in ["aws_lb", "aws_alb"]
	some balancer in plan.of(type)
	plan.known(balancer, ["load_balancer_type"], "application") == "application"
	not plan.undecided(balancer, ["internal"])
	plan.known(balancer, ["internal"], false) != true
}

# A stage of a private API is reached from inside only.
facing contains stage if {
	some stage in plan.of("aws_api_gateway_stage")
	not of_private_api(stage)
}

of_private_api(stage) if {
	some address in links.referenced(stage, ["rest_api_id"], "aws_api_gateway_rest_api")
	api := links.at("aws_api_gateway_rest_api", address)
	"PRIVATE" in value.strings(plan.known(api, ["endpoint_configuration", 0, "types"], []))
}

associations(resource) := {association.address |
	some association in plan.of("aws_wafv2_web_acl_association")
	names(association, resource)
}

names(association, resource) if resource.address in links.referenced(association, ["resource_arn"], resource.type)

names(association, resource) if {
	arn := plan.text(resource, ["arn"])
	arn != ""
	plan.text(association, ["resource_arn"]) == arn
}

unnamed contains association.address if {
	some association in plan.of("aws_wafv2_web_acl_association")
	plan.undecided(association, ["resource_arn"])
	every type in ["aws_lb", "aws_alb", "aws_api_gateway_stage", "aws_cognito_user_pool", "aws_appsync_graphql_api"] {
		count(links.referenced(association, ["resource_arn"], type)) == 0
	}
}

# https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/guide/ingress/ingress_class.md#specwafv2aclarn
classes := objects.of_kinds({"elbv2.k8s.aws/IngressClassParams"})

open_ingresses := [found |
	some found in data.lib.ingresses.listed
	not undecided(found)
	annotation(found, "scheme") == "internet-facing"
	without(annotation(found, "wafv2-acl-arn"), annotation(found, "wafv2-acl-name"))
]

bare := array.concat(
	[[found, "lets Ingresses face the internet without a web ACL"] |
		some found in classes
		not undecided(found)
		value.at(found.object, ["spec", "scheme"], "") == "internet-facing"
		unprotected(found)
	],
	[[found, "faces the internet without a web ACL"] |
		some found in open_ingresses
		class := class_name(found)
		not may_have_one(class)
	],
)

unclear := array.concat(
	[[found, "says only at apply whether it faces the internet, and behind which web ACL"] |
		some found in array.concat(classes, data.lib.ingresses.listed)
		undecided(found)
	],
	[[found, concat("", ["faces the internet, and the class ", class, " of it, which may have a web ACL, is not here"])] |
		some found in open_ingresses
		class := class_name(found)
		class != ""
		count(named(class)) == 0
	],
)

undecided(found) if {
	found.kind == "elbv2.k8s.aws/IngressClassParams"
	objects.later(found, ["spec"])
}

undecided(found) if {
	found.kind == data.lib.ingresses.kind
	ingresses.annotated_later(found, ["alb.ingress.kubernetes.io/scheme"])
}

unprotected(found) if {
	without(value.text(value.at(found.object, ["spec", "wafv2AclArn"], "")), value.text(value.at(found.object, ["spec", "wafv2AclName"], "")))
}

without(arn, name) if {
	arn in {"", "none"}
	name in {"", "none"}
}

# One whose parameters are not here may have a web ACL. By custom they are named as their class.
may_have_one(class) if {
	class != ""
	count(named(class)) == 0
}

may_have_one(class) if {
	some found in named(class)
	undecided(found)
}

may_have_one(class) if {
	some found in named(class)
	not unprotected(found)
}

named(class) := [found | some found in classes; objects.name(found) == class]

class_name(found) := value.text(value.at(found.object, ["spec", "ingressClassName"], ""))

annotation(found, name) := value.text(value.at(found.object, ["metadata", "annotations", concat("", ["alb.ingress.kubernetes.io/", name])], ""))
