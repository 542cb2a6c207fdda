terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "restricted"
      ManagedBy          = "terraform"
    }
  }
}

module "aws_backup" {
  source = "../../../out/modules/aws_backup"

  name            = "prod-organization-backup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  organization_id                 = "o-exampleorg0"
  accept_copies_from_organization = true

  tiers = {
    standard = { schedule = "cron(0 5 ? * * *)", delete_after_days = 30 }
    archive = {
      schedule                = "cron(0 7 1 * ? *)"
      delete_after_days       = 2557
      cold_storage_after_days = 30
    }
  }

  # Accounts below the unit have the vault and the role under these names already.
  organization_policy = {
    regions    = ["us-east-1"]
    target_ids = ["ou-ab12-workload"]
    vault_name = "workload-backup"
    role_name  = "workload-backup"
  }
}

output "organization_policy_id" {
  description = "The backup policy, to attach to further units."
  value       = module.aws_backup.organization_policy_id
}

output "vault_arn" {
  description = "Where accounts of the organization may copy their recovery points to."
  value       = module.aws_backup.vault_arn
}
