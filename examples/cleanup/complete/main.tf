# Production that reports by mail, and a sandbox that is cleaned up.

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
      DataClassification = "internal"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

module "prod" {
  source = "../../../out/modules/cleanup"

  name            = "prod-cleanup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  bucket_name     = "prod-cleanup-111122223333"
  regions         = ["us-east-1", "us-west-2"]

  idle_days     = 30
  newest_images = 25
  deletion      = { grace_days = 30 }

  report = {
    families = {
      backup        = ["aws_backup", "velero"]
      gateway       = ["kong"]
      observability = ["grafana", "loki", "mimir", "tempo"]
    }
    mail = {
      from_address = "costs@example.com"
      identity_arn = "arn:aws:ses:us-east-1:111122223333:identity/example.com"
      recipients   = ["platform@example.com", "finance@example.com"]
    }
  }
}

module "sandbox" {
  source = "../../../out/modules/cleanup"

  name            = "sandbox-cleanup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  bucket_name     = "sandbox-cleanup-111122223333"
  regions         = ["us-east-1"]

  schedule = "rate(12 hours)"
  deletion = { grace_days = 3, dry_run = false, most = 50, log_retention_days = 14 }
  report   = { schedule = "cron(0 7 ? * WED *)" }
}

output "buckets" {
  description = "Where findings/latest.json and weekly/latest.html are, by environment."
  value       = { prod = module.prod.bucket_name, sandbox = module.sandbox.bucket_name }
}
