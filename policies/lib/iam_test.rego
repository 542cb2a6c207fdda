package tests.lib.iam

import data.lib.iam
import data.lib.plan
import data.testing.plans

import rego.v1

# --- Documents

test_the_statements_of_a_document_are_normalised if {
	iam.statements(json.marshal({"Statement": {
		"Sid": "a", "Effect": "Allow", "Action": "s3:GetObject", "NotAction": ["s3:PutObject"], "Resource": "r",
		"NotResource": ["n"], "Principal": {"AWS": ["1", "2"], "Service": "s"}, "NotPrincipal": "*",
		"Condition": {"ForAnyValue:StringLikeIfExists": {"aws:PrincipalOrgID": ["o-1", true]}},
	}})) == [{
		"sid": "a", "effect": "Allow", "actions": ["s3:GetObject"], "not_actions": ["s3:PutObject"], "resources": ["r"],
		"not_resources": ["n"], "principals": {"AWS:1", "AWS:2", "Service:s"}, "not_principals": {"AWS:*"},
		"conditions": [{
			"operator": "foranyvalue:stringlikeifexists", "test": "stringlike", "of_any": true, "optional": true,
			"key": "aws:principalorgid", "values": ["o-1", "true"],
		}],
	}]
}

test_what_a_statement_leaves_out_is_empty if {
	iam.statements(`{"Statement": [{}, "text"]}`) == [{
		"sid": "", "effect": "", "actions": [], "not_actions": [], "resources": [], "not_resources": [],
		"principals": set(), "not_principals": set(), "conditions": [],
	}]
	iam.statements(`{"Statement": "text"}`) == []
	not iam.statements(`[1]`)
	not iam.statements("no document")
}

test_an_operator_is_a_test_and_how_it_is_asked if {
	operators := {
		"StringEquals": ["stringequals", false, false],
		"StringEqualsIfExists": ["stringequals", false, true],
		"ForAnyValue:StringLike": ["stringlike", true, false],
		"ForAllValues:StringLike": ["stringlike", false, true],
		"ForAllValues:ArnLikeIfExists": ["arnlike", false, true],
	}
	every operator, expected in operators {
		condition := iam.conditions({operator: {"aws:SourceArn": "a"}})[0]
		[condition.test, condition.of_any, condition.optional] == expected
		condition.values == ["a"]
	}
}

document_types := {
	"aws_iam_policy": "policy", "aws_iam_role_policy": "policy", "aws_iam_user_policy": "policy",
	"aws_iam_group_policy": "policy", "aws_ssoadmin_permission_set_inline_policy": "inline_policy",
}

sources(resources) := {content |
	given := plans.production(resources)
	some document in data.lib.iam.documents with input as given
	content := iam.source(document) with input as given
}

test_every_type_that_grants_permissions_has_a_document if {
	every type, attribute in document_types {
		sources([plans.made(type, {attribute: "said"})]) == {"said"}
		sources([plans.later(plans.made(type, {}), {attribute: true})]) == set()
	}
	sources([plans.made("aws_sns_topic_policy", {"policy": "said"})]) == set()
}

test_every_inline_policy_of_a_role_is_a_document if {
	role := plans.made("aws_iam_role", {"inline_policy": [{"policy": "one"}, {"policy": "two"}], "policy": "no"})
	sources([role]) == {"one", "two"}
}

# --- Documents as they are written

given(written) := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": written})])

says(question, written) if {
	resource := plan.of("aws_iam_policy")[0] with input as given(written)
	document := {"resource": resource, "path": ["policy"]}
	answer(question, document) with input as given(written)
}

answer("written", document) if iam.written(document)

answer("without wildcard", document) if iam.written_without_wildcard(document)

answer("named actions", document) if iam.written_with_named_actions(document)

answer("insiders", document) if iam.written_for_insiders(document)

statement(inside) := concat("", ["${jsonencode({Version = \"2012-10-17\", Statement = [{", inside, "}]})}"])

test_a_text_that_spells_its_statements_out_is_read if {
	says("written", statement(`Effect = "Allow", Action = ["s3:GetObject"], Resource = aws_s3_bucket.this.arn`))
	says("written", "${jsonencode({\"Statement\" = {Effect = \"Allow\"}})}")
}

test_a_text_that_refers_to_statements_is_not if {
	every text in [
		"${var.policy}", "${jsonencode({Version = 1})}", "${file(\"Statement.json\")}", "${jsonencode({Statement = var.statements})}",
		"${jsonencode({Statement = concat(local.statements, [])})}", "${jsonencode({Statement = flatten([each.value])})}",
		"${jsonencode({Statement = [data.x.y, {}]})}", "${jsonencode({\"Statement\" = module.x.y})}",
		"${jsonencode({Statement = [{Effect = \"Allow\"}, var.more]})}", "${jsonencode({Statement = concat([{}], [{}, local.more])})}",
		"${jsonencode({Statement = [{Effect = \"Allow\"}, module.x.more,]})}", "${jsonencode({Statement = concat([{Effect = \"Allow\"}, each.value.x ])})}",
		"${jsonencode({Statement = [{Effect = \"Allow\"}, data.x.y)})}",
	] {
		not says("written", text)
	}
}

test_a_text_into_which_the_caller_passes_a_wildcard_is_not_read if {
	reading := plans.reads(plans.made("aws_iam_policy", {}), "policy", {
		"constant_value": statement(`Effect = "Allow", Resource = var.arn`), "references": ["var.arn"],
	})
	wild := plans.called_with(plans.production([reading]), {"arn": {"constant_value": "*"}})
	tame := plans.called_with(plans.production([reading]), {"arn": {"constant_value": "arn:aws:s3:::claims"}})
	of_wild := plan.of("aws_iam_policy")[0] with input as wild
	not iam.written({"resource": of_wild, "path": ["policy"]}) with input as wild
	of_tame := plan.of("aws_iam_policy")[0] with input as tame
	iam.written({"resource": of_tame, "path": ["policy"]}) with input as tame
}

test_a_written_text_is_without_wildcards_or_not if {
	says("without wildcard", statement(`Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::claims/*"`))
	says("without wildcard", statement(`"Effect" = "Allow", "Action" = "s3:GetObject", Resource = [aws_s3_bucket.this.arn]`))
	every inside in [
		`Action = "*", Resource = aws_s3_bucket.this.arn`, `Action = ["s3:GetObject"], Resource = ["*"]`,
		`Action = ["s3:GetObject"], Resource = "arn:aws:s3:::*"`, `Action = ["s3:GetObject"], Resource = "arn:aws:sqs:*:*:*/*"`,
		`Action = ["s3:GetObject"], Resource = "arn:aws:*"`, `Action = ["s3:GetObject"], Resource = "arn*"`,
		`NotAction = ["s3:GetObject"], Resource = aws_s3_bucket.this.arn`, `Action = ["s3:GetObject"], NotResource = aws_s3_bucket.this.arn`,
		`NotPrincipal = {}, Action = ["s3:GetObject"]`, `Action = var.actions, Resource = aws_s3_bucket.this.arn`, `"Action" = concat(["a"])`,
	] {
		not says("without wildcard", statement(inside))
	}
}

test_every_action_of_a_written_text_is_named_or_not if {
	every inside in [
		`Action = ["s3:GetObject"], Resource = "*"`, `Action = "s3:GetObject"`, `"Action" = ["ec2:Describe*", "s3:ListBucket"]`, `Action = ["ce:Describe*"]`,
	] {
		says("named actions", statement(inside))
	}
	every inside in [
		`Action = ["s3:*"]`, `Action = ["s3:Get*"]`, `Action = ["s3:P?t"]`, `Action = "*"`, `Action = ["*"]`, `Action = "?"`,
		`NotAction = ["s3:GetObject"]`, `NotResource = ["a"], Action = ["s3:GetObject"]`, `Action = var.actions`, `"Action" = local.actions`,
	] {
		not says("named actions", statement(inside))
	}
}

test_reading_actions_may_be_given_by_prefix_where_they_read_no_data if {
	every action in ["ec2:Describe*", "ec2:DescribeInst*", "sqs:List*", "ecr:BatchDescribe*", "iam:Get*", "ecr:BatchGet*"] {
		iam.reading(action) with data.parameters.identity.services_whose_get_reads_data as ["s3"]
	}
	every action in ["s3:Get*", "s3:BatchGet*", "s3:*", "s3:Put*", "s3:GetObject", "ec2:Describe", "S3:List*", "iam:Get*x", "x s3:List*"] {
		not iam.reading(action) with data.parameters.identity.services_whose_get_reads_data as ["s3"]
	}
}

test_a_written_text_names_insiders_or_is_confined if {
	every inside in [
		`Effect = "Allow", Principal = {AWS = aws_iam_role.this.arn}, Action = "s3:GetObject"`,
		`"Effect" = "Allow", "Principal" = {"AWS" = [aws_iam_role.this["a"].arn, aws_iam_role.that.arn]}`,
		`Effect = "Allow", Principal = {AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root"}`,
		`Effect = "Allow", Principal = "*", Condition = {StringEquals = {"aws:PrincipalOrgID" = "o-1"}}`,
		`Effect = "Allow", Principal = "*", Condition = {StringEquals = {"aws:PrincipalOrgID" = [ "o-1" ]}}`,
		`Effect = "Allow", Principal = "*", Condition = {ArnLike = {"aws:SourceArn" = var.arn}}`,
		`Effect = "Allow", Principal = "*", Condition = {StringEquals = {"kms:ViaService" = "s3.${var.region}.amazonaws.com", "kms:CallerAccount" = "111122223333"}}`,
		`Effect = "Deny", Principal = "*", Action = "s3:*"`,
	] {
		says("insiders", statement(inside))
	}
	every inside in [
		`Effect = "Allow", Principal = "*"`, `Effect = "Allow", Principal = {AWS = "arn:aws:iam::444455556666:root"}`,
		`Effect = "Allow", Principal = {AWS = [aws_iam_role.this.arn, "*"]}`, `Effect = "Allow", Action = "s3:*", Principal = {AWS = aws_iam_role.this.arn}`,
		`Principal = {AWS = aws_iam_role.this.arn}, Effect = "Allow"`, `Effect = "Allow", Principal = "*", Condition = {StringNotEquals = {"aws:PrincipalOrgID" = "o-1"}}`,
		`Effect = "Allow", Principal = "*", Condition = {StringLike = {"aws:PrincipalOrgID" = "*"}}`,
		`Effect = "Allow", Principal = "*", Condition = {StringLike = {"aws:PrincipalOrgID" = [ "*" ]}}`,
		`Effect = "Allow", Principal = "*", Condition = {StringEquals = {"aws:PrincipalOrgID" = []}}`,
		`Effect = "Allow", NotPrincipal = {AWS = aws_iam_role.this.arn}`, `Effect = "Deny", NotPrincipal = {AWS = aws_iam_role.this.arn}`,
		`Effect = var.effect, Principal = "*", Condition = {StringEquals = {"aws:PrincipalOrgID" = "o-1"}}`,
		`Effect = "Allow", Principal = {AWS = aws_iam_role.this.arn}, Principal = "*"`,
		`Effect = "Deny", Principal = "*", Principal = "*"`, `Effect = "Deny"`,
		`Effect = "Allow", Condition = {StringEquals = {"aws:PrincipalOrgID" = "o-1"}}`,
	] {
		not says("insiders", statement(inside))
	}
	not says("insiders", concat("", ["${jsonencode({Principal = 1, Statement = [{", `Effect = "Allow", Principal = {AWS = aws_iam_role.this.arn}`, "}]})}"]))
	two := `Effect = "Allow", Principal = {AWS = aws_iam_role.this.arn}}, {Effect = "Allow", Principal = "*"`
	not says("insiders", statement(two))
}

# --- Attachments

attached(resources) := {entry.policy | some entry in data.lib.iam.attached with input as plans.production(resources)}

test_what_is_attached_is_known_by_its_arn if {
	attached([plans.made("aws_iam_role_policy_attachment", {"policy_arn": "a"})]) == {"a"}
	attached([plans.made("aws_iam_role", {"managed_policy_arns": ["a", "b"]})]) == {"a", "b"}
}

open(resources) := count({resource | some resource in data.lib.iam.open_attachments with input as plans.production(resources)})

test_an_attachment_of_no_policy_of_the_plan_is_open_until_apply if {
	open([plans.reads(plans.made("aws_iam_role_policy_attachment", {}), "policy_arn", {"references": ["local.policy"]})]) == 1
}

test_an_attachment_of_a_policy_of_the_plan_is_not_open if {
	reading := plans.reads(plans.made("aws_iam_role_policy_attachment", {}), "policy_arn", {"references": ["aws_iam_policy.this.arn"]})
	open([reading, plans.made("aws_iam_policy", {})]) == 0
	open([plans.reads(plans.made("aws_iam_role_policy_attachment", {}), "policy_arn", {"references": ["aws_ssm_parameter.this.arn"]})]) == 1
	open([plans.made("aws_iam_role_policy_attachment", {"policy_arn": "a"})]) == 0
}

# --- Who gets in

bound(conditions) := {
	"effect": "Allow", "actions": ["s3:GetObject"], "not_actions": [], "resources": ["*"], "not_resources": [],
	"principals": {"AWS:*"}, "not_principals": set(), "conditions": iam.conditions(conditions),
}

our_account := plans.with_provider(plans.production([]), {"allowed_account_ids": {"constant_value": ["111122223333"]}})

bounded(conditions) if {
	iam.bounded(bound(conditions)) with input as our_account
}

test_a_test_that_a_request_must_meet_bounds_a_statement if {
	every test in ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "Bool", "ForAnyValue:StringEquals"] {
		bounded({test: {"aws:PrincipalOrgID": "o-1"}})
		not bounded({test: {"aws:PrincipalOrgID": "o-*"}})
		not bounded({concat("", [test, "IfExists"]): {"aws:PrincipalOrgID": "o-1"}})
	}
	every test in ["StringNotEquals", "StringNotLike", "NumericEquals", "Null", "ForAllValues:StringEquals"] {
		not bounded({test: {"aws:PrincipalOrgID": "o-1"}})
	}
	not bounded({})
}

test_a_null_test_demands_a_key_that_may_be_absent if {
	optional := {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}
	bounded(object.union(optional, {"Null": {"aws:PrincipalOrgID": "false"}}))
	bounded(object.union(optional, {"Null": {"aws:PrincipalOrgID": "FALSE"}}))
	not bounded(object.union(optional, {"Null": {"aws:PrincipalOrgID": "true"}}))
	not bounded(object.union(optional, {"Null": {"aws:PrincipalArn": "false"}}))
	not bounded(object.union(optional, {"NumericEquals": {"aws:PrincipalOrgID": "false"}}))
}

test_every_value_of_a_condition_must_confine if {
	not bounded({"StringEquals": {"aws:PrincipalAccount": ["111122223333", "444455556666"]}})
	bounded({"StringEquals": {"aws:PrincipalAccount": ["111122223333"]}})
}

# Values of each key that confine, and values that do not.
confining := {
	"aws:principalorgid": [["o-1"], ["o-*", "?"]],
	"aws:sourceorgid": [["o-1"], ["o-*"]],
	"aws:vpceorgid": [["o-1"], ["*"]],
	"aws:principalorgpaths": [["o-1/*", "o-1/r-1/ou-1/"], ["o-*/", "*", "o-1", "/o-1/"]],
	"aws:sourceorgpaths": [["o-1/*"], ["o-1"]],
	"aws:vpceorgpaths": [["o-1/*"], ["?/*"]],
	"aws:principalaccount": [["111122223333"], ["444455556666", "*", ""]],
	"aws:sourceaccount": [["111122223333"], ["444455556666"]],
	"aws:sourceowner": [["111122223333"], ["444455556666"]],
	"aws:vpceaccount": [["111122223333"], ["444455556666"]],
	"kms:calleraccount": [["111122223333"], ["444455556666"]],
	"s3:dataaccesspointaccount": [["111122223333"], ["444455556666"]],
	"vpc-lattice-svcs:sourcevpcowneraccount": [["111122223333"], ["444455556666"]],
	"aws:principalarn": [["arn:aws:iam::111122223333:role/a*"], ["arn:aws:iam::444455556666:role/a", "arn:aws:iam::*:role/a"]],
	"aws:sourcearn": [
		["arn:aws:sns:us-east-1:111122223333:a", "arn:aws:apigateway:us-east-1::/restapis/a", "arn:aws:cloudfront:::x"],
		[
			"arn:aws:sns:us-east-1:444455556666:a", "arn:aws:s3:::claims", "arn:aws:apigateway:us-east-1::*", "arn:aws:apigateway:*::a",
			"arn:*:apigateway:us-east-1::a", "arn:aws:*:us-east-1::a", "arn:aws-cn:s3:::claims", "x arn:aws:cloudfront:::x", "arn:aws:cloudfront:::",
		],
	],
	"s3:dataaccesspointarn": [["arn:aws:s3:us-east-1:111122223333:accesspoint/a"], ["arn:aws:s3:us-east-1:444455556666:accesspoint/a"]],
	"aws:sourcevpc": [["vpc-1"], ["vpc-*"]],
	"aws:sourcevpce": [["vpce-1"], ["vpce-?"]],
	"vpc-lattice-svcs:sourcevpc": [["vpc-1"], ["vpc-*"]],
	"aws:sourceip": [
		["8.8.8.0/24", "8.0.0.0/8", "10.0.0.1", "2001:db8::/32", "2001:db8::1", "2001:db8::/128"],
		["0.0.0.0", "0.0.0.0/0", "8.0.0.0/7", "0.0.0.0/8", "::/0", "2001::/31", "2001::/9", "2001::/16", "2001::/20", "0:0::/64"],
	],
	"aws:userid": [["AROA123456789EXAMPLE", "AROA123456789EXAMPLE:session"], ["AROA", "*", "AROA123456789EXAMPLE*", "x:AROA123456789EXAMPLE"]],
	"elasticfilesystem:accessedviamounttarget": [["true", "True"], ["false", ""]],
	"aws:useragent": [[], ["curl", "111122223333"]],
	"aws:principaltype": [[], ["Account"]],
}

test_a_value_of_a_key_confines_or_leaves_it_open if {
	wrong := {[key, item] |
		some key, [good, _] in confining
		some item in good
		not confines(key, item)
	} | {[key, item] |
		some key, [_, bad] in confining
		some item in bad
		confines(key, item)
	}
	wrong == set()
}

confines(key, item) if {
	iam.confines(key, item) with input as our_account
}

for_services(actions, conditions) if {
	statement := object.union(bound(conditions), {"actions": actions})
	iam.bounded_for_services(statement) with input as our_account
}

test_what_services_tell_of_themselves_bounds_as_well if {
	for_services(["kms:Decrypt"], {"StringEquals": {"aws:SourceAccount": "111122223333"}})
	context := "kms:EncryptionContext:aws:s3:arn"
	for_services(["kms:Decrypt"], {"StringLike": {context: ["arn:aws:s3:::claims/*", "arn:aws:s3:::claims"]}})
	for_services(["kms:Decrypt"], {"StringLike": {context: "arn:aws:logs:us-east-1:111122223333:log-group:a"}})
	every item in ["arn:aws:s3:::*", "arn:aws:s3:::claims*", "arn:aws:s3:::", "arn:*:s3:::claims", "arn:aws:logs:us-east-1:444455556666:log-group:a", "x:arn:aws:s3:::claims"] {
		not for_services(["kms:Decrypt"], {"StringLike": {context: ["arn:aws:s3:::claims", item]}})
	}
	not for_services(["kms:Decrypt"], {"StringLike": {"kms:EncryptionContextKeys": "arn:aws:s3:::claims"}})
}

test_a_grant_for_a_resource_of_aws_bounds_grants_alone if {
	grant := {"Bool": {"kms:GrantIsForAWSResource": "true"}}
	for_services(["kms:CreateGrant"], grant)
	for_services(["KMS:createGrant"], {"Bool": {"kms:GrantIsForAWSResource": "True"}})
	not for_services(["kms:CreateGrant", "kms:Decrypt"], grant)
	not for_services(["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "false"}})
	not for_services(["kms:CreateGrant"], {"Bool": {"aws:SecureTransport": "true"}})
}

# --- Denials

allow := {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::claims/a"}

kept_out(allowed, denial) if {
	document := iam.statements(json.marshal({"Statement": [allowed, object.union({"Effect": "Deny"}, denial)]}))
	iam.denied_to_outsiders(document, document[0]) with input as our_account
}

deny := {"Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}

but(changes) := object.union(deny, changes)

test_a_denial_of_all_who_are_not_confined_keeps_outsiders_out if {
	kept_out(allow, deny)
	every test in ["StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike", "NotIpAddress"] {
		kept_out(allow, object.union(object.remove(deny, ["Condition"]), {"Condition": {test: {"aws:PrincipalOrgID": "o-1"}}}))
		kept_out(allow, object.union(object.remove(deny, ["Condition"]), {"Condition": {concat("", [test, "IfExists"]): {"aws:PrincipalOrgID": "o-1"}}}))
		not kept_out(allow, object.union(object.remove(deny, ["Condition"]), {"Condition": {concat("", ["ForAnyValue:", test]): {"aws:PrincipalOrgID": "o-1"}}}))
	}
}

test_a_denial_that_outsiders_may_pass_by_keeps_nobody_out if {
	not kept_out(allow, object.remove(deny, ["Condition"]))
	not kept_out(allow, but({"Effect": "Allow"}))
	not kept_out(allow, but({"Principal": {"AWS": "arn:aws:iam::444455556666:root"}}))
	not kept_out(allow, but({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-*"}}}))
	not kept_out(allow, but({"Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}))
	not kept_out(allow, object.union(object.remove(deny, ["Condition"]), {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}))
	not kept_out(allow, object.union(object.remove(deny, ["Condition"]), {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": ["111122223333", "444455556666"]}}}))
}

test_a_denial_may_spare_services if {
	kept_out(allow, but({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}))
	kept_out(allow, but({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "False"}}}))
	not kept_out(allow, but({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}))
	not kept_out(allow, but({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}))
	not kept_out(allow, but({"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}))
	not kept_out(allow, object.union(object.remove(deny, ["Condition"]), {"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}))
}

test_a_denial_of_all_but_insiders_keeps_outsiders_out if {
	except(["arn:aws:iam::111122223333:root"], {})
	not except(["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"], {})
	not except([], {})
	not except(["arn:aws:iam::111122223333:root"], {"Condition": {"Bool": {"aws:SecureTransport": "false"}}})
	kept_out(allow, {"NotPrincipal": {"Service": "logs.amazonaws.com"}, "Action": "*", "Resource": "*"})
	not kept_out(allow, {"NotPrincipal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "*", "Resource": "*"})
}

except(principals, more) if {
	kept_out(allow, object.union({"NotPrincipal": {"AWS": principals}, "Action": "*", "Resource": "*"}, more))
}

test_a_denial_must_cover_all_that_is_allowed if {
	kept_out(allow, but({"Action": ["s3:Put*", "S3:get*"]}))
	kept_out(allow, but({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::claims/a"}))
	not kept_out(allow, but({"Action": "s3:Put*"}))
	not kept_out(allow, but({"Action": "s3:G?t*"}))
	not kept_out(allow, but({"Action": "*s3:Get*"}))
	not kept_out(allow, but({"Action": "s3:GetObjectAcl"}))
	not kept_out(allow, but({"Action": "s3:GetObjec"}))
	not kept_out(allow, but({"Resource": "arn:aws:s3:::other/*"}))
	not kept_out(object.union(allow, {"Action": ["s3:GetObject", "s3:PutObject"]}), but({"Action": "s3:GetObject"}))
	kept_out(object.union(object.remove(allow, ["Action"]), {"NotAction": "s3:GetObject"}), deny)
	not kept_out(object.union(object.remove(allow, ["Action"]), {"NotAction": "s3:GetObject"}), but({"Action": "s3:*"}))
	kept_out(object.union(object.remove(allow, ["Resource"]), {"NotResource": "arn:aws:s3:::claims/a"}), deny)
	not kept_out(object.union(object.remove(allow, ["Resource"]), {"NotResource": "arn:aws:s3:::claims/a"}), but({"Resource": "arn:aws:s3:::claims/*"}))
	kept_out(object.remove(allow, ["Resource"]), object.remove(deny, ["Resource"]))
}

# --- Principals

kinds := {
	"AWS:*": "everyone",
	"AWS:arn:aws:iam::111122223333:role/*": "everyone",
	"Service:*": "everyone",
	"Service:logs.?.amazonaws.com": "everyone",
	"Service:logs.amazonaws.com": "service",
	"Federated:cognito-identity.amazonaws.com": "federated",
	"AWS:arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1": "aws",
	"AWS:arn:aws:iam::111122223333:root": "own",
	"AWS:111122223333": "own",
	"AWS:444455556666": "foreign",
	"AWS:arn:aws:sts::444455556666:assumed-role/a/b": "foreign",
	"AWS:AROA123456789EXAMPLE": "unknown",
	"CanonicalUser:79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be": "unknown",
	"AWS:arn:aws:iam::aws:policy/a": "unknown",
}

test_a_principal_is_of_one_kind if {
	wrong := {[principal, found] |
		some principal, expected in kinds
		found := who(principal)
		found != expected
	}
	wrong == set()
}

who(principal) := found if {
	found := iam.who(principal) with input as our_account
}

test_a_service_s_name_is_the_same_in_one_region if {
	every name in ["logs.amazonaws.com", "logs.us-east-1.amazonaws.com", "logs.us-gov-west-1.amazonaws.com", "logs.cn-north-1.amazonaws.com.cn", "logs.amazonaws.com.cn"] {
		iam.service(concat(":", ["Service", name])) == "logs.amazonaws.com"
	}
	iam.service("Service:logs.useast1.amazonaws.com") == "logs.useast1.amazonaws.com"
}

policies(resources) := {[entry.path, entry.kind] | some entry in data.lib.iam.resource_policies with input as plans.production(resources)}

test_a_resource_s_policy_counts_when_the_author_wrote_one if {
	count(policies([plans.made("aws_sqs_queue_policy", {"policy": "said"})])) == 1
	count(policies([plans.later(plans.made("aws_sqs_queue_policy", {}), {"policy": true})])) == 1
	count(policies([plans.computed(plans.made("aws_sqs_queue", {}), ["policy"])])) == 0
	count(policies([plans.made("aws_sqs_queue", {})])) == 0
	count(policies([plans.made("aws_sqs_queue_policy", {"policy": ""})])) == 0
	count(policies([plans.reads(plans.made("aws_sqs_queue", {}), "tags", {})])) == 0
}

# What a Get of each of these hands out, by the service authorization reference of IAM: rows, objects, records, code, logs, secrets.
data_read_by_get := {"athena", "codecommit", "dynamodb", "kinesis", "lambda", "logs", "s3", "secretsmanager", "ssm"}

test_a_get_that_hands_out_data_is_no_reading_by_prefix if {
	every service in data_read_by_get {
		not iam.reading(concat(":", [service, "Get*"]))
		not iam.reading(concat(":", [service, "BatchGet*"]))
		iam.reading(concat(":", [service, "List*"]))
	}
	iam.reading("iam:Get*")
}
