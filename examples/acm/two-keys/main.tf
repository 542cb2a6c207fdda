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

  name              = "prod-quotes-certificates"
  region            = "us-east-1"
  alarm_topic_arn   = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"
  expiry_alarm_days = 40

  # A name's record goes to the longest domain that holds it.
  zones = {
    "example.com"        = "Z0123456789EXAMPLE"
    "claims.example.com" = "Z0123456789CLAIMS"
  }

  certificates = {
    quotes = {
      domain            = "quotes.example.com"
      alternative_names = ["quotes.claims.example.com"]
    }
    # The same names have the same records: a second key borrows them.
    quotes-ec = {
      domain            = "quotes.example.com"
      alternative_names = ["quotes.claims.example.com"]
      key_algorithm     = "EC_prime256v1"
      validated_by      = "quotes"
    }
  }
}

output "alb_annotations" {
  description = "Annotations of an Ingress, by certificate."
  value       = module.certificates.alb_annotations
}
