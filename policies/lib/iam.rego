# METADATA
# description: IAM documents, with every "string or list" made a list once.
package lib.iam

import data.lib.accounts
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

# Operator, key (both lower case: IAM compares them so) and values. `ForAnyValue:StringLikeIfExists` is the test
# `stringlike` of any value, and optional: it holds as well where the request does not carry the key.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
conditions(given) := [
{
	"operator": lower(operator),
	"test": test(lower(operator)),
	"of_any": startswith(lower(operator), "foranyvalue:"),
	"optional": optional(lower(operator)),
	"key": lower(key),
	"values": scalars(values),
} |
	some operator, keys in value.map(given)
	some key, values in value.map(keys)
]

test(operator) := trim_suffix(regex.replace(operator, `^for(allvalues|anyvalue):`, ""), "ifexists")

# ForAllValues holds where there is no value at all.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
optional(operator) if {
	endswith(operator, "ifexists")
} else if {
	startswith(operator, "forallvalues:")
} else := false

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

# Whether an action of a statement, wildcards and all, is the one of a name in lower letters.
names_action(given, action) if regex.match(action_pattern(given), action)

action_pattern(given) := concat("", ["^", replace(replace(regex.replace(lower(given), `[^a-z0-9:*?-]`, "_"), "*", ".*"), "?", "."), "$"])

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

# --- Who gets in

# The conditions that only a request can meet which carries their key, with one of their values. Negated tests, and
# those that hold without the key, demand nothing, unless a Null test beside them demands the key.
demands(statement) := [condition |
	some condition in statement.conditions
	condition.test in {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress", "bool"}
	carried(statement, condition)
]

carried(_, condition) if not condition.optional

carried(statement, condition) if {
	some other in statement.conditions
	other.test == "null"
	other.key == condition.key
	every item in other.values {
		lower(item) == "false"
	}
}

# Whether a request must come from somewhere that can be told from anywhere.
bounded(statement) if {
	some condition in demands(statement)
	every item in condition.values {
		confines(condition.key, item)
	}
}

# The same of what an AWS service does for somebody: it sets these keys itself.
bounded_for_services(statement) if bounded(statement)

bounded_for_services(statement) if {
	some condition in demands(statement)
	startswith(condition.key, "kms:encryptioncontext:")
	every item in condition.values {
		names_a_place(item)
	}
}

# What a grant may be made for, which services tell where they tell no source.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html
bounded_for_services(statement) if {
	every action in statement.actions {
		lower(action) == "kms:creategrant"
	}
	some condition in demands(statement)
	condition.key == "kms:grantisforawsresource"
	every item in condition.values {
		lower(item) == "true"
	}
}

# A bucket by its whole name, or what is in an account of the plan.
names_a_place(arn) if regex.match(`^arn:[^:*?]+:s3:::[^*?/]+(/|$)`, arn)

names_a_place(arn) if accounts.may_be_own(accounts.of_arn(arn))

organization_keys := {"aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"}

organization_path_keys := {"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"}

account_keys := {"aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "aws:vpceaccount", "kms:calleraccount", "s3:dataaccesspointaccount", "vpc-lattice-svcs:sourcevpcowneraccount"}

arn_keys := {"aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"}

network_keys := {"aws:sourcevpc", "aws:sourcevpce", "vpc-lattice-svcs:sourcevpc"}

# Which values of which keys confine: what AWS does not count as public, and where it names an account, one of ours.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
confines(key, item) if {
	key in (organization_keys | network_keys)
	not regex.match(`[*?]`, item)
}

confines(key, item) if {
	key in organization_path_keys
	regex.match(`^[^*?/]+/`, item)
}

confines(key, item) if {
	key in account_keys
	accounts.may_be_own(item)
}

confines(key, item) if {
	key in arn_keys
	accounts.may_be_own(accounts.of_arn(item))
}

# Some ARNs name no account. A bucket's name is anybody's once the bucket is gone; other such ids are not given again.
confines("aws:sourcearn", item) if {
	regex.match(`^arn:[^:*?]+:[^:*?]+:[^:*?]*::[^*?]+$`, item)
	not regex.match(`^arn:[^:]+:s3:`, item)
}

confines("aws:sourceip", item) if {
	not contains(item, ":")
	not regex.match(`^0\.|/[0-7]$`, item)
}

confines("aws:sourceip", item) if {
	contains(item, ":")
	not regex.match(`^(0*:)|/([0-9]|[12][0-9]|3[01])$`, item)
}

confines("aws:userid", item) if regex.match(`^A[A-Z0-9]{15,}(:|$)`, item)

# https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
confines("elasticfilesystem:accessedviamounttarget", item) if lower(item) == "true"

# Whether a Deny of the document keeps outsiders from all that the statement allows: it must hold for everyone who is
# not confined, so a test that a request without the key passes by does not count, nor does one more condition.
denied_to_outsiders(document, statement) if {
	some other in document
	other.effect == "Deny"
	holds_for_outsiders(other)
	covers(other.actions, named_or_all(statement.actions, statement.not_actions))
	covers(other.resources, named_or_all(statement.resources, statement.not_resources))
}

named_or_all(named, except) := named if {
	count(except) == 0
} else := ["*"]

holds_for_outsiders(statement) if {
	"AWS:*" in statement.principals
	bounding := [condition | some condition in statement.conditions; keeps_out(condition)]
	count(bounding) > 0
	every condition in statement.conditions {
		keeps_out_or_spares_services(condition)
	}
}

holds_for_outsiders(statement) if {
	count(statement.not_principals) > 0
	count(statement.conditions) == 0
	every principal in statement.not_principals {
		who(principal) in {"own", "service"}
	}
}

keeps_out_or_spares_services(condition) if keeps_out(condition)

# Requests without credentials do not carry the key.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
keeps_out_or_spares_services(condition) if {
	condition.operator == "boolifexists"
	condition.key == "aws:principalisawsservice"
	every item in condition.values {
		lower(item) == "false"
	}
}

keeps_out(condition) if {
	condition.test in {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"}
	not condition.of_any
	every item in condition.values {
		confines(condition.key, item)
	}
}

# Whether every item of the second list is matched by one of the first; a resource may be missing from both.
covers(patterns, items) if {
	every item in items {
		some pattern in patterns
		matched(lower(pattern), lower(item))
	}
}

matched(pattern, item) if pattern == item

matched(pattern, item) if {
	endswith(pattern, "*")
	prefix := trim_suffix(pattern, "*")
	startswith(item, prefix)
}

# One of: everyone, service, federated, own, foreign, aws, unknown.
who(principal) := "everyone" if {
	regex.match(`^[^:]+:.*[*?]`, principal)
} else := "service" if {
	startswith(principal, "Service:")
} else := "federated" if {
	startswith(principal, "Federated:")
} else := "aws" if {
	# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
	regex.match(`^AWS:arn:[^:]+:iam::cloudfront:user/`, principal)
} else := accounts.whose(account) if {
	account := account_of(principal)
	account != ""
} else := "unknown"

# The account that a principal is of, given as its number or in an ARN; "" for an id of IAM's own, which names none.
account_of(principal) := name if {
	name := trim_prefix(principal, "AWS:")
	accounts.is_account(name)
} else := account if {
	account := accounts.of_arn(trim_prefix(principal, "AWS:"))
	accounts.is_account(account)
} else := ""

# `logs.us-east-1.amazonaws.com` is `logs.amazonaws.com` in one region, and `logs.amazonaws.com.cn` is it in China.
service(principal) := regex.replace(trim_prefix(principal, "Service:"), `(\.[a-z]{2}(-[a-z]+)+-[0-9]+)?\.amazonaws\.com(\.cn)?$`, ".amazonaws.com")

# Where resource policies stand: the resource, the path of its document, and the kind of what it guards.
resource_policies contains {"resource": resource, "path": facts.path, "kind": facts.kind} if {
	some type, facts in data.parameters.identity.resource_policies
	some resource in plan.of(type)
	stated(resource, facts.path)
}

# A document that the author wrote: one that nobody wrote is AWS's own, for the owner alone.
stated(resource, path) if plan.text(resource, path) != ""

stated(resource, path) if {
	plan.unknown_at(resource, path)
	count(plan.expression(resource, path)) > 0
}

# Whether every Allow of a written text names principals of this module, or is confined. A text whose statements do not
# put Principal right after Effect is not read.
written_for_insiders(document) if {
	text := written(document)
	chunks := regex.split(`"?\bEffect"?\s*=\s*`, text)
	every position in numbers.range(0, count(chunks) - 1) {
		for_insiders(position, chunks[position])
	}
}

for_insiders(0, chunk) if not regex.match(`\bPrincipal"?\s*=`, chunk)

for_insiders(_, chunk) if {
	startswith(chunk, `"Deny"`)
	one_principal(chunk)
}

for_insiders(_, chunk) if {
	one_principal(chunk)
	regex.match(written_insiders, chunk)
}

for_insiders(_, chunk) if {
	startswith(chunk, `"Allow"`)
	one_principal(chunk)
	regex.match(written_bound, chunk)
}

one_principal(chunk) if count(regex.find_n(`\bPrincipal"?\s*=`, chunk, -1)) == 1

written_insiders := concat("", [`^"Allow",\s*"?Principal"?\s*=\s*\{"?AWS"?\s*=\s*\[?`, insider, `(,\s*`, insider, `)*\]?\}`])

insider := `(aws_iam_role\.[A-Za-z0-9_-]+(\[[^\]]*\])?\.arn|"arn:[^":]*:iam::\$\{data\.aws_caller_identity\.[A-Za-z0-9_-]+\.account_id\}:[^"*]*")`

written_bound := `\b"?(String|Arn)(Equals|Like)"?\s*=\s*\{([^{}]|\$\{[^{}]*\})*"(?i:aws:(Principal|Source)(Account|OrgID)|aws:SourceArn|kms:CallerAccount)"\s*=\s*\[?\s*"?[^"*\[\]\s]`
