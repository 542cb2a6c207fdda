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
  roles = "arn:aws:iam::111122223333:role"

  # One call a team: a team's secrets, readers and key are its own.
  teams = {
    claims = {
      secrets = {
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
        claims-db = {
          kind            = "rds_credentials"
          description     = "Users of the claims API in its database"
          rds             = { users = "alternating", superuser_secret = "claims-db-master" }
          rotation        = { schedule_expression = "cron(0 3 ? * SUN *)", window_hours = 2 }
          replica_regions = ["us-west-2"]
        }
        documents-key = {
          kind            = "encryption_key"
          description     = "Encrypts the fields of claim documents"
          key_ring        = { keep_keys = 20 }
          rotation        = { automatically_after_days = 90 }
          replica_regions = ["us-west-2"]
        }
      }
      consumers = {
        claims-api = {
          secrets   = ["claims-db", "documents-key"]
          role_arns = ["${local.roles}/claims-api"]
        }
      }
      providers = {}
    }

    payments = {
      secrets = {
        gateway-key = {
          kind            = "api_key"
          description     = "Key of the payment gateway (card data: PCI DSS)"
          provider        = "gateway"
          rotation        = { automatically_after_days = 30, window_hours = 4 }
          replica_regions = ["us-west-2"]
        }
        crm-client = {
          kind        = "oauth_client_secret"
          description = "OAuth client of the CRM, renewed by hand"
        }
      }
      consumers = {
        payments-api = {
          secrets   = ["gateway-key"]
          role_arns = ["${local.roles}/payments-api"]
        }
        crm-sync = {
          secrets   = ["crm-client"]
          role_arns = ["${local.roles}/crm-sync"]
        }
      }
      providers = {
        gateway = {
          key_id_pointer = "/api_key_id"
          create = {
            url            = "https://api.example.com/v1/keys"
            body           = { label = "payments" }
            key_pointer    = "/data/secret"
            key_id_pointer = "/data/id"
          }
          probe  = { url = "https://api.example.com/v1/whoami" }
          revoke = { url = "https://api.example.com/v1/keys/{key_id}" }
        }
      }
    }
  }
}

module "secrets" {
  for_each = local.teams
  source   = "../../../out/modules/secrets_manager"

  name                     = "prod-${each.key}-secrets"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"

  organization_id         = "o-exampleorg0"
  administrator_role_arns = ["${local.roles}/break-glass"]

  secrets           = each.value.secrets
  consumers         = each.value.consumers
  api_key_providers = each.value.providers

  replica_regions = { us-west-2 = {} }
  rotation_network = {
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }
}

output "consumer_policy_arns" {
  description = "ARN of the policy to attach to the roles of each consumer."
  value       = merge([for made in module.secrets : made.consumer_policy_arns]...)
}

output "secret_arns" {
  description = "ARN of every secret, by team and name."
  value       = { for team, made in module.secrets : team => made.secret_arns }
}

output "event_rule_arns" {
  description = "For the policy of the alarm topic."
  value       = flatten([for made in module.secrets : made.event_rule_arns])
}
