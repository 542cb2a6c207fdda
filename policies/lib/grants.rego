# METADATA
# description: |
#   What roles of Kubernetes allow, and to whom: roles and bindings in Kubernetes' own words and of the kubernetes provider.
#   https://kubernetes.io/docs/concepts/security/rbac-good-practices/
package lib.grants

import data.lib.objects
import data.lib.plan
import data.lib.value

import rego.v1

group := "rbac.authorization.k8s.io"

role_types := {
	"kubernetes_cluster_role": "ClusterRole",
	"kubernetes_cluster_role_v1": "ClusterRole",
	"kubernetes_role": "Role",
	"kubernetes_role_v1": "Role",
}

binding_types := {
	"kubernetes_cluster_role_binding": "ClusterRoleBinding",
	"kubernetes_cluster_role_binding_v1": "ClusterRoleBinding",
	"kubernetes_role_binding": "RoleBinding",
	"kubernetes_role_binding_v1": "RoleBinding",
}

# Every role: the API groups, resources, verbs and names of its rules.
roles := array.concat(
	[object.union(found, {"type": type, "name": objects.name(found), "rules": rules}) |
		some found in data.lib.objects.listed
		some type in ["ClusterRole", "Role"]
		found.kind == concat("/", [group, type])
		rules := [allowed(given, "apiGroups", "resources", "verbs", "resourceNames") |
			some given in value.list(value.at(found.object, ["rules"], []))
		]
	],
	[object.union(of_provider(resource), {"type": type, "rules": rules}) |
		some type_of_provider, type in role_types
		some resource in plan.of(type_of_provider)
		rules := [allowed(given, "api_groups", "resources", "verbs", "resource_names") |
			some given in value.list(plan.known(resource, ["rule"], []))
		]
	],
)

allowed(given, groups, resources, verbs, names) := {
	"groups": {text | some text in value.strings(value.at(given, [groups], []))},
	"resources": {text | some text in value.strings(value.at(given, [resources], []))},
	"verbs": {text | some text in value.strings(value.at(given, [verbs], []))},
	"named": count(value.list(value.at(given, [names], []))) > 0,
}

# Every binding: the role that it grants, and to whom.
bindings := array.concat(
	[object.union(found, {
		"type": type,
		"name": objects.name(found),
		"role": role(value.map(value.at(found.object, ["roleRef"], {}))),
		"subjects": [role(subject) | some subject in value.list(value.at(found.object, ["subjects"], []))],
	}) |
		some found in data.lib.objects.listed
		some type in ["ClusterRoleBinding", "RoleBinding"]
		found.kind == concat("/", [group, type])
	],
	[object.union(of_provider(resource), {
		"type": type,
		"role": role(value.map(plan.known(resource, ["role_ref", 0], {}))),
		"subjects": [role(subject) | some subject in value.list(plan.known(resource, ["subject"], []))],
	}) |
		some type_of_provider, type in binding_types
		some resource in plan.of(type_of_provider)
	],
)

role(given) := {"kind": value.text(value.at(given, ["kind"], "")), "name": value.text(value.at(given, ["name"], ""))}

of_provider(resource) := {"resource": resource, "open": "", "name": plan.text(resource, ["metadata", 0, "name"])}

# Whether only apply tells what stands in `names`, of the provider and of Kubernetes.
undecided(found, names) if {
	some name in names
	objects.later(found, [name])
}

undecided(found, names) if {
	some name in names
	walk(value.at(found.resource.unknown, [name], false), [path, true])
	not of_the_provider(path)
}

# The API group of a subject follows from its kind.
of_the_provider(path) if path[count(path) - 1] == "api_group"

# Whether a role counts everywhere: a ClusterRole that only RoleBindings grant counts in their namespaces.
everywhere(found) if {
	found.type == "ClusterRole"
	not found.name in only_in_namespaces
}

only_in_namespaces := granted("RoleBinding") - granted("ClusterRoleBinding")

granted(type) := {binding.role.name |
	some binding in data.lib.grants.bindings
	binding.type == type
	binding.role.kind == "ClusterRole"
}

# What a listed workload of the cluster has to be granted.
permitted(found, what) if what in data.parameters.identity.kubernetes.permitted[found.name].may

# Of names that a release or a revision ends, the beginning is listed, with a * after it.
permitted(found, what) if {
	some name, given in data.parameters.identity.kubernetes.permitted
	endswith(name, "*")
	startswith(found.name, trim_suffix(name, "*"))
	what in given.may
}
