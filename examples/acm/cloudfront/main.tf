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

module "certificates" {
  source = "../../../out/modules/acm"

  name            = "prod-portal-certificates"
  region          = "us-east-1"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  # An alarm does not leave its region: a topic for the copies' too.
  copy_alarm_topic_arns = { us-west-2 = "arn:aws:sns:us-west-2:111122223333:prod-platform-alarms" }

  zones = { "example.com" = "Z0123456789EXAMPLE" }

  certificates = {
    portal = {
      domain            = "portal.example.com"
      alternative_names = ["www.portal.example.com"]
      cloudfront        = true
    }
    # what the distribution asks for the content, in either region
    origin = {
      domain       = "origin.portal.example.com"
      copy_regions = ["us-west-2"]
    }
  }
}

output "viewer_certificate" {
  description = "The block viewer_certificate of the distribution."
  value       = module.certificates.viewer_certificates["portal"]
}

output "origin_certificate_arns" {
  description = "For the load balancers behind the distribution, by region."
  value       = module.certificates.certificate_arns_by_region["origin"]
}
