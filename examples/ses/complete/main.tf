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
  # One call a domain: what a module names must not collide when it is called twice. What an account has once is set by
  # the first of them.
  domains = {
    claims   = { domain = "claims.example.com", zone = "Z0123456789CLAIMS", account = true }
    payments = { domain = "payments.example.com", zone = "Z0123456789PAYMENTS", account = false }
  }
}

module "ses" {
  for_each = local.domains
  source   = "../../../out/modules/ses"

  name            = "prod-${each.key}-ses"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"

  domain         = each.value.domain
  hosted_zone_id = each.value.zone
  regions = {
    us-east-1 = {
      mail_from           = "bounces"
      firehose_stream_arn = "arn:aws:firehose:us-east-1:111122223333:deliverystream/prod-mail"
    }
    us-west-2 = {
      mail_from       = "bounces-west"
      alarm_topic_arn = "arn:aws:sns:us-west-2:111122223333:prod-alarms"
    }
  }

  dmarc = { policy = "reject", report_addresses = ["dmarc@example.com"] }
  bimi = {
    logo_url        = "https://www.example.com/mail/logo.svg"
    certificate_url = "https://www.example.com/mail/logo.pem"
  }

  senders = {
    service = { from_addresses = ["no-reply@${each.value.domain}"] }
    people  = { from_addresses = ["*@${each.value.domain}"] }
  }

  account_suppression     = each.value.account
  deliverability_manager  = each.value.account
  event_bus_events        = ["BOUNCE", "COMPLAINT", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE"]
  feedback_retention_days = 400
  max_delivery_seconds    = 3600
}

output "sender_policy_arns" {
  description = "Policies to attach to the roles of who sends, by domain and sender."
  value       = { for name, made in module.ses : name => made.sender_policy_arns }
}

output "suppression_table_arns" {
  description = "Tables of addresses that get no mail, by domain."
  value       = { for name, made in module.ses : name => made.suppression_table_arn }
}
