# The buckets of two platforms in one account: production with copies in another region, and a sandbox.

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

module "prod" {
  source = "../../../out/modules/buckets"

  name            = "prod-monitoring"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  stores = {
    loki-chunks  = { bucket_name = "monitoring-loki-data", expire_after_days = 430, tier_after_days = 30 }
    loki-ruler   = { bucket_name = "monitoring-loki-ruler", keep_deleted_days = 90 }
    tempo-traces = { bucket_name = "monitoring-tempo-traces", expire_after_days = 35, replicated = false }
    mimir-blocks = { bucket_name = "monitoring-mimir-blocks", tier_after_days = 90 }
    mimir-ruler  = { bucket_name = "monitoring-mimir-ruler", keep_deleted_days = 90 }
    mimir-alerts = { bucket_name = "monitoring-mimir-alertmanager", keep_deleted_days = 90 }
  }

  replica     = { region = "us-west-2", keep_deleted_days = 14 }
  access_logs = { bucket_name = "prod-access-logs" }
}

module "sandbox" {
  source = "../../../out/modules/buckets"

  name            = "sandbox-monitoring"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  stores = {
    loki-chunks  = { bucket_name = "sandbox-monitoring-loki-data", keep_deleted_days = 1, expire_after_days = 14 }
    tempo-traces = { bucket_name = "sandbox-monitoring-tempo-traces", keep_deleted_days = 1, expire_after_days = 7 }
  }

  force_destroy = true
}

output "bucket_names" {
  description = "The buckets, by platform and what is in them."
  value       = { prod = module.prod.bucket_names, sandbox = module.sandbox.bucket_names }
}

output "copies" {
  description = "What the services are given when they are installed in the other region."
  value       = { buckets = module.prod.copies_bucket_names, key = module.prod.copies_kms_key_arn }
}
