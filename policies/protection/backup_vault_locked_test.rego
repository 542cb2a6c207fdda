package tests.protection.backup_vault_locked

import data.testing.plans

import rego.v1

test_a_vault_without_a_lock_is_denied if {
	given := plans.production([plans.made("aws_backup_vault", {"name": "prod-standard"})])
	count(data.rules.protection.backup_vault_locked.deny) == 1 with input as given
	count(data.rules.protection.backup_vault_locked.unknown) == 0 with input as given
}

test_a_locked_vault_is_fine if {
	given := plans.production([plans.made("aws_backup_vault", {"name": "prod-standard"}), plans.made("aws_backup_vault_lock_configuration", {"backup_vault_name": "prod-standard"})])
	count(data.rules.protection.backup_vault_locked.deny) == 0 with input as given
	count(data.rules.protection.backup_vault_locked.unknown) == 0 with input as given
}

test_a_lock_by_reference_is_fine if {
	given := plans.production([plans.made("aws_backup_vault", {"name": "prod-standard"}), plans.reads(plans.made("aws_backup_vault_lock_configuration", {}), "backup_vault_name", {"references": ["aws_backup_vault.this.name", "aws_backup_vault.this"]})])
	count(data.rules.protection.backup_vault_locked.deny) == 0 with input as given
	count(data.rules.protection.backup_vault_locked.unknown) == 0 with input as given
}

test_the_lock_of_another_vault_does_not_count if {
	given := plans.production([plans.made("aws_backup_vault", {"name": "prod-standard"}), plans.made("aws_backup_vault_lock_configuration", {"backup_vault_name": "prod-archive"})])
	count(data.rules.protection.backup_vault_locked.deny) == 1 with input as given
	count(data.rules.protection.backup_vault_locked.unknown) == 0 with input as given
}

test_a_lock_that_names_its_vault_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_backup_vault", {"name": "prod-standard"}), plans.reads(plans.made("aws_backup_vault_lock_configuration", {}), "backup_vault_name", {"references": ["local.vault"]})])
	count(data.rules.protection.backup_vault_locked.deny) == 0 with input as given
	count(data.rules.protection.backup_vault_locked.unknown) == 1 with input as given
}

test_a_vault_without_a_lock_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("aws_backup_vault", {"name": "prod-standard"})])
	count(data.rules.protection.backup_vault_locked.deny) == 0 with input as given
	count(data.rules.protection.backup_vault_locked.unknown) == 0 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.made("aws_backup_vault", {"name": "prod-standard"}), plans.reads(plans.made("aws_backup_vault_lock_configuration", {}), "backup_vault_name", {"references": ["local.vault"]})]),
		plans.of("dev", [plans.made("aws_backup_vault", {"name": "prod-standard"})]),
		plans.of("dev", [plans.made("aws_backup_vault", {"name": "prod-standard"}), plans.made("aws_backup_vault_lock_configuration", {"backup_vault_name": "prod-archive"})]),
	] {
		count(data.rules.protection.backup_vault_locked.deny) == 0 with input as given
		count(data.rules.protection.backup_vault_locked.unknown) == 0 with input as given
	}
}
