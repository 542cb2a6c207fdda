# METADATA
# description: IAM documents, with every "string or list" made a list once.
package lib.iam

import data.lib.plan
import data.lib.value

import rego.v1

# Where documents stand, besides in aws_iam_role: type to attribute.
permission_documents := {
	"aws_iam_policy": ["policy"],
	"aws_iam_role_policy": ["policy"],
	"aws_iam_user_policy": ["policy"],
	"aws_iam_group_policy": ["policy"],
	"aws_ssoadmin_permission_set_inline_policy": ["inline_policy"],
}

# The statements of a document's text, normalised; undefined when the text is no document.
statements(content) := [normal(statement) | some statement in listed(document.Statement)] if {
	document := value.from_json(content)
	is_object(document)
}

listed(statement) := [statement] if {
	is_object(statement)
} else := [item | some item in statement; is_object(item)] if {
	is_array(statement)
} else := []

normal(statement) := {
	"sid": value.text(object.get(statement, "Sid", "")),
	"effect": value.text(object.get(statement, "Effect", "")),
	"actions": value.strings(object.get(statement, "Action", [])),
	"not_actions": value.strings(object.get(statement, "NotAction", [])),
	"resources": value.strings(object.get(statement, "Resource", [])),
	"not_resources": value.strings(object.get(statement, "NotResource", [])),
	"principals": principals(object.get(statement, "Principal", {})),
	"not_principals": principals(object.get(statement, "NotPrincipal", {})),
	"conditions": conditions(object.get(statement, "Condition", {})),
}

principals(given) := {"AWS:*"} if {
	given == "*"
} else := {concat(":", [kind, name]) |
	some kind, names in value.map(given)
	some name in value.strings(names)
}

# Operator, key (both lower case: IAM compares them so) and values.
conditions(given) := [{"operator": lower(operator), "key": lower(key), "values": scalars(values)} |
	some operator, keys in value.map(given)
	some key, values in value.map(keys)
]

scalars(values) := [scalar(item) | some item in values] if {
	is_array(values)
} else := [scalar(values)]

scalar(item) := item if {
	is_string(item)
} else := json.marshal(item)

# Documents that grant permissions: the resource, where the document stands, its text.
documents contains {"resource": resource, "path": path} if {
	some type, path in permission_documents
	some resource in plan.of(type)
}

documents contains {"resource": resource, "path": ["inline_policy", position, "policy"]} if {
	some resource in plan.of("aws_iam_role")
	some position, _ in value.list(plan.known(resource, ["inline_policy"], []))
}

# A document's text as planned, undefined while any of it is unknown.
source(document) := content if {
	not plan.unknown_at(document.resource, document.path)
	content := plan.text(document.resource, document.path)
}

# While parts of a document are unknown, the text that the module wrote can still answer: what is unknown in
# `jsonencode({Action = ["s3:GetObject"], Resource = aws_s3_bucket.this.arn})` is an ARN, and everything else stands
# there. Only a text that spells its statements out counts, not one that refers to others, or to a `*` that the caller
# passes.
written(document) := text if {
	text := plan.template(document.resource, document.path)
	contains(text, "jsonencode(")
	contains(text, "Statement")
	not regex.match(`\bStatement"?\s*=\s*((concat|flatten)\(|\[)*\s*(var|local|module|data|each)\.`, text)
	not regex.match(`\},\s*(var|local|module|data|each)\.[A-Za-z0-9_.]+\s*[\]),]`, text)
	not plan.passes(document.resource, document.path, "*")
}

# The actions of the written text stand there, and neither they nor its resources are wildcards by themselves.
written_without_wildcard(document) if {
	text := written(document)
	not contains(text, `"*"`)
	not regex.match(`"arn:[^"]*(:\*|\*/\*)"|"arn(:[^":]*){0,4}\*"`, text)
	not regex.match(`Not(Action|Resource|Principal)`, text)
	not regex.match(`\bAction"?\s*=\s*[^\["\s]`, text)
}

# Every action of the written text is spelled out.
written_with_named_actions(document) if {
	text := written(document)
	not regex.match(`Not(Action|Resource)`, text)
	not regex.match(`\bAction"?\s*=\s*[^\["\s]`, text)
	every literal in regex.find_n(`"[A-Za-z0-9-]+:[A-Za-z]*[*?][A-Za-z*?]*"|\bAction"?\s*=\s*\[?\s*"[*?]`, text, -1) {
		reading(trim(literal, `"`))
	}
}

# Reading actions often take no resource: they may be given by prefix. Get is no such action where it reads data.
reading(action) if regex.match(`^[a-z0-9-]+:(Describe|List|BatchDescribe)[A-Za-z]*\*$`, action)

reading(action) if {
	regex.match(`^[a-z0-9-]+:(Get|BatchGet)[A-Za-z]*\*$`, action)
	not split(action, ":")[0] in data.parameters.identity.services_whose_get_reads_data
}

# Which policies are attached to whom, by ARN.
attached contains {"resource": resource, "policy": policy} if {
	some type, attribute in data.parameters.identity.attachments
	some resource in plan.of(type)
	policy := plan.text(resource, [attribute])
}

attached contains {"resource": resource, "policy": policy} if {
	some type, attribute in data.parameters.identity.attachment_lists
	some resource in plan.of(type)
	some policy in value.strings(plan.known(resource, [attribute], []))
}

# Attachments of what comes only at apply, and from no policy of the plan.
open_attachments contains resource if {
	some type, attribute in data.parameters.identity.attachments
	some resource in plan.of(type)
	plan.unknown_at(resource, [attribute])
	not plan.comes_from(resource, [attribute], {"aws_iam_policy"})
}
