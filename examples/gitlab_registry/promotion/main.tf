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

module "registry" {
  source = "../../../out/modules/gitlab_registry"

  name         = "staging-claims-api"
  project_path = "insurance/claims/api"

  # Whoever may push here may push to ECR: the same patterns as in the trust of the role in production.
  protected_branches = { main = { branch = "main", push_access_level = "no one" } }
  protected_tags     = { releases = { tag = "v*" } }

  promotion = {
    repositories                = { "insurance/claims-api" = "", "insurance/claims-worker" = "worker" }
    registry_id                 = "444455556666"
    region                      = "us-east-1"
    push_role_arn               = "arn:aws:iam::444455556666:role/prod-registry-push-claims-api"
    signing_profile_arn         = "arn:aws:signer:us-east-1:444455556666:/signing-profiles/prod_images"
    source_signing_profile_arns = ["arn:aws:signer:us-east-1:444455556666:/signing-profiles/build_images"]
    tools_image                 = "registry.gitlab.com/platform/images/promote@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    refused_severities          = ["Critical", "High"]
    waiver_max_days             = 30
    template_file               = { project_path = "platform/ci-templates", file_path = "promote/claims-api.yml" }
  }
}

output "promotion_template" {
  description = "What the file in platform/ci-templates holds, to read."
  value       = module.registry.promotion_template
}
