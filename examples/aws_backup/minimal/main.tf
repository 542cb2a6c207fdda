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
}

module "aws_backup" {
  source = "../../../out/modules/aws_backup"

  name            = "dev-backup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  tiers = { standard = { schedule = "cron(0 5 ? * * *)", delete_after_days = 14 } }
}

output "required_tag" {
  description = "What resources must carry to be backed up."
  value       = { key = module.aws_backup.tag_key, values = module.aws_backup.tag_values }
}
