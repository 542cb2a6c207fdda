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

locals {
  # One call a team, each below a path of its own: a team's part comes and goes without the others.
  teams = {
    claims   = { database = "claims", domain = "claims.internal.example.com", audit = true }
    payments = { database = "payments", domain = "payments.internal.example.com", audit = false }
  }
}

module "vault_config" {
  for_each = local.teams
  source   = "../../../out/modules/vault_config"

  name                 = "prod-${each.key}-vault"
  alarm_topic_arn      = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  audit_log_group_name = "/vault/prod-vault/audit"
  # a Vault has its devices once
  audit = { enabled = each.value.audit }

  policies = {
    "${each.key}-api" = {
      paths = {
        "${each.key}/database/creds/*"      = { capabilities = ["read"] }
        "${each.key}/aws/sts/export"        = { capabilities = ["read"] }
        "${each.key}/pki/issue/internal"    = { capabilities = ["update"] }
        "${each.key}/transit/encrypt/files" = { capabilities = ["update"] }
        "${each.key}/transit/decrypt/files" = { capabilities = ["update"] }
      }
    }
  }

  kubernetes = {
    path = "kubernetes/${each.key}"
    roles = {
      "${each.key}-api" = {
        service_accounts = ["${each.key}-api"]
        namespaces       = [each.key]
        policies         = ["${each.key}-api"]
      }
    }
  }

  database = {
    path = "${each.key}/database"
    connections = {
      (each.value.database) = {
        host           = "${each.value.database}.abcdefghijkl.us-east-1.rds.amazonaws.com"
        database       = each.value.database
        root_rotations = 1
        roles = {
          reader = {
            creation_statements = [
              "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE reader",
            ]
          }
        }
      }
    }
  }

  aws = {
    path            = "${each.key}/aws"
    region          = "us-east-1"
    server_role_arn = "arn:aws:iam::111122223333:role/prod-vault-server"
    roles = {
      export = { role_arns = ["arn:aws:iam::111122223333:role/${each.key}-export"], default_ttl_seconds = 900 }
    }
  }

  pki = {
    path         = "${each.key}/pki"
    organization = "Example Insurance"
    address      = "https://vault.vault.svc:8200"
    generations  = { "1" = { common_name = "Example ${each.key} CA 1" } }
    signs        = "1"
    private_ca = {
      authority_arn = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000"
    }
    roles = { internal = { domain = each.value.domain, client = true } }
  }

  transit = {
    path = "${each.key}/transit"
    keys = { files = { rotation_days = 30 }, tokens = { type = "hmac", key_bytes = 64 } }
  }
}

output "database_paths" {
  description = "What each team's services read to get a user of their database."
  value       = { for team, made in module.vault_config : team => made.database_paths }
}
