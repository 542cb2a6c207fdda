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

  name            = "prod-backup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"
  organization_id = "o-exampleorg0"

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
  }

  dr                            = { region = "us-west-2" }
  vault_administrator_role_arns = ["arn:aws:iam::111122223333:role/break-glass"]

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
  reports = { keep_days = 400 }
}

output "dr_vault_arn" {
  description = "The vault that restores begin from when the region is lost."
  value       = module.aws_backup.dr_vault_arn
}

output "report_bucket_name" {
  description = "Where the daily reports are, for auditors."
  value       = module.aws_backup.report_bucket_name
}
