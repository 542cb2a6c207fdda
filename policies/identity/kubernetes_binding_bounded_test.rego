package tests.identity.kubernetes_binding_bounded

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.identity.kubernetes_binding_bounded.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.identity.kubernetes_binding_bounded.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.identity.kubernetes_binding_bounded.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.identity.kubernetes_binding_bounded.deny with input as plans.production([plans.made(type, after)])}

binding(kind, role, subject) := plans.object_of("rbac.authorization.k8s.io/v1", kind, "api", {
	"roleRef": {"kind": "ClusterRole", "name": role},
	"subjects": [{"kind": "ServiceAccount", "name": "api", "namespace": "claims"}, subject],
})

group(name) := {"kind": "Group", "name": name}

test_an_administrator_of_the_cluster_is_denied if {
	messages([binding("ClusterRoleBinding", "cluster-admin", {})]) == {"ClusterRoleBinding api: makes its subjects administrators of the cluster"}
	messages([binding("RoleBinding", "cluster-admin", {})]) == set()
	messages([binding("ClusterRoleBinding", "view", {})]) == set()
	role := object.union(binding("ClusterRoleBinding", "", {}), {"roleRef": {"kind": "Role", "name": "cluster-admin"}})
	messages([role]) == set()
	listed := object.union(binding("ClusterRoleBinding", "cluster-admin", {}), {"metadata": {"name": "velero-server"}})
	messages([listed]) == set()
}

test_a_role_for_nobody_in_particular_is_denied if {
	every kind in ["ClusterRoleBinding", "RoleBinding"] {
		every name in ["system:authenticated", "system:serviceaccounts", "system:unauthenticated"] {
			of_manifest(binding(kind, "view", group(name))) == {concat("", ["gives view to ", name])}
		}
		of_manifest(binding(kind, "view", {"kind": "User", "name": "system:anonymous"})) == {"gives view to system:anonymous"}
		of_manifest(binding(kind, "view", {"kind": "User", "name": "system:authenticated"})) == set()
		of_manifest(binding(kind, "view", group("claims"))) == set()
	}
}

test_the_provider_s_own_words_are_read if {
	given := {"role_ref": [{"kind": "ClusterRole", "name": "cluster-admin"}], "subject": [group("system:authenticated")]}
	every type in ["kubernetes_cluster_role_binding", "kubernetes_cluster_role_binding_v1"] {
		of_resource(type, given) == {"makes its subjects administrators of the cluster", "gives cluster-admin to system:authenticated"}
	}
	every type in ["kubernetes_role_binding", "kubernetes_role_binding_v1"] {
		of_resource(type, given) == {"gives cluster-admin to system:authenticated"}
	}
	listed := object.union(given, {"metadata": [{"name": "velero-server"}], "subject": []})
	of_resource("kubernetes_cluster_role_binding_v1", listed) == set()
}

test_what_only_apply_tells_is_unknown if {
	every waits in [
		binding("ClusterRoleBinding", "known-after-apply", group("system:unauthenticated")),
		binding("ClusterRoleBinding", "cluster-admin", group("known-after-apply")),
	] {
		messages([waits]) == set()
		unknowns([waits]) == {"ClusterRoleBinding api: says only at apply what it grants to whom"}
	}
	unknowns([binding("ClusterRoleBinding", "view", {})]) == set()
	every unknown, expected in {"role_ref": 1, "subject": 1, "metadata": 0} {
		resource := plans.later(plans.made("kubernetes_cluster_role_binding_v1", {"role_ref": [{}], "subject": [{}]}), {unknown: [{"name": true}]})
		count(data.rules.identity.kubernetes_binding_bounded.unknown) == expected with input as plans.production([resource])
	}
	computed := plans.later(plans.made("kubernetes_cluster_role_binding_v1", {"subject": [{}]}), {"subject": [{"api_group": true}]})
	count(data.rules.identity.kubernetes_binding_bounded.unknown) == 0 with input as plans.production([computed])
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [binding("RoleBinding", "view", group("system:unauthenticated"))], ["document 2 of 2 is known only after apply"])
	count(data.rules.identity.kubernetes_binding_bounded.deny) == 0 with input as given
	{found.message | some found in data.rules.identity.kubernetes_binding_bounded.unknown} == {
		"RoleBinding claims/api: gives view to system:unauthenticated, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
