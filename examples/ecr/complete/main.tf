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

locals {
  # The registry's own settings exist once for an account and region: one call has them.
  registry = {
    replica_regions = { us-west-2 = { alarm_topic_arn = "arn:aws:sns:us-west-2:111122223333:prod-security-alarms" } }
    replication = {
      dr = { destinations = { west = { region = "us-west-2" } }, repository_prefixes = ["claims/", "payments/"] }
    }
  }

  teams = {
    claims = {
      registry     = local.registry
      repositories = { "claims/api" = {}, "claims/worker" = {} }
      pipelines = {
        claims-api = {
          project_path = "insurance/claims/api"
          branches     = ["main"]
          tags         = ["v*"]
          repositories = ["claims/api", "claims/worker"]
        }
      }
      caches = {
        kubernetes = { upstream = "kubernetes" }
        docker-hub = {
          upstream               = "docker-hub"
          credentials_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
        }
      }
    }

    payments = {
      registry = null
      repositories = {
        "payments/api" = { lifecycle = { tagged = { releases = { tag_prefix = "v", priority = 10, keep_last = 500 } } } }
        "payments/fee-tables" = {
          pull_account_ids = ["444455556666"]
        }
      }
      pipelines = {
        payments-api = {
          project_path = "insurance/payments/api"
          tags         = ["v*"]
          repositories = ["payments/api", "payments/fee-tables"]
        }
      }
      caches = {}
    }
  }
}

module "registry" {
  for_each = local.teams
  source   = "../../../out/modules/ecr"

  name                     = "prod-${each.key}-images"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"

  repositories = each.value.repositories
  default_lifecycle = {
    untagged_after_days = 7
    tagged = {
      releases = { tag_prefix = "v", priority = 10, keep_last = 100 }
      branches = { tag_prefix = "main-", priority = 20, expire_after_days = 30 }
    }
  }

  registry  = each.value.registry
  caches    = each.value.caches
  pipelines = each.value.pipelines
  signing   = {}
}

output "pull_policy_arns" {
  description = "Policies to attach to the role of the cluster's nodes."
  value       = [for made in module.registry : made.pull_policy_arn]
}

output "push_role_arns" {
  description = "AWS_ROLE_ARN of each pipeline."
  value       = merge([for made in module.registry : made.push_role_arns]...)
}

output "repository_urls" {
  description = "URL of every repository, by name."
  value       = merge([for made in module.registry : made.repository_urls]...)
}

output "event_rule_arns" {
  description = "For the policy of the alarm topic."
  value       = flatten([for made in module.registry : made.event_rule_arns])
}
