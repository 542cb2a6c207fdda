package tests.lib.secrets

import data.lib.secrets
import data.testing.plans

import rego.v1

# An invented shape, so that the words below are nobody's secret.
shapes := [
	{"kind": "a box key", "pattern": `\bbox-[a-z0-9]{4}\b`, "with": `[0-9]`},
	{"kind": "a lid key", "pattern": `\blid-[a-z0-9]{4}\b`},
]

kinds(text) := found if {
	found := secrets.kinds(text) with data.parameters.secrets.values as shapes
}

test_a_text_is_of_every_kind_whose_shape_is_in_it if {
	kinds("it is box-a1b2, or lid-abcd") == {"a box key", "a lid key"}
	kinds("it is box-a1b2") == {"a box key"}
	kinds("nothing") == set()
	kinds(7) == set()
}

test_a_shape_may_ask_for_more_than_its_pattern if {
	kinds("box-abcd") == set()
	kinds("box-abcd box-a1b2") == {"a box key"}
	kinds("lid-abcd") == {"a lid key"}
}

test_a_shape_that_only_says_where_the_secret_is_is_none if {
	without := [object.union(shapes[1], {"without": `lid-arn`})]
	found := secrets.kinds("lid-arn1") with data.parameters.secrets.values as without
	found == set()
	other := secrets.kinds("lid-abcd") with data.parameters.secrets.values as without
	other == {"a lid key"}
}

test_a_text_that_people_said_is_none_is_none if {
	said := {"groundplan": {"not_secrets": ["lid-abcd"]}}
	found := secrets.kinds("lid-abcd") with data.parameters.secrets.values as shapes with input as said
	found == set()
	other := secrets.kinds("lid-abce") with data.parameters.secrets.values as shapes with input as said
	other == {"a lid key"}
}

places(document) := found if {
	found := secrets.places(document) with data.parameters.secrets.values as shapes
}

test_a_secret_is_found_where_it_stands_by_looks_or_by_name if {
	places({"env": [{"a": "lid-abcd"}], "db": {"password": "hunter"}}) == {["env.0.a", "a lid key"], ["db.password", "a secret by its name"]}
	places({"db": {"password": ""}}) == set()
	places({"db": {"password": 7}}) == set()
	places({"db": {"user": "claims"}}) == set()
}

test_a_secret_inside_json_is_found_with_the_path_through_it if {
	places({"env": json.marshal({"db": {"password": "hunter"}})}) == {["env.db.password", "a secret by its name"]}
	places({"a": [json.marshal({"password": "hunter"})]}) == {["a.0.password", "a secret by its name"]}
}

test_a_text_that_says_where_a_secret_is_is_none_by_its_name if {
	every text in ["arn:aws:secretsmanager:us-east-1:111122223333:secret:a", "${var.password}", "/claims/password", "vault:claims", "secret:kiali:signing-key"] {
		places({"db": {"password": text}}) == set()
	}
	places({"db": {"client_secret": "claims-database"}}) == set()
	places({"db": {"client_secret": "Claims Database"}}) == {["db.client_secret", "a secret by its name"]}
	places({"db": {"CLIENT_SECRET": "claims-database"}}) == set()
	places({"db": {"password": "claims-database"}}) == {["db.password", "a secret by its name"]}
	places({"db": {"existingSecretPassword": "x"}, "secretName": "claims"}) == {["db.existingSecretPassword", "a secret by its name"]}
}

test_a_name_in_a_table_or_text_said_to_be_none_is_none if {
	found := secrets.places({"db": {"password": "hunter"}}) with input as {"groundplan": {"not_secrets": ["hunter"]}}
	found == set()
}

test_names_are_asked_for_with_the_path_before_them if {
	secrets.by_name({"password": "hunter"}, ["env", "0"]) == {["env.0.password", "a secret by its name"]}
	secrets.named_texts({"password": "hunter", "user": "a"}, ["env"]) == {["env.password", "hunter"]}
	secrets.last("a.b.c") == "c"
	secrets.last("c") == "c"
}

test_a_secret_is_a_text_under_a_telling_name if {
	secrets.is_secret("password", "hunter")
	not secrets.is_secret("password", "")
	not secrets.is_secret("password", 7)
	not secrets.is_secret("password_key_ref", "hunter")
	not secrets.is_secret("password", "arn:aws:ssm:x")
}

suspicious(document) if {
	secrets.suspicious(document) with data.parameters.secrets.values as shapes
}

test_a_document_is_suspicious_where_a_question_of_its_texts_is_worth_it if {
	suspicious({"a": "lid-abcd"})
	suspicious({"db": {"password": "hunter"}})
	suspicious({"a": json.marshal({"password": "hunter"})})
	not suspicious({"db": {"password": ""}})
	not suspicious({"a": "nothing", "user": "claims"})
	not suspicious({"a": "password"})
}

suspicious_resource(resources, number) if {
	given := plans.production(resources)
	found := {resource.address |
		some resource in data.lib.plan.existing with input as given
		secrets.suspicious_resource(resource) with input as given with data.parameters.secrets.values as shapes
	}
	count(found) == number
}

test_a_resource_is_suspicious_by_what_it_says_itself if {
	fine := plans.named(plans.made("aws_sqs_queue", {"name": "claims"}), "fine")
	suspicious_resource([fine], 0)
	suspicious_resource([fine, plans.made("aws_sqs_queue", {"name": "lid-abcd"})], 1)
	suspicious_resource([fine, plans.made("aws_db_instance", {"password": "hunter"})], 1)
}
