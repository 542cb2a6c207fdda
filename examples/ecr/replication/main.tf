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

module "ecr" {
  source = "../../../out/modules/ecr"

  name            = "prod-images"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  repositories = { "claims/api" = {}, "claims/worker" = {} }
  default_lifecycle = {
    untagged_after_days = 7
    tagged              = { releases = { tag_prefix = "v", priority = 10, keep_last = 100 } }
  }

  registry = {
    replica_regions = { us-west-2 = { alarm_topic_arn = "arn:aws:sns:us-west-2:111122223333:prod-platform-alarms" } }
    replication = {
      recovery = { destinations = { west = { region = "us-west-2" } } }
      audit = {
        destinations        = { archive = { region = "us-east-1", account_id = "444455556666" } }
        repository_prefixes = ["claims/"]
      }
    }
  }
}

output "repository_urls" {
  description = "What image references begin with; in us-west-2 the host differs, and nothing else."
  value       = module.ecr.repository_urls
}

output "replica_kms_key_arns" {
  description = "Keys of the copies by region."
  value       = module.ecr.replica_kms_key_arns
}
