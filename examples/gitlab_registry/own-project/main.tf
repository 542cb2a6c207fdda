terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    gitlab = {
      source  = "gitlabhq/gitlab"
      version = ">= 18.6.1, < 19.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment        = "staging"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "confidential"
      ManagedBy          = "terraform"
    }
  }
}

# The token comes from GITLAB_TOKEN: a group access token of the role Owner with the scope api.
provider "gitlab" {
  base_url = "https://gitlab.com/api/v4/"
}

module "images" {
  source = "../../../out/modules/gitlab_registry"

  name            = "staging-claims-images"
  project_path    = "insurance/claims/images"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:staging-platform-alarms"

  own_project = { description = "Images of the claims teams for development and staging" }
  cleanup = {
    cadence         = "7d"
    keep_n          = 25
    older_than      = "30d"
    name_regex_keep = "v.+"
  }

  protected_repositories = { releases = { path = "release/*" } }
  groups                 = { testers = { group_path = "insurance/testers" } }

  # Two, so that one can be renewed while clusters pull with the other.
  deploy_tokens = {
    blue  = { expires_on = "2027-01-28" }
    green = { expires_on = "2027-02-28" }
  }
}

output "deploy_token_secret_arns" {
  description = "Secrets with the credentials that clusters pull with, by token."
  value       = module.images.deploy_token_secret_arns
}

output "deploy_token_read_policy" {
  description = "IAM policy of whoever makes image pull secrets of them, such as External Secrets."
  value       = module.images.deploy_token_read_policy
}
