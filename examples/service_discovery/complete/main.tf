# One cluster: the platform keeps its DNS, with public and private records, a cache on every node and a partner in the
# mesh; the payment zone writes its own private records, with a role that can change no other zone.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38.0, < 3.0.0"
    }
  }
}

locals {
  cluster_name = "prod"

  calls = {
    platform = {
      namespace = "external-dns"
      coredns = {
        addon_version = "v1.12.4-eksbuild.1"
        auto_scaling  = { min_replicas = 3, max_replicas = 30 }
        zone_spread   = "DoNotSchedule"
        stub_domains = {
          "corp.example.com" = { servers = ["10.0.0.2", "10.0.0.3"] }
        }
        rewrites = {
          "mesh.example.com" = { to = "svc.cluster.local", match = "suffix" }
        }
      }
      node_local_dns = {
        kube_proxy_mode = "iptables"
        cluster_dns_ip  = "172.20.0.10"
      }
      external_dns = {
        public = {
          zone_ids          = ["Z0123456789PUBLIC"]
          zone_type         = "public"
          domain_filters    = ["apps.example.com"]
          sources           = ["service", "ingress", "istio-gateway"]
          annotation_filter = "alb.ingress.kubernetes.io/scheme in (internet-facing)"
        }
        private = {
          zone_ids       = ["Z0123456789PRIVATE"]
          zone_type      = "private"
          domain_filters = ["internal.example.com"]
          policy         = "sync"
        }
      }
      headless_services = {
        claims-store = {
          namespace = "claims"
          selector  = { "app.kubernetes.io/name" = "claims-store" }
          ports     = { grpc = { port = 7000 } }
        }
      }
      mesh = {
        services = {
          partner-rates = {
            namespace = "claims"
            hosts     = ["rates.partner.example.com"]
            ports     = { https = { number = 443, protocol = "TLS" } }
          }
        }
      }
    }
    payments = {
      namespace      = "payments-dns"
      coredns        = null
      node_local_dns = null
      external_dns = {
        payments = {
          zone_ids       = ["Z0123456789PAYMENTS"]
          zone_type      = "private"
          domain_filters = ["payments.internal.example.com"]
        }
      }
      headless_services = {}
      mesh              = null
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "internal"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = local.cluster_name
}

data "aws_eks_cluster_auth" "this" {
  name = local.cluster_name
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.this.token
  }
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.this.token
}

module "service_discovery" {
  for_each = local.calls
  source   = "../../../out/modules/service_discovery"

  name            = "prod-${each.key}-dns"
  namespace       = each.value.namespace
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  cluster = {
    name              = local.cluster_name
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  }

  coredns           = each.value.coredns
  node_local_dns    = each.value.node_local_dns
  external_dns      = each.value.external_dns
  headless_services = each.value.headless_services
  mesh              = each.value.mesh

  prometheus = {
    labels = { release = "monitoring" }
  }

  tags = {
    Team = each.key
  }
}

output "external_dns_owner_ids" {
  description = "Who owns the records that each instance of ExternalDNS made."
  value       = { for name, dns in module.service_discovery : name => dns.external_dns_owner_ids }
}

output "headless_service_names" {
  description = "Names that give the addresses of pods."
  value       = module.service_discovery["platform"].headless_service_names
}

output "mesh_config" {
  description = "What istiod must be given as meshConfig."
  value       = module.service_discovery["platform"].mesh_config
}
