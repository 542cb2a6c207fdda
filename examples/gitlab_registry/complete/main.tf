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

locals {
  production = "444455556666"
  signer     = "arn:aws:signer:us-east-1:${local.production}:/signing-profiles"

  # Projects whose pipelines build images: by project, the ECR repository of each image.
  projects = {
    claims-api = {
      path         = "insurance/claims/api"
      repositories = { "insurance/claims-api" = "", "insurance/claims-worker" = "worker" }
    }
    policies-api = {
      path         = "insurance/policies/api"
      repositories = { "insurance/policies-api" = "" }
    }
  }
}

module "registry" {
  for_each = local.projects
  source   = "../../../out/modules/gitlab_registry"

  name            = "staging-${each.key}"
  project_path    = each.value.path
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:staging-platform-alarms"

  cleanup = {
    cadence         = "1d"
    keep_n          = 10
    older_than      = "14d"
    name_regex_keep = "v.+"
  }

  protected_repositories = {
    releases = { path = "release/*" }
  }

  protected_tags = {
    releases = { tag = "v*", create_access_level = "maintainer" }
  }

  # Whoever may push here may push to ECR: the same patterns as in the trust of the role in production.
  protected_branches = {
    main = { branch = "main", push_access_level = "no one", merge_access_level = "maintainer" }
  }

  groups = {
    testers = { group_path = "insurance/testers", access_level = "reporter" }
  }

  deploy_tokens = {
    cluster = { expires_on = "2027-01-28" }
  }

  promotion = {
    repositories                = each.value.repositories
    registry_id                 = local.production
    region                      = "us-east-1"
    push_role_arn               = "arn:aws:iam::${local.production}:role/prod-registry-push-${each.key}"
    signing_profile_arn         = "${local.signer}/prod_images"
    source_signing_profile_arns = ["${local.signer}/build_images"]
    tools_image                 = "registry.gitlab.com/platform/images/promote@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    template_file = {
      project_path = "platform/ci-templates"
      file_path    = "promote/${each.key}.yml"
    }
  }
}

output "deploy_token_secret_arns" {
  description = "Secrets with the credentials that clusters pull with, by project and token."
  value       = { for project, made in module.registry : project => made.deploy_token_secret_arns }
}

output "cleanup_policy_requests" {
  description = "What the owner of each project sends to GitLab: glab api --method PUT projects/:id --input -"
  value       = { for project, made in module.registry : project => made.cleanup_policy_request }
}

output "event_rule_arns" {
  description = "For the policy of the alarm topic."
  value       = flatten([for made in module.registry : made.event_rule_arns])
}
