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

module "secrets" {
  source = "../../../out/modules/secrets_manager"

  name            = "prod-claims-secrets"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"

  secrets = {
    # RDS makes and rotates its master user's password
    claims-db-master = {
      kind        = "rds_credentials"
      description = "Master user of the claims database, owned by RDS"
      rds = {
        managed_secret = {
          arn         = "arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-0a1b2c3d-AbCdEf"
          kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000001"
        }
      }
    }
    # two users take turns: the password before stays valid until the next rotation
    claims-db = {
      kind            = "rds_credentials"
      description     = "Users of the claims API in its database"
      rds             = { users = "alternating", superuser_secret = "claims-db-master" }
      rotation        = { schedule_expression = "cron(0 3 ? * SUN *)", window_hours = 2 }
      replica_regions = ["us-west-2"]
    }
  }

  consumers = {
    claims-api = {
      secrets   = ["claims-db"]
      role_arns = ["arn:aws:iam::111122223333:role/claims-api"]
    }
  }
  administrator_role_arns = ["arn:aws:iam::111122223333:role/break-glass"]

  replica_regions = { us-west-2 = {} }
  rotation_network = {
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }
}

output "consumer_policy_arn" {
  description = "To attach to the role of the claims API."
  value       = module.secrets.consumer_policy_arns["claims-api"]
}

output "secret_name" {
  description = "What the claims API asks for, in either region."
  value       = module.secrets.secret_names["claims-db"]
}
