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
      DataClassification = "public"
      ManagedBy          = "terraform"
    }
  }
}

locals {
  # One call a team: a name belongs to one of them.
  teams = {
    claims = {
      zones = { "claims.example.com" = "Z0123456789CLAIMS" }
      certificates = {
        portal = {
          domain            = "claims.example.com"
          alternative_names = ["www.claims.example.com"]
          cloudfront        = true
        }
        api = {
          domain       = "api.claims.example.com"
          copy_regions = ["us-west-2"]
        }
      }
    }

    payments = {
      zones = { "payments.example.com" = "Z0123456789PAYMENTS" }
      certificates = {
        api = {
          domain       = "api.payments.example.com"
          copy_regions = ["us-west-2"]
        }
        # the same name with a key that takes less of a terminal's battery
        api-ec = {
          domain        = "api.payments.example.com"
          key_algorithm = "EC_prime256v1"
          validated_by  = "api"
        }
      }
    }
  }
}

module "certificates" {
  for_each = local.teams
  source   = "../../../out/modules/acm"

  name   = "prod-${each.key}-certificates"
  region = "us-east-1"

  alarm_topic_arn       = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"
  copy_alarm_topic_arns = { us-west-2 = "arn:aws:sns:us-west-2:111122223333:prod-security-alarms" }

  zones        = each.value.zones
  certificates = each.value.certificates
}

output "alb_annotations" {
  description = "Annotations for the Ingress of each service, by team and certificate."
  value       = { for team, made in module.certificates : team => made.alb_annotations }
}

output "viewer_certificates" {
  description = "Viewer certificates for CloudFront distributions, by team and certificate."
  value       = { for team, made in module.certificates : team => made.viewer_certificates }
}

output "dr_certificate_arns" {
  description = "ARNs for load balancers of the disaster recovery region."
  value = {
    for team, made in module.certificates : team => {
      for name, arns in made.certificate_arns_by_region : name => arns["us-west-2"] if contains(keys(arns), "us-west-2")
    }
  }
}

output "event_rule_arns" {
  description = "For the policies of the alarm topics, by team and region."
  value       = { for team, made in module.certificates : team => made.event_rule_arns }
}
