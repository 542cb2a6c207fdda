# METADATA
# title: No Service is reached from the internet by everybody, or opens a port on every node
# description: |
#   What the internet may reach stands behind a load balancer that is meant for it, with source ranges or a firewall of its
#   own. A Service of type LoadBalancer that does not say its scheme is internal by the AWS Load Balancer Controller and
#   internet-facing by the controller inside Kubernetes; which of them takes it, the Service alone does not say.
#   https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
#   https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
# custom:
#   id: exposure/service_internal
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 1.4.2"
#     - "SOC 2: CC6.6"
#   fields: [annotations, loadBalancer, type]
#   fix: |
#     Make the Service ClusterIP, set the annotation service.beta.kubernetes.io/aws-load-balancer-scheme to internal, or give
#     it loadBalancerSourceRanges.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Service
#         metadata:
#           name: api
#           namespace: claims
#           annotations:
#             service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing
#         spec:
#           type: LoadBalancer
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Service
#         metadata:
#           name: api
#           namespace: claims
#           annotations:
#             service.beta.kubernetes.io/aws-load-balancer-scheme: internal
#         spec:
#           type: LoadBalancer
package rules.exposure.service_internal

import data.lib.objects
import data.lib.value

import rego.v1

rule := {"id": "exposure/service_internal", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

services := [found | some found in objects.of_kinds({"Service"}); not undecided(found)]

balanced := [found |
	some found in services
	type(found) == "LoadBalancer"
	open_to_everybody(ranges(found))
]

faulty := array.concat(
	[[found, "is reached from the internet by everybody"] |
		some found in balanced
		annotation(found, "aws-load-balancer-scheme") == "internet-facing"
	],
	[[found, "opens a port on every node"] |
		some found in services
		type(found) == "NodePort"
	],
)

unclear := array.concat(
	[[found, "says only at apply who reaches it"] |
		some found in objects.of_kinds({"Service"})
		undecided(found)
	],
	[[found, "does not say whether its load balancer is internal"] |
		some found in balanced
		annotation(found, "aws-load-balancer-scheme") == ""
		annotation(found, "aws-load-balancer-internal") != "true"
		not of_the_controller(found)
	],
)

type(found) := value.text(value.at(found.object, ["spec", "type"], ""))

annotation(found, name) := value.text(value.at(found.object, ["metadata", "annotations", concat("", ["service.beta.kubernetes.io/", name])], ""))

# What only the AWS Load Balancer Controller takes, which makes it internal.
of_the_controller(found) if annotation(found, "aws-load-balancer-type") in {"external", "nlb-ip"}

of_the_controller(found) if value.at(found.object, ["spec", "loadBalancerClass"], "") in {"eks.amazonaws.com/nlb", "service.k8s.aws/nlb"}

ranges(found) := array.concat(
	value.strings(value.at(found.object, ["spec", "loadBalancerSourceRanges"], [])),
	[trim_space(part) |
		some part in split(annotation(found, "load-balancer-source-ranges"), ",")
		trim_space(part) != ""
	],
)

open_to_everybody(given) if count(given) == 0

open_to_everybody(given) if {
	some range in given
	endswith(range, "/0")
}

undecided(found) if {
	some path in [["metadata", "annotations"], ["spec", "type"], ["spec", "loadBalancerSourceRanges"], ["spec", "loadBalancerClass"]]
	objects.later(found, path)
}
