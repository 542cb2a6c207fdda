package tests.storage.bucket_tls_only

import data.testing.plans

import rego.v1

test_a_bucket_without_a_policy_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_policy_that_denies_plain_http_for_one_action_only_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_policy", {"policy": "{\"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:PutObject\", \"Resource\": \"*\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_policy_that_is_not_json_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_policy", {"policy": "<xml>"}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_policy_with_one_statement_that_is_no_list_is_read if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": [\"s3:*\"], \"Resource\": \"*\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": false}}}}"}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_policy_whose_text_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.reads(plans.made("aws_s3_bucket_policy", {}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}), "policy", {"references": ["local.policy"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 1 with input as given
}

test_a_policy_that_is_written_as_tls_only_is_fine_although_parts_of_it_are_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.reads(plans.made("aws_s3_bucket_policy", {}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Deny\", Principal = {AWS = [\"*\"]}, Action = [\"s3:*\"], Resource = [aws_s3_bucket.this.arn, \"${aws_s3_bucket.this.arn}/*\"], Condition = {Bool = {\"aws:SecureTransport\" = \"false\"}}}]})}", "references": ["aws_s3_bucket.this.arn", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_policy_that_names_its_bucket_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": [\"s3:*\"], \"Resource\": \"*\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": false}}}}"}), "bucket", {"references": ["local.bucket"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 1 with input as given
}

test_a_denial_on_the_bucket_and_its_objects_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": [\"arn:aws:s3:::prod-claims\", \"arn:aws:s3:::prod-claims/*\"], \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_denial_that_another_condition_narrows_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": [\"arn:aws:s3:::prod-claims\", \"arn:aws:s3:::prod-claims/*\"], \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}, \"StringEquals\": {\"aws:PrincipalAccount\": \"444455556666\"}}}]}"})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_denial_that_leaves_the_objects_out_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::prod-claims\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_denial_for_another_bucket_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": [\"arn:aws:s3:::other\", \"arn:aws:s3:::other/*\"], \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_written_allowance_on_plain_http_beside_a_denial_is_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims"}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Deny\", Principal = \"*\", Action = \"s3:*\", Resource = \"${aws_s3_bucket.this.arn}/*\"}, {Effect = \"Allow\", Principal = \"*\", Action = \"s3:*\", Resource = \"*\", Condition = {Bool = {\"aws:SecureTransport\" = \"false\"}}}]})}", "references": ["aws_s3_bucket.this.arn", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 1 with input as given
}

test_a_written_denial_of_one_action_is_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims"}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Deny\", Principal = \"*\", Action = \"s3:PutObject\", Resource = \"${aws_s3_bucket.this.arn}/*\", Condition = {Bool = {\"aws:SecureTransport\" = \"false\"}}}]})}", "references": ["aws_s3_bucket.this.arn", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 1 with input as given
}

test_a_policy_in_the_bucket_itself_counts if {
	sound := `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::prod-claims","arn:aws:s3:::prod-claims/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	kept := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims", "policy": sound})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as kept
	weak := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims", "policy": `{"Statement":[]}`})])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as weak
	open := plans.production([plans.later(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), {"policy": true})])
	count(data.rules.storage.bucket_tls_only.deny) == 0 with input as open
	count(data.rules.storage.bucket_tls_only.unknown) == 1 with input as open
}

test_a_policy_that_nobody_wrote_is_none if {
	given := plans.production([plans.computed(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), ["policy"])])
	count(data.rules.storage.bucket_tls_only.deny) == 1 with input as given
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as given
}

test_a_denial_may_be_asked_for_in_both_spellings_and_of_nothing_else if {
	every pair in [["Bool", 0], ["BoolIfExists", 0], ["StringEquals", 1], ["Null", 1]] {
		policy := {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::prod-claims", "arn:aws:s3:::prod-claims/*"], "Condition": {pair[0]: {"aws:SecureTransport": "false"}}}]}
		given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": json.marshal(policy)})])
		count(data.rules.storage.bucket_tls_only.deny) == pair[1] with input as given
	}
}

# A policy as the module wrote it, in Terraform's own language.
written(principal) := concat("", [
	"${jsonencode({Statement = [{Effect = \"Deny\", Principal = ", principal,
	", Action = \"s3:*\", Resource = \"${aws_s3_bucket.this.arn}/*\", Condition = {Bool = {\"aws:SecureTransport\" = \"false\"}}}]})}",
])

test_a_written_policy_must_refuse_everybody if {
	bucket := plans.made("aws_s3_bucket", {"bucket": "prod-claims"})
	every principal, unknowns in {
		"\"*\"": 0,
		"{AWS = \"*\"}": 0,
		"{AWS = [\"*\"]}": 0,
		"{AWS = \"arn:aws:iam::111122223333:root\"}": 1,
	} {
		policy := plans.reads(plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims"}), "policy", {"constant_value": written(principal), "references": ["aws_s3_bucket.this.arn", "aws_s3_bucket.this"]})
		count(data.rules.storage.bucket_tls_only.deny) == 0 with input as plans.production([bucket, policy])
		count(data.rules.storage.bucket_tls_only.unknown) == unknowns with input as plans.production([bucket, policy])
	}
}

denying(weaker) := plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": json.marshal({"Statement": [object.union(
	{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::prod-claims", "arn:aws:s3:::prod-claims/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
	weaker,
)]})})

test_only_a_denial_of_everything_in_clear_to_everybody_is_one if {
	bucket := plans.made("aws_s3_bucket", {"bucket": "prod-claims"})
	every weaker, denials in {
		{"Action": "*"}: 0,
		{"Effect": "Allow"}: 1,
		{"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}: 1,
		{"Resource": ["arn:aws:s3:::other/prod-claims", "arn:aws:s3:::other/prod-claims/*"]}: 1,
	} {
		count(data.rules.storage.bucket_tls_only.deny) == denials with input as plans.production([bucket, denying(weaker)])
	}
	every condition in [{"aws:SecureTransport": "true"}, {"aws:ViaAWSService": "false"}] {
		statement := {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": condition}}
		policy := plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims", "policy": json.marshal({"Statement": [statement]})})
		count(data.rules.storage.bucket_tls_only.deny) == 1 with input as plans.production([bucket, policy])
	}
}

test_a_bucket_with_a_policy_of_its_own_is_fine_beside_one_that_names_its_bucket_at_apply if {
	bucket := plans.made("aws_s3_bucket", {"bucket": "prod-claims", "policy": denying({"Resource": "*"}).after.policy})
	open := plans.reads(plans.made("aws_s3_bucket_policy", {"policy": "{}"}), "bucket", {"references": ["local.bucket"]})
	count(data.rules.storage.bucket_tls_only.unknown) == 0 with input as plans.production([bucket, open])
}

test_a_written_denial_on_the_bucket_without_its_objects_is_unknown if {
	text := replace(written("\"*\""), "/*", "")
	policy := plans.reads(plans.made("aws_s3_bucket_policy", {"bucket": "prod-claims"}), "policy", {"constant_value": text, "references": ["aws_s3_bucket.this.arn", "aws_s3_bucket.this"]})
	count(data.rules.storage.bucket_tls_only.unknown) == 1 with input as plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), policy])
}
