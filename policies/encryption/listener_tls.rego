# METADATA
# title: Load balancers speak TLS 1.2 or later
# description: |
#   Whatever crosses a network in clear can be read and changed on the way, inside a VPC as well. A
#   listener for HTTP may stay where all it does is send clients to HTTPS. TCP of a network load
#   balancer is passed on as it comes, and whoever answers behind it is asked instead. Load balancers that
#   the AWS Load Balancer Controller makes are judged by what their Ingress, its class or their Service says;
#   whether an Ingress asks for TLS at all, exposure/ingress_tls tells.
# custom:
#   id: encryption/listener_tls
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     Use protocol HTTPS or TLS with a policy such as ELBSecurityPolicy-TLS13-1-2-2021-06, and let a
#     listener on port 80 redirect to HTTPS. In Kubernetes: sslPolicy of IngressClassParams, or the annotations
#     alb.ingress.kubernetes.io/ssl-policy and
#     service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy.
#   avoid:
#     aws_lb_listener:
#       load_balancer_arn: arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/prod/0a1b2c3d4e5f6071
#       port: 443
#       protocol: HTTPS
#       certificate_arn: arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000
#       ssl_policy: ELBSecurityPolicy-2016-08
#       default_action:
#       - type: forward
#   prefer:
#     aws_lb_listener:
#       load_balancer_arn: arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/prod/0a1b2c3d4e5f6071
#       port: 443
#       protocol: HTTPS
#       certificate_arn: arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000
#       ssl_policy: ELBSecurityPolicy-TLS13-1-2-2021-06
#       default_action:
#       - type: forward
package rules.encryption.listener_tls

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "encryption/listener_tls", "severity": "critical"}

types := {"aws_lb_listener", "aws_alb_listener"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lb_listener#protocol
deny contains finding.on(rule, listener, "answers in clear, and does not redirect to HTTPS") if {
	some type in types
	some listener in plan.of(type)
	protocol(listener) == "HTTP"
	count(redirects(listener)) == 0
	not undecided(listener)
}

# The policy that AWS takes where none is named, ELBSecurityPolicy-2016-08, starts at TLS 1.0.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
deny contains finding.on(rule, listener, concat("", ["takes versions of TLS before 1.2: ", policy])) if {
	some type in types
	some listener in plan.of(type)
	protocol(listener) in {"HTTPS", "TLS"}
	not plan.undecided(listener, ["ssl_policy"])
	policy := value.text(plan.known(listener, ["ssl_policy"], "ELBSecurityPolicy-2016-08"))
	not regex.match(data.parameters.transit.load_balancer_policy_pattern, policy)
}

# A classic load balancer cannot redirect.
deny contains finding.on(rule, balancer, "answers in clear") if {
	some balancer in plan.of("aws_elb")
	some listener in value.list(plan.known(balancer, ["listener"], []))
	upper(value.text(value.at(listener, ["lb_protocol"], ""))) == "HTTP"
}

unknown contains finding.on(rule, listener, "says only at apply which protocol it speaks") if {
	some type in types
	some listener in plan.of(type)
	plan.undecided(listener, ["protocol"])
}

unknown contains finding.on(rule, listener, "says only at apply which versions of TLS it takes") if {
	some type in types
	some listener in plan.of(type)
	protocol(listener) in {"HTTPS", "TLS"}
	plan.undecided(listener, ["ssl_policy"])
}

unknown contains finding.on(rule, listener, "answers in clear, and says only at apply whether it redirects to HTTPS") if {
	some type in types
	some listener in plan.of(type)
	protocol(listener) == "HTTP"
	count(redirects(listener)) == 0
	undecided(listener)
}

unknown contains finding.on(rule, balancer, "says only at apply which protocol it speaks") if {
	some balancer in plan.of("aws_elb")
	some position, _ in value.list(plan.known(balancer, ["listener"], []))
	plan.undecided(balancer, ["listener", position, "lb_protocol"])
}

undecided(listener) if plan.undecided(listener, ["default_action"])

undecided(listener) if {
	some position, _ in value.list(plan.known(listener, ["default_action"], []))
	some path in [["type"], ["redirect", 0, "protocol"]]
	plan.undecided(listener, array.concat(["default_action", position], path))
}

# A gateway load balancer's listener has no port, and no protocol.
protocol(listener) := found if {
	not plan.undecided(listener, ["protocol"])
	found := upper(value.text(plan.known(listener, ["protocol"], unwritten(listener))))
}

unwritten(listener) := "HTTP" if {
	not is_null(plan.known(listener, ["port"], null))
} else := "HTTP" if {
	plan.undecided(listener, ["port"])
} else := "NONE"

# What comes last decides; a redirect without a protocol keeps the client's.
redirects(listener) := {position |
	some position, action in value.list(plan.known(listener, ["default_action"], []))
	value.at(action, ["type"], "") == "redirect"
	upper(value.text(value.at(action, ["redirect", 0, "protocol"], ""))) == "HTTPS"
}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

# https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ssl-policy
# https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#ssl-negotiation-policy
policies_of := {
	"elbv2.k8s.aws/IngressClassParams": ["spec", "sslPolicy"],
	"networking.k8s.io/Ingress": ["metadata", "annotations", "alb.ingress.kubernetes.io/ssl-policy"],
	"Service": ["metadata", "annotations", "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"],
}

faulty := [[found, concat("", ["takes versions of TLS before 1.2: ", policy])] |
	some kind, path in policies_of
	some found in objects.of_kinds({kind})
	not objects.later(found, path)
	policy := value.text(value.at(found.object, path, ""))
	policy != ""
	not regex.match(data.parameters.transit.load_balancer_policy_pattern, policy)
]

unclear := [[found, "says only at apply which versions of TLS it takes"] |
	some kind, path in policies_of
	some found in objects.of_kinds({kind})
	objects.later(found, path)
]
