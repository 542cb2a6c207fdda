package tests.releases.explicit_wait

import data.testing.plans

import rego.v1

test_a_release_that_leaves_them_to_the_provider_is_denied_once if {
	every said, missing in {{"wait": true}: "atomic, timeout", {"wait": true, "timeout": 600}: "atomic"} {
		given := plans.production([plans.made("helm_release", object.union({"name": "x", "chart": "kong", "version": "3.4.1"}, said))])
		{found.message | some found in data.rules.releases.explicit_wait.deny} == {concat("", ["does not set ", missing])} with input as given
		count(data.rules.releases.explicit_wait.unknown) == 0 with input as given
	}
}

test_a_release_that_says_all_three_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "wait": true, "timeout": 600, "atomic": false})])
	count(data.rules.releases.explicit_wait.deny) == 0 with input as given
	count(data.rules.releases.explicit_wait.unknown) == 0 with input as given
}

test_a_reference_says_it_too if {
	given := plans.production([plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "wait": true, "atomic": true}), "timeout", {"references": ["var.timeout_seconds"]})])
	count(data.rules.releases.explicit_wait.deny) == 0 with input as given
	count(data.rules.releases.explicit_wait.unknown) == 0 with input as given
}
