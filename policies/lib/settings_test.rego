package tests.lib.settings

import data.testing.plans

import rego.v1

listed := {
	"dev": {"production": false, "allowed_regions": ["us-east-1", "us-west-2"]},
	"dev-eu": {"production": false, "allowed_regions": ["eu-central-1"]},
	"prod": {"production": true, "allowed_regions": ["us-east-1"]},
	"prod-test": {"production": false, "allowed_regions": ["us-east-1"]},
}

short := {"dev": listed.dev, "prod": listed.prod}

with_tag(name) := plans.with_provider(plans.production([]), {"default_tags": [{"tags": {"constant_value": {"Environment": name}}}]}).plan

cloud(workspace) := {"plan": plans.production([]).plan, "run": {"workspace": {"name": workspace}}}

tagged(workspace, tag) := {"plan": with_tag(tag), "run": {"workspace": {"name": workspace}}}

judged_by(given, environments) := {"name": name, "production": facts.production, "regions": facts.allowed_regions} if {
	name := data.lib.settings.environment with input as given with data.parameters.environments as environments
	facts := data.lib.settings.facts with input as given with data.parameters.environments as environments
}

test_groundplan_says_which_environment_it_is if {
	given := {"groundplan": {"stack": "dev-eu-backup", "environment": "dev-eu", "today": "2026-06-30"}, "plan": plans.production([]).plan}
	judged_by(given, listed) == {"name": "dev-eu", "production": false, "regions": ["eu-central-1"]}
}

test_an_environment_that_groundplan_names_and_nobody_listed_is_production if {
	given := {"groundplan": {"stack": "dev-eu-backup", "environment": "dev-eu", "today": "2026-06-30"}, "plan": plans.production([]).plan}
	judged_by(given, short) == {"name": "dev-eu", "production": true, "regions": ["us-east-1"]}
}

test_a_workspace_is_of_the_environment_that_its_name_begins_with if {
	judged_by(cloud("dev-backup"), listed) == {"name": "dev", "production": false, "regions": ["us-east-1", "us-west-2"]}
	judged_by(cloud("prod-backup"), short) == {"name": "prod", "production": true, "regions": ["us-east-1"]}
}

test_a_workspace_that_merely_begins_alike_is_of_none if {
	judged_by(cloud("developers-backup"), short) == {"name": "", "production": true, "regions": ["us-east-1"]}
}

test_a_tag_tells_which_of_two_that_fit_is_meant if {
	judged_by(tagged("dev-eu-backup", "dev-eu"), listed) == {"name": "dev-eu", "production": false, "regions": ["eu-central-1"]}
	judged_by(tagged("prod-test-backup", "prod-test"), listed).production == false
}

test_where_two_fit_and_no_tag_tells_the_strictest_counts if {
	judged_by(cloud("prod-test-backup"), listed) == {"name": "", "production": true, "regions": ["us-east-1"]}
	judged_by(cloud("dev-eu-backup"), listed) == {"name": "", "production": false, "regions": []}
}

test_the_shorter_of_two_that_fit_cannot_be_claimed_by_a_tag_alone if {
	judged_by(tagged("prod-test-backup", "prod"), listed).production
	judged_by(tagged("dev-eu-backup", "dev"), listed).regions == []
}

test_an_unlisted_environment_is_not_the_listed_one_that_it_begins_with if {
	judged_by(cloud("dev-eu-backup"), short) == {"name": "", "production": true, "regions": ["us-east-1"]}
	judged_by(tagged("dev-eu-backup", "dev-eu"), short) == {"name": "dev-eu", "production": true, "regions": ["us-east-1"]}
}

test_a_family_with_a_hyphen_is_known_by_the_tag if {
	judged_by(tagged("dev-service-discovery", "dev"), short) == {"name": "dev", "production": false, "regions": ["us-east-1", "us-west-2"]}
}

test_a_tag_that_is_not_the_workspace_s_makes_nothing_milder if {
	judged_by(tagged("prod-backup", "dev"), short).production
	judged_by(tagged("backup", "dev"), short).production
}

test_a_bare_plan_is_of_the_environment_that_its_tags_name if {
	judged_by(with_tag("dev"), short).production == false
	judged_by(plans.production([]).plan, short) == {"name": "", "production": true, "regions": ["us-east-1"]}
}
