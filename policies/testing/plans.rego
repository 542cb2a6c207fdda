# METADATA
# description: |
#   Small plans for the rules' tests: resources of one module, `module.service`, in the shape of `terraform show -json`.
#   `made` describes a resource, `later` what of it is known only at apply, `reads` which references an argument has.
package testing.plans

import rego.v1

production(resources) := of("prod", resources)

of(environment, resources) := {
	"groundplan": {
		"stack": concat("-", [environment, "service"]),
		"environment": environment,
		"today": "2026-06-30",
		"account": "111122223333",
		"absent": [],
	},
	"plan": {
		"format_version": "1.2",
		"resource_changes": [change(resource) | some resource in resources],
		"configuration": {
			"provider_config": {},
			"root_module": {"module_calls": {"service": {
				"source": "./modules/service",
				"expressions": {},
				"module": {"resources": [configuration(resource) | some resource in resources]},
			}}},
		},
	},
}

# The same plan where other stacks of its account were not planned, and as Terraform Cloud judges it, alone.
without(plan, stacks) := json.patch(plan, [{"op": "replace", "path": "/groundplan/absent", "value": stacks}])

alone(plan) := {"plan": plan.plan, "run": {"workspace": {"name": plan.groundplan.stack}}}

# What another stack of the account shares with a plan, as data.others holds it.
other(stack, shared) := object.union(
	{"stack": stack, "account": "111122223333", "resources": [], "watchers": [], "deleted": []},
	shared,
)

# The same plan as the root module's caller wrote it: what the call of `service` passes.
called_with(plan, expressions) := json.patch(plan, [{
	"op": "replace",
	"path": "/plan/configuration/root_module/module_calls/service/expressions",
	"value": expressions,
}])

with_provider(plan, expressions) := json.patch(plan, [{
	"op": "replace",
	"path": "/plan/configuration/provider_config",
	"value": {"aws": {"name": "aws", "expressions": expressions}},
}])

# A resource of the root module beside the call, such as a key that is passed in.
with_root(plan, type, name) := json.patch(plan, [{
	"op": "add",
	"path": "/plan/resource_changes/-",
	"value": {
		"address": concat(".", [type, name]),
		"mode": "managed",
		"type": type,
		"name": name,
		"change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true, "arn": true}},
	},
}])

# What the called module is written to say: its own variables, outputs and calls.
with_outputs(plan, outputs) := json.patch(plan, [{
	"op": "add",
	"path": "/plan/configuration/root_module/module_calls/service/module/outputs",
	"value": outputs,
}])

# The nested blocks of `name` as the configuration shows them, and what of the planned ones is unknown.
blocks(resource, name, written, unknown) := object.union(resource, {
	"expressions": object.union(resource.expressions, {name: written}),
	"unknown": object.union(resource.unknown, {name: unknown}),
})

# A data source beside the resources, as the configuration shows it.
with_data(plan, source) := json.patch(plan, [{
	"op": "add",
	"path": "/plan/configuration/root_module/module_calls/service/module/resources/-",
	"value": source,
}])

made(type, after) := {
	"type": type,
	"name": "this",
	"key": "",
	"actions": ["create"],
	"after": after,
	"unknown": {},
	"expressions": {name: {"constant_value": value} | some name, value in after},
}

named(resource, name) := object.union(resource, {"name": name})

keyed(resource, key) := object.union(resource, {"key": key})

planned(resource, actions) := object.union(resource, {"actions": actions})

# An update of what had `before` in place of the arguments of the same names.
updated(resource, before) := object.union(planned(resource, ["update"]), {"before": object.union(resource.after, before)})

# `unknown` as after_unknown has it; the expressions say nothing about where the value comes from.
later(resource, unknown) := object.union(resource, {
	"unknown": unknown,
	"expressions": object.union(resource.expressions, {name: {"references": ["local.later"]} | some name, _ in unknown}),
})

# What the author left out and the provider decides: unknown, with no expression.
computed(resource, names) := object.union(resource, {"unknown": object.union(resource.unknown, {name: true | some name in names})})

# The argument or block `name` as the configuration shows it.
reads(resource, name, expression) := json.patch(resource, [
	{"op": "add", "path": concat("", ["/expressions/", name]), "value": expression},
	{"op": "add", "path": concat("", ["/unknown/", name]), "value": true},
])

change(resource) := object.union(
	{
		"address": concat("", ["module.service.", resource.type, ".", resource.name, index(resource)]),
		"module_address": "module.service",
		"mode": "managed",
		"type": resource.type,
		"name": resource.name,
		"provider_name": "registry.terraform.io/hashicorp/aws",
		"change": {
			"actions": resource.actions,
			"before": before(resource),
			"after": after(resource),
			"after_unknown": resource.unknown,
			"after_sensitive": {},
		},
	},
	{"index": resource.key | resource.key != ""},
)

index(resource) := "" if {
	resource.key == ""
} else := concat("", ["[\"", resource.key, "\"]"])

before(resource) := null if {
	resource.actions == ["create"]
} else := object.get(resource, "before", resource.after)

after(resource) := null if {
	resource.actions == ["delete"]
} else := object.remove(resource.after, later_names(resource))

later_names(resource) := [name | some name, mark in resource.unknown; mark == true]

configuration(resource) := {
	"address": concat(".", [resource.type, resource.name]),
	"mode": "managed",
	"type": resource.type,
	"name": resource.name,
	"expressions": resource.expressions,
}

# A release, and what Helm makes of it: its objects, and why it may make others.
rendered(environment, objects, unknown) := json.patch(of(environment, [made("helm_release", {"name": "api", "chart": "api", "version": "1.0.0"})]), [{
	"op": "add",
	"path": "/groundplan/rendered",
	"value": {"module.service.helm_release.this": {"objects": entries(objects), "unknown": unknown}},
}])

entries(objects) := [{"template": "api/templates/all.yaml", "namespace": "claims", "object": object} | some object in objects]

# An object of Kubernetes, and a pod of one container.
object_of(version, kind, name, rest) := object.union({"apiVersion": version, "kind": kind, "metadata": {"name": name}}, rest)

pod_of(around, own) := object_of("v1", "Pod", "api", {"spec": object.union(around, {"containers": [object.union({"name": "c"}, own)]})})
