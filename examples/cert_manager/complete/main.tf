# cert-manager in two clusters: production with Let's Encrypt, a private CA and a mesh that it signs; and development,
# small, with certificates for trying out. A cluster has one cert-manager, and a provider speaks to one cluster: hence
# two calls.

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
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  oidc_provider_arns = {
    claims  = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    sandbox = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/FEDCBA9876543210"
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "these" {
  for_each = local.oidc_provider_arns
  name     = each.key
}

data "aws_eks_cluster_auth" "these" {
  for_each = local.oidc_provider_arns
  name     = each.key
}

provider "kubernetes" {
  alias                  = "claims"
  host                   = data.aws_eks_cluster.these["claims"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["claims"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["claims"].token
}

provider "kubernetes" {
  alias                  = "sandbox"
  host                   = data.aws_eks_cluster.these["sandbox"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["sandbox"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["sandbox"].token
}

provider "helm" {
  alias = "claims"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["claims"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["claims"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["claims"].token
  }
}

provider "helm" {
  alias = "sandbox"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["sandbox"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["sandbox"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["sandbox"].token
  }
}

# the root above both private CAs
data "aws_acmpca_certificate_authority" "root" {
  arn = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000000"
}

module "claims" {
  source = "../../../out/modules/cert_manager"
  providers = {
    aws        = aws
    helm       = helm.claims
    kubernetes = kubernetes.claims
  }

  name            = "prod-cert-manager"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "claims"
    oidc_provider_arn = local.oidc_provider_arns["claims"]
  }

  hosted_zones = {
    "example.com"        = "Z0000000000000000EXAMPLE"
    "claims.example.com" = "Z000000000000000CLAIMS"
  }

  acme_issuers = {
    letsencrypt-staging    = { environment = "staging", email = "platform@example.com" }
    letsencrypt-production = { environment = "production", email = "platform@example.com" }
    # brokers' own domains, which are in no zone of ours and only point here
    letsencrypt-brokers = {
      environment = "production"
      email       = "platform@example.com"
      dns01       = false
      http01      = { ingress_class_name = "kong" }
    }
  }

  private_ca_issuers = {
    internal = {
      ca_arn = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000001"
    }
    # short-lived mode: for the mesh alone
    mesh = {
      ca_arn      = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000002"
      short_lived = true
    }
  }

  certificates = {
    claims-portal = {
      namespace   = "claims"
      secret_name = "claims-portal-tls"
      dns_names   = ["claims.example.com", "www.claims.example.com"]
      issuer      = "letsencrypt-production"
    }
    payments-api = {
      namespace          = "payments"
      secret_name        = "payments-api-tls"
      dns_names          = ["payments-api.payments.svc", "payments-api.payments.svc.cluster.local"]
      issuer             = "internal"
      duration_hours     = 336
      renew_before_hours = 168
      alarm_before_hours = 72
      usages             = ["client auth", "server auth"]
    }
    broker-gateway = {
      namespace     = "brokers"
      secret_name   = "broker-gateway-tls"
      dns_names     = ["portal.broker.example.org"]
      issuer        = "letsencrypt-brokers"
      key_algorithm = "RSA"
      key_size      = 3072
    }
  }

  istio_csr = {
    issuer               = "mesh"
    root_certificate_pem = data.aws_acmpca_certificate_authority.root.certificate
    trust_domain         = "claims.example.com"
    cluster_id           = "claims"
  }

  metrics = {
    labels = { release = "monitoring" }
  }

  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"

  extra_values = {
    nodeSelector = { "karpenter.sh/capacity-type" = "on-demand" }
  }
}

module "sandbox" {
  source = "../../../out/modules/cert_manager"
  providers = {
    aws        = aws
    helm       = helm.sandbox
    kubernetes = kubernetes.sandbox
  }

  name            = "dev-cert-manager"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "sandbox"
    oidc_provider_arn = local.oidc_provider_arns["sandbox"]
    identity          = "pod_identity"
  }

  hosted_zones = { "sandbox.example.com" = "Z00000000000000SANDBOX" }
  acme_issuers = {
    letsencrypt-staging = { environment = "staging", email = "platform@example.com" }
  }

  controller = { replicas = 1 }
  webhook    = { replicas = 1 }
  cainjector = { replicas = 1 }

  tags = { Environment = "dev" }
}

output "issuers" {
  description = "What a Certificate's issuerRef names, in each cluster."
  value = {
    claims  = module.claims.issuers
    sandbox = module.sandbox.issuers
  }
}

output "mesh_ca_address" {
  description = "What istiod's global.caAddress must be."
  value       = module.claims.istio_ca_address
}
