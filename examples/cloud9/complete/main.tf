# Two teams of one account, whose instances share a role.

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
      Environment        = "dev"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

module "claims" {
  source = "../../../out/modules/cloud9"

  name                     = "claims-cloud9"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/platform-boundary"
  existing_customer        = true

  environments = {
    api = {
      owner_arn   = "arn:aws:sts::111122223333:assumed-role/developers/ann"
      subnet_id   = "subnet-0c1d2e3f4a5b60001"
      description = "the claims service"
      members = {
        ben   = { user_arn = "arn:aws:sts::111122223333:assumed-role/developers/ben", permissions = "read-write" }
        audit = { user_arn = "arn:aws:sts::111122223333:assumed-role/auditors/eve" }
      }
    }
    load-tests = {
      owner_arn              = "arn:aws:sts::111122223333:assumed-role/developers/ben"
      subnet_id              = "subnet-0c1d2e3f4a5b60002"
      instance_type          = "m5.large"
      image                  = "ubuntu-22.04-x86_64"
      automatic_stop_minutes = 120
    }
  }

  services = {
    ecr = {
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = ["arn:aws:ecr:us-east-1:111122223333:repository/claims/*"]
    }
  }
}

module "policies" {
  source = "../../../out/modules/cloud9"

  name              = "policies-cloud9"
  alarm_topic_arn   = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  existing_customer = true

  # the account has one, which the call above makes
  make_access_role = false

  environments = {
    api = {
      owner_arn = "arn:aws:sts::111122223333:assumed-role/developers/dan"
      subnet_id = "subnet-0c1d2e3f4a5b60001"
    }
  }

  depends_on = [module.claims]
}

output "urls" {
  description = "Where each environment opens, by team."
  value       = { claims = module.claims.urls, policies = module.policies.urls }
}
