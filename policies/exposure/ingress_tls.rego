# METADATA
# title: Nothing lets requests in without TLS
# description: |
#   An Ingress without TLS, or a gateway that listens in the clear alone, carries passwords and tokens where everybody on
#   the way reads them. A listener in the clear beside one with TLS is there to send requests on.
#   https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
#   https://gateway-api.sigs.k8s.io/guides/tls/
# custom:
#   id: exposure/ingress_tls
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fields: [tls]
#   fix: |
#     Give the Ingress tls, or the annotation alb.ingress.kubernetes.io/listen-ports with HTTPS alone, and the gateway a
#     listener of HTTPS.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: networking.k8s.io/v1
#         kind: Ingress
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           rules:
#           - host: api.example.com
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: networking.k8s.io/v1
#         kind: Ingress
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           tls:
#           - hosts: [api.example.com]
#             secretName: api-tls
#           rules:
#           - host: api.example.com
package rules.exposure.ingress_tls

import data.lib.ingresses
import data.lib.objects
import data.lib.value

import rego.v1

rule := {"id": "exposure/ingress_tls", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

ways_in := {
	"gateway.networking.k8s.io/Gateway": ["spec", "listeners"],
	"networking.istio.io/Gateway": ["spec", "servers"],
	"networking.k8s.io/Ingress": ["spec", "tls"],
}

# Ingresses among them, of the kubernetes provider too.
doors := array.concat(objects.of_kinds(object.keys(ways_in) - {data.lib.ingresses.kind}), data.lib.ingresses.listed)

faulty := [[found, "lets requests in without TLS"] |
	some found in doors
	not undecided(found)
	in_clear(found.kind, found)
]

unclear := [[found, "says only at apply whether it asks for TLS"] |
	some found in doors
	undecided(found)
]

in_clear("networking.k8s.io/Ingress", found) if {
	count(listeners(found)) == 0
	not balanced_by_tls(found)
}

in_clear("gateway.networking.k8s.io/Gateway", found) if {
	protocols := {value.text(value.at(listener, ["protocol"], "")) | some listener in listeners(found)}
	"HTTP" in protocols
	count(protocols & {"HTTPS", "TLS"}) == 0
}

in_clear("networking.istio.io/Gateway", found) if {
	some server in listeners(found)
	value.at(server, ["port", "protocol"], "") in {"HTTP", "HTTP2", "GRPC"}
	value.at(server, ["tls", "httpsRedirect"], false) != true
}

listeners(found) := value.list(value.at(found.object, ways_in[found.kind], []))

# An Application Load Balancer's own certificate:
# https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
balanced_by_tls(found) if annotation(found, "certificate-arn") != ""

balanced_by_tls(found) if contains(annotation(found, "listen-ports"), "HTTPS")

annotation(found, name) := value.text(value.at(found.object, ["metadata", "annotations", concat("", ["alb.ingress.kubernetes.io/", name])], ""))

undecided(found) if ingresses.later(found, ways_in[found.kind])

undecided(found) if {
	found.kind == data.lib.ingresses.kind
	ingresses.annotated_later(found, ["alb.ingress.kubernetes.io/listen-ports"])
}
