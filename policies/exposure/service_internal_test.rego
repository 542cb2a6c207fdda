package tests.exposure.service_internal

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.exposure.service_internal.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.exposure.service_internal.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.exposure.service_internal.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

service(type, annotations, rest) := plans.object_of("v1", "Service", "api", {
	"metadata": {"annotations": {concat("", ["service.beta.kubernetes.io/", name]): text | some name, text in annotations}},
	"spec": object.union({"type": type}, rest),
})

facing := {"aws-load-balancer-scheme": "internet-facing"}

test_a_load_balancer_of_the_internet_for_everybody_is_denied if {
	every given in [
		service("LoadBalancer", facing, {}),
		service("LoadBalancer", facing, {"loadBalancerSourceRanges": []}),
		service("LoadBalancer", facing, {"loadBalancerSourceRanges": ["192.0.2.0/24", "0.0.0.0/0"]}),
		service("LoadBalancer", facing, {"loadBalancerSourceRanges": ["::/0"]}),
		service("LoadBalancer", object.union(facing, {"load-balancer-source-ranges": "0.0.0.0/0, 192.0.2.0/24"}), {}),
		service("LoadBalancer", object.union(facing, {"aws-load-balancer-type": "external"}), {}),
	] {
		messages([given]) == {"Service claims/api: is reached from the internet by everybody"}
		unknowns([given]) == set()
	}
}

test_a_port_of_every_node_is_denied if {
	of_manifest(service("NodePort", {}, {})) == {"opens a port on every node"}
}

test_what_is_internal_or_for_some_is_fine if {
	every given in [
		service("ClusterIP", {}, {}), service("ClusterIP", facing, {}), service("ExternalName", {}, {}),
		service("LoadBalancer", {"aws-load-balancer-scheme": "internal"}, {}),
		service("LoadBalancer", {"aws-load-balancer-internal": "true"}, {}),
		service("LoadBalancer", {"aws-load-balancer-type": "external"}, {}),
		service("LoadBalancer", {"aws-load-balancer-type": "nlb-ip"}, {}),
		service("LoadBalancer", {}, {"loadBalancerClass": "service.k8s.aws/nlb"}),
		service("LoadBalancer", {}, {"loadBalancerClass": "eks.amazonaws.com/nlb"}),
		service("LoadBalancer", facing, {"loadBalancerSourceRanges": ["192.0.2.0/24"]}),
		service("LoadBalancer", object.union(facing, {"load-balancer-source-ranges": "192.0.2.0/24,"}), {}),
		service("LoadBalancer", {}, {"loadBalancerSourceRanges": ["192.0.2.0/24"]}),
		plans.object_of("serving.knative.dev/v1", "Service", "api", {"spec": {"type": "NodePort"}}),
		plans.object_of("v1", "Service", "api", {}),
	] {
		messages([given]) == set()
		unknowns([given]) == set()
	}
}

test_a_load_balancer_that_says_nothing_is_unknown if {
	every given in [service("LoadBalancer", {}, {}), service("LoadBalancer", {"aws-load-balancer-type": "nlb"}, {}), service("LoadBalancer", {}, {"loadBalancerClass": "example.com/other"})] {
		messages([given]) == set()
		unknowns([given]) == {"Service claims/api: does not say whether its load balancer is internal"}
	}
}

test_what_only_apply_tells_is_unknown if {
	every given in [
		service("LoadBalancer", {"aws-load-balancer-scheme": "known-after-apply"}, {}),
		service("known-after-apply", {}, {}),
		service("LoadBalancer", facing, {"loadBalancerSourceRanges": ["known-after-apply"]}),
		service("LoadBalancer", {}, {"loadBalancerClass": "known-after-apply"}),
	] {
		messages([given]) == set()
		unknowns([given]) == {"Service claims/api: says only at apply who reaches it"}
	}
	unknowns([service("ClusterIP", {}, {"selector": {"app": "known-after-apply"}})]) == set()
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [service("NodePort", {}, {})], ["document 2 of 2 is known only after apply"])
	count(data.rules.exposure.service_internal.deny) == 0 with input as given
	{found.message | some found in data.rules.exposure.service_internal.unknown} == {
		"Service claims/api: opens a port on every node, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
