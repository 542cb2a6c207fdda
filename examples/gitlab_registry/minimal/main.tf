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
}

# The token comes from GITLAB_TOKEN: a group access token of the role Owner with the scope api.
provider "gitlab" {
  base_url = "https://gitlab.com/api/v4/"
}

module "registry" {
  source = "../../../out/modules/gitlab_registry"

  name         = "staging-claims-api"
  project_path = "insurance/claims/api"
}

output "cleanup_policy_request" {
  description = "What the project's owner sends to GitLab: glab api --method PUT projects/:id --input -"
  value       = module.registry.cleanup_policy_request
}
