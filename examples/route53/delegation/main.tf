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

module "dns" {
  source = "../../../out/modules/route53"

  name            = "prod-claims-dns"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  # The zone above is somebody else's, in this account: only records are put into it.
  existing_zones = { company = { zone_id = "Z0123456789EXAMPLE", domain = "example.com" } }

  public_zones = {
    claims = {
      domain = "claims.example.com"
      parent = { zone = "company" }
    }
  }

  # A zone in another account, whose owner told its name servers.
  delegations = {
    partners = {
      zone         = "claims"
      name         = "partners"
      name_servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"]
    }
  }
}

output "zone_ids" {
  description = "For ExternalDNS and certificates."
  value       = module.dns.zone_ids
}
