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

module "sendgrid" {
  source = "../../../out/modules/sendgrid"

  name            = "prod-sendgrid"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  domain = "notify.example.com"
  sender = "no-reply@notify.example.com"

  api_key = {
    secret_arn  = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-secrets/sendgrid-AbCdEf"
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000001"
  }
  fallback = {
    identity_arn          = "arn:aws:ses:us-east-1:111122223333:identity/notify.example.com"
    configuration_set_arn = "arn:aws:ses:us-east-1:111122223333:configuration-set/prod-ses"
    suppression_table_arn = "arn:aws:dynamodb:us-east-1:111122223333:table/prod-ses-suppression"
    kms_key_arn           = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000002"
  }
  webhook_public_key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
  authentication     = { label = "em1234", host = "u1234567.wl123.sendgrid.net" }

  templates = {
    "claim-received@1" = {
      subject = "Your claim {{number}}"
      html    = "<p>Dear {{name}}, we have your claim {{number}}.</p>"
      text    = "Dear {{name}}, we have your claim {{number}}."
    }
  }
}

output "webhook_url" {
  description = "What SendGrid's event webhook is set to."
  value       = module.sendgrid.webhook_url
}
