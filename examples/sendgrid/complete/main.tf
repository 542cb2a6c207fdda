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
  # One call a domain: what a module names must not collide when it is called twice.
  domains = {
    claims   = { domain = "claims.example.com", zone = "Z0123456789CLAIMS" }
    payments = { domain = "payments.example.com", zone = "Z0123456789PAYMENTS" }
  }
}

module "sendgrid" {
  for_each = local.domains
  source   = "../../../out/modules/sendgrid"

  name            = "prod-${each.key}-sendgrid"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  domain = each.value.domain
  sender = "no-reply@${each.value.domain}"

  api_key = {
    secret_arn  = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-secrets/sendgrid-AbCdEf"
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000001"
  }
  fallback = {
    identity_arn          = "arn:aws:ses:us-east-1:111122223333:identity/${each.value.domain}"
    configuration_set_arn = "arn:aws:ses:us-east-1:111122223333:configuration-set/prod-ses"
    suppression_table_arn = "arn:aws:dynamodb:us-east-1:111122223333:table/prod-ses-suppression"
    kms_key_arn           = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000002"
  }
  webhook_public_key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="

  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"

  authentication = {
    label          = "em1234"
    host           = "u1234567.wl123.sendgrid.net"
    hosted_zone_id = each.value.zone
  }

  templates = {
    "claim-received@1" = {
      subject = "Your claim {{number}}"
      html    = "<p>Dear {{name}}, we have your claim {{number}}.</p>"
      text    = "Dear {{name}}, we have your claim {{number}}."
    }
  }

  producer_role_arns = ["arn:aws:iam::111122223333:role/${each.key}-api"]

  circuit                   = { failures = 10, cooldown_seconds = 120 }
  timeout_seconds           = 8
  rate_budget_seconds       = 3
  uncertain_seconds         = 600
  oldest_mail_alarm_seconds = 1200
  ledger_retention_days     = 90
  analytics                 = { expire_after_days = 800 }
}

output "webhook_urls" {
  description = "What SendGrid's event webhooks are set to, by domain."
  value       = { for name, made in module.sendgrid : name => made.webhook_url }
}

output "queue_urls" {
  description = "Where mail is put, by domain."
  value       = { for name, made in module.sendgrid : name => made.queue_url }
}
