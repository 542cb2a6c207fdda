package tests.identity.resource_policy_bounded

import data.testing.plans

import rego.v1

home := {"allowed_account_ids": {"constant_value": ["111122223333"]}}

guarded(type, attribute, statements) := plans.with_provider(plans.production([plans.made(type, {attribute: json.marshal({"Version": "2012-10-17", "Statement": statements})})]), home)

allowing(statement) := guarded("aws_sqs_queue_policy", "policy", [object.union({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:claims"}, statement)])

on(condition) := allowing({"Condition": condition})

serving(type, service, condition) := guarded(type, "policy", [{"Sid": "Deliver", "Effect": "Allow", "Principal": {"Service": service}, "Action": "kms:CreateGrant", "Resource": "*", "Condition": condition}])

denying(statement) := guarded("aws_sqs_queue_policy", "policy", [
	{"Effect": "Allow", "Principal": "*", "Action": ["sqs:SendMessage"], "Resource": "arn:aws:sqs:us-east-1:111122223333:claims"},
	object.union({"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:111122223333:*"}, statement),
])

written(text) := plans.production([plans.reads(plans.made("aws_sqs_queue_policy", {}), "policy", {"constant_value": text})])

test_everybody_is_denied if {
	given := allowing({})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_every_account_is_denied if {
	given := allowing({"Principal": {"AWS": ["*"]}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_everybody_but_some_is_denied if {
	given := guarded("aws_sqs_queue_policy", "policy", {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "*"})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_the_organization_is_fine if {
	given := on({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_any_organization_is_denied if {
	given := on({"StringLike": {"aws:PrincipalOrgID": "o-*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_an_organization_if_there_is_one_is_denied if {
	given := on({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorg0"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_all_of_no_organization_is_denied if {
	given := on({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_any_unit_of_the_organization_is_fine if {
	given := on({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg0/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_any_unit_of_any_organization_is_denied if {
	given := on({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/r-abcd/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_the_account_is_fine if {
	given := on({"StringEquals": {"aws:PrincipalAccount": "111122223333"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_another_account_is_denied if {
	given := on({"StringEquals": {"aws:PrincipalAccount": ["111122223333", "999988887777"]}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_roles_of_the_account_are_fine if {
	given := on({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/claims-*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_roles_of_any_account_are_denied if {
	given := on({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/claims"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_source_of_the_account_is_fine if {
	given := on({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:claims"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_bucket_alone_is_denied if {
	given := on({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::claims"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_bucket_and_its_account_are_fine if {
	given := on({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::claims"}, "StringEquals": {"aws:SourceAccount": "111122223333"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_zone_by_its_id_is_fine if {
	given := on({"ArnEquals": {"aws:SourceArn": "arn:aws:route53:::hostedzone/Z0EXAMPLE"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_any_zone_is_denied if {
	given := on({"ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_an_endpoint_of_the_network_is_fine if {
	given := on({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_any_endpoint_is_denied if {
	given := on({"StringLike": {"aws:SourceVpce": "vpce-*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_addresses_of_one_network_are_fine if {
	given := on({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/48"]}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_addresses_of_everybody_are_denied if {
	given := on({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_half_of_the_internet_is_denied if {
	given := on({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "128.0.0.0/1"]}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_addresses_of_version_six_of_everybody_are_denied if {
	given := on({"IpAddress": {"aws:SourceIp": "::/0"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_much_of_version_six_is_denied if {
	given := on({"IpAddress": {"aws:SourceIp": "2000::/3"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_addresses_that_are_not_some_are_denied if {
	given := on({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_role_by_its_unique_id_is_fine if {
	given := on({"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLE01:*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_any_role_by_its_unique_id_is_denied if {
	given := on({"StringLike": {"aws:userid": "*:claims"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_encrypted_transport_is_no_bound if {
	given := on({"Bool": {"aws:SecureTransport": "true"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_being_a_service_is_no_bound if {
	given := on({"Bool": {"aws:PrincipalIsAWSService": "true"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_the_mount_target_of_a_file_system_is_fine if {
	given := guarded("aws_efs_file_system_policy", "policy", [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount", "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}}])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_key_used_through_a_service_of_anybody_is_denied if {
	given := guarded("aws_kms_key", "policy", [{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_key_used_through_a_service_by_the_account_is_fine if {
	given := guarded("aws_kms_key", "policy", [{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:CallerAccount": "111122223333"}}}])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_what_anybody_encrypts_for_is_no_bound if {
	given := guarded("aws_kms_key", "policy", [{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::claims"}}}])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_the_account_itself_is_fine if {
	given := guarded("aws_kms_key", "policy", [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_foreign_account_is_denied if {
	given := allowing({"Principal": {"AWS": ["111122223333", "999988887777"]}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_role_of_a_foreign_account_is_denied if {
	given := allowing({"Principal": {"AWS": "arn:aws:sts::999988887777:assumed-role/scanner/x"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_foreign_account_of_the_organization_is_fine if {
	given := allowing({"Principal": {"AWS": "999988887777"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_an_account_is_unknown_while_the_plan_names_none if {
	given := plans.production([plans.made("aws_sns_topic", {"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"999988887777\"}, \"Action\": \"sns:Publish\"}]}"})])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_a_canonical_user_is_unknown if {
	given := allowing({"Principal": {"CanonicalUser": "0a1b2c"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_an_identity_of_cloudfront_is_fine if {
	given := allowing({"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E0EXAMPLE"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_load_balancers_deliver_their_logs if {
	given := guarded("aws_s3_bucket_policy", "policy", [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_load_balancers_read_nothing if {
	given := guarded("aws_s3_bucket_policy", "policy", [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"}, "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::logs/*"}])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_load_balancers_write_into_no_queue if {
	given := allowing({"Principal": {"AWS": "127311923021"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_that_acts_for_anybody_is_denied if {
	given := serving("aws_sqs_queue", "s3.amazonaws.com", {})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_in_one_region_is_the_service if {
	given := serving("aws_kms_key", "logs.us-east-1.amazonaws.com", {})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_that_acts_for_the_account_is_fine if {
	given := serving("aws_s3_bucket", "cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "111122223333"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_distribution_of_the_account_is_fine if {
	given := serving("aws_s3_bucket_policy", "cloudfront.amazonaws.com", {"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E0EXAMPLE"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_distribution_of_anybody_is_denied if {
	given := serving("aws_s3_bucket_policy", "cloudfront.amazonaws.com", {"StringLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_that_says_nothing_is_fine if {
	given := serving("aws_s3_bucket_policy", "logdelivery.elasticloadbalancing.amazonaws.com", {})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_with_what_it_encrypts_for_is_fine if {
	given := serving("aws_kms_key", "logs.us-east-1.amazonaws.com", {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_with_a_bucket_that_it_encrypts_for_is_fine if {
	given := serving("aws_kms_key", "cloudtrail.amazonaws.com", {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::trail/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_service_with_any_bucket_is_denied if {
	given := serving("aws_kms_key", "cloudtrail.amazonaws.com", {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_grant_for_a_resource_of_aws_is_fine if {
	given := serving("aws_kms_key", "dnssec-route53.amazonaws.com", {"Bool": {"kms:GrantIsForAWSResource": true}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_grant_for_anything_is_denied if {
	given := serving("aws_kms_key", "dnssec-route53.amazonaws.com", {"Bool": {"kms:GrantIsForAWSResource": false}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_outsiders_is_enough if {
	given := denying({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_outsiders_may_spare_services if {
	given := denying({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorg0"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_that_spares_requests_without_credentials_is_not_enough if {
	given := denying({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_outsiders_without_encryption_is_not_enough if {
	given := denying({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}, "Bool": {"aws:SecureTransport": "false"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_without_encryption_is_not_enough if {
	given := denying({"Condition": {"Bool": {"aws:SecureTransport": "false"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_another_action_is_not_enough if {
	given := denying({"Action": "sqs:ReceiveMessage", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_another_resource_is_not_enough if {
	given := denying({"Resource": "arn:aws:sqs:us-east-1:111122223333:payments", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_somebody_is_not_enough if {
	given := denying({"Principal": {"AWS": "999988887777"}, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_any_outsider_of_a_set_is_not_enough if {
	given := denying({"Condition": {"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_all_but_the_account_is_enough if {
	given := guarded("aws_sqs_queue_policy", "policy", [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}, {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "*"}])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_all_but_strangers_is_not_enough if {
	given := guarded("aws_sqs_queue_policy", "policy", [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}, {"Effect": "Deny", "NotPrincipal": {"AWS": "999988887777"}, "Action": "*"}])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_everything_but_some_actions_takes_a_denial_of_everything if {
	given := guarded("aws_sqs_queue_policy", "policy", [{"Effect": "Allow", "Principal": "*", "NotAction": "sqs:DeleteQueue", "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "sqs:DeleteQueue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}}])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_everything_is_enough_for_all_but_some_actions if {
	given := guarded("aws_sqs_queue_policy", "policy", [{"Effect": "Allow", "Principal": "*", "NotAction": "sqs:DeleteQueue", "NotResource": "x"}, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}}])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_policy_that_is_not_json_is_denied if {
	given := plans.production([plans.made("aws_sqs_queue", {"policy": "no"})])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_what_nobody_wrote_is_for_the_owner_alone if {
	given := plans.production([plans.computed(plans.made("aws_s3_bucket", {}), ["policy"])])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_sqs_queue", {}), {"policy": true})])
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_a_written_text_for_the_account_and_its_roles_is_fine if {
	given := written("${jsonencode({Statement = [{Sid = \"A\", Effect = \"Allow\", Principal = {AWS = [\"arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root\", aws_iam_role.server.arn]}, Action = [\"sqs:*\"]}, {Sid = \"B\", Effect = \"Deny\", Principal = {AWS = [\"*\"]}, Action = [\"sqs:*\"], Resource = aws_sqs_queue.this.arn}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_written_text_for_everybody_is_unknown if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = [\"*\"]}, Action = [\"sqs:*\"], Resource = aws_sqs_queue.this.arn}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_a_written_text_with_a_bound_is_fine if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = [\"*\"]}, Action = [\"sqs:*\"], Condition = {StringEquals = {\"aws:PrincipalOrgID\" = [var.organization]}}}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 0 with input as given
}

test_a_written_text_with_a_bound_that_holds_without_its_key_is_unknown if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = [\"*\"]}, Action = [\"sqs:*\"], Condition = {StringEqualsIfExists = {\"aws:PrincipalOrgID\" = [var.organization]}}}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_a_written_text_for_whom_the_caller_names_is_unknown if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = var.readers}, Action = [\"sqs:*\"]}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_a_written_text_for_all_but_some_is_unknown if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", NotPrincipal = {AWS = [aws_iam_role.server.arn]}, Action = [\"sqs:*\"]}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_a_written_text_in_another_order_is_unknown if {
	given := written("${jsonencode({Statement = [{Principal = {AWS = [\"*\"]}, Effect = \"Allow\", Action = [\"sqs:*\"], Resource = aws_sqs_queue.this.arn}]})}")
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.resource_policy_bounded.unknown) == 1 with input as given
}

test_every_listed_place_of_a_policy_is_read if {
	open := json.marshal({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "x:Y"}]})
	some_missed := {type |
		some type, facts in data.parameters.identity.resource_policies
		given := plans.production([plans.made(type, nested(facts.path, open))])
		count(data.rules.identity.resource_policy_bounded.deny) != 1 with input as given
	}
	some_missed == set()
}

nested(path, text) := {path[0]: text} if count(path) == 1

nested(path, text) := {path[0]: [{path[2]: text}]} if count(path) == 3

test_an_account_that_parameters_list_is_fine if {
	given := allowing({"Principal": {"AWS": "999988887777"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as given with data.parameters.identity.accounts.trusted as {"999988887777": "the backup account"}
}

test_every_test_that_demands_its_key_bounds if {
	bounding := [
		{"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
		{"StringEqualsIgnoreCase": {"aws:PrincipalAccount": "111122223333"}},
		{"StringLike": {"aws:PrincipalAccount": "111122223333"}},
		{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/claims"}},
		{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/claims"}},
	]
	every condition in bounding {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as on(condition)
	}
}

test_every_key_of_an_account_or_organization_bounds if {
	every key in ["aws:PrincipalAccount", "aws:SourceAccount", "AWS:SourceOwner", "aws:VpceAccount", "kms:CallerAccount", "s3:DataAccessPointAccount", "vpc-lattice-svcs:SourceVpcOwnerAccount"] {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as on({"StringEquals": {key: "111122223333"}})
		count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as on({"StringEquals": {key: "999988887777"}})
	}
	every key in ["aws:PrincipalOrgID", "aws:SourceOrgID", "aws:VpceOrgID"] {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as on({"StringEquals": {key: "o-exampleorg0"}})
		count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as on({"StringLike": {key: "*"}})
	}
	every key in ["aws:PrincipalOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths"] {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as on({"ForAnyValue:StringLike": {key: "o-exampleorg0/*"}})
		count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as on({"ForAnyValue:StringLike": {key: "*/*"}})
	}
	every key in ["aws:SourceVpc", "aws:SourceVpce", "vpc-lattice-svcs:SourceVpc"] {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as on({"StringEquals": {key: "vpc-0a1b2c3d"}})
		count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as on({"StringLike": {key: "vpc*"}})
	}
	every key in ["aws:PrincipalArn", "aws:SourceArn", "s3:DataAccessPointArn"] {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as on({"ArnLike": {key: "arn:aws:s3:us-east-1:111122223333:accesspoint/x"}})
		count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as on({"ArnLike": {key: "arn:aws:s3:us-east-1:*:accesspoint/x"}})
	}
}

test_every_negated_test_of_a_denial_keeps_outsiders_out if {
	denials := [
		{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
		{"StringNotEqualsIgnoreCase": {"aws:PrincipalAccount": "111122223333"}},
		{"StringNotLike": {"aws:PrincipalAccount": "111122223333"}},
		{"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/claims"}},
		{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/claims"}},
		{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
	]
	every condition in denials {
		count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as denying({"Condition": condition})
	}
}

test_a_service_with_a_tag_of_the_caller_is_denied if {
	given := serving("aws_kms_key", "logs.us-east-1.amazonaws.com", {"ArnLike": {"aws:RequestTag/place": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/*"}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
}

test_a_grant_over_tls_is_denied if {
	given := serving("aws_kms_key", "dnssec-route53.amazonaws.com", {"Bool": {"aws:SecureTransport": true}})
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as given
}

# The policy of one resource of each kind, where its service's documentation has the source asked for.
deputies := {
	"aws_kms_key_policy": {"cloudfront", "cloudtrail", "config", "dnssec-route53", "guardduty", "logs", "ssm", "storage-lens.s3"},
	"aws_s3_bucket_policy": {
		"acm-pca", "appstream", "backups.rds", "cloudfront", "cloudtrail", "config", "delivery.logs", "guardduty",
		"logging.s3", "logs", "s3", "ses", "sns", "ssm", "storage-lens.s3",
	},
	"aws_sns_topic_policy": {
		"backup", "budgets", "cloudtrail", "cloudwatch", "codestar-notifications", "config", "costalerts", "events.rds",
		"s3", "sagemaker", "ses", "ssm",
	},
	"aws_sqs_queue_policy": {"events", "s3", "sns"},
	"aws_cloudwatch_log_resource_policy": {"delivery.logs", "es", "route53"},
}

attribute_of := {"aws_cloudwatch_log_resource_policy": "policy_document"}

letting(type, service, condition) := plans.with_provider(
	plans.production([plans.made(type, {object.get(attribute_of, type, "policy"): json.marshal({"Statement": {"Effect": "Allow", "Principal": {"Service": concat("", [service, ".amazonaws.com"])}, "Action": "*", "Resource": "*", "Condition": condition}})})]),
	{"allowed_account_ids": {"constant_value": ["111122223333"]}},
)

test_each_service_that_acts_for_others_is_asked_for_the_source if {
	every type, services in deputies {
		every service in services {
			count(data.rules.identity.resource_policy_bounded.deny) > 0 with input as letting(type, service, {})
			count(data.rules.identity.resource_policy_bounded.deny) == 0 with input as letting(type, service, {"StringEquals": {"aws:SourceAccount": "111122223333"}})
		}
	}
}

test_only_buckets_take_logs_and_only_from_those_who_deliver_them if {
	delivering := {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as guarded("aws_s3_bucket_policy", "policy", [object.union(delivering, {"Principal": {"AWS": "999988887777"}})])
	count(data.rules.identity.resource_policy_bounded.deny) == 1 with input as guarded("aws_sqs_queue_policy", "policy", [object.union(delivering, {"Principal": {"AWS": "127311923021"}})])
}

test_a_finding_names_the_statement_or_what_it_allows if {
	every sid, name in {"Everybody": "Everybody", "": "sqs:SendMessage"} {
		found := data.rules.identity.resource_policy_bounded.deny with input as allowing({"Sid": sid})
		{finding.message | some finding in found} == {concat("", ["lets everyone in: ", name])}
	}
}
