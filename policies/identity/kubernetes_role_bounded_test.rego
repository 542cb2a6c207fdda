package tests.identity.kubernetes_role_bounded

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.identity.kubernetes_role_bounded.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.identity.kubernetes_role_bounded.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.identity.kubernetes_role_bounded.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.identity.kubernetes_role_bounded.deny with input as plans.production([plans.made(type, after)])}

role(kind, rules) := plans.object_of("rbac.authorization.k8s.io/v1", kind, "api", {"rules": rules})

allowing(group, resource, verb) := {"apiGroups": [group], "resources": [resource], "verbs": [verb]}

test_wildcards_are_denied_in_a_namespace_as_well if {
	every kind in ["ClusterRole", "Role"] {
		of_manifest(role(kind, [allowing("*", "*", "*")])) == {"may do everything"}
		of_manifest(role(kind, [allowing("", "configmaps", "*")])) == {"has wildcards for verbs"}
		of_manifest(role(kind, [allowing("apps", "*", "get")])) == {"has wildcards for resources"}
		of_manifest(role(kind, [allowing("*", "deployments", "get")])) == {"has wildcards for groups"}
		of_manifest(role(kind, [allowing("*", "deployments", "*")])) == {"has wildcards for groups", "has wildcards for verbs"}
	}
}

everywhere := [
	["", "secrets", "get", "may read the Secrets of every namespace"],
	["", "secrets", "list", "may read the Secrets of every namespace"],
	["", "secrets", "watch", "may read the Secrets of every namespace"],
	["", "pods", "create", "may start pods in every namespace"],
	["", "replicationcontrollers", "create", "may start pods in every namespace"],
	["apps", "daemonsets", "create", "may start pods in every namespace"],
	["apps", "deployments", "create", "may start pods in every namespace"],
	["apps", "replicasets", "create", "may start pods in every namespace"],
	["apps", "statefulsets", "create", "may start pods in every namespace"],
	["batch", "cronjobs", "create", "may start pods in every namespace"],
	["batch", "jobs", "create", "may start pods in every namespace"],
	["", "pods/attach", "create", "may enter the pods of every namespace"],
	["", "pods/exec", "create", "may enter the pods of every namespace"],
	["", "pods/exec", "get", "may enter the pods of every namespace"],
	["", "nodes/proxy", "get", "may do on every node what its kubelet may"],
	["", "nodes/proxy", "create", "may do on every node what its kubelet may"],
	["", "serviceaccounts/token", "create", "may make tokens of the service accounts of every namespace"],
	["admissionregistration.k8s.io", "mutatingwebhookconfigurations", "create", "may put itself before every request to the API"],
	["admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch", "may put itself before every request to the API"],
	["admissionregistration.k8s.io", "validatingwebhookconfigurations", "update", "may put itself before every request to the API"],
]

in_any_namespace := [
	["rbac.authorization.k8s.io", "clusterroles", "bind", "may grant what it has not itself"],
	["rbac.authorization.k8s.io", "roles", "escalate", "may grant what it has not itself"],
	["", "groups", "impersonate", "may act as others"],
	["", "serviceaccounts", "impersonate", "may act as others"],
	["", "users", "impersonate", "may act as others"],
]

test_each_power_is_denied_where_it_counts if {
	every given in everywhere {
		of_manifest(role("ClusterRole", [allowing(given[0], given[1], given[2])])) == {given[3]}
		of_manifest(role("Role", [allowing(given[0], given[1], given[2])])) == set()
	}
	every given in in_any_namespace {
		of_manifest(role("ClusterRole", [allowing(given[0], given[1], given[2])])) == {given[3]}
		of_manifest(role("Role", [allowing(given[0], given[1], given[2])])) == {given[3]}
	}
}

test_what_is_bounded_is_fine if {
	every given in [
		allowing("", "configmaps", "get"), allowing("example.com", "secrets", "get"), allowing("", "secrets", "create"),
		allowing("", "secretsx", "get"), object.union(allowing("", "secrets", "get"), {"resourceNames": ["api"]}), {},
	] {
		of_manifest(role("ClusterRole", [given])) == set()
	}
	of_manifest(plans.object_of("example.com/v1", "ClusterRole", "api", {"rules": [allowing("*", "*", "*")]})) == set()
}

binding(kind, name) := plans.object_of("rbac.authorization.k8s.io/v1", kind, "b", {"roleRef": {"kind": "ClusterRole", "name": name}})

test_a_cluster_role_that_counts_only_in_namespaces_may_read_their_secrets if {
	reads := role("ClusterRole", [allowing("", "secrets", "get")])
	messages([reads]) == {"ClusterRole api: may read the Secrets of every namespace"}
	messages([reads, binding("RoleBinding", "api")]) == set()
	count(messages([reads, binding("RoleBinding", "other")])) == 1
	count(messages([reads, binding("RoleBinding", "api"), binding("ClusterRoleBinding", "api")])) == 1
	count(messages([reads, binding("ClusterRoleBinding", "api")])) == 1
	role_of_namespace := object.union(binding("RoleBinding", "api"), {"roleRef": {"kind": "Role", "name": "api"}})
	count(messages([reads, role_of_namespace])) == 1
}

test_what_an_operator_has_to_do_is_listed if {
	all := role("Role", [allowing("*", "*", "*")])
	messages([object.union(all, {"metadata": {"name": "velero-server"}})]) == set()
	listed := object.union(role("ClusterRole", [allowing("", "secrets", "get")]), {"metadata": {"name": "cert-manager-controller-orders"}})
	messages([listed]) == set()
	more := object.union(listed, {"rules": [allowing("", "pods", "create")]})
	messages([more]) == {"ClusterRole cert-manager-controller-orders: may start pods in every namespace"}
}

typed(type, rule) := plans.made(type, {"metadata": [{"name": "api"}], "rule": [rule]})

test_the_provider_s_own_words_are_read if {
	reads := {"api_groups": [""], "resources": ["secrets"], "verbs": ["get"], "resource_names": null}
	every type in ["kubernetes_cluster_role", "kubernetes_cluster_role_v1"] {
		of_resource(type, {"rule": [reads]}) == {"may read the Secrets of every namespace"}
		of_resource(type, {"rule": [object.union(reads, {"resource_names": ["api"]})]}) == set()
	}
	every type in ["kubernetes_role", "kubernetes_role_v1"] {
		of_resource(type, {"rule": [reads]}) == set()
		of_resource(type, {"rule": [{"api_groups": ["*"], "resources": ["*"], "verbs": ["*"]}]}) == {"may do everything"}
	}
	every type in ["kubernetes_role_binding", "kubernetes_role_binding_v1"] {
		bound := plans.made(type, {"role_ref": [{"kind": "ClusterRole", "name": "api"}]})
		count(data.rules.identity.kubernetes_role_bounded.deny) == 0 with input as plans.production([typed("kubernetes_cluster_role_v1", reads), bound])
	}
	every type in ["kubernetes_cluster_role_binding", "kubernetes_cluster_role_binding_v1"] {
		bound := plans.made(type, {"role_ref": [{"kind": "ClusterRole", "name": "api"}]})
		narrow := plans.made("kubernetes_role_binding_v1", {"role_ref": [{"kind": "ClusterRole", "name": "api"}]})
		count(data.rules.identity.kubernetes_role_bounded.deny) == 1 with input as plans.production([typed("kubernetes_cluster_role_v1", reads), bound, narrow])
	}
}

test_what_only_apply_tells_is_unknown if {
	waits := role("ClusterRole", [allowing("", "secrets", "known-after-apply"), allowing("*", "*", "*")])
	messages([waits]) == set()
	unknowns([waits]) == {"ClusterRole api: says only at apply what its role allows"}
	unknowns([role("ClusterRole", [])]) == set()
	manifest := plans.later(plans.made("kubernetes_manifest", {"manifest": role("ClusterRole", [])}), {"manifest": {"rules": [{"verbs": true}]}})
	count(data.rules.identity.kubernetes_role_bounded.unknown) == 1 with input as plans.production([manifest])
	resource := plans.later(plans.made("kubernetes_cluster_role_v1", {"rule": [{}]}), {"rule": [{"verbs": true}]})
	count(data.rules.identity.kubernetes_role_bounded.unknown) == 1 with input as plans.production([resource])
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [role("Role", [allowing("*", "*", "*")])], ["document 2 of 2 is known only after apply"])
	count(data.rules.identity.kubernetes_role_bounded.deny) == 0 with input as given
	{found.message | some found in data.rules.identity.kubernetes_role_bounded.unknown} == {
		"Role claims/api: may do everything, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}

reading := allowing("", "secrets", "get")

hooking := allowing("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch")

test_each_operator_that_is_listed_may_do_what_it_has_to if {
	every name, rules in {
		"aws-privateca-issuer": [reading], "cert-manager-cainjector": [reading, hooking], "cert-manager-controller-certificates": [reading],
		"cert-manager-controller-challenges": [reading, allowing("", "pods", "create")], "cert-manager-controller-clusterissuers": [reading],
		"cert-manager-controller-issuers": [reading], "cert-manager-controller-orders": [reading], "vault-agent-injector-clusterrole": [hooking],
	} {
		messages([object.union(role("ClusterRole", rules), {"metadata": {"name": name}})]) == set()
		count(messages([role("ClusterRole", rules)])) == count(rules)
	}
}

test_a_name_that_a_revision_ends_is_listed_by_its_beginning if {
	reads := role("ClusterRole", [allowing("", "secrets", "get")])
	messages([object.union(reads, {"metadata": {"name": "istiod-clusterrole-1-30-3-istio-system"}})]) == set()
	count(messages([object.union(reads, {"metadata": {"name": "my-istiod-clusterrole-1-30-3"}})])) == 1
	count(messages([object.union(reads, {"metadata": {"name": "velero-server-2"}})])) == 1
}
