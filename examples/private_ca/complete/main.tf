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
  hierarchies = {
    # Two levels: the root signs, the others issue.
    platform = {
      root = {
        common_name = "Example Platform Root CA 1"
        revocation  = "ocsp_and_crl"
      }
      subordinates = {
        internal = {
          common_name = "Example Internal CA 1"
          revocation  = "ocsp_and_crl"
          share_with  = ["arn:aws:organizations::111122223333:ou/o-exampleorg0/ou-ab12-claims00"]
        }
        mesh = {
          common_name   = "Example Mesh CA 1"
          key_algorithm = "EC_prime256v1"
          short_lived   = true
        }
      }
      crl = { expiration_days = 14 }
    }

    # One cheap authority that issues for days, for trials.
    sandbox = {
      root = {
        common_name   = "Example Sandbox CA 1"
        key_algorithm = "EC_prime256v1"
        short_lived   = true
      }
      subordinates = {}
      crl          = null
    }
  }
}

module "private_ca" {
  for_each = local.hierarchies
  source   = "../../../out/modules/private_ca"

  name                     = "prod-${each.key}-ca"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"

  subject      = { organization = "Example Insurance", country = "US" }
  root         = each.value.root
  subordinates = each.value.subordinates
  crl          = each.value.crl
}

# A certificate of an internal load balancer: ACM issues and renews it.
resource "aws_acm_certificate" "claims" {
  domain_name               = "claims.internal.example.com"
  certificate_authority_arn = module.private_ca["platform"].authority_arns["internal"]
  tags                      = { Service = "claims" }
}

# And somebody is told when it cannot be renewed.
resource "aws_cloudwatch_metric_alarm" "claims" {
  alarm_name          = "prod-claims-internal-certificate-expiry"
  alarm_description   = "The certificate of claims.internal.example.com runs out and was not renewed. Runbook: https://example.com/runbooks/certificates.md"
  namespace           = "AWS/CertificateManager"
  metric_name         = "DaysToExpiry"
  dimensions          = { CertificateArn = aws_acm_certificate.claims.arn }
  statistic           = "Minimum"
  period              = 86400
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 30
  treat_missing_data  = "ignore"
  alarm_actions       = ["arn:aws:sns:us-east-1:111122223333:prod-security-alarms"]
  tags                = { Service = "claims" }
}

output "root_certificates" {
  description = "For trust stores, by hierarchy."
  value       = { for name, made in module.private_ca : name => made.root_certificate }
}

output "issue_policy_arns" {
  description = "Policies for the roles of cert-manager's issuers, by hierarchy and authority."
  value       = { for name, made in module.private_ca : name => made.issue_policy_arns }
}

output "audit_report_buckets" {
  description = "Where audit reports are, by hierarchy."
  value       = { for name, made in module.private_ca : name => made.audit_report_bucket }
}
