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
      DataClassification = "internal"
      ManagedBy          = "terraform"
    }
  }
}

module "caches" {
  source = "../../../out/modules/ecr"

  name            = "prod-caches"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  repositories = {}

  caches = {
    kubernetes = { upstream = "kubernetes" }
    quay       = { upstream = "quay" }
    ecr-public = { upstream = "ecr-public", expire_after_days = 30 }
    docker-hub = {
      upstream               = "docker-hub"
      credentials_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
    }
  }
  # what is fetched is scanned as well
  registry = {}

  # ECR makes these repositories, without the provider's default tags
  tags = { Owner = "platform", CostCenter = "4711" }
}

output "cache_urls" {
  description = "What replaces the registry in image references, by cache."
  value       = module.caches.cache_urls
}

output "pull_policy_arn" {
  description = "To attach to the role of the cluster's nodes."
  value       = module.caches.pull_policy_arn
}
