terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    vault = {
      source  = "hashicorp/vault"
      version = ">= 5.6.0, < 6.0.0"
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

# By the AWS role that Terraform runs with: Vault's method aws has a role for it.
provider "vault" {
  address = "https://vault.vault.svc:8200"

  auth_login_aws {
    role         = "groundplan"
    aws_region   = "us-east-1"
    header_value = "vault.vault.svc"
  }
}

module "vault_config" {
  source = "../../../out/modules/vault_config"

  name                 = "prod-claims-vault"
  alarm_topic_arn      = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  audit_log_group_name = "/vault/prod-vault/audit"

  policies = {
    claims-api = { paths = { "database/creds/claims-*" = { capabilities = ["read"] } } }
  }

  kubernetes = {
    roles = {
      claims-api = {
        service_accounts  = ["claims-api"]
        namespaces        = ["claims"]
        policies          = ["claims-api"]
        token_ttl_seconds = 600
      }
    }
  }

  database = {
    connections = {
      claims = {
        host           = "claims.abcdefghijkl.us-east-1.rds.amazonaws.com"
        database       = "claims"
        ca_certificate = file("${path.module}/rds-us-east-1.pem")
        # 0 until Vault was told its first password, then 1
        root_rotations = 0
        roles = {
          reader = {
            creation_statements = [
              "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE claims_reader",
            ]
            revocation_statements = ["DROP ROLE IF EXISTS \"{{name}}\""]
            default_ttl_seconds   = 3600
            max_ttl_seconds       = 28800
          }
        }
      }
    }
  }
}

output "database_paths" {
  description = "What the claims service reads to get a user."
  value       = module.vault_config.database_paths
}
