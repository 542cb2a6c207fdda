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

module "buckets" {
  source = "../../../out/modules/buckets"

  name            = "dev-monitoring"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  stores = { loki-chunks = { bucket_name = "dev-monitoring-loki-data" } }
}

output "bucket_names" {
  description = "The buckets, by what is in them."
  value       = module.buckets.bucket_names
}
