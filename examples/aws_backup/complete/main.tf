# Backups of two accounts' worth of data from one root: production with a DR region, restore tests and reports; and
# development with a week of daily backups. In the company each has an account, and so a root, of its own; the tag keys
# differ here, so that no resource is in a tier of both.

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
      CostCenter         = "4711"
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

locals {
  backups = {
    prod = {
      tag_key = "BackupTier"
      tiers = {
        critical = {
          schedule          = "cron(0 0/6 ? * * *)"
          delete_after_days = 35
          continuous        = { retention_days = 35 }
          copy_to_dr        = { delete_after_days = 35 }
        }
        standard = {
          schedule          = "cron(0 5 ? * * *)"
          delete_after_days = 30
          copy_to_dr        = { delete_after_days = 14 }
        }
        archive = {
          schedule                = "cron(0 7 1 * ? *)"
          delete_after_days       = 2557
          cold_storage_after_days = 30
          archive_ebs_snapshots   = true
        }
      }
      dr = { region = "us-west-2" }
      vault_administrator_role_arns = [
        "arn:aws:iam::111122223333:role/terraform",
        "arn:aws:iam::111122223333:role/break-glass",
      ]
      reports = { keep_days = 400 }
      restore_testing = {
        tests = {
          claims_database = {
            resource_type      = "RDS"
            tag_value          = "critical"
            metadata_overrides = { dbsubnetgroupname = "restore-tests" }
          }
          documents = { resource_type = "EFS", tag_value = "standard" }
        }
      }
    }
    dev = {
      tag_key                       = "DevBackupTier"
      tiers                         = { standard = { schedule = "cron(0 6 ? * * *)", delete_after_days = 7 } }
      dr                            = null
      vault_administrator_role_arns = []
      reports                       = null
      restore_testing               = null
    }
  }
}

module "aws_backup" {
  source   = "../../../out/modules/aws_backup"
  for_each = local.backups

  name            = "${each.key}-aws-backup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  tag_key                       = each.value.tag_key
  tiers                         = each.value.tiers
  dr                            = each.value.dr
  vault_administrator_role_arns = each.value.vault_administrator_role_arns
  organization_id               = "o-exampleorg0"
  reports                       = each.value.reports
  restore_testing               = each.value.restore_testing
}

# What makes a backup: the tag, on the resource itself.
resource "aws_dynamodb_table" "claims" {
  name                        = "prod-claims"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "claim"
  deletion_protection_enabled = true

  attribute {
    name = "claim"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  tags = {
    Service                             = "claims"
    (module.aws_backup["prod"].tag_key) = "standard"
  }
}

output "vault_arns" {
  description = "ARN of each primary vault."
  value       = { for name, backup in module.aws_backup : name => backup.vault_arn }
}

output "dr_vault_arns" {
  description = "ARN of each vault in the DR region; null where there is none."
  value       = { for name, backup in module.aws_backup : name => backup.dr_vault_arn }
}

output "required_tags" {
  description = "Key and values of the tag that resources must carry to be backed up."
  value       = { for name, backup in module.aws_backup : name => { key = backup.tag_key, values = backup.tag_values } }
}

output "event_rule_arns" {
  description = "ARNs of the event rules that the alarm topic's policy must let publish."
  value       = flatten([for backup in module.aws_backup : backup.event_rule_arns])
}
