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
}

module "secrets" {
  source = "../../../out/modules/secrets_manager"

  name            = "prod-claims-secrets"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"

  secrets = {
    crm-client = {
      kind        = "oauth_client_secret"
      description = "OAuth client of the CRM, renewed by hand"
    }
  }
}

output "secret_arns" {
  description = "For applications and External Secrets."
  value       = module.secrets.secret_arns
}
